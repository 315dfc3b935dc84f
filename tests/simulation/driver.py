"""SQLite as aiosqlite gives it, but without its thread: every await is a fault point.

A connection belongs to one life of the service. When that life ends, every connection is
closed as a killed process would leave it, which rolls back whatever was not committed.
"""

import sqlite3
from collections.abc import Awaitable, Callable, Generator, Iterable, Sequence
from types import ModuleType
from typing import Any, Self

FaultPoint = Callable[[str], Awaitable[None]]
"""Awaited on the way to the database, and after a commit; may never come back."""

Failing = Callable[[], bool]
"""Asked at each statement: whether the database answers with an error now."""

Sync = Callable[[], Awaitable[None]]
"""Awaited after a commit that changed something: a disk takes its time for that."""


async def _at_once() -> None:
    """A disk that takes no time."""


INJECTED = "injected: disk I/O error"

_UNWANTED = ("PRAGMA synchronous", "PRAGMA busy_timeout")
"""Nothing here survives a power cut anyway, and waiting for a lock would wait for ever."""


class Connection:
    """One connection of one life of the service."""

    def __init__(
        self, raw: sqlite3.Connection, reach: FaultPoint, failing: Failing, sync: Sync
    ) -> None:
        self._raw = raw
        self._reach = reach
        self._failing = failing
        self._sync = sync
        self._synced = raw.total_changes

    def __await__(self) -> Generator[Any, None, Self]:
        return self._opened().__await__()

    async def _opened(self) -> Self:
        await self._reach("connect")
        return self

    async def execute(self, sql: str, values: Iterable[Any] = ()) -> sqlite3.Cursor:
        """Runs a statement. A commit has two fault points: not done yet, and done untold."""
        if sql.startswith(_UNWANTED):
            return self._raw.cursor()
        commits = sql == "COMMIT"
        await self._reach("commit" if commits else "execute")
        self._fail()
        done = self._raw.execute(sql, tuple(values))
        if commits:
            await self._on_disk()
            await self._reach("committed")
        return done

    async def execute_fetchall(self, sql: str, values: Iterable[Any] = ()) -> list[Any]:
        """Runs a statement and gives all its rows."""
        await self._reach("execute")
        self._fail()
        return self._raw.execute(sql, tuple(values)).fetchall()

    async def executemany(self, sql: str, rows: Iterable[Sequence[Any]]) -> sqlite3.Cursor:
        """Runs a statement once for each row of values."""
        await self._reach("execute")
        self._fail()
        return self._raw.executemany(sql, rows)

    async def _on_disk(self) -> None:
        if self._raw.total_changes > self._synced:
            self._synced = self._raw.total_changes
            await self._sync()

    def _fail(self) -> None:
        if self._failing():
            raise sqlite3.OperationalError(INJECTED)

    async def close(self) -> None:
        """Ends the connection; what was not committed is undone."""
        self._raw.close()


class Driver(ModuleType):
    """Stands where the module `aiosqlite` stands, for one life of the service."""

    def __init__(self, reach: FaultPoint, failing: Failing, sync: Sync = _at_once) -> None:
        super().__init__("aiosqlite")
        self._reach = reach
        self._failing = failing
        self._sync = sync
        self._open: list[sqlite3.Connection] = []

    def connect(self, database: str, *, isolation_level: str | None = None) -> Connection:
        """A connection, once it is awaited."""
        raw = self.adopt(database, isolation_level)
        return Connection(raw, self._reach, self._failing, self._sync)

    def adopt(self, database: str, isolation_level: str | None = None) -> sqlite3.Connection:
        """A connection of the harness's own, which ends with this life too."""
        raw = sqlite3.connect(
            database, timeout=0, isolation_level=isolation_level, cached_statements=512
        )
        self._open.append(raw)
        return raw

    def kill(self) -> None:
        """Closes everything, as the end of a process does: what was not committed is gone."""
        for raw in self._open:
            raw.close()
        self._open.clear()
