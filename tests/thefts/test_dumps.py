"""Two dumps, with one unnamed report between them: they differ as any other report would make them.

Sizes are padded, times are random or coarse, and there is no row more or less.
"""

import re
import sqlite3
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from flows.ladders import Role
from flows.outcomes import Visibility
from tests.bot.conftest import People
from tests.support.world import a_world

SHORT: dict[str, Any] = {"words": "", "excluded": (), "may_write": False, "address": ""}
LONG: dict[str, Any] = {
    "words": "どなられました。" * 20,
    "excluded": (Role.MANAGER, Role.HQ),
    "may_write": True,
    "address": "chat:@U0CANARY",
    "wishes": ("listen", "doctor"),
}
BLOCK = 512
RANDOM_ID = re.compile(r"[0-9a-f]{32}")


def shape(value: object) -> str:
    """What a thief without a key can tell about a value."""
    if isinstance(value, bytes):
        blocks = len(value) % BLOCK == 0
        return "whole blocks" if blocks else f"{len(value)} bytes"
    text = RANDOM_ID.sub("(id)", str(value))
    if re.fullmatch(r"[A-Z0-9]{7}", text):
        return "(public id)"
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return f"a time on {moment.date()}" if len(text) > 10 else text


def dump(folder: Path) -> Counter[tuple[str, tuple[str, ...]]]:
    """Every row of every table, by its shape."""
    connection = sqlite3.connect(folder / "mamori.db")
    names = [
        row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type='table'")
    ]
    rows = Counter(
        (name, tuple(map(shape, row)))
        for name in names
        if not name.startswith("sqlite_")
        for row in connection.execute(f"SELECT * FROM {name}")
    )
    connection.close()
    return rows


async def added_by(folder: Path, seed: int, **report: Any) -> Counter[tuple[str, tuple[str, ...]]]:
    """What one unnamed report adds to a database with others in it."""
    world = a_world(folder, seed=seed)
    people = People(world)
    for _ in range(3):
        await people.report(words="before")
    before = dump(folder)
    people.secrets += seed
    await people.report(
        visibility=Visibility.UNNAMED, send_now=False, site_may_know=False, **report
    )
    added = dump(folder) - before
    await world.service.work.storage.close()
    return added


@pytest.fixture
def folders(tmp_path: Path) -> list[Path]:
    """Room for a few databases."""
    made = [tmp_path / str(number) for number in range(4)]
    for folder in made:
        folder.mkdir()
    return made


async def test_one_unnamed_report_leaves_the_traces_of_any_other(folders: list[Path]) -> None:
    short = await added_by(folders[0], 1, **SHORT)
    long = await added_by(folders[1], 1000, **LONG)
    assert short == long
    apart = {"identity", "health", "vault"}
    assert {table for table, _ in short} == {"case_file", "case_key", "history", "job", *apart}


async def test_a_longer_text_shows_in_steps_of_whole_blocks_only(folders: list[Path]) -> None:
    sizes = set()
    for folder, length in zip(folders, (0, 90, 400, 900), strict=True):
        await added_by(folder, 1 + length, words="x" * length)
        connection = sqlite3.connect(folder / "mamori.db")
        sizes |= {size for (size,) in connection.execute("SELECT length(sealed) FROM case_file")}
        connection.close()
    assert len(sizes) > 1 and all(size % BLOCK == 0 for size in sizes)
