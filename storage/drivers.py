"""Connections, made alike: no transaction but the one we begin. SQLite's is here."""

from collections.abc import Sequence
from types import ModuleType
from typing import Any, Protocol, Self, cast

import aiosqlite
from sqlalchemy import URL

from storage.statements import Row

SQLITE_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",  # NORMAL may lose the last commits when the power fails
    "busy_timeout=30000",
    "foreign_keys=ON",
    "secure_delete=ON",
)


class Link(Protocol):
    """One connection. BEGIN and COMMIT are sent like every other statement."""

    database: str
    """Whose words it takes: a key of `DIALECTS`."""

    async def fetch(self, sql: str, values: Sequence[Any]) -> Sequence[Row]:
        """Runs a statement that gives rows."""
        ...

    async def run(self, sql: str, values: Sequence[Any] | None = None) -> int:
        """Runs a statement and gives how many rows it changed."""
        ...

    async def run_each(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        """Runs a statement once for each row of values."""
        ...

    @property
    def lost(self) -> bool:
        """Whether the database has gone away from this connection."""
        ...

    async def close(self) -> None:
        """Ends the connection, and the transaction that was open on it, undone."""
        ...


class SqliteLink:
    """A connection to a SQLite file, through aiosqlite or a module that looks like it."""

    database = "sqlite"
    lost = False

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._connection = connection

    @classmethod
    async def open(cls, url: URL, driver: ModuleType, pragmas: Sequence[str]) -> Self:
        # No isolation level: the module would begin transactions of its own.
        connecting = driver.connect(url.database, isolation_level=None)
        if isinstance(connecting, aiosqlite.Connection):
            # Or a process that fails before it closes its storage would never end.
            connecting._thread.daemon = True
        link = cls(await connecting)
        for pragma in pragmas:
            await link.run(f"PRAGMA {pragma}")
        return link

    async def fetch(self, sql: str, values: Sequence[Any]) -> Sequence[Row]:
        return cast(Sequence[Row], await self._connection.execute_fetchall(sql, values))

    async def run(self, sql: str, values: Sequence[Any] | None = None) -> int:
        return (await self._connection.execute(sql, values or ())).rowcount

    async def run_each(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        await self._connection.executemany(sql, rows)

    async def close(self) -> None:
        await self._connection.close()
