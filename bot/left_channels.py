"""A channel that the company file gives to nobody any more, or to others: what runs goes along.

Nobody may press in the old one, and nobody looks there. So its card stands, from the next look
on, where the file says now; what stood in the old channel says nothing any more.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum

import structlog

from bot.bodies import Body
from bot.case_records import CaseKind, CaseState
from bot.case_work import (
    CardKind,
    Work,
    beside,
    body_of,
    card_job,
    list_job,
    refresh_case,
    site_by,
)
from bot.deliveries import Messengers, Target
from bot.exclusions import desk_of, exclusion_of
from bot.failures import card_failed
from bot.messengers import Ambiguous, Throttled
from bot.ports import Transaction
from bot.rows import ENDED
from bot.shut_channels import made_neutral, never_again, quiet_beside
from bot.whole_case import WholeCase
from bot.work_records import CardRow, CardState, Job, NudgeRow, platform_of

log = structlog.get_logger()

TRIES, PAUSE = 3, timedelta(seconds=10)
"""So often the old channel is asked to show nothing more, and so long after each time it cannot
now: in the new one somebody may be waiting for help."""
SOON = timedelta(seconds=2)


def belongs(work: Work, body: Body, row: CardRow) -> bool:
    """Whether a card stands where the company file says: the one place that decides it.

    A case stays at whichever desk has it, and what is asked of a site in that site's channel.
    """
    if row.kind == CardKind.DESK:
        return row.address in work.company.desk_channels
    return row.address == site_by(work, body).channel


def is_left(work: Work, whole: WholeCase, row: CardRow) -> bool:
    """Whether a card stands in a channel that was left, and is wanted in another one.

    Not where another card of its kind stands there: one case has one of each.
    """
    body = whole.content
    there = (each for each in whole.cards if each.kind == row.kind and belongs(work, body, each))
    return next(there, None) is None and _is_wanted(whole, row)


def _is_wanted(whole: WholeCase, row: CardRow) -> bool:
    """Whether anything is still owed that the card is about, or that the desk has to close."""
    about = [duty for duty in whole.duties if row.duty_id in (None, duty.id)]
    if any(duty.state not in ENDED for duty in about):
        return True
    case = whole.case
    return row.duty_id is None and (case.kind, case.state) == (CaseKind.REPORT, CaseState.OPEN)


async def owe_what_was_left(work: Work) -> int:
    """Owes every card that stands in such a channel, and is still worked on, to its new one."""
    async with work.storage.read() as tx:
        cards = await tx.cards.worked_on()
    left = 0
    for row in cards:
        if row.kind == CardKind.DESK and row.address in work.company.desk_channels:
            continue  # as nearly all are; no body needs to be opened for it
        async with work.storage.read() as tx:
            body = await body_of(tx, row.case_id)
        if body is None or belongs(work, body, row):
            continue
        async with work.storage.write() as tx:
            await tx.jobs.cancel(row.id)  # one that failed would be tried again too, but later
            await tx.jobs.enqueue([card_job(row, work.clock.now())])
        left += 1
    if left:
        log.warning("channels_left", count=left)
    return left


async def leave_channel(
    work: Work, messengers: Messengers, job: Job, row: CardRow, whole: WholeCase
) -> None:
    """Takes a card along: first what stands in the old channel says nothing any more."""
    outcome = await made_neutral(messengers, Target(row.address, row.id, row.ref), job)
    if not isinstance(outcome, Throttled | Ambiguous):
        outcome = await quiet_beside(work, messengers, job, row, whole)
    now, wait = work.clock.now(), isinstance(outcome, Throttled | Ambiguous)
    async with work.storage.write() as tx:
        await tx.cases.lock(row.case_id)
        if wait and job.attempts < TRIES:
            await tx.jobs.retry(job, now + PAUSE)
            return
        await tx.jobs.done(job)
        still, body = await tx.cards.get(row.id), await body_of(tx, row.case_id)
        if still is not None and body is not None and not belongs(work, body, still):
            await _take_along(work, tx, still, body, now)


async def _take_along(work: Work, tx: Transaction, row: CardRow, body: Body, now: datetime) -> None:
    """The card is owed to its new channel, and rings whoever it asks; nobody is asked anew."""
    cards = await tx.cards.of_case(row.case_id)
    for duty in await tx.duties.of_case(row.case_id):
        if beside(cards, duty.id) == row:
            for nudge in await tx.duties.nudges(duty.id):
                if nudge.ref is not None and not nudge.direct:
                    await never_again(tx, nudge)
    address = address_now(work, body, row)
    if row.list_id is not None:
        await tx.jobs.enqueue([list_job(row.list_id, row.address, now)])
    gone = replace(row, ref=None, shown=None, first_shown_at=None, list_id=None)
    if address is None:  # neither desk may have it: it stands nowhere
        await card_failed(work, tx, gone, "kept_out_reads_along", now)
        return
    moved = replace(gone, address=address, state=CardState.OWED)
    await tx.cards.save(moved)
    await tx.history.append(row.case_id, now, "system", "channel_changed", {})
    await tx.jobs.enqueue([card_job(moved, now)])
    await refresh_case(tx, row.case_id, now)


def address_now(work: Work, body: Body, row: CardRow) -> str | None:
    """Where a card that was left is to stand. None: no desk may have the case."""
    if row.kind == CardKind.DESK:
        return desk_of(work, exclusion_of(body, [row]))
    return site_by(work, body).channel


class Goes(StrEnum):
    """What the way of its card means for a message."""

    NOW = "now"
    AFTER = "after"
    """Its card has still to go to another channel: that one first."""
    NOWHERE = "nowhere"
    """No channel may have the card, and so none the message."""


def goes_beside(work: Work, whole: WholeCase, row: CardRow | None, nudge: NudgeRow) -> Goes:
    """Whether a message beside a card, or to one person, can be sent now."""
    if row is None or not is_left(work, whole, row):
        return Goes.NOW
    address = address_now(work, whole.content, row)
    if nudge.direct and platform_of(address or row.address) == platform_of(row.address):
        return Goes.NOW  # their direct messages are the same
    return Goes.NOWHERE if address is None else Goes.AFTER


async def wait_for_card(work: Work, job: Job, row: CardRow) -> None:
    """A message goes where its card goes: that one first."""
    now = work.clock.now()
    async with work.storage.write() as tx:
        await tx.cases.lock(row.case_id)
        await tx.jobs.enqueue([card_job(row, now)])
        await tx.jobs.retry(job, now + SOON, tried=False)
