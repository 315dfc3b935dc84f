"""What waits while nobody knows who works here, because the roster that is there cannot be read."""

from datetime import timedelta

from bot.case_records import CaseKind
from bot.case_work import Work
from bot.work_records import Job

LOOKED_AT_AGAIN = timedelta(seconds=2)


async def may_go(work: Work, job: Job) -> bool:
    """Whether something goes out all the same: only the first card of a call for help.

    Nobody is kept out of a call, and whoever reads the channel sees at least that somebody is in
    danger there. Anything else could reach somebody who is kept out, or pass somebody over.
    """
    if job.kind != "card":
        return False
    async with work.storage.read() as tx:
        row = await tx.cards.get(job.subject)
        case = await tx.cases.get(row.case_id) if row is not None and row.ref is None else None
    return case is not None and case.kind is CaseKind.HELP


async def hold_back(work: Work, job: Job) -> None:
    """Puts a job off that was not tried, and gives its channel's place to another."""
    now = work.clock.now()
    async with work.storage.write(quiet=True) as tx:
        await tx.jobs.retry(job, now + LOOKED_AT_AGAIN, tried=False)
        await tx.jobs.unspent(job, now)
