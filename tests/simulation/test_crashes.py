"""A life that ends anywhere changes nothing that people see in the end."""

import pytest

from tests.simulation.crashes import Job, bad, run, singles, work_off
from tests.simulation.scenarios import SCENARIOS

STRIDE = 19
"""Every 19th await, so that this takes half a minute; `make simulate-crashes` takes each one."""


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_crash_at_every_19th_await_changes_nothing_that_people_see(name: str) -> None:
    calm = run(name, reads_back=True)
    assert calm.aftermath.wrong == ()
    points = singles(calm, STRIDE)
    for reads_back, half in ((True, points[::2]), (False, points[1::2])):
        tally = work_off(Job(name, reads_back, half))
        assert tally.total == len(half) > 0
        assert tally.bad == 0, tally.examples
        assert not (reads_back and tally.repeated)


def test_a_world_in_which_something_is_missing_is_found() -> None:
    reported, taken = run("report", reads_back=True), run("take", reads_back=True)
    assert bad(reported, reported, ()) == []
    assert any(found.startswith("missing: desk") for found in bad(reported, taken, ()))
    assert bad(reported, reported, (1,)) == ["a life did not end where it was to end"]
