"""The office, for every test of the Slack adapter."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.catalogue import Catalogue
from bot.packs import builtin_pack
from tests.adapters.slack.office import CATALOGUE, Office, an_office

STANDARD = builtin_pack("standard")


class ReadBefore:
    """The catalogue, read once for all tests."""

    @staticmethod
    def load() -> Catalogue:
        return CATALOGUE


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Building a Mamori reads its words and its policy again and again: once is enough here."""
    monkeypatch.setattr("bot.wiring.builtin_pack", {"standard": STANDARD}.__getitem__)
    monkeypatch.setattr("bot.wiring.Catalogue", ReadBefore)


@pytest.fixture
async def office(tmp_path: Path, quick: None) -> AsyncIterator[Office]:
    async with an_office(tmp_path) as office:
        yield office
