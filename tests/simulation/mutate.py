"""`make simulate-mutants`: bugs planted one at a time, each of which the simulation must find.

A patch in `mutants/` breaks one promise on purpose. It is put into a copy of the product, and
worlds are played there until one has a complaint. A patch that no world complains about is a
promise that nobody watches.

A patch may name in its second line the world that gets there soonest ("# World: 8"). It is one
of those that any run draws; it is only played first. Or it names a scenario ("# Crashes: take"):
what goes wrong only when a life ends at one await among many is looked for there, by ending one
at every await of it. Or a tape ("# Tape: lost"): a world that is drawn too seldom to wait for, and
that every test run replays.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

import bot
from tests.simulation.chunks import run_plan
from tests.simulation.crashes import jobs_of, run, singles, work_off
from tests.simulation.plan import draw, read
from tests.simulation.processes import silence
from tests.simulation.shrink import TAPES
from tests.support.memory import quick_folder

ROOT = Path(__file__).parents[2]
MUTANTS = Path(__file__).with_name("mutants")
COPIED = (
    "bot",
    "flows",
    "storage",
    "adapters",
    "tests/simulation",
    "tests/support",
    "pyproject.toml",
)
DAYS = 1.0
SEEDS = (*range(1, 25), 36, 43, 45, 51, 52, 59, 68, 73, 74, 86, 108)
"""Enough for each company, each kind of fault, bursts and outages to be among them."""
AT_ONCE = 2
NAMES = "# World: "
CRASHES = "# Crashes: "
TAPE = "# Tape: "
LONGEST_SECONDS = 1800.0
"""For all worlds of one patch; a world of a day takes some seconds."""


@dataclass(frozen=True)
class Found:
    """What came of the worlds of one copy: the first one with a complaint ended the search."""

    oracle: str | None
    """Which oracle complained first; None while all were content."""
    seed: int | None
    worlds: int
    """How many were played."""


def named_world(patch: Path) -> list[int]:
    """The seed that a patch names in its second line, if it names one."""
    second = patch.read_text().splitlines()[1]
    return [int(second.removeprefix(NAMES))] if second.startswith(NAMES) else []


def named_scenario(patch: Path) -> str | None:
    """The scenario that a patch names in its second line, if it names one."""
    return _named(patch, CRASHES)


def named_tape(patch: Path) -> str | None:
    """The tape that a patch names in its second line, if it names one."""
    return _named(patch, TAPE)


def _named(patch: Path, what: str) -> str | None:
    second = patch.read_text().splitlines()[1]
    return second.removeprefix(what) if second.startswith(what) else None


def patches() -> list[Path]:
    """Every planted bug, in order."""
    return sorted(MUTANTS.glob("*.patch"))


@contextmanager
def copy_of_the_tree() -> Iterator[Path]:
    """The product and its simulation in a folder of their own, in memory where there is any."""
    memory = quick_folder()
    with tempfile.TemporaryDirectory(prefix="mamori-mutant-", dir=memory) as name:
        for each in COPIED:
            source, target = ROOT / each, Path(name) / each
            if source.is_dir():
                shutil.copytree(source, target)  # with what was compiled, which saves seconds
            else:
                shutil.copy(source, target)
        yield Path(name)


def applies(patch: Path, tree: Path, *, only_check: bool = False) -> bool:
    """Puts a patch into a tree, or only looks whether it would fit. Needs no repository."""
    check = ["--check"] if only_check else []
    command = ["git", "apply", *check, str(patch)]
    # A repository around the tree, if there is one, is no concern of the patch.
    environment = {**os.environ, "GIT_CEILING_DIRECTORIES": str(tree.parent)}
    return subprocess.run(command, cwd=tree, env=environment, check=False).returncode == 0


def search(patch: Path | None, seeds: Sequence[int], days: float = DAYS) -> Found:
    """Plays worlds in a patched copy until one complains; None leaves the copy as it is."""
    with copy_of_the_tree() as tree:
        if patch is not None and not applies(patch, tree):
            raise ValueError(f"{patch.name} does not apply; make it anew")
        scenario = named_scenario(patch) if patch is not None else None
        if scenario is not None:
            return _play_in(tree, "--crashes", scenario)
        tape = named_tape(patch) if patch is not None else None
        if tape is not None:
            return _play_in(tree, "--tape", tape)
        return _play_in(tree, "--seeds", ",".join(map(str, seeds)), "--days", str(days))


def _play_in(tree: Path, *what: str) -> Found:
    told = tree / "found.json"
    command = [sys.executable, "-m", "tests.simulation.mutate", "--here", str(told)]
    environment = {**os.environ, "PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        subprocess.run(
            [*command, *what],
            cwd=tree,
            env=environment,
            capture_output=True,
            timeout=LONGEST_SECONDS,
            check=True,
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        begun = json.loads(told.read_text()) if told.exists() else {"seed": None, "worlds": 0}
        return Found(f"broke ({type(error).__name__})", begun["seed"], begun["worlds"])
    return Found(**json.loads(told.read_text()))


def play_here(seeds: Sequence[int], days: float, told: Path) -> None:
    """In the copy: writes the first complaint's oracle and its seed to `told`.

    The seed is written before its world begins, so that it is known when that breaks.
    """
    if not Path(bot.__file__).is_relative_to(told.parent):
        raise RuntimeError("the worlds would play another tree than the patched one")
    silence()
    for number, seed in enumerate(seeds, start=1):
        told.write_text(json.dumps(asdict(Found(None, seed, number))))
        complaints = run_plan(draw(str(seed), days)).complaints
        if complaints:
            oracle = complaints[0].partition(":")[0]
            told.write_text(json.dumps(asdict(Found(oracle, seed, number))))
            return
    told.write_text(json.dumps(asdict(Found(None, None, len(seeds)))))


def crash_here(scenario: str, told: Path) -> None:
    """In the copy: ends a life at each await of a scenario, until people see a difference."""
    silence()
    points, played = singles(run(scenario, reads_back=True)), 0
    for job in jobs_of(scenario, points, (True, False)):
        tally = work_off(job)
        played += tally.total
        if tally.bad:
            told.write_text(json.dumps(asdict(Found("crashes", None, played))))
            return
    told.write_text(json.dumps(asdict(Found(None, None, played))))


def tape_here(tape: str, told: Path) -> None:
    """In the copy: plays one tape again, and writes its first complaint's oracle to `told`."""
    silence()
    complaints = run_plan(read(TAPES / f"{tape}.json")).complaints
    oracle = complaints[0].partition(":")[0] if complaints else None
    told.write_text(json.dumps(asdict(Found(oracle, None, 1))))


