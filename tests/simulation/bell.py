"""The service's bell, with the polls left out that would find nothing.

The worker looks for due work whenever it is called, and otherwise every so many seconds.
Between two commits of the only process, nothing can become due but by time: so all polls
before the next due time are skipped, and the one that would find it comes when it would come.
"""

import math
import sqlite3
from collections.abc import Callable
from datetime import datetime

from bot.bell import Bell, Call
from bot.work_records import LONGEST_HOLD, Wanted

LONGEST = 6 * 3600.0
"""The worker still wakes a few times a day, for what it does by the day."""

NEXT_DUE = """
    WITH RECURSIVE lane (id, pace, priority, due_at) AS (
        SELECT id, pace, priority, due_at FROM job WHERE id = (
            SELECT id FROM job WHERE state = 'pending'
            ORDER BY pace, priority, due_at, id LIMIT 1
        )
        UNION ALL
        SELECT job.id, job.pace, job.priority, job.due_at FROM lane JOIN job ON job.id = coalesce(
            (
                SELECT id FROM job AS head
                WHERE state = 'pending' AND head.pace = lane.pace AND priority > lane.priority
                ORDER BY head.pace, priority, due_at, id LIMIT 1
            ),
            (
                SELECT id FROM job AS head WHERE state = 'pending' AND head.pace > lane.pace
                ORDER BY head.pace, priority, due_at, id LIMIT 1
            )
        )
    )
    SELECT lane.pace, min(max(lane.due_at, coalesce(pace.next_at, '')))
    FROM lane LEFT JOIN pace ON pace.address = lane.pace AND pace.next_at <= ?
    GROUP BY lane.pace
"""
"""When something is due in each channel that takes something: from one head to the next."""


def next_due(raw: sqlite3.Connection, wanted: Wanted, now: datetime) -> datetime | None:
    """When the next job is due that goes where it is wanted, without a zone; None for never."""
    horizon = (now + LONGEST_HOLD).isoformat(" ", "microseconds")[:26]
    found = raw.execute(NEXT_DUE, (horizon,))
    dues = [due for pace, due in found if wanted(pace)]
    return datetime.fromisoformat(min(dues)) if dues else None


class SkippingBell(Bell):
    """Waits as the real one does, in fewer steps. `until_due`: seconds until a job is due."""

    def __init__(self, until_due: Callable[[Wanted], float]) -> None:
        super().__init__()
        self._until_due = until_due

    async def wait_for_work(self, seconds: float, call: Call) -> None:
        """Returns when the call is rung, or at the first poll that could find something."""
        if call.rung.is_set():
            return
        until = min(LONGEST, max(0.0, self._until_due(call.wanted)))
        await super().wait_for_work(max(1, math.ceil(until / seconds)) * seconds, call)
