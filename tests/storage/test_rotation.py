"""The master key is replaced while the service works: nothing fails, and nothing is unreadable."""

import asyncio
import io
from pathlib import Path

import pytest

from bot.case_records import Author, Message, Part
from bot.key_commands import rotate_keys, use_newest_key
from bot.key_sources import KeySource, KeySourceError
from storage.keyring import Keyring
from storage.masters import WrongMasterKey, masters_missing
from storage.store import SqlStorage
from storage.tables import metadata
from storage.wrapped_keys import KEPT
from tests.storage.databases import NOW, Database, a_body, a_case, file_case
from tests.support.world import SeededEntropy

OLD, NEW, LOST = "11" * 32, "33" * 32, "55" * 32


def opened(database: Database, path: Path, seed: int) -> SqlStorage:
    """A process whose master keys stand in a file."""
    chance = SeededEntropy(seed).bytes
    source = KeySource("MASTER", f"file:{path}")
    return SqlStorage(database.url, Keyring(source.keys, chance), chance)


async def test_the_master_key_is_replaced_under_load_with_no_failure_and_no_unreadable_case(
    database: Database, tmp_path: Path
) -> None:
    keys = tmp_path / "master.key"
    write_keys(keys, OLD)
    service, command = opened(database, keys, 1), opened(database, keys, 2)
    for number in range(1, 61):
        await file_case(service, number)
    filed, read, done = 60, 0, False

    async def works() -> None:
        nonlocal filed
        while not done:
            filed += 1
            case = await file_case(service, filed)
            async with service.write() as tx:
                await tx.messages.add(case.id, Message(Author.DESK, NOW, "hello"))

    async def reads() -> None:
        nonlocal read
        while not done:
            async with service.read() as tx:
                assert (await tx.cases.body(a_case(1 + read % 60).id)).content == b"words"
            read += 1

    load = [asyncio.create_task(works()), asyncio.create_task(reads())]
    await asyncio.sleep(0.1)
    write_keys(keys, NEW, OLD)
    await rotate_keys(command, io.StringIO())
    await asyncio.sleep(0.1)
    done = True
    await asyncio.gather(*load)
    out = io.StringIO()
    await rotate_keys(command, out)
    assert filed > 62 and read > 2
    assert len(out.getvalue().splitlines()) == 3  # one master key wraps everything
    write_keys(keys, NEW)
    fresh = opened(database, keys, 3)
    async with fresh.read() as tx:
        for number in range(1, filed + 1):
            assert (await tx.cases.body(a_case(number).id)).content == b"words"
    for storage in (service, command, fresh):
        await storage.close()


def write_keys(path: Path, *keys: str) -> None:
    path.write_text("\n".join(keys))


async def test_every_kind_of_key_is_wrapped_anew(database: Database, tmp_path: Path) -> None:
    keys = tmp_path / "master.key"
    write_keys(keys, OLD)
    before = opened(database, keys, 1)
    case = await file_case(before)
    async with before.write() as tx:
        day = await tx.draft_keys.of_day(NOW.date())
        await tx.rosters.replace(b"roster", NOW)
        await tx.history.append(case.id, NOW, "desk", "opened", {"a": "b"})
    write_keys(keys, NEW, OLD)
    out = io.StringIO()
    await rotate_keys(before, out)
    assert out.getvalue().startswith("Keys wrapped anew: 5.")
    write_keys(keys, NEW)
    after = opened(database, keys, 2)
    async with after.read() as tx:
        assert (await tx.draft_keys.by_id(day.id)).key == day.key
        assert await tx.rosters.read() == b"roster"
        assert await tx.cases.body(case.id, opening=Part) == a_body()
        assert (await tx.history.of_case(case.id))[0].detail == {"a": "b"}
    await before.close()
    await after.close()


def test_no_table_with_wrapped_keys_is_left_out() -> None:
    wrapped = {table.name for table in metadata.tables.values() if "wrapped" in table.c}
    assert wrapped == {kept.table.name for kept in KEPT}


async def test_without_the_old_key_nothing_is_wrapped_anew_and_nothing_is_lost(
    database: Database, tmp_path: Path
) -> None:
    keys = tmp_path / "master.key"
    write_keys(keys, OLD)
    right = opened(database, keys, 1)
    case = await file_case(right)
    other = tmp_path / "other.key"
    write_keys(other, NEW)
    wrong = opened(database, other, 2)
    out = io.StringIO()
    assert await rotate_keys(wrong, out) == 1
    assert "Keys wrapped anew: 0." in out.getvalue() and "is not set" in out.getvalue()
    assert "No other master key is needed" not in out.getvalue()
    async with right.read() as tx:
        assert (await tx.cases.body(case.id)).content == b"words"
    await right.close()
    await wrong.close()


