"""Lets each request do its work once, whichever way it came in.

What was done is remembered in memory, for as long as the same signature could come again:
nothing is written about who asked for what.
"""

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

    async def handle(self, incoming: Incoming, key: str) -> Reply:
        """The answer to a request; an empty one to a request that was here before.

        `key` names this delivery. One that came to nothing may come again.
        """
        keys = [key, f"event {incoming.event_id}"] if incoming.event_id else [key]
        if any(each in self._seen for each in keys):
            return Reply()
        self._note(keys)
        try:
            reply = await self._dispatch(incoming)
        except Exception as error:  # noqa: BLE001  no stack trace leaves this service
            log.error("slack_request_failed", kind=incoming.kind, error=type(error).__name__)
            reply = Reply(503)
        if reply.status >= 500:
            for each in keys:
                self._seen.pop(each, None)
        return reply

    def _note(self, keys: list[str]) -> None:
        now = self._clock.now()
        self._seen.update((key, now) for key in keys)
        while self._seen:
            oldest = next(iter(self._seen))
            if now - self._seen[oldest] <= KEPT_FOR and len(self._seen) <= KEPT:
                break
            del self._seen[oldest]
