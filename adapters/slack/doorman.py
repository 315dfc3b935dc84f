"""Lets each request do its work once, whichever way it came in.

What was done is remembered in memory, for as long as the same signature could come again:
nothing is written about who asked for what.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from adapters.slack.shapes import Incoming
from bot.ports import Clock

log = structlog.get_logger()

KEPT_FOR = timedelta(minutes=10)
"""Twice the window in which a signature is good; Slack's own last redelivery is near five."""
KEPT = 10_000


@dataclass(frozen=True)
class Reply:
    """What goes back to Slack: a status, and perhaps a body as JSON."""

    status: int = 200
    body: str = ""


Dispatch = Callable[[Incoming], Awaitable[Reply]]


class Doorman:
    """Hands requests on, each once."""

    def __init__(self, clock: Clock, dispatch: Dispatch) -> None:
        self._clock = clock
        self._dispatch = dispatch
        self._seen: OrderedDict[str, datetime] = OrderedDict()
        self._running: dict[str, asyncio.Future[Reply]] = {}

    async def handle(self, incoming: Incoming, key: str) -> Reply:
        """The answer to a request; an empty one to a request that was here before.

        `key` names this delivery. One that came to nothing may come again. While it runs
        nobody knows what comes of it, so a repeat waits, and fails if the first try does.
        """
        keys = [key, f"event {incoming.event_id}"] if incoming.event_id else [key]
        running = next((self._running[each] for each in keys if each in self._running), None)
        if running is not None:
            first = await asyncio.shield(running)
            return Reply(first.status) if first.status >= 500 else Reply()
        if any(each in self._seen for each in keys):
            return Reply()
        self._note(keys)
        self._running.update(dict.fromkeys(keys, asyncio.get_running_loop().create_future()))
        reply = Reply(503)
        try:
            reply = await self._once(incoming)
        finally:  # a shutdown ends the first try too
            for each in keys:
                self._end(each, reply)
        return reply

    async def _once(self, incoming: Incoming) -> Reply:
        try:
            return await self._dispatch(incoming)
        except Exception as error:  # noqa: BLE001  no stack trace leaves this service
            log.error("slack_request_failed", kind=incoming.kind, error=type(error).__name__)
            return Reply(503)

    def _end(self, key: str, reply: Reply) -> None:
        running = self._running.pop(key)
        if not running.done():
            running.set_result(reply)
        if reply.status >= 500:
            self._seen.pop(key, None)

    def _note(self, keys: list[str]) -> None:
        now = self._clock.now()
        self._seen.update((key, now) for key in keys)
        while self._seen:
            oldest = next(iter(self._seen))
            if now - self._seen[oldest] <= KEPT_FOR and len(self._seen) <= KEPT:
                break
            del self._seen[oldest]
