"""How long a promise may take, in minutes, hours, working days or the desk's own day."""

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import count, islice
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import holidays
from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer

from flows.phrases import Frozen


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


def _opening(text: Any) -> Any:
    match = re.fullmatch(r"([0-2][0-9]:[0-5][0-9])-([0-2][0-9]:[0-5][0-9])", str(text))
    if not match or not match[1] < match[2] <= "23:59":
        raise ValueError('write opening hours as "09:00-18:00", opening before closing')
    return str(text)


def _weekday(text: str) -> str:
    if text not in WEEKDAYS:
        raise ValueError(f"use one of {', '.join(WEEKDAYS)}")
    return text


def _country(code: str) -> str:
    if code not in holidays.list_supported_countries(include_aliases=False):
        raise ValueError('write a country whose holidays are known as two letters, such as "JP"')
    return code


class DeskHours(Frozen):
    """When the desk is open, in its own zone, less the public holidays of a country."""

    zone: str = "Asia/Tokyo"
    holidays: Annotated[str, AfterValidator(_country)] | None = "JP"
    """ISO country code whose public holidays close the desk; null for none."""
    open: dict[
        Annotated[str, AfterValidator(_weekday)],
        Annotated[str, BeforeValidator(_opening)],
    ] = Field(min_length=1)

    def opening(self, day: date) -> tuple[datetime, datetime] | None:
        """When the desk opens and closes on `day`, or None when it stays closed."""
        hours = self.open.get(WEEKDAYS[day.weekday()])
        if hours is None or (self.holidays and day in _holidays(self.holidays, day.year)):
            return None
        zone = ZoneInfo(self.zone)
        start, end = (time.fromisoformat(part) for part in hours.split("-"))
        return datetime.combine(day, start, zone), datetime.combine(day, end, zone)

    def due(self, start: datetime, span: Span) -> datetime:
        """When a promise made at `start` falls due.

        Minutes run at once for spans under an hour (somebody is in trouble) and inside the
        desk's hours otherwise. A working day ends when the desk closes on that day.
        """
        local = start.astimezone(ZoneInfo(self.zone))
        if span.minutes and span.minutes < 60:
            return start + timedelta(minutes=span.minutes)
        if span.minutes:
            return self._after_open_minutes(local, span.minutes)
        return self._closing(local, 0 if span.end_of_day else span.working_days)

    def _closing(self, local: datetime, working_days: int) -> datetime:
        """When the desk closes `working_days` after the day of `local`.

        A promise made while the desk is closed counts the next open day as the first, so
        that one minute past closing time never costs a person a whole day.
        """
        days = (day for day in self._open_days(local.date()) if day[1] > local)
        first = next(days)
        left = working_days if first[0].date() == local.date() else max(0, working_days - 1)
        return next(islice(days, left - 1, None))[1] if left else first[1]

    def _open_days(self, first: date) -> Iterator[tuple[datetime, datetime]]:
        """The desk's open days from `first` on, without end: some weekday is always open."""
        for offset in count():
            day = self.opening(first + timedelta(days=offset))
            if day is not None:
                yield day

    def _after_open_minutes(self, local: datetime, minutes: int) -> datetime:
        """When so many minutes of open time have passed; the generator never runs dry."""
        left = timedelta(minutes=minutes)
        days = self._open_days(local.date())
        while True:
            opens, closes = next(days)
            begin = max(opens, local)
            if begin + left <= closes:
                return begin + left
            left -= max(closes - begin, timedelta(0))


@lru_cache(maxsize=64)
def _holidays(country: str, year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays(country, years=year))
