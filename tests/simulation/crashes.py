"""Crash at every await of every scenario, once and twice: `python -m tests.simulation.crashes`.

A world without a crash says what people see in the end. Then one world for each await: the
life ends there, another begins, people's devices try again, and in the end all must be as if
nothing had happened: nothing lost, nothing twice, nobody missed, nothing owed.
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tests.simulation.aftermath import Aftermath, look
from tests.simulation.chance import stream
from tests.simulation.client import GaveUp
from tests.simulation.crash_stage import LONGEST_SCRIPT, CrashWorld, NotOffered, Stage
from tests.simulation.processes import processes, silence
from tests.simulation.scenarios import SCENARIOS
from tests.support.memory import quick_folder

SETTLES = 60.0
"""Seconds after a script's end in which lives may still end, and then until all is quiet."""
PAIRS = 500
PART = 25
"""Worlds that one process plays before it looks for more."""
SOON = 40
"""Awaits after a crash in which the service recovers."""
SHOWN = 3
"""Bad worlds of one scenario that are told in words."""

_UNDER_CARD = " under "
"""Stands in the line of a message that stands under another: a reminder."""

Points = tuple[int, ...]


@dataclass(frozen=True)
class Run:
    """One world that was played to its end."""

    awaits: int
    own_part_from: int
    crashed: tuple[str, ...]
    aftermath: Aftermath


def run(name: str, crash_at: Points = (), *, reads_back: bool) -> Run:
    """Plays a scenario and ends a life at each of these awaits."""
    folder = quick_folder()
    with tempfile.TemporaryDirectory(prefix="mamori-crash-", dir=folder) as place:
        world = CrashWorld(Path(place), crash_at, reads_back=reads_back)
        return world.loop.run(_play(world, name))


async def _play(world: CrashWorld, name: str) -> Run:
    world.start()
    stage = Stage(world)
    try:
        async with asyncio.timeout(LONGEST_SCRIPT):
            await SCENARIOS[name](stage)
    except (TimeoutError, GaveUp, NotOffered) as error:
        world.problems.append(f"the script broke off: {error!r}")
    await asyncio.sleep(SETTLES)
    world.crash_at, awaits = (), world.awaits
    await world.up.wait()
    await asyncio.sleep(SETTLES)
    aftermath = await look(stage)
    world.stop()
    await asyncio.sleep(1)  # what was dropped comes to its end
    return Run(awaits, stage.own_part_from, tuple(world.crashed), aftermath)


def bad(world: Run, calm: Run, crash_at: Points) -> list[str]:
    """In what a world differs from the one in which no life ended."""
    found = list(world.aftermath.wrong)
    missed = crash_at[len(world.crashed) :]
    if missed and (missed[0] <= world.awaits or not world.crashed):
        found.append("a life did not end where it was to end")
    may_miss, unsure = world.aftermath.may_miss, world.aftermath.unsure
    before, after = (_told(each.aftermath.seen, unsure) for each in (calm, world))
    for line in before:
        if line in after:
            after.remove(line)
        elif may_miss and _UNDER_CARD in line:
            may_miss -= 1
        else:
            found.append(f"missing: {line}")
    return found + [f"more: {line}" for line in after]


def _told(seen: tuple[str, ...], unsure: int) -> list[str]:
    """What is compared: where nobody knows whether a reminder came, no page says that it did."""
    return [line for line in seen if not unsure or not line.startswith(("page: ", "details "))]


# --- every await ---------------------------------------------------------------------------------


@dataclass
class Tally:
    """How many worlds of one kind were played, and which were bad."""

    total: int = 0
    bad: int = 0
    repeated: int = 0
    """Messages that a crash doubled where nobody can look: allowed, and counted."""
    over_before: int = 0
    """Worlds that the first crash made so much shorter that the second never came."""
    ended_at: dict[str, int] = field(default_factory=dict)
    examples: list[str] = field(default_factory=list)

    def add(self, other: "Tally") -> None:
        """Counts another's worlds too."""
        self.total += other.total
        self.bad += other.bad
        self.repeated += other.repeated
        self.over_before += other.over_before
        for kind, count in other.ended_at.items():
            self.ended_at[kind] = self.ended_at.get(kind, 0) + count
        self.examples = [*self.examples, *other.examples][:SHOWN]


@dataclass(frozen=True)
class Job:
    """Some worlds of one scenario, for one process."""

    name: str
    reads_back: bool
    points: tuple[Points, ...]


