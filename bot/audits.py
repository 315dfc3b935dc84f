"""The self-audit: is everything that is owed also scheduled, and is anything overdue?"""

from dataclasses import asdict, dataclass
from datetime import timedelta

from bot.case_work import Work

OVERDUE_AFTER = timedelta(minutes=2)


@dataclass(frozen=True)
class Audit:
    """What one pass found. Counts only."""

    overdue: int
    unscheduled: int
    failed_cards: int

    @property
    def clean(self) -> bool:
        """Nothing is owed that is not on its way."""
        return not any(self.counts().values())

    def counts(self) -> dict[str, int]:
        """The findings by name, for a health check."""
        return asdict(self)


async def audit(work: Work) -> Audit:
    """One pass over what is owed. Reads only."""
    async with work.storage.read() as tx:
        overdue = await tx.jobs.overdue(work.clock.now() - OVERDUE_AFTER)
        unscheduled = await tx.duties.unscheduled()
        failed = await tx.cards.failed()
    return Audit(overdue, unscheduled, failed)
