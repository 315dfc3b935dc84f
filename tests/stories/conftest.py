"""The demo, running, for stories told over HTTP."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.demo import Demo, a_demo


@pytest.fixture
async def demo(tmp_path: Path) -> AsyncIterator[Demo]:
    """A demo of the test's own."""
    async with a_demo(tmp_path) as running:
        yield running