def work_off(job: Job) -> Tally:
    """Plays each world of a job and judges it."""
    silence()
    calm, tally = run(job.name, reads_back=job.reads_back), Tally()
    for crash_at in job.points:
        world = run(job.name, crash_at, reads_back=job.reads_back)
        found = bad(world, calm, crash_at)
        over_before = len(world.crashed) < len(crash_at)
        one = Tally(1, bool(found), world.aftermath.repeated, over_before)
        for kind in world.crashed:
            one.ended_at[kind] = one.ended_at.get(kind, 0) + 1
        where = f"{job.name} reads_back={job.reads_back} {crash_at} {world.crashed}"
        one.examples = [f"{where}: {found[0]}"] if found else []
        tally.add(one)
    return tally


def singles(calm: Run, stride: int = 1) -> tuple[Points, ...]:
    """One crash at each await of the scenario's own part, or at each `stride`-th."""
    return tuple((at,) for at in range(calm.own_part_from, calm.awaits + 1, stride))


def pairs(name: str, calm: Run, number: int) -> tuple[Points, ...]:
    """Two crashes: every pair when there are no more than `number`, else so many drawn ones.

    The second is as often soon after the first, while the service recovers, as anywhere.
    """
    points = range(calm.own_part_from, calm.awaits + 1)
    if len(points) * (len(points) - 1) // 2 <= number:
        return tuple((a, b) for a in points for b in points if a < b)
    chance, drawn = stream("crashes", "pairs", name), dict[Points, None]()
    while len(drawn) < number:
        first = chance.choice(points[:-1])
        last = min(points[-1], first + SOON) if chance.random() < 0.5 else points[-1]
        drawn[first, chance.randint(first + 1, last)] = None
    return tuple(drawn)


def jobs_of(name: str, points: tuple[Points, ...], modes: Iterable[bool]) -> Iterator[Job]:
    """The points in parts of a size that keeps every process busy."""
    for reads_back in modes:
        for first in range(0, len(points), PART):
            yield Job(name, reads_back, points[first : first + PART])


@dataclass(frozen=True)
class Line:
    """What came of one scenario."""

    awaits: int
    once: Tally
    twice: Tally

    @property
    def bad(self) -> int:
        """Worlds in which something was wrong."""
        return self.once.bad + self.twice.bad

    def show(self, name: str) -> None:
        """Prints it, with some bad worlds in words."""
        once, twice = self.once, self.twice
        possible = self.awaits * (self.awaits - 1)  # of either platform
        print(
            f"{name:13} awaits {self.awaits:4}  one crash: {once.bad} bad of {once.total}  "
            f"two: {twice.bad} bad of {twice.total - twice.over_before} of {possible}",
            flush=True,
        )
        for example in [*once.examples, *twice.examples]:
            print(f"    {example[:400]}", flush=True)


def crash_everywhere(pool: Executor, name: str, number: int) -> Line:
    """One crash at each await of a scenario, and two at `number` pairs, on both platforms."""
    calm = run(name, reads_back=True)
    once, twice = Tally(), Tally()
    for points, tally in ((singles(calm), once), (pairs(name, calm, number // 2), twice)):
        for part in pool.map(work_off, jobs_of(name, points, (True, False))):
            tally.add(part)
    return Line(calm.awaits - calm.own_part_from + 1, once, twice)


def main() -> int:
    """Plays everything; a line for each scenario. 1 when anything is bad."""
    parser = argparse.ArgumentParser(prog="simulate-crashes", description=__doc__)
    parser.add_argument("--pairs", type=int, default=PAIRS, help="at most, of each scenario")
    parser.add_argument("--only", choices=SCENARIOS, help="one scenario")
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    asked = parser.parse_args()
    silence()
    began, lines = time.monotonic(), dict[str, Line]()
    with processes(asked.processes) as pool:
        for name in [asked.only] if asked.only else SCENARIOS:
            lines[name] = crash_everywhere(pool, name, asked.pairs)
            lines[name].show(name)
    bad_ones = sum(line.bad for line in lines.values())
    tried = sum(line.once.total + line.twice.total for line in lines.values())
    figures = {"bad": bad_ones, "tried": tried, "seconds": round(time.monotonic() - began)}
    print(json.dumps({**figures, **{name: asdict(line) for name, line in lines.items()}}))
    return 1 if bad_ones else 0


if __name__ == "__main__":
    sys.exit(main())
