"""How long a promise may take, in minutes, hours, working days or the desk's own day."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import count, islice
from typing import Annotated, Any, Self

import holidays
from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, model_validator

from flows.closed_days import FEWEST_OPEN_DAYS, ClosedText, holds_day, leaves_days
from flows.phrases import Frozen
from flows.wall_clock import DAY_MINUTES, ZoneName, begins, ends, local_day, read_minutes


class Urgency(StrEnum):
    """How soon somebody must move. Sources: the clock table of the policy notes."""

    U0 = "U0"  # in danger now
    U1 = "U1"  # still going on
    U2 = "U2"  # same shift: severe, injury, sexual, threat, data posted
    U3 = "U3"  # next working day: likely or possible
    U4 = "U4"  # three working days: not clear, or record only


class Span(Frozen):
    """A length of time: plain minutes, whole working days, or until the desk closes today."""

    minutes: int = 0
    working_days: int = 0
    end_of_day: bool = False

    def __str__(self) -> str:
        if self.end_of_day:
            return "eod"
        return f"{self.working_days}wd" if self.working_days else f"{self.minutes}m"


def read_span(text: object) -> Span:
    """A span from "15m", "2h", "1wd" (working days) or "eod" (the end of the desk's day)."""
    if isinstance(text, Span):
        return text
    if text == "eod":
        return Span(end_of_day=True)
    match = re.fullmatch(r"([1-9][0-9]{0,4})(m|h|wd)", str(text))
    if not match:
        raise ValueError('write a time as "15m", "2h", "1wd" (working days) or "eod"')
    count, unit = int(match[1]), match[2]
    if unit == "wd":
        return Span(working_days=count)
    return Span(minutes=count * (60 if unit == "h" else 1))


SpanText = Annotated[Span, BeforeValidator(read_span), PlainSerializer(str)]

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SHORT_MINUTES = 60
"""A promise shorter than this runs on once it has begun, past closing time too."""

_TIME = r"([01][0-9]|2[0-3]):[0-5][0-9]"


def _opening(text: Any) -> Any:
    match = re.fullmatch(rf"({_TIME})-({_TIME}|24:00)", str(text))
    if not match or match[1] == match[3]:
        raise ValueError(
            'write opening hours as "09:00-18:00", "18:00-02:00" (into the next day) or'
            ' "00:00-24:00"'
        )
    return str(text)


def _weekday(text: str) -> str:
    if text not in WEEKDAYS:
        raise ValueError(f"use one of {', '.join(WEEKDAYS)}")
    return text


def _country(code: str) -> str:
    # By its name alone: to load one country's calendar, the library loads them all.
    if not re.fullmatch("[A-Z]{2}", code) or not hasattr(holidays, code):
        raise ValueError('write a country whose holidays are known as two letters, such as "JP"')
    return code


class OpenHours(Frozen):
    """When a desk or a site is open, in its own zone: so many hours from each weekday on."""

    zone: ZoneName = "Asia/Tokyo"
    holidays: Annotated[str, AfterValidator(_country)] | None = "JP"
    """ISO country code whose public holidays close it; null for none."""
    closed: tuple[ClosedText, ...] = ()
    """Further closed days: "12-29..01-03" each year, "2026-08-13..2026-08-16" once."""
    open: dict[
        Annotated[str, AfterValidator(_weekday)],
        Annotated[str, BeforeValidator(_opening)],
    ] = Field(min_length=1)
    """For each weekday when it opens and closes. An opening into the next day belongs to the
    day on which it begins, and is held even where the next day is closed."""

    @model_validator(mode="after")
    def _opens_in_turn(self) -> Self:
        for number, weekday in enumerate(WEEKDAYS):
            following = WEEKDAYS[(number + 1) % 7]
            if weekday in self.open and following in self.open:
                closes = _minutes(self.open[weekday])[1] - DAY_MINUTES
                if closes > _minutes(self.open[following])[0]:
                    raise ValueError(
                        f"{weekday} closes after {following} opens; end it before, or join them"
                    )
        if not leaves_days(self.closed):
            raise ValueError(
                f"closed leaves fewer than {FEWEST_OPEN_DAYS} days in a row; keep as many each year"
            )
        return self

    def opening(self, day: date) -> tuple[datetime, datetime] | None:
        """When the opening that begins on `day` opens and closes, in UTC; None for a closed day."""
        hours = self.open.get(WEEKDAYS[day.weekday()])
        if hours is None:
            return None
        return _opening_on(day, hours, self.zone, self.holidays, self.closed)

    def is_open(self, moment: datetime) -> bool:
        """Whether it is open; at the moment of closing it is not."""
        return self.next_opening(moment) == moment

    def next_opening(self, moment: datetime) -> datetime:
        """The moment itself while open, else when it opens next. In UTC."""
        opens, _ = next(self._openings(moment))
        return max(opens, moment.astimezone(UTC))

    def opens_after(self, moment: datetime) -> datetime:
        """When it opens next, in UTC: this morning as well, where it has not opened yet."""
        return next(opens for opens, _ in self._openings(moment) if opens > moment)

    def due(self, start: datetime, span: Span) -> datetime:
        """When a promise made at `start` falls due, in UTC.

        Less than an hour runs on the clock from the moment it is open; hours count open time
        only; a working day ends when it closes on that day.
        """
        if not span.minutes:
            return self._closing(start, 0 if span.end_of_day else span.working_days)
        if span.minutes < SHORT_MINUTES:
            return self.next_opening(start) + timedelta(minutes=span.minutes)
        return self._after_open_minutes(start, span.minutes)

    def _closing(self, start: datetime, working_days: int) -> datetime:
        """When it closes `working_days` after the day of `start`.

        A promise made while it is closed counts the next open day as the first, so that one
        minute past closing time never costs a person a whole day.
        """
        openings = self._openings(start)
        opens, closes = next(openings)
        has_begun = local_day(opens, self.zone) <= local_day(start, self.zone)
        further = working_days if has_begun else max(0, working_days - 1)
        return next(islice(openings, further - 1, None))[1] if further else closes

    def _openings(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Every opening that ends after `start`, in order, without end."""
        # What began yesterday may still be open.
        first = local_day(start, self.zone) - timedelta(days=1)
        for offset in count():
            opening = self.opening(first + timedelta(days=offset))
            if opening is not None and opening[1] > start:
                yield opening

    def _after_open_minutes(self, start: datetime, minutes: int) -> datetime:
        """When so many minutes of open time have passed; the generator never runs dry."""
        left, present = timedelta(minutes=minutes), start.astimezone(UTC)
        openings = self._openings(start)
        while True:
            opens, closes = next(openings)
            # Openings that touch can share the hour that comes twice.
            present = max(opens, present)
            if present + left <= closes:
                return present + left
            left -= max(closes - present, timedelta(0))
            present = max(closes, present)


@lru_cache(maxsize=4096)
def _opening_on(
    day: date, hours: str, zone: str, country: str | None, closed: tuple[str, ...]
) -> tuple[datetime, datetime] | None:
    # Kept: every card that says when somebody is asked next looks at the same few days.
    if any(holds_day(text, day) for text in closed):
        return None
    if country is not None and day in _holidays(country, day.year):
        return None
    start, end = _minutes(hours)
    opens, closes = begins(day, start, zone), ends(day, end, zone)
    # Where the clock jumps over all of it, nothing is left of it.
    return (opens, closes) if opens < closes else None


@lru_cache(maxsize=256)
def _minutes(hours: str) -> tuple[int, int]:
    """Opening and closing in minutes after midnight; closing on the next day is a day more."""
    start, end = (read_minutes(part) for part in hours.split("-"))
    return start, end if start < end else end + DAY_MINUTES


@lru_cache(maxsize=64)
def _holidays(country: str, year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays(country, years=year))
