"""What all cards share: a place, who took it and who answered, and the buttons of the desk."""

from collections.abc import Iterator

from flows.case_view import CaseView, DutyView, Phone, SeatView
from flows.clocks import Urgency
from flows.commitments import DutyKind
from flows.ladders import AT_DESK, AnswerKind, Role
from flows.outcomes import When
from flows.phrases import Phrase, Verbatim, dated, listed, say
from flows.policy import Policy
from flows.presses import Press, Verb
from flows.screens import (
    Button,
    CallLine,
    Element,
    Fact,
    Happening,
    Paragraph,
    Style,
    Timeline,
)


def details_button(view: CaseView) -> Button:
    """Opens the case, in private."""
    return Button(label=say("desk.details"), press=Press(verb=Verb.DETAILS, subject=view.id))


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


def taken_by(take: DutyView, zone: str) -> tuple[Element, ...]:
    name = take.done_by
    when = take.ended_at
    if name is None or when is None:
        return ()
    return (Paragraph(text=say("desk.taken_by", name=name, at=dated(when, zone))),)


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


def spot(policy: Policy, view: CaseView) -> Phrase:
    """Where in the building, if the caller said so; else the site."""
    location = policy.locations.get(view.site.location)
    spots = location.spots if location else ()
    name = next((spot.name for spot in spots if spot.id == view.spot), None)
    return listed([view.site.name, name]) if name else view.site.name


def when_called(view: CaseView) -> tuple[Fact, ...]:
    """When help was called: a message may come long after, and stands there for longer."""
    if view.called_at is None:
        return ()
    return (Fact(label=say("help.card.at"), value=dated(view.called_at, view.zone)),)


def phones(duty: DutyView) -> tuple[CallLine, ...]:
    """Everybody who was asked can be phoned too, each number once, by their role."""
    found = dict.fromkeys((phone.role, phone.number) for phone in _phones(duty))
    return tuple(CallLine(label=say(f"role.{role.value}"), phone=number) for role, number in found)


def colleagues_phones(duty: DutyView, but: tuple[Role, ...]) -> tuple[CallLine, ...]:
    """The same for somebody of the company's list, who knows whom to ask for; `but`: less those of
    these roles."""
    found = dict.fromkeys(phone for phone in _phones(duty) if phone.role not in but)
    return tuple(
        CallLine(label=listed([say(f"role.{each.role.value}"), each.name]), phone=each.number)
        for each in found
    )


def _phones(duty: DutyView) -> Iterator[Phone]:
    return (phone for rung in duty.rungs for phone in rung.phones)


def progress(view: CaseView, duty: DutyView | None) -> tuple[Element, ...]:
    """Who answered what, and when, in order."""
    if duty is None or not duty.seats:
        return ()
    lines = tuple(
        Happening(when=dated(seat.seat.at, view.zone), what=seat_line(duty, seat))
        for seat in duty.seats
    )
    return (Timeline(items=lines),)


def seat_line(duty: DutyView, view: SeatView, who: Phrase | None = None) -> Phrase:
    """One answer as a line; `who` stands for the name where a stranger reads it."""
    name = who or view.name
    if view.seat.answer is AnswerKind.COMING and view.seat.minutes is not None:
        return say("seat.coming", who=name, minutes=view.seat.minutes)
    return say(_seat_key(duty, view), who=name)


def _seat_key(duty: DutyView, view: SeatView) -> str:
    """As it was pressed: care has words of its own, and so has the desk, which goes nowhere."""
    answer = view.seat.answer
    if duty.kind is DutyKind.CARE and answer is AnswerKind.TAKE_OVER:
        return "seat.gives_care"
    if duty.kind is DutyKind.CARE and answer is AnswerKind.CANNOT and view.role in AT_DESK:
        return "seat.cannot_take_on"
    return f"seat.{answer.value}"


def roles(of: tuple[Role, ...]) -> Phrase:
    """Role names in a row."""
    return listed([say(f"role.{role.value}") for role in of])


def case_number(view: CaseView) -> Phrase:
    return Verbatim(text=view.public_id)


def urgent_number(view: CaseView) -> Phrase:
    """The case, and how urgent it is where that is more than usual: a full morning is read from
    its messages, of which most look alike."""
    if view.report is None or view.urgency not in _URGENT:
        return case_number(view)
    return listed([case_number(view), say(f"urgency.{view.urgency.value}")])


_URGENT = (Urgency.U0, Urgency.U1, Urgency.U2)


def hurt_in_list(view: CaseView) -> tuple[Phrase, ...]:
    """In a line of the desk's lists, as on the card: that somebody is injured."""
    hurt = view.report is not None and view.report.facts().hurt
    return (say("list.injured"),) if hurt and view.state == "open" else ()
