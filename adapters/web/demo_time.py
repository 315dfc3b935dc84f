"""The demo's clock runs on: through everything that falls due on the way, as real time would.

One jump would land in the evening, and whatever waits for the desk's hours would be put off to
the next morning, again with every jump.
"""

import asyncio
from datetime import datetime, timedelta
from math import ceil

from bot.bell import Bell
from bot.case_work import Work
from bot.seams import DemoClock

STAY_SECONDS = 1.0
"""So long what falls due at one moment is waited for before the clock goes on."""
LONGEST_SECONDS = 15.0
"""After that the rest is one jump: whoever pressed waits for the page."""
SOON = timedelta(seconds=65)
"""What is in hand comes back after a minute, if at all: it is waited for, too."""


async def run_on(work: Work, bell: Bell, clock: DemoClock, minutes: int) -> None:
    """Moves the clock `minutes` forward, from each thing that falls due to the next."""
    loop = asyncio.get_running_loop()
    patience = loop.time() + LONGEST_SECONDS
    left = minutes
    while left:
        due = await _worked_off(work, bell, clock)
        step = left
        if due is not None and loop.time() < patience:
            step = min(left, max(1, ceil((due - clock.now()) / timedelta(minutes=1))))
        clock.move(step)
        left -= step
        bell.ring()


async def _worked_off(work: Work, bell: Bell, clock: DemoClock) -> datetime | None:
    """When the next thing is due, once what is due now is done. None: nothing is."""
    loop = asyncio.get_running_loop()
    until = loop.time() + STAY_SECONDS
    while True:
        async with work.storage.read() as tx:
            due = await tx.jobs.next_due()
        if due is None or due > clock.now() + SOON or loop.time() > until:
            return due
        await bell.wait(0.1)
