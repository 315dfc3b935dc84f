"""The service that is killed: the real one with the tests' chat platform.

`python -m tests.chaos.server` with its settings as JSON. It ends with its parent.
"""

import asyncio
import json
import os
import signal
import struct
import sys
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aiohttp import web

from bot.logs import set_up_logs
from bot.serving import listen, serve_at
from bot.wiring import build
from storage.engines import lock_file
from tests.chaos.messenger import HttpMessenger
from tests.chaos.platform import GAP_SECONDS
from tests.support.world import settings

AHEAD = struct.Struct("d")


@dataclass(frozen=True)
class Given:
    """What a service is started with."""

    database: str
    platform: str
    port: int
    processes: int
    ahead: str
    """The file that says how many seconds its clock is ahead of the machine's."""
    reads_back: bool
    heads: str
    """The file of pinned heads."""

    def as_argument(self) -> str:
        return json.dumps(asdict(self))


class AheadClock:
    """The machine's clock, so many seconds ahead as a file says at this moment."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDONLY)

    def now(self) -> datetime:
        (seconds,) = AHEAD.unpack(os.pread(self._file, AHEAD.size, 0))
        return datetime.now(UTC) + timedelta(seconds=seconds)


def killed(given: Given) -> int:
    """Serves until it is stopped, or killed. Gives the exit code."""
    made = settings(Path(), given.database).model_copy(
        update={
            "host": "127.0.0.1",
            "port": given.port,
            "processes": given.processes,
            "heads": Path(given.heads),
        }
    )
    clock = AheadClock(Path(given.ahead))
    service = build(made, clock=clock)
    messenger = HttpMessenger(
        given.platform, clock, gap_seconds=GAP_SECONDS, reads_back=given.reads_back
    )
    began = os.getpid()

    async def ends_with_its_parent(_app: web.Application) -> None:
        def nobody_there() -> None:
            if os.getppid() == began:
                os.kill(began, signal.SIGKILL)
            os._exit(1)

        asyncio.get_running_loop().add_reader(sys.stdin, nobody_there)

    async def hangs_up(_app: web.Application) -> None:
        await messenger.close()

    service.app.on_startup.append(ends_with_its_parent)
    service.app.on_cleanup.append(hangs_up)
    with listen(made.host, made.port) as door:
        return serve_at(door, replace(service, messengers={"chat": messenger}), made)


def main() -> int:
    """Holds the database as `mamori serve` does, and serves."""
    given = Given(**json.loads(sys.argv[1]))
    set_up_logs(for_people=False)
    held = lock_file(given.database)
    try:
        return killed(given)
    finally:
        if held is not None:
            held.close()


if __name__ == "__main__":
    sys.exit(main())
