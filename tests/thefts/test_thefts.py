"""Each thing in the theft table is stolen from a filled office and looked through, byte by byte."""

import base64
import logging
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import structlog

from tests.thefts import loot
from tests.thefts.crowd import Town, a_town, fill
from tests.thefts.needles import Haystack, hashed, keyed
from tests.thefts.robbery import Robbery, listen, rob, whole

UNNAMED, NAMED = 8, 6


@pytest.fixture(autouse=True)
def _logs_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with a_town(tmp_path / "town") as town:
        yield town


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which this process puts files for a moment."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    (tmp_path / "town").mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return folder


async def test_no_theft_gives_what_it_must_not(temporary: Path, town: Town) -> None:
    logs = listen()
    await fill(town, UNNAMED, NAMED)
    assert whole(town) == []
    found = await rob(town, logs, loot.temporary_files(temporary))
    assert found.findings == []
    assert found.looked_at > 500_000
    assert logs(), "nothing was logged, so that the logs prove nothing"
    await a_planted_secret_is_found(found)
    mentions = [call for call in town.office.slack.calls if call.method.startswith("chat.")]
    written_to = {str(call.given.get("channel")) for call in mentions}
    assert mentions and not written_to & {v.account for v in town.of("only")}


async def a_planted_secret_is_found(found: Robbery) -> None:
    """The search itself is tried: what it would miss, it could not rule out."""
    ids, key = found.town.ids[:50], b"k" * 32
    everything = [*hashed(ids, "T"), *keyed(ids, "T", [key])]
    for digest in (everything[7], everything[-1]):
        for form in (digest, digest.hex().encode(), base64.b64encode(digest)):
            hay = Haystack(b"x" * 1001 + form + b"y" * 77)
            assert hay.hashes_found(everything) == [digest]
