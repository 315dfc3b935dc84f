"""When a person works: every day, on one weekday, or once."""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple, Self

from pydantic import AliasChoices, Field, model_validator

from flows.clocks import WEEKDAYS
from flows.phrases import Frozen
from flows.wall_clock import DAY_MINUTES, begins, ends, local_day, read_minutes

Stretch = tuple[datetime, datetime]
"""From one instant to another, the second not included."""

HOW_TO_WRITE = (
    'write both as "09:00", as "mon 09:00" or as "2026-11-25 09:00"'
    ' (over midnight: "22:00" to "06:00")'
)
_MARK = re.compile(
    rf"(?:({'|'.join(WEEKDAYS)}|[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}) )?"
    r"((?:[01][0-9]|2[0-3]):[0-5][0-9]|24:00)"
)


class Shift(Frozen):
    """From one time on the clock of the site to another, no longer than a day.

    "09:00" to "18:00" is every day, "mon 09:00" to "mon 18:00" every Monday, and
    "2026-11-25 09:00" to "2026-11-25 18:00" once.
    """

    site: str | None = None
    """Where; None for every site of the person."""
    start: str = Field(validation_alias=AliasChoices("from", "start"))
    end: str = Field(validation_alias=AliasChoices("to", "end"))

    @model_validator(mode="after")
    def _readable(self) -> Self:
        _read(self.start, self.end)
        return self

    def covers(self, moment: datetime, zone: str) -> bool:
        """Whether somebody with this shift is at work then, at a place in that zone."""
        return self.overlaps(moment, moment + timedelta.resolution, zone)

    def overlaps(self, begin: datetime, end: datetime, zone: str) -> bool:
        """Whether any of this shift lies between two instants."""
        return any(self.stretches(begin, end, zone))

    def stretches(self, begin: datetime, end: datetime, zone: str) -> Iterator[Stretch]:
        """Each stretch of this shift that has a part between two instants, whole, in order."""
        when = _read(self.start, self.end)
        # What began the day before may still go on.
        first, last = local_day(begin, zone) - timedelta(days=1), local_day(end, zone)
        for day in when.days(first, last):
            starts = begins(day, when.minutes, zone)
            stops = ends(day, when.minutes + when.length, zone)
            if starts < end and stops > begin and starts < stops:
                yield starts, stops


class _When(NamedTuple):
    """A shift, read: on which days it begins, how long after midnight, and for how long."""

    on: date | int | None
    """A date, the number of a weekday, or None for every day."""
    minutes: int
    length: int

    def days(self, first: date, last: date) -> Iterator[date]:
        """The days from `first` to `last`, both included, on which it begins."""
        if isinstance(self.on, date):
            if first <= self.on <= last:
                yield self.on
            return
        for offset in range((last - first).days + 1):
            day = first + timedelta(days=offset)
            if self.on is None or day.weekday() == self.on:
                yield day


@lru_cache(maxsize=4096)
def _read(start: str, end: str) -> _When:
    """The shift of two texts; ValueError with what is wrong, and how to put it right."""
    one, other = _MARK.fullmatch(start), _MARK.fullmatch(end)
    if one is None or other is None or one[2] == "24:00":
        raise ValueError(HOW_TO_WRITE)
    begin, length = read_minutes(one[2]), read_minutes(other[2]) - read_minutes(one[2])
    on, until = _day(one[1]), _day(other[1])
    if type(on) is not type(until):
        raise ValueError(f"the two are not written alike; {HOW_TO_WRITE}")
    if isinstance(on, date) and isinstance(until, date):
        length += (until - on).days * DAY_MINUTES
    elif isinstance(on, int) and isinstance(until, int):
        length += (until - on) % 7 * DAY_MINUTES
    elif length < 0:
        length += DAY_MINUTES
    if length <= 0:
        raise ValueError('ends before it begins; a whole day is "00:00" to "24:00"')
    if length > DAY_MINUTES:
        raise ValueError("longer than a day; write one shift for each day")
    return _When(on, begin, length)


def _day(text: str | None) -> date | int | None:
    if text is None:
        return None
    if text in WEEKDAYS:
        return WEEKDAYS.index(text)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f'"{text}" is no date; {HOW_TO_WRITE}') from None
