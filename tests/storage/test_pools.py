"""Connections in reserve: none is lost, and none is used that is in a state nobody knows."""

import asyncio
import subprocess
import sys

import pytest

from storage.engines import POSTGRES_CONNECTIONS, SQLITE_READERS
from tests.storage.databases import FAILED, ROOT, Database, a_body, a_case, draft_mac, file_case
from tests.support.postgres import Postgres

OTHERS = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


async def works(storage) -> bool:
    """Whether as many transactions as there are places, and more, can be had at once."""

    async def read() -> None:
        async with storage.read() as tx:
            await tx.jobs.next_due()

    await asyncio.gather(*(read() for _ in range(POSTGRES_CONNECTIONS * 2)))
    async with asyncio.timeout(10):
        await storage.check()
    return True


async def test_more_transactions_than_connections_wait_for_each_other(storage) -> None:
    inside, most = 0, 0

    async def read() -> None:
        nonlocal inside, most
        async with storage.read() as tx:
            inside += 1
            most = max(most, inside)
            await tx.jobs.next_due()
            inside -= 1

    await asyncio.gather(*(read() for _ in range(30)))
    assert 1 < most <= max(POSTGRES_CONNECTIONS, SQLITE_READERS)


async def test_connections_are_kept_for_the_next_transaction(on_postgres, opening) -> None:
    storage = opening(on_postgres)
    for _ in range(5):
        await storage.check()
    assert on_postgres.value(f"SELECT count(*) {OTHERS}") == 1


async def test_a_server_that_was_restarted_is_found_again(on_postgres, opening) -> None:
    storage = opening(on_postgres)
    assert await works(storage)
    assert on_postgres.value(f"SELECT count(pg_terminate_backend(pid)) {OTHERS}") > 1
    assert await works(storage)


async def test_a_connection_that_breaks_in_use_takes_its_transaction_with_it(
    on_postgres, opening
) -> None:
    storage = opening(on_postgres)
    with pytest.raises(FAILED):
        await _file_and_be_cut_off(storage, on_postgres)
    assert on_postgres.value("SELECT count(*) FROM case_file") == 0
    assert await works(storage)


async def _file_and_be_cut_off(storage, database: Database) -> None:
    async with storage.write() as tx:
        await tx.cases.add(a_case(), a_body(b"words"), draft_mac(1))
        database.sql(f"SELECT pg_terminate_backend(pid) {OTHERS}")
        await tx.cases.get(a_case().id)


async def test_whoever_stops_waiting_takes_no_place_away(database, opening) -> None:
    storage = opening(database)

    async def write() -> None:
        async with storage.write() as tx:
            await tx.cases.get("unknown")

    # Enough of them that some hold a connection and some wait for one, on either database.
    for stop_after in range(8):
        writing = [asyncio.create_task(write()) for _ in range(POSTGRES_CONNECTIONS + 2)]
        for _ in range(stop_after):
            await asyncio.sleep(0)
        for task in writing:
            task.cancel()
        await asyncio.gather(*writing, return_exceptions=True)
    assert await works(storage)
    await file_case(storage)


async def test_a_database_that_is_not_there_yet_may_come_later(
    postgres: Postgres, opening, postgres_at_head: str
) -> None:
    missing = f"{postgres_at_head}_later"
    storage = opening(Database(postgres.url(missing)))
    for _ in range(POSTGRES_CONNECTIONS + 1):
        with pytest.raises(FAILED):
            await storage.check()
    maintenance = Database(postgres.url("postgres"))
    await asyncio.to_thread(_copy, maintenance, postgres_at_head, missing)
    assert await works(storage)
    await storage.close()
    postgres.drop_database(missing)


def _copy(maintenance: Database, name: str, to: str) -> None:
    with maintenance.engine().connect() as connection:
        connection = connection.execution_options(isolation_level="AUTOCOMMIT")
        connection.exec_driver_sql(f"CREATE DATABASE {to} TEMPLATE {name}")


FAILING = """
import asyncio, sys
from secrets import token_bytes
from storage.keyring import Keyring
from storage.store import SqlStorage

async def fail(url):
    await SqlStorage(url, Keyring(bytes(32), token_bytes), token_bytes).check()
    raise SystemExit(7)

asyncio.run(fail(sys.argv[1]))
"""


def test_a_process_that_fails_ends_though_it_closed_nothing(database) -> None:
    command = [sys.executable, "-W", "ignore", "-c", FAILING, database.url]
    assert subprocess.run(command, cwd=ROOT, check=False, timeout=60).returncode == 7


async def test_a_transaction_in_hand_may_end_after_the_storage_was_closed(
    database, opening
) -> None:
    storage = opening(database)
    async with storage.write() as tx:
        await storage.close()
        await tx.cases.add(a_case(), a_body(b"words"), draft_mac(1))
    assert database.value("SELECT count(*) FROM case_file") == 1
    if database.kind == "postgresql":
        async with asyncio.timeout(10):  # the server notices a moment later
            while await asyncio.to_thread(database.value, f"SELECT count(*) {OTHERS}"):
                pass
