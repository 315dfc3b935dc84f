"""The process that is killed: the real service with the tests' chat platform.

`python -m tests.chaos.server` with its settings as JSON. It ends with its parent.
"""

import asyncio
import json
import os
import sys
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.logs import set_up_logs
from bot.serving import serve_until_stopped
from bot.wiring import build
from storage.engines import lock_file
from tests.chaos.messenger import HttpMessenger
from tests.chaos.platform import GAP_SECONDS
from tests.support.world import settings


@dataclass(frozen=True)
class Given:
    """What one process is started with."""

    database: str
    platform: str
    port: int
    ahead_seconds: float
    """How far its clock is ahead of the machine's."""
    reads_back: bool
    heads: str
    """The file of pinned heads."""

    def as_argument(self) -> str:
        return json.dumps(asdict(self))


class AheadClock:
    """The machine's clock, so many seconds ahead, and further ahead when the parent says so."""

    def __init__(self, seconds: float) -> None:
        self._ahead = timedelta(seconds=seconds)

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def obey(self) -> None:
        """A line from the parent is a new distance. Without a parent there is no process."""
        line = sys.stdin.readline()
        if not line:
            os._exit(1)
        self._ahead = timedelta(seconds=float(line))


async def serve(given: Given) -> None:
    """Serves until it is stopped, or killed."""
    clock = AheadClock(given.ahead_seconds)
    asyncio.get_running_loop().add_reader(sys.stdin, clock.obey)
    made = settings(Path(), given.database)
    made = made.model_copy(
        update={"host": "127.0.0.1", "port": given.port, "heads": Path(given.heads)}
    )
    messenger = HttpMessenger(
        given.platform, clock, gap_seconds=GAP_SECONDS, reads_back=given.reads_back
    )
    service = build(made, clock=clock)
    try:
        await serve_until_stopped(replace(service, messengers={"chat": messenger}), made)
    finally:
        await messenger.close()


def main() -> None:
    """Holds the database as `mamori serve` does, and serves."""
    given = Given(**json.loads(sys.argv[1]))
    set_up_logs(for_people=False)
    held = lock_file(given.database)
    asyncio.run(serve(given))
    if held is not None:
        held.close()


if __name__ == "__main__":
    main()
