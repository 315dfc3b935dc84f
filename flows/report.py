"""The report: who sees it, then a review of who sees what, then sent.

Two screens and two presses with the defaults. Everything else is optional, and what a
person types stands only on the screen that sends, so it is never carried or kept.
"""

from collections.abc import Sequence

from flows.assessment import Assessment, Facts, Safety
from flows.conversation import Flow
from flows.help_now import choose_site
from flows.kept_out import (
    ask_elsewhere,
    desk_is_kept_out,
    kept_out,
    nobody_may_have_it,
    people_to_keep_out,
)
from flows.outcomes import Filing, Report, Visibility, When
from flows.own_names import names_somebody
from flows.phrases import Phrase, listed, say
from flows.scene import ENOUGH_PEOPLE, Scene, SiteOption
from flows.screens import (
    Ask,
    Element,
    Fact,
    Group,
    Heading,
    Option,
    Paragraph,
    Picked,
    Style,
    TextField,
    buttons,
    first,
    picked,
)
from flows.screens import Facts as FactList

WORDS = "words"
NAME = "name"
HIDE, AS_IT_IS = "hide", "asitis"
"""Sends with the name hidden, or as it is: answers to having been pointed at it."""
MAX_WORDS = 20_000
MAX_NAME = 80

WISHES = ("listen", "swap", "avoid", "record", "doctor")


def report(scene: Scene, facts: Facts, assessment: Assessment) -> Flow:
    """Asks who may see it, shows who will see what, and files on the last press."""
    site_id = yield from choose_site(scene)
    site = scene.site(site_id)
    assert site is not None
    ask = _ask_who(scene, site, facts)
    who = picked(ask, (yield ask))
    while nobody_may_have_it(scene, site, who):
        yield ask_elsewhere(scene, facts)
        who = picked(ask, (yield ask.with_chosen(who)))
    ask = _ask_review(scene, site, facts, who)
    answer = yield ask
    return Filing(
        report=_filled(scene, site, facts, who | picked(ask, answer)),
        assessment=assessment,
        hide_name=answer.button == HIDE,
        looked=answer.button in (HIDE, AS_IT_IS),
    )


def _filled(scene: Scene, site: SiteOption, facts: Facts, chosen: Picked) -> Report:
    visibility = Visibility(chosen["visibility"][0])
    unnamed = visibility is Visibility.UNNAMED
    return Report(
        site_id=site.id,
        safety=facts.safety,
        chips=tuple(sorted(facts.chips)),
        effects=None if facts.effects is None else tuple(sorted(facts.effects)),
        demand=facts.demand,
        length=facts.length,
        after_stop=facts.after_stop,
        injured=facts.injured,
        per_se=tuple(sorted(facts.per_se)),
        visibility=visibility,
        site_may_know=chosen["site_may_know"] == ("y",),
        excluded=tuple(role for role in scene.roles if role.value in chosen["excluded"]),
        excluded_people=tuple(person.id for person in kept_out(site, chosen)),
        when=When(chosen["when"][0]) if chosen["when"] else None,
        name_site=not unnamed or first(chosen["place"], "area") == "site",
        may_write=unnamed and chosen.get("back", ()) == ("w",),
        send_now=not unnamed or first(chosen["leaving"], "later") == "now",
        spot=first(chosen.get("spot", ()), None),
        wishes=chosen["wishes"],
    )


def _ask_who(scene: Scene, site: SiteOption, facts: Facts) -> Ask:
    who = tuple(
        Option(code=v.value, label=say(f"who.{v.value}"), hint=say(f"who.{v.value}.hint"))
        for v in Visibility
    )
    return Ask(
        step="who",
        title=say("who.title"),
        groups=(
            Group(
                id="visibility",
                label=say("who.label"),
                options=who,
                chosen=(Visibility.UNNAMED.value,),
                missing=say("who.missing"),
            ),
            Group(
                id="site_may_know",
                label=say("who.site"),
                options=(
                    Option(code="y", label=say("who.site.y"), hint=say("who.site.y.hint")),
                    Option(code="n", label=say("who.site.n"), hint=say("who.site.n.hint")),
                ),
                chosen=("n",),
                missing=say("who.missing"),
            ),
            Group(
                id="excluded",
                label=say("who.excluded"),
                options=tuple(
                    Option(code=role.value, label=say(f"role.{role.value}")) for role in scene.roles
                ),
                many=True,
                folded=True,
            ),
            *people_to_keep_out(site),
        ),
        buttons=buttons(("next", "who.next"), style=Style.PRIMARY),
        after=(Paragraph(text=say("who.unnamed_note")),),
        help_first=facts.safety is Safety.ONGOING,
    )


