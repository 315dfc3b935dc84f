"""A chat platform as people see it, and everything that goes wrong on the way to it.

It keeps what a channel shows and has shown. It is no friend of ours: a message posted twice
stands there twice, whatever key it carries, and a channel takes one message a second.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from bot.messengers import Ambiguous, Delivery, Found, NotThere, Permanent, Sent, Throttled
from flows.screens import Card
from tests.simulation.life import Life
from tests.simulation.weather import Fate, Weather

GAP_SECONDS = 1.0
BURST = 4.0
"""So many messages a channel takes at once, if it was quiet before."""


@dataclass(frozen=True)
class Version:
    """What a message said from a moment on."""

    at: float
    wall: datetime
    card: Card


@dataclass
class Shown:
    """A message that people see."""

    ref: str
    channel: str
    thread: str | None
    key: str
    versions: list[Version] = field(default_factory=list)

    @property
    def first(self) -> Version:
        return self.versions[0]

    @property
    def now(self) -> Card:
        """What it says now."""
        return self.versions[-1].card

    def said(self, at: float) -> Card | None:
        """What it said at that moment; None before it was there."""
        return next((v.card for v in reversed(self.versions) if v.at <= at), None)


@dataclass
class Channel:
    """A channel, or one person's direct messages."""

    name: str
    messages: list[Shown] = field(default_factory=list)
    filled: float = 0.0
    """How much of its burst is used up, as it was when something was last taken."""
    last_taken: float = 0.0

    def level(self, now: float) -> float:
        """How much of its burst is used up."""
        return max(0.0, self.filled - (now - self.last_taken) / GAP_SECONDS)

    def use(self, now: float) -> None:
        """Something was taken."""
        self.filled, self.last_taken = self.level(now) + 1, now


class Watcher(Protocol):
    """Whoever looks at channels: told of every message and every change of one."""

    def saw(self, message: Shown) -> None: ...

    def failed(self, channel: str, why: str) -> None: ...


class Platform:
    """The platform itself. It outlives every life of the service."""

    def __init__(self, weather: Weather, watcher: Watcher, *, reads_back: bool) -> None:
        self.reads_back = reads_back
        self.channels: dict[str, Channel] = {}
        self._by_ref: dict[str, Shown] = {}
        self._tried: dict[str, int] = {}
        """In which life a message was first tried to be posted that is not shown yet."""
        self._weather = weather
        self._watcher = watcher

    def channel(self, name: str) -> Channel:
        """The channel of this name; each exists until it is gone."""
        return self.channels.setdefault(name, Channel(name))

    def message(self, ref: str) -> Shown | None:
        return self._by_ref.get(ref)

    def messages(self) -> list[Shown]:
        """Every message that was ever shown, oldest first."""
        return list(self._by_ref.values())

    def refusal(self, channel: str, fate: Fate) -> Delivery | None:
        """What the platform answers instead of taking a message; None when it takes it."""
        weather = self._weather
        if weather.is_gone(channel):
            return Permanent("channel_not_found")
        wait = (self.channel(channel).level(weather.now()) - BURST + 1) * GAP_SECONDS
        if fate is Fate.REFUSED or wait > 0:
            weather.note("throttled" if fate is Fate.REFUSED else "too_fast")
            return Throttled(weather.wall() + timedelta(seconds=max(wait, weather.retry_after())))
        return None

    def take(self, channel: str, thread: str | None, key: str, card: Card) -> Shown:
        """Shows a new message, whatever was shown before."""
        place = self.channel(channel)
        place.use(self._weather.now())
        shown = Shown(f"m{len(self._by_ref)}", channel, thread, key)
        place.messages.append(shown)
        self._by_ref[shown.ref] = shown
        self._say(shown, card)
        return shown

    def tries(self, key: str, life: int) -> None:
        """Somebody begins to post a message."""
        self._tried.setdefault(key, life)

    def came_through(self, key: str, life: int) -> None:
        """A post was answered; what failed before is saved."""
        first = self._tried.pop(key, life)
        if first != life:
            self._weather.note("sent_by_the_next_life", rescue=True)

    def change(self, shown: Shown, card: Card) -> None:
        """Makes a message say something else."""
        self.channel(shown.channel).use(self._weather.now())
        self._say(shown, card)

    def _say(self, shown: Shown, card: Card) -> None:
        shown.versions.append(Version(self._weather.now(), self._weather.wall(), card))
        self._watcher.saw(shown)

    def lost(self, channel: str, why: str) -> None:
        """A call that did not do what was asked, for whoever judges how late things are."""
        self._watcher.failed(channel, why)


