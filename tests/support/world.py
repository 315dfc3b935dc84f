"""A Mamori to test against: everything real but time, chance and the outside world."""

import random
from collections.abc import Generator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pydantic import SecretStr

from bot.messengers import Ambiguous, Delivery, Found, NotThere, Permanent, Sent
from bot.settings import Settings
from bot.wiring import Service, build
from bot.worker import forget_old_keys, run_one_due
from flows.screens import Card
from tests.simulation.driver import Driver
from tests.support.tables import database_in

START = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
"""A Tuesday, ten in the morning in Tokyo."""

COMPANY = Path(__file__).parent / "company.yaml"


@dataclass
class FakeClock:
    """Time that passes only when a test says so."""

    present: datetime = START

    def now(self) -> datetime:
        return self.present

    def passes(self, **by: float) -> None:
        """Lets time pass, as `minutes=3`."""
        self.present += timedelta(**by)


@dataclass
class SeededEntropy:
    """Chance that is the same in every run."""

    seed: int = 1
    _random: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)

    def bytes(self, count: int) -> bytes:
        return self._random.randbytes(count)

    def between(self, low: int, high: int) -> int:
        return self._random.randint(low, high)


@dataclass
class Shown:
    """A message as a channel shows it."""

    channel: str
    card: Card
    thread: str | None
    key: str
    alerted: frozenset[str]
    """Whom it alerted when it was posted; an edit alerts nobody."""


@dataclass
class FakePlatform:
    """A chat platform at the vendor's edge: channels with messages, and what can go wrong.

    `answers` holds what the next calls do instead of working, in order. An `Ambiguous` one
    shows the message all the same, as when a platform's answer is lost on the way back; and
    what is posted twice stands there twice, for no platform knows our keys.
    """

    messages: dict[str, Shown] = field(default_factory=dict)
    answers: list[Delivery] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)
    calls: int = 0
    gap_seconds: float = 0.0
    reads_back: bool = False

    async def post(self, channel: str, card: Card, key: str, thread: str | None) -> Delivery:
        self.calls += 1
        if channel in self.gone:
            return Permanent("channel_not_found")
        outcome = self.answers.pop(0) if self.answers else None
        if outcome is not None and not isinstance(outcome, Ambiguous):
            return outcome
        copies = sum(shown.key == key for shown in self.messages.values())
        ref = f"{key}+{copies}" if copies else key
        self.messages[ref] = Shown(channel, card, thread, key, frozenset(card.mentions))
        return outcome or Sent(ref)

    async def edit(self, channel: str, ref: str, card: Card) -> Delivery:
        self.calls += 1
        if ref not in self.messages:
            return Permanent("message_not_found")
        if self.messages[ref].channel in self.gone:
            return Permanent("channel_not_found")
        outcome = self.answers.pop(0) if self.answers else None
        if outcome is None or isinstance(outcome, Ambiguous):
            self.messages[ref].card = card
        return outcome or Sent(ref)

    async def find(self, channel: str, key: str, thread: str | None) -> Found:
        self.calls += 1
        assert self.reads_back
        if channel in self.gone:
            return Permanent("channel_not_found")
        found = (
            ref
            for ref, shown in self.messages.items()
            if (shown.key, shown.thread) == (key, thread)
        )
        ref = next(found, None)
        return NotThere() if ref is None else Sent(ref)

    def channel(self, name: str) -> list[Card]:
        """What a channel shows, oldest first, threads included."""
        return [shown.card for shown in self.messages.values() if shown.channel == name]

    def direct(self, person: str) -> list[Card]:
        """The direct messages to somebody."""
        return self.channel(f"@{person}")


def settings(folder: Path, database: str | None = None, company: Path = COMPANY) -> Settings:
    """Settings for a database of a test's own."""
    return Settings(
        database=database or f"sqlite:///{database_in(folder)}",
        master_key=SecretStr("11" * 32),
        index_key=SecretStr("22" * 32),
        company=company,
        public_url="https://mamori.example",
    )


@dataclass
class World:
    """One Mamori with a fake chat platform, and a clock that a test moves."""

    service: Service
    clock: FakeClock
    platform: FakePlatform

    async def works_off(self) -> int:
        """Handles everything that is due now, as the loop would."""
        handled = 0
        while await run_one_due(self.service.work, {"chat": self.platform}):
            handled += 1
            assert handled < 500, "the same rows come back for ever"
        return handled

    async def passes(self, **by: float) -> None:
        """Lets time pass in steps of a minute, working off what falls due on the way."""
        end = self.clock.present + timedelta(**by)
        await self.works_off()
        while self.clock.present < end:
            today = self.clock.present.date()
            self.clock.present = min(end, self.clock.present + timedelta(minutes=1))
            if self.clock.present.date() != today:
                await forget_old_keys(self.service.work)
            await self.works_off()

    async def leaps(self, *, pause_seconds: float = 30, **by: float) -> None:
        """Lets long times pass, from each thing that falls due to the next.

        What is due and still there waits for its channel: it is looked at again after a pause.
        """
        end = self.clock.present + timedelta(**by)
        await self.works_off()
        while self.clock.present < end:
            async with self.service.work.storage.read() as tx:
                due = await tx.jobs.next_due()
            later = self.clock.present + timedelta(seconds=pause_seconds)
            self.clock.present = min(end, end if due is None else max(due, later))
            await self.works_off()


class _Turn:
    """Everybody else's turn."""

    def __await__(self) -> Generator[None]:
        yield


async def _gives_way(_point: str) -> None:
    """On the way to the database everybody else has a turn, as with a thread."""
    await _Turn()


def threadless() -> Driver:
    """SQLite without a thread for each connection, which costs more than what it does here.

    What threads could break is looked at where they are: tests/storage, tests/stories, the chaos.
    """
    return Driver(_gives_way, lambda: False)


def a_world(
    folder: Path,
    database: str | None = None,
    seed: int = 1,
    company: Path = COMPANY,
    *,
    threads: bool = False,
) -> World:
    """A fresh Mamori on an empty database; with `threads` SQLite has those it has in earnest."""
    clock = FakeClock()
    made = settings(folder, database, company)
    entropy = SeededEntropy(seed)
    driver = None if threads else threadless()
    service = build(made, clock=clock, entropy=entropy, sqlite_driver=driver)
    return World(service, clock, FakePlatform())
