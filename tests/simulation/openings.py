"""Opening hours as the published policy promises them, worked out apart from the product's code.

Times are seconds since the epoch: two ways of counting that agree are worth more than one.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

from flows.clocks import OpenHours, Span

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SHORT = 60
"""A promise of fewer minutes runs on past closing time."""


@dataclass(frozen=True)
class Openings:
    """When somewhere is open."""

    zone: str
    country: str | None
    week: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, hours: OpenHours) -> "Openings":
        """The hours in a policy or company file."""
        return cls(hours.zone, hours.holidays, tuple(sorted(hours.open.items())))

    def next(self, moment: float) -> float:
        """The moment itself while open, else when it opens."""
        return max(moment, self._after(moment)[0][0])

    def opens_after(self, moment: float) -> float:
        """When it opens next, and not the opening that runs."""
        return next(at for at, _ in self._after(moment) if at > moment)

    def due(self, start: float, span: Span) -> float:
        """When a promise made at `start` is to be kept."""
        if 0 < span.minutes < SHORT:
            return self.next(start) + span.minutes * 60
        if span.minutes:
            return self._open_minutes(start, span.minutes)
        return self._closing(start, 0 if span.end_of_day else span.working_days)

    def _open_minutes(self, start: float, minutes: int) -> float:
        left = minutes * 60.0
        for opens, closes in self._after(start):
            begin = max(opens, start)
            if begin + left <= closes:
                return begin + left
            left -= closes - begin
        raise AssertionError("a month without an open hour")

    def _closing(self, start: float, days: int) -> float:
        """A promise made while it is closed counts the next open day as the first."""
        ahead = self._after(start)
        today = datetime.fromtimestamp(start, ZoneInfo(self.zone)).date()
        first = datetime.fromtimestamp(ahead[0][0], ZoneInfo(self.zone)).date()
        counted = days if first <= today else max(0, days - 1)
        return ahead[counted][1]

    def _after(self, moment: float) -> list[tuple[float, float]]:
        """The openings that end after `moment`, for some weeks."""
        day = datetime.fromtimestamp(moment, ZoneInfo(self.zone)).date()
        stretches = self._from(day - timedelta(days=1))
        return [stretch for stretch in stretches if stretch[1] > moment]

    @lru_cache(maxsize=4096)  # noqa: B019  a handful of these live as long as the process
    def _from(self, first: date) -> list[tuple[float, float]]:
        week = dict(self.week)
        found = []
        for offset in range(60):
            day = first + timedelta(days=offset)
            hours = week.get(_DAYS[day.weekday()])
            if hours is None or (self.country and day in _holidays(self.country, day.year)):
                continue
            opens, _, closes = hours.partition("-")
            end = day if closes > opens else day + timedelta(days=1)
            found.append((self._at(day, opens), self._at(end, closes)))
        return found

    def _at(self, day: date, clock: str) -> float:
        local = datetime.combine(day, time.fromisoformat(clock), ZoneInfo(self.zone))
        return local.astimezone(UTC).timestamp()


@lru_cache(maxsize=64)
def _holidays(country: str, year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays(country, years=year))
