"""The parts of a day at a place, and what is kept of a moment that could tell who was there."""

from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from flows.scene import DayPart
from flows.wall_clock import begins

_PARTS = (
    (DayPart.MORNING, 5, 12),
    (DayPart.AFTERNOON, 12, 17),
    (DayPart.EVENING, 17, 22),
    (DayPart.NIGHT, 22, 29),
)
"""The hours when each part of the day begins and ends; the night ends on the next day."""


@lru_cache(maxsize=64)  # asked at one moment for every site
def day_part(moment: datetime, zone: str) -> DayPart:
    """The part of the day at a place."""
    return _part(moment.astimezone(ZoneInfo(zone)).hour)[0]


@lru_cache(maxsize=64)
def day_part_window(moment: datetime, zone: str) -> tuple[datetime, datetime]:
    """When the present part of the day at a place began and when it ends, in UTC."""
    local = moment.astimezone(ZoneInfo(zone))
    _, first, after = _part(local.hour)
    # After midnight it is still the night of the day before.
    day = local.date() if local.hour >= first else local.date() - timedelta(days=1)
    return begins(day, first * 60, zone), begins(day, after * 60, zone)


def _part(hour: int) -> tuple[DayPart, int, int]:
    return next((part for part in _PARTS if part[1] <= hour < part[2]), _PARTS[-1])


def day_alone(moment: datetime, zone: str) -> datetime:
    """Noon of the day at a place: for what an unnamed reporter does, whose hour could tell."""
    return moment.astimezone(ZoneInfo(zone)).replace(hour=12, minute=0, second=0, microsecond=0)
