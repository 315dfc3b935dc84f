"""The desk's card, made anew from the case each time.

No card holds a word that a reporter wrote, and none says who reported: the desk reads that
in private, each opening written to the history.
"""

from flows.arrivals import too_few
from flows.assessment import Safety
from flows.card_parts import (
    case_number,
    desk_buttons,
    details_button,
    place,
    taken_by,
    where,
)
from flows.case_view import CareWord, CaseView, DutyView, opened
from flows.commitments import DutyKind
from flows.desk_work import duty_due
from flows.duties import ASKED_KINDS, Owner
from flows.help_cards import desk_help_card
from flows.phrases import Listed, Phrase, listed, say
from flows.policy import Policy
from flows.screens import (
    Card,
    Element,
    Fact,
    Facts,
    Paragraph,
)
from flows.signs import signs
from flows.talk import in_danger_from_others, is_listened_to


def desk_card(policy: Policy, view: CaseView) -> Card:
    """What the desk needs without spelling the report out."""
    if view.report is None:
        return desk_help_card(policy, view)
    if view.state in ("closed", "withdrawn"):
        return _folded(view)
    take = view.duty(DutyKind.TAKE)
    taken = take is not None and take.over
    return Card(
        title=say("desk.title", id=case_number(view), urgency=say(f"urgency.{view.urgency.value}")),
        body=(
            *danger(view),
            *not_to_site(view),
            *going_on(view),
            *_few_come(view),
            *injured(view),
            Facts(items=_desk_facts(policy, view)),
            *(taken_by(take, view.zone) if taken and take else ()),
            *_owed(view),
            *waits(view),
        ),
        buttons=desk_buttons(view),
        footer=say("desk.footer"),
    )


def _folded(view: CaseView) -> Card:
    """Two lines are enough for what is over."""
    steps = [say(f"response.{step.value}") for step in view.responses]
    done = (Paragraph(text=say("desk.responded", steps=listed(steps))),) if steps else ()
    closed = (*_never_came(view), *_care_missing(view), *done)
    return Card(
        title=say("desk.title", id=case_number(view), urgency=say(f"desk.{view.state}")),
        body=(
            *danger(view),
            *speak_now(view),
            *(closed if view.state == "closed" else _written_since(view)),
        ),
        buttons=(details_button(view),),
    )


def going_on(view: CaseView) -> tuple[Element, ...]:
    """The reporter's first answer, where it changes what the desk does first; and their word since
    then that it is over."""
    ongoing = view.report is not None and view.report.safety is Safety.ONGOING
    if not ongoing:
        return ()
    first = Paragraph(text=say("desk.going_on"), strong=True)
    since = Paragraph(text=say("desk.own_over"), strong=True)
    return (first, since) if view.over_said else (first,)


def _few_come(view: CaseView) -> tuple[Element, ...]:
    """That nobody is left to ask at the site while somebody may stand alone."""
    if too_few(view) is None:
        return ()
    return (Paragraph(text=say("desk.few_come", site=place(view)), strong=True),)


def not_to_site(view: CaseView) -> tuple[Element, ...]:
    """The reporter's answer that the site hears nothing: before what makes anybody phone there."""
    told = view.report is None or view.report.site_may_know
    return () if told else (Paragraph(text=say("desk.not_to_site"), strong=True),)


def injured(view: CaseView) -> tuple[Element, ...]:
    """That somebody is hurt, wherever they ticked it: before anything else they need a doctor."""
    hurt = view.report is not None and view.report.facts().hurt
    return (Paragraph(text=say("desk.injured"), strong=True),) if hurt else ()


def speak_now(view: CaseView) -> tuple[Element, ...]:
    """Somebody is to speak with this person now: that comes before any paper."""
    duty = view.duty(DutyKind.FOLLOW_UP)
    if duty is None or duty.over:
        return ()
    now = Paragraph(text=say("desk.speak_now", by=duty_due(view, duty)), strong=True)
    unnamed = view.report is not None and view.report.unnamed
    way = (Paragraph(text=say("desk.speak_now.unnamed")),) if unnamed else ()
    return (now, *signs(view), *way)


def waits(view: CaseView) -> tuple[Element, ...]:
    """What its reporter waits for at the desk: to be spoken with, looked after, or answered."""
    return (*speak_now(view), *_own_word(view), *_care_missing(view), *_unanswered(view))


