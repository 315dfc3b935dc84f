"""A connection to PostgreSQL. Only loaded where the database is one."""

from collections.abc import Sequence
from typing import Any, Self

import psycopg
from sqlalchemy import URL

from storage.statements import DIALECTS, Row

FOUND_GONE = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
}
"""A machine that went away without a word is found out in half a minute, not in the quarter of an
hour that the system gives it. In seconds, the last in milliseconds; an address may say others."""


class PostgresLink:
    """A connection to PostgreSQL, through psycopg."""

    database = "postgresql"

    def __init__(self, connection: psycopg.AsyncConnection[Row]) -> None:
        self._connection = connection

    @classmethod
    async def open(cls, url: URL) -> Self:
        _, options = DIALECTS["postgresql"].create_connect_args(url)
        # Never prepared: a plan made once for any time at all scans every pending clock.
        return cls(
            await psycopg.AsyncConnection.connect(
                autocommit=True, prepare_threshold=None, **{**FOUND_GONE, **options}
            )
        )

    async def fetch(self, sql: str, values: Sequence[Any]) -> Sequence[Row]:
        with _Discreet():
            return await (await self._connection.execute(sql.encode(), values)).fetchall()

    async def run(self, sql: str, values: Sequence[Any] | None = None) -> int:
        with _Discreet():
            return (await self._connection.execute(sql.encode(), values)).rowcount

    async def run_each(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        with _Discreet():
            async with self._connection.cursor() as cursor:
                await cursor.executemany(sql.encode(), rows)

    @property
    def lost(self) -> bool:
        return self._connection.closed

    async def close(self) -> None:
        await self._connection.close()


class _Discreet:
    """PostgreSQL's own words repeat the values of the row that failed: only the first line stays.

    SQLite's name a table and a column, and no value.
    """

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, psycopg.Error) and error.args:
            error.args = (str(error.args[0]).partition("\n")[0], *error.args[1:])
