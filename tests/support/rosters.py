"""The rosters of a database, in memory, for tests of what is done with them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime


@dataclass
class KeptRosters:
    """The newest roster, as the database keeps it."""

    number: int = 0
    packed: bytes | None = None
    reads: int = 0
    broken: Exception | None = None
    """What reading it meets instead."""

    async def version(self) -> int:
        return self.number

    async def read(self) -> bytes | None:
        self.reads += 1
        if self.broken is not None:
            raise self.broken
        return self.packed

    async def replace(self, roster: bytes, at: datetime) -> int:
        self.packed, self.number = roster, self.number + 1
        return self.number


@dataclass
class KeptStorage:
    """A database that holds rosters alone."""

    rosters: KeptRosters = field(default_factory=KeptRosters)

    @asynccontextmanager
    async def read(self) -> AsyncIterator["KeptStorage"]:
        yield self

    write = read
