"""Posters for staff areas, as `mamori sites qr` writes them."""

import io
from pathlib import Path
from typing import Any

from bot.company import read_company
from bot.settings import read_settings
from bot.site_commands import write_posters
from tests.support.world import COMPANY

ENTRA_ID = "aaaaaaaa-0000-0000-0000-000000000002"
TEAMS: dict[str, Any] = {"teams_app_id": ENTRA_ID, "teams_tenant": ENTRA_ID, "teams_secret": "x"}


def written(folder: Path, slack_app: str | None, **more: Any) -> dict[str, str]:
    settings = read_settings(
        database="sqlite:///mamori.db",
        master_key="11" * 32,
        index_key="22" * 32,
        company=COMPANY,
        public_url="https://mamori.example",
        **more,
    )
    said = io.StringIO()
    assert write_posters(settings, folder, slack_app, said) == 0
    pages = {path.stem: path.read_text("utf-8") for path in folder.iterdir()}
    assert {Path(line).stem for line in said.getvalue().splitlines()} == set(pages)
    return pages


def test_each_site_has_a_poster_of_its_own(tmp_path: Path) -> None:
    pages = written(tmp_path / "posters", None)
    sites = [site.id for site in read_company(COMPANY).sites]
    assert sorted(pages) == sorted(sites)
    assert len(set(pages.values())) == len(sites)
    assert all("mamori.example" in page for page in pages.values())


def test_a_chat_has_one_poster_for_everybody(tmp_path: Path) -> None:
    pages = written(tmp_path / "posters", "A0123", **TEAMS)
    assert "app_redirect?app=A0123" in pages["slack"]
    assert f"users=28:{ENTRA_ID}" in pages["teams"]
    assert "mamori.example" not in pages["slack"] + pages["teams"]
