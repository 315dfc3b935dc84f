"""Everything or nothing, one writer at a time where it must be, and no words in errors."""

import asyncio
import resource
import signal
import traceback
from dataclasses import replace

import pytest
from sqlalchemy import make_url

from bot.case_records import CaseState, Message
from bot.ports import Storage
from bot.work_records import NewJob
from storage.engines import database_url, open_pools
from storage.postgres import PostgresLink
from tests.storage.databases import (
    FAILED,
    NOW,
    REFUSED,
    Database,
    a_body,
    a_card,
    a_case,
    a_duty,
    draft_mac,
    file_case,
)

TABLES = ("case_file", "case_key", "duty", "card", "job", "history", "message", "draft_key")


class PulledPlug(Exception):
    """The process dies in the middle."""


async def file_and_fail(storage: Storage) -> None:
    case = a_case()
    async with storage.write() as tx:
        await tx.cases.add(case, a_body(b"words"), draft_mac(1))
        await tx.duties.add([a_duty(case)])
        await tx.cards.add(a_card(case))
        await tx.history.append(case.id, NOW, "reporter", "filed", {})
        await tx.messages.add(case.id, Message("reporter", NOW, "hello"))
        await tx.jobs.enqueue([NewJob("card", "a", NOW, dedup="card:a")])
        await tx.draft_keys.of_day(NOW.date())
        raise PulledPlug


async def test_a_transaction_that_fails_leaves_nothing(database, storage) -> None:
    with pytest.raises(PulledPlug):
        await file_and_fail(storage)
    for table in TABLES:
        assert database.value(f"SELECT count(*) FROM {table}") == 0, table


async def test_a_transaction_that_is_cancelled_leaves_nothing(database, storage) -> None:
    written, never = asyncio.Event(), asyncio.Event()

    async def hang() -> None:
        async with storage.write() as tx:
            await tx.cases.add(a_case(), a_body(b"words"), draft_mac(1))
            written.set()
            await never.wait()

    hanging = asyncio.create_task(hang())
    await written.wait()
    hanging.cancel()
    with pytest.raises(asyncio.CancelledError):
        await hanging
    assert database.value("SELECT count(*) FROM case_file") == 0
    await file_case(storage)


async def test_what_is_committed_is_there_for_the_next_process(database, opening) -> None:
    here, there = opening(database), opening(database)
    case = await file_case(here)
    async with there.read() as tx:
        assert await tx.cases.get(case.id) == case


async def test_a_reader_sees_one_state_from_its_beginning_to_its_end(database, opening) -> None:
    here, there = opening(database), opening(database)
    case = await file_case(here)
    async with here.read() as tx:
        before = await tx.cases.get(case.id)
        async with there.write() as other:
            await other.cases.set_state(case.id, CaseState.CLOSED)
            await other.duties.add([a_duty(case)])
        assert await tx.cases.get(case.id) == before
        assert await tx.duties.of_case(case.id) == []
    async with here.read() as tx:
        assert (await tx.cases.get(case.id)).state is CaseState.CLOSED


async def test_a_reader_cannot_write(database, storage) -> None:
    case = await file_case(storage)
    with pytest.raises(FAILED):
        async with storage.read() as tx:
            await tx.cases.set_state(case.id, CaseState.CLOSED)
    async with storage.write() as tx:
        assert (await tx.cases.get(case.id)).state is CaseState.OPEN


async def test_a_writer_may_read_first_and_write_later_whoever_else_writes(
    database, opening
) -> None:
    here, there = opening(database), opening(database)
    case = await file_case(here)
    both_started = asyncio.Event()

    async def other_writer() -> None:
        both_started.set()
        async with there.write() as tx:
            await tx.cases.lock(case.id)
            await tx.history.append(case.id, NOW, "there", "opened", {})

    async with here.write() as tx:
        assert await tx.cases.lock(case.id) == case
        racing = asyncio.create_task(other_writer())
        await both_started.wait()
        assert await tx.history.of_case(case.id) == []
        await tx.history.append(case.id, NOW, "here", "opened", {})
    await racing
    async with here.read() as tx:
        assert [line.actor for line in await tx.history.of_case(case.id)] == ["here", "there"]


async def test_a_held_case_is_held_against_every_other_writer(database, opening) -> None:
    processes = [opening(database), opening(database)]
    case = await file_case(processes[0])

    async def count_up(number: int) -> None:
        async with processes[number % 2].write() as tx:
            await tx.cases.lock(case.id)
            body = await tx.cases.body(case.id)
            await tx.cases.set_body(case.id, replace(body, content=body.content + b"!"))

    await asyncio.gather(*map(count_up, range(20)))
    async with processes[0].read() as tx:
        assert (await tx.cases.body(case.id)).content == b"words" + b"!" * 20
        assert (await tx.cases.get(case.id)).rev == 20


