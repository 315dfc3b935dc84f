"""From nothing to a service, as the guide says: what is missing is named, and nothing is made."""

import asyncio
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.company import SecondDesk, read_company
from bot.platform_commands import _desks, _masters
from bot.settings import read_settings
from storage.keyring import Keyring
from storage.store import SqlStorage
from tests.storage.databases import Database, file_case
from tests.support.world import SeededEntropy

IMPORT = ["roster", "import", "roster.csv", "--even-so"]
ROSTER = "person,name,role,site\nA-1,佐藤 健,desk,\n"
COMPANY = Path(__file__).parents[1] / "adapters" / "slack" / "company.yaml"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every setting of a company in Slack, and a folder without a database."""
    for name, value in {
        "DATABASE": f"sqlite:///{tmp_path}/data/mamori.db",
        "MASTER_KEY": "11" * 32,
        "INDEX_KEY": "22" * 32,
        "COMPANY": str(COMPANY),
        "PUBLIC_URL": "https://mamori.example",
        "HEADS": str(tmp_path / "heads"),
        "SLACK_BOT_TOKEN": "xoxb-1",
        "SLACK_APP_TOKEN": "xapp-1",
    }.items():
        monkeypatch.setenv(f"MAMORI_{name}", value)
    return tmp_path


def test_a_mistyped_database_makes_no_folder(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for command in (["serve"], ["db", "upgrade"], ["case", "verify"]):
        assert main(command) == 1
        assert f"No such folder for a database: {place}/data" in capsys.readouterr().err
    assert list(place.iterdir()) == []


def test_a_service_never_begins_a_database(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / "data").mkdir()
    assert main(["serve"]) == 1
    assert "type: mamori db upgrade" in capsys.readouterr().err
    assert main(["case", "verify"]) == 1
    assert list((place / "data").iterdir()) == []


def test_a_new_database_has_nothing_wrong(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / "data").mkdir()
    assert main(["db", "upgrade"]) == 0
    assert main(["case", "verify"]) == 0
    assert "Wrong: 0." in capsys.readouterr().out


def test_only_one_command_begins_a_database(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (place / "data").mkdir()
    roster = place / "roster.csv"
    roster.write_text(ROSTER, "utf-8")
    for command in (["roster", "import", str(roster)], ["purge"], ["keys", "rotate"]):
        assert main(command) == 1
        said = capsys.readouterr().err
        assert said.startswith("MAMORI_DATABASE leads to no database of Mamori's.")
    assert list((place / "data").iterdir()) == []


COMMANDS = [["serve"], ["db", "upgrade"], ["case", "verify"], ["purge"], ["doctor"]]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_database_of_a_newer_program_is_said_to_be_one(
    place: Path, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    (place / "data").mkdir()
    assert main(["db", "upgrade"]) == 0
    Database(f"sqlite:///{place}/data/mamori.db").sql("UPDATE alembic_version SET version_num=9999")
    assert main(command) == 1
    said = capsys.readouterr().err
    assert said.startswith("A newer Mamori brought this database up to 9999; ")
    assert "mamori db upgrade" not in said


@pytest.mark.parametrize("command", COMMANDS)
def test_a_file_that_is_no_database_is_said_to_be_none(
    place: Path, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    (place / "data").mkdir()
    (place / "data" / "mamori.db").write_text("a letter to somebody" * 99, "utf-8")
    assert main(command) == 1
    said = capsys.readouterr().err
    assert said == "What MAMORI_DATABASE leads to is no database, or broken\n"


@pytest.mark.parametrize("command", [["serve"], ["keys", "rotate"], ["purge"], IMPORT])
def test_nothing_is_done_under_a_master_key_that_opens_nothing_of_what_is_there(
    place: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: list[str],
) -> None:
    database = f"sqlite:///{place}/data/mamori.db"
    (place / "data").mkdir()
    assert main(["db", "upgrade"]) == 0
    asyncio.run(a_case_under(database, b"\x99" * 32))
    (place / "roster.csv").write_text(ROSTER, "utf-8")
    monkeypatch.chdir(place)
    monkeypatch.setattr("bot.serving.serve_at", lambda *_: 0)
    assert main(command) == 1
    said = capsys.readouterr().err
    assert said.startswith("MAMORI_MASTER_KEY opens nothing of what is in this database.")
    assert Keyring(b"\x99" * 32, bytes).kek_id in said
    monkeypatch.setenv("MAMORI_MASTER_KEY", "99" * 32)
    assert main(command) == 0


async def a_case_under(database: str, master: bytes, number: int = 1) -> None:
    chance = SeededEntropy(number).bytes
    storage = SqlStorage(database, Keyring(master, chance), chance)
    await file_case(storage, number)
    await storage.close()


def test_the_doctor_names_a_master_key_that_is_missing(place: Path) -> None:
    database = f"sqlite:///{place}/data/mamori.db"
    (place / "data").mkdir()
    assert main(["db", "upgrade"]) == 0
    assert [finding.right for finding in _masters(read_settings())] == [True]
    asyncio.run(a_case_under(database, b"\x99" * 32, 1))
    (nothing,) = _masters(read_settings())
    asyncio.run(a_case_under(database, b"\x11" * 32, 2))
    (some,) = _masters(read_settings())
    named = Keyring(b"\x99" * 32, bytes).kek_id
    assert not nothing.right and nothing.what.startswith("the master key opens nothing")
    assert not some.right and some.what.endswith(named)


def test_the_doctor_says_where_nobody_is_at_a_desk(place: Path) -> None:
    (place / "data").mkdir()
    assert main(["db", "upgrade"]) == 0
    settings = read_settings()
    company = read_company(settings.company)
    assert [found.right for found in asyncio.run(_desks(settings, company))] == [True]
    second = SecondDesk(channel="chat:second", people=("K-1",))
    (wrong,) = asyncio.run(_desks(settings, company.model_copy(update={"second_desk": second})))
    assert not wrong.right and wrong.what.startswith("Nobody of the second desk is here (K-1)")


def test_a_database_that_lets_nobody_in_is_said_in_one_line(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MAMORI_DATABASE", "postgresql://me:hunter2@127.0.0.1:9/none")
    assert main(["serve"]) == 1
    said = capsys.readouterr().err
    assert said == "The database does not let this service in\n" and "hunter2" not in said
