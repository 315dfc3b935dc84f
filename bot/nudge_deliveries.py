"""Messages about a duty: to a channel beside its card, or directly to one person."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from bot.aftercare import is_confirmed
from bot.bursts import asks_about_list, is_spared, on_list
from bot.case_records import CaseState
from bot.case_work import Work, beside, card_job, direct_address, nudge_job, refresh_about
from bot.crowds import crowd_of
from bot.deliveries import (
    Messengers,
    Target,
    drop,
    fingerprint,
    is_known,
    look,
    may_be_older,
    put_off,
    send,
)
from bot.directory import DESK_ROLES
from bot.exclusions import Readers, exclusion_of
from bot.failures import nobody_told
from bot.heard import speaks_for
from bot.left_channels import Goes, goes_beside, wait_for_card
from bot.list_deliveries import present_list
from bot.messages import is_past, message_of, message_reader_of, overtakes
from bot.messengers import Ambiguous, Delivery, NotThere, Permanent, Sent, Throttled
from bot.nudges import climb_now
from bot.ports import Transaction
from bot.rights import OPENS
from bot.rows import ENDED, ladder_of, overtaken_level
from bot.shut_channels import ask_directly, nudge_unread, readers_now, shut_nudge
from bot.views import view_of
from bot.whole_case import WholeCase
from bot.work_records import (
    CardList,
    CardRow,
    Duty,
    DutyState,
    Job,
    NudgeRow,
    NudgeState,
    platform_of,
)
from flows.duties import Owner
from flows.screens import Card

log = structlog.get_logger()

_ANSWERED = (*ENDED, DutyState.ANSWERED, DutyState.SAID_DONE)


@dataclass(frozen=True)
class Owed:
    """One message about a duty, with the case as it stands."""

    nudge: NudgeRow
    duty: Duty
    whole: WholeCase
    card: Card
    target: Target | None
    """None: there is nowhere to send it."""
    list_id: str | None
    """The running list that it asks about as a whole."""
    again: bool
    """Its duty ended only because a later one of the same kind asks for it."""
    confirmed: bool
    """Their own word is that care happened, and the site must not notice."""
    beside: CardRow | None
    """The card of its duty, or the desk's."""

    @property
    def rows(self) -> Sequence[NudgeRow]:
        """Every message about the same duty."""
        return self.whole.nudges.get(self.nudge.duty_id, ())


async def deliver_nudge(work: Work, messengers: Messengers, job: Job) -> None:
    """Sends one owed message if it is still needed, or brings a sent one up to date.

    A message that still says "please come" after everybody came would send people for
    nothing, so it is edited like a card.
    """
    owed = await _read(work, messengers, job.subject)
    if owed is None:
        await drop(work, job)
        return
    goes = goes_beside(work, owed.whole, owed.beside, owed.nudge)
    if goes is Goes.AFTER and owed.beside is not None:
        await wait_for_card(work, job, owed.beside)
        return
    address = owed.target.address if owed.target else ""
    readers = await readers_now(work, messengers, owed.whole, address)
    if goes is Goes.NOWHERE:
        readers = Readers.UNFIT
    if readers is Readers.UNKNOWN:
        await nudge_unread(work, job, owed.nudge, owed.whole, address)
    elif readers is Readers.UNFIT and owed.target is not None:
        await shut_nudge(work, messengers, job, owed.nudge, owed.whole, owed.target)
    elif owed.nudge.state is NudgeState.OWED:
        await _first(work, messengers, job, owed)
    elif owed.nudge.may_change and not (
        is_known(job) and owed.nudge.shown == fingerprint(owed.card)
    ):
        await _edit(work, messengers, job, owed)
    else:
        await drop(work, job)


async def _read(work: Work, messengers: Messengers, nudge_id: str) -> Owed | None:
    async with work.storage.read() as tx:
        nudge = await tx.duties.nudge(nudge_id)
        duty = await tx.duties.get(nudge.duty_id) if nudge else None
        opens = OPENS[message_reader_of(duty)] if duty else ()
        whole = await tx.cases.whole(duty.case_id, opens) if duty else None
        card_row = beside(whole.cards, duty.id) if whole and duty else None
        listed = (
            asks_about_list(nudge, duty, whole.duties, card_row)
            if whole and duty and nudge
            else None
        )
        list_id = listed or (card_row.list_id if card_row else None)
        folded = await tx.cards.get_list(list_id) if list_id else None
        confirmed = duty is not None and await is_confirmed(tx, duty)
        there = await crowd_of(work, tx, whole) if whole else None
    view = view_of(there, whole) if there and whole else None
    if nudge is None or duty is None or whole is None or view is None:
        return None
    present = await present_list(work, messengers, listed) if listed else None
    card = message_of(work, nudge, duty, view, whole, present)
    in_list = listed is not None or on_list(card_row)
    target = _target(work, nudge, card_row, folded, in_list=in_list)
    about = present.running.id if present else None
    seen = next(each for each in view.duties if each.id == duty.id)
    again = view.asked_again(seen)
    return Owed(nudge, duty, whole, card, target, about, again, confirmed, card_row)


