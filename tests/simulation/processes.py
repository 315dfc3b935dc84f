"""Several processes that play worlds, and say nothing but what they were asked."""

import logging
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import structlog


def silence() -> None:
    """The service's own log lines say nothing that the oracles do not see."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))


def processes(number: int | None) -> ProcessPoolExecutor:
    """So many silent processes, each with a memory of its own; None: one a core."""
    return ProcessPoolExecutor(number, get_context("spawn"), initializer=silence)
