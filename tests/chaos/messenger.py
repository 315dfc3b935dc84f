"""The adapter of the tests' chat platform, as the killed process uses it."""

import os
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout

from bot.messengers import Ambiguous, Delivery, Found, NotThere, Permanent, Sent, Throttled
from bot.ports import Clock
from flows.screens import Card

PATIENCE = ClientTimeout(total=5)


class HttpMessenger:
    """One process's way to the platform. It repeats nothing by itself."""

    def __init__(self, base: str, clock: Clock, *, gap_seconds: float, reads_back: bool) -> None:
        self._base = base
        self._clock = clock
        self._gap_seconds = gap_seconds
        self._reads_back = reads_back
        self._session: ClientSession | None = None

    @property
    def gap_seconds(self) -> float:
        return self._gap_seconds

    @property
    def reads_back(self) -> bool:
        return self._reads_back

    async def post(self, channel: str, card: Card, key: str, thread: str | None) -> Delivery:
        return await self._call(
            "/post",
            channel=channel,
            card=card.model_dump(mode="json"),
            key=key,
            thread=thread,
            reads_back=self._reads_back,
        )

    async def edit(self, channel: str, ref: str, card: Card) -> Delivery:
        return await self._call("/edit", ref=ref, card=card.model_dump(mode="json"))

    async def find(self, channel: str, key: str, thread: str | None) -> Found:
        found = await self._call("/find", channel=channel, key=key, thread=thread)
        assert not isinstance(found, Permanent)
        return found

    async def close(self) -> None:
        """Hangs up."""
        if self._session is not None:
            await self._session.close()

    async def _call(self, path: str, **asked: object) -> Any:
        """One call and what became of it."""
        if self._session is None:
            self._session = ClientSession(self._base, timeout=PATIENCE)
        try:
            async with self._session.post(path, json={**asked, "pid": os.getpid()}) as answer:
                return self._outcome(answer.status, answer.headers, await answer.json())
        except (ClientError, TimeoutError):
            return Ambiguous()

    def _outcome(self, status: int, headers: Mapping[str, str], said: dict[str, Any]) -> Any:
        if status == 429:
            wait = timedelta(seconds=float(headers["Retry-After"]))
            return Throttled(self._clock.now() + wait)
        if status != 200:
            return Permanent(said["reason"])
        return NotThere() if said["ref"] is None else Sent(said["ref"])