def _desk_facts(policy: Policy, view: CaseView) -> tuple[Fact, ...]:
    assert view.report is not None and view.assessment is not None
    chips = listed([say(f"chip.short.{chip.value}") for chip in view.report.chips])
    files = (Fact(label=say("file.title"), value=say("file.count", count=len(view.files))),)
    return (
        Fact(label=say("desk.where"), value=where(view)),
        Fact(label=say("desk.acts"), value=chips),
        Fact(
            label=say("desk.result"),
            value=say(f"desk.verdict.{view.assessment.verdict.value}"),
        ),
        Fact(
            label=say("desk.reporter"),
            value=say(f"desk.who.{view.report.visibility.value}"),
        ),
        *(files if view.files else ()),
    )


def _owed(view: CaseView) -> tuple[Element, ...]:
    """What is owed; not that nothing is, above a line of what waits."""
    owed = still_owed(view)
    nothing = owed == NOTHING_OWED and bool(waits(view))
    return () if nothing else (Paragraph(text=owed),)


def still_owed(view: CaseView) -> Phrase:
    """What is owed next, with its day; the first three, and how many more."""
    owed = [
        say("desk.owed.one", duty=say(f"duty.{duty.kind.value}"), by=duty_due(view, duty))
        for duty in view.duties
        if not duty.over and not _settled(view, duty) and duty.kind not in _NOT_LISTED
    ]
    if not owed:
        return NOTHING_OWED
    return Listed(items=(say("desk.owed"), *owed[:3], *_more(len(owed) - 3)), joined="lines")


NOTHING_OWED = say("desk.owed.nothing")
_NOT_LISTED = (*ASKED_KINDS, DutyKind.FOLLOW_UP)
"""Questions to the employee are the bot's to ask; a follow-up has a line of its own."""


def _settled(view: CaseView, duty: DutyView) -> bool:
    """Care of an unnamed reporter is settled by their word, which the site's card must not show."""
    return duty.kind is DutyKind.CARE and opened(view.health).care_word is CareWord.HAPPENED


def _more(count: int) -> tuple[Phrase, ...]:
    return (say("desk.owed.more", count=count),) if count > 0 else ()


def danger(view: CaseView) -> tuple[Element, ...]:
    """Hints of danger in the reporter's words or answers, and of which: they come before all."""
    hurt = Paragraph(text=say("desk.self_harm"), strong=True)
    threatened = Paragraph(text=say("desk.danger"), strong=True)
    hint = opened(view.health).self_harm_hint
    return (
        *((hurt,) if hint else ()),
        *((threatened,) if in_danger_from_others(view) else ()),
    )


def _own_word(view: CaseView) -> tuple[Element, ...]:
    """What the reporter says of care where their word goes to the desk alone, never to the site."""
    word = opened(view.health).care_word
    if word is CareWord.NONE:
        return (Paragraph(text=say("desk.care_denied"), strong=True),) if _is_denied(view) else ()
    happened = word is CareWord.HAPPENED
    text = say("desk.care_happened") if happened else say("desk.care_not_yet")
    return (Paragraph(text=text, strong=not happened),)


def _is_denied(view: CaseView) -> bool:
    """Whether the site says that it gave care, and the reporter last said that nobody had."""
    care = view.duty(DutyKind.CARE)
    at_site = care is not None and care.owner is Owner.SITE and care.state != "exhausted"
    return at_site and view.care_denied


def _never_came(view: CaseView) -> tuple[Element, ...]:
    """That nobody at the site gave care, as its reporter says, whatever the site says."""
    care = view.duty(DutyKind.CARE)
    never = care is not None and view.word_beside(care) is CareWord.NOT_YET
    return _own_word(view) if never or _is_denied(view) else ()


def _care_missing(view: CaseView) -> tuple[Element, ...]:
    """Nobody is left to ask at the site, or at the desk where care is the desk's own.

    Of an unnamed reporter only their own word says so.
    """
    care = view.duty(DutyKind.CARE)
    named = view.report is not None and not view.report.unnamed
    if not named or care is None or care.state != "exhausted":
        return ()
    if care.owner is Owner.DESK:
        if opened(view.health).care_word is CareWord.NOT_YET:
            return ()  # that says it already
        return (Paragraph(text=say("desk.care_missing.desk"), strong=True),)
    return (Paragraph(text=say("desk.care_missing", site=view.site.name), strong=True),)


def _written_since(view: CaseView) -> tuple[Element, ...]:
    """On a report that was taken back: what else its reporter writes there waits for them."""
    return _unanswered(view) if is_listened_to(view) else ()


def _unanswered(view: CaseView) -> tuple[Element, ...]:
    """That the reporter wrote, never what."""
    return (Paragraph(text=say("desk.wrote"), strong=True),) if view.desk_owes_reply else ()
