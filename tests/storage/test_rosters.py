"""The roster: sealed, replaced as a whole; and who said that they are on duty."""

import asyncio
from pathlib import Path

import pytest

from bot.company_records import OnDuty
from storage.keyring import BLOCK_BYTES, Unopenable
from tests.storage.databases import NOW, Database, after

NAME = "佐藤花子".encode()
ROSTER = b'{"people": [{"id": "p1", "name": "%b"}]}' % NAME


async def replace_roster(storage, roster: bytes = ROSTER) -> int:
    async with storage.write() as tx:
        return await tx.rosters.replace(roster, NOW)


async def test_before_the_first_import_there_is_no_roster(storage) -> None:
    async with storage.read() as tx:
        assert await tx.rosters.read() is None
        assert await tx.rosters.version() == 0


async def test_every_import_takes_the_place_of_the_one_before(database, storage) -> None:
    assert await replace_roster(storage, b"old") == 1
    assert await replace_roster(storage) == 2
    async with storage.read() as tx:
        assert await tx.rosters.read() == ROSTER
        assert await tx.rosters.version() == 2
    assert database.value("SELECT count(*) FROM roster") == 1


async def test_two_imports_at_one_moment_are_two_versions(database, opening) -> None:
    processes = [opening(database), opening(database)]
    versions = await asyncio.gather(
        *(replace_roster(processes[n % 2], b"%d" % n) for n in range(6))
    )
    assert sorted(versions) == [1, 2, 3, 4, 5, 6]
    async with processes[0].read() as tx:
        assert await tx.rosters.read() == b"%d" % versions.index(6)


async def test_every_import_is_sealed_with_a_key_of_its_own(database, storage) -> None:
    stored = set()
    for _ in range(2):
        await replace_roster(storage)
        wrapped, sealed = database.sql("SELECT wrapped, sealed FROM roster")[0]
        assert len(bytes(sealed)) % BLOCK_BYTES == 0
        stored |= {bytes(wrapped), bytes(sealed)}
    assert len(stored) == 4


async def test_another_master_key_opens_no_roster(database, storage, opening) -> None:
    await replace_roster(storage)
    async with opening(database, master=b"\x33" * 32).read() as tx:
        with pytest.raises(Unopenable):
            await tx.rosters.read()


def written(database: Database) -> bytes:
    """Every byte of a SQLite database: the file, its log, whatever lies beside it."""
    file = Path(database.engine().url.database)
    return b"".join(path.read_bytes() for path in sorted(file.parent.glob(f"{file.name}*")))


async def test_no_name_of_a_roster_stands_in_any_byte_of_the_files(on_sqlite, opening) -> None:
    storage = opening(on_sqlite)
    await replace_roster(storage)
    sealed = bytes(on_sqlite.value("SELECT sealed FROM roster"))
    everything = await asyncio.to_thread(written, on_sqlite)
    assert sealed[:64] in everything, "the log is not where it was looked for"
    assert NAME not in everything
    await storage.close()
    assert NAME not in await asyncio.to_thread(written, on_sqlite)


async def test_no_name_of_a_roster_stands_in_a_column(on_postgres, opening) -> None:
    await replace_roster(opening(on_postgres))
    (row,) = on_postgres.sql("SELECT * FROM roster")
    stored = b"".join(bytes(v) for v in row if isinstance(v, (bytes, memoryview)))
    assert NAME not in stored and NAME.decode() not in str(row)


# --- on duty


async def on_duty(storage, now=NOW) -> list[OnDuty]:
    async with storage.read() as tx:
        return list(await tx.rosters.on_duty(now))


async def declare(storage, *rows: OnDuty) -> None:
    async with storage.write() as tx:
        for row in rows:
            await tx.rosters.declare(row)


async def test_whoever_said_so_is_on_duty_until_the_time_runs_out(storage) -> None:
    row = OnDuty("p1", "shinjuku", after(hours=8))
    await declare(storage, row)
    assert await on_duty(storage) == [row]
    assert await on_duty(storage, after(hours=7, minutes=59)) == [row]
    assert await on_duty(storage, after(hours=8)) == []


async def test_saying_it_again_moves_the_end(storage) -> None:
    later = OnDuty("p1", "shinjuku", after(hours=9))
    await declare(storage, OnDuty("p1", "shinjuku", after(hours=8)), later)
    assert await on_duty(storage) == [later]


async def test_somebody_may_be_on_duty_at_two_sites_and_goes_off_duty_at_all(storage) -> None:
    rows = [
        OnDuty("p1", "shibuya", after(hours=8)),
        OnDuty("p1", "shinjuku", after(hours=4)),
        OnDuty("p2", "shinjuku", after(hours=8)),
    ]
    await declare(storage, *rows)
    assert await on_duty(storage) == rows
    async with storage.write() as tx:
        await tx.rosters.off_duty("p1")
        await tx.rosters.off_duty("unknown")
    assert await on_duty(storage) == rows[2:]
