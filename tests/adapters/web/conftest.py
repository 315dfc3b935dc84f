"""The demo, and somebody who sent a report in it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.stories.test_evidence import reports
from tests.support.browser_free import Person
from tests.support.demo import Demo, a_demo


@pytest.fixture
async def demo(tmp_path: Path) -> AsyncIterator[Demo]:
    async with a_demo(tmp_path) as running_demo:
        yield running_demo


@pytest.fixture
async def employee(demo: Demo) -> AsyncIterator[Person]:
    """Somebody on the page of their own report."""
    async with Person(demo.base, "en") as person:
        await reports(demo, person)
        yield person
