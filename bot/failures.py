"""A channel that takes nothing any more: seen at once, and the next people are asked."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot.asking import climb_job
from bot.case_records import Case, CaseKind, CaseState
from bot.case_work import Work, beside, card_job, refresh_case
from bot.heard import may_tell, of_rung
from bot.ports import Transaction
from bot.rows import ENDED, first_of
from bot.whole_case import WholeCase
from bot.work_records import CardRow, CardState, Duty, NudgeRow, NudgeState
from flows.commitments import DutyKind

TRIED_AGAIN = timedelta(hours=1)
"""A channel that took nothing is asked again so often."""
TRIED_FOR = timedelta(days=7)
"""So long a card that stands somewhere is tried to say that what it asks for is over."""

log = structlog.get_logger()


async def card_failed(
    work: Work,
    tx: Transaction,
    row: CardRow,
    reason: str,
    now: datetime,
    *,
    again: timedelta = TRIED_AGAIN,
) -> None:
    """No platform will take this card: an alarm now, and the next people now, not later.

    It stays owed for as long as its case goes on, for an app that was removed from a channel is
    invited again; a case that is taken up again owes it again. So does one that stands there, for
    some days after: it asks people to come who are needed no more. That it still fails is said
    and acted on once.
    """
    await tx.cases.lock(row.case_id)
    case, duties = await tx.cases.get(row.case_id), await tx.duties.of_case(row.case_id)
    if case is not None and (goes_on(case, duties) or _asks_in_vain(row, duties, now)):
        await tx.jobs.enqueue([card_job(row, now + again, "edit")])
    if row.state is CardState.FAILED:
        return
    log.error("card_failed", kind=row.kind, reason=reason)
    await tx.cards.save(replace(row, state=CardState.FAILED))
    await tx.history.append(row.case_id, now, "system", "delivery_failed", {"reason": reason})
    for duty in duties:
        asked_here = duty.id == row.duty_id or (row.duty_id is None and duty.kind == DutyKind.TAKE)
        if asked_here and duty.state not in ENDED:
            await tx.jobs.enqueue([climb_job(duty, now)])
    await refresh_case(tx, row.case_id, now)


_TOLD = (NudgeState.BY_CARD, NudgeState.OWED, NudgeState.SENT, NudgeState.UNSURE)


async def nobody_told(work: Work, tx: Transaction, nudge: NudgeRow) -> bool:
    """Whether a message that nobody got was the last of the rung that is asked now.

    Where its channel was shut, took nothing or is read by others, only the direct messages could
    tell anybody.
    """
    duty = await tx.duties.get(nudge.duty_id)
    if duty is None or (duty.climb, duty.step) != (nudge.climb, nudge.step):
        return False
    card = beside(await tx.cards.of_case(duty.case_id), duty.id)
    mine = of_rung(nudge, await tx.duties.nudges(duty.id))
    address = card.address if card is not None else ""
    return not any(row.state in _TOLD and may_tell(work, row, mine, address) for row in mine)


def goes_on(case: Case, duties: Sequence[Duty]) -> bool:
    """Whether anybody has still something to do on a case.

    Nobody closes a call for help: it is over once nothing of it is owed. A report that was taken
    back goes on where the desk is to speak with its sender all the same.
    """
    if case.kind is CaseKind.HELP:
        return any(duty.state not in ENDED for duty in duties)
    spoken_with = first_of(duties, DutyKind.FOLLOW_UP)
    to_speak = spoken_with is not None and spoken_with.state not in ENDED
    return case.state is CaseState.OPEN or to_speak


def _asks_in_vain(row: CardRow, duties: Sequence[Duty], now: datetime) -> bool:
    """Whether a site's card stands there still, and what it asks for was over not long ago."""
    ended = (duty.ended_at for duty in duties if duty.id == row.duty_id)
    over = next((at for at in ended if at is not None), None)
    return row.ref is not None and over is not None and now < over + TRIED_FOR


def too_late(row: CardRow, whole: WholeCase) -> bool:
    """A card that a site's channel would not take is not put there once its duty has ended."""
    ended = (duty.id == row.duty_id and duty.state in ENDED for duty in whole.duties)
    return row.state is CardState.FAILED and row.ref is None and any(ended)
