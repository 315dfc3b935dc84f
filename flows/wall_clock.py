"""From what the clock on a place's wall shows to the instant, across every change of the clocks.

In spring a clock jumps over times that it never shows; in autumn it shows an hour twice. A place
that opens at a time which is jumped over opens at the jump. What begins in the hour that comes
twice begins the first time, and what ends there ends the last time, so that nothing is ever
closed while the clock on the wall says that it is open.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator

DAY_MINUTES = 24 * 60
_SECOND = timedelta(seconds=1)
_TICK = timedelta.resolution


@lru_cache(maxsize=1)
def _known_zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _zone(name: str) -> str:
    if name not in _known_zones():
        raise ValueError(f'"{name}" is no time zone; write one such as "Asia/Tokyo"')
    return name


ZoneName = Annotated[str, AfterValidator(_zone)]
"""The name of a time zone that is known here, such as "Asia/Tokyo"."""


def read_minutes(text: str) -> int:
    """Minutes since midnight from "09:00"; "24:00" is the midnight that ends the day."""
    hours, _, minutes = text.partition(":")
    return int(hours) * 60 + int(minutes)


def local_day(moment: datetime, zone: str) -> date:
    """The date at a place."""
    return moment.astimezone(ZoneInfo(zone)).date()


def begins(day: date, minutes: int, zone: str) -> datetime:
    """The first instant when the clock shows so many minutes after midnight, or more. UTC.

    More minutes than a day has lead into the next.
    """
    first, last, _ = _readings(day, minutes, zone)
    return _jump(last, first, zone) if last < first else first


def ends(day: date, minutes: int, zone: str) -> datetime:
    """The instant from which the clock never again shows less than that. UTC."""
    first, last, shown = _readings(day, minutes, zone)
    if last < first:
        return _jump(last, first, zone)
    # Where the hour that comes twice begins with this very time, it was reached for good before.
    return first if (last - _TICK).astimezone(shown.tzinfo) >= shown else last


def _readings(day: date, minutes: int, zone: str) -> tuple[datetime, datetime, datetime]:
    """The instants of a reading before and after a change of the clocks, and the reading.

    Both are one on any other day. For a reading that is jumped over the second is earlier:
    each counts with the offset of its own side (PEP 495).
    """
    shown = datetime.combine(day, time(), ZoneInfo(zone)) + timedelta(minutes=minutes)
    return shown.astimezone(UTC), shown.replace(fold=1).astimezone(UTC), shown


def _jump(before: datetime, after: datetime, zone: str) -> datetime:
    """The second between two instants from which the later one's offset holds."""
    place = ZoneInfo(zone)
    offset = after.astimezone(place).utcoffset()
    while after - before > _SECOND:
        middle = before + _SECOND * ((after - before) // _SECOND // 2)
        if middle.astimezone(place).utcoffset() == offset:
            after = middle
        else:
            before = middle
    return after
