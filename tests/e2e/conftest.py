"""A browser and a demo for tests that see what a person sees."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser

from tests.support.browser import a_browser
from tests.support.demo import Demo, a_demo


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with a_browser() as running:
        yield running


@pytest.fixture
async def demo(tmp_path: Path) -> AsyncIterator[Demo]:
    async with a_demo(tmp_path) as running:
        yield running