def content_seeds(seeds: Sequence[int], days: float) -> list[int]:
    """The seeds about which the tree as it is gives no cause for complaint."""
    content = []
    for seed in seeds:
        complaints = run_plan(draw(str(seed), days)).complaints
        if complaints:
            print(f"seed {seed} is left out: {complaints[0]} without any patch", flush=True)
        else:
            content.append(seed)
    return content


def main() -> int:
    """Searches for every patch named, or for all; gives 1 unless each was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="beginnings of patches' names; none: all")
    parser.add_argument("--seeds", default=",".join(map(str, SEEDS)))
    parser.add_argument("--days", type=float, default=DAYS)
    parser.add_argument("--at-once", type=int, default=AT_ONCE, help="copies that play together")
    parser.add_argument("--here", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--crashes", help=argparse.SUPPRESS)
    parser.add_argument("--tape", help=argparse.SUPPRESS)
    given = parser.parse_args()
    seeds = [int(seed) for seed in given.seeds.split(",")]
    if given.crashes is not None:
        crash_here(given.crashes, given.here)
        return 0
    if given.tape is not None:
        tape_here(given.tape, given.here)
        return 0
    if given.here is not None:
        play_here(seeds, given.days, given.here)
        return 0
    chosen = [p for p in patches() if p.name.startswith(tuple(given.names) or ("",))]
    return search_all(chosen, seeds, given.days, given.at_once)


def search_all(
    chosen: Sequence[Path], seeds: Sequence[int], days: float, at_once: int = AT_ONCE
) -> int:
    """Searches for each patch in the world that it names and in all others; a line for each.

    Only in worlds about which the tree as it is gives no cause for complaint.
    """
    silence()
    began = time.monotonic()
    named = [seed for patch in chosen for seed in named_world(patch)]
    content = content_seeds(list(dict.fromkeys([*seeds, *named])), days)

    def one(patch: Path) -> Found:
        first = [seed for seed in named_world(patch) if seed in content]
        found = search(patch, [*first, *(seed for seed in content if seed not in first)], days)
        where = "" if found.seed is None else f", seed {found.seed}"
        said = f"{found.oracle}{where}" if found.oracle else "NOT FOUND"
        print(f"{patch.stem}: {said}, in {found.worlds} worlds", flush=True)
        return found

    with ThreadPoolExecutor(at_once) as pool:
        found = list(pool.map(one, chosen))
    caught = [each for each in found if each.oracle is not None]
    figures = {
        "caught": len(caught),
        "total": len(chosen),
        # The service fell over, which nobody had to look for.
        "by_breaking": sum((each.oracle or "").startswith("broke") for each in caught),
        "median_worlds": median(each.worlds for each in caught) if caught else None,
        "worlds": len(content),
        "seconds": round(time.monotonic() - began),
    }
    print(json.dumps(figures))
    return 0 if caught and len(caught) == len(chosen) else 1


if __name__ == "__main__":
    raise SystemExit(main())
