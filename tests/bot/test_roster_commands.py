"""`mamori roster check` and `mamori roster import`: what they print and what they leave."""

import asyncio
import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot import roster_commands
from bot.__main__ import main
from bot.company import Company, Person, SecondDesk, read_company
from bot.directory import Directory, refresh
from bot.roster_commands import check_roster, import_roster, in_use, left_alone
from tests.support.world import COMPANY, World, a_world, settings

NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
SETTINGS = {"database", "company", "master_key", "index_key", "public_url"}
EXAMPLE = read_company(COMPANY)
GOOD = """person,name,role,site,phone,shift_from,shift_to
d,Sato,desk,,03-1,,
a,Hana,manager,shinjuku yotsuya callcentre,03-2,9:00,18:00
b,Ken,deputy,yotsuya,03-3,,
c,Mei,staff,shinjuku,,22:00,6:00
"""


@pytest.fixture
def checked(tmp_path: Path) -> Any:
    def check(text: str, company: Company = EXAMPLE) -> tuple[tuple[Person, ...], list[str]]:
        path, out = tmp_path / "roster.csv", io.StringIO()
        path.write_text(text, "utf-8")
        people = check_roster(path, company, NOW, out)
        return people, out.getvalue().replace(str(tmp_path), "").splitlines()

    return check


def test_a_sound_roster_is_counted(checked: Any) -> None:
    people, lines = checked(GOOD)
    assert len(people) == 4
    assert lines == [
        "4 people at 3 sites, with 4 shifts.",
        "It is Tue 10:00 at 3 sites (Asia/Tokyo).",
        "By role: manager 1, deputy 1, desk 1, staff 1.",
        "Nobody to ask first at these sites in the coming week:",
        "  shinjuku: every day 18:00-09:00",
        "  callcentre: every day 18:00-09:00",
    ]


def test_whoever_has_no_account_where_they_are_asked_is_named(checked: Any) -> None:
    slack = [s.model_copy(update={"channel": f"slack:{s.id}"}) for s in EXAMPLE.sites]
    desk = EXAMPLE.desk.model_copy(update={"channel": "teams:desk"})
    both = EXAMPLE.model_copy(update={"sites": tuple(slack), "desk": desk})
    roster = (
        "person,name,role,site,phone,slack_id\n"
        "d,Sato,desk,,03-1,\n"
        "a,Hana,manager,shinjuku,03-2,U000HANA\n"
        "c,Mei,staff,shinjuku,,\n"
    )
    _, lines = checked(roster, both)
    at = lines.index("No account where they are asked, so that nobody reaches them there:")
    assert lines[at + 1 : at + 4] == ["  d (slack)", "  d (teams)", "  a (teams)"]
    assert not any("c (" in line for line in lines), "staff are never asked"


def test_a_wrong_roster_prints_its_problems_and_nothing_else(checked: Any) -> None:
    people, lines = checked(GOOD.replace("deputy", "deputi"))
    assert people == ()
    assert lines == ['/roster.csv:4: role: "deputi" is no role. Did you mean "deputy"?']


def test_what_is_odd_is_printed_and_stops_nothing(checked: Any) -> None:
    people, lines = checked("x," + GOOD.replace("\n", "\n,").rstrip(","))
    assert len(people) == 4
    assert lines[0] == '/roster.csv:1: the column "x" is not known here. It is not read.'


def test_a_roster_without_a_desk_is_refused_since_no_case_could_be_taken(checked: Any) -> None:
    people, lines = checked(GOOD.replace("d,Sato,desk,,03-1,,\n", ""))
    assert people == (), "nothing is put in place of the roster before"
    assert lines[-1].startswith("Nobody has the role desk or desk_lead: no case could be taken.")


SECOND = EXAMPLE.model_copy(
    update={"second_desk": SecondDesk(channel="chat:second", people=("c", "x"))}
)


def test_a_roster_without_the_second_desk_is_refused(checked: Any) -> None:
    people, lines = checked(GOOD.replace("c,Mei", "e,Mei"), SECOND)
    assert people == ()
    assert lines[-1].startswith("Nobody of the second desk is here (c, x): no case could be taken")
    people, lines = checked(GOOD, SECOND)
    assert len(people) == 4
    start = lines.index("These people of the second desk are not here:")
    assert lines[start + 1] == "  x"


