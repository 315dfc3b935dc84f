"""From nothing to a service, as the guide says: what is missing is named, and nothing is made."""

from pathlib import Path

import pytest

from bot.__main__ import main

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


def test_a_database_that_lets_nobody_in_is_said_in_one_line(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MAMORI_DATABASE", "postgresql://me:hunter2@127.0.0.1:9/none")
    assert main(["serve"]) == 1
    said = capsys.readouterr().err
    assert said == "The database does not let this service in\n" and "hunter2" not in said
