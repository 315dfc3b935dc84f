"""Databases to test against: a SQLite file and a real PostgreSQL, each test with its own."""

import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest

from storage import schema
from storage.keyring import Keyring
from storage.store import SqlStorage
from tests.storage.databases import MASTER, Database
from tests.support.postgres import Postgres, running_postgres
from tests.support.world import SeededEntropy

BOTH = ("sqlite", "postgresql")

Opening = Callable[..., SqlStorage]


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server for all tests. Where it does not start, they fail and say why."""
    with running_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_at_head(postgres: Postgres) -> str:
    """A database that stands at the newest tables, to copy."""
    name = postgres.create_database()
    schema.upgrade(postgres.url(name))
    return name


@pytest.fixture(scope="session")
def sqlite_at_head(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file that stands at the newest tables, to copy."""
    path = tmp_path_factory.mktemp("sqlite") / "mamori.db"
    schema.upgrade(f"sqlite:///{path}")
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return path


@contextmanager
def _postgres(request: pytest.FixtureRequest, at_head: bool) -> Iterator[Database]:
    server: Postgres = request.getfixturevalue("postgres")
    template = request.getfixturevalue("postgres_at_head") if at_head else "template1"
    name = server.create_database(template)
    try:
        yield Database(server.url(name))
    finally:
        server.drop_database(name)


def _sqlite(request: pytest.FixtureRequest, at_head: bool) -> Database:
    path = request.getfixturevalue("tmp_path") / "mamori.db"
    if at_head:
        shutil.copy(request.getfixturevalue("sqlite_at_head"), path)
    return Database(f"sqlite:///{path}")


def _database(request: pytest.FixtureRequest, kind: str, at_head: bool) -> Iterator[Database]:
    if kind == "sqlite":
        yield _sqlite(request, at_head)
        return
    with _postgres(request, at_head) as made:
        yield made


@pytest.fixture(params=BOTH)
def empty_database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """A database without any table, on each engine in turn."""
    yield from _database(request, request.param, at_head=False)


@pytest.fixture(params=BOTH)
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """A database with the newest tables, on each engine in turn."""
    yield from _database(request, request.param, at_head=True)


@pytest.fixture
def on_sqlite(request: pytest.FixtureRequest) -> Database:
    """For what holds on SQLite only."""
    return _sqlite(request, at_head=True)


@pytest.fixture
def on_postgres(request: pytest.FixtureRequest) -> Iterator[Database]:
    """For what holds on PostgreSQL only."""
    yield from _database(request, "postgresql", at_head=True)


@pytest.fixture
async def opening() -> AsyncIterator[Opening]:
    """Opens storages as different processes would, and closes them in the end."""
    opened: list[SqlStorage] = []
    seeds = count(1)

    def open_(database: Database, master: bytes = MASTER) -> SqlStorage:
        chance = SeededEntropy(next(seeds)).bytes
        opened.append(SqlStorage(database.url, Keyring(master, chance), chance))
        return opened[-1]

    yield open_
    for storage in opened:
        await storage.close()


@pytest.fixture
async def storage(database: Database, opening: Opening) -> SqlStorage:
    """One process's storage, on each engine in turn."""
    return opening(database)
