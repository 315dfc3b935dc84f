"""Rings after every commit, so that whoever waits for a change need not ask again and again."""

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager

from bot.ports import Storage, Transaction
from bot.work_records import Wanted


class Call:
    """Wakes one loop of the worker, for work that goes to a platform it serves."""

    def __init__(self, wanted: Wanted) -> None:
        self.wanted = wanted
        self.rung = asyncio.Event()
        """Stays set until the loop clears it, which it does before it looks: no call is missed."""


class Bell:
    """Wakes everybody who waits. Waiting with a limit also catches other processes' changes."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()
        self._calls: list[Call] = []
        self.closed = False
        """The service stops: whoever waits in a loop leaves it."""

    def close(self) -> None:
        """Wakes everybody for the last time."""
        self.closed = True
        self.ring()

    def ring(self, platforms: Collection[str] | None = None) -> None:
        """Wakes who waits for any change, and the loops that have work.

        `platforms` are those that were given work; None where nobody knows, for every loop.
        """
        self._rung.set()
        self._rung = asyncio.Event()
        for call in self._calls:
            if platforms is None or any(map(call.wanted, platforms)):
                call.rung.set()

    def call_for(self, wanted: Wanted) -> Call:
        """What wakes a loop that serves these platforms, for as long as the bell hangs."""
        call = Call(wanted)
        self._calls.append(call)
        return call

    async def wait(self, seconds: float) -> None:
        """Returns at the next ring, or after `seconds`."""
        await _within(seconds, self._rung)

    async def wait_for_work(self, seconds: float, call: Call) -> None:
        """Returns once the call is rung, or after `seconds`."""
        await _within(seconds, call.rung)


async def _within(seconds: float, rung: asyncio.Event) -> None:
    try:
        async with asyncio.timeout(seconds):
            await rung.wait()
    except TimeoutError:
        pass


class RingingStorage:
    """A storage that rings a bell after each commit."""

    def __init__(self, storage: Storage, bell: Bell) -> None:
        self._storage = storage
        self._bell = bell
        self.one_process = storage.one_process

    @asynccontextmanager
    async def write(self, *, quiet: bool = False) -> AsyncIterator[Transaction]:
        """A transaction that may change rows; unless quiet, the bell rings once it is committed."""
        async with self._storage.write() as tx:
            yield tx
        if not quiet:
            self._bell.ring(tx.jobs.platforms)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Transaction]:
        """A consistent view; nothing rings."""
        async with self._storage.read() as tx:
            yield tx

    async def check(self) -> None:
        """Raises when a report could not be written now."""
        await self._storage.check()

    async def scrub(self) -> bool:
        """Takes what was deleted out of the database's files."""
        return await self._storage.scrub()

    async def close(self) -> None:
        """Closes the database."""
        await self._storage.close()
