"""Whether help has come: what people promised about a call, and whether it has happened since."""

from datetime import datetime, timedelta
from enum import Enum

from flows.case_view import CaseView, DutyView
from flows.commitments import DutyKind
from flows.ladders import AnswerKind, Seat

MAY_TAKE_MINUTES = 5
"""How long "I will take over" may take, which names no time."""
GRACE = timedelta(minutes=1)
"""Whoever arrives presses nothing before they have looked around."""


class Arrival(Enum):
    """How near help is, as far as people have said."""

    NOBODY = "nobody"  # nobody has said that they come
    COMING = "coming"
    OVERDUE = "overdue"  # all who come should be there, and nobody says that they are
    WAS_THERE = "was_there"  # the same, but somebody said some time ago that they are there
    HERE = "here"


AWAITED = (Arrival.OVERDUE, Arrival.WAS_THERE)
"""Somebody should be there, and nobody says that they are."""


def arrival(duty: DutyView, now: datetime) -> Arrival:
    """How near help is at this moment."""
    if any(each.seat.answer is AnswerKind.HERE for each in duty.taken):
        return Arrival.HERE
    if not all(is_late(each.seat, now) for each in duty.taken):
        return Arrival.COMING
    if duty.reached:
        return Arrival.WAS_THERE
    return Arrival.OVERDUE if duty.taken or duty.ran_out else Arrival.NOBODY


def too_few(view: CaseView) -> DutyView | None:
    """What was to leave nobody alone on a report that goes on, once everybody was asked for it
    and too few come."""
    duty = view.duty(DutyKind.SECOND_PERSON)
    if view.report is None or duty is None or view.over_said:
        return None
    return duty if duty.state == "exhausted" else None


def overdue_at(seat: Seat) -> datetime:
    """When somebody who said that they come should have said that they are there."""
    named = seat.minutes if seat.answer is AnswerKind.COMING else None
    return seat.at + timedelta(minutes=named or MAY_TAKE_MINUTES) + GRACE


def is_late(seat: Seat, now: datetime) -> bool:
    """Whether somebody who said that they come should be there, and has not said that they are."""
    return seat.answer is not AnswerKind.HERE and overdue_at(seat) <= now
