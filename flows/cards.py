"""The desk's cards, made anew from the case each time, and what all cards share.

No card holds a word that a reporter wrote, and none says who reported: the desk reads that
in private, each opening written to the history.
"""

from flows.aftercare import Word
from flows.arrivals import Arrival, arrival
from flows.assessment import Safety
from flows.case_view import CareWord, CaseView, DutyView, SeatView, opened
from flows.commitments import DutyKind
from flows.duties import ASKED_KINDS, Owner
from flows.ladders import AnswerKind, Role
from flows.outcomes import When
from flows.phrases import Listed, Phrase, Verbatim, listed, on_day_at, say
from flows.policy import Policy
from flows.presses import Press, Verb
from flows.screens import (
    Button,
    CallLine,
    Card,
    Element,
    Fact,
    Facts,
    Happening,
    Paragraph,
    Style,
    Timeline,
)


def desk_card(policy: Policy, view: CaseView) -> Card:
    """What the desk needs without spelling the report out."""
    if view.report is None:
        return _desk_help_card(policy, view)
    if view.state in ("closed", "withdrawn"):
        return _folded(view)
    take = view.duty(DutyKind.TAKE)
    taken = take is not None and take.over
    return Card(
        title=say("desk.title", id=_id(view), urgency=say(f"urgency.{view.urgency.value}")),
        body=(
            *going_on(view),
            *injured(view),
            Facts(items=_desk_facts(policy, view)),
            *(_taken_by(take, view.zone) if taken and take else ()),
            Paragraph(text=still_owed(view)),
            *_self_harm(view),
            *_speak_now(view),
            *_own_word(view),
            *_care_missing(view),
            *_unanswered(view),
        ),
        buttons=desk_buttons(view),
        footer=say("desk.footer"),
    )


