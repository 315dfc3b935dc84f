"""A channel that takes nothing any more: seen at once, and the next people are asked."""

from dataclasses import replace
from datetime import datetime

import structlog

from bot.asking import climb_job
from bot.case_work import Work, refresh_case
from bot.ports import Transaction
from bot.rows import ENDED
from bot.work_records import CardRow, CardState
from flows.commitments import DutyKind

log = structlog.get_logger()


async def card_failed(
    work: Work, tx: Transaction, row: CardRow, reason: str, now: datetime
) -> None:
    """No platform will take this card: an alarm now, and the next people now, not later."""
    log.error("card_failed", kind=row.kind, reason=reason)
    await tx.cases.lock(row.case_id)
    await tx.cards.save(replace(row, state=CardState.FAILED))
    await tx.history.append(row.case_id, now, "system", "delivery_failed", {"reason": reason})
    for duty in await tx.duties.of_case(row.case_id):
        asked_here = duty.id == row.duty_id or (row.duty_id is None and duty.kind == DutyKind.TAKE)
        if asked_here and duty.state not in ENDED:
            await tx.jobs.enqueue([climb_job(duty, now)])
    await refresh_case(tx, row.case_id, now)
