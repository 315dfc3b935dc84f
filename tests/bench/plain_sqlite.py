"""aiosqlite's look without its threads, which also counts what the database does.

Give `Driver()` to `SqlStorage(..., sqlite_driver=...)`.
"""

import sqlite3
from collections.abc import Generator, Sequence
from types import ModuleType
from typing import Any, Self


class Driver(ModuleType):
    """Stands in for the module aiosqlite."""

    def __init__(self) -> None:
        super().__init__("plain_sqlite")
        self.statements: list[str] = []
        """Whatever was sent, one text for each call."""
        self.steps = 0
        """How many instructions SQLite's machine took: the same in every run."""

    def connect(self, database: str, **options: Any) -> "Connection":
        connection = sqlite3.connect(database, **options)
        connection.set_progress_handler(self._step, 1)
        return Connection(connection, self)

    def _step(self) -> int:
        self.steps += 1
        return 0


class Connection:
    """One connection."""

    def __init__(self, connection: sqlite3.Connection, driver: Driver) -> None:
        self._connection = connection
        self._driver = driver

    def __await__(self) -> Generator[Any, None, Self]:
        yield from ()
        return self

    async def execute(self, sql: str, values: Sequence[Any] = ()) -> sqlite3.Cursor:
        self._driver.statements.append(sql)
        return self._connection.execute(sql, values)

    async def execute_fetchall(self, sql: str, values: Sequence[Any] = ()) -> list[Any]:
        self._driver.statements.append(sql)
        return self._connection.execute(sql, values).fetchall()

    async def executemany(self, sql: str, rows: Sequence[Sequence[Any]]) -> sqlite3.Cursor:
        self._driver.statements.append(sql)
        return self._connection.executemany(sql, rows)

    async def close(self) -> None:
        self._connection.close()
