"""What waits while nobody knows who works here, because the roster that is there cannot be read."""

from collections.abc import Sequence
from datetime import timedelta

from bot.case_records import CaseKind
from bot.case_work import Work
from bot.work_records import CardRow, Job

LOOKED_AT_AGAIN = timedelta(seconds=2)


async def may_go(work: Work, job: Job) -> bool:
    """Whether something goes out all the same: only what first shows a call for help.

    Nobody is kept out of a call, and whoever reads the channel sees at least that somebody is in
    danger there. Anything else could reach somebody who is kept out, or pass somebody over.

    Of too many calls the first that is seen is a line of the site's list, which names no report
    that keeps somebody out before it is known who reads.
    """
    if job.kind not in ("card", "list"):
        return False
    async with work.storage.read() as tx:
        if job.kind == "list":
            rows: Sequence[CardRow] = await tx.cards.of_list(job.subject)
        else:
            row = await tx.cards.get(job.subject)
            rows = [row] if row is not None else []
        waiting = [row.case_id for row in rows if row.first_shown_at is None and row.ref is None]
        cases = [await tx.cases.get(case_id) for case_id in waiting]
    return any(case is not None and case.kind is CaseKind.HELP for case in cases)


async def hold_back(work: Work, job: Job) -> None:
    """Puts a job off that was not tried, and gives its channel's place to another."""
    now = work.clock.now()
    async with work.storage.write(quiet=True) as tx:
        await tx.jobs.retry(job, now + LOOKED_AT_AGAIN, tried=False)
        await tx.jobs.unspent(job, now)
