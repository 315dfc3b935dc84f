"""When a place is open: day and night, over new year and over every change of the clocks."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from flows.clocks import WEEKDAYS, OpenHours, Span, read_span

TOKYO, BERLIN, NEW_YORK = "Asia/Tokyo", "Europe/Berlin", "America/New_York"
WEEK = {day: "09:00-18:00" for day in WEEKDAYS[:5]}
DESK = OpenHours(open=WEEK)
NEVER_CLOSED = {day: "00:00-24:00" for day in WEEKDAYS}
BAR = {day: "18:00-02:00" for day in WEEKDAYS}


def at(text: str, zone: str = TOKYO) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def utc(text: str) -> datetime:
    return at(text, "UTC")


# --- open or not -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        ("2026-11-24 09:00", "2026-11-24 09:00"),
        ("2026-11-24 17:59", "2026-11-24 17:59"),
        ("2026-11-24 18:00", "2026-11-25 09:00"),
        ("2026-11-24 08:59", "2026-11-24 09:00"),
        ("2026-11-20 18:00", "2026-11-24 09:00"),  # a week-end, then a holiday
    ],
)
def test_the_next_opening_is_now_while_open(moment: str, opens: str) -> None:
    assert DESK.next_opening(at(moment)) == at(opens)
    assert DESK.is_open(at(moment)) is (moment == opens)


@pytest.mark.parametrize(
    ("hours", "moment", "opens"),
    [
        (DESK, "2026-11-25 08:30", "2026-11-25 09:00"),  # this morning, not the next one
        (DESK, "2026-11-25 09:00", "2026-11-26 09:00"),
        (DESK, "2026-11-25 12:00", "2026-11-26 09:00"),
        (OpenHours(open=BAR), "2026-11-25 00:30", "2026-11-25 18:00"),
    ],
)
def test_it_opens_next_this_morning_where_it_has_not_opened_yet(
    hours: OpenHours, moment: str, opens: str
) -> None:
    assert hours.opens_after(at(moment)) == at(opens)


def test_an_instant_is_given_in_utc_whatever_zone_was_asked_in() -> None:
    for moment in (at("2026-11-24 10:00"), at("2026-11-24 20:00"), at("2026-11-24 02:00", BERLIN)):
        assert DESK.next_opening(moment).tzinfo is UTC
        assert DESK.due(moment, read_span("15m")).tzinfo is UTC
        assert DESK.due(moment, read_span("2h")).tzinfo is UTC
        assert DESK.due(moment, read_span("1wd")).tzinfo is UTC


@pytest.mark.parametrize("zone", [TOKYO, BERLIN, NEW_YORK])
def test_a_place_that_never_closes_is_open_at_every_minute(zone: str) -> None:
    place = OpenHours(zone=zone, holidays=None, open=NEVER_CLOSED)
    start = utc("2026-10-20 00:00")
    moments = [start + timedelta(minutes=7 * number) for number in range(3000)]
    assert all(place.is_open(moment) for moment in moments)
    for span in ("15m", "2h", "400h"):
        minutes = read_span(span).minutes
        assert place.due(start, read_span(span)) == start + timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-11-24 17:59", False),
        ("2026-11-24 18:00", True),
        ("2026-11-25 00:00", True),
        ("2026-11-25 01:59", True),
        ("2026-11-25 02:00", False),
    ],
)
def test_a_bar_is_open_over_midnight(moment: str, is_open: bool) -> None:
    assert OpenHours(holidays=None, open=BAR).is_open(at(moment)) is is_open


def test_a_night_belongs_to_the_day_on_which_it_begins() -> None:
    bar = OpenHours(holidays=None, closed=("2026-11-25",), open=BAR)
    assert bar.is_open(at("2026-11-25 01:00"))  # the night of the 24th is held
    assert not bar.is_open(at("2026-11-25 20:00"))
    assert not bar.is_open(at("2026-11-26 01:00"))
    assert bar.next_opening(at("2026-11-25 02:00")) == at("2026-11-26 18:00")


@pytest.mark.parametrize(
    ("start", "span", "due"),
    [
        ("2026-11-25 01:00", "eod", "2026-11-25 02:00"),
        ("2026-11-25 01:00", "1wd", "2026-11-26 02:00"),
        ("2026-11-25 03:00", "eod", "2026-11-26 02:00"),
        ("2026-11-25 01:30", "1h", "2026-11-25 18:30"),
        ("2026-11-25 01:50", "15m", "2026-11-25 02:05"),
    ],
)
def test_a_promise_made_at_night_falls_due_on_that_evenings_day(
    start: str, span: str, due: str
) -> None:
    assert OpenHours(holidays=None, open=BAR).due(at(start), read_span(span)) == at(due)


# --- days off ----------------------------------------------------------------------------


def test_a_company_closes_over_new_year_where_public_holidays_do_not() -> None:
    before, new_year = at("2026-12-28 18:00"), date(2027, 1, 1)
    assert DESK.next_opening(before) == at("2026-12-29 09:00")
    assert DESK.opening(new_year) is None and DESK.opening(date(2027, 1, 4)) is not None
    away = OpenHours(open=WEEK, closed=("12-29..01-03",))
    assert away.next_opening(before) == at("2027-01-04 09:00")
    assert away.due(before, read_span("1wd")) == at("2027-01-04 18:00")
    assert away.due(at("2026-12-28 17:00"), read_span("2h")) == at("2027-01-04 10:00")
    assert away.due(at("2027-12-28 17:00"), read_span("2h")) == at("2028-01-04 10:00")


@pytest.mark.parametrize(
    ("closed", "shut", "held"),
    [
        ("08-13..08-16", ["2026-08-13", "2026-08-14", "2027-08-16"], ["2026-08-12", "2026-08-17"]),
        ("2026-08-13..2026-08-14", ["2026-08-13", "2026-08-14"], ["2027-08-13", "2026-08-17"]),
        ("06-01", ["2026-06-01", "2027-06-01"], ["2026-06-02"]),
        ("2026-06-01", ["2026-06-01"], ["2027-06-01"]),
        ("02-29", ["2028-02-29"], ["2028-02-28", "2028-03-01", "2027-03-01"]),
    ],
)
def test_closed_days_come_every_year_unless_they_name_one(
    closed: str, shut: list[str], held: list[str]
) -> None:
    place = OpenHours(
        holidays=None, open={day: "09:00-18:00" for day in WEEKDAYS}, closed=(closed,)
    )
    assert [day for day in shut if place.opening(date.fromisoformat(day))] == []
    assert [day for day in held if place.opening(date.fromisoformat(day)) is None] == []


def test_a_date_as_yaml_reads_it_is_a_closed_day() -> None:
    assert OpenHours.model_validate({"open": WEEK, "closed": [date(2026, 6, 1)]}).closed == (
        "2026-06-01",
    )


def test_a_place_for_one_season_opens_again_next_year() -> None:
    slope = OpenHours(holidays=None, open=WEEK, closed=("04-01..12-14",))
    assert slope.next_opening(at("2026-03-31 18:00")) == at("2026-12-15 09:00")


# --- the changes of the clocks -------------------------------------------------------------


def test_an_opening_at_a_time_that_does_not_exist_opens_at_the_jump() -> None:
    early = OpenHours(zone=BERLIN, holidays=None, open={"sun": "02:30-10:00"})
    assert early.opening(date(2026, 3, 29)) == (utc("2026-03-29 01:00"), utc("2026-03-29 08:00"))
    assert early.next_opening(utc("2026-03-29 00:59")) == utc("2026-03-29 01:00")
    early = OpenHours(zone=NEW_YORK, holidays=None, open={"sun": "02:30-10:00"})
    assert early.opening(date(2026, 3, 8)) == (utc("2026-03-08 07:00"), utc("2026-03-08 14:00"))


def test_an_opening_that_is_jumped_over_as_a_whole_does_not_take_place() -> None:
    short = OpenHours(zone=BERLIN, holidays=None, open={"sun": "02:10-02:50"})
    assert short.opening(date(2026, 3, 29)) is None
    assert not short.is_open(utc("2026-03-29 01:00"))
    assert short.next_opening(utc("2026-03-29 00:00")) == utc("2026-04-05 00:10")


def test_a_place_stays_open_through_the_hour_that_comes_twice() -> None:
    bar = OpenHours(zone=BERLIN, holidays=None, open={"sat": "18:00-02:30"})
    assert bar.opening(date(2026, 10, 24)) == (utc("2026-10-24 16:00"), utc("2026-10-25 01:30"))
    early = OpenHours(zone=NEW_YORK, holidays=None, open={"sun": "01:30-10:00"})
    assert early.opening(date(2026, 11, 1)) == (utc("2026-11-01 05:30"), utc("2026-11-01 15:00"))


@pytest.mark.parametrize(
    ("zone", "start", "hours", "due"),
    [
        # Eight hours of a night that has seven, and of one that has nine.
        (BERLIN, "2026-03-28 22:00", 8, "2026-03-29 07:00"),
        (BERLIN, "2026-10-24 22:00", 8, "2026-10-25 05:00"),
        (NEW_YORK, "2026-03-07 22:00", 8, "2026-03-08 07:00"),
        (NEW_YORK, "2026-10-31 22:00", 8, "2026-11-01 05:00"),
    ],
)
def test_hours_are_counted_as_they_pass_and_not_as_the_clock_shows_them(
    zone: str, start: str, hours: int, due: str
) -> None:
    place = OpenHours(zone=zone, holidays=None, open=NEVER_CLOSED)
    assert place.due(at(start, zone), Span(minutes=hours * 60)) == at(due, zone)


def test_minutes_across_the_jump_are_minutes() -> None:
    place = OpenHours(zone=BERLIN, holidays=None, open=NEVER_CLOSED)
    start = at("2026-03-29 01:50", BERLIN)
    assert place.due(start, read_span("15m")) == at("2026-03-29 03:05", BERLIN)


def test_openings_that_share_the_hour_that_comes_twice_count_it_once() -> None:
    place = OpenHours(zone=BERLIN, holidays=None, open={"sat": "18:00-02:30", "sun": "02:30-10:00"})
    start = at("2026-10-24 18:00", BERLIN)
    assert place.due(start, read_span("17h")) == start.astimezone(UTC) + timedelta(hours=17)


# --- for any hours -------------------------------------------------------------------------

TIMES = st.integers(0, 24 * 4 - 1).map(lambda n: f"{n // 4:02}:{n % 4 * 15:02}")
RANGES = st.tuples(TIMES, TIMES).filter(lambda pair: pair[0] != pair[1]).map("-".join)
YEARLY = st.dates(date(2024, 1, 1), date(2024, 12, 31)).map(lambda day: f"{day:%m-%d}")
CLOSED = st.lists(st.one_of(YEARLY, st.just("12-29..01-03")), max_size=3).map(tuple)


@st.composite
def places(draw: st.DrawFn) -> OpenHours:
    open_ = draw(st.dictionaries(st.sampled_from(WEEKDAYS), RANGES, min_size=1))
    zone = draw(st.sampled_from([TOKYO, BERLIN, NEW_YORK, "America/Havana"]))
    holidays = draw(st.sampled_from([None, "JP", "DE"]))
    try:
        return OpenHours(zone=zone, holidays=holidays, closed=draw(CLOSED), open=open_)
    except ValidationError:  # one day's end lies after the next day's beginning
        first = next(iter(open_))
        return OpenHours(zone=zone, holidays=holidays, open={first: open_[first]})


STARTS = st.integers(0, 3 * 365 * 24 * 60).map(
    lambda minutes: utc("2026-01-01 00:00") + timedelta(minutes=minutes)
)
SPANS = st.sampled_from(["3m", "59m", "1h", "90m", "8h", "40h", "eod", "1wd", "3wd", "20wd"])


@settings(max_examples=200, deadline=None)
@given(places(), STARTS)
def test_the_next_opening_is_open_and_never_earlier(place: OpenHours, moment: datetime) -> None:
    opening = place.next_opening(moment)
    assert opening >= moment
    assert place.is_open(opening)
    assert place.next_opening(opening) == opening
    halfway = moment + (opening - moment) / 2
    assert place.next_opening(halfway) == max(halfway, opening)


@settings(max_examples=200, deadline=None)
@given(places(), STARTS, SPANS)
def test_a_promise_falls_due_after_it_was_made(
    place: OpenHours, start: datetime, text: str
) -> None:
    span = read_span(text)
    due = place.due(start, span)
    assert due > start
    if span.minutes >= 60 or not span.minutes:
        just_before = due - timedelta(microseconds=1)
        assert place.is_open(just_before), "due inside open time, or as it ends"


@settings(max_examples=200, deadline=None)
@given(places(), STARTS, STARTS, SPANS)
def test_an_earlier_promise_never_falls_due_later(
    place: OpenHours, one: datetime, other: datetime, text: str
) -> None:
    early, late = sorted((one, other))
    assert place.due(early, read_span(text)) <= place.due(late, read_span(text))


@settings(max_examples=100, deadline=None)
@given(places(), STARTS, st.integers(60, 40 * 60))
def test_so_many_open_minutes_lie_between_a_promise_and_its_end(
    place: OpenHours, start: datetime, minutes: int
) -> None:
    due = place.due(start, Span(minutes=minutes))
    day, last = start.date() - timedelta(days=2), due.date() + timedelta(days=1)
    edges = {start, due}
    while day <= last:
        edges.update(edge for edge in place.opening(day) or () if start < edge < due)
        day += timedelta(days=1)
    steps = pairwise(sorted(edges))
    assert sum(
        ((end - begin) for begin, end in steps if place.is_open(begin)), timedelta()
    ) == timedelta(minutes=minutes)


# --- what makes no sense -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"open": {}}, "at least 1"),
        ({"open": {"someday": "09:00-18:00"}}, "use one of mon"),
        ({"open": {"mon": "09:00-09:00"}}, "00:00-24:00"),
        ({"open": {"mon": "9-18"}}, "09:00-18:00"),
        ({"open": {"mon": "09:00-24:30"}}, "09:00-18:00"),
        ({"open": {"mon": "24:00-09:00"}}, "09:00-18:00"),
        ({"open": {"mon": "25:00-26:00"}}, "09:00-18:00"),
        ({"open": {"mon": "09:00-23:60"}}, "09:00-18:00"),
        ({"open": {"fri": "18:00-04:00", "sat": "03:59-12:00"}}, "fri closes after sat opens"),
        ({"open": {"sun": "18:00-04:00", "mon": "03:59-12:00"}}, "sun closes after mon opens"),
        ({"open": WEEK, "zone": "Asia/Tokio"}, '"Asia/Tokio" is no time zone'),
        ({"open": WEEK, "holidays": "JPN"}, '"JP"'),
        ({"open": WEEK, "holidays": "jp"}, '"JP"'),
        ({"open": WEEK, "closed": ["12-32"]}, "12-29..01-03"),
        ({"open": WEEK, "closed": ["2026-02-29"]}, "12-29..01-03"),
        ({"open": WEEK, "closed": ["12-29..2027-01-03"]}, "12-29..01-03"),
        ({"open": WEEK, "closed": ["2026-12-29..2026-12-28"]}, "12-29..01-03"),
        ({"open": WEEK, "closed": [20261229]}, "12-29..01-03"),
        ({"open": WEEK, "closed": ["01-01..12-20"]}, "fewer than 14 days"),
        ({"open": WEEK, "closed": ["01-01..06-30", "07-10..12-31"]}, "fewer than 14 days"),
    ],
)
def test_hours_that_make_no_sense_are_refused_with_what_to_write(
    wrong: dict[str, Any], words: str
) -> None:
    with pytest.raises(ValidationError) as error:
        OpenHours(**wrong)
    assert words in str(error.value)


def test_openings_that_touch_are_one() -> None:
    place = OpenHours(holidays=None, open={"fri": "18:00-04:00", "sat": "04:00-12:00"})
    assert place.is_open(at("2026-11-28 04:00"))
    assert place.due(at("2026-11-28 03:00"), read_span("2h")) == at("2026-11-28 05:00")
