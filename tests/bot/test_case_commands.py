"""`mamori case verify`: whatever was done to a history afterwards is found and named."""

import asyncio
import io
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.case_commands import verify_cases
from bot.heads import HeadsKey, Pin, PinKind
from bot.heads_file import HeadsFile
from bot.keys import IndexKey
from bot.pins import HistoryShrank, Pins
from storage import schema
from storage.chains import chained
from storage.keyring import Keyring
from storage.store import SqlStorage
from tests.storage.databases import MASTER, NOW, Database, a_case, file_case
from tests.support.world import FakeClock, SeededEntropy

LINES = 5
CASES = (1, 2, 3)
SECOND = a_case(2)
HERE = f"WHERE case_id = '{SECOND.id}'"


@dataclass
class Archive:
    """A database with three cases of five lines each, and its file of heads."""

    database: Database
    storage: SqlStorage
    file: HeadsFile
    clock: FakeClock

    async def grows(self, number: int, fact: str = "opened") -> None:
        """A case gets a line more."""
        async with self.storage.write() as tx:
            await tx.history.append(a_case(number).id, NOW, "desk", fact, {})

    async def is_pinned(self) -> None:
        await Pins(self.storage, self.clock, self.file).pin()

    async def verified(self, *public_ids: str, heads: bool = True) -> tuple[int, list[str]]:
        """The exit code, and what was printed."""
        out = io.StringIO()
        code = await verify_cases(self.storage, self.file if heads else None, public_ids, out)
        return code, out.getvalue().splitlines()

    async def wrong(self, *public_ids: str) -> list[str]:
        """What is wrong, by what was printed; the exit code must agree."""
        code, lines = await self.verified(*public_ids)
        assert code == (1 if len(lines) > 2 else 0)
        return lines[:-2]


@pytest.fixture
async def archive(tmp_path: Path) -> AsyncIterator[Archive]:
    database = Database(f"sqlite:///{tmp_path / 'mamori.db'}")
    schema.upgrade(database.url)
    chance = SeededEntropy().bytes
    storage = SqlStorage(database.url, Keyring(MASTER, chance), chance)
    file = HeadsFile(tmp_path / "heads", HeadsKey(IndexKey(b"\x22" * 32)))
    made = Archive(database, storage, file, FakeClock())
    for number in CASES:
        await file_case(storage, number)
    for line in range(LINES):
        for number in CASES:
            await made.grows(number, f"fact{line}")
    await made.is_pinned()
    yield made
    await storage.close()


async def test_untouched_histories_are_whole_and_counted(archive: Archive) -> None:
    code, lines = await archive.verified()
    assert code == 0
    assert lines == [
        "Cases checked: 3. Wrong: 0.",
        "Pinned since 2026-11-24. Cases not pinned yet: 0.",
    ]


async def test_what_grew_since_the_last_minute_is_no_fault_and_is_counted(archive: Archive) -> None:
    await archive.grows(2)
    code, lines = await archive.verified()
    assert code == 0 and lines[-1].endswith("not pinned yet: 1.")
    await archive.is_pinned()
    assert (await archive.verified())[1][-1].endswith("not pinned yet: 0.")


