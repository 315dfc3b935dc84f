"""What a person wrote opens under the right key at the right place, and nowhere else."""

import pytest

from bot.case_records import Author, Message
from storage.keyring import BLOCK_BYTES, Unopenable
from tests.storage.databases import NOW, a_body, file_case

WORDS = "客に一時間どなられた。".encode()
SEALED = ("case_file", "identity", "health", "history", "message")


async def test_a_body_comes_back_as_it_was_written(storage) -> None:
    case = await file_case(storage, content=WORDS)
    async with storage.read() as tx:
        assert (await tx.cases.body(case.id)).content == WORDS


async def test_a_body_can_be_written_anew_and_the_revision_counts_it(storage) -> None:
    case = await file_case(storage, content=WORDS)
    async with storage.write() as tx:
        await tx.cases.set_body(case.id, a_body(b"corrected"))
    async with storage.read() as tx:
        assert (await tx.cases.body(case.id)).content == b"corrected"
        assert (await tx.cases.get(case.id)).rev == case.rev + 1


async def test_no_written_word_stands_in_the_database(database, storage) -> None:
    case = await file_case(storage, content=WORDS)
    async with storage.write() as tx:
        await tx.messages.add(case.id, Message(Author.REPORTER, NOW, "aizuchi"))
        await tx.history.append(case.id, NOW, "desk", "opened", {"person": "aizuchi"})
    for table in (*SEALED, "case_key"):
        for row in database.sql(f"SELECT * FROM {table}"):
            stored = b"".join(bytes(v) for v in row if isinstance(v, (bytes, memoryview)))
            assert WORDS not in stored
            assert b"aizuchi" not in stored
            assert "aizuchi" not in str(row)


@pytest.mark.parametrize("column", ["sealed"])
async def test_bodies_swapped_between_two_cases_do_not_open(database, storage, column) -> None:
    first, second = await file_case(storage, 1), await file_case(storage, 2)
    found = dict(tuple(r) for r in database.sql(f"SELECT id, {column} FROM case_file"))
    for here, there in ((first, second), (second, first)):
        database.sql(
            f"UPDATE case_file SET {column} = :v WHERE id = :id", v=found[here.id], id=there.id
        )
    async with storage.read() as tx:
        for case in (first, second):
            with pytest.raises(Unopenable):
                await tx.cases.body(case.id)


async def test_keys_swapped_together_with_the_bodies_do_not_open_either(database, storage) -> None:
    first, second = await file_case(storage, 1), await file_case(storage, 2)
    for table, name, column in (
        ("case_file", "id", "sealed"),
        ("case_key", "case_id", "wrapped"),
    ):
        found = dict(tuple(r) for r in database.sql(f"SELECT {name}, {column} FROM {table}"))
        database.sql(
            f"UPDATE {table} SET {column} = :v WHERE {name} = :id",
            v=found[first.id],
            id=second.id,
        )
    async with storage.read() as tx:
        assert (await tx.cases.body(first.id)).content == b"words"
        with pytest.raises(Unopenable):
            await tx.cases.body(second.id)


async def test_a_body_with_one_bit_changed_does_not_open(database, storage) -> None:
    case = await file_case(storage)
    sealed = bytearray(database.value("SELECT sealed FROM case_file"))
    sealed[40] ^= 1
    database.sql("UPDATE case_file SET sealed = :v", v=bytes(sealed))
    async with storage.read() as tx:
        with pytest.raises(Unopenable):
            await tx.cases.body(case.id)


async def test_another_master_key_opens_nothing(database, storage, opening) -> None:
    case = await file_case(storage)
    async with storage.write() as tx:
        await tx.history.append(case.id, NOW, "desk", "opened", {})
        await tx.messages.add(case.id, Message(Author.DESK, NOW, "hello"))
        key = await tx.draft_keys.of_day(NOW.date())
    async with opening(database, master=b"\x33" * 32).read() as tx:
        for opened in (
            tx.cases.body(case.id),
            tx.history.of_case(case.id),
            tx.messages.of_case(case.id),
            tx.draft_keys.by_id(key.id),
        ):
            with pytest.raises(Unopenable):
                await opened


@pytest.mark.parametrize("length", [0, 1, 478, 479, 480, 512, 5000])
async def test_every_sealed_value_fills_whole_blocks(database, storage, length: int) -> None:
    case = await file_case(storage, content=b"x" * length)
    async with storage.write() as tx:
        await tx.history.append(case.id, NOW, "desk", "opened", {"note": "x" * length})
        await tx.messages.add(case.id, Message(Author.DESK, NOW, "x" * length))
    for table in SEALED:
        size = database.value(f"SELECT length(sealed) FROM {table}")
        assert size > 0 and size % BLOCK_BYTES == 0
    async with storage.read() as tx:
        assert (await tx.cases.body(case.id)).content == b"x" * length


async def test_short_texts_cannot_be_told_apart_by_their_size(database, storage) -> None:
    await file_case(storage, 1, b"yes")
    await file_case(storage, 2, b"no, and it hurt me a lot more than I can say here")
    assert len(database.sql("SELECT DISTINCT length(sealed) FROM case_file")) == 1


async def test_a_destroyed_case_key_takes_every_word_of_the_case_with_it(database, storage) -> None:
    case, other = await file_case(storage, 1), await file_case(storage, 2)
    async with storage.write() as tx:
        for seen in (case, other):
            await tx.history.append(seen.id, NOW, "desk", "opened", {"person": "sato"})
            await tx.messages.add(seen.id, Message(Author.DESK, NOW, "hello"))
    database.sql("DELETE FROM case_key WHERE case_id = :id", id=case.id)
    async with storage.read() as tx:
        assert await tx.cases.body(case.id) is None
        assert await tx.history.of_case(case.id) == []
        assert await tx.messages.of_case(case.id) == []
        assert await tx.history.first_broken(case.id) is None
        assert await tx.cases.get(case.id) == case
        assert (await tx.cases.body(other.id)).content == b"words"


async def test_nothing_more_is_written_to_a_case_without_its_key(database, storage) -> None:
    case = await file_case(storage)
    database.sql("DELETE FROM case_key")
    async with storage.write() as tx:
        await tx.cases.set_body(case.id, a_body(b"again"))
        await tx.history.append(case.id, NOW, "desk", "opened", {})
        await tx.messages.add(case.id, Message(Author.DESK, NOW, "hello"))
    assert database.value("SELECT count(*) FROM history") == 0
    assert database.value("SELECT count(*) FROM message") == 0
    assert database.value("SELECT rev FROM case_file") == 0
