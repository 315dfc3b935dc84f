"""The company's file: what is wrong is named, and who is where follows from it."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.company import Company, CompanyError, day_part, read_company, scene, site_option
from bot.packs import builtin_pack
from flows.help_now import FIND
from flows.ladders import Role
from flows.scene import DayPart
from tests.support.world import COMPANY

MORNING = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
Read = Callable[[dict[str, Any]], Company]


@pytest.fixture
def data() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(COMPANY.read_text("utf-8"))
    return loaded


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def from_data(data: dict[str, Any]) -> Company:
        path = tmp_path / "company.yaml"
        path.write_text(yaml.safe_dump(data, allow_unicode=True), "utf-8")
        return read_company(path)

    return from_data


def refused(read: Read, data: dict[str, Any]) -> str:
    with pytest.raises(CompanyError) as error:
        read(data)
    return str(error.value)


def test_a_wrong_zone_is_named_with_an_example(read: Read, data: dict[str, Any]) -> None:
    data["sites"][1]["zone"] = "Asia/Tokio"
    message = refused(read, data)
    assert "sites.1.zone" in message and "Asia/Tokio" in message and "Asia/Tokyo" in message


def test_a_person_of_an_unknown_site_is_named(read: Read, data: dict[str, Any]) -> None:
    data["people"][0]["sites"] = ["atlantis"]
    message = refused(read, data)
    assert "tanaka" in message and "atlantis" in message


def test_everything_that_is_wrong_is_named_at_once(read: Read, data: dict[str, Any]) -> None:
    data["sites"][0]["zone"] = "Nowhere"
    data["sites"][1]["channel"] = "no channel"
    data["people"][2]["role"] = "wizard"
    data["surprise"] = 1
    message = refused(read, data)
    for part in ("sites.0.zone", "sites.1.channel", "people.2.role", "surprise"):
        assert part in message


@pytest.mark.parametrize("section", ["sites", "people"])
def test_two_of_the_same_id_are_refused(read: Read, data: dict[str, Any], section: str) -> None:
    data[section].append(data[section][0])
    refused(read, data)


def test_a_site_cannot_be_called_like_the_search_button(read: Read, data: dict[str, Any]) -> None:
    data["sites"].append({**data["sites"][0], "id": FIND})
    refused(read, data)


@pytest.mark.parametrize("text", ["", "[", "just words", "\x00", "- a\n- b"])
def test_a_file_that_is_no_company_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "company.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(CompanyError, match=r"company\.yaml"):
        read_company(path)


def test_a_file_that_is_not_there_or_not_utf8_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CompanyError):
        read_company(tmp_path / "none.yaml")
    odd = tmp_path / "odd.yaml"
    odd.write_bytes("名前".encode("shift_jis"))
    with pytest.raises(CompanyError):
        read_company(odd)


def test_what_the_file_holds_is_not_repeated_in_the_error(read: Read, data: dict[str, Any]) -> None:
    data["people"][0]["phone"] = ["03-9999-9999"]
    assert "9999" not in refused(read, data)


def ids(people: object) -> set[str]:
    return {person.id for person in people}  # type: ignore[attr-defined]


def test_who_is_in_a_channel(read: Read, data: dict[str, Any]) -> None:
    company = read(data)
    assert ids(company.members("chat:desk")) == {"sato", "suzuki", "mori"}
    assert ids(company.members("chat:yotsuya")) == {
        "kobayashi",
        "nakamura",
        "takahashi",
        "watanabe",
    }
    assert company.members("chat:elsewhere") == ()


def test_who_holds_a_role_for_a_site(read: Read, data: dict[str, Any]) -> None:
    company = read(data)
    assert ids(company.holders(Role.MANAGER, "shinjuku")) == {"tanaka"}
    assert ids(company.holders(Role.DESK, "shinjuku")) == {"sato", "suzuki"}
    assert company.holders(Role.MANAGER, "atlantis") == ()


def test_only_roles_that_somebody_holds_can_be_kept_out(read: Read, data: dict[str, Any]) -> None:
    data["people"] = [p for p in data["people"] if p["role"] != "hq"]
    where = scene(read(data), builtin_pack("standard"), MORNING, None, {})
    assert where.roles == (Role.MANAGER, Role.DEPUTY, Role.AREA)


def test_how_many_fit_is_counted_for_the_part_of_the_day(read: Read, data: dict[str, Any]) -> None:
    company = read(data)
    site = company.site("shinjuku")
    assert site is not None
    option = site_option(company, site, MORNING)
    assert (option.headcount, option.area_headcount) == (9, 12)
    evening = site_option(company, site, MORNING.replace(hour=9))
    assert (evening.headcount, evening.area_headcount) == (8, 10)


def test_one_unknown_shift_makes_the_areas_count_unknown(read: Read, data: dict[str, Any]) -> None:
    del data["sites"][1]["on_shift"]
    company = read(data)
    site = company.site("shinjuku")
    assert site is not None
    option = site_option(company, site, MORNING)
    assert (option.headcount, option.area_headcount) == (9, None)


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
