"""One transaction over all rows: everything or nothing."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from storage.board import BoardRows
from storage.cards import CardRows
from storage.cases import CaseRows
from storage.draft_keys import DraftKeyRows
from storage.duties import DutyRows
from storage.engines import open_engines
from storage.history import HistoryRows
from storage.jobs import JobRows
from storage.keyring import Keyring
from storage.messages import MessageRows
from storage.tables import case_file


class SqlTransaction:
    """The rows of one open transaction."""

    def __init__(
        self,
        connection: AsyncConnection,
        keyring: Keyring,
        entropy: Callable[[int], bytes],
    ) -> None:
        self._connection = connection
        self.cases = CaseRows(connection, keyring)
        self.duties = DutyRows(connection)
        self.cards = CardRows(connection)
        self.jobs = JobRows(connection, entropy)
        self.history = HistoryRows(connection, keyring)
        self.messages = MessageRows(connection, keyring)
        self.board = BoardRows(connection)
        self.draft_keys = DraftKeyRows(connection, keyring)


class SqlStorage:
    """The database, opened. `schema.upgrade` must have run before."""

    def __init__(self, url: str, keyring: Keyring, entropy: Callable[[int], bytes]) -> None:
        self._writer, self._reader = open_engines(url)
        self._keyring = keyring
        self._entropy = entropy

    @asynccontextmanager
    async def _begin(self, engine: AsyncEngine) -> AsyncIterator[SqlTransaction]:
        async with engine.begin() as connection:
            yield SqlTransaction(connection, self._keyring, self._entropy)

    def write(self):  # type: ignore[no-untyped-def]
        """A transaction that may change rows; leaving the block commits."""
        return self._begin(self._writer)

    def read(self):  # type: ignore[no-untyped-def]
        """A consistent view that changes nothing."""
        return self._begin(self._reader)

    async def check(self) -> None:
        """Raises when the database cannot be written or lacks the newest tables."""
        async with self._writer.begin() as connection:
            # Changes nothing, but a database that takes no writes refuses it.
            await connection.execute(
                update(case_file).where(case_file.c.id == "").values(rev=case_file.c.rev)
            )

    async def close(self) -> None:
        await self._reader.dispose()
        await self._writer.dispose()
