"""What is erased is gone: from the tables, the files, the log, and every backup made after."""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest

from bot.case_records import Author, CaseKind, CaseState, Chunk, Copy, Message
from bot.work_records import DutyState, NewJob
from storage import schema
from storage.tables import metadata
from tests.storage.databases import NOW, Database, a_card, a_duty, a_nudge, file_case

ON = date(2031, 11, 23)
KEPT = (
    "case_file",
    "case_key",
    "identity",
    "health",
    "history",
    "message",
    "evidence_chunk",
    "duty",
    "nudge",
    "card",
    "job",
)


ENDED = NOW.date()


async def fill(storage, number: int = 1, *, ended_on: date | None = ENDED):
    """A closed case with something in every table that hangs on it."""
    case = await file_case(storage, number, b"canary " * 200)
    duty, card = replace(a_duty(case), state=DutyState.DONE), a_card(case)
    nudge = replace(a_nudge(duty, 0), id=f"n{number}")
    async with storage.write() as tx:
        await tx.duties.add([duty])
        await tx.duties.add_nudges([nudge])
        await tx.cards.add(card)
        await tx.messages.add(case.id, Message(Author.DESK, NOW, "canary"))
        chunk = Chunk(case.id, f"f{number}", Copy.ORIGINAL, 0, True)
        await tx.files.put(chunk, b"canary" * 1000)
        await tx.history.append(case.id, NOW, "desk", "opened", {"person": "canary"})
        subjects = (case.id, duty.id, nudge.id, card.id)
        await tx.jobs.enqueue([NewJob("climb", each, NOW, f"x:{each}") for each in subjects])
        await tx.cases.set_state(case.id, CaseState.CLOSED, ended_on=ended_on)
    async with storage.read() as tx:
        return await tx.cases.get(case.id)


async def erase(storage, case) -> bool:
    async with storage.write() as tx:
        erased: bool = await tx.endings.erase(case, "f" * 32, ON)
    await storage.scrub()
    return erased


async def test_nothing_that_hung_on_it_is_left_and_the_others_keep_theirs(
    database: Database, storage
) -> None:
    gone, stays = await fill(storage, 1), await fill(storage, 2)
    assert await erase(storage, gone)
    assert {database.value(f"SELECT count(*) FROM {table}") for table in KEPT} == {1, 4}
    async with storage.read() as tx:
        assert await tx.cases.get(gone.id) is None
        assert (await tx.cases.body(stays.id)).content == b"canary " * 200


async def test_the_stub_holds_a_month_and_no_way_back(database: Database, storage) -> None:
    case = await fill(storage)
    await erase(storage, case)
    (stub,) = database.sql("SELECT * FROM case_stub")
    text = str([str(value) for value in stub])
    assert "2026-11-01" in text and "U2" in text
    assert case.id not in text and case.public_id not in text
    assert set(metadata.tables["case_stub"].c.keys()) == {
        *("id", "kind", "state", "urgency", "policy_id"),
        *("ended_month", "erased_on", "last_number"),
    }


def secrets_of(database: Database, case) -> list[bytes]:
    """Everything of a case that no file may hold any more."""
    secrets = []
    for table in ("case_key", "identity", "health"):
        wrapped = database.value(f"SELECT wrapped FROM {table} WHERE case_id = '{case.id}'")
        secrets += [bytes(wrapped), bytes(wrapped)[12:44]]
    return secrets


def bytes_of(folder: Path, *names: str) -> dict[str, bytes]:
    """Those of these files that there are."""
    return {name: (folder / name).read_bytes() for name in names if (folder / name).exists()}


async def test_no_byte_of_it_is_left_in_the_file_the_log_or_a_backup_made_after(
    on_sqlite: Database, opening, tmp_path: Path
) -> None:
    storage = opening(on_sqlite)
    case = await fill(storage)
    await fill(storage, 2)
    secrets = [*secrets_of(on_sqlite, case), case.public_id.encode(), case.id.encode()]
    for table in ("case_file", "identity", "health", "history", "message", "evidence_chunk"):
        column = "id" if table == "case_file" else "case_id"
        sealed = on_sqlite.value(f"SELECT sealed FROM {table} WHERE {column} = '{case.id}'")
        secrets += [sealed[start : start + 32] for start in range(0, len(sealed) - 31, 400)]
    names = ("mamori.db", "mamori.db-wal", "mamori.db-shm", "backup.db")
    before = b"".join(bytes_of(tmp_path, *names).values())
    seen = [secret for secret in secrets if secret in before]
    assert len(seen) > len(secrets) * 0.95  # a few pieces of a long row lie across two pages
    assert set(secrets[:4]) <= set(seen)
    await erase(storage, case)
    with sqlite3.connect(tmp_path / "mamori.db") as source:
        source.execute(f"VACUUM INTO '{tmp_path / 'backup.db'}'")
    source.close()
    after = bytes_of(tmp_path, *names)
    assert {"mamori.db", "backup.db"} <= set(after)
    for name, bytes_ in after.items():
        assert [secret for secret in secrets if secret in bytes_] == [], name