def _target(
    work: Work, nudge: NudgeRow, card: CardRow | None, folded: CardList | None, *, in_list: bool
) -> Target | None:
    """`folded`: the list that its case is or was on; `in_list`: it stands beside that still."""
    if card is None:
        return None
    if not nudge.direct:
        listed = folded.ref if folded is not None else None
        thread = listed if in_list else card.ref
        return Target(card.address, nudge.id, nudge.ref, thread, list_thread=listed)
    own = direct_address(work, nudge.people[0], card.address)
    return Target(own, nudge.id, nudge.ref) if own else None


async def _first(work: Work, messengers: Messengers, job: Job, owed: Owed) -> None:
    needless = owed.duty.state in _ANSWERED or _stale(owed) or _desk_is_spared(owed)
    now = work.clock.now()
    if needless or await is_spared(
        work, owed.nudge, owed.duty, owed.whole.cards, owed.list_id, now
    ):
        await _not_needed(work, messengers, job, owed)
        return
    outcome: Delivery = Permanent("nowhere_to_send")
    once = _once(messengers, owed)
    if once:
        outcome = await _say_once(work, messengers, job, owed)
    elif owed.target is not None:
        outcome = await send(messengers, owed.target, owed.card, job)
    async with work.storage.write() as tx:
        await tx.cases.lock(owed.duty.case_id)
        await _record(work, tx, job, owed, outcome, once=once)


def _once(messengers: Messengers, owed: Owed) -> bool:
    """A reminder that a next rung follows anyway is not said twice where nobody can look."""
    ladder, out = ladder_of(owed.duty), exclusion_of(owed.whole.content)
    is_last = owed.nudge.step >= ladder.last_asked(out.off_ladders)
    if not ladder.quiet_hours or is_last or owed.target is None:
        return False
    messenger = messengers.get(platform_of(owed.target.address))
    return messenger is not None and not messenger.reads_back


async def _say_once(work: Work, messengers: Messengers, job: Job, owed: Owed) -> Delivery:
    """Notes before that it may have been said: whoever finds the row after this process says it
    no more."""
    assert owed.target is not None
    await _note(work, owed, NudgeState.UNSURE)
    try:
        return await send(messengers, owed.target, owed.card, job)
    except Exception:
        await _note(work, owed, NudgeState.OWED)  # a fault of ours, which must be seen
        raise


async def _note(work: Work, owed: Owed, state: NudgeState) -> None:
    async with work.storage.write(quiet=True) as tx:
        await tx.cases.lock(owed.duty.case_id)
        await tx.duties.set_nudge(owed.nudge.id, state)


def _stale(owed: Owed) -> bool:
    """Another message to the same reader speaks for this one.

    A later rung's that is owed too, as after an outage, or that went out before this one.
    """
    return any(
        (row.state is NudgeState.OWED or row.ref is not None) and speaks_for(row, owed.nudge)
        for row in owed.rows
    )


def _desk_is_spared(owed: Owed) -> bool:
    """Nobody at the desk is asked about a report that was taken back, or for care that its
    reporter says has happened.

    The site's card goes on as if they were: it must not tell that somebody there did so.
    """
    if owed.duty.owner != Owner.SITE:
        return False
    needless = owed.confirmed or owed.whole.case.state is CaseState.WITHDRAWN
    asked = exclusion_of(owed.whole.content).asked_by(owed.nudge)
    return needless and owed.nudge.direct and set(asked) <= set(DESK_ROLES)


async def _not_needed(work: Work, messengers: Messengers, job: Job, owed: Owed) -> None:
    """Nothing need be said; but what an earlier try may have said is looked for, and edited."""
    found = await look(messengers, owed.target, job) if owed.target else None
    if found is not None and not isinstance(found, NotThere | Permanent):
        async with work.storage.write() as tx:
            await tx.cases.lock(owed.duty.case_id)
            await _record(work, tx, job, owed, found, once=False)
        return
    answered, now = owed.duty.state in _ANSWERED, work.clock.now()
    async with work.storage.write() as tx:
        await tx.cases.lock(owed.duty.case_id)
        await tx.jobs.unspent(job, now)
        still = await tx.duties.get(owed.duty.id)
        if answered and still is not None and still.state not in _ANSWERED:
            # Whoever came went away again since it was read: it is needed after all.
            await tx.jobs.retry(job, now, tried=False)
            return
        # No later message says what the desk was spared: it was never asked for that.
        unsaid = answered or _desk_is_spared(owed)
        state = NudgeState.NOT_NEEDED if unsaid else NudgeState.MERGED
        await tx.duties.set_nudge(owed.nudge.id, state)
        await tx.jobs.done(job)


