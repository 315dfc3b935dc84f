"""Engines: SQLite for one machine, PostgreSQL for as many processes as wanted."""

import fcntl
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

from sqlalchemy import event
from sqlalchemy.engine import URL, ExceptionContext, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

SQLITE_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",  # NORMAL may lose the last commits when the power fails
    "busy_timeout=30000",
    "foreign_keys=ON",
    "secure_delete=ON",
)


class DatabaseInUse(Exception):
    """Another process serves this SQLite file. Stop it first, or use PostgreSQL for several."""


def async_url(url: str) -> URL:
    """The SQLAlchemy address with our drivers, from "sqlite:///file" or "postgresql://…"."""
    parsed = make_url(url)
    name = parsed.get_backend_name()
    drivers = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+psycopg"}
    if name not in drivers:
        raise ValueError("the database must be sqlite:///… or postgresql://…")
    return parsed.set(drivername=drivers[name])


def open_engines(url: str) -> tuple[AsyncEngine, AsyncEngine]:
    """The engine that writes and the one that reads; on PostgreSQL they share a pool.

    On SQLite the writer is a pool of one: queueing in asyncio is fair, queueing inside
    SQLite is not.
    """
    parsed = async_url(url)
    if parsed.get_backend_name() == "postgresql":
        engine = create_async_engine(
            parsed,
            hide_parameters=True,
            pool_pre_ping=True,
            # Never prepared: a plan made once for any time at all scans every pending clock.
            connect_args={"prepare_threshold": None},
        )
        _hide_details(engine)
        return engine, engine.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
    writer = create_async_engine(parsed, hide_parameters=True, pool_size=1, max_overflow=0)
    reader = create_async_engine(parsed, hide_parameters=True, pool_size=4, max_overflow=0)
    _speak_sqlite(writer, "BEGIN IMMEDIATE", SQLITE_PRAGMAS)
    _speak_sqlite(reader, "BEGIN", (*SQLITE_PRAGMAS, "query_only=ON"))
    return writer, reader


def _hide_details(engine: AsyncEngine) -> None:
    """PostgreSQL's own words repeat the values of the row that failed: only the first line stays.

    That SQLAlchemy hides the parameters does not reach them.
    """

    @event.listens_for(engine.sync_engine, "handle_error")
    def shorten(context: ExceptionContext) -> None:
        for error in (context.original_exception, context.sqlalchemy_exception):
            if error is not None and error.args:
                error.args = (str(error.args[0]).partition("\n")[0], *error.args[1:])


def _speak_sqlite(engine: AsyncEngine, begin: str, pragmas: Sequence[str]) -> None:
    """Our own BEGIN: a transaction that reads first and writes later must not fail at once."""

    @event.listens_for(engine.sync_engine, "connect")
    def connect(connection: Any, record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def start(connection: Any) -> None:
        connection.exec_driver_sql(begin)


def lock_file(url: str) -> IO[str] | None:
    """Holds a SQLite database for this process, until the returned file is closed.

    Raises DatabaseInUse when another process holds it. PostgreSQL needs no such lock.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        return None
    path = Path(f"{Path(parsed.database).resolve()}.lock")
    path.parent.mkdir(parents=True, exist_ok=True)
    held = path.open("w")
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        held.close()
        raise DatabaseInUse(str(parsed.database)) from error
    return held
