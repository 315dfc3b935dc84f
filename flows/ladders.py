"""Who is asked, after how long, and how many must come: a ladder, as data.

A ladder is copied onto the duty it serves when the duty is born, so that editing the
policy never changes what was already promised on an open case.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal, Self

from pydantic import Field, model_validator

from flows.phrases import Frozen


class Role(StrEnum):
    """Who can be asked. A person's role comes from the company's list of people."""

    MANAGER = "manager"
    DEPUTY = "deputy"
    AREA = "area"
    HQ = "hq"
    DESK = "desk"
    DESK_LEAD = "desk_lead"


class Step(Frozen):
    """One rung: these roles are asked this many minutes after the start, or after the due time."""

    after_minutes: int = Field(ge=0)
    base: Literal["start", "due"] = "start"
    roles: tuple[Role, ...] = Field(min_length=1)


class Ladder(Frozen):
    """Rungs in order, the number of different people needed, and when nobody is left to ask."""

    version: int = 1
    steps: tuple[Step, ...] = Field(min_length=1)
    quorum: int = Field(default=1, ge=1, le=3)
    """How many different people must say that they come."""
    seats: int = Field(default=3, ge=1, le=3)
    """At most this many: a crowd inflames what it should calm."""
    exhausted_after_minutes: int = Field(ge=1)
    exhausted_base: Literal["start", "due"] = "start"
    acceptance_minutes: int = Field(default=15, ge=1)
    """An acceptance with nothing after it counts this long, then the nudge comes back."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.quorum > self.seats:
            raise ValueError("quorum is larger than seats; nobody could ever fill it")
        if self.steps[0].after_minutes or self.steps[0].base != "start":
            raise ValueError("the first step must be asked at once: after_minutes 0 from the start")
        offsets = [(step.base == "due", step.after_minutes) for step in self.steps]
        if offsets != sorted(offsets):
            raise ValueError("steps must be in the order of their times")
        end = (self.exhausted_base == "due", self.exhausted_after_minutes)
        if end < offsets[-1]:
            raise ValueError("exhausted_after_minutes lies before the last step")
        return self

    def step_due(self, step: int, start: datetime, due: datetime) -> datetime | None:
        """When rung `step` is asked, or None past the last rung."""
        if step >= len(self.steps):
            return None
        rung = self.steps[step]
        return (start if rung.base == "start" else due) + timedelta(minutes=rung.after_minutes)

    def exhausted_at(self, start: datetime, due: datetime) -> datetime:
        """When the ladder has nobody left to ask and says so."""
        base = start if self.exhausted_base == "start" else due
        return base + timedelta(minutes=self.exhausted_after_minutes)


class AnswerKind(StrEnum):
    """What a person asked can say. "Seen" is not among them: it closes nothing."""

    COMING = "coming"
    TAKE_OVER = "take_over"
    CANNOT = "cannot"


class Seat(Frozen):
    """One person's present answer to one duty."""

    person_id: str
    answer: AnswerKind
    minutes: int | None = None
    """How soon they come, where they said so."""
    at: datetime


def taken_seats(answers: Sequence[Seat]) -> tuple[Seat, ...]:
    """The answers that fill a seat, one per person, in the order they came."""
    last = {seat.person_id: seat for seat in answers}
    return tuple(seat for seat in last.values() if seat.answer is not AnswerKind.CANNOT)


def missing_seats(ladder: Ladder, answers: Sequence[Seat]) -> int:
    """How many different people are still needed; 0 when the quorum holds."""
    return max(0, ladder.quorum - len(taken_seats(answers)))


def all_declined(asked: Sequence[str], answers: Sequence[Seat]) -> bool:
    """Whether everybody asked so far said that they cannot, so that waiting helps nobody."""
    declined = {seat.person_id for seat in answers if seat.answer is AnswerKind.CANNOT}
    return bool(asked) and set(asked) <= declined