async def test_pinning_again_writes_nothing_where_nothing_grew(archive: Archive) -> None:
    before = archive.file.path.read_bytes()
    await archive.is_pinned()
    assert archive.file.path.read_bytes() == before
    await archive.grows(3)
    await archive.is_pinned()
    assert archive.file.path.read_bytes().count(b"\n") == before.count(b"\n") + 1


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (f"UPDATE history SET actor = 'x' {HERE} AND seq = 2", "line 2 was altered"),
        (f"DELETE FROM history {HERE} AND seq = 2", "line 2 was removed"),
        (f"UPDATE history SET seq = 9 {HERE} AND seq = 1", "line 1 was moved"),
        (f"DELETE FROM history {HERE} AND seq >= 3", "line 3 was removed, and all after it"),
        (f"DELETE FROM history {HERE}", "line 0 was removed, and all after it"),
    ],
)
async def test_a_broken_history_is_named_with_its_first_broken_line(
    archive: Archive, change: str, what: str
) -> None:
    archive.database.sql(change)
    assert await archive.wrong() == [f"{SECOND.public_id}: {what}"]
    assert await archive.wrong(SECOND.public_id) == [f"{SECOND.public_id}: {what}"]
    assert await archive.wrong(a_case(1).public_id) == []


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ("at = 'yesterday'", "line 2 was altered"),
        ("sealed = 'text'", "line 2 was altered"),
        ("actor = x'00ff'", "line 2 was altered"),
        ("hash = 'text'", "line 2 was altered"),
    ],
)
async def test_a_row_that_holds_something_else_is_named_and_hides_no_other(
    archive: Archive, change: str, what: str
) -> None:
    archive.database.sql(f"UPDATE history SET {change} {HERE} AND seq = 2")
    third = a_case(3).public_id
    there = f"WHERE case_id = (SELECT id FROM case_file WHERE public_id = '{third}')"
    archive.database.sql(f"UPDATE history SET fact = 'x' {there} AND seq = 1")
    assert await archive.wrong() == [
        f"{SECOND.public_id}: {what}",
        f"{third}: line 1 was altered",
    ]


def forge(archive: Archive, line: int) -> None:
    """Alters a line and writes every hash after it anew, as a database's owner could."""
    previous = b""
    rows = archive.database.sql(
        f"SELECT seq, at, actor, fact, sealed, hash FROM history {HERE} ORDER BY seq"
    )
    for row in rows:
        fact = "forged" if row.seq == line else row.fact
        hash_ = chained(previous, SECOND.id, row.seq, NOW, row.actor, fact, row.sealed)
        if row.seq < line:
            assert hash_ == row.hash
        archive.database.sql(
            f"UPDATE history SET fact = :fact, hash = :hash {HERE} AND seq = :seq",
            fact=fact,
            hash=hash_,
            seq=row.seq,
        )
        previous = hash_


async def test_a_chain_forged_anew_does_not_fit_what_was_pinned(archive: Archive) -> None:
    forge(archive, 2)
    assert await archive.wrong() == [
        f"{SECOND.public_id}: one of the lines 0 to 4 was altered, and all after it written anew"
    ]


async def test_the_more_often_it_was_pinned_the_closer_the_forged_line_is_named(
    archive: Archive,
) -> None:
    for _ in range(3):
        await archive.grows(2)
        await archive.is_pinned()
    forge(archive, 6)
    assert await archive.wrong() == [
        f"{SECOND.public_id}: line 6 was altered, and all after it written anew"
    ]


async def test_a_case_that_is_gone_is_missed(archive: Archive) -> None:
    archive.database.sql(f"DELETE FROM case_file WHERE id = '{SECOND.id}'")
    assert await archive.wrong() == [
        "a case is gone whose history had 5 lines on 2026-11-24 01:00 UTC"
    ]
    assert await archive.wrong(SECOND.public_id) == [
        f"{SECOND.public_id}: the case was pinned and is gone"
    ]


async def test_a_case_that_rightly_left_is_not_missed(archive: Archive) -> None:
    key = archive.file.key.case(SECOND.public_id)
    await archive.file.append([Pin(PinKind.LEFT, NOW, 15, key, 4)])
    archive.database.sql(f"DELETE FROM case_file WHERE id = '{SECOND.id}'")
    assert await archive.wrong() == []


async def test_a_case_nobody_knows_is_said_to_be_unknown(archive: Archive) -> None:
    assert await archive.wrong("ZZZZZZZ") == ["ZZZZZZZ: the case is unknown"]


