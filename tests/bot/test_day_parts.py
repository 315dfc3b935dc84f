"""The parts of a day are a place's own, and begin and end on its clock."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.day_parts import day_part, day_part_window
from flows.scene import DayPart


@pytest.mark.parametrize(
    ("hour", "part"),
    [
        (0, DayPart.NIGHT),
        (4, DayPart.NIGHT),
        (5, DayPart.MORNING),
        (11, DayPart.MORNING),
        (12, DayPart.AFTERNOON),
        (16, DayPart.AFTERNOON),
        (17, DayPart.EVENING),
        (21, DayPart.EVENING),
        (22, DayPart.NIGHT),
    ],
)
def test_the_part_of_the_day_is_the_places_own(hour: int, part: DayPart) -> None:
    moment = datetime(2026, 11, 24, (hour - 9) % 24, 30, tzinfo=UTC)
    assert day_part(moment, "Asia/Tokyo") is part
    assert day_part(datetime(2026, 11, 24, hour, 30, tzinfo=UTC), "UTC") is part


@pytest.mark.parametrize(
    ("moment", "begins", "ends"),
    [
        ("2026-11-24 05:00", "2026-11-24 05:00", "2026-11-24 12:00"),
        ("2026-11-24 16:59", "2026-11-24 12:00", "2026-11-24 17:00"),
        ("2026-11-24 22:00", "2026-11-24 22:00", "2026-11-25 05:00"),
        ("2026-11-25 04:59", "2026-11-24 22:00", "2026-11-25 05:00"),
        ("2026-01-01 00:00", "2025-12-31 22:00", "2026-01-01 05:00"),
    ],
)
def test_a_part_of_the_day_has_a_beginning_and_an_end(moment: str, begins: str, ends: str) -> None:
    def there(text: str) -> datetime:
        return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Berlin"))

    assert day_part_window(there(moment), "Europe/Berlin") == (there(begins), there(ends))


def test_the_night_of_a_clock_change_is_shorter_or_longer() -> None:
    for day, hours in ((29, 6), (30, 7)):
        moment = datetime(2026, 3, day, 0, 30, tzinfo=UTC)
        begins, ends = day_part_window(moment, "Europe/Berlin")
        assert ends - begins == timedelta(hours=hours)