class PlatformPort:
    """The platform as one life of the service reaches it: `bot.messengers.Messenger`."""

    gap_seconds = GAP_SECONDS

    def __init__(self, platform: Platform, weather: Weather, life: Life) -> None:
        self._platform = platform
        self._weather = weather
        self._life = life
        self.reads_back = platform.reads_back

    def direct(self, account: str) -> str:
        return f"dm.{account}"

    async def post(self, channel: str, card: Card, key: str, thread: str | None) -> Delivery:
        self._platform.tries(key, self._life.number)
        fate = await self._reach(channel, key)
        refused = self._early(channel, fate)
        if refused is not None:
            return refused
        shown = self._platform.take(channel, thread, key, card)
        self._platform.came_through(key, self._life.number)
        return await self._answer(channel, shown, fate)

    async def edit(self, channel: str, ref: str, card: Card) -> Delivery:
        shown = self._platform.message(ref)
        if shown is None:
            return Permanent("message_not_found")
        fate = await self._reach(shown.channel, shown.key)
        refused = self._early(shown.channel, fate)
        if refused is not None:
            return refused
        self._platform.change(shown, card)
        return await self._answer(shown.channel, shown, fate)

    async def find(self, channel: str, key: str, thread: str | None) -> Found:
        fate = await self._reach(channel, key)
        if fate in (Fate.LOST_BEFORE, Fate.LOST_AFTER):
            self._platform.lost(channel, "find")
            return Ambiguous()
        if fate is Fate.REFUSED:
            self._platform.lost(channel, "find")
            return Throttled(self._weather.wall() + timedelta(seconds=self._weather.retry_after()))
        if self._weather.is_gone(channel):
            return Permanent("channel_not_found")
        messages = self._platform.channel(channel).messages
        found = next((m for m in messages if m.key == key and m.thread == thread), None)
        if found is None:
            self._weather.note("read_back_absent", rescue=True)
            return NotThere()
        self._weather.note("read_back_found", rescue=True)
        return Sent(found.ref)

    async def _reach(self, channel: str, key: str) -> Fate:
        await self._life.reach("call")
        fate = self._weather.fate(key)
        await self._weather.travel(fate)
        self._life.check("arrived")
        return fate

    def _early(self, channel: str, fate: Fate) -> Delivery | None:
        """The answer of a call that took nothing."""
        if fate is Fate.BROKEN:
            self._platform.lost(channel, "broken")
            raise RuntimeError("the adapter cannot draw this")
        if fate is Fate.LOST_BEFORE:
            self._platform.lost(channel, "before")
            return Ambiguous()
        refused = self._platform.refusal(channel, fate)
        if refused is not None:
            self._platform.lost(channel, type(refused).__name__)
        return refused

    async def _answer(self, channel: str, shown: Shown, fate: Fate) -> Delivery:
        """The way back, on which a life may end and an answer may get lost."""
        self._life.check("taken")
        if fate is Fate.SLOW:
            self._platform.lost(channel, "slow")
            await self._weather.dawdle()
        await self._life.reach("answer")
        if fate is Fate.LOST_AFTER:
            self._platform.lost(channel, "after")
            return Ambiguous()
        return Sent(shown.ref)
