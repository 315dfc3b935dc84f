"""The company's file: what is wrong is named, and what is left out has a meaning."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.catalogue import LANGUAGES
from bot.company import Company, CompanyError, read_company
from bot.wiring import read_policy
from flows.help_now import FIND
from tests.support.world import COMPANY

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


@pytest.mark.parametrize("part", ["desk", "second_desk", "site"])
def test_a_language_without_sentences_is_refused(
    read: Read, data: dict[str, Any], part: str
) -> None:
    data["second_desk"] = {"channel": "chat:second", "people": ["watanabe"]}
    where = data["sites"][1] if part == "site" else data[part]
    for language in LANGUAGES:
        where["language"] = language
        read(data)
    where["language"] = "jp"
    message = refused(read, data)
    assert {"site": "sites.1"}.get(part, part) + ".language: must be one of ja, " in message


def test_a_company_without_a_site_is_refused(read: Read, data: dict[str, Any]) -> None:
    data["sites"] = data["people"] = []
    assert "sites: needs one at least" in refused(read, data)


def test_a_person_of_an_unknown_site_is_named(read: Read, data: dict[str, Any]) -> None:
    data["people"][0]["sites"] = ["atlantis"]
    message = refused(read, data)
    assert "tanaka" in message and "atlantis" in message


def test_a_second_desk_of_somebody_who_is_not_listed_is_refused(
    read: Read, data: dict[str, Any]
) -> None:
    data["second_desk"] = {"channel": "chat:second", "people": ["watanabe", "watnabe"]}
    assert "second_desk: people has nobody of this id: watnabe" in refused(read, data)
    data["people"] = []  # a roster may know them
    assert read(data).second_desk is not None


def test_a_site_in_the_desks_channel_is_refused_for_no_manager_could_answer_there(
    read: Read, data: dict[str, Any]
) -> None:
    data["sites"][1]["channel"] = data["desk"]["channel"]
    assert f"sites: {data['sites'][1]['id']}: needs another channel" in refused(read, data)
    data["sites"][1]["channel"] = data["sites"][0]["channel"]
    assert read(data).sites[1].channel == read(data).sites[0].channel


def test_a_number_of_people_below_nothing_is_refused(read: Read, data: dict[str, Any]) -> None:
    data["sites"][0]["on_shift"] = {"morning": -9}
    assert "sites.0.on_shift.morning: " in refused(read, data)


def test_a_kind_of_place_that_the_policy_does_not_know_is_refused(
    read: Read, data: dict[str, Any]
) -> None:
    data["sites"][0]["location"] = "stor"
    company = read(data)
    with pytest.raises(CompanyError, match=f"sites: {company.sites[0].id}: location: .*, store, "):
        read_policy(company, COMPANY)


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


@pytest.mark.parametrize(
    ("added", "said"),
    [
        ("people: []\n", r"people: line \d+: is there twice"),
        ("name: {ja: あ, ja: い, en: x}\n", r"name: line \d+: is there twice"),
        ("note: 2026-02-30\n", r"line \d+: no such day"),
    ],
)
def test_a_part_that_is_there_twice_or_a_day_that_does_not_exist_is_refused_with_its_line(
    tmp_path: Path, added: str, said: str
) -> None:
    path = tmp_path / "company.yaml"
    path.write_text(COMPANY.read_text("utf-8") + added, "utf-8")
    with pytest.raises(CompanyError, match=said):
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


def test_what_two_people_share_is_named_by_kind_and_not_repeated(
    read: Read, data: dict[str, Any]
) -> None:
    for shared in ({"email": "x@example.com"}, {"slack_id": "U0AAAAAA1"}):
        people = [{**person, **shared} for person in data["people"][:2]]
        message = refused(read, {**data, "people": people})
        assert "tanaka and yamamoto have the same" in message
        assert next(iter(shared.values())) not in message


def test_an_email_and_an_object_id_are_kept_in_one_form(read: Read, data: dict[str, Any]) -> None:
    data["people"][0] |= {
        "email": "　Ｔａｎａｋａ@Example.COM ",
        "entra_id": "ABCDEF00-0000-0000-0000-000000000001",
    }
    person = read(data).people[0]
    assert person.email == "tanaka@example.com"
    assert person.entra_id == "abcdef00-0000-0000-0000-000000000001"


def test_a_shift_at_a_site_that_is_not_there_is_refused(read: Read, data: dict[str, Any]) -> None:
    data["people"][0]["shifts"] = [{"site": "atlantis", "from": "09:00", "to": "18:00"}]
    message = refused(read, data)
    assert "tanaka" in message and "atlantis" in message


@pytest.mark.parametrize("id", ["tanaka", "A-001", "x.y_z", "7", "a" * 32])
def test_ids_of_many_systems_are_ids_of_people(read: Read, data: dict[str, Any], id: str) -> None:
    data["people"][0]["id"] = id
    assert read(data).people[0].id == id


@pytest.mark.parametrize("id", ["", "a b", "山田", "a:b", "a/b", "a" * 33])
def test_other_ids_are_refused(read: Read, data: dict[str, Any], id: str) -> None:
    data["people"][0]["id"] = id
    assert "people.0.id" in refused(read, data)


def test_a_company_may_list_nobody_and_import_a_roster(read: Read, data: dict[str, Any]) -> None:
    del data["people"]
    assert read(data).people == ()


def test_the_hours_of_a_site_are_on_its_own_clock_and_hold_on_holidays(
    read: Read, data: dict[str, Any]
) -> None:
    data["sites"][0] |= {"zone": "Europe/Berlin", "hours": {"open": {"mon": "09:00-18:00"}}}
    site = read(data).sites[0]
    assert site.hours is not None and site.hours.zone == "Europe/Berlin"
    first_of_january = date(2029, 1, 1)
    assert first_of_january.weekday() == 0 and site.hours.opening(first_of_january) is not None
    data["sites"][0]["hours"]["holidays"] = "DE"
    site = read(data).sites[0]
    assert site.hours is not None and site.hours.opening(first_of_january) is None


def test_a_site_without_hours_never_closes(read: Read, data: dict[str, Any]) -> None:
    assert all(site.hours is None for site in read(data).sites)


def test_the_hours_of_a_site_cannot_be_on_another_clock(read: Read, data: dict[str, Any]) -> None:
    data["sites"][1]["hours"] = {"zone": "Europe/Berlin", "open": {"mon": "09:00-18:00"}}
    message = refused(read, data)
    assert "sites.1" in message and "another zone" in message