def test_who_cannot_be_reached_is_named_unless_never_asked(checked: Any) -> None:
    _, lines = checked(GOOD.replace("03-3", "").replace("03-1", ""))
    start = lines.index("Nothing says how to reach these people:")
    assert lines[start + 1 : start + 3] == ["  d", "  b"]
    assert lines[start + 3].startswith("Nobody to ask first")


def test_a_long_list_is_cut_and_counted(checked: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roster_commands, "SHOWN", 1)
    _, lines = checked(GOOD)
    assert lines[-2:] == ["  shinjuku: every day 18:00-09:00", "  and 1 more"]


async def test_a_roster_in_which_a_site_lost_everybody_who_leads_it_is_named(
    checked: Any, world: World
) -> None:
    work, (people, _) = world.service.work, checked(GOOD)
    before = await in_use(work.company, work.storage)
    assert left_alone(people, before) == []
    cut_off = [person for person in people if person.id != "a"]
    assert left_alone(cut_off, before) == ["shinjuku", "callcentre"]
    await import_roster(cut_off, work.directory, work.storage, NOW, io.StringIO())
    now_in_use = await in_use(work.company, work.storage)
    assert left_alone(cut_off, now_in_use) == [], "it had nobody before"


async def test_an_imported_roster_is_taken_up_by_a_running_service(
    checked: Any, world: World
) -> None:
    people, _ = checked(GOOD)
    work, out = world.service.work, io.StringIO()
    for version in (1, 2):
        await import_roster(people, work.directory, work.storage, NOW, out)
        await refresh(work.directory, work.storage)
        assert work.directory.version == version
    assert out.getvalue() == "Imported as version 1.\nImported as version 2.\n"
    assert [work.directory.person(person.id) for person in people] == list(people)
    assert work.directory.person("tanaka") is None


def test_the_command_line_checks_a_file_against_a_company(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "roster.csv"
    path.write_text(GOOD, "utf-8")
    assert main(["roster", "check", str(path), "--company", str(COMPANY)]) == 0
    assert "4 people at 3 sites" in capsys.readouterr().out
    path.write_text(GOOD.replace("deputy", "deputi"), "utf-8")
    assert main(["roster", "check", str(path), "--company", str(COMPANY)]) == 1
    assert 'Did you mean "deputy"?' in capsys.readouterr().out


def test_the_command_line_names_a_file_that_is_not_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = str(tmp_path / "none.csv")
    assert main(["roster", "check", missing, "--company", str(COMPANY)]) == 1
    assert missing in capsys.readouterr().err


def test_the_command_line_names_missing_settings(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DATABASE", "COMPANY", "MASTER_KEY", "INDEX_KEY", "PUBLIC_URL"):
        monkeypatch.delenv(f"MAMORI_{name}", raising=False)
    assert main(["roster", "import", str(tmp_path / "roster.csv")]) == 1
    assert "MAMORI_DATABASE: is not set" in capsys.readouterr().err


def test_the_command_line_imports_a_sound_file_sealed_and_a_wrong_one_not_at_all(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in settings(tmp_path).model_dump(include=SETTINGS).items():
        text = value.get_secret_value() if isinstance(value, SecretStr) else str(value)
        monkeypatch.setenv(f"MAMORI_{name.upper()}", text)
    path = tmp_path / "roster.csv"
    path.write_text(GOOD.replace("Hana", "Hanako Himitsu"), "utf-8")
    assert main(["roster", "import", str(path)]) == 0
    assert "Imported as version 1." in capsys.readouterr().out
    path.write_text(GOOD.replace("deputy", "deputi"), "utf-8")
    assert main(["roster", "import", str(path)]) == 1
    assert "Imported" not in capsys.readouterr().out
    path.write_text(GOOD.partition("a,")[0], "utf-8")
    assert main(["roster", "import", str(path)]) == 1
    said = capsys.readouterr().out
    assert "lose their last manager" in said and "Imported as" not in said

    async def kept() -> Directory:
        world = a_world(tmp_path)
        await refresh(world.service.work.directory, world.service.work.storage)
        await world.service.work.storage.close()
        return world.service.work.directory

    directory = asyncio.run(kept())
    manager = directory.person("a")
    assert directory.version == 1 and manager is not None and manager.name.ja == "Hanako Himitsu"
    on_disk = b"".join(file.read_bytes() for file in tmp_path.glob("mamori.db*"))
    assert b"Himitsu" not in on_disk
