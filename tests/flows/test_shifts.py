"""Who is at work when: every day, on one weekday or once, over midnight and clock changes."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from flows.clocks import WEEKDAYS
from flows.shifts import Shift

TOKYO, BERLIN, NEW_YORK = "Asia/Tokyo", "Europe/Berlin", "America/New_York"


def at(text: str, zone: str = TOKYO) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def shift(start: str, end: str) -> Shift:
    return Shift(start=start, end=end)


# 2026-11-24 is a Tuesday.
@pytest.mark.parametrize(
    ("start", "end", "inside", "outside"),
    [
        (
            "09:00",
            "18:00",
            ["2026-11-24 09:00", "2026-11-25 17:59", "2026-11-28 12:00"],
            ["2026-11-24 08:59", "2026-11-24 18:00"],
        ),
        (
            "22:00",
            "06:00",
            ["2026-11-24 22:00", "2026-11-25 00:00", "2026-11-25 05:59"],
            ["2026-11-25 06:00", "2026-11-25 21:59"],
        ),
        (
            "18:00",
            "00:00",
            ["2026-11-24 18:00", "2026-11-24 23:59"],
            ["2026-11-24 00:00", "2026-11-24 17:59"],
        ),
        ("00:00", "24:00", ["2026-11-24 00:00", "2026-11-24 23:59"], []),
        (
            "tue 09:00",
            "tue 18:00",
            ["2026-11-24 09:00", "2026-12-01 17:59"],
            ["2026-11-24 18:00", "2026-11-25 10:00", "2026-11-23 10:00"],
        ),
        (
            "sun 22:00",
            "mon 06:00",
            ["2026-11-22 22:00", "2026-11-23 05:59"],
            ["2026-11-23 06:00", "2026-11-23 22:00", "2026-11-24 05:00"],
        ),
        (
            "2026-11-25 09:00",
            "2026-11-25 18:00",
            ["2026-11-25 09:00", "2026-11-25 17:59"],
            ["2026-11-24 10:00", "2026-11-25 18:00", "2026-12-02 10:00"],
        ),
        (
            "2026-12-31 22:00",
            "2027-01-01 06:00",
            ["2026-12-31 22:00", "2027-01-01 05:59"],
            ["2027-01-01 06:00", "2026-12-31 21:59", "2027-01-01 23:00"],
        ),
        ("2026-11-25 00:00", "2026-11-25 24:00", ["2026-11-25 23:59"], ["2026-11-26 00:00"]),
    ],
)
def test_a_shift_covers_what_the_clock_of_the_site_says(
    start: str, end: str, inside: list[str], outside: list[str]
) -> None:
    one = shift(start, end)
    assert [moment for moment in inside if not one.covers(at(moment), TOKYO)] == []
    assert [moment for moment in outside if one.covers(at(moment), TOKYO)] == []


def test_the_same_shift_is_another_time_at_a_site_in_another_zone() -> None:
    morning = shift("09:00", "12:00")
    assert morning.covers(at("2026-11-24 10:00", BERLIN), BERLIN)
    assert not morning.covers(at("2026-11-24 10:00", BERLIN), TOKYO)
    assert morning.covers(datetime(2026, 11, 24, 1, 0, tzinfo=UTC), TOKYO)


@pytest.mark.parametrize(
    ("zone", "evening", "night_length"),
    [
        (BERLIN, "2026-03-28 22:00", 7),
        (BERLIN, "2026-10-24 22:00", 9),
        (NEW_YORK, "2026-03-07 22:00", 7),
        (NEW_YORK, "2026-10-31 22:00", 9),
        (TOKYO, "2026-10-31 22:00", 8),
    ],
)
def test_a_night_shift_lasts_as_long_as_that_night(
    zone: str, evening: str, night_length: int
) -> None:
    night = shift("22:00", "06:00")
    begin = at(evening, zone).astimezone(UTC)
    end = begin + timedelta(hours=night_length)
    assert list(night.stretches(begin, end, zone)) == [(begin, end)]
    assert night.covers(begin, zone) and not night.covers(begin - timedelta(seconds=1), zone)
    assert night.covers(end - timedelta(seconds=1), zone) and not night.covers(end, zone)


def test_a_shift_from_a_time_that_does_not_exist_begins_at_the_jump() -> None:
    early = shift("sun 02:30", "sun 10:00")
    jump = datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
    assert early.covers(jump, BERLIN)
    assert not early.covers(jump - timedelta(seconds=1), BERLIN)
    gone = shift("02:10", "02:50")
    assert not gone.overlaps(jump - timedelta(hours=2), jump + timedelta(hours=2), BERLIN)


def test_a_shift_that_ends_in_the_hour_that_comes_twice_ends_the_last_time() -> None:
    late = shift("18:00", "02:30")
    first, last = (datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in (0, 1))
    assert late.covers(first, BERLIN)
    assert not late.covers(last, BERLIN) and late.covers(last - timedelta(seconds=1), BERLIN)


@pytest.mark.parametrize(
    ("begin", "end", "overlaps"),
    [
        ("2026-11-24 05:00", "2026-11-24 09:00", False),
        ("2026-11-24 05:00", "2026-11-24 09:01", True),
        ("2026-11-24 17:59", "2026-11-24 22:00", True),
        ("2026-11-24 18:00", "2026-11-24 22:00", False),
        ("2026-11-24 10:00", "2026-11-24 11:00", True),
        ("2026-11-24 22:00", "2026-11-26 05:00", True),
    ],
)
def test_a_shift_overlaps_a_part_of_the_day_that_it_shares_a_minute_with(
    begin: str, end: str, overlaps: bool
) -> None:
    assert shift("09:00", "18:00").overlaps(at(begin), at(end), TOKYO) is overlaps


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        ("9:00", "18:00", '"22:00" to "06:00"'),
        ("09:00", "", '"mon 09:00"'),
        ("24:00", "06:00", '"mon 09:00"'),
        ("09:00", "25:00", '"mon 09:00"'),
        ("Mon 09:00", "Mon 18:00", '"mon 09:00"'),
        ("mon 09:00", "18:00", "not written alike"),
        ("2026-11-25 09:00", "wed 18:00", "not written alike"),
        ("09:00", "09:00", "ends before it begins"),
        ("mon 09:00", "mon 09:00", "ends before it begins"),
        ("mon 18:00", "mon 09:00", "ends before it begins"),
        ("2026-11-25 09:00", "2026-11-24 18:00", "ends before it begins"),
        ("mon 09:00", "fri 18:00", "longer than a day"),
        ("2026-11-25 09:00", "2026-11-27 18:00", "longer than a day"),
        ("2026-02-29 09:00", "2026-02-29 18:00", '"2026-02-29" is no date'),
    ],
)
def test_a_shift_that_makes_no_sense_is_refused_with_what_to_write(
    start: str, end: str, words: str
) -> None:
    with pytest.raises(ValidationError) as error:
        shift(start, end)
    assert words in str(error.value)


def test_a_shift_is_written_with_from_and_to() -> None:
    written = {"from": "09:00", "to": "18:00"}
    assert Shift.model_validate(written) == shift("09:00", "18:00")


CLOCKS = st.integers(0, 24 * 60 - 1).map(lambda n: f"{n // 60:02}:{n % 60:02}")
ZONES = st.sampled_from([TOKYO, BERLIN, NEW_YORK, "America/Havana"])
MOMENTS = st.integers(0, 2 * 366 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


@settings(max_examples=300, deadline=None)
@given(CLOCKS, CLOCKS, ZONES, MOMENTS)
def test_two_daily_shifts_that_meet_leave_nobody_alone(
    one: str, other: str, zone: str, moment: datetime
) -> None:
    if one == other:
        return
    assert shift(one, other).covers(moment, zone) or shift(other, one).covers(moment, zone)


@settings(max_examples=300, deadline=None)
@given(CLOCKS, CLOCKS, ZONES, MOMENTS)
def test_every_day_is_the_same_as_each_weekday(
    one: str, other: str, zone: str, moment: datetime
) -> None:
    if one == other:
        return
    over_midnight = int(other < one)
    each = [
        shift(f"{day} {one}", f"{WEEKDAYS[(number + over_midnight) % 7]} {other}")
        for number, day in enumerate(WEEKDAYS)
    ]
    daily = shift(one, other).covers(moment, zone)
    assert daily is any(weekly.covers(moment, zone) for weekly in each)