async def test_the_key_is_in_no_table_file_of_postgresql_any_more(
    on_postgres: Database, opening, postgres
) -> None:
    storage = opening(on_postgres)
    case = await fill(storage)
    await fill(storage, 2)
    await storage.scrub()  # so that the rows stand in the files
    secrets = secrets_of(on_postgres, case)
    assert found_in(postgres.folder, secrets) == set(secrets)
    await erase(storage, case)
    assert found_in(postgres.folder, secrets) == set()


async def test_a_user_who_owns_the_database_and_no_more_may_scrub_it(postgres, opening) -> None:
    with psycopg.connect(postgres.url("postgres"), autocommit=True) as server:
        server.execute("CREATE ROLE plain LOGIN PASSWORD 'x'")
        server.execute("CREATE DATABASE plain OWNER plain")
    database = Database(f"postgresql://plain:x@/plain?host={postgres.folder}")
    schema.upgrade(database.url)
    storage = opening(database)
    case = await fill(storage)
    secrets = secrets_of(database, case)
    assert await erase(storage, case)
    with psycopg.connect(postgres.url("postgres"), autocommit=True) as server:
        server.execute("CHECKPOINT")  # as the server does by itself some minutes later
    assert found_in(postgres.folder, secrets) == set()


async def test_a_scrub_gives_way_to_a_backup_and_nobody_waits_behind_it(database, opening) -> None:
    storage = opening(database)
    await fill(storage)
    with reading_it_all(database):
        async with asyncio.timeout(15):
            done, _ = await asyncio.gather(storage.scrub(), file_case(storage, 2))
        assert not done
    assert await storage.scrub()


@contextmanager
def reading_it_all(database: Database) -> Iterator[None]:
    """A backup that goes on: it has looked, and stays."""
    connection: Any
    if database.url.startswith("sqlite"):
        connection = sqlite3.connect(database.url.removeprefix("sqlite:///"), isolation_level=None)
    else:
        connection = psycopg.connect(database.url, autocommit=True)
    connection.execute("BEGIN")
    for table in ("case_key", "vault", "case_file"):
        connection.execute(f"SELECT count(*) FROM {table}").fetchall()
    try:
        yield
    finally:
        connection.close()


def found_in(folder: Path, secrets: list[bytes]) -> set[bytes]:
    """Which of them stand in any file of any database of the server; its log is looked at apart."""
    found: set[bytes] = set()
    for path in folder.rglob("base/**/*"):
        if path.is_file():
            data = path.read_bytes()
            found |= {secret for secret in secrets if secret in data}
    return found


async def test_a_held_case_is_never_erased(storage) -> None:
    case = await fill(storage)
    async with storage.write() as tx:
        await tx.endings.hold(case.id, True)
    assert not await erase(storage, case)
    async with storage.read() as tx:
        assert await tx.endings.held() == 1
        assert await tx.cases.get(case.id) == case
        assert await tx.endings.over(case.kind, case.state, ON, 10) == []


@pytest.mark.parametrize(("moving", "found"), [(DutyState.OPEN, 0), (DutyState.EXHAUSTED, 1)])
async def test_what_is_still_worked_at_is_not_over(storage, moving, found: int) -> None:
    case = await fill(storage)
    async with storage.write() as tx:
        (duty,) = await tx.duties.of_case(case.id)
        await tx.duties.save(replace(duty, state=moving))
    async with storage.read() as tx:
        assert len(await tx.endings.over(case.kind, case.state, ON, 10)) == found
        assert await tx.endings.is_over(case, ON) is bool(found)


async def test_only_what_ended_by_then_is_over_oldest_first(storage) -> None:
    days = [date(2026, 3, 1), date(2026, 1, 1), date(2026, 2, 1), date(2026, 5, 1), None]
    cases = [await fill(storage, n + 1, ended_on=day) for n, day in enumerate(days)]
    async with storage.read() as tx:
        over = await tx.endings.over(CaseKind.REPORT, CaseState.CLOSED, days[0], 10)
        assert await tx.endings.over(CaseKind.REPORT, CaseState.OPEN, days[0], 10) == []
        still = [await tx.endings.is_over(case, days[0]) for case in cases]
    assert over == [cases[1], cases[2], cases[0]]
    assert still == [True, True, True, False, False]


async def test_the_numbers_of_lines_do_not_shrink_with_what_is_erased(storage) -> None:
    case = await fill(storage)
    async with storage.read() as tx:
        newest = await tx.history.newest()
    await erase(storage, case)
    async with storage.read() as tx:
        assert await tx.history.newest() == newest > 0


async def test_after_a_scrub_the_vault_tells_no_order_but_that_of_its_random_keys(
    database: Database, storage
) -> None:
    keys = [bytes([9 - number]) * 16 for number in range(9)]
    async with storage.write() as tx:
        for key in keys:
            await tx.vault.put(key, b"s" * 32, b"somewhere")
    await storage.scrub()
    assert [bytes(row[0]) for row in database.sql("SELECT key FROM vault")] == sorted(keys)
