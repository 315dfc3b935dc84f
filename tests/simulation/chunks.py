"""Many worlds: a run of a thousand days is fifty worlds of twenty, on every core."""

import gc
import os
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256

from tests.simulation.judge import judge
from tests.simulation.plan import Plan, draw
from tests.simulation.play import play
from tests.simulation.processes import processes

CHUNK_DAYS = 20
SHOWN = 5
"""Complaints of one world that are passed on in words."""


@dataclass
class Result:
    """What came of one world, small enough to be passed between processes."""

    seed: str
    days: float
    fingerprint: str
    seconds: float
    counts: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    rescues: Counter[str] = field(default_factory=Counter)
    complaints: list[str] = field(default_factory=list)


def run_plan(plan: Plan) -> Result:
    """Plays one world and judges it."""
    began = time.process_time()
    world = play(plan)
    verdict = judge(world)
    return Result(
        seed=plan.seed,
        days=plan.days,
        fingerprint=world.fingerprint(),
        seconds=time.process_time() - began,
        counts=verdict.counts,
        faults=world.weather.faults,
        rescues=world.weather.rescues,
        complaints=[str(complaint) for complaint in verdict.complaints[:SHOWN]],
    )


def seeds(seed: int, days: int) -> list[tuple[str, int]]:
    """The seed and length of each world of a run."""
    lengths = [min(CHUNK_DAYS, days - first) for first in range(0, days, CHUNK_DAYS)]
    return [(f"{seed}.{number}", length) for number, length in enumerate(lengths)]


def _run_seed(job: tuple[str, int]) -> Result:
    try:
        return run_plan(draw(*job))
    finally:
        gc.collect()  # a world is full of circles, and fifty of them fill a machine


def run_all(seed: int, days: int, at_once: int | None = None) -> Iterator[Result]:
    """Every world of a run, in order, on `at_once` cores."""
    jobs = seeds(seed, days)
    number = min(len(jobs), at_once or os.cpu_count() or 1)
    if number == 1:
        yield from map(_run_seed, jobs)
        return
    with processes(number) as pool:
        yield from pool.map(_run_seed, jobs)


def fingerprint(results: list[Result]) -> str:
    """Of a whole run: equal when every world's is."""
    joined = "".join(result.fingerprint for result in results)
    return sha256(joined.encode()).hexdigest()[:16]