async def test_heads_that_were_changed_or_are_gone_are_a_finding(archive: Archive) -> None:
    path = archive.file.path
    path.write_bytes(path.read_bytes().replace(b'"seq":4', b'"seq":3', 1))
    code, lines = await archive.verified()
    assert code == 1 and lines[0] == f"{path}: line 2 of the heads is not as it was written"
    path.unlink()
    code, lines = await archive.verified()
    assert code == 1 and lines[0] == f"{path}: there is no such file"


async def test_before_the_first_case_nothing_is_wrong_with_or_without_a_file_of_heads(
    tmp_path: Path,
) -> None:
    database = Database(f"sqlite:///{tmp_path / 'mamori.db'}")
    schema.upgrade(database.url)
    chance = SeededEntropy().bytes
    storage = SqlStorage(database.url, Keyring(MASTER, chance), chance)
    file = HeadsFile(tmp_path / "heads", HeadsKey(IndexKey(b"\x22" * 32)))
    new = Archive(database, storage, file, FakeClock())
    try:
        assert (await new.verified())[0] == 0
        await new.is_pinned()  # as the first minute of `mamori serve` does
        assert await new.verified() == (
            0,
            ["Cases checked: 0. Wrong: 0.", "Pinned since 2026-11-24. Cases not pinned yet: 0."],
        )
    finally:
        await storage.close()


async def test_without_heads_the_chains_are_checked_and_what_cannot_be_seen_is_said(
    archive: Archive,
) -> None:
    archive.database.sql(f"DELETE FROM history {HERE} AND seq = 4")
    code, lines = await archive.verified(heads=False)
    assert code == 0 and "does not show" in lines[-1]
    archive.database.sql(f"DELETE FROM history {HERE} AND seq = 1")
    code, lines = await archive.verified(heads=False)
    assert code == 1 and lines[0] == f"{SECOND.public_id}: line 1 was removed"


async def test_a_database_that_ends_before_what_was_pinned_is_not_pinned_any_further(
    archive: Archive,
) -> None:
    archive.database.sql("DELETE FROM history WHERE number > 10")
    before = archive.file.path.read_bytes()
    with pytest.raises(HistoryShrank):
        await archive.is_pinned()
    assert archive.file.path.read_bytes() == before


async def test_many_lines_are_pinned_in_steps(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.pins.AT_ONCE", 2)
    for number in (1, 1, 2, 3, 3, 3):
        await archive.grows(number)
    await archive.is_pinned()
    assert (await archive.verified())[1][-1].endswith("not pinned yet: 0.")


def set_up(monkeypatch: pytest.MonkeyPatch, database: str, heads: Path) -> None:
    """The settings of the command, as an operator sets them."""
    for name, value in {
        "DATABASE": database,
        "MASTER_KEY": MASTER.hex(),
        "INDEX_KEY": "22" * 32,
        "COMPANY": "company.yaml",
        "PUBLIC_URL": "https://mamori.example",
        "HEADS": str(heads),
    }.items():
        monkeypatch.setenv(f"MAMORI_{name}", value)


async def test_the_command_reads_its_settings_and_gives_its_verdict_as_an_exit_code(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    set_up(monkeypatch, archive.database.url, archive.file.path)
    assert await asyncio.to_thread(main, ["case", "verify"]) == 0
    assert "Cases checked: 3. Wrong: 0." in capsys.readouterr().out
    archive.database.sql(f"DELETE FROM history {HERE} AND seq = 4")
    assert await asyncio.to_thread(main, ["case", "verify", SECOND.public_id]) == 1
    said = capsys.readouterr().out
    assert said.startswith(f"{SECOND.public_id}: line 4 was removed") and "checked: 1." in said


def test_a_database_without_the_newest_tables_is_said_to_need_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    set_up(monkeypatch, f"sqlite:///{tmp_path / 'mamori.db'}", tmp_path / "heads")
    assert main(["case", "verify"]) == 1
    assert "mamori db upgrade" in capsys.readouterr().err
