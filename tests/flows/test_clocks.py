"""How long a promise may take: at once, in the desk's hours, or in whole working days."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.clocks import OpenHours, Span, read_span

TOKYO = ZoneInfo("Asia/Tokyo")
WEEK = {day: "09:00-18:00" for day in ("mon", "tue", "wed", "thu", "fri")}
DESK = OpenHours(open=WEEK)


def tokyo(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=TOKYO)


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("15m", Span(minutes=15)),
        ("2h", Span(minutes=120)),
        ("1wd", Span(working_days=1)),
        ("eod", Span(end_of_day=True)),
        (Span(minutes=7), Span(minutes=7)),
    ],
)
def test_a_time_is_written_in_minutes_hours_working_days_or_until_the_desk_closes(
    text: object, span: Span
) -> None:
    assert read_span(text) == span


@pytest.mark.parametrize("text", ["", "0m", "15", "15 m", "-1m", "1d", "1.5h", "eod ", 15, None])
def test_any_other_time_is_refused_with_what_to_write(text: object) -> None:
    with pytest.raises(ValueError, match='"15m"'):
        read_span(text)


@pytest.mark.parametrize("text", ["15m", "120m", "3wd", "eod"])
def test_a_time_reads_back_as_it_is_written(text: str) -> None:
    assert str(read_span(text)) == text


@pytest.mark.parametrize(
    ("start", "due"),
    [
        ("2026-11-24 10:00", "2026-11-24 10:15"),
        ("2026-11-24 17:50", "2026-11-24 18:05"),  # begun while open, it runs past closing time
        ("2026-11-24 18:00", "2026-11-25 09:15"),
        ("2026-11-24 08:59", "2026-11-24 09:15"),
        ("2026-11-21 03:00", "2026-11-24 09:15"),  # over a week-end and a holiday
    ],
)
def test_less_than_an_hour_runs_on_the_clock_from_the_moment_it_is_open(
    start: str, due: str
) -> None:
    assert DESK.due(tokyo(start), read_span("15m")) == tokyo(due)


@pytest.mark.parametrize(
    ("start", "span", "due"),
    [
        ("2026-11-24 10:00", "2h", "2026-11-24 12:00"),
        ("2026-11-24 17:00", "2h", "2026-11-25 10:00"),  # an hour today, an hour tomorrow
        ("2026-11-24 07:00", "1h", "2026-11-24 10:00"),
        ("2026-11-27 17:30", "1h", "2026-11-30 09:30"),  # over the week-end
        ("2026-11-20 17:30", "1h", "2026-11-24 09:30"),  # and over a holiday on Monday
        ("2026-11-24 10:00", "eod", "2026-11-24 18:00"),
        ("2026-11-24 18:00", "eod", "2026-11-25 18:00"),
        ("2026-11-24 10:00", "1wd", "2026-11-25 18:00"),
        ("2026-11-24 18:01", "1wd", "2026-11-25 18:00"),  # after closing costs no extra day
        ("2026-11-20 10:00", "1wd", "2026-11-24 18:00"),
        ("2026-11-21 10:00", "1wd", "2026-11-24 18:00"),
        ("2026-11-24 10:00", "3wd", "2026-11-27 18:00"),
    ],
)
def test_a_longer_promise_runs_while_the_desk_is_open(start: str, span: str, due: str) -> None:
    assert DESK.due(tokyo(start), read_span(span)) == tokyo(due)


def test_a_promise_made_in_another_zone_falls_due_at_the_same_instant() -> None:
    start = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
    assert DESK.due(start, read_span("2h")) == start + timedelta(hours=2)


def test_a_public_holiday_closes_the_desk_only_where_the_company_says_so() -> None:
    holiday = date(2026, 11, 23)
    assert DESK.opening(holiday) is None
    assert OpenHours(open=WEEK, holidays=None).opening(holiday) is not None


YEAR_START = datetime(2026, 1, 1, tzinfo=UTC)
STARTS = st.integers(0, 2 * 365 * 24 * 60).map(lambda m: YEAR_START + timedelta(minutes=m))
SPANS = st.sampled_from(["3m", "59m", "1h", "2h", "8h", "eod", "1wd", "3wd", "20wd"])


@settings(max_examples=60, deadline=None)
@given(STARTS, SPANS)
def test_a_promise_falls_due_later_and_while_the_desk_is_open(start: datetime, text: str) -> None:
    due = DESK.due(start, read_span(text))
    assert due > start
    if text not in ("3m", "59m"):
        hours = DESK.opening(due.astimezone(TOKYO).date())
        assert hours is not None and hours[0] < due <= hours[1]


@settings(max_examples=60, deadline=None)
@given(STARTS, STARTS, SPANS)
def test_an_earlier_promise_never_falls_due_later(
    one: datetime, other: datetime, text: str
) -> None:
    early, late = sorted((one, other))
    assert DESK.due(early, read_span(text)) <= DESK.due(late, read_span(text))


@pytest.mark.parametrize("span", ["20wd", "60wd", "90wd", "400h"])
@pytest.mark.parametrize("days", [("mon",), ("tue", "thu"), tuple(WEEK)], ids="/".join)
def test_a_long_promise_falls_due_however_seldom_the_desk_is_open(
    span: str, days: tuple[str, ...]
) -> None:
    desk = OpenHours(open={day: "09:00-18:00" for day in days}, holidays=None)
    assert desk.due(tokyo("2026-11-24 10:00"), read_span(span)) > tokyo("2026-12-01 10:00")


@pytest.mark.parametrize("country", ["XX", "", "jp", "JPN", "Japan", "__name__", "日本"])
def test_a_country_without_known_holidays_is_refused_with_what_to_write(country: str) -> None:
    with pytest.raises(ValueError, match='such as "JP"'):
        OpenHours(open=WEEK, holidays=country)


@pytest.mark.parametrize("country", ["JP", "DE", "US", "GB"])
def test_a_country_is_two_letters(country: str) -> None:
    assert OpenHours(open=WEEK, holidays=country).opening(date(2026, 11, 25)) is not None