async def test_what_another_key_wrapped_is_named_and_keeps_nothing_else_from_being_wrapped_anew(
    database: Database, tmp_path: Path
) -> None:
    keys = tmp_path / "master.key"
    write_keys(keys, LOST)
    lost = opened(database, keys, 1)
    await file_case(lost, 1)
    write_keys(keys, OLD)
    right = opened(database, keys, 2)
    await file_case(right, 2)
    write_keys(keys, NEW, OLD)
    out = io.StringIO()
    assert await rotate_keys(right, out) == 1
    named = Keyring(bytes.fromhex(LOST), bytes).kek_id
    assert out.getvalue().startswith("Keys wrapped anew: 3.")
    assert f"Master key {named} wraps 3, and is not set: add it after the others." in out.getvalue()
    await lost.close()
    await right.close()


async def test_a_key_that_opens_nothing_of_what_is_there_is_noticed(database: Database) -> None:
    old, new = (Keyring(bytes.fromhex(key), SeededEntropy().bytes) for key in (OLD, NEW))
    assert masters_missing(database.url, new.ids) == set()  # of an empty database nothing is asked
    storage = SqlStorage(database.url, old, SeededEntropy().bytes)
    for number in range(1, 4):
        await file_case(storage, number)
    assert masters_missing(database.url, old.ids) == set()
    assert masters_missing(database.url, old.ids | new.ids) == set()
    with pytest.raises(WrongMasterKey, match=old.kek_id):
        masters_missing(database.url, new.ids)
    await storage.close()
    both = Keyring(lambda: [bytes.fromhex(key) for key in (NEW, OLD)], SeededEntropy().bytes)
    storage = SqlStorage(database.url, both, SeededEntropy(2).bytes)
    await file_case(storage, 4)
    assert masters_missing(database.url, new.ids) == {old.kek_id}  # a change was not finished
    await storage.close()


# --- a key that a running service does not read again


def with_written(database: Database, seed: int, *keys: str) -> SqlStorage:
    """A process whose master keys were set when it began."""
    chance = SeededEntropy(seed).bytes
    ring = KeySource("MASTER", " ".join(keys)).keys
    return SqlStorage(database.url, Keyring(ring, chance), chance)


async def test_under_a_service_that_does_not_have_the_new_key_nothing_is_wrapped_anew(
    database: Database,
) -> None:
    service = with_written(database, 1, OLD)
    await file_case(service, 1)
    command = with_written(database, 2, NEW, OLD)
    out = io.StringIO()
    assert await rotate_keys(command, out, read_again=False) == 1
    assert "Begin every service anew" in out.getvalue()
    async with service.read() as tx:
        assert (await tx.cases.body(a_case(1).id)).content == b"words"
    await file_case(service, 2)
    async with command.read() as tx:
        assert (await tx.cases.body(a_case(2).id)).content == b"words"
    await service.close()
    await command.close()


async def test_once_a_service_has_begun_with_the_new_key_all_is_wrapped_by_it(
    database: Database,
) -> None:
    before = with_written(database, 1, OLD)
    await file_case(before, 1)
    await before.close()
    service = with_written(database, 2, NEW, OLD)
    await use_newest_key(service)  # as it begins
    command, out = with_written(database, 3, NEW, OLD), io.StringIO()
    assert await rotate_keys(command, out, read_again=False) == 0
    assert "No other master key is needed" in out.getvalue()
    await file_case(service, 2)
    after = with_written(database, 4, NEW)
    async with after.read() as tx:
        for number in (1, 2):
            assert (await tx.cases.body(a_case(number).id)).content == b"words"
    for storage in (service, command, after):
        await storage.close()


def test_only_a_file_is_read_again() -> None:
    settings = ("file:/etc/key", "command:read-key", OLD)
    assert [KeySource("K", each).read_again for each in settings] == [True, False, False]


# --- where keys come from


def test_a_ring_is_several_keys_in_one_place() -> None:
    assert KeySource("K", f"{NEW} {OLD}").keys() == (bytes.fromhex(NEW), bytes.fromhex(OLD))
    assert KeySource("K", f"{NEW},{OLD}\n").keys() == (bytes.fromhex(NEW), bytes.fromhex(OLD))


def test_a_command_gives_the_key_of_a_key_service() -> None:
    assert KeySource("K", f"command:echo {NEW}").keys() == (bytes.fromhex(NEW),)


def test_a_changed_file_is_read_again_and_a_broken_one_is_not(tmp_path: Path) -> None:
    path = tmp_path / "key"
    write_keys(path, OLD)
    source = KeySource("K", f"file:{path}")
    assert source.keys() == (bytes.fromhex(OLD),)
    write_keys(path, NEW, OLD)
    assert source.keys()[0] == bytes.fromhex(NEW)
    path.write_text("half a k")
    assert source.keys()[0] == bytes.fromhex(NEW)
    path.unlink()
    assert source.keys()[0] == bytes.fromhex(NEW)


@pytest.mark.parametrize(
    "setting",
    [
        "",
        "abcd",
        OLD[:-1],
        f"{OLD} hunter2",
        "file:/nowhere/key",
        "command:false",
        "command:nope-x",
    ],
)
def test_what_is_no_key_is_refused_and_never_repeated(setting: str) -> None:
    with pytest.raises(KeySourceError) as error:
        KeySource("MAMORI_MASTER_KEY", setting).keys()
    assert str(error.value).startswith("MAMORI_MASTER_KEY: ")
    for word in ("hunter2", "abcd", OLD[:-1]):
        assert word not in str(error.value)
