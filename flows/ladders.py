"""Who is asked, after how long, and how many must come: a ladder, as data.

A ladder is copied onto the duty it serves when the duty is born, with the opening hours
that hold it, so that editing the policy never changes what was already promised on an open
case.
"""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Literal, Self

from pydantic import Field, model_validator

from flows.clocks import OpenHours, Span
from flows.phrases import Frozen
from flows.wall_clock import DAY_MINUTES


class Role(StrEnum):
    """Who can be asked. A person's role comes from the company's list of people."""

    MANAGER = "manager"
    DEPUTY = "deputy"
    AREA = "area"
    HQ = "hq"
    DESK = "desk"
    DESK_LEAD = "desk_lead"
    STAFF = "staff"  # everybody else; never on a ladder


class Side(StrEnum):
    """Whose opening hours hold a rung."""

    DESK = "desk"
    SITE = "site"


CLOSING_GRACE = timedelta(minutes=1)
"""So long after closing, or after a shift, a rung is still asked: most promises end when the
desk closes."""

AT_DESK = frozenset({Role.DESK, Role.DESK_LEAD})


class OnEmpty(StrEnum):
    """What happens when nobody who holds a rung's roles is on shift."""

    NEXT = "next"  # the next rung is asked at once; in danger as with "everybody"
    EVERYBODY = "everybody"  # so it is, and those off shift are asked too


class Step(Frozen):
    """One rung: these roles are asked this many minutes after the start, or after the due time."""

    after_minutes: int = Field(ge=0)
    base: Literal["start", "due"] = "start"
    roles: tuple[Role, ...] = Field(min_length=1)
    on_empty: OnEmpty = OnEmpty.NEXT

    def sides(self, less: Collection[Role] = ()) -> frozenset[Side]:
        """Whose hours count for those it asks, less these; where none is left, the desk's."""
        asked = [role for role in self.roles if role not in less] or [Role.DESK]
        return frozenset(Side.DESK if role in AT_DESK else Side.SITE for role in asked)


