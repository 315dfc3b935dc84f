"""One deployment: started, its processes killed by their ids, stopped."""

import asyncio
import json
import os
import signal
import socket
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from aiohttp import ClientError, ClientSession, ClientTimeout

from tests.chaos.platform import ChatPlatform
from tests.chaos.server import AHEAD, Given

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 120
NO_FAULTS = ("audit_red", "nobody_left_to_ask", "process_killed")
"""In the middle of it all are right; what the audit says last is judged."""
LOOKS_EVERY_SECONDS = 0.02


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Fleet:
    """Identical processes on one database and one port, as `mamori serve` starts them."""

    database: str
    platform: ChatPlatform
    platform_base: str
    size: int
    folder: Path
    """For the file of heads and the logs: on another disk than the database, so to say."""
    reads_back: bool

    def __post_init__(self) -> None:
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        """Where a browser finds it."""
        self.heads = self.folder / "heads"
        self.ahead_seconds = 0.0
        self._ahead = self.folder / "ahead"
        self._ahead.write_bytes(AHEAD.pack(0.0))
        self._log = Log(self.folder / "log")
        self._root: asyncio.subprocess.Process | None = None

    def errors(self) -> list[str]:
        """What the processes logged as errors, and whatever is no line of our own log."""
        found = []
        for line in self._log.lines:
            try:
                said = json.loads(line)
            except ValueError:
                found.append(line)
                continue
            if said["level"] == "error" and said["event"] not in NO_FAULTS:
                found.append(line)
        return found

    async def start(self) -> float:
        """Starts the service and waits until all of it can take reports. Gives the seconds."""
        given = Given(
            database=self.database,
            platform=self.platform_base,
            port=self.port,
            processes=self.size,
            ahead=str(self._ahead),
            reads_back=self.reads_back,
            heads=str(self.heads),
        )
        started = time.perf_counter()
        command = [sys.executable, "-m", "tests.chaos.server", given.as_argument()]
        with self._log.path.open("ab") as log:
            self._root = await asyncio.create_subprocess_exec(
                *command, cwd=ROOT, stdin=asyncio.subprocess.PIPE, stderr=log
            )
        return await self._ready(started)

    async def kill_one(self, which: float) -> float:
        """kill -9 of one of several processes. Gives the seconds until all of them serve again.

        `which`, from 0 to 1, says the process.
        """
        serving = self._log.serving()
        pid = serving[int(which * len(serving))]
        self._forget(pid)
        killed = time.perf_counter()
        os.kill(pid, signal.SIGKILL)
        return await self._ready(killed)

    async def kill_all(self, *, parent_only: bool = False) -> int:
        """kill -9 of every process, or of the parent alone. Waits until nobody is left.

        Gives how many were killed.
        """
        root, self._root = self._root, None
        if root is None:
            return 0
        serving = self._log.serving()
        with suppress(ProcessLookupError):
            root.kill()
        await root.wait()
        for pid in serving:
            self._forget(pid)
            if not parent_only and pid != root.pid:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        await self._nobody_listens()
        return len(serving)

    def jump(self, seconds: float) -> None:
        """Moves every process's clock ahead. Only while none has a job in hand."""
        self.ahead_seconds += seconds
        with self._ahead.open("r+b") as file:
            file.write(AHEAD.pack(self.ahead_seconds))

    async def stop(self) -> int:
        """Asks the service to stop, as an upgrade does. Gives its exit code."""
        root, self._root = self._root, None
        assert root is not None
        root.terminate()
        code = await root.wait()
        for pid in self._log.serving():
            self._log.gone.add(pid)
        return code

    def _forget(self, pid: int) -> None:
        self.platform.killed.add(pid)
        self._log.gone.add(pid)

    async def _ready(self, since: float) -> float:
        timeout = ClientTimeout(total=PATIENCE_SECONDS)
        async with asyncio.timeout(PATIENCE_SECONDS), ClientSession(timeout=timeout) as session:
            while not await self._is_ready(session):
                if self._root is None or self._root.returncode is not None:
                    raise RuntimeError("the service ended before it was ready")
                await asyncio.sleep(LOOKS_EVERY_SECONDS)
        return time.perf_counter() - since

    async def _is_ready(self, session: ClientSession) -> bool:
        if len(self._log.serving()) < self.size:
            return False
        try:
            async with session.get(f"{self.base}/health/ready") as answer:
                return answer.status == 200
        except ClientError:
            return False

    async def _nobody_listens(self) -> None:
        """A process whose parent was killed ends by itself."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                try:
                    _, writer = await asyncio.open_connection("127.0.0.1", self.port)
                    writer.close()
                except ConnectionRefusedError:
                    return
                except ConnectionResetError:
                    pass  # the last of them ended with this one in its queue: it is looked again
                await asyncio.sleep(LOOKS_EVERY_SECONDS)


class Log:
    """What the processes wrote, read as it grows."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lines: list[str] = []
        self.gone: set[int] = set()
        """Processes that serve no more."""
        self._read = 0
        self._begun: list[int] = []

    def serving(self) -> list[int]:
        """The processes that serve."""
        with self.path.open("rb") as file:
            file.seek(self._read)
            whole, _, _ = file.read().rpartition(b"\n")
        if whole:
            self._read += len(whole) + 1
            new = whole.decode().splitlines()
            self.lines += new
            self._begun += [json.loads(line)["pid"] for line in new if '"serving"' in line]
        return [pid for pid in self._begun if pid not in self.gone]
