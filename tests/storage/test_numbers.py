"""Lines are numbered over all cases: what grew since a number is found, and nothing is missed."""

import asyncio

import psycopg
import pytest
from alembic import command

from bot.case_records import Head
from storage import schema
from tests.storage.databases import MASTER, NOW, Database, a_case, file_case
from tests.storage.test_history import waits_for_a_lock

MANY = 1000


async def append(storage, case, fact: str = "opened") -> None:
    async with storage.write() as tx:
        await tx.history.append(case.id, NOW, "desk", fact, {})


async def grown(storage, after: int = 0, limit: int = MANY) -> list[Head]:
    async with storage.write() as tx:
        return list(await tx.history.grown(after, limit))


async def test_the_newest_line_of_each_case_that_grew_is_given_once(storage) -> None:
    first, second = await file_case(storage, 1), await file_case(storage, 2)
    for case in (first, first, second, first):
        await append(storage, case)
    heads = await grown(storage)
    assert [(head.public_id, head.seq) for head in heads] == [
        (second.public_id, 0),
        (first.public_id, 2),
    ]
    async with storage.read() as tx:
        assert heads[1].hash == (await tx.history.hashes(first.id))[2]
        assert heads[1].number == await tx.history.newest()
    assert await grown(storage, heads[1].number) == []


async def test_only_what_grew_is_read(storage) -> None:
    first, second = await file_case(storage, 1), await file_case(storage, 2)
    await append(storage, first)
    await append(storage, second)
    before = (await grown(storage))[-1].number
    await append(storage, first)
    (head,) = await grown(storage, before)
    assert (head.public_id, head.seq) == (first.public_id, 1)


async def test_a_long_way_is_gone_in_steps_and_ends(storage) -> None:
    case = await file_case(storage)
    for _ in range(5):
        await append(storage, case)
    seen, after = [], 0
    while heads := await grown(storage, after, limit=2):
        seen += [head.seq for head in heads]
        after = heads[-1].number
    assert seen == [1, 3, 4]


async def test_a_database_without_a_line_has_no_number(storage) -> None:
    assert await grown(storage) == []
    async with storage.read() as tx:
        assert await tx.history.newest() == 0


async def test_a_number_is_never_given_twice(database, storage) -> None:
    case = await file_case(storage)
    await append(storage, case)
    await append(storage, case)
    last = (await grown(storage))[-1].number
    database.sql("DELETE FROM history WHERE number = :number", number=last)
    await append(storage, case)
    assert (await grown(storage))[-1].number > last


async def test_a_line_in_hand_is_waited_for_and_not_passed_over(
    on_postgres: Database, opening
) -> None:
    slow, quick, reader = opening(on_postgres), opening(on_postgres), opening(on_postgres)
    first, second = await file_case(slow, 1), await file_case(slow, 2)
    async with slow.write() as tx:
        await tx.history.append(first.id, NOW, "desk", "opened", {})  # has the lower number
        await append(quick, second)
        reading = asyncio.create_task(grown(reader))
        await waits_for_a_lock(on_postgres)
    assert [head.public_id for head in await reading] == [first.public_id, second.public_id]


async def test_whoever_reads_what_grew_gives_up_before_others_wait_long(
    on_postgres: Database, opening, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.history.READER_WAITS_MS", 20)
    hanging, reader = opening(on_postgres), opening(on_postgres)
    case = await file_case(hanging)
    async with hanging.write() as tx:
        await tx.history.append(case.id, NOW, "desk", "opened", {})
        with pytest.raises(psycopg.errors.LockNotAvailable):
            await grown(reader)
    assert len(await grown(reader)) == 1


async def test_lines_from_before_the_numbers_keep_their_order_and_their_chain(
    empty_database: Database, opening
) -> None:
    schema.upgrade(empty_database.url)
    storage = opening(empty_database, MASTER)
    for number in (1, 2, 3):
        case = await file_case(storage, number)
        await append(storage, case)
        await append(storage, case)
    await storage.close()
    command.downgrade(schema.config(empty_database.url), "0002")
    schema.upgrade(empty_database.url)
    storage = opening(empty_database, MASTER)
    heads = await grown(storage)
    assert [head.public_id for head in heads] == [a_case(n).public_id for n in (1, 2, 3)]
    async with storage.read() as tx:
        assert list(await tx.cases.public_ids()) == [a_case(n).id for n in (1, 2, 3)]
        for number in (1, 2, 3):
            assert len(await tx.history.of_case(a_case(number).id)) == 2
            assert await tx.history.first_broken(a_case(number).id) is None
