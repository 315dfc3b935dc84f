"""Who was asked when about a duty, who answered what, and who is next: the lines of the page of
whoever waits for it."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from flows.card_parts import roles, seat_line
from flows.case_view import CaseView, DutyView, Rung, SeatView
from flows.commitments import DutyKind
from flows.ladders import AT_DESK, AnswerKind, Role
from flows.phrases import Phrase, on_day_at, say
from flows.screens import Happening
from flows.spoken_with import desk_is_to_speak

Moment = tuple[datetime, Phrase]
"""What happened, and when."""


def rung_lines(
    view: CaseView, duty: DutyView, besides: Sequence[Moment] = ()
) -> tuple[Happening, ...]:
    """Who was asked when, who answered what, and what else happened, in order; then who is next."""
    sent = [(rung.sent_at, _sent(rung, again)) for rung, again in _in_turn(duty) if rung.sent_at]
    answers = [(each.seat.at, seat_line(duty, each, _role(each.role))) for each in _told(duty)]
    past = sorted([*besides, *sent, *answers], key=lambda moment: moment[0])
    waiting = [
        Happening(when=None, what=_not_yet(rung, again), done=False)
        for rung, again in _in_turn(duty)
        if rung.sent_at is None
    ]
    happened = [Happening(when=on_day_at(moment, view.zone), what=what) for moment, what in past]
    return (*happened, *waiting, *_next_line(view, duty))


def _told(duty: DutyView) -> tuple[SeatView, ...]:
    """The answers that its own page tells. In danger who cannot come is one whom nobody waits for;
    but nobody who waits for care has to read who declined it."""
    if duty.kind is not DutyKind.CARE:
        return duty.seats
    return tuple(each for each in duty.seats if each.seat.answer is not AnswerKind.CANNOT)


def _in_turn(duty: DutyView) -> Iterator[tuple[Rung, bool]]:
    """Each rung, and whether all whom it asks had been asked before."""
    asked: set[Role] = set()
    for rung in duty.rungs:
        yield rung, asked.issuperset(rung.roles)
        asked.update(rung.roles)


def _sent(rung: Rung, again: bool) -> Phrase:
    return say("help.sent_again" if again else "help.sent", roles=roles(rung.roles))


def _not_yet(rung: Rung, again: bool) -> Phrase:
    if rung.unsure:  # it is not sent once more: the next are asked instead
        return say("help.unsure", roles=roles(rung.roles))
    return say("help.sending_again" if again else "help.sending", roles=roles(rung.roles))


def _role(role: Role) -> Phrase:
    return say(f"role.{role.value}")


def _next_line(view: CaseView, duty: DutyView) -> tuple[Happening, ...]:
    if duty.next_at is None:
        return _asked_anew(view, duty)
    when = on_day_at(duty.next_at, view.zone)
    following = tuple(role for role in duty.next_roles if not (view.own_desk and role in AT_DESK))
    if following:
        what = say(_next_key(duty), roles=roles(following))
        return (Happening(when=when, what=what, done=False),)
    if duty.kind is DutyKind.CARE:
        speaks = _desk_speaks_next(view)
        what = say("care.next_speaks" if speaks else "care.next_here")
        return (Happening(when=when, what=what, done=False),)
    told_next = view.delivered_at is None and not view.unread_at_desk
    if duty.kind is DutyKind.SECOND_PERSON and told_next:
        return (Happening(when=when, what=say("help.next_desk"), done=False),)
    return ()


def _asked_anew(view: CaseView, duty: DutyView) -> tuple[Happening, ...]:
    """What follows where whoever said that they come does not."""
    until = duty.asked_anew_after(view.now)
    if until is None or duty.kind is not DutyKind.CARE or duty.state != "answered":
        return ()
    return (Happening(when=on_day_at(until, view.zone), what=say("care.next_anew"), done=False),)


def _desk_speaks_next(view: CaseView) -> bool:
    """Whether the desk is asked to speak with them once nobody is left to ask for care.

    Not while it is to do so already, nor while it is being asked to take the report.
    """
    take = view.duty(DutyKind.TAKE)
    taken = take is not None and (take.over or take.state == "exhausted")
    shut = view.report is None or view.state != "open" or view.unread_at_desk
    return taken and not shut and not desk_is_to_speak(view)


def _next_key(duty: DutyView) -> str:
    """Care is one person's answer; a call needs several, and may lack some in spite of one."""
    if duty.kind is not DutyKind.CARE:
        return "help.next"
    return "care.next_then" if _all_declined(duty) else "care.next"


def _all_declined(duty: DutyView) -> bool:
    """Whether everybody who was asked so far has answered, and none of them comes."""
    asked = {person for rung in duty.rungs for person in rung.people}
    cannot = (each.seat for each in duty.seats if each.seat.answer is AnswerKind.CANNOT)
    return bool(asked) and asked <= {seat.person_id for seat in cannot}
