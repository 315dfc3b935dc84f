"""How tests are shared out between processes, and what none of them leaves behind."""

import logging
import os
from collections.abc import Iterator

import pytest
import structlog

from tests.support.memory import keep_what_is_loaded, quick_folder


def pytest_configure() -> None:
    """Every test's own folder is in memory where there is room, unless somebody says where."""
    if (folder := quick_folder()) is not None:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", folder)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The tests of a file go to one process, for they share what is slow to start.

    A world of the simulation shares nothing and takes a while: each goes to whichever process
    is free.
    """
    for item in items:
        if item.get_closest_marker("shares_nothing") is None:
            item.add_marker(pytest.mark.xdist_group(item.path.as_posix()))


def pytest_collection_finish() -> None:
    """All tests are loaded, and stay loaded."""
    keep_what_is_loaded()


@pytest.fixture(autouse=True)
def log_lines_go_where_they_went() -> Iterator[None]:
    """Whoever silences the log, or listens to it, does so for one test.

    A handler left behind would write to where that test's output was read, which is closed.
    """
    configured, before = structlog.is_configured(), structlog.get_config()
    libraries = logging.getLogger()
    level, handlers = libraries.level, list(libraries.handlers)
    yield
    libraries.setLevel(level)
    for handler in [each for each in libraries.handlers if each not in handlers]:
        libraries.removeHandler(handler)
    if configured:
        structlog.configure(**before)
    else:
        structlog.reset_defaults()
