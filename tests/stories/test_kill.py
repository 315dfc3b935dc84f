"""The demo is killed outright and started again: nothing acknowledged is lost."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import ClientError, ClientSession

from tests.stories.test_main_job import (
    answers_the_checklist,
    asked,
    files_without_a_name,
    looks_again,
)
from tests.support.browser_free import Person
from tests.support.demo import PATIENCE_SECONDS

ROOT = Path(__file__).parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def demo_process(
    folder: Path, port: int, **environment: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    """The demo as a process of its own, ready to take a report, and killed -9 at the end."""
    command = [sys.executable, "-m", "bot", "demo", "--folder", str(folder), "--port", str(port)]
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=ROOT,
        env=os.environ | environment,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        await ready(port)
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGKILL)
        await process.wait()


async def ready(port: int) -> None:
    """Waits until the demo says that it can take a report."""
    async with asyncio.timeout(PATIENCE_SECONDS), ClientSession() as session:
        while True:
            try:
                async with session.get(f"http://127.0.0.1:{port}/health/ready") as answer:
                    if answer.status == 200:
                        return
            except ClientError:
                pass
            await asyncio.sleep(0.05)


async def until_seen(person: Person, path: str, words: str) -> None:
    """Looks again and again: another process's work rings no bell here."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while words not in (await person.opens(path)).text:  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def test_kill_minus_nine_loses_nothing_and_owed_nudges_still_go_out(tmp_path: Path) -> None:
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    async with Person(base, "en") as employee, Person(base, "en") as desk:
        async with demo_process(tmp_path, port):
            page = await desk.opens("/?site=shinjuku")
            link = page.body.partition('src="/s/')[2].partition("?")[0]
            await employee.opens(f"/s/{link}")
            await answers_the_checklist(employee)
            await files_without_a_name(employee)
            public_id = employee.page.body.partition('class="letters">')[2].partition("<")[0]
            # Killed the moment the page said that it was kept: no time to send anything.
        async with demo_process(tmp_path, port):
            await until_seen(desk, "/demo/desk?lang=en", public_id)
        async with demo_process(tmp_path, port):
            # The clock moves while nobody has answered; the next rung was owed before the kill.
            await desk.posts("/demo/clock", [("minutes", "3")])
        async with demo_process(tmp_path, port):
            async with asyncio.timeout(PATIENCE_SECONDS):
                while asked("en", "manager", "deputy", "area") not in await looks_again(employee):  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
            # Once each, however often the process died in between.
            await desk.opens("/demo/desk?lang=en")
            assert desk.page.body.count(public_id) == 1
