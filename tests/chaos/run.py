"""One run: load, kills, then quiet, then the verdict."""

import asyncio
import random
import statistics
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.chaos.books import Books
from tests.chaos.fleet import Fleet
from tests.chaos.judge import Verdict, judge_channels, judge_receipts
from tests.chaos.platform import ChatPlatform, Faults
from tests.chaos.reporters import Ledger, calls_for_help, reports

REPORTERS = 4
LIVES_SECONDS = (0.0, 1.0)
"""How long a process works, once it is ready, before it is killed."""
ONE_ALONE = 0.8
"""How often one of several is killed, and not all at one moment."""
PARENT_ONLY = 0.5
"""Of the others: how often the parent alone is killed, whose processes must end with it."""
LEASE_OVER_SECONDS = 61.0
JUMPS_SECONDS = (7200.0, 1800.0, 1800.0, 1800.0)
"""Every report has left by then, and a call that nobody answers has come to the desk."""
QUIET_SECONDS = 0.5
PATIENCE_SECONDS = 600.0
ROUGH = Faults(answer_lost=0.03, never_arrived=0.03, slow=0.1)


@dataclass(frozen=True)
class Result:
    """The figures of a run."""

    database: str
    processes: int
    kills: int
    acknowledged: int
    lost: int
    doubled: int
    broken: int
    repeated: int
    messages: int
    throttled: int
    tries: int
    ready_p50: float
    ready_p95: float
    ready_max: float
    seconds: float

    def as_line(self) -> dict[str, object]:
        return asdict(self)


async def run(
    database: str, folder: Path, *, kills: int, processes: int = 1, seed: int = 1
) -> tuple[Result, Verdict]:
    """Kills the service `kills` times under load. Gives the figures and what is wrong.

    `folder` takes the logs and the file of heads.
    """
    started = time.perf_counter()
    chance = random.Random(seed)
    ledger, platform = Ledger(), ChatPlatform(random.Random(seed + 1))
    ready: list[float] = []
    async with platform.served() as base:
        fleet = Fleet(database, platform, base, processes, folder, reads_back=False)
        try:
            await fleet.start()
            platform.faults = ROUGH
            async with _load(fleet, ledger, chance):
                while len(platform.killed) < kills:
                    # Half of the run without read-back, half with.
                    anew = not fleet.reads_back and len(platform.killed) >= kills // 2
                    fleet.reads_back = fleet.reads_back or anew
                    ready.append(await _kill_some(fleet, chance, everybody=anew))
            platform.faults = Faults()
            verdict = await _settled(fleet, ledger)
        finally:
            await fleet.kill_all()
    figures = _figures(fleet, ledger, platform, verdict) | _ready(ready)
    seconds = round(time.perf_counter() - started, 1)
    kind = database.partition(":")[0]
    return Result(database=kind, kills=kills, seconds=seconds, **figures), verdict


async def _kill_some(fleet: Fleet, chance: random.Random, *, everybody: bool) -> float:
    """Kills one process, or sometimes all of them, or the parent of all.

    Gives after how many seconds as many as before were ready.
    """
    await asyncio.sleep(chance.uniform(*LIVES_SECONDS))
    if fleet.size > 1 and not everybody and chance.random() < ONE_ALONE:
        return await fleet.kill_one(chance.random())
    await fleet.kill_all(parent_only=chance.random() < PARENT_ONLY)
    # Nobody works now, so time may jump: what the dead held comes back at once.
    fleet.jump(LEASE_OVER_SECONDS)
    return await fleet.start()


@asynccontextmanager
async def _load(fleet: Fleet, ledger: Ledger, chance: random.Random) -> AsyncIterator[None]:
    """People report all the time; at the end everybody finishes what they began."""
    over = asyncio.Event()

    async def somebody(own: random.Random) -> None:
        while not over.is_set():
            story = calls_for_help if own.random() < 0.1 else reports
            await story(fleet.base, ledger, own)

    async with asyncio.TaskGroup() as people:
        for _ in range(REPORTERS):
            people.create_task(somebody(random.Random(chance.random())))
        try:
            yield
        finally:
            over.set()


async def _settled(fleet: Fleet, ledger: Ledger) -> Verdict:
    """Lets everything that is owed go out, and judges."""
    books = Books(fleet)
    codes = [await fleet.stop()]
    fleet.jump(LEASE_OVER_SECONDS)
    await fleet.start()
    for seconds in JUMPS_SECONDS:
        await _quiet(books, fleet.platform)
        fleet.jump(seconds)
    await _quiet(books, fleet.platform)
    verdict = judge_channels(ledger, fleet.platform)
    await judge_receipts(fleet.base, ledger, verdict)
    codes.append(await fleet.stop())
    verdict.broken += [f"the service stopped with {code}" for code in codes if code]
    verdict.broken += fleet.errors()
    # Once more, so that the watch looks at a service at rest, and pins what it wrote last.
    await fleet.start()
    await books.judge_health(fleet.base, verdict)
    await books.judge_histories(verdict)
    books.judge_what_is_shown(verdict)
    return verdict


async def _quiet(books: Books, platform: ChatPlatform) -> None:
    """Waits until nothing is due or in hand, and nothing more was sent."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        before = -1
        while platform.calls != before or await asyncio.to_thread(books.busy):
            before = platform.calls
            await asyncio.sleep(QUIET_SECONDS)


def _figures(
    fleet: Fleet, ledger: Ledger, platform: ChatPlatform, verdict: Verdict
) -> dict[str, object]:
    return {
        "processes": fleet.size,
        "acknowledged": len(ledger.acknowledged),
        "lost": len(verdict.lost),
        "doubled": len(verdict.doubled),
        "broken": len(verdict.broken),
        "repeated": verdict.repeated,
        "messages": len(platform.messages),
        "throttled": platform.throttled,
        "tries": ledger.tries,
    }


def _ready(seconds: list[float]) -> dict[str, object]:
    """How soon a killed process takes reports again."""
    ready = sorted(seconds)
    return {
        "ready_p50": round(statistics.median(ready), 2),
        "ready_p95": round(ready[int(len(ready) * 0.95)], 2),
        "ready_max": round(ready[-1], 2),
    }
