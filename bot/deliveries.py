"""What is owed to a platform: rendered when it is sent, and never called sent before it was.

One function handles one row: read what is true now, send, write down what became of it.
No transaction is open while a platform is awaited.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256

import structlog

from bot.case_work import CardKind, Work, owe_edit, refresh_cards
from bot.nudges import climb_now
from bot.ports import Ambiguous, Delivery, Messenger, Permanent, Sent, Throttled, Transaction
from bot.records import CardRow, CardState, Duty, DutyState, Job, NudgeRow, NudgeState
from bot.rows import ENDED
from bot.views import asked_people, view_case
from flows.cards import desk_card
from flows.case_view import CaseView
from flows.commitments import DutyKind
from flows.ladders import Role
from flows.screens import Card
from flows.site_cards import nudge_card, site_card

log = structlog.get_logger()

RETRY_SECONDS = (2, 5, 15, 60, 300)
"""After a lost answer; the last one repeats until the platform is back."""

Messengers = Mapping[str, Messenger]


def _split(address: str) -> tuple[str, str]:
    platform, _, channel = address.partition(":")
    return platform, channel


def fingerprint(card: Card) -> str:
    """Changes when anything a reader sees changes; whom the first message alerted is no part."""
    return sha256(card.model_dump_json(exclude={"mentions"}).encode()).hexdigest()


async def deliver_card(work: Work, messengers: Messengers, job: Job) -> None:
    """Makes one card show the present state of its case."""
    async with work.storage.read() as tx:
        row = await tx.cards.get(job.subject)
        view = await view_case(work, tx, row.case_id) if row else None
    if row is None or view is None:
        await _end(work, job)
        return
    card = _card(work, row, view)
    print_ = fingerprint(card)
    if row.shown == print_:
        await _end(work, job)
        return
    outcome = await _send_card(messengers, row, card)
    async with work.storage.write() as tx:
        await _record_card(work, tx, job, row, print_, outcome)


def _card(work: Work, row: CardRow, view: CaseView) -> Card:
    if row.kind == CardKind.DESK:
        return desk_card(work.policy, view)
    card = site_card(work.policy, view, DutyKind(row.kind))
    duty = view.duty(DutyKind(row.kind))
    roles = tuple(role.value for role in duty.ladder.steps[0].roles) if duty else ()
    if row.ref is None:  # the first message is the first rung: it alerts the people it asks
        return card.model_copy(update={"mentions": asked_people(work, view.site.id, roles)})
    return card


async def _send_card(messengers: Messengers, row: CardRow, card: Card) -> Delivery:
    messenger, channel = _reach(messengers, row)
    if messenger is None:
        return Permanent("no_such_platform")
    if row.ref is None:
        return await messenger.post(channel, card, row.id, None)
    return await messenger.edit(row.ref, card)


async def _record_card(
    work: Work, tx: Transaction, job: Job, row: CardRow, shown: str, outcome: Delivery
) -> None:
    # The case first, like everybody who changes it: another order could deadlock.
    await tx.cases.lock(row.case_id)
    now = work.clock.now()
    if isinstance(outcome, Sent):
        await tx.jobs.done(job)
        await _card_shown(tx, job, row, outcome.ref, shown, now)
        return
    if isinstance(outcome, Permanent):
        await _card_failed(tx, job, row, outcome, now)
        return
    await _put_off(tx, job, outcome, now)


async def _card_shown(
    tx: Transaction, job: Job, row: CardRow, ref: str, shown: str, now: datetime
) -> None:
    # A message created at the second try may be the one of the first, with what the case
    # said then: forget what it shows, and let an edit follow.
    unsure = row.ref is None and job.attempts > 1
    present = replace(
        row,
        state=CardState.SHOWN,
        ref=ref,
        shown=None if unsure else shown,
        first_shown_at=row.first_shown_at or now,
    )
    await tx.cards.save(present)
    if unsure:
        await owe_edit(tx, present, now)
    if row.first_shown_at is None and row.kind == CardKind.DESK:
        await tx.history.append(row.case_id, now, "system", "delivered", {})


async def _card_failed(
    tx: Transaction, job: Job, row: CardRow, outcome: Permanent, now: datetime
) -> None:
    """This channel cannot be reached: an alarm now, and the next rung now, not later."""
    log.error("card_failed", kind=row.kind, reason=outcome.reason)
    await tx.jobs.done(job)
    await tx.cards.save(replace(row, state=CardState.FAILED))
    detail = {"reason": outcome.reason}
    await tx.history.append(row.case_id, now, "system", "delivery_failed", detail)
    if row.duty_id is not None:
        await tx.jobs.enqueue("climb", row.duty_id, now, dedup=f"climb:{row.duty_id}", priority=1)
    await refresh_cards(tx, row.case_id, now)


async def _put_off(
    tx: Transaction, job: Job, outcome: Throttled | Ambiguous, now: datetime
) -> None:
    if isinstance(outcome, Throttled):
        await tx.jobs.retry(job, outcome.retry_at, tried=False)
        return
    wait = RETRY_SECONDS[min(job.attempts, len(RETRY_SECONDS)) - 1]
    await tx.jobs.retry(job, now + timedelta(seconds=wait))


async def deliver_nudge(work: Work, messengers: Messengers, job: Job) -> None:
    """Sends one owed message if it is still needed, or brings a sent one up to date.

    A message that still says "please come" after everybody came would send people for
    nothing, so it is edited like a card.
    """
    async with work.storage.read() as tx:
        nudge = await tx.duties.nudge(job.subject)
        duty = await tx.duties.get(nudge.duty_id) if nudge else None
        view = await view_case(work, tx, duty.case_id) if duty else None
        cards = await tx.cards.of_case(duty.case_id) if duty else ()
    shown = view.duty(DutyKind(duty.kind)) if view and duty else None
    if nudge is None or duty is None or view is None or shown is None:
        await _end(work, job)
        return
    roles = tuple(Role(role) for role in nudge.roles)
    mentions = asked_people(work, view.site.id, nudge.roles)
    card = nudge_card(work.policy, view, shown, roles, mentions)
    if nudge.state is NudgeState.OWED:
        await _first_nudge(work, messengers, job, duty, nudge, card, _beside(duty, cards))
    elif nudge.ref is not None and nudge.shown != fingerprint(card):
        await _edit_nudge(work, messengers, job, duty, nudge, card, _beside(duty, cards))
    else:
        await _end(work, job)


def _beside(duty: Duty, cards: Sequence[CardRow]) -> CardRow | None:
    """The card in whose thread a duty's messages stand: its own, or the desk's."""
    own = next((card for card in cards if card.duty_id == duty.id), None)
    return own or next((card for card in cards if card.kind == CardKind.DESK), None)


async def _first_nudge(
    work: Work,
    messengers: Messengers,
    job: Job,
    duty: Duty,
    nudge: NudgeRow,
    card: Card,
    beside: CardRow | None,
) -> None:
    answered = duty.state in (*ENDED, DutyState.ANSWERED, DutyState.SAID_DONE)
    if answered or beside is None:
        async with work.storage.write() as tx:
            await tx.duties.set_nudge(nudge.id, NudgeState.NOT_NEEDED)
            await tx.jobs.done(job)
        return
    messenger, channel = _reach(messengers, beside)
    outcome: Delivery = Permanent("no_such_platform")
    if messenger is not None:
        outcome = await messenger.post(channel, card, nudge.id, beside.ref)
    async with work.storage.write() as tx:
        await _record_nudge(work, tx, job, duty, nudge, fingerprint(card), outcome)


def _reach(messengers: Messengers, card: CardRow) -> tuple[Messenger | None, str]:
    platform, channel = _split(card.address)
    return messengers.get(platform), channel


async def _record_nudge(
    work: Work,
    tx: Transaction,
    job: Job,
    duty: Duty,
    nudge: NudgeRow,
    shown: str,
    outcome: Delivery,
) -> None:
    await tx.cases.lock(duty.case_id)
    now = work.clock.now()
    if isinstance(outcome, Throttled | Ambiguous):
        await _put_off(tx, job, outcome, now)
        return
    await tx.jobs.done(job)
    if isinstance(outcome, Sent):
        await tx.duties.set_nudge(
            nudge.id, NudgeState.SENT, sent_at=now, ref=outcome.ref, shown=shown
        )
        return
    log.error("nudge_failed", duty=duty.kind, reason=outcome.reason)
    await tx.duties.set_nudge(nudge.id, NudgeState.FAILED)
    await climb_now(tx, duty, now)


async def _edit_nudge(
    work: Work,
    messengers: Messengers,
    job: Job,
    duty: Duty,
    nudge: NudgeRow,
    card: Card,
    beside: CardRow | None,
) -> None:
    messenger = _reach(messengers, beside)[0] if beside else None
    assert nudge.ref is not None
    outcome: Delivery = Permanent("no_such_platform")
    if messenger is not None:
        outcome = await messenger.edit(nudge.ref, card)
    async with work.storage.write() as tx:
        await tx.cases.lock(duty.case_id)
        if isinstance(outcome, Throttled | Ambiguous):
            await _put_off(tx, job, outcome, work.clock.now())
            return
        await tx.jobs.done(job)
        # A message that is gone says nothing wrong any more.
        await tx.duties.set_nudge(
            nudge.id, nudge.state, sent_at=nudge.sent_at, ref=nudge.ref, shown=fingerprint(card)
        )


async def _end(work: Work, job: Job) -> None:
    async with work.storage.write() as tx:
        await tx.jobs.done(job)
