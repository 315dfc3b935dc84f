"""Statements of one transaction: values in by name, rows out in our types."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, func, select

from storage.drivers import Link
from storage.statements import Row, Statement

HOLD = Statement(select(func.pg_advisory_xact_lock(bindparam("number"))))


class Session:
    """Runs statements on the connection that a transaction holds."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self.database = link.database

    async def rows(self, statement: Statement, **values: Any) -> list[Row]:
        """All rows."""
        text = statement.on(self.database)
        return text.decode(await self._link.fetch(text.sql, text.encode(values)))

    async def row(self, statement: Statement, **values: Any) -> Row | None:
        """The first row, if there is any."""
        rows = await self.rows(statement, **values)
        return rows[0] if rows else None

    async def value(self, statement: Statement, **values: Any) -> Any:
        """The first column of the first row; None without a row."""
        rows = await self.rows(statement, **values)
        return rows[0][0] if rows else None

    async def run(self, statement: Statement, **values: Any) -> int:
        """How many rows were changed."""
        text = statement.on(self.database)
        return await self._link.run(text.sql, text.encode(values))

    async def hold(self, mac: bytes) -> None:
        """Makes others who hold the same wait until the transaction ends, whether or not there is
        any row of it. SQLite has one writer anyway."""
        if self.database == "postgresql":
            await self.rows(HOLD, number=int.from_bytes(mac[:8], "big", signed=True))

    async def run_each(self, statement: Statement, rows: Sequence[Mapping[str, Any]]) -> None:
        """Runs a statement once for each of `rows`, sent in one go."""
        if not rows:
            return
        text = statement.on(self.database)
        await self._link.run_each(text.sql, [text.encode(values) for values in rows])
