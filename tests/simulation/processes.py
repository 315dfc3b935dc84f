"""Several processes that play worlds, and say nothing but what they were asked."""

import logging
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import structlog

from tests.support.memory import keep_what_is_loaded


def silence() -> None:
    """The service's own log lines say nothing that the oracles do not see."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))


def get_ready() -> None:
    """For a process that does nothing but play worlds."""
    silence()
    keep_what_is_loaded()


def processes(number: int | None) -> ProcessPoolExecutor:
    """So many silent processes, each with a memory of its own; None: one a core."""
    return ProcessPoolExecutor(number, get_context("spawn"), initializer=get_ready)
