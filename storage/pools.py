"""Connections in reserve, each used by one transaction at a time."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from storage.drivers import Link


class Pool:
    """Opens connections when they are needed, up to a number, and keeps them for the next.

    Waiting for one is fair: first come, first served.
    """

    def __init__(self, connect: Callable[[], Awaitable[Link]], size: int) -> None:
        self._connect = connect
        self._places = asyncio.Semaphore(size)
        self._idle: list[Link] = []
        self._unwanted: set[asyncio.Task[None]] = set()
        self._closed = False

    async def begin(self, begin: str) -> Link:
        """A connection in a new transaction, begun with this statement."""
        await self._places.acquire()
        try:
            while self._idle:
                link = self._idle.pop()
                try:
                    return await _begun(link, begin)
                except Exception:
                    if not link.lost:
                        raise
                    # The server went away since it was last used; a new connection will tell
                    # whether it is back.
            return await _begun(await self._opened(), begin)
        except BaseException:
            self._places.release()
            raise

    async def _opened(self) -> Link:
        """A new connection. Nobody loses one by being cancelled while it opens."""
        opening = asyncio.ensure_future(self._connect())
        try:
            return await asyncio.shield(opening)
        except asyncio.CancelledError:
            closing = asyncio.ensure_future(_closed_when_open(opening))
            self._unwanted.add(closing)
            closing.add_done_callback(self._unwanted.discard)
            raise

    async def commit(self, link: Link) -> None:
        """Ends the transaction and keeps the connection."""
        try:
            await link.run("COMMIT")
        except BaseException:
            await self.abandon(link)
            raise
        if self._closed:
            await self.abandon(link)
        else:
            self._idle.append(link)
            self._places.release()

    async def abandon(self, link: Link) -> None:
        """Ends the connection, and so undoes the transaction, whatever state it was left in."""
        try:
            await asyncio.shield(link.close())
        finally:
            self._places.release()

    async def close(self) -> None:
        """Ends every connection that is not in use; those that are, when their use ends."""
        self._closed = True
        while self._idle:
            await self._idle.pop().close()
        await asyncio.gather(*self._unwanted)


async def _closed_when_open(opening: asyncio.Future[Link]) -> None:
    with contextlib.suppress(Exception):
        await (await opening).close()


async def _begun(link: Link, begin: str) -> Link:
    try:
        await link.run(begin)
    except BaseException:
        await asyncio.shield(link.close())
        raise
    return link


@dataclass(frozen=True)
class Access:
    """A pool, and how its transactions begin for one purpose: to write, or only to read."""

    pool: Pool
    begin_with: str

    async def begin(self) -> Link:
        """A connection in a new transaction; to be committed or abandoned."""
        return await self.pool.begin(self.begin_with)
