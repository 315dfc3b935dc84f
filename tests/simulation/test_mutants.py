"""Planted bugs: they fit the product as it is, say what they break, and are found.

`make simulate-mutants` searches for each of them; here one shows that a search finds anything.
"""

from tests.simulation.mutate import (
    ROOT,
    SEEDS,
    applies,
    named_scenario,
    named_tape,
    named_world,
    patches,
    search,
)
from tests.simulation.scenarios import SCENARIOS
from tests.simulation.shrink import TAPES

FEWEST = 40
QUICK, WORLD, BY = "card-not-enqueued", 1, "late"
"""Found in a short world, and by which oracle."""


def test_there_are_enough_and_each_says_what_it_breaks() -> None:
    first_lines = [patch.read_text().splitlines()[0] for patch in patches()]
    assert len(first_lines) >= FEWEST
    assert all(line.startswith("# Breaks: ") and line.endswith(".") for line in first_lines)
    assert len(set(first_lines)) == len(first_lines)


def test_each_fits_the_product_as_it_is() -> None:
    misfits = [p.name for p in patches() if not applies(p, ROOT, only_check=True)]
    assert misfits == []


def test_each_names_at_most_a_world_that_is_drawn_anyway() -> None:
    named = [seed for patch in patches() for seed in named_world(patch)]
    assert set(named) <= set(SEEDS)


def test_each_names_at_most_a_tape_that_is_kept() -> None:
    kept = {tape.stem for tape in TAPES.glob("*.json")}
    assert {named_tape(patch) for patch in patches()} <= {None, *kept}


def test_each_names_at_most_a_scenario_that_there_is() -> None:
    assert {named_scenario(patch) for patch in patches()} <= {None, *SCENARIOS}


def test_a_world_finds_a_planted_bug() -> None:
    (patch,) = [patch for patch in patches() if patch.stem.partition("-")[2] == QUICK]
    found = search(patch, [WORLD])
    assert (found.oracle, found.seed, found.worlds) == (BY, WORLD, 1)
