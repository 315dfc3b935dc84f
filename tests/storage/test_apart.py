"""Who sent a case and how they are: rows of their own, keys of their own, and all alike."""

import itertools
from dataclasses import replace

import pytest

from bot.case_records import BodyParts, Part
from storage.keyring import BLOCK_BYTES, Keyring, TooLong, Unopenable
from storage.store import SqlStorage
from tests.storage.databases import (
    HEALTH,
    IDENTITY,
    MASTER,
    Database,
    a_body,
    a_case,
    draft_mac,
    file_case,
)
from tests.support.world import SeededEntropy

TABLES = ("identity", "health")
EVERY_SET = [set(), {Part.IDENTITY}, {Part.HEALTH}, {Part.IDENTITY, Part.HEALTH}]


@pytest.mark.parametrize("asked", EVERY_SET)
async def test_a_body_holds_what_was_asked_for_and_nothing_by_default(storage, asked) -> None:
    case = await file_case(storage)
    async with storage.read() as tx:
        body = await tx.cases.body(case.id, asked)
        assert (await tx.cases.whole(case.id, asked)).body == body
        assert await tx.cases.body(case.id) == BodyParts(b"words", None, None)
    assert body.identity == (IDENTITY if Part.IDENTITY in asked else None)
    assert body.health == (HEALTH if Part.HEALTH in asked else None)


async def test_what_is_not_opened_is_not_even_read(on_sqlite: Database) -> None:
    """The key of a part that nobody asked for is never unwrapped: a broken row does not matter."""
    chance = SeededEntropy().bytes
    storage = SqlStorage(on_sqlite.url, Keyring(MASTER, chance), chance)
    case = await file_case(storage)
    on_sqlite.sql("UPDATE identity SET wrapped = zeroblob(60)")
    async with storage.read() as tx:
        assert (await tx.cases.body(case.id, {Part.HEALTH})).health == HEALTH
        with pytest.raises(Unopenable):
            await tx.cases.body(case.id, {Part.IDENTITY})
    await storage.close()


async def test_every_change_writes_every_part_anew_and_what_was_shut_stays(
    database: Database, storage
) -> None:
    case = await file_case(storage)
    seen = [rows_of(database)]
    changes = [
        BodyParts(b"corrected", None, None),
        BodyParts(b"corrected", b"somebody else", None),
        BodyParts(b"corrected", None, b"better"),
        BodyParts(b"corrected", None, None),
    ]
    for change in changes:
        async with storage.write() as tx:
            await tx.cases.set_body(case.id, change)
        seen.append(rows_of(database))
    for before, after in itertools.pairwise(seen):
        assert all(old != new for old, new in zip(before, after, strict=True))
    async with storage.read() as tx:
        found = await tx.cases.body(case.id, opening=Part)
    assert found == BodyParts(b"corrected", b"somebody else", b"better")


def rows_of(database: Database) -> list[bytes]:
    """Every key and every sealed value that a change writes."""
    found = [bytes(database.value("SELECT sealed FROM case_file"))]
    for table in TABLES:
        found += map(bytes, database.sql(f"SELECT wrapped, sealed FROM {table}")[0])
    return found


async def test_a_part_of_one_case_does_not_open_at_another_nor_as_the_other_part(
    database: Database, storage
) -> None:
    first, second = await file_case(storage, 1), await file_case(storage, 2)
    kept = {
        table: database.sql(f"SELECT wrapped, sealed FROM {table} WHERE case_id = '{first.id}'")[0]
        for table in TABLES
    }
    moves = [("identity", "identity", second), ("health", "identity", first)]
    for source, target, case in moves:
        database.sql(
            f"UPDATE {target} SET wrapped = :wrapped, sealed = :sealed WHERE case_id = :id",
            wrapped=kept[source][0],
            sealed=kept[source][1],
            id=case.id,
        )
        async with storage.read() as tx:
            with pytest.raises(Unopenable):
                await tx.cases.body(case.id, {Part.IDENTITY})


@pytest.mark.parametrize(("part", "text"), [("identity", b""), ("health", b"x" * 479)])
async def test_every_row_has_one_size_whatever_it_holds(
    database: Database, storage, part: str, text: bytes
) -> None:
    await file_case(storage, 1)
    async with storage.write() as tx:
        await tx.cases.add(a_case(2), replace(a_body(), **{part: text}), draft_mac(2))
    for table in TABLES:
        sizes = database.sql(f"SELECT DISTINCT length(sealed), length(wrapped) FROM {table}")
        assert [tuple(size) for size in sizes] == [(BLOCK_BYTES, 60)]


async def test_what_would_make_a_row_larger_is_refused(storage) -> None:
    async with storage.write() as tx:
        with pytest.raises(TooLong):
            await tx.cases.add(a_case(), replace(a_body(), identity=b"x" * 480), draft_mac(1))


async def test_a_new_case_is_written_with_every_part(storage) -> None:
    async with storage.write() as tx:
        with pytest.raises(ValueError, match="identity"):
            await tx.cases.add(a_case(), BodyParts(b"words", None, HEALTH), draft_mac(1))


async def test_a_case_from_before_has_no_rows_and_gets_them_at_its_next_change(
    database: Database, storage
) -> None:
    case = await file_case(storage)
    for table in TABLES:
        database.sql(f"DELETE FROM {table}")
    async with storage.write() as tx:
        assert await tx.cases.body(case.id, opening=Part) == BodyParts(b"words", None, None)
        await tx.cases.set_body(case.id, a_body())
        assert await tx.cases.body(case.id, opening=Part) == a_body()
