"""Chunks of files, and links that are good once, on both databases."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.case_records import CHUNK_BYTES, Chunk, Copy
from storage.files import TooLong
from storage.keyring import Unopenable
from tests.storage.databases import NOW, REFUSED, Database, file_case

FILE = "f" * 32
TODAY = NOW.date()


async def a_chunk(storage, number: int = 1) -> Chunk:
    return Chunk((await file_case(storage, number)).id, FILE, Copy.ORIGINAL, 0, True)


async def put(storage, chunk: Chunk, text: bytes) -> None:
    async with storage.write() as tx:
        await tx.files.put(chunk, text)


async def get(storage, chunk: Chunk) -> bytes | None:
    async with storage.read() as tx:
        found: bytes | None = await tx.files.get(chunk)
        return found


@pytest.mark.parametrize("size", [0, 1, 5_000, CHUNK_BYTES])
async def test_every_row_has_one_size_whatever_it_holds(
    database: Database, storage, size: int
) -> None:
    chunk = await a_chunk(storage)
    await put(storage, chunk, b"x" * size)
    assert await get(storage, chunk) == b"x" * size
    assert database.value("SELECT length(sealed) FROM evidence_chunk") == 256 * 1024


async def test_more_than_a_row_holds_is_refused(storage) -> None:
    with pytest.raises(TooLong):
        await put(storage, await a_chunk(storage), b"x" * (CHUNK_BYTES + 1))


MOVES = {
    "file_id": "e" * 32,
    "copy": "shown",
    "number": 1,
}


@pytest.mark.parametrize("column", MOVES)
async def test_a_row_that_was_moved_does_not_open(database: Database, storage, column: str) -> None:
    chunk = await a_chunk(storage)
    await put(storage, chunk, b"text")
    database.sql(f"UPDATE evidence_chunk SET {column} = :value", value=MOVES[column])
    value = Copy.SHOWN if column == "copy" else MOVES[column]
    with pytest.raises(Unopenable):
        await get(storage, replace(chunk, **{column: value}))  # type: ignore[arg-type]


async def test_a_row_does_not_open_as_another_cases_or_as_one_in_the_middle(
    database: Database, storage
) -> None:
    chunk = await a_chunk(storage)
    other = await file_case(storage, 2)
    await put(storage, chunk, b"text")
    for wrong in (replace(chunk, case_id=other.id), replace(chunk, last=False)):
        with pytest.raises(Unopenable):
            await get(storage, wrong)


async def test_nothing_opens_once_the_cases_key_is_gone(database: Database, storage) -> None:
    chunk = await a_chunk(storage)
    await put(storage, chunk, b"text")
    database.sql("DELETE FROM case_key")
    assert await get(storage, chunk) is None
    await put(storage, replace(chunk, number=1), b"more")
    assert database.value("SELECT count(*) FROM evidence_chunk") == 1


async def test_one_place_is_written_once(storage) -> None:
    chunk = await a_chunk(storage)
    await put(storage, chunk, b"text")
    with pytest.raises(REFUSED):
        await put(storage, chunk, b"the same place again")
    assert await get(storage, chunk) == b"text"


async def test_a_file_is_forgotten_whole_and_no_other(storage) -> None:
    chunk = await a_chunk(storage)
    kept = replace(chunk, file_id="d" * 32)
    for each in (chunk, replace(chunk, copy=Copy.SHOWN), kept):
        await put(storage, each, b"text")
    async with storage.write() as tx:
        assert await tx.files.count() == 3
        await tx.files.forget(FILE)
        assert await tx.files.case_of(FILE) is None
        assert await tx.files.case_of(kept.file_id) == chunk.case_id
        assert await tx.files.count() == 1


async def test_a_link_is_taken_once(storage) -> None:
    key_mac, secret = b"k" * 32, b"s" * 32
    async with storage.write() as tx:
        await tx.links.put(key_mac, secret, b"what for", TODAY)
    async with storage.write() as tx:
        assert await tx.links.take(b"x" * 32, secret) is None
        assert await tx.links.take(key_mac, secret) == b"what for"
    async with storage.write() as tx:
        assert await tx.links.take(key_mac, secret) is None


async def test_links_of_days_before_are_forgotten(storage) -> None:
    days: list[date] = [TODAY - timedelta(days=n) for n in range(3)]
    async with storage.write() as tx:
        for number, day in enumerate(days):
            await tx.links.put(bytes([number]) * 32, b"s" * 32, b"text", day)
    async with storage.write() as tx:
        assert await tx.links.forget_before(TODAY - timedelta(days=1)) == 1