async def _record(
    work: Work, tx: Transaction, job: Job, owed: Owed, outcome: Delivery, *, once: bool
) -> None:
    now, nudge = work.clock.now(), owed.nudge
    if isinstance(outcome, Ambiguous) and once:
        await tx.jobs.done(job)
        await tx.duties.set_nudge(nudge.id, NudgeState.UNSURE)
        return
    if once:  # it was not said, where it has to wait
        await tx.duties.set_nudge(nudge.id, NudgeState.OWED)
    if isinstance(outcome, Throttled | Ambiguous):
        assert owed.target is not None
        await put_off(tx, job, owed.target, outcome, now)
        return
    await tx.jobs.done(job)
    if isinstance(outcome, Sent):
        await _sent(tx, job, owed, outcome, now)
        return
    log.error("nudge_failed", duty=owed.duty.kind, reason=outcome.reason)
    await tx.duties.set_nudge(nudge.id, NudgeState.FAILED)
    await refresh_about(tx, owed.duty, now)
    if not nudge.direct:
        await _ask_otherwise(work, tx, owed, now)
    elif await nobody_told(work, tx, nudge):
        await climb_now(tx, owed.duty, now)


async def _ask_otherwise(work: Work, tx: Transaction, owed: Owed, now: datetime) -> None:
    """The channel will not take a message: each person it asks gets one of their own.

    The next people are asked at once, too, where nobody may wait, and where the desk has no card
    from which it could do what it owes.
    """
    duty, whole = owed.duty, owed.whole
    if owed.target is not None:
        out = exclusion_of(whole.content, whole.cards)
        await ask_directly(work, tx, owed.nudge, duty, out, owed.target.address)
    card, at_desk = beside(await tx.cards.of_case(duty.case_id), duty.id), duty.owner == Owner.DESK
    if card is not None and card.ref is not None and at_desk:
        # Its card has nothing new to say, and would stand there as if it could be pressed.
        await tx.cards.save(replace(card, shown=None))
        await tx.jobs.enqueue([card_job(card, now)])
    nowhere = card is None or (card.ref is None and at_desk)
    if nowhere or not ladder_of(duty).quiet_hours:
        await climb_now(tx, duty, now)


async def _sent(tx: Transaction, job: Job, owed: Owed, outcome: Sent, now: datetime) -> None:
    assert owed.target is not None
    unsure = may_be_older(owed.target, job)
    sent = replace(owed.nudge, ref=outcome.ref)
    before = [row for row in owed.rows if row.ref is not None and overtakes(sent, row)]
    level = overtaken_level(owed.duty)
    await tx.jobs.enqueue([nudge_job(row, level, owed.target.address, now) for row in before])
    if owed.list_id is not None:
        await tx.duties.ask_about_list(owed.nudge.id, owed.list_id)
    await tx.duties.set_nudge(
        owed.nudge.id,
        NudgeState.SENT,
        sent_at=now,
        ref=outcome.ref,
        shown=None if unsure else fingerprint(owed.card),
    )
    if unsure:
        await tx.jobs.enqueue([nudge_job(owed.nudge, "edit", owed.target.address, now)])


async def _edit(work: Work, messengers: Messengers, job: Job, owed: Owed) -> None:
    outcome: Delivery = Permanent("nowhere_to_send")
    if owed.target is not None:
        outcome = await send(messengers, owed.target, owed.card, job)
    async with work.storage.write() as tx:
        await tx.cases.lock(owed.duty.case_id)
        if isinstance(outcome, Throttled | Ambiguous):
            assert owed.target is not None
            await put_off(tx, job, owed.target, outcome, work.clock.now())
            return
        await tx.jobs.done(job)
        nudge = owed.nudge
        if isinstance(outcome, Permanent):
            # One that is gone says nothing wrong any more. One that is there, while the app was
            # not, is edited at the next look: what it shows is known as before.
            return
        # Once it says that it has ended it stays so: of a new call a new message tells.
        over = owed.duty.state in ENDED and not owed.again
        last = over and is_past(work, nudge, owed.duty, owed.whole)
        await tx.duties.set_nudge(
            nudge.id,
            NudgeState.PAST if last else nudge.state,
            sent_at=nudge.sent_at,
            ref=nudge.ref,
            shown=fingerprint(owed.card),
        )
