"""Days of the whole service, with every fault, judged by what people see."""

from collections.abc import Iterator

import pytest
from structlog.testing import capture_logs

from tests.simulation.__main__ import MUST_BE_ZERO, figures
from tests.simulation.chunks import run_plan
from tests.simulation.plan import draw

DAYS = 10
WORLDS = (
    *(129, 183, 191, 196, 321, 328, 993, 1075, 1697, 4084),
    *(4272, 4638, 5010, 5615, 7219, 7661, 10126, 11010, 11130, 11221),
)
"""Two hundred days. Of a thousand, as `make simulate` plays them, these would be the lighter ones:
they rest for a day at the end, not for ninety-five, and have few bursts of reports."""


@pytest.fixture(autouse=True)
def silent() -> Iterator[None]:
    """The service's log lines are no part of what these tests look at."""
    with capture_logs():
        yield


@pytest.mark.shares_nothing
@pytest.mark.parametrize("number", WORLDS)
def test_days_with_faults_break_no_promise(number: int) -> None:
    line = figures([run_plan(draw(f"test.{number}", DAYS))], number)
    assert line["complaints"] == []
    assert {line[name] for name in MUST_BE_ZERO} == {0}
    counts = line["counts"]
    assert isinstance(counts, dict)
    assert counts["reports_acknowledged"] >= 10 * DAYS * 0.9
    assert counts["calls_acknowledged"] and line["faults"]
