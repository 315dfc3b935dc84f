"""Cards: made from the case at the moment they are sent."""

from dataclasses import replace
from datetime import datetime

from bot.bursts import fold, stands_alone
from bot.case_work import CardKind, Work, card_job, refresh_case
from bot.crowds import crowd_of
from bot.deliveries import (
    Messengers,
    Target,
    drop,
    fingerprint,
    is_known,
    may_be_older,
    put_off,
    send,
)
from bot.exclusions import Readers
from bot.failures import card_failed, goes_on, too_late
from bot.left_channels import is_left, leave_channel
from bot.messages import card_of, reader_of
from bot.messengers import DELETED, Delivery, Permanent, Sent
from bot.ports import Transaction
from bot.rights import OPENS
from bot.rows import ENDED
from bot.shut_channels import ask_for_card, card_unread, readers_now, shut_card
from bot.views import view_of
from bot.work_records import CardRow, CardState, Job


async def deliver_card(work: Work, messengers: Messengers, job: Job) -> None:
    """Makes one card show the present state of its case."""
    async with work.storage.read() as tx:
        row = await tx.cards.get(job.subject)
        whole = await tx.cases.whole(row.case_id, OPENS[reader_of(row)]) if row else None
        there = await crowd_of(work, tx, whole) if whole else None
    view = view_of(there, whole) if there and whole else None
    if row is None or whole is None or view is None or too_late(row, whole):
        await drop(work, job)
        return
    if is_left(work, whole, row):
        await leave_channel(work, messengers, job, row, whole)
        return
    readers = await readers_now(work, messengers, whole, row.address)
    if readers is Readers.UNKNOWN:
        await card_unread(work, job, row)
        return
    if readers is Readers.UNFIT:
        await shut_card(work, messengers, job, row, whole)
        return
    target = Target(row.address, row.id, row.ref, failed=row.state is CardState.FAILED)
    unsure = may_be_older(target, job)
    if not unsure and not stands_alone(row, view) and await fold(work, row, job):
        return
    card = card_of(work, row, view, whole)
    shown = fingerprint(card)
    if row.shown == shown and is_known(job) and row.state is not CardState.FAILED:
        await drop(work, job)
        return
    outcome = await send(messengers, target, card, job)
    async with work.storage.write() as tx:
        await _record(work, tx, job, row, None if unsure else shown, target, outcome)


async def _record(
    work: Work,
    tx: Transaction,
    job: Job,
    row: CardRow,
    shown: str | None,
    target: Target,
    outcome: Delivery,
) -> None:
    # The case first, like everybody who changes it: another order could deadlock.
    await tx.cases.lock(row.case_id)
    now = work.clock.now()
    if isinstance(outcome, Sent):
        await tx.jobs.done(job)
        await _shown(tx, row, outcome.ref, shown, now)
    elif isinstance(outcome, Permanent):
        await tx.jobs.done(job)
        if outcome.reason == DELETED and row.ref is not None:
            await _deleted(tx, row, now)
        else:
            await card_failed(work, tx, row, outcome.reason, now)
            if row.ref is None and row.state is not CardState.FAILED:
                await ask_for_card(work, tx, row)
    else:
        await put_off(tx, job, target, outcome, now)


async def _is_wanted(tx: Transaction, row: CardRow) -> bool:
    """Whether anybody has still something to do on a card."""
    duty = await tx.duties.get(row.duty_id) if row.duty_id else None
    if duty is not None:
        return duty.state not in ENDED
    case = await tx.cases.get(row.case_id)
    return case is not None and goes_on(case, await tx.duties.of_case(row.case_id))


async def _deleted(tx: Transaction, row: CardRow, now: datetime) -> None:
    """Somebody deleted the message: without it nobody in the channel could answer.

    Of what is over it says nothing wrong any more. Its next change finds it deleted again, and
    then it comes back where there is something to do once more.
    """
    if not await _is_wanted(tx, row):
        await tx.cards.save(replace(row, state=CardState.SHOWN, shown=None))
        return
    again = replace(row, state=CardState.OWED, ref=None, shown=None)
    await tx.cards.save(again)
    await tx.jobs.enqueue([card_job(again, now)])


async def _shown(tx: Transaction, row: CardRow, ref: str, shown: str | None, now: datetime) -> None:
    present = replace(
        row,
        state=CardState.SHOWN,
        ref=ref,
        # None: it may be the message of an earlier try, with what the case said then. What it
        # shows is not known, and an edit follows.
        shown=shown,
        first_shown_at=row.first_shown_at or now,
    )
    await tx.cards.save(present)
    if shown is None:
        await tx.jobs.enqueue([card_job(present, now)])
    if row.state is CardState.FAILED:  # messages elsewhere say that it stands nowhere
        await refresh_case(tx, row.case_id, now)
    if row.first_shown_at is None and row.kind == CardKind.DESK:
        await tx.history.append(row.case_id, now, "system", "delivered", {})
