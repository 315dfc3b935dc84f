"""The service's bell, with the polls left out that would find nothing.

The worker looks for due work whenever the bell rings, and otherwise every so many seconds.
Between two commits of the only process, nothing can become due but by time: so all polls
before the next due time are skipped, and the one that would find it comes when it would come.
"""

import asyncio
import math
from collections.abc import Callable

from bot.bell import Bell

LONGEST = 6 * 3600.0
"""The worker still wakes a few times a day, for what it does by the day."""


class SkippingBell(Bell):
    """Waits as the real one does, in fewer steps. `until_due`: seconds until a job is due."""

    def __init__(self, until_due: Callable[[], float]) -> None:
        super().__init__()
        self._until_due = until_due

    async def wait(self, seconds: float, ring: asyncio.Event | None = None) -> None:
        """Returns at the next ring, or at the first poll that could find something."""
        until = min(LONGEST, max(0.0, self._until_due()))
        await super().wait(max(1, math.ceil(until / seconds)) * seconds, ring)
