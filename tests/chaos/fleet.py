"""The processes of one deployment: started, killed by their id, stopped."""

import asyncio
import json
import socket
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from aiohttp import ClientError, ClientSession, ClientTimeout

from tests.chaos.platform import ChatPlatform
from tests.chaos.server import Given

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 120
NO_FAULTS = ("audit_red", "nobody_left_to_ask")
"""In the middle of it both are right; what the audit says last is judged."""
LOOKS_EVERY_SECONDS = 0.02


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Fleet:
    """Identical processes on one database, each on a port of its own."""

    database: str
    platform: ChatPlatform
    platform_base: str
    size: int
    folder: Path
    """For the file of heads and the logs: on another disk than the database, so to say."""
    reads_back: bool = True
    ahead_seconds: float = 0.0

    def __post_init__(self) -> None:
        self.ports = [free_port() for _ in range(self.size)]
        self.heads = self.folder / "heads"
        self._log = self.folder / "log"
        self._running: dict[int, asyncio.subprocess.Process] = {}

    @property
    def bases(self) -> list[str]:
        """Where a browser finds the processes."""
        return [f"http://127.0.0.1:{port}" for port in self.ports]

    def errors(self) -> list[str]:
        """What the processes logged as errors, and whatever is no line of our own log."""
        found = []
        for line in self._log.read_text().splitlines():
            try:
                said = json.loads(line)
            except ValueError:
                found.append(line)
                continue
            if said["level"] == "error" and said["event"] not in NO_FAULTS:
                found.append(line)
        return found

    async def start(self, number: int) -> float:
        """Starts a process and waits until it can take a report. Gives how many seconds it took."""
        given = Given(
            database=self.database,
            platform=self.platform_base,
            port=self.ports[number],
            ahead_seconds=self.ahead_seconds,
            reads_back=self.reads_back,
            heads=str(self.heads),
        )
        started = time.perf_counter()
        command = [sys.executable, "-m", "tests.chaos.server", given.as_argument()]
        with self._log.open("ab") as log:
            self._running[number] = await asyncio.create_subprocess_exec(
                *command, cwd=ROOT, stdin=asyncio.subprocess.PIPE, stderr=log
            )
        await self._ready(number)
        return time.perf_counter() - started

    async def start_all(self) -> None:
        await asyncio.gather(*map(self.start, range(self.size)))

    async def kill(self, number: int) -> None:
        """kill -9, and waits until the process is gone."""
        process = self._running.pop(number)
        process.kill()
        self.platform.killed.add(process.pid)
        await process.wait()

    async def kill_all(self) -> None:
        await asyncio.gather(*map(self.kill, list(self._running)))

    def jump(self, seconds: float) -> None:
        """Moves every process's clock ahead. Only while none has a job in hand."""
        self.ahead_seconds += seconds
        for process in self._running.values():
            assert process.stdin is not None
            process.stdin.write(f"{self.ahead_seconds}\n".encode())

    async def stop_all(self) -> list[int]:
        """Asks every process to stop, as an upgrade does. Gives their exit codes."""
        processes = list(self._running.values())
        self._running.clear()
        for process in processes:
            process.terminate()
        return list(await asyncio.gather(*(process.wait() for process in processes)))

    async def _ready(self, number: int) -> None:
        timeout = ClientTimeout(total=PATIENCE_SECONDS)
        async with asyncio.timeout(PATIENCE_SECONDS), ClientSession(timeout=timeout) as session:
            while True:
                try:
                    async with session.get(f"{self.bases[number]}/health/ready") as answer:
                        if answer.status == 200:
                            return
                except ClientError:
                    pass
                if self._running[number].returncode is not None:
                    raise RuntimeError("a process ended before it was ready")
                await asyncio.sleep(LOOKS_EVERY_SECONDS)
