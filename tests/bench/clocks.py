"""What it costs to take what is due, with a thousand open cases and with a million.

`python -m tests.bench.clocks` fills four databases, a small and a large one of each kind, makes
the same number of clocks due in each, and measures how long it takes to claim and end them all,
small and large in turn. It prints one line of JSON: for each kind the ratio of the medians
(the target is 2 at most), the milliseconds for each job, and the seconds of one self-audit.
"""

import argparse
import asyncio
import json
import secrets
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from storage import schema
from storage.keyring import Keyring
from storage.store import SqlStorage
from tests.bench.many_cases import NOW, clocks, fill
from tests.support.postgres import running_postgres

FEW = 1_000
TURN = 10
LEASE_SECONDS = 60


@contextmanager
def databases(folder: Path) -> Iterator[dict[str, dict[str, str]]]:
    """The addresses of a small and a large database of each kind, without any table yet."""
    sizes = ("few", "many")
    with running_postgres() as server:
        yield {
            "sqlite": {size: f"sqlite:///{folder / size}.db" for size in sizes},
            "postgresql": {size: server.url(server.create_database()) for size in sizes},
        }


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[SqlStorage]:
    """A storage as production opens it."""
    storage = SqlStorage(url, Keyring(bytes(32), secrets.token_bytes), secrets.token_bytes)
    try:
        yield storage
    finally:
        await storage.close()


async def take_by_turns(storages: Sequence[SqlStorage], due: int) -> list[float]:
    """Makes so many clocks due in each, then claims and ends them all, a few here, a few there.

    So that whatever else the machine does slows all of them alike. Gives the seconds of each.
    """
    for storage in storages:
        async with storage.write() as tx:
            await tx.jobs.enqueue(clocks(due, NOW))
    seconds = [0.0] * len(storages)
    for _ in range(due // TURN):
        for place, storage in enumerate(storages):
            began = time.perf_counter()
            for _ in range(TURN):
                assert await take_one(storage), "a clock that is due was not found"
            seconds[place] += time.perf_counter() - began
    for storage in storages:
        assert not await take_one(storage)
    return seconds


async def take_one(storage: SqlStorage) -> bool:
    """Claims the most urgent job in one transaction and ends it in another, as the loop does."""
    async with storage.write() as tx:
        job = await tx.jobs.claim(NOW, LEASE_SECONDS, {"chat": 1.0})
    if job is None:
        return False
    async with storage.write() as tx:
        assert await tx.jobs.done(job)
    return True


async def audit_seconds(storage: SqlStorage) -> float:
    """How long all that the watch asks once a minute takes."""
    began = time.perf_counter()
    async with storage.read() as tx:
        await tx.jobs.overdue(NOW)
        await tx.jobs.failing(5)
        await tx.duties.unscheduled()
        await tx.duties.exhausted()
        await tx.cards.unscheduled()
        await tx.cards.failed()
        await tx.duties.ahead_of(NOW, 0)
        await tx.jobs.held_up(NOW, 2)
    return time.perf_counter() - began


async def measure(urls: dict[str, str], many: int, due: int, rounds: int) -> dict[str, Any]:
    """The figures of one kind of database."""
    for size, cases in (("few", FEW), ("many", many)):
        schema.upgrade(urls[size])
        fill(urls[size], range(cases))
    async with opened(urls["few"]) as few, opened(urls["many"]) as large:
        audits = [await audit_seconds(large) for _ in range(3)]
        await take_by_turns((few, large), due)  # both warm now
        taken = [await take_by_turns((few, large), due) for _ in range(rounds)]
    seconds_few, seconds_many = (median(side) for side in zip(*taken, strict=True))
    return {
        "ratio": round(seconds_many / seconds_few, 2),
        "ms_per_job_few": round(1000 * seconds_few / due, 3),
        "ms_per_job_many": round(1000 * seconds_many / due, 3),
        "self_audit_seconds": round(median(audits), 2),
    }


async def run(many: int, due: int, rounds: int) -> dict[str, Any]:
    """All figures."""
    folder = Path(tempfile.mkdtemp(prefix="mamori-bench-"))
    found: dict[str, Any] = {"open_few": FEW, "open_many": many, "due": due, "rounds": rounds}
    try:
        with databases(folder) as kinds:
            for kind, urls in kinds.items():
                found[kind] = await measure(urls, many, due, rounds)
    finally:
        shutil.rmtree(folder)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--open", type=int, default=1_000_000, help="open cases in the large ones")
    parser.add_argument("--due", type=int, default=1_000, help="clocks that are due at once")
    parser.add_argument("--rounds", type=int, default=5)
    chosen = parser.parse_args()
    print(json.dumps(asyncio.run(run(chosen.open, chosen.due, chosen.rounds))))


if __name__ == "__main__":
    main()
