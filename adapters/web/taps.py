"""A link that is good once, and a thumb that taps twice.

Without scripts a browser shows the answer to the second tap alone. For the same drawing of a door
in the same visit it is the first one's answer; it is remembered for seconds, in this process.
"""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from aiohttp import web

from adapters.web.inbound import VISIT, Form
from bot.ports import Clock

TOGETHER = timedelta(seconds=10)
"""For as long two taps are one."""

Found = TypeVar("Found")


class Taps(Generic[Found]):
    """What links gave just now, and to which visit."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lately: dict[tuple[str, ...], tuple[datetime, asyncio.Task[Found | None]]] = {}

    async def one(
        self,
        request: web.Request,
        form: Form,
        use: Callable[[], Coroutine[Any, Any, Found | None]],
    ) -> Found | None:
        """What a link gives: used once, however often its door is tapped together."""
        if not form.once:
            return await use()
        now, tap = self._clock.now(), (request[VISIT], form.once, form.token)
        known = self._lately.get(tap)
        if known is None or not timedelta(0) <= now - known[0] < TOGETHER:
            self._lately[tap] = now, asyncio.create_task(use())
            # Not only passed over then, but gone: what opens a file must not stay in memory.
            loop = asyncio.get_running_loop()
            loop.call_later(TOGETHER.total_seconds(), lambda: self._lately.pop(tap, None))
        try:
            found = await asyncio.shield(self._lately[tap][1])
        except Exception:
            self._lately.pop(tap, None)
            raise
        if found is None:
            self._lately.pop(tap, None)
        return found
