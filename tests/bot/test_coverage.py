"""When nobody of a site's managers would be there to be asked."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.company import Company, Person, read_company
from bot.coverage import gaps
from bot.directory import Directory
from flows.clocks import WEEKDAYS, OpenHours
from flows.ladders import Role
from flows.phrases import Own
from flows.shifts import Shift
from tests.support.world import COMPANY

TUESDAY = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
EXAMPLE = read_company(COMPANY)


def company(hours: dict[str, str] | None = None, **facts: Any) -> Company:
    zone = facts.get("zone", "Asia/Tokyo")
    open_ = OpenHours(zone=zone, holidays=None, open=hours) if hours else None
    site = EXAMPLE.sites[0].model_copy(update={"hours": open_, **facts})
    return EXAMPLE.model_copy(update={"sites": (site,), "people": ()})


def somebody(*shifts: tuple[str, str], role: str = "manager") -> Person:
    return Person(
        id=f"{role}{len(shifts)}",
        name=Own(ja="x", en="x"),
        role=Role(role),
        sites=("shinjuku",),
        shifts=tuple(Shift(start=start, end=end) for start, end in shifts),
    )


def found(*people: Person, at: Company | None = None, now: datetime = TUESDAY) -> list[str]:
    directory = Directory(at or company())
    directory.load(people, 1)
    return [str(gap) for gap in gaps(directory, now)]


def test_who_has_no_shift_is_always_there() -> None:
    assert found(somebody()) == []
    assert found(somebody(), somebody(("09:00", "10:00"), role="deputy")) == []


def test_a_site_without_manager_and_deputy_is_named() -> None:
    assert found(somebody(role="staff"), somebody(role="hq")) == [
        "shinjuku: nobody is manager or deputy"
    ]


def test_the_same_hours_of_every_day_are_one() -> None:
    assert found(somebody(("09:00", "18:00"))) == ["shinjuku: every day 18:00-09:00"]
    assert found(somebody(("22:00", "06:00"))) == ["shinjuku: every day 06:00-22:00"]


def test_shifts_that_meet_leave_no_gap() -> None:
    day, night = somebody(("06:00", "22:00")), somebody(("22:00", "06:00"), role="deputy")
    assert found(day, night) == []
    assert found(somebody(("00:00", "24:00"))) == []


def test_only_the_hours_when_the_site_is_open_count() -> None:
    shop = company({day: "10:00-20:00" for day in WEEKDAYS})
    assert found(somebody(("09:00", "18:00")), at=shop) == ["shinjuku: every day 18:00-20:00"]
    assert found(somebody(("09:00", "20:00")), at=shop) == []
    bar = company({day: "18:00-02:00" for day in WEEKDAYS})
    assert found(somebody(("18:00", "00:00")), at=bar) == ["shinjuku: every day 00:00-02:00"]


def test_the_days_are_named_in_the_order_of_the_week() -> None:
    shop = company({day: "10:00-20:00" for day in WEEKDAYS})
    weekdays = [(f"{day} 10:00", f"{day} 20:00") for day in WEEKDAYS[:5] if day != "mon"]
    assert found(somebody(*weekdays), at=shop) == ["shinjuku: mon sat sun 10:00-20:00"]


def test_a_gap_of_more_than_a_day_says_on_which_day_it_ends() -> None:
    assert found(somebody(*((f"{day} 00:00", f"{day} 24:00") for day in WEEKDAYS[:5]))) == [
        "shinjuku: sat 00:00-mon 00:00"
    ]


@pytest.mark.parametrize(
    ("shift", "gap"),
    [
        (("2026-11-25 09:00", "2026-11-25 18:00"), "tue 00:00-wed 09:00, wed 18:00-tue 00:00"),
        (("2026-10-01 09:00", "2026-10-01 18:00"), "the whole week"),
        (("2026-11-24 00:00", "2026-11-24 24:00"), "wed 00:00-tue 00:00"),
    ],
)
def test_a_roster_that_ends_this_week_leaves_the_rest_of_it_open(
    shift: tuple[str, str], gap: str
) -> None:
    assert found(somebody(shift)) == [f"shinjuku: {gap}"]


def test_the_week_is_the_sites_own() -> None:
    late_on_monday_in_berlin = datetime(2026, 11, 23, 22, 0, tzinfo=UTC)
    berlin = company(zone="Europe/Berlin")
    dated = somebody(("2026-11-23 00:00", "2026-11-23 24:00"))
    assert found(dated, at=berlin, now=late_on_monday_in_berlin) == [
        "shinjuku: tue 00:00-mon 00:00"
    ]


def test_the_night_of_a_clock_change_is_a_gap_like_any_other() -> None:
    for day in (datetime(2026, 3, 25, tzinfo=UTC), datetime(2026, 10, 21, tzinfo=UTC)):
        berlin = company(zone="Europe/Berlin")
        assert found(somebody(("09:00", "18:00")), at=berlin, now=day) == [
            "shinjuku: every day 18:00-09:00"
        ]
        night = somebody(("22:00", "06:00"))
        assert found(night, somebody(("06:00", "22:00"), role="deputy"), at=berlin, now=day) == []
