"""What happens to a message whose channel may not have it: somebody who is kept out reads there,
or, at a desk, nobody any more. One whose channel takes nothing asks people directly alike."""

from dataclasses import replace
from datetime import timedelta

import structlog

from bot.asking import climb_job
from bot.bodies import ReportBody
from bot.case_work import (
    CardKind,
    Work,
    beside,
    body_of,
    card_job,
    direct_address,
    nudge_job,
    report_of,
)
from bot.deliveries import Messengers, Target, look, put_off, send
from bot.exclusions import (
    Exclusion,
    Readers,
    exclusion_in,
    exclusion_of,
    keeps_from_messages,
    readers_of,
)
from bot.failures import card_failed
from bot.keys import new_id
from bot.messengers import Ambiguous, Delivery, NotThere, Sent, Throttled
from bot.moved_desks import other_desk, to_other_desk
from bot.ports import Transaction
from bot.rows import ENDED, asks_for, message_level
from bot.whole_case import WholeCase
from bot.work_records import CardRow, CardState, Duty, Job, NudgeRow, NudgeState, platform_of
from flows.duties import Owner
from flows.phrases import say
from flows.screens import Card

log = structlog.get_logger()

LOOKED_AT_AGAIN, LOOKED_AT_LATER = timedelta(minutes=1), timedelta(minutes=5)
LOOKED_AT_TIMES = 10
"""So often it is asked who reads a channel before that counts as a refusal."""
UNREAD = "readers_unknown"
NEUTRAL = Card(title=say("card.moved"))
"""What a message says that may show its case here no longer."""
SHUT = "shut"
"""Stands as what a card shows that shows nothing."""


async def readers_now(
    work: Work, messengers: Messengers, whole: WholeCase, address: str
) -> Readers:
    """Who reads a channel at the moment of sending something about a case there."""
    messenger = messengers.get(platform_of(address))
    out = exclusion_of(whole.content, whole.cards)
    return await readers_of(work, messenger, out, address)


async def card_unread(work: Work, job: Job, row: CardRow) -> None:
    """The platform does not say who reads a card's channel: it waits, and nothing else.

    Not for ever in silence: a bot that was put out gets no answer any more. It is an alarm then,
    and the next people are asked; nothing is shown in the channel before it is known who reads.
    """
    if row.state is not CardState.FAILED and job.attempts < LOOKED_AT_TIMES:
        await _look_again(work, job)
        return
    async with work.storage.write() as tx:
        await tx.cases.lock(row.case_id)
        await tx.jobs.done(job)
        now = work.clock.now()
        await card_failed(work, tx, row, UNREAD, now, again=LOOKED_AT_LATER)


async def nudge_unread(
    work: Work, job: Job, nudge: NudgeRow, whole: WholeCase, address: str
) -> None:
    """A message in such a channel waits too; then each person it asks gets one of their own."""
    card = beside(whole.cards, nudge.duty_id)
    given_up = card is not None and card.state is CardState.FAILED
    if not given_up and job.attempts < LOOKED_AT_TIMES:
        await _look_again(work, job)
        return
    async with work.storage.write() as tx:
        await tx.cases.lock(whole.case.id)
        await tx.jobs.done(job)
        duty = await tx.duties.get(nudge.duty_id)
        if duty is None or nudge.state is not NudgeState.OWED:
            return  # what stands there is brought up to date at its next change
        log.error("nudge_failed", duty=duty.kind, reason=UNREAD)
        await tx.duties.set_nudge(nudge.id, NudgeState.FAILED)
        out = exclusion_of(whole.content, whole.cards)
        await ask_directly(work, tx, nudge, duty, out, address)


async def _look_again(work: Work, job: Job) -> None:
    async with work.storage.write() as tx:
        await tx.jobs.retry(job, work.clock.now() + LOOKED_AT_AGAIN)


async def shut_card(
    work: Work, messengers: Messengers, job: Job, row: CardRow, whole: WholeCase
) -> None:
    """A card may not stand in its channel: the site's is not shown, the desk's goes elsewhere.

    The messages beside it say nothing any more either.
    """
    target = Target(row.address, row.id, row.ref)
    outcome = await made_neutral(messengers, target, job)
    if not isinstance(outcome, Throttled | Ambiguous):
        outcome = await quiet_beside(work, messengers, job, row, whole)
    if isinstance(outcome, Throttled | Ambiguous):
        async with work.storage.write() as tx:
            await put_off(tx, job, target, outcome, work.clock.now())
        return
    async with work.storage.write() as tx:
        await tx.cases.lock(row.case_id)
        await tx.jobs.done(job)
        body = await report_of(tx, row.case_id)
        if body is not None and row.shown != SHUT:
            await _leave_channel(work, tx, row, body)


async def quiet_beside(
    work: Work, messengers: Messengers, job: Job, row: CardRow, whole: WholeCase
) -> Delivery | None:
    """Each message that stands beside a card, one after the other, until one has to wait."""
    for duty in whole.duties:
        card = beside(whole.cards, duty.id)
        if card is None or card.id != row.id:
            continue
        for nudge in whole.nudges.get(duty.id, ()):
            if nudge.direct or nudge.ref is None or nudge.shown == SHUT:
                continue  # a direct message stands elsewhere
            target = Target(row.address, nudge.id, nudge.ref, row.ref)
            outcome = await send(messengers, target, NEUTRAL, job)
            if isinstance(outcome, Throttled | Ambiguous):
                return outcome
            async with work.storage.write() as tx:
                await tx.cases.lock(row.case_id)
                await never_again(tx, nudge)
    return None


