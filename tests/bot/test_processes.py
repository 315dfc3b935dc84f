"""Several processes at one door: kept at their number, and ended together."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PARENT = """
import os, signal, sys
from bot.logs import set_up_logs
from bot.processes import Processes

def serve(number):
    done = []
    signal.signal(signal.SIGTERM, lambda *_: done.append(1))
    os.write(1, f"{number} {os.getpid()}\\n".encode())
    if sys.argv[1] == "fails" and number == 1:
        raise ValueError("nobody must read this")
    while not done:
        signal.pause()

set_up_logs(for_people=False)
sys.exit(Processes(3, serve).run())
"""
"""Each process says its number and its id, and then waits for the word to stop."""

PATIENCE_SECONDS = 60
Start = Callable[[str], Awaitable[Process]]


@pytest.fixture
async def start() -> AsyncIterator[Start]:
    """Starts a parent whose processes behave in a way that has a name."""
    started: list[Process] = []

    async def begin(way: str) -> Process:
        parent = await asyncio.create_subprocess_exec(
            sys.executable, "-c", PARENT, way, cwd=ROOT, stdout=PIPE, stderr=PIPE
        )
        started.append(parent)
        return parent

    yield begin
    for parent in started:
        if parent.returncode is None:
            parent.kill()
            await parent.wait()


async def begun(parent: Process) -> tuple[int, int]:
    """The number and the id of the process that begins next."""
    assert parent.stdout is not None
    async with asyncio.timeout(PATIENCE_SECONDS):
        number, pid = (await parent.stdout.readline()).split()
    return int(number), int(pid)


async def said(parent: Process) -> str:
    """What was written until the last of them was gone."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        out, errors = await parent.communicate()
    return (out + errors).decode()


async def test_a_process_that_is_killed_is_followed_by_one_of_its_number(start: Start) -> None:
    parent = await start("waits")
    first = dict([await begun(parent) for _ in range(3)])
    assert sorted(first) == [0, 1, 2]
    os.kill(first[1], signal.SIGKILL)
    number, pid = await begun(parent)
    assert number == 1 and pid not in first.values()
    parent.terminate()
    assert "process_killed" in await said(parent)
    assert parent.returncode == 0


async def test_told_to_stop_they_all_stop_and_nothing_went_wrong(start: Start) -> None:
    parent = await start("waits")
    for _ in range(3):
        await begun(parent)
    parent.terminate()
    assert await said(parent) == ""
    assert parent.returncode == 0


async def test_a_process_that_is_asked_to_stop_by_itself_is_followed(start: Start) -> None:
    parent = await start("waits")
    first = dict([await begun(parent) for _ in range(3)])
    os.kill(first[2], signal.SIGTERM)
    assert (await begun(parent))[0] == 2


async def test_no_process_outlives_its_parent(start: Start) -> None:
    parent = await start("waits")
    for _ in range(3):
        await begun(parent)
    parent.kill()
    # The pipes that all of them hold end only once the last of them is gone.
    assert await said(parent) == ""


async def test_one_that_fails_by_itself_ends_them_all_and_its_words_are_not_logged(
    start: Start,
) -> None:
    parent = await start("fails")
    words = await said(parent)
    assert parent.returncode == 1
    assert "process_failed" in words and "ValueError" in words
    assert "nobody must read this" not in words
