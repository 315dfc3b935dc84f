"""The whole service in one seeded loop, with every fault; and every tape that once failed."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import structlog
from structlog.testing import capture_logs

from tests.simulation.chunks import run_plan
from tests.simulation.plan import Start, draw, read, write
from tests.simulation.processes import processes
from tests.simulation.shrink import TAPES, fewer

KEPT = sorted(TAPES.glob("*.json"))


@pytest.fixture(autouse=True)
def silent() -> Iterator[None]:
    """The service's log lines are no part of what these tests look at."""
    with capture_logs():
        yield


def test_the_same_seed_is_the_same_world() -> None:
    one, other = (run_plan(replace(draw("a2", 1), rest=0.1)) for _ in range(2))
    assert one.fingerprint == other.fingerprint
    assert one.counts == other.counts
    another = run_plan(replace(draw("b1", 1), rest=0.1))
    assert another.fingerprint != one.fingerprint


def test_a_day_is_full() -> None:
    for seed in range(20):
        kinds = [start.kind for start in draw(f"full.{seed}", 1).starts]
        assert kinds.count("report") >= 10 and kinds.count("help") >= 2


@pytest.mark.parametrize("tape", KEPT, ids=lambda tape: tape.stem)
def test_a_tape_that_failed_once_fails_no_more(tape: Path) -> None:
    assert run_plan(read(tape)).complaints == []


def speak() -> bool:
    """What a process does that plays a world in which something fails."""
    structlog.get_logger().error("job_failed")
    return True


def test_of_many_processes_only_the_line_of_figures_is_heard(
    capfd: pytest.CaptureFixture[str],
) -> None:
    with processes(1) as pool:
        assert pool.submit(speak).result()
    assert capfd.readouterr() == ("", "")


def test_a_tape_plays_as_its_seed_does(tmp_path: Path) -> None:
    plan = draw("kept", 1)
    write(plan, tmp_path / "tape.json")
    assert read(tmp_path / "tape.json") == plan
    assert json.loads((tmp_path / "tape.json").read_text())["seed"] == "kept"


def test_shrinking_leaves_only_what_a_failure_needs() -> None:
    starts = [Start(number, float(number), "report") for number in range(40)]
    needed = {7, 31}
    left = fewer(starts, lambda kept: needed <= {start.number for start in kept})
    assert {start.number for start in left} == needed
