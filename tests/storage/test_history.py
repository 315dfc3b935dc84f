"""A case's history: in order, and a later change of it shows."""

import asyncio
from datetime import UTC, timedelta, timezone

import pytest

from bot.case_records import Break, BreakKind, Entry
from tests.storage.databases import NOW, REFUSED, Database, after, file_case, waits_for_a_lock

LINES = 5
PLACE = "WHERE case_id = :case AND seq = :seq"


async def with_history(storage, number: int = 1):
    case = await file_case(storage, number)
    async with storage.write() as tx:
        for line in range(LINES):
            await tx.history.append(
                case.id, after(minutes=line), "desk", f"fact{line}", {"person": f"p{line}"}
            )
    return case


async def broken(storage, case) -> Break | None:
    async with storage.read() as tx:
        return await tx.history.first_broken(case.id)


async def test_lines_come_back_in_order_with_their_details(storage) -> None:
    case = await with_history(storage)
    async with storage.read() as tx:
        lines = await tx.history.of_case(case.id)
    assert lines == [
        Entry(n, after(minutes=n), "desk", f"fact{n}", {"person": f"p{n}"}) for n in range(LINES)
    ]


async def test_an_untouched_history_is_whole(storage) -> None:
    assert await broken(storage, await with_history(storage)) is None


async def test_a_time_written_in_another_zone_is_the_same_time(storage) -> None:
    case = await file_case(storage)
    tokyo = NOW.astimezone(timezone(timedelta(hours=9)))
    async with storage.write() as tx:
        await tx.history.append(case.id, tokyo, "desk", "opened", {})
    async with storage.read() as tx:
        (line,) = await tx.history.of_case(case.id)
    assert line.at == NOW and line.at.tzinfo is UTC
    assert await broken(storage, case) is None


@pytest.mark.parametrize(
    "change",
    [
        "actor = 'someone'",
        "fact = 'nothing'",
        "at = '2026-11-24 09:00:00.000000'",
        "sealed = CAST('x' AS {bytes})",
        "hash = CAST('x' AS {bytes})",
    ],
)
async def test_an_edited_line_is_found_by_its_number(database, storage, change: str) -> None:
    case = await with_history(storage)
    bytes_ = "BLOB" if database.kind == "sqlite" else "BYTEA"
    database.sql(f"UPDATE history SET {change.format(bytes=bytes_)} {PLACE}", case=case.id, seq=2)
    assert await broken(storage, case) == Break(2, BreakKind.ALTERED)


@pytest.mark.parametrize("line", [0, 2, 3])
async def test_a_removed_line_is_found_by_its_number(database, storage, line: int) -> None:
    case = await with_history(storage)
    database.sql(f"DELETE FROM history {PLACE}", case=case.id, seq=line)
    assert await broken(storage, case) == Break(line, BreakKind.REMOVED)


async def test_a_removed_line_is_found_when_the_rest_moves_up(database, storage) -> None:
    case = await with_history(storage)
    database.sql(f"DELETE FROM history {PLACE}", case=case.id, seq=1)
    for line in range(2, LINES):
        move(database, case.id, line, line - 1)
    assert await broken(storage, case) == Break(1, BreakKind.REMOVED)


async def test_two_lines_in_each_others_place_are_found(database, storage) -> None:
    case = await with_history(storage)
    move(database, case.id, 1, 99)
    move(database, case.id, 3, 1)
    move(database, case.id, 99, 3)
    assert await broken(storage, case) == Break(1, BreakKind.MOVED)


async def test_a_line_of_another_case_is_found(database, storage) -> None:
    case, other = await with_history(storage, 1), await with_history(storage, 2)
    database.sql(f"DELETE FROM history {PLACE}", case=case.id, seq=3)
    database.sql(
        f"UPDATE history SET case_id = :there {PLACE}", there=case.id, case=other.id, seq=3
    )
    assert await broken(storage, case) == Break(3, BreakKind.ALTERED)
    assert await broken(storage, other) == Break(3, BreakKind.REMOVED)


async def test_a_changed_line_does_not_accuse_other_cases(database, storage) -> None:
    case, other = await with_history(storage, 1), await with_history(storage, 2)
    database.sql(f"UPDATE history SET actor = 'x' {PLACE}", case=case.id, seq=0)
    assert await broken(storage, case) == Break(0, BreakKind.ALTERED)
    assert await broken(storage, other) is None


async def test_processes_that_hold_the_case_append_one_after_the_other(database, opening) -> None:
    processes = [opening(database), opening(database)]
    case = await file_case(processes[0])

    async def append(number: int) -> None:
        async with processes[number % 2].write() as tx:
            await tx.cases.lock(case.id)
            await tx.history.append(case.id, NOW, "desk", f"fact{number}", {})

    await asyncio.gather(*map(append, range(20)))
    async with processes[0].read() as tx:
        lines = await tx.history.of_case(case.id)
    assert [line.seq for line in lines] == list(range(20))
    assert {line.fact for line in lines} == {f"fact{n}" for n in range(20)}
    assert await broken(processes[0], case) is None


async def test_without_holding_the_case_a_fork_of_the_chain_is_refused(
    on_postgres: Database, opening
) -> None:
    here, there = opening(on_postgres), opening(on_postgres)
    case = await file_case(here)
    async with here.write() as tx:
        await tx.history.append(case.id, NOW, "desk", "first", {})
        racing = asyncio.create_task(_append(there, case.id))
        await waits_for_a_lock(on_postgres)
    with pytest.raises(REFUSED):
        await racing
    assert await broken(here, case) is None


async def _append(storage, case_id: str) -> None:
    async with storage.write() as tx:
        await tx.history.append(case_id, NOW, "desk", "second", {})


def move(database: Database, case_id: str, seq: int, to: int) -> None:
    database.sql(f"UPDATE history SET seq = :to {PLACE}", case=case_id, seq=seq, to=to)
