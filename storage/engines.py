"""Databases: SQLite for one machine, PostgreSQL for as many processes as wanted."""

import fcntl
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import IO

import aiosqlite
from sqlalchemy.engine import URL, make_url

from storage.drivers import SQLITE_PRAGMAS, SqliteLink
from storage.pools import Access, Pool

POSTGRES_CONNECTIONS = 10
"""For one process, at most."""
SQLITE_READERS = 4


class DatabaseInUse(Exception):
    """Another process serves this SQLite file. Stop it first, or use PostgreSQL for several."""


def database_url(url: str) -> URL:
    """The address with the drivers that migrations use, from "sqlite:///…" or "postgresql://…"."""
    parsed = make_url(url)
    name = parsed.get_backend_name()
    drivers = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg"}
    if name not in drivers:
        raise ValueError("the database must be sqlite:///… or postgresql://…")
    return parsed.set(drivername=drivers[name])


def open_pools(url: str, sqlite_driver: ModuleType | None = None) -> tuple[Access, Access]:
    """For transactions that write, and for those that only read. Nothing is connected yet.

    On SQLite one connection writes: queueing in asyncio is fair, queueing inside SQLite is not.
    """
    parsed = database_url(url)
    if parsed.get_backend_name() == "postgresql":
        from storage.postgres import PostgresLink  # its driver is a tenth of a start

        pool = Pool(partial(PostgresLink.open, parsed), POSTGRES_CONNECTIONS)
        reading = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
        return Access(pool, "BEGIN"), Access(pool, reading)
    driver = sqlite_driver or aiosqlite
    writer = partial(SqliteLink.open, parsed, driver, SQLITE_PRAGMAS)
    reader = partial(SqliteLink.open, parsed, driver, (*SQLITE_PRAGMAS, "query_only=ON"))
    # A transaction that reads first and writes later must begin as a writer: begun as a reader,
    # it fails at once when somebody else wrote in between.
    return (
        Access(Pool(writer, 1), "BEGIN IMMEDIATE"),
        Access(Pool(reader, SQLITE_READERS), "BEGIN"),
    )


def lock_file(url: str) -> IO[str] | None:
    """Holds a SQLite database for this process, until the returned file is closed.

    Raises DatabaseInUse when another process holds it. PostgreSQL needs no such lock.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        return None
    path = Path(f"{Path(parsed.database).resolve()}.lock")
    held = path.open("w")
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        held.close()
        raise DatabaseInUse(str(parsed.database)) from error
    return held