async def never_again(tx: Transaction, nudge: NudgeRow) -> None:
    """A message that was made neutral is not brought up to date later."""
    await tx.duties.set_nudge(
        nudge.id, NudgeState.PAST, sent_at=nudge.sent_at, ref=nudge.ref, shown=SHUT
    )


async def made_neutral(
    messengers: Messengers, target: Target, job: Job
) -> Delivery | NotThere | None:
    """Says nothing any more where the card stands, or where an earlier try may have left it."""
    if target.ref is None:
        found = await look(messengers, target, job)
        if not isinstance(found, Sent):
            return found
        target = replace(target, ref=found.ref)
    return await send(messengers, target, NEUTRAL, job)


async def _leave_channel(work: Work, tx: Transaction, row: CardRow, body: ReportBody) -> None:
    now = work.clock.now()
    if row.kind == CardKind.DESK:
        await to_other_desk(work, tx, row, body, now)
        return
    await tx.cards.save(replace(row, state=CardState.SHOWN, ref=None, shown=SHUT))
    duty = await tx.duties.get(row.duty_id) if row.duty_id else None
    if duty is None or duty.state in ENDED:
        return
    for nudge in await tx.duties.nudges(duty.id):
        if nudge.state is NudgeState.BY_CARD:
            await tx.duties.set_nudge(nudge.id, NudgeState.MERGED)
        elif nudge.direct or nudge.shown != SHUT or nudge.climb != duty.climb:
            continue
        out = await exclusion_in(tx, row.case_id, body)
        await ask_directly(work, tx, nudge, duty, out, row.address)


async def shut_nudge(
    work: Work,
    messengers: Messengers,
    job: Job,
    nudge: NudgeRow,
    whole: WholeCase,
    target: Target,
) -> None:
    """A message may not stand in its channel: each person it asks gets one of their own."""
    outcome = await made_neutral(messengers, target, job)
    async with work.storage.write() as tx:
        await tx.cases.lock(whole.case.id)
        if isinstance(outcome, Throttled | Ambiguous):
            await put_off(tx, job, target, outcome, work.clock.now())
            return
        await tx.jobs.done(job)
        duty = await tx.duties.get(nudge.duty_id)
        if duty is None:
            return
        if nudge.ref is not None:
            await never_again(tx, nudge)
            await _card_too(work, tx, whole, duty)
        elif nudge.state is NudgeState.OWED and nudge.direct:
            await tx.duties.set_nudge(nudge.id, NudgeState.NOT_NEEDED)
        elif nudge.state is NudgeState.OWED:
            out = exclusion_of(whole.content, whole.cards)
            await tx.duties.set_nudge(nudge.id, NudgeState.MERGED)
            await _card_too(work, tx, whole, duty)
            # Where the case leaves for the other desk, that one is asked as it comes there.
            if duty.owner != Owner.DESK or other_desk(work, out, target.address) is None:
                await ask_directly(work, tx, nudge, duty, out, target.address)


async def _card_too(work: Work, tx: Transaction, whole: WholeCase, duty: Duty) -> None:
    """The card is left in the same channel: whoever leaves it asks everybody again, elsewhere."""
    card = beside(whole.cards, duty.id)
    if card is not None and card.shown != SHUT:
        await tx.jobs.enqueue([card_job(card, work.clock.now())])


async def ask_for_card(work: Work, tx: Transaction, row: CardRow) -> None:
    """A card that its channel will not take asks a rung by itself: each of its people hears all
    the same. Once it can be shown it names them still, for it is there that they go on."""
    body = await body_of(tx, row.case_id)
    if body is None:
        return
    out = await exclusion_in(tx, row.case_id, body)
    for duty in await tx.duties.of_case(row.case_id):
        if duty.state in ENDED or not asks_for(row, duty):
            continue
        for nudge in await tx.duties.nudges(duty.id):
            if nudge.state is NudgeState.BY_CARD and nudge.climb == duty.climb:
                await ask_directly(work, tx, nudge, duty, out, row.address)


async def ask_directly(
    work: Work, tx: Transaction, nudge: NudgeRow, duty: Duty, out: Exclusion, address: str
) -> None:
    """Everybody whom a rung asks, except those kept out, by a message of their own."""
    now = work.clock.now()
    level = message_level(duty)
    rows = await tx.duties.nudges(duty.id)
    # A message of an earlier rung does not speak for this one, which may be a reminder.
    mine = (nudge.climb, nudge.step)
    spoken = [row for row in rows if row.direct and (row.climb, row.step) >= mine]
    asked = {person for row in spoken for person in row.people}
    jobs = []
    for person_id in nudge.people:
        person = work.directory.person(person_id)
        own = direct_address(work, person_id, address)
        if person is None or own is None or person_id in asked:
            continue
        if keeps_from_messages(work, out, person):
            continue
        row = replace(
            nudge,
            id=new_id(work.entropy),
            state=NudgeState.OWED,
            people=(person_id,),
            direct=True,
            # Not those of the message in the channel, which an edit would bring back to life.
            sent_at=None,
            ref=None,
            shown=None,
        )
        await tx.duties.add_nudges([row])
        jobs.append(nudge_job(row, level, own, now))
    # Nobody of this rung can be told: the next is asked at once.
    await tx.jobs.enqueue(jobs or ([] if asked else [climb_job(duty, now)]))
