"""Teams as the service runs it: by three settings, or not at all."""

import json
import zipfile
from pathlib import Path

import aiohttp
import pytest
from pydantic import SecretStr

from adapters.teams.app import PATH
from bot.__main__ import main
from bot.serving import listen, running
from bot.wiring import Service, build, platforms
from tests.adapters.teams.conftest import APP, COMPANY, SECRET, TENANT
from tests.support.world import FakeClock, SeededEntropy, settings

SET = {"teams_app_id": APP, "teams_tenant": TENANT, "teams_secret": SecretStr(SECRET)}


def built(folder: Path, **more: object) -> Service:
    given = settings(folder, company=COMPANY).model_copy(update=more)
    assert platforms(given) == ({"teams"} if more else set())
    return build(given, clock=FakeClock(), entropy=SeededEntropy())


@pytest.mark.parametrize("backend", ["botbuilder", "agents"])
async def test_set_up_it_hears_teams_and_turns_strangers_away(tmp_path: Path, backend: str) -> None:
    service = built(tmp_path, **SET, teams_backend=backend)
    assert set(service.messengers) == {"teams"}
    async with running(service, listen("127.0.0.1", 0)) as port, aiohttp.ClientSession() as session:
        url = f"http://127.0.0.1:{port}{PATH}"
        async with session.post(url, json={"type": "message"}) as answer:
            assert answer.status == 401


async def test_not_set_up_there_is_no_address_for_teams(tmp_path: Path) -> None:
    service = built(tmp_path)
    assert not service.messengers
    async with running(service, listen("127.0.0.1", 0)) as port, aiohttp.ClientSession() as session:
        answer = await session.post(f"http://127.0.0.1:{port}{PATH}", json={})
        assert answer.status == 404


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Everything set but Teams, for a company whose channels are in Teams."""
    for name, value in {
        "DATABASE": f"sqlite:///{tmp_path}/mamori.db",
        "MASTER_KEY": "11" * 32,
        "INDEX_KEY": "22" * 32,
        "COMPANY": str(COMPANY),
        "PUBLIC_URL": "https://mamori.example",
        "HEADS": str(tmp_path.parent / "heads"),
    }.items():
        monkeypatch.setenv(f"MAMORI_{name}", value)
    return monkeypatch


def test_channels_in_teams_need_teams(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["serve"]) == 1
    assert "MAMORI_TEAMS_APP_ID" in capsys.readouterr().err


def test_the_package_is_made_for_this_registration(
    environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    environment.setenv("MAMORI_TEAMS_APP_ID", APP)
    environment.setenv("MAMORI_TEAMS_TENANT", TENANT)
    environment.setenv("MAMORI_TEAMS_SECRET", SECRET)
    path = tmp_path / "mamori.zip"
    assert main(["manifest", "teams", "--out", str(path)]) == 0
    with zipfile.ZipFile(path) as made:
        assert json.loads(made.read("manifest.json"))["id"] == APP


def test_no_package_is_made_for_nobody(
    environment: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "mamori.zip"
    assert main(["manifest", "teams", "--out", str(path)]) == 1
    assert "MAMORI_TEAMS_APP_ID is not set" in capsys.readouterr().out and not path.exists()
