"""What goes wrong between the service and the platform, and the clocks of the world."""

import asyncio
from collections import Counter
from datetime import datetime, timedelta
from enum import Enum
from random import Random

from tests.simulation.plan import Fault, Rates

DAWDLES = 45.0
"""Longer than a handler of the worker may take."""
BROKEN_SECONDS = 2 * 3600.0
"""So long a message breaks the adapter that does so at all."""


class Fate(Enum):
    """What becomes of one call."""

    TAKEN = "taken"
    REFUSED = "refused"
    LOST_BEFORE = "lost_before"
    LOST_AFTER = "lost_after"
    SLOW = "slow"
    BROKEN = "broken"


class Weather:
    """The world's clocks and what it does to calls. Faults stop when `calm` is set."""

    def __init__(self, loop: asyncio.AbstractEventLoop, began: datetime, rates: Rates) -> None:
        self._loop = loop
        self.began = began
        self._rates = rates
        self.calm = False
        self.offsets: list[tuple[float, timedelta]] = [(0.0, timedelta())]
        """From when on the wall's clock stood how far from true time."""
        self.faults: Counter[str] = Counter()
        self.rescues: Counter[str] = Counter()
        self._outages: dict[Fault, None] = {}
        self._gone: Counter[str] = Counter()
        self._broken: dict[str, float] = {}
        """Until when each message breaks the adapter."""
        self.chance = Random(0)
        self.commit_seconds = 0.0
        """So long the disk takes now until a commit is answered."""

    def now(self) -> float:
        """True time, in seconds since the world began."""
        return self._loop.time()

    def wall(self) -> datetime:
        """The time on every machine's wall, which may jump."""
        return self.began + timedelta(seconds=self._loop.time()) + self.offsets[-1][1]

    def jump(self, seconds: int) -> None:
        """Every clock on a wall jumps; true time does not."""
        self.offsets.append((self.now(), self.offsets[-1][1] + timedelta(seconds=seconds)))

    def wall_at(self, at: float) -> datetime:
        """What the wall's clock showed at a moment of true time."""
        offset = next(offset for since, offset in reversed(self.offsets) if since <= at)
        return self.began + timedelta(seconds=at) + offset

    def note(self, kind: str, *, rescue: bool = False) -> None:
        """Counts a fault that happened, or something that was saved from one."""
        (self.rescues if rescue else self.faults)[kind] += 1

    def begin(self, fault: Fault, channel: str = "") -> None:
        if fault.kind == "outage":
            self._outages[fault] = None
        else:
            self._gone[channel] += 1
        self.note(fault.kind)

    def end(self, fault: Fault, channel: str = "") -> None:
        if fault.kind == "outage":
            self._outages.pop(fault, None)
        else:
            self._gone[channel] -= 1

    def clear(self) -> None:
        """Everything works from here on."""
        self.calm = True
        self._outages.clear()
        self._gone.clear()
        self.commit_seconds = 0.0

    def slow_disk(self, seconds: float) -> None:
        """Each commit takes so long from now on; who waits to write waits until it is answered."""
        if seconds:
            self.note("slow_disk")
        self.commit_seconds = seconds

    def is_gone(self, channel: str) -> bool:
        return self._gone[channel] > 0

    def is_out(self) -> bool:
        return bool(self._outages)

    def retry_after(self) -> float:
        """The seconds of a Retry-After header."""
        if self.calm:
            return 0.0
        waits = (30.0, 300.0, 300.0) if self._outages else (0.0, 1.0, 2.0, 30.0, 30.0, 300.0)
        return self.chance.choice(waits)

    def database_fails(self) -> bool:
        """Whether the next statement gets an error for an answer."""
        rate = self._rates.database_error
        if self.calm or not rate or self.chance.random() >= rate:
            return False
        self.note("database_error")
        return True

    def fate(self, key: str) -> Fate:
        """What becomes of the next call."""
        if self._outages:
            return self._in_outage()
        if self.calm:
            return Fate.TAKEN
        if self._is_broken(key):
            self.note("broken")
            return Fate.BROKEN
        draw, rates = self.chance.random(), self._rates
        for fate, rate in (
            (Fate.REFUSED, rates.throttled),
            (Fate.LOST_BEFORE, rates.failed_before),
            (Fate.LOST_AFTER, rates.failed_after),
            (Fate.SLOW, rates.slow),
        ):
            draw -= rate
            if draw < 0:
                if fate is not Fate.REFUSED:
                    self.note(fate.value)
                return fate
        return Fate.TAKEN

    def _in_outage(self) -> Fate:
        outage = next(iter(self._outages))
        refused = outage.detail == "refused" or (
            outage.detail == "mixed" and self.chance.random() < 0.5
        )
        return Fate.REFUSED if refused else Fate.LOST_BEFORE

    def _is_broken(self, key: str) -> bool:
        """Some messages break the adapter, each time for some hours.

        Not for ever: what is told to wait then excuses whatever else is late.
        """
        if not self._rates.broken:
            return False
        if key not in self._broken:
            breaks = self.chance.random() < self._rates.broken
            self._broken[key] = self.now() + BROKEN_SECONDS if breaks else 0.0
        return self.now() < self._broken[key]

    async def travel(self, fate: Fate) -> None:
        """How long a call takes to arrive; a silent platform lets it wait for its own limit."""
        seconds = 10.0 if fate is Fate.LOST_BEFORE else 0.02 + self.chance.random() * 0.2
        await asyncio.sleep(seconds)

    async def dawdle(self) -> None:
        """An answer so late that nobody waits for it any more."""
        await asyncio.sleep(DAWDLES)