def _folded(view: CaseView) -> Card:
    """Two lines are enough for what is over."""
    steps = [say(f"response.{step.value}") for step in view.responses]
    done = (Paragraph(text=say("desk.responded", steps=listed(steps))),) if steps else ()
    return Card(
        title=say("desk.title", id=_id(view), urgency=say(f"desk.{view.state}")),
        body=(
            *_self_harm(view),
            *_speak_now(view),
            *(_care_missing(view) if view.state == "closed" else ()),
            *(done if view.state == "closed" else ()),
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


def injured(view: CaseView) -> tuple[Element, ...]:
    """That somebody is hurt, wherever they ticked it: before anything else they need a doctor."""
    hurt = view.report is not None and view.report.facts().hurt
    return (Paragraph(text=say("desk.injured"), strong=True),) if hurt else ()


def details_button(view: CaseView) -> Button:
    """Opens the case, in private."""
    return Button(label=say("desk.details"), press=Press(verb=Verb.DETAILS, subject=view.id))


def _speak_now(view: CaseView) -> tuple[Element, ...]:
    """Somebody is to speak with this person now: that comes before any paper."""
    duty = view.duty(DutyKind.FOLLOW_UP)
    if duty is None or duty.over:
        return ()
    now = Paragraph(text=say("desk.speak_now", by=_due(view, duty)), strong=True)
    # Of a hint of self-harm the card speaks by itself; an answer is named only where one is.
    answered = any(word is not Word.WELL for _, _, word in opened(view.health).check_ins)
    return (now, Paragraph(text=say("desk.speak_now.asked"))) if answered else (now,)


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


def where(view: CaseView) -> Phrase:
    """Site or area, and the part of the day: as much as the reporter agreed to show."""
    assert view.report is not None
    when = view.report.when
    # "Just now" would be wrong an hour later, and wrong again tomorrow.
    if when is None or when is When.NOW:
        return listed([place(view), say(f"day.{view.day_part.value}")])
    return listed([place(view), say(f"when.{when.value}")])


def place(view: CaseView) -> Phrase:
    """The site, or no more than its area where the reporter shows no more."""
    whole = view.report is None or view.report.name_site
    return view.site.name if whole else view.site.area


def _taken_by(take: DutyView, zone: str) -> tuple[Element, ...]:
    name = take.done_by
    when = take.ended_at
    if name is None or when is None:
        return ()
    return (Paragraph(text=say("desk.taken_by", name=name, at=on_day_at(when, zone))),)


def still_owed(view: CaseView) -> Phrase:
    """What is owed next, with its day; the first three, and how many more."""
    owed = [
        say("desk.owed.one", duty=say(f"duty.{duty.kind.value}"), by=_due(view, duty))
        for duty in view.duties
        if not duty.over and not _settled(view, duty) and duty.kind not in _NOT_LISTED
    ]
    if not owed:
        return say("desk.owed.nothing")
    return Listed(items=(say("desk.owed"), *owed[:3], *_more(len(owed) - 3)), joined="lines")


_NOT_LISTED = (*ASKED_KINDS, DutyKind.FOLLOW_UP)
"""Questions to the employee are the bot's to ask; a follow-up has a line of its own."""


def _settled(view: CaseView, duty: DutyView) -> bool:
    """Care of an unnamed reporter is settled by their word, which the site's card must not show."""
    return duty.kind is DutyKind.CARE and opened(view.health).care_word is CareWord.HAPPENED


def _more(count: int) -> tuple[Phrase, ...]:
    return (say("desk.owed.more", count=count),) if count > 0 else ()


def _due(view: CaseView, duty: DutyView) -> Phrase:
    """By when; passed over or given up is said as such, never hidden."""
    if duty.owner is Owner.DESK and duty.due_at < view.now:
        return say("duty.overdue", since=on_day_at(duty.due_at, view.zone))
    if duty.state == "exhausted":
        return say("duty.nobody" if duty.kind is DutyKind.CARE else "duty.too_few")
    if duty.owner is Owner.SITE and duty.taken:
        return say("duty.answered")
    return on_day_at(duty.due_at, view.zone)


def _self_harm(view: CaseView) -> tuple[Element, ...]:
    hint = opened(view.health).self_harm_hint
    return (Paragraph(text=say("desk.self_harm"), strong=True),) if hint else ()


def _own_word(view: CaseView) -> tuple[Element, ...]:
    """The unnamed reporter's word about care goes to the desk alone, never to the site."""
    word = opened(view.health).care_word
    if word is CareWord.NONE:
        return ()
    happened = word is CareWord.HAPPENED
    text = say("desk.care_happened") if happened else say("desk.care_not_yet")
    return (Paragraph(text=text, strong=not happened),)


def _care_missing(view: CaseView) -> tuple[Element, ...]:
    """Nobody is left to ask at the site. Of an unnamed reporter only their own word says so."""
    care = view.duty(DutyKind.CARE)
    named = view.report is not None and not view.report.unnamed
    if not named or care is None or care.state != "exhausted":
        return ()
    return (Paragraph(text=say("desk.care_missing", site=view.site.name), strong=True),)


def _unanswered(view: CaseView) -> tuple[Element, ...]:
    """That the reporter wrote, never what."""
    return (Paragraph(text=say("desk.wrote"), strong=True),) if view.desk_owes_reply else ()


def desk_buttons(view: CaseView) -> tuple[Button, ...]:
    """What the desk can press in its channel: to take the case, and to open a report."""
    take = view.duty(DutyKind.TAKE)
    opens = () if view.report is None else (details_button(view),)
    return opens if take is None or take.over else (take_button(view), *opens)


def take_button(view: CaseView) -> Button:
    """Somebody of the desk takes the case, or looks after the call."""
    return Button(
        label=say("desk.take_call" if view.report is None else "desk.take"),
        press=Press(verb=Verb.TAKE, subject=view.id),
        style=Style.PRIMARY,
    )


def _desk_help_card(policy: Policy, view: CaseView) -> Card:
    """A call for help that too few answered, or care that nobody gave after one."""
    called, care = view.duty(DutyKind.SECOND_PERSON), view.duty(DutyKind.CARE)
    take = view.duty(DutyKind.TAKE)
    owed = care if called is None or called.over else called
    asks = take is not None and not take.over and not view.mistaken
    return Card(
        title=say("desk.help.title", id=_id(view)),
        body=(
            Paragraph(text=_desk_help_text(view, called, care), strong=True),
            *(called_again(view) if called is owed else ()),
            *(_taken_by(take, view.zone) if take and take.over else ()),
            *_where_to_phone(policy, view, called),
            *progress(view, owed),
        ),
        buttons=desk_buttons(view),
        announcement=_announced(policy, view) if asks else None,
    )


def _announced(policy: Policy, view: CaseView) -> Phrase:
    """On a phone the urgency and the place belong to it."""
    urgency = say(f"urgency.{view.urgency.value}")
    return say("desk.help.announced", id=_id(view), urgency=urgency, site=spot(policy, view))


def _where_to_phone(policy: Policy, view: CaseView, called: DutyView | None) -> tuple[Element, ...]:
    """Where in the building, and the numbers of those who were asked, while nobody knows more."""
    if called is None or view.mistaken or (called.over and not called.lapsed):
        return ()
    where = Fact(label=say("help.card.where"), value=spot(policy, view))
    return (Facts(items=(where,)), *(phones(called) or _no_numbers(view, called)))


def _no_numbers(view: CaseView, called: DutyView) -> tuple[Element, ...]:
    """The desk is asked to phone, and nobody has said whom: it need not look for the number."""
    near = arrival(called, view.now)
    to_phone = called.lapsed or near in (Arrival.NOBODY, Arrival.OVERDUE)
    return (Paragraph(text=say("desk.help.no_numbers")),) if to_phone else ()


def spot(policy: Policy, view: CaseView) -> Phrase:
    """Where in the building, if the caller said so; else the site."""
    location = policy.locations.get(view.site.location)
    spots = location.spots if location else ()
    name = next((spot.name for spot in spots if spot.id == view.spot), None)
    return listed([view.site.name, name]) if name else view.site.name


def phones(duty: DutyView) -> tuple[CallLine, ...]:
    """Everybody who was asked can be phoned too, each once."""
    found = dict.fromkeys(phone for rung in duty.rungs for phone in rung.phones)
    return tuple(
        CallLine(label=say(f"role.{phone.role.value}"), phone=phone.number) for phone in found
    )


def _desk_help_text(view: CaseView, called: DutyView | None, care: DutyView | None) -> Phrase:
    site = view.site.name
    if view.mistaken:
        return say("desk.help.mistake", site=site)
    if called is not None and not called.over:
        near = arrival(called, view.now)
        nobody = near is Arrival.NOBODY
        return say("desk.help.text" if nobody else f"desk.help.{near.value}", site=site)
    if care is not None and care.state == "exhausted":
        return say("desk.help.care", site=site)
    if called is not None and called.lapsed and (care is None or not care.over):
        return say("desk.help.lapsed", site=site)
    return say("desk.help.over", site=site)


def called_again(view: CaseView) -> tuple[Element, ...]:
    """That the caller of a running call asked once more: what was answered before is no answer."""
    if view.again_at is None:
        return ()
    return (
        Paragraph(text=say("help.card.again", at=on_day_at(view.again_at, view.zone)), strong=True),
    )


def progress(view: CaseView, duty: DutyView | None) -> tuple[Element, ...]:
    """Who answered what, and when, in order."""
    if duty is None or not duty.seats:
        return ()
    lines = tuple(
        Happening(when=on_day_at(seat.seat.at, view.zone), what=seat_line(seat))
        for seat in duty.seats
    )
    return (Timeline(items=lines),)


def seat_line(view: SeatView, who: Phrase | None = None) -> Phrase:
    """One answer as a line; `who` stands for the name where a stranger reads it."""
    name = who or view.name
    if view.seat.answer is AnswerKind.COMING and view.seat.minutes is not None:
        return say("seat.coming", who=name, minutes=view.seat.minutes)
    return say(f"seat.{view.seat.answer.value}", who=name)


def roles(of: tuple[Role, ...]) -> Phrase:
    """Role names in a row."""
    return listed([say(f"role.{role.value}") for role in of])


def _id(view: CaseView) -> Phrase:
    return Verbatim(text=view.public_id)
