"""Installations: their tokens are sealed, and one process at a time fetches a new one."""

import asyncio

import pytest

from bot.company_records import Install
from storage.keyring import BLOCK_BYTES, Unopenable
from tests.storage.databases import MASTER, NOW, after

GRANT = b'{"token": "xoxe.xoxb-secret"}'
HERE = Install("slack:T0HINATA", GRANT, after(hours=12))


async def put(storage, install: Install = HERE) -> None:
    async with storage.write() as tx:
        await tx.installs.put(install)


async def all_of(storage) -> list[Install]:
    async with storage.read() as tx:
        return list(await tx.installs.all())


async def test_what_an_installation_gave_comes_back_until_it_is_removed(storage) -> None:
    org = Install("slack:E0ORG.", b"{}", None)
    await put(storage)
    await put(storage, org)
    assert await all_of(storage) == [org, HERE]
    async with storage.write() as tx:
        assert await tx.installs.remove(HERE.id)
        assert not await tx.installs.remove(HERE.id)
    assert await all_of(storage) == [org]


async def test_a_newer_grant_takes_the_place_of_the_one_before(database, storage) -> None:
    newer = Install(HERE.id, b'{"token": "two"}', after(hours=24))
    await put(storage)
    await put(storage, newer)
    assert await all_of(storage) == [newer]
    assert database.value("SELECT count(*) FROM install") == 1


async def test_no_token_stands_in_the_database_and_each_has_a_key_of_its_own(
    database, storage, opening
) -> None:
    await put(storage)
    await put(storage, Install("slack:T0OTHER", GRANT, None))
    rows = database.sql("SELECT wrapped, sealed FROM install")
    assert all(len(bytes(sealed)) % BLOCK_BYTES == 0 for _, sealed in rows)
    assert len({bytes(part) for row in rows for part in row}) == 4
    assert not any(b"xoxb" in bytes(sealed) for _, sealed in rows)
    async with opening(database, master=b"\x33" * 32).read() as tx:
        with pytest.raises(Unopenable):
            await tx.installs.all()


async def test_a_grant_that_was_moved_to_another_place_does_not_open(database, storage) -> None:
    await put(storage)
    database.sql("UPDATE install SET id = 'slack:T0OTHER'")
    with pytest.raises(Unopenable):
        await all_of(storage)


async def test_one_process_at_a_time_fetches_a_new_token(database, opening) -> None:
    processes = [opening(database), opening(database)]
    await put(processes[0])

    async def hold(number: int, now=NOW) -> bool:
        async with processes[number % 2].write() as tx:
            return await tx.installs.hold(HERE, now, after(seconds=30))

    assert sorted(await asyncio.gather(*(hold(n) for n in range(6)))) == [False] * 5 + [True]
    assert await hold(1, after(seconds=30))
    newer = Install(HERE.id, b"{}", after(hours=24))
    await put(processes[1], newer)
    assert not await hold(0, after(seconds=90))
    async with processes[0].write() as tx:
        assert await tx.installs.hold(newer, NOW, after(seconds=30))


async def test_a_new_master_key_wraps_installations_too(database, storage, opening) -> None:
    newer = b"\x44" * 32
    await put(storage)
    async with opening(database, master=lambda: (newer, MASTER)).write() as tx:
        assert await tx.keys.rewrap(10) == 1
    assert await all_of(opening(database, master=newer)) == [HERE]
    with pytest.raises(Unopenable):
        await all_of(storage)
