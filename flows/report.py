"""The report: who sees it, then a review of who sees what, then sent.

Two screens and two presses with the defaults. Everything else is optional, and what a
person types stands only on the screen that sends, so it is never carried or kept.
"""

from collections.abc import Sequence

from flows.assessment import Assessment, Facts, Safety
from flows.audience import at_desk_too, who_sees_what
from flows.conversation import Flow
from flows.given import Picked, first, picked
from flows.help_now import choose_site
from flows.kept_out import (
    ask_elsewhere,
    kept_out,
    nobody_may_have_it,
    people_to_keep_out,
)
from flows.outcomes import Filing, Report, Visibility, When
from flows.own_names import names_somebody
from flows.phrases import Phrase, Say, say
from flows.scene import Scene, SiteOption
from flows.screens import Ask, Group, Option, Paragraph, Style, TextField, buttons
from flows.screens import Facts as FactList
from flows.tie import call_number, is_tied, offered_call
from flows.unnamed import as_guessed, blur, how_identifiable, still_going_on, way_back

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
        yield ask_elsewhere(scene, facts)  # from there only Back leads on
    ask = _ask_review(scene, site, facts, who)
    answer = yield ask
    chosen = who | picked(ask, answer)
    return Filing(
        report=_filled(scene, site, facts, chosen),
        assessment=assessment,
        hide_name=answer.button == HIDE,
        looked=answer.button in (HIDE, AS_IT_IS),
        tied=is_tied(chosen),
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
    return Ask(
        step="who",
        title=say("who.title"),
        groups=(
            _visibility(scene),
            _site_may_know(scene),
            _excluded(scene),
            *people_to_keep_out(site),
        ),
        buttons=buttons(("next", "who.next"), style=Style.PRIMARY),
        after=(Paragraph(text=say("who.unnamed_note")),),
        help_first=facts.safety is Safety.ONGOING,
    )


def _visibility(scene: Scene) -> Group:
    return Group(
        id="visibility",
        label=say("who.label"),
        options=tuple(
            Option(
                code=v.value,
                label=say(f"who.{v.value}"),
                hint=_hint(scene, say(f"who.{v.value}.hint")),
            )
            for v in Visibility
        ),
        chosen=(Visibility.UNNAMED.value,),
        missing=say("who.missing"),
    )


def _hint(scene: Scene, alone: Say) -> Say:
    """What a choice keeps from the site; and what it does not, where somebody there is the desk."""
    also = at_desk_too(scene)
    if also is not None and alone.key == "who.d.hint":
        return say("who.d.hint_shared", roles=also)
    if also is not None and alone.key == "who.site.n.hint":
        return say("who.site.n.hint_shared", roles=also)
    return alone


def _site_may_know(scene: Scene) -> Group:
    return Group(
        id="site_may_know",
        label=say("who.site"),
        options=(
            Option(code="y", label=say("who.site.y"), hint=say("who.site.y.hint")),
            Option(code="n", label=say("who.site.n"), hint=_hint(scene, say("who.site.n.hint"))),
        ),
        chosen=("n",),
        missing=say("who.missing"),
    )


def _excluded(scene: Scene) -> Group:
    return Group(
        id="excluded",
        label=say("who.excluded"),
        options=tuple(
            Option(code=role.value, label=say(f"role.{role.value}")) for role in scene.roles
        ),
        many=True,
        folded=True,
    )


def _ask_review(scene: Scene, site: SiteOption, facts: Facts, who: Picked) -> Ask:
    unnamed = Visibility(who["visibility"][0]) is Visibility.UNNAMED
    site = as_guessed(scene, site) if unnamed else site
    going_on = facts.safety is Safety.ONGOING
    groups = [
        *([way_back()] if unnamed and scene.can_push else ()),
        *(blur(site) if unnamed else ()),
        _optional("when", [(w.value, say(f"when.{w.value}")) for w in When]),
        *_spots(scene, site),
        _optional("wishes", [(wish, say(f"wish.{wish}")) for wish in WISHES], many=True),
        *offered_call(scene, unnamed=unnamed),
    ]
    return Ask(
        step="review",
        title=say("review.title"),
        body=(
            *(still_going_on(facts) if unnamed else ()),
            FactList(items=who_sees_what(scene, site, who, going_on=going_on)),
            *(how_identifiable(site) if unnamed else ()),
        ),
        groups=tuple(groups),
        fields=(*_fields(unnamed), *call_number(scene, unnamed=unnamed)),
        buttons=_send(scene, unnamed),
        after=(
            Paragraph(text=say("review.no_reprisal"), strong=True),
            *([Paragraph(text=say("review.small_site"))] if unnamed else ()),
        ),
        help_first=going_on,
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