def _ask_review(scene: Scene, site: SiteOption, facts: Facts, who: Picked) -> Ask:
    unnamed = Visibility(who["visibility"][0]) is Visibility.UNNAMED
    groups = [
        *(_way_back() if unnamed and scene.can_push else ()),
        *(_blur(site) if unnamed else ()),
        _optional("when", [(w.value, say(f"when.{w.value}")) for w in When]),
        *_spots(scene, site),
        _optional("wishes", [(wish, say(f"wish.{wish}")) for wish in WISHES], many=True),
    ]
    return Ask(
        step="review",
        title=say("review.title"),
        body=(
            *_still_going_on(facts, unnamed),
            FactList(items=_who_sees_what(scene, site, who)),
            *_how_identifiable(site, unnamed),
        ),
        groups=tuple(groups),
        fields=_fields(unnamed),
        buttons=_send(scene, unnamed),
        after=(
            Paragraph(text=say("review.no_reprisal"), strong=True),
            *_small_site(unnamed),
        ),
        help_first=facts.safety is Safety.ONGOING,
    )


def _send(scene: Scene, unnamed: bool) -> tuple[Option, ...]:
    """One button; with their own name in what an unnamed reporter wrote, two to choose from."""
    send = buttons(("send", "review.send"), style=Style.PRIMARY)
    if not unnamed or not names_somebody(scene.typed.get(WORDS, ""), scene.own_names):
        return send
    return (*buttons((HIDE, "review.hide"), (AS_IT_IS, "review.as_it_is")), *send)


def _fields(unnamed: bool) -> tuple[TextField, ...]:
    words = TextField(
        id=WORDS,
        label=say("review.words"),
        hint=say("review.words.hint_unnamed" if unnamed else "review.words.hint"),
        max_characters=MAX_WORDS,
        rows=4,
    )
    if unnamed:
        return (words,)
    name = TextField(
        id=NAME,
        label=say("review.name"),
        hint=say("review.name.hint"),
        max_characters=MAX_NAME,
        required=True,
    )
    return (name, words)


def _way_back() -> tuple[Group, ...]:
    """Two ways to stay unnamed. The first is chosen: nothing is kept that leads to anybody."""
    options = (
        Option(code="r", label=say("back.r"), hint=say("back.r.hint")),
        Option(code="w", label=say("back.w"), hint=say("back.w.hint")),
    )
    return (Group(id="back", label=say("back.label"), options=options, chosen=("r",)),)


def _blur(site: SiteOption) -> tuple[Group, ...]:
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


def _fit(headcount: int | None) -> Phrase:
    """How many people a reader could think of; said plainly when it cannot be known."""
    if headcount is None:
        return say("fit.unknown")
    if headcount <= 1:
        return say("fit.one")
    return say("fit.about", count=headcount)


def _how_identifiable(site: SiteOption, unnamed: bool) -> tuple[Element, ...]:
    if not unnamed:
        return ()
    return (
        Heading(text=say("review.identifiable")),
        Paragraph(
            text=say(
                "review.identifiable.text",
                site=site.name,
                at_site=_fit(site.headcount),
                in_area=_fit(site.area_headcount),
            )
        ),
    )


def _still_going_on(facts: Facts, unnamed: bool) -> tuple[Element, ...]:
    """The wait that protects an unnamed reporter helps nobody who needs people now."""
    if not unnamed or facts.safety is not Safety.ONGOING:
        return ()
    return (Paragraph(text=say("review.still_going_on"), strong=True),)


def _small_site(unnamed: bool) -> tuple[Element, ...]:
    return (Paragraph(text=say("review.small_site")),) if unnamed else ()


def _who_sees_what(scene: Scene, site: SiteOption, who: Picked) -> tuple[Fact, ...]:
    visibility, excluded = who["visibility"][0], who["excluded"]
    second = desk_is_kept_out(site, who)
    desk = say("sees.second_desk") if second else say("sees.desk")
    rows = [
        Fact(label=desk, value=say(f"sees.desk.{visibility}")),
        Fact(label=say("sees.site", site=site.name), value=_site_sees(site, who)),
    ]
    roles = [say(f"role.{role.value}") for role in scene.roles if role.value in excluded]
    names: list[Phrase] = [*roles, *(person.name for person in kept_out(site, who))]
    if names:
        rows.append(Fact(label=listed(names), value=say("sees.excluded")))
    rows.append(Fact(label=say("sees.others"), value=say("sees.others.value")))
    return tuple(rows)


def _site_sees(site: SiteOption, who: Picked) -> Phrase:
    """What the site's channel gets: nothing at all once an excluded person reads it."""
    if who["site_may_know"] != ("y",):
        return say("sees.site.nothing")
    by_name = any(person.reads_site for person in kept_out(site, who))
    if by_name or {role.value for role in site.channel_roles} & set(who["excluded"]):
        return say("sees.site.excluded")
    return say(f"sees.site.{who['visibility'][0]}")


def _spots(scene: Scene, site: SiteOption) -> tuple[Group, ...]:
    location = scene.policy.locations.get(site.location)
    if location is None or not location.spots:
        return ()
    return (_optional("spot", [(spot.id, spot.name) for spot in location.spots]),)


def _optional(id: str, options: Sequence[tuple[str, Phrase]], *, many: bool = False) -> Group:
    return Group(
        id=id,
        label=say(f"review.{id}"),
        options=tuple(Option(code=code, label=label) for code, label in options),
        many=many,
        folded=True,
    )