class Ladder(Frozen):
    """Rungs in order, the number of different people needed, and when nobody is left to ask."""

    version: int = 2
    steps: tuple[Step, ...] = Field(min_length=1)
    quorum: int = Field(default=1, ge=1, le=3)
    """How many different people must say that they come."""
    seats: int = Field(default=3, ge=1, le=3)
    """At most this many: a crowd inflames what it should calm."""
    exhausted_after_minutes: int = Field(ge=1)
    exhausted_base: Literal["start", "due"] = "start"
    acceptance_minutes: int = Field(default=15, ge=1)
    """An acceptance with nothing after it counts this long, then the nudge comes back."""
    repeats: int = Field(default=0, ge=0, le=5)
    """How often the climb begins again from the first rung before it gives up."""
    quiet_hours: bool = True
    """Whether rungs are held while those asked are closed. Danger holds nothing."""
    asks_again: bool = False
    """Whether each rung also asks those below it who have not answered: in danger one buzz in a
    pocket is easily missed."""
    promise_minutes: int = Field(default=0, ge=0)
    """How long what it serves was promised to take: a climb whose due time has passed counts on
    from that."""
    hours: dict[Side, OpenHours] = Field(default_factory=dict)
    """The hours that hold it, as they were when the duty was born; a side left out never closes."""
    excluded_people: tuple[str, ...] = ()
    """People, by id, who are never asked and whose answer never counts."""

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
        if self.asks_again and self.quiet_hours:
            raise ValueError("asks_again is for danger: set quiet_hours to false, or leave it out")
        if any(Role.STAFF in step.roles for step in self.steps):
            raise ValueError("staff cannot be asked; name managers or the desk")
        return self

    def asks_off_shift(self, step: int) -> bool:
        """Whether a rung on which nobody is there asks those off shift: in danger each does."""
        return not self.quiet_hours or self.steps[step].on_empty is OnEmpty.EVERYBODY

    def held_until(self, moment: datetime, step: int, less: Collection[Role] = ()) -> datetime:
        """When rung `step` may be asked: `moment` itself, or the next opening of those it asks."""
        if not self.quiet_hours or step >= len(self.steps):
            return moment
        sides = sorted(self.steps[step].sides(less))
        if any(side not in self.hours for side in sides):
            return moment
        # What falls due as the doors close is said as they close, not the next morning.
        as_they_close = moment - CLOSING_GRACE
        if any(self.hours[side].is_open(as_they_close) for side in sides):
            return moment
        return min(self.hours[side].next_opening(moment) for side in sides)

    def _nominal(self, step: int, start: datetime, due: datetime) -> datetime:
        """When rung `step` falls due if nothing holds it; past the last rung, the end."""
        if step < len(self.steps):
            rung = self.steps[step]
            return (start if rung.base == "start" else due) + timedelta(minutes=rung.after_minutes)
        base = start if self.exhausted_base == "start" else due
        return base + timedelta(minutes=self.exhausted_after_minutes)

    def _base(self, step: int) -> str:
        return self.steps[step].base if step < len(self.steps) else self.exhausted_base

    def next_at(
        self, step: int, start: datetime, due: datetime, asked_at: datetime | None
    ) -> datetime:
        """When what follows rung `step` falls due: the next rung, or the end of the ladder.

        A rung keeps its distance to the one after it: held overnight, the morning does not ask
        everybody at once, and nobody is given up before the last had their time. Where what
        follows counts from a due time that lies ahead, it waits for that alone.
        """
        following = self._nominal(step + 1, start, due)
        if asked_at is not None and step >= 0:
            is_ahead = self._base(step) != self._base(step + 1) and due > asked_at
            if not is_ahead:
                following = max(following, asked_at + self._distance(step))
        return self.held_until(following, step + 1)

    def _distance(self, step: int) -> timedelta:
        """From rung `step` to what follows it, where the promise is made as the climb begins."""
        begin = datetime.min.replace(tzinfo=UTC)
        due = begin + timedelta(minutes=self.promise_minutes)
        apart = self._nominal(step + 1, begin, due) - self._nominal(step, begin, due)
        return max(apart, timedelta(0))

    def asked(self, step: int, less: Collection[Role]) -> tuple[Role, ...]:
        """Whom rung `step` asks, less the roles that are kept out. A rung left empty asks nobody.

        Everybody kept out: the desk is asked, as the first.
        """
        kept = [tuple(role for role in rung.roles if role not in less) for rung in self.steps]
        return kept[step] if any(kept) else (Role.DESK,) * (step == 0)

    def last_asked(self, less: Collection[Role]) -> int:
        """The last rung that asks anybody."""
        return max(step for step in range(len(self.steps)) if self.asked(step, less))

    def last_of(self, roles: Collection[Role]) -> int:
        """The last rung that asks nobody but these; the first where none does."""
        mine = (n for n, step in enumerate(self.steps) if set(step.roles) <= set(roles))
        return max(mine, default=0)

    def up_to(self, step: int) -> "Ladder":
        """The ladder as it would be with rung `step` as its last; it ends when it did."""
        return self.model_copy(update={"steps": self.steps[: step + 1]})

    def held_by(self, hours: dict[Side, OpenHours]) -> "Ladder":
        """The ladder with the hours that hold it; danger takes none along."""
        return self.model_copy(update={"hours": hours if self.quiet_hours else {}})

    def promising(self, span: Span) -> "Ladder":
        """The ladder of what is promised within this time."""
        minutes = span.minutes or max(1, span.working_days) * DAY_MINUTES
        return self.model_copy(update={"promise_minutes": minutes})

    def at_once(self) -> "Ladder":
        """The ladder for somebody in danger: nothing holds it."""
        return self.model_copy(update={"quiet_hours": False, "hours": {}})


class AnswerKind(StrEnum):
    """What a person asked can say. "Seen" is not among them: it closes nothing."""

    COMING = "coming"
    TAKE_OVER = "take_over"
    ARRANGES = "arranges"  # from afar: they see to it that somebody there gives care
    HERE = "here"
    CANNOT = "cannot"
    RAN_OUT = "ran_out"  # they said that they come, and nothing came after it
    WAS_THERE = "was_there"  # they said that they are there, and nothing came after it


_TAKES = frozenset({AnswerKind.COMING, AnswerKind.TAKE_OVER, AnswerKind.ARRANGES, AnswerKind.HERE})

FELL_SILENT = frozenset({AnswerKind.RAN_OUT, AnswerKind.WAS_THERE})
"""They are asked again: nobody knows whether they still come, or are still there."""


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
    return tuple(seat for seat in last.values() if seat.answer in _TAKES)


def missing_seats(ladder: Ladder, answers: Sequence[Seat]) -> int:
    """How many different people are still needed; 0 when the quorum holds."""
    return max(0, ladder.quorum - len(taken_seats(answers)))


def all_declined(asked: Collection[str], answers: Sequence[Seat]) -> bool:
    """Whether everybody asked so far said that they cannot, so that waiting helps nobody."""
    declined = {seat.person_id for seat in answers if seat.answer is AnswerKind.CANNOT}
    return bool(asked) and set(asked) <= declined
