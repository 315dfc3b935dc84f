"""From the clock on the wall to the instant, across every change of the clocks."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.wall_clock import begins, ends, local_day, read_minutes

BERLIN, NEW_YORK, HAVANA, LORD_HOWE = (
    "Europe/Berlin",
    "America/New_York",
    "America/Havana",
    "Australia/Lord_Howe",
)
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)
US_SPRING, US_AUTUMN = date(2026, 3, 8), date(2026, 11, 1)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "clock", "zone", "instant"),
    [
        (date(2026, 11, 24), "09:00", "Asia/Tokyo", "2026-11-24 00:00"),
        (SPRING, "01:59", BERLIN, "2026-03-29 00:59"),
        (SPRING, "02:00", BERLIN, "2026-03-29 01:00"),
        (SPRING, "02:30", BERLIN, "2026-03-29 01:00"),
        (SPRING, "03:00", BERLIN, "2026-03-29 01:00"),
        (US_SPRING, "02:30", NEW_YORK, "2026-03-08 07:00"),
        (US_SPRING, "03:30", NEW_YORK, "2026-03-08 07:30"),
        (date(2026, 10, 4), "02:15", LORD_HOWE, "2026-10-03 15:30"),  # the half hour there
    ],
)
def test_a_time_that_is_jumped_over_begins_and_ends_at_the_jump(
    day: date, clock: str, zone: str, instant: str
) -> None:
    minutes = read_minutes(clock)
    assert begins(day, minutes, zone) == ends(day, minutes, zone) == utc(instant)


@pytest.mark.parametrize(
    ("day", "clock", "zone", "first", "last"),
    [
        (AUTUMN, "01:59", BERLIN, "2026-10-24 23:59", "2026-10-24 23:59"),
        (AUTUMN, "02:00", BERLIN, "2026-10-25 00:00", "2026-10-25 00:00"),
        (AUTUMN, "02:30", BERLIN, "2026-10-25 00:30", "2026-10-25 01:30"),
        (AUTUMN, "03:00", BERLIN, "2026-10-25 02:00", "2026-10-25 02:00"),
        (US_AUTUMN, "01:30", NEW_YORK, "2026-11-01 05:30", "2026-11-01 06:30"),
        # There the hour after midnight comes twice: the day before is over the first time.
        (US_AUTUMN, "00:00", HAVANA, "2026-11-01 04:00", "2026-11-01 04:00"),
        (US_AUTUMN, "00:30", HAVANA, "2026-11-01 04:30", "2026-11-01 05:30"),
    ],
)
def test_in_the_hour_that_comes_twice_all_begins_the_first_time_and_ends_the_last(
    day: date, clock: str, zone: str, first: str, last: str
) -> None:
    minutes = read_minutes(clock)
    assert begins(day, minutes, zone) == utc(first)
    assert ends(day, minutes, zone) == utc(last)


def test_more_minutes_than_a_day_has_lead_into_the_next() -> None:
    assert begins(SPRING, read_minutes("24:00"), BERLIN) == utc("2026-03-29 22:00")
    assert begins(SPRING - timedelta(days=1), 26 * 60, BERLIN) == utc("2026-03-29 01:00")


def test_a_day_that_a_place_left_out_has_no_length() -> None:
    left_out = date(2011, 12, 30)
    midnight = utc("2011-12-30 10:00")
    assert begins(left_out, 0, "Pacific/Apia") == ends(left_out, 1440, "Pacific/Apia") == midnight


def test_the_day_is_the_places_own() -> None:
    assert local_day(utc("2026-11-24 20:00"), "Asia/Tokyo") == date(2026, 11, 25)


ZONES = st.sampled_from([BERLIN, NEW_YORK, HAVANA, LORD_HOWE, "Asia/Tokyo", "America/Santiago"])
DAYS = st.dates(date(2026, 1, 1), date(2028, 1, 1))
MINUTES = st.integers(0, 2 * 1440)


@settings(max_examples=300, deadline=None)
@given(DAYS, MINUTES, MINUTES, ZONES)
def test_a_later_reading_never_comes_earlier(day: date, one: int, other: int, zone: str) -> None:
    early, late = sorted((one, other))
    assert begins(day, early, zone) <= begins(day, late, zone)
    assert ends(day, early, zone) <= ends(day, late, zone)
    assert begins(day, early, zone) <= ends(day, early, zone)


@settings(max_examples=300, deadline=None)
@given(DAYS, MINUTES, ZONES)
def test_the_clock_says_so_itself(day: date, minutes: int, zone: str) -> None:
    shown = datetime.combine(day, datetime.min.time()) + timedelta(minutes=minutes)
    tick = timedelta(microseconds=1)

    def clock(moment: datetime) -> datetime:
        return moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)

    first, last = begins(day, minutes, zone), ends(day, minutes, zone)
    assert clock(first - tick) < shown <= clock(first)
    assert clock(last - tick) < shown <= clock(last)
    assert all(clock(last + timedelta(minutes=after)) >= shown for after in range(0, 180, 5))