async def test_foreign_keys_are_on(database, storage) -> None:
    with pytest.raises(REFUSED):
        async with storage.write() as tx:
            await tx.cards.add(a_card(a_case()))
    case = await file_case(storage)
    with pytest.raises(REFUSED):
        async with storage.write() as tx:
            await tx.cards.add(a_card(case, duty_id="unknown"))


async def test_a_database_that_goes_away_without_a_word_is_found_out_soon(
    on_postgres: Database,
) -> None:
    # Nothing here can cut a line: what is asked of the system is looked at.
    asked = await asked_of_system(on_postgres.url)
    assert int(asked["tcp_user_timeout"]) <= 30_000
    probes = int(asked["keepalives_interval"]) * int(asked["keepalives_count"])
    assert int(asked["keepalives_idle"]) + probes <= 30
    assert int(asked["connect_timeout"]) <= 30
    own = await asked_of_system(f"{on_postgres.url}&tcp_user_timeout=5000")
    assert own["tcp_user_timeout"] == "5000", "what an address says stands"


async def asked_of_system(url: str) -> dict[str, str]:
    link = await PostgresLink.open(make_url(url))
    asked = link._connection.info.get_parameters()
    await link.close()
    return asked


async def test_sqlite_is_told_to_keep_what_it_took_and_to_forget_what_it_deleted(
    on_sqlite: Database,
) -> None:
    wanted = {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "secure_delete": 1,
        "busy_timeout": 30000,
    }
    for access in open_pools(on_sqlite.url):
        link = await access.begin()
        found = {name: (await link.fetch(f"PRAGMA {name}", ()))[0][0] for name in wanted}
        await access.pool.abandon(link)
        assert found == wanted


async def test_on_sqlite_a_deleted_key_is_not_left_in_the_file(on_sqlite, opening) -> None:
    storage = opening(on_sqlite)
    async with storage.write() as tx:
        await tx.draft_keys.of_day(NOW.date())
    wrapped = on_sqlite.value("SELECT wrapped FROM draft_key")
    await asyncio.to_thread(checkpoint, on_sqlite)
    file = database_url(on_sqlite.url).database
    assert wrapped in await asyncio.to_thread(_bytes, file)
    async with storage.write() as tx:
        await tx.draft_keys.destroy_before(NOW.date().replace(year=2030))
    await storage.close()
    await asyncio.to_thread(checkpoint, on_sqlite)
    assert wrapped not in await asyncio.to_thread(_bytes, file)


def checkpoint(database: Database) -> None:
    """Brings what was written from the log into the file itself."""
    assert database.value("PRAGMA wal_checkpoint(TRUNCATE)") == 0


def _bytes(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


def everything_said(error: BaseException) -> str:
    """An error as a log would show it, with all that caused it."""
    return "".join(traceback.format_exception(error)) + repr(error)


async def test_no_failing_statement_repeats_what_it_was_given(database, storage) -> None:
    case = await file_case(storage)
    secret = "tanaka-was-shouted-at"
    failing = (
        lambda tx: tx.cards.add(a_card(case, address=secret, duty_id="unknown")),
        lambda tx: tx.cards.add(a_card(replace(case, id=secret))),
        lambda tx: tx.board.post(secret, secret, "99", secret, NOW),
        lambda tx: tx.board.post(secret, secret, None, None, NOW),
    )
    for fail in failing:
        with pytest.raises(REFUSED) as caught:
            async with storage.write() as tx:
                await fail(tx)
        assert secret not in everything_said(caught.value)
        assert NOW.isoformat(" ") not in everything_said(caught.value)


async def test_no_doubled_value_is_repeated_either(storage) -> None:
    secret = "tanaka-was-shouted-at"
    card = a_card(await file_case(storage), address=secret)

    async def add(card_id: str) -> None:
        async with storage.write() as tx:
            await tx.cards.add(replace(card, id=card_id))

    await add("1")
    with pytest.raises(REFUSED) as caught:
        await add(secret)
    assert "card" in str(caught.value)
    assert secret not in everything_said(caught.value)


async def test_a_database_that_takes_writes_passes_the_check_and_is_left_as_it_was(
    database, storage
) -> None:
    await file_case(storage)
    await storage.check()
    assert database.value("SELECT rev FROM case_file") == 0


async def test_the_check_finds_a_full_disk(on_sqlite: Database, opening) -> None:
    storage = opening(on_sqlite)
    await file_case(storage)
    await storage.check()
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1, before[1]))  # no file may grow
        with pytest.raises(FAILED):
            await storage.check()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)
    await storage.check()


async def test_the_check_finds_missing_tables(empty_database: Database, opening) -> None:
    with pytest.raises(FAILED):
        await opening(empty_database).check()


async def test_the_check_finds_a_database_that_only_reads(on_postgres: Database, opening) -> None:
    name = on_postgres.value("SELECT current_database()")
    on_postgres.sql(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    with pytest.raises(FAILED):
        await opening(on_postgres).check()
