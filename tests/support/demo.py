"""The demo as a test runs it: the real service on a free port, its clock in the test's hand."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.demo import HOST, demo_settings
from bot.seams import DemoClock
from bot.serving import listen, running
from bot.wiring import Service, build
from tests.support.tables import database_in

PATIENCE_SECONDS = 20
"""How long a test waits for something that happens by itself within a second."""


@dataclass
class Demo:
    """A running demo."""

    service: Service
    clock: DemoClock
    base: str

    def link(self, site_id: str) -> str:
        """The path behind a site's poster."""
        site = self.service.work.company.site(site_id)
        assert site is not None
        return f"/s/{self.service.work.index.site_token(site.id, site.link_version)}"

    def passes(self, minutes: int) -> None:
        """Moves the demo's clock forward; what fell due is worked off at once."""
        self.clock.move(minutes)
        self.service.bell.ring()

    async def until(self, true: Callable[[], Awaitable[object]]) -> None:
        """Waits for the service's own work to make something true."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not await true():
                await self.service.bell.wait(0.2)


@asynccontextmanager
async def a_demo(folder: Path) -> AsyncIterator[Demo]:
    """Runs the demo with its data in `folder`."""
    settings, clock = demo_settings(folder, 0)
    database_in(folder)
    service = build(settings, clock=clock)
    async with running(service, listen(HOST, 0)) as port:
        yield Demo(service, clock, f"http://{HOST}:{port}")
