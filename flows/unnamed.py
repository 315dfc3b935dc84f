"""What who reports without a name is asked and told besides: how hard they are to guess."""

from dataclasses import replace

from flows.assessment import Facts, Safety
from flows.phrases import Phrase, say
from flows.scene import ENOUGH_PEOPLE, Scene, SiteOption
from flows.screens import Element, Group, Heading, Option, Paragraph


def way_back() -> Group:
    """Two ways to stay unnamed. The first is chosen: nothing is kept that leads to anybody."""
    options = (
        Option(code="r", label=say("back.r"), hint=say("back.r.hint")),
        Option(code="w", label=say("back.w"), hint=say("back.w.hint")),
    )
    return Group(id="back", label=say("back.label"), options=options, chosen=("r",))


def as_guessed(scene: Scene, site: SiteOption) -> SiteOption:
    """The site with as many people as a reader would think of.

    Where somebody called for help lately that is one, for everybody there read who it was. It is
    counted so for whoever asks, so that the number tells nobody's call from another's.
    """
    if not scene.called_lately(site.id):
        return site
    others = (other.area for other in scene.sites if other.id != site.id)
    # In an area of this one site nothing is blurred by naming the area.
    in_area = site.area_headcount if site.area in others else 1
    return replace(site, headcount=1, area_headcount=in_area)


def blur(site: SiteOption) -> tuple[Group, ...]:
    """Area or site, later or now: the choices that make a person easier to guess."""
    enough = site.headcount is not None and site.headcount >= ENOUGH_PEOPLE
    place = (
        Option(
            code="area",
            label=say("blur.area", area=site.area),
            hint=_fit(site.area_headcount),
        ),
        Option(
            code="site",
            label=say("blur.site", site=site.name),
            hint=_fit(site.headcount),
        ),
    )
    leaving = (
        Option(code="later", label=say("blur.later"), hint=say("blur.later.hint")),
        Option(code="now", label=say("blur.now"), hint=say("blur.now.hint")),
    )
    return (
        Group(
            id="place",
            label=say("blur.place"),
            options=place,
            chosen=("site" if enough else "area",),
        ),
        Group(id="leaving", label=say("blur.leaving"), options=leaving, chosen=("later",)),
    )


def how_identifiable(site: SiteOption) -> tuple[Element, ...]:
    """How many people a reader could think of, in numbers."""
    text = say(
        "review.identifiable.text",
        site=site.name,
        at_site=_fit(site.headcount),
        in_area=_fit(site.area_headcount),
    )
    return (Heading(text=say("review.identifiable")), Paragraph(text=text))


def _fit(headcount: int | None) -> Phrase:
    """How many people a reader could think of; said plainly when it cannot be known."""
    if headcount is None:
        return say("fit.unknown")
    if headcount <= 1:
        return say("fit.one")
    return say("fit.about", count=headcount)


def still_going_on(facts: Facts) -> tuple[Element, ...]:
    """The wait that protects an unnamed reporter helps nobody who needs people now."""
    if facts.safety is not Safety.ONGOING:
        return ()
    return (Paragraph(text=say("review.still_going_on"), strong=True),)
