"""Where Teams told us to write: sealed, one row a key, and nothing about when."""

import pytest

from storage.keyring import BLOCK_BYTES, Unopenable
from storage.tables import teams_reference

KEY, OTHER = b"k" * 32, b"o" * 32
PLACE = b'["https://smba.example/emea/", "a:1"]'


async def put(storage, key: bytes = KEY, reference: bytes = PLACE) -> None:
    async with storage.write() as tx:
        await tx.references.put(key, reference)


async def find(storage, key: bytes = KEY) -> bytes | None:
    async with storage.read() as tx:
        found: bytes | None = await tx.references.find(key)
        return found


async def test_what_was_put_is_found_under_its_key_alone(storage) -> None:
    assert await find(storage) is None
    await put(storage)
    assert await find(storage) == PLACE
    assert await find(storage, OTHER) is None


async def test_the_newest_takes_the_place_of_what_stood_there(database, storage) -> None:
    await put(storage)
    await put(storage, reference=b"newer")
    assert await find(storage) == b"newer"
    assert database.value("SELECT count(*) FROM teams_reference") == 1


async def test_what_was_dropped_is_gone(database, storage) -> None:
    await put(storage)
    await put(storage, OTHER)
    async with storage.write() as tx:
        await tx.references.drop(KEY)
    assert (await find(storage), await find(storage, OTHER)) == (None, PLACE)


async def test_a_row_tells_nothing_and_has_no_time(database, storage) -> None:
    await put(storage)
    (row,) = database.sql("SELECT * FROM teams_reference")
    stored = [bytes(one) for one in row if not isinstance(one, str)]
    assert not any(b"smba" in one or b"a:1" in one for one in stored)
    (sealed,) = database.sql("SELECT sealed FROM teams_reference")[0]
    assert len(bytes(sealed)) % BLOCK_BYTES == 0
    assert {column.name for column in teams_reference.c} == {
        "key_mac",
        "kek_id",
        "wrapped",
        "sealed",
    }


async def test_a_row_moved_to_another_key_does_not_open(database, storage) -> None:
    await put(storage)
    database.sql("UPDATE teams_reference SET key_mac = :key", key=OTHER)
    with pytest.raises(Unopenable):
        await find(storage, OTHER)
