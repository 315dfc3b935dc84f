"""Makes a failing plan small: `python -m tests.simulation.shrink SEED DAYS` keeps the tape.

Client events are dropped first, then faults, then whole kinds of faults, as long as the same
oracle still complains. What is left is written to `seeds/`, and every test run replays it.
"""

import sys
from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import TypeVar

from tests.simulation.chunks import run_plan
from tests.simulation.plan import Plan, Rates, draw, write

T = TypeVar("T")
TAPES = Path(__file__).parent / "seeds"

Fails = Callable[[Plan], bool]


def shrink(plan: Plan, fails: Fails) -> Plan:
    """The smallest plan found that still fails."""
    starts = fewer(plan.starts, lambda kept: fails(replace(plan, starts=tuple(kept))))
    plan = replace(plan, starts=tuple(starts))
    faults = fewer(plan.faults, lambda kept: fails(replace(plan, faults=tuple(kept))))
    plan = replace(plan, faults=tuple(faults))
    for each in fields(Rates):
        without = replace(plan, rates=replace(plan.rates, **{each.name: 0.0}))
        if getattr(plan.rates, each.name) and fails(without):
            plan = without
    return plan


def fewer(items: Sequence[T], fails: Callable[[Sequence[T]], bool]) -> Sequence[T]:
    """Drops halves, then quarters, and so on, as long as it still fails."""
    size = len(items)
    while size:
        first = 0
        while first < len(items):
            left = [*items[:first], *items[first + size :]]
            if fails(left):
                items = left
            else:
                first += size
        size //= 2
    return items


def main(seed: str, days: float) -> int:
    """Shrinks a failing seed and keeps its tape. Exit code 1 when it does not fail."""
    plan = draw(seed, days)
    found = run_plan(plan).complaints
    if not found:
        return 1
    oracle = found[0].partition(":")[0]
    small = shrink(plan, lambda each: run_plan(each).counts[oracle] > 0)
    write(small, TAPES / f"{seed.replace('.', '-')}-{oracle}.json")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], float(sys.argv[2])))
