"""A strict chat platform over HTTP, living in the parent of the processes that are killed.

It shows what people would see, keeps each channel's pace, loses answers on the way back, and
notes whatever no real platform would forgive. It has no idempotency keys: a key is remembered
with its message, as metadata is, and whether it can be looked up is the client's own scope.
"""

import asyncio
import random
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web
from pydantic import ValidationError

from flows.screens import Card

CHANNELS = ("desk", "shinjuku", "yotsuya", "callcentre")
GAP_SECONDS = 0.02
"""Between two messages of one channel, as the platform wants it in the long run."""
BURST = 5
RETRY_AFTER_SECONDS = 1
SLOWEST_SECONDS = 0.3


@dataclass
class Shown:
    """A message as a channel shows it."""

    ref: str
    channel: str
    thread: str | None
    key: str
    card: Card
    posted_by: int
    answer_lost: bool


@dataclass
class Faults:
    """How often a call goes wrong: its answer is lost, or it never arrives."""

    answer_lost: float = 0.0
    never_arrived: float = 0.0
    slow: float = 0.0
    """Arrives late, while the rest of the world goes on."""


@dataclass
class ChatPlatform:
    """The channels, who posted what, and what went wrong."""

    chance: random.Random
    faults: Faults = field(default_factory=Faults)
    messages: dict[str, Shown] = field(default_factory=dict)
    killed: set[int] = field(default_factory=set)
    """The processes that were killed: what became of their last calls they never wrote down."""
    repeated: list[str] = field(default_factory=list)
    """Keys shown once more after an answer nobody can have had, by a client without read-back."""
    doubled: list[str] = field(default_factory=list)
    """Keys shown once more although it could be known that they are there."""
    unforgiven: list[str] = field(default_factory=list)
    calls: int = 0
    throttled: int = 0
    _free_at: dict[str, float] = field(default_factory=lambda: defaultdict(float))

    @asynccontextmanager
    async def served(self) -> AsyncIterator[str]:
        """Answers over HTTP until the block is left. Gives its address."""
        app = web.Application()
        app.add_routes(
            [
                web.post("/post", self._post),
                web.post("/edit", self._edit),
                web.post("/find", self._find),
            ]
        )
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        try:
            yield f"http://127.0.0.1:{runner.addresses[0][1]}"
        finally:
            await runner.cleanup()

    def channel(self, name: str) -> list[Shown]:
        """What a channel shows, oldest first, threads included."""
        return [shown for shown in self.messages.values() if shown.channel == name]

    async def _post(self, request: web.Request) -> web.StreamResponse:
        asked = await self._read(request, {"channel", "key", "card", "thread", "pid", "reads_back"})
        if asked is None:
            return _refused("bad_request")
        if asked["channel"] not in CHANNELS and not asked["channel"].startswith("@"):
            return _refused("channel_not_found")
        beside = self.messages.get(asked["thread"] or "")
        if asked["thread"] and (beside is None or beside.channel != asked["channel"]):
            self.unforgiven.append("a thread that is not there")
            return _refused("thread_not_found")
        if self._too_fast(asked["channel"]):
            return web.json_response(
                {}, status=429, headers={"Retry-After": str(RETRY_AFTER_SECONDS)}
            )
        if self._happens(self.faults.never_arrived):
            return _hang_up(request)
        if self._happens(self.faults.slow):
            await asyncio.sleep(self.chance.uniform(0, SLOWEST_SECONDS))
        lost = self._happens(self.faults.answer_lost)
        shown = self._show(asked, lost)
        return _hang_up(request) if lost else web.json_response({"ref": shown.ref})

    def _show(self, asked: dict, lost: bool) -> Shown:
        earlier = [shown for shown in self.messages.values() if shown.key == asked["key"]]
        if earlier:
            unknown = all(each.answer_lost or each.posted_by in self.killed for each in earlier)
            allowed = unknown and not asked["reads_back"]
            (self.repeated if allowed else self.doubled).append(asked["key"])
        shown = Shown(
            ref=str(len(self.messages) + 1),
            channel=asked["channel"],
            thread=asked["thread"],
            key=asked["key"],
            card=asked["card"],
            posted_by=asked["pid"],
            answer_lost=lost,
        )
        self.messages[shown.ref] = shown
        return shown

    async def _edit(self, request: web.Request) -> web.StreamResponse:
        asked = await self._read(request, {"ref", "card", "pid"})
        if asked is None:
            return _refused("bad_request")
        if asked["ref"] not in self.messages:
            self.unforgiven.append("an edit of a message that is not there")
            return _refused("message_not_found")
        if self._happens(self.faults.never_arrived):
            return _hang_up(request)
        self.messages[asked["ref"]].card = asked["card"]
        if self._happens(self.faults.answer_lost):
            return _hang_up(request)
        return web.json_response({"ref": asked["ref"]})

    async def _find(self, request: web.Request) -> web.StreamResponse:
        asked = await self._read(request, {"channel", "key", "thread", "pid"})
        if asked is None:
            return _refused("bad_request")
        found = (
            shown.ref
            for shown in self.channel(asked["channel"])
            if shown.key == asked["key"] and shown.thread == asked["thread"]
        )
        return web.json_response({"ref": next(found, None)})

    async def _read(self, request: web.Request, fields: set[str]) -> dict | None:
        """What was asked for; None and a note when it is not exactly these fields."""
        self.calls += 1
        asked = await request.json()
        try:
            if set(asked) != fields:
                raise ValueError(f"the fields {sorted(asked)}")
            if "card" in asked:
                asked["card"] = Card.model_validate(asked["card"])
        except (ValueError, ValidationError) as error:
            self.unforgiven.append(f"{request.path} with {error}")
            return None
        return asked

    def _too_fast(self, channel: str) -> bool:
        now = asyncio.get_running_loop().time()
        free_at = max(self._free_at[channel], now - BURST * GAP_SECONDS)
        if free_at > now:
            self.throttled += 1
            return True
        self._free_at[channel] = free_at + GAP_SECONDS
        return False

    def _happens(self, how_often: float) -> bool:
        return self.chance.random() < how_often


def _refused(reason: str) -> web.Response:
    return web.json_response({"reason": reason}, status=400)


def _hang_up(request: web.Request) -> web.StreamResponse:
    """The connection breaks before any answer."""
    if request.transport is not None:  # else whoever called is gone already
        request.transport.abort()
    return web.Response(status=500)
