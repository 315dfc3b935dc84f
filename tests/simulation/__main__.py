"""`make simulate DAYS=1000 SEED=1`: many worlds, one line of figures, and an end that means it."""

import argparse
import json
import os
import sys
from collections import Counter
from collections.abc import Sequence

from tests.simulation.chunks import Result, fingerprint, run_all
from tests.simulation.processes import silence

MUST_BE_ZERO = ("lost", "doubled", "missed", "late", "early")
"""What no world may show. Every other complaint is listed under its own name, and ends it too."""


def figures(results: Sequence[Result], seed: int) -> dict[str, object]:
    """One line's worth: what was done, what went wrong, and how fast it went."""
    counts: Counter[str] = Counter()
    faults: Counter[str] = Counter()
    rescues: Counter[str] = Counter()
    for result in results:
        counts += result.counts
        faults += result.faults
        rescues += result.rescues
    days = sum(result.days for result in results)
    seconds = sum(result.seconds for result in results)
    complaints = [f"{result.seed}: {each}" for result in results for each in result.complaints]
    return {
        "seed": seed,
        "days": days,
        "fingerprint": fingerprint(list(results)),
        **{name: counts.pop(name, 0) for name in MUST_BE_ZERO},
        "counts": dict(sorted(counts.items())),
        "crashes": faults.get("crash", 0),
        "faults": dict(sorted(faults.items())),
        "rescues": dict(sorted(rescues.items())),
        "days_per_second_per_core": round(days / seconds, 2) if seconds else 0.0,
        "complaints": complaints,
    }


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the worlds, prints the line, and says by its exit code whether a promise broke."""
    parser = argparse.ArgumentParser(prog="simulate", description=__doc__)
    parser.add_argument("--days", type=int, default=int(os.environ.get("DAYS") or 1000))
    parser.add_argument("--seed", type=int, default=int(os.environ.get("SEED") or 1))
    parser.add_argument("--processes", type=int, default=None)
    given = parser.parse_args(argv)
    silence()
    results = []
    for result in run_all(given.seed, given.days, given.processes):
        results.append(result)
        told = "; ".join(result.complaints) or "no complaint"
        print(f"world {result.seed}, {result.days:g} days: {told}", file=sys.stderr, flush=True)
    line = figures(results, given.seed)
    print(json.dumps(line, ensure_ascii=False))
    return 1 if line["complaints"] else 0


if __name__ == "__main__":
    sys.exit(main())
