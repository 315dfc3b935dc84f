"""The same thefts on PostgreSQL: its data directory, its log, and a dump of every row."""

import hashlib
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psycopg
import pytest

from storage import schema
from tests.support.postgres import Postgres, running_postgres
from tests.thefts.crowd import Town, a_town, fill
from tests.thefts.opened import bytes_in, rows_of
from tests.thefts.robbery import Robbery, rob_database, whole

UNNAMED, NAMED = 3, 3
KNOWN_BESIDE = 200
"""Accounts that a thief knows, beside those who reported."""


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    """A server of its own: nothing else writes to its log."""
    with running_postgres() as server:
        yield server


@pytest.fixture
async def town(server: Postgres, tmp_path: Path) -> AsyncIterator[Town]:
    url = server.url(server.create_database())
    schema.upgrade(url)
    async with a_town(tmp_path, url) as town:
        yield town


def files_of(server: Postgres) -> dict[Path, bytes]:
    """Every file of the data directory, with the log of changes, and what the server said."""
    inside = (server.folder / "data").rglob("*")
    files = [path for path in (*inside, server.folder / "log") if path.is_file()]
    return {path: path.read_bytes() for path in files}


def digests(server: Postgres) -> set[bytes]:
    """What the files hold now, to know later what is new."""
    run(server, "CHECKPOINT", "SELECT pg_switch_wal()")
    return {hashlib.sha256(data).digest() for data in files_of(server).values()}


def run(server: Postgres, *statements: str) -> None:
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


def changed_since(server: Postgres, before: set[bytes]) -> dict[Path, bytes]:
    """The files with anything new in them, without the zeros; a piece of the log that was put
    by under a new name has nothing new."""
    run(server, "CHECKPOINT")
    return {
        path: re.sub(rb"\0{64,}", bytes(64), data)
        for path, data in files_of(server).items()
        if hashlib.sha256(data).digest() not in before
    }


async def test_no_file_of_postgresql_and_no_dump_gives_what_it_must_not(
    server: Postgres, town: Town
) -> None:
    before = digests(server)
    await fill(town, UNNAMED, NAMED)
    assert whole(town) == []
    taken = changed_since(server, before)
    folders = {part for path in taken for part in path.parts}
    assert {"base", "pg_wal"} <= folders, "neither the tables nor the log"
    rows = rows_of(town.database)
    for sealed in (row["sealed"] for row in rows["case_file"]):  # so that it is the right files
        where = {path.parent.name for path, data in taken.items() if bytes(sealed)[:64] in data}
        assert "pg_wal" in where and len(where) > 1
    dump = b"\n".join(bytes_in(of_table) for of_table in rows.values())
    victims = [victim.account for victim in town.victims if victim.account]
    found = Robbery(town, sorted({*victims, *town.ids[:KNOWN_BESIDE]}))
    rob_database(found, b"\n".join([*taken.values(), dump]))
    assert found.findings == []
    assert found.looked_at > 500_000
