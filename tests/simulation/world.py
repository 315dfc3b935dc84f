"""The whole service in one loop: lives that begin and end, a platform, people, and time."""

import asyncio
import hashlib
import sqlite3
from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from bot.audits import Audit
from bot.case_work import Work
from bot.desk import OpenedCase
from bot.set_back import mend_what_lies_ahead
from bot.watch import EVERY_SECONDS
from bot.work_records import Wanted
from bot.worker import run_forever
from tests.simulation.bell import SkippingBell, next_due
from tests.simulation.chance import SimEntropy, stream
from tests.simulation.companies import company_named
from tests.simulation.driver import INJECTED
from tests.simulation.identity import Identity
from tests.simulation.ledger import Ledger
from tests.simulation.life import Life
from tests.simulation.loop import SimLoop
from tests.simulation.plan import Plan
from tests.simulation.platform import Platform, PlatformPort, Shown
from tests.simulation.service import Doors, build_service
from tests.simulation.weather import Weather
from tests.support.tables import database_in

T = TypeVar("T")


class NoAnswer(Exception):
    """The client never heard what became of its request."""


class World:
    """One world, played from a plan. Its clock is the service's clock."""

    def __init__(self, plan: Plan, folder: Path) -> None:
        self.plan = plan
        self.loop = SimLoop(stream(plan.seed, "order"))
        self.weather = Weather(self.loop, datetime.fromisoformat(plan.began), plan.rates)
        self.weather.chance = stream(plan.seed, "weather")
        self.company = company_named(plan.company)
        self.platform = Platform(self.weather, self, reads_back=plan.reads_back)
        self.database = database_in(folder)
        self.lives = 0
        self.life: Life | None = None
        self.doors: Doors | None = None
        self.up = asyncio.Event()
        """Set while a life runs."""
        self.crash_in: int | None = None
        """At which fault point from now the present life ends."""
        self.awaits = 0
        self.ledger = Ledger()
        self.noticed: list[Callable[[Shown], None]] = []
        self.audit: Audit | None = None
        """What the service's own audit found in the end."""
        self.opened: dict[str, OpenedCase] = {}
        """Each report as the desk reads it in the end."""
        self.problems: list[str] = []
        self.down: list[tuple[float, float]] = []
        """When no life ran, from and until."""
        self.troubles: dict[str, list[float]] = {}
        """When something did not do what was asked, by what went wrong."""
        self.identity: Identity | None = None
        """Once the world has ended."""
        self._print = hashlib.sha256()
        self._actors: dict[asyncio.Task[Any], None] = {}
        self._bell: SkippingBell | None = None
        self._set_back = False
        """Whether a clock was set back since a watch looked last."""

    # --- what the service reads ---------------------------------------------------------------

    def now(self) -> datetime:
        """The service's clock."""
        return self.weather.wall()

    # --- what the platform tells --------------------------------------------------------------

    def saw(self, message: Shown) -> None:
        self.trace("shown", message.ref, message.channel, message.now.title.model_dump_json())
        for notice in self.noticed:
            notice(message)

    def failed(self, channel: str, why: str) -> None:
        self.trace("failed", channel, why)
        self.trouble(why)

    def trouble(self, why: str) -> None:
        """Notes that something was put off now."""
        self.troubles.setdefault(why, []).append(self.loop.time())

    # --- lives --------------------------------------------------------------------------------

    def due(self, kind: str) -> bool:
        """Whether the life that reached this fault point ends there."""
        self.awaits += 1
        if self.crash_in is None:
            return False
        self.crash_in -= 1
        if self.crash_in > 0:
            return False
        self.crash(kind)
        return True

    def failing(self) -> bool:
        """Whether the database answers with an error now."""
        if not self.weather.database_fails():
            return False
        self.trouble("database")
        return True

    def commit_seconds(self) -> float:
        """How long the disk takes now until a commit is answered."""
        return self.weather.commit_seconds

    def start(self) -> None:
        """A new life on what the last one left."""
        chance = stream(self.plan.seed, "life", self.lives)
        life = Life(self.lives, chance, self)
        self.lives += 1
        raw = life.driver.adopt(str(self.database))
        self._bell = bell = SkippingBell(lambda wanted: self._until_due(raw, wanted))
        entropy = SimEntropy(stream(self.plan.seed, "entropy", life.number))
        self.doors = build_service(self.database, self.company, life.driver, self, entropy, bell)
        port = PlatformPort(self.platform, self.weather, life)
        worker = life.spawn(run_forever(self.doors.work, {"chat": port}, bell))
        worker.add_done_callback(lambda task: self._worker_ended(life, task))
        if self.down and self.down[-1][1] == float("inf"):
            self.down[-1] = (self.down[-1][0], self.loop.time())
        self.life = life
        self.up.set()
        self.trace("born", life.number)
        self._watch()

    def _watch(self) -> None:
        """The service's watch looks once a minute: played only where it can find something."""
        if self._set_back and self.life is not None and self.doors is not None:
            self.life.spawn(self._looks(self.doors.work))

    async def _looks(self, work: Work) -> None:
        while self._set_back:
            await asyncio.sleep(EVERY_SECONDS)
            try:
                await mend_what_lies_ahead(work)
            except Exception:  # noqa: BLE001  a database that fails is tried again, as by the watch
                continue
            self._set_back = False

    def _until_due(self, raw: sqlite3.Connection, wanted: Wanted) -> float:
        now = self.now()
        due = next_due(raw, wanted, now)
        return (
            float("inf") if due is None else (due.replace(tzinfo=now.tzinfo) - now).total_seconds()
        )

    def _worker_ended(self, life: Life, task: "asyncio.Task[None]") -> None:
        if not life.dead:
            self.problems.append(f"the worker stopped by itself: {task!r}")

    def crash(self, where: str) -> None:
        """The present life ends here; the next begins after a while."""
        life, self.life, self.crash_in = self.life, None, None
        if life is None:
            return
        self.weather.note("crash")
        self.up.clear()
        self.trace("died", life.number, where)
        self.down.append((self.loop.time(), float("inf")))
        life.end()
        self.act(self._restart())

    def jump(self, seconds: int) -> None:
        """Every clock on a wall is set forward or back."""
        self.weather.note("jump")
        self.weather.jump(seconds)
        self.trace("jump", seconds)
        self._set_back |= seconds < 0
        if self._bell is not None:
            self._bell.ring()
        self._watch()

    def calm(self) -> None:
        """No more faults."""
        self.trace("calm")
        self.crash_in = None
        self.weather.clear()

    def stop(self) -> None:
        """The end of the world: everything in it is dropped."""
        if self.life is not None:
            self.life.end()
        for task in self._actors:
            task.cancel()

    async def _restart(self) -> None:
        await asyncio.sleep(1 + stream(self.plan.seed, "restart", self.lives).random() * 60)
        self.start()

    # --- requests and actors ------------------------------------------------------------------

    async def ask(self, use_case: Callable[[Doors], Awaitable[T]]) -> T:
        """One request that arrives at the service. Raises NoAnswer when none came back."""
        life, doors = self.life, self.doors
        if life is None or doors is None:
            raise NoAnswer("down")
        task = life.spawn(_run(use_case, doors))
        await asyncio.wait({task})
        if life.dead or task.cancelled():
            raise NoAnswer("died")
        error = task.exception()
        if error is not None:
            self._note_error(error)
            raise NoAnswer(type(error).__name__)
        return task.result()

    def _note_error(self, error: BaseException) -> None:
        if not _is_injected(error):
            self.problems.append(f"a request broke: {type(error).__name__}: {error}")

    def act(self, doing: Coroutine[Any, Any, None]) -> None:
        """Lets somebody outside the service do something."""
        task = self.loop.create_task(doing)
        self._actors[task] = None
        task.add_done_callback(self._acted)

    def _acted(self, task: "asyncio.Task[None]") -> None:
        del self._actors[task]
        error = None if task.cancelled() else task.exception()
        if error is not None:
            raise error

    # --- the fingerprint ----------------------------------------------------------------------

    def trace(self, *what: object) -> None:
        """Adds what happened to the world's fingerprint."""
        self._print.update(f"{self.loop.time():.6f} {what}\n".encode())

    def fingerprint(self) -> str:
        """Equal for two worlds in which the same things happened at the same times."""
        return self._print.hexdigest()[:16]


async def _run(use_case: Callable[[Doors], Awaitable[T]], doors: Doors) -> T:
    return await use_case(doors)


def _is_injected(error: BaseException) -> bool:
    return isinstance(error, sqlite3.OperationalError) and str(error) == INJECTED
