"""Whole worlds, short: people, faults and crashes, and nothing that people see is wrong."""

from dataclasses import replace

import pytest

from tests.simulation.__main__ import MUST_BE_ZERO, figures, quiet
from tests.simulation.chunks import Result, run_plan
from tests.simulation.plan import draw

DAYS, REST = 2, 1.0
SEEDS = ("test.1", "test.2", "test.3")


def a_world(seed: str) -> Result:
    quiet()
    return run_plan(replace(draw(seed, DAYS), rest=REST))


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_that_people_see_is_wrong_whatever_fails(seed: str) -> None:
    world = a_world(seed)
    assert world.complaints == []
    assert world.counts["reports_acknowledged"] >= 10 * DAYS
    line = figures([world], 1)
    assert not any(line[name] for name in MUST_BE_ZERO)


def test_the_same_seed_is_the_same_world_to_the_last_message() -> None:
    first, second = a_world("again"), a_world("again")
    assert first.fingerprint == second.fingerprint
    assert first.counts == second.counts
