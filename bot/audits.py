"""The self-audit: is everything that is owed also on its way, and is anything overdue?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import floor

from bot.case_records import CHUNK_BYTES
from bot.case_work import Work
from bot.ports import Transaction

OVERDUE_AFTER = timedelta(minutes=2)
FAILING_ATTEMPTS = 5
"""With the waits between them the fifth try comes within minutes, whatever goes wrong."""


@dataclass(frozen=True)
class Audit:
    """What one pass found. Counts only."""

    overdue: int
    """Jobs due for more than two minutes that nothing holds back, or of which a platform has said
    "later" for so long: whoever waits for them waits all the same."""
    unscheduled_duties: int
    """Duties that still move, and nothing will move them."""
    unscheduled_messages: int
    """Cards and messages that are owed, and nothing will send them."""
    failed_cards: int
    """Cards that no platform would take, while they are owed: of what is over nobody needs one."""
    failing_jobs: int
    """Jobs that were tried again and again."""
    unpinned: int
    """1 while the newest lines of the histories cannot be pinned outside the database."""
    unread_roster: int
    """1 while the newest roster cannot be read."""
    empty_desk: int
    """1 while nobody is at the desk: no case can be taken."""
    evidence_full: int
    """1 while no file is taken any more, because those that are kept fill their room."""
    exhausted_duties: int
    """Duties with nobody left to ask: for people to see, but no fault of the service."""
    due: Mapping[str, int]
    """Jobs that are due now, by kind."""
    oldest_due_seconds: float
    evidence_used: float = 0.0
    """The part of the room for files that is used, in whole hundredths: no single file shows."""

    def findings(self) -> dict[str, int]:
        """What must all be zero, by name."""
        return {
            "overdue": self.overdue,
            "unscheduled_duties": self.unscheduled_duties,
            "unscheduled_messages": self.unscheduled_messages,
            "failed_cards": self.failed_cards,
            "failing_jobs": self.failing_jobs,
            "unpinned": self.unpinned,
            "unread_roster": self.unread_roster,
            "empty_desk": self.empty_desk,
            "evidence_full": self.evidence_full,
        }

    @property
    def clean(self) -> bool:
        """Everything that is owed is on its way."""
        return not any(self.findings().values())


async def _owed_since(tx: Transaction, due: Mapping[str, int]) -> list[datetime]:
    """Since when the oldest jobs wait: for us, and for a platform that says "later"."""
    since = (await tx.jobs.next_due() if due else None, await tx.jobs.later_since())
    return [moment for moment in since if moment is not None]


async def audit(work: Work, *, pinned: bool = True, room: int | None = None) -> Audit:
    """One pass over what is owed. Reads only; `pinned` is what became of the heads.

    `room` is how many bytes of files are kept at most, where somebody set that.
    """
    now = work.clock.now()
    async with work.storage.read() as tx:
        due = await tx.jobs.due(now)
        oldest = min(await _owed_since(tx, due), default=None)
        kept = 0 if room is None else await tx.files.count() * CHUNK_BYTES
        return Audit(
            overdue=await tx.jobs.overdue(now - OVERDUE_AFTER),
            unscheduled_duties=await tx.duties.unscheduled(),
            unscheduled_messages=await tx.cards.unscheduled(),
            failed_cards=await tx.cards.failed(),
            failing_jobs=await tx.jobs.failing(FAILING_ATTEMPTS),
            unpinned=0 if pinned else 1,
            unread_roster=1 if work.directory.unread else 0,
            empty_desk=1 if work.directory.desk_is_empty else 0,
            evidence_full=1 if room is not None and kept >= room else 0,
            evidence_used=floor(100 * kept / room) / 100 if room else 0.0,
            exhausted_duties=await tx.duties.exhausted(),
            due=due,
            oldest_due_seconds=0.0 if oldest is None else (now - oldest).total_seconds(),
        )
