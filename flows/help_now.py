"""Help now: one tap where the site is known, else the second tap is the site."""

from collections.abc import Generator

from flows.conversation import Flow
from flows.given import Answer
from flows.outcomes import HelpWanted
from flows.phrases import Phrase, say
from flows.policy import Policy
from flows.scene import MAX_SITES_AS_BUTTONS, Scene, SiteOption
from flows.screens import Ask, CallLine, Element, Option, Paragraph, TextField, buttons

FIND = "find"
"""The field and button that look for a site by name; no answer, so no list holds it."""


def help_now(scene: Scene) -> Flow:
    """Calls for help at once; asks only for a site nobody knows yet."""
    site_id = yield from choose_site(scene, say("site.for_help"))
    return HelpWanted(site_id=site_id)


def help_elsewhere(scene: Scene) -> Flow:
    """Calls for help where somebody really is, and nobody any more where they are not."""
    site_id = yield from choose_site(scene, say("site.for_help_elsewhere"))
    return HelpWanted(site_id=site_id, moved=True)


def choose_site(scene: Scene, for_help: Phrase | None = None) -> Generator[Ask, Answer, str]:
    """The id of the site, asked for only when neither poster nor roster told it.

    `for_help`: the sentence that says what a choice sets in motion, where it calls help.
    """
    known = scene.site(scene.site_id)
    if known is not None:
        return known.id
    if len(scene.sites) == 1:
        return scene.sites[0].id
    while True:
        answer = yield _ask_site(scene, for_help)
        chosen = scene.site(answer.button)
        if chosen is not None:
            return chosen.id


def _ask_site(scene: Scene, for_help: Phrase | None) -> Ask:
    body: tuple[Element, ...] = ()
    if for_help is not None:
        body = (
            Paragraph(text=for_help, strong=True),
            CallLine(label=say("help.police"), phone="110"),
        )
    if not scene.sites:
        return Ask(
            step="site",
            title=say("site.title"),
            body=(
                *body,
                Paragraph(text=say("site.none_configured")),
                *desk_line(scene.policy),
            ),
            buttons=buttons(("again", "site.try_again")),
            for_help=for_help is not None,
        )
    many = len(scene.sites) > MAX_SITES_AS_BUTTONS
    return Ask(
        step="site",
        title=say("site.title"),
        body=body,
        buttons=tuple(
            Option(code=site.id, label=site.name, hint=site.area) for site in scene.sites
        ),
        find=TextField(id=FIND, label=say("site.search"), max_characters=60) if many else None,
        found=tuple(site.id for site in sites_to_show(scene)) if many else None,
        for_help=for_help is not None,
    )


def desk_line(policy: Policy) -> tuple[Element, ...]:
    """The desk's phone, where the company gave one."""
    desk = policy.contacts["desk"]
    return (CallLine(label=desk.name, phone=desk.phone),) if desk.phone else ()


def sites_to_show(scene: Scene) -> tuple[SiteOption, ...]:
    """The sites a screen offers: all of a few, else those that match what was typed."""
    if len(scene.sites) <= MAX_SITES_AS_BUTTONS:
        return scene.sites
    wanted = scene.typed.get(FIND, "").strip().casefold()
    if not wanted:
        return ()
    matches = [
        site
        for site in scene.sites
        if any(
            wanted in text.casefold()
            for name in (site.name, site.area)
            for text in (name.ja, name.en, name.ja_simple or "")
        )
    ]
    return tuple(matches[:MAX_SITES_AS_BUTTONS])
