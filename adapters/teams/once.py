"""Words are taken once, although Teams sends a press again when an answer takes too long.

Redelivered presses come with new ids, so what is recognised is the drawing of the screen they
were made on. In memory alone: a process that ends meanwhile has at worst taken a message twice.
"""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

LIMIT = 10_000


class Once:
    """Remembers which drawings have been used."""

    def __init__(self) -> None:
        self._used: OrderedDict[str, bool] = OrderedDict()
        self._busy: dict[str, asyncio.Lock] = {}

    @asynccontextmanager
    async def first(self, name: str) -> AsyncIterator[bool]:
        """Whether this is the first use; a second one waits until the first is through.

        A use that failed was none. An empty name is always a first use.
        """
        if not name:
            yield True
            return
        lock = self._busy.setdefault(name, asyncio.Lock())
        try:
            async with lock:
                if name in self._used:
                    yield False
                    return
                yield True
                self._note(name)
        finally:
            if not lock.locked():
                self._busy.pop(name, None)

    def _note(self, name: str) -> None:
        self._used[name] = True
        while len(self._used) > LIMIT:
            self._used.popitem(last=False)
