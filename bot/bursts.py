"""Too many at once: a few cards, and running lists for the rest. Nothing is refused or lost."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeGuard

from bot.bodies import unpack
from bot.case_records import Case, CaseState, WholeCase
from bot.case_work import CardKind, Work, beside, card_job, list_job
from bot.deliveries import Messengers, Target, drop, fingerprint, may_be_older, put_off, send
from bot.exclusions import Readers, exclusion_of, readers_of
from bot.failures import card_failed
from bot.keys import new_id
from bot.messengers import DELETED, Ambiguous, Delivery, Permanent, Sent, Throttled
from bot.ports import Transaction
from bot.pressed import LATE, RECORDED, UNKNOWN, Pressed
from bot.rows import ENDED
from bot.shut_channels import NEUTRAL, made_neutral
from bot.views import view_of
from bot.work_records import CardList, CardRow, CardState, Duty, Job, NudgeRow, platform_of
from flows.burst_cards import list_card
from flows.case_view import CaseView
from flows.clocks import Urgency
from flows.commitments import DutyKind

FOLD_FROM = 6
"""So many reports waiting for one channel are a burst."""
CALLS_ALONE = 3
"""So many calls for help from one site have cards of their own; more are a flood."""
WINDOW = timedelta(minutes=10)
NEXT_AT_ONCE = 5
"""How many cases of a running list become cards with one press."""
LONGEST_LIST = 40
"""Lines of one message: what a reader takes in, and what every platform shows."""

_NEVER_FOLDED = (Urgency.U0, Urgency.U1)


def on_list(card: CardRow | None) -> TypeGuard[CardRow]:
    """Whether a running list stands for this card."""
    return card is not None and card.list_id is not None and card.ref is None


def stands_alone(row: CardRow, view: CaseView) -> bool:
    """Whether this card is shown by itself however many there are.

    A card that is or was shown already, one that was asked for from a list, and a report in
    which somebody may be in danger.
    """
    if row.first_shown_at is not None or row.ref is not None or row.list_id is not None:
        return True
    if row.kind == CardKind.SECOND_PERSON:
        return view.report is not None
    return row.kind != CardKind.DESK or view.urgency in _NEVER_FOLDED


async def fold(work: Work, row: CardRow, job: Job) -> bool:
    """Puts a card on a running list if it is one of too many. False: it is shown by itself."""
    async with work.storage.write() as tx:
        now = work.clock.now()
        rows = await _crowding(tx, row, now - WINDOW)
        if not rows:
            return False
        running = await tx.cards.newest_list(row.address)
        if running is None or running.opened_at < now - WINDOW or await _is_full(tx, running):
            running = CardList(id=new_id(work.entropy), address=row.address, opened_at=now)
            await tx.cards.add_list(running)
        await tx.cards.put_on_list(running.id, [each.id for each in rows])
        for each in rows:
            await tx.jobs.cancel(each.id)
        await tx.jobs.unspent(job, now)
        await tx.jobs.enqueue([list_job(running.id, row.address, now)])
    return True


async def _crowding(tx: Transaction, row: CardRow, since: datetime) -> list[CardRow]:
    """The cards to put on a list now, this one among them; none while there are few."""
    if row.kind == CardKind.SECOND_PERSON:
        running = await tx.cards.running_since(row.address, row.kind, since)
        return [row] if running >= CALLS_ALONE else []
    waiting = await tx.cards.waiting(row.address, row.kind, LONGEST_LIST, row.id)
    if len(waiting) < FOLD_FROM:
        return []
    cases = [(each, await tx.cases.get(each.case_id)) for each in waiting]
    found = [each for each, case in cases if case and Urgency(case.urgency) not in _NEVER_FOLDED]
    # The one in hand is among them, or it would wait for its lease to end.
    others = [each for each in found if each.id != row.id]
    return found if len(others) < len(found) else [*others[: LONGEST_LIST - 1], row]


async def is_spared(
    work: Work, nudge: NudgeRow, duty: Duty, cards: Sequence[CardRow], now: datetime
) -> bool:
    """Whether a message about a call on a running list would only ring once more for people who
    were just alerted again and again, each time about a call that still runs.

    Not once its caller called again: then everybody is asked.
    """
    row = beside(cards, duty.id)
    if duty.kind != DutyKind.SECOND_PERSON or nudge.climb > 0 or not on_list(row):
        return False
    async with work.storage.read() as tx:
        alerts = await tx.cards.alerted_since(row.address, row.kind, now - WINDOW)
    often = Counter(person for people in alerts for person in people)
    return all(often[person] >= CALLS_ALONE for person in nudge.people)


async def _is_full(tx: Transaction, running: CardList) -> bool:
    return len(await tx.cards.of_list(running.id)) >= LONGEST_LIST


async def open_next(tx: Transaction, list_id: str, now: datetime) -> Pressed:
    """The next cases of a running list become cards of their own, the most urgent first."""
    rows = await tx.cards.of_list(list_id)
    if not rows:
        return UNKNOWN
    cases = [(row, await tx.cases.get(row.case_id)) for row in rows if row.ref is None]
    still = [(row, case) for row, case in cases if case and await _is_open(tx, row, case)]
    still.sort(key=lambda pair: pair[1].urgency)
    if not still:
        return LATE
    await tx.jobs.enqueue([card_job(row, now) for row, _ in still[:NEXT_AT_ONCE]])
    return RECORDED


async def _is_open(tx: Transaction, row: CardRow, case: Case) -> bool:
    """Whether anything is to be done on a card: a call for help is open until it is over."""
    called = await tx.duties.get(row.duty_id) if row.duty_id else None
    return case.state is CaseState.OPEN and (called is None or called.state not in ENDED)


@dataclass(frozen=True)
class Present:
    """A running list as it stands now."""

    running: CardList
    named: tuple[CardRow, ...]
    """The cards of the cases that it may name."""
    views: tuple[CaseView, ...]
    others: tuple[CardRow, ...]
    """Cards that it stands for and may not name: somebody kept out reads along, or may."""

    @property
    def cases(self) -> list[str]:
        """Every case, in the one order in which they are locked."""
        return sorted({row.case_id for row in (*self.named, *self.others)})


async def deliver_list(work: Work, messengers: Messengers, job: Job) -> None:
    """Makes one running list show the present state of its cases."""
    present = await _present(work, messengers, job.subject)
    if present is None:
        await drop(work, job)
        return
    if any(row.ref is None for row in present.others):
        async with work.storage.write() as tx:
            await _let_go(tx, present, work.clock.now())
    running = present.running
    if not present.views:
        await _emptied(work, messengers, job, running)
        return
    card = list_card(work.policy, running.id, running.opened_at, present.views)
    shown = fingerprint(card)
    if running.shown == shown:
        await drop(work, job)
        return
    target = Target(running.address, running.id, running.ref)
    outcome = await send(messengers, target, card, job)
    async with work.storage.write() as tx:
        # The cases first, like everybody who changes them: another order could deadlock.
        for case_id in present.cases:
            await tx.cases.lock(case_id)
        await _record(work, tx, job, present, target, outcome, shown)


async def _emptied(work: Work, messengers: Messengers, job: Job, running: CardList) -> None:
    """Nothing is left that a list may name: what stands there, or may, says so and no more."""
    neutral = fingerprint(NEUTRAL)
    if running.shown == neutral:
        await drop(work, job)
        return
    target = Target(running.address, running.id, running.ref)
    outcome = await made_neutral(messengers, target, job)
    async with work.storage.write() as tx:
        if isinstance(outcome, Throttled | Ambiguous):
            await put_off(tx, job, target, outcome, work.clock.now())
            return
        await tx.jobs.done(job)
        if isinstance(outcome, Sent):
            await tx.cards.save_list(replace(running, ref=outcome.ref, shown=neutral))


async def _record(
    work: Work,
    tx: Transaction,
    job: Job,
    present: Present,
    target: Target,
    outcome: Delivery,
    shown: str,
) -> None:
    now, running = work.clock.now(), present.running
    if isinstance(outcome, Sent):
        await tx.jobs.done(job)
        unsure = may_be_older(target, job)
        saved = replace(running, ref=outcome.ref, shown=None if unsure else shown)
        await tx.cards.save_list(saved)
        if unsure:
            # What stands there may be from before the last cases came: nothing is called
            # delivered until the list has been brought up to date.
            await tx.jobs.enqueue([list_job(running.id, running.address, now)])
        else:
            await _delivered(tx, present, now)
    elif isinstance(outcome, Permanent):
        await tx.jobs.done(job)
        if outcome.reason == DELETED and running.ref is not None:  # it is posted again
            await tx.cards.save_list(replace(running, ref=None, shown=None))
            await tx.jobs.enqueue([list_job(running.id, running.address, now)])
            return
        for row in present.named:
            if row.ref is None:
                await card_failed(work, tx, row, outcome.reason, now)
    else:
        await put_off(tx, job, target, outcome, now)


async def _present(work: Work, messengers: Messengers, list_id: str) -> Present | None:
    """A list as it stands now: the cases that it may name, and those that it may not."""
    async with work.storage.read() as tx:
        running = await tx.cards.get_list(list_id)
        rows = await tx.cards.of_list(list_id) if running else ()
        wholes = [(row, await tx.cases.whole(row.case_id)) for row in rows]
    if running is None:
        return None
    named, views, others = [], [], []
    for row, whole in wholes:
        if whole is None:  # deleted since
            continue
        if await _may_stand_there(work, messengers, whole, running):
            named.append(row)
            views.append(view_of(work, whole))
        else:
            others.append(row)
    return Present(running, tuple(named), tuple(views), tuple(others))


async def _let_go(tx: Transaction, present: Present, now: datetime) -> None:
    """What a list may not name finds its own way: to another desk, or to a later look.

    One that it named before is delivered no longer: with its line, nothing of it stands there.
    """
    for row in sorted(present.others, key=lambda row: row.case_id):
        await tx.cases.lock(row.case_id)
        still = await tx.cards.get(row.id)
        if still is not None and still.list_id == present.running.id and still.ref is None:
            alone = replace(still, state=CardState.OWED, first_shown_at=None, list_id=None)
            await tx.cards.save(alone)
            await tx.jobs.enqueue([card_job(alone, now)])


def _waits_on(running: CardList, row: CardRow) -> bool:
    """Whether a card was never shown, and this list stands for it."""
    return row.list_id == running.id and row.first_shown_at is None


async def _may_stand_there(
    work: Work, messengers: Messengers, whole: WholeCase, running: CardList
) -> bool:
    """Whether a list may name a case: nobody whom its reporter kept out reads the channel."""
    messenger = messengers.get(platform_of(running.address))
    out = exclusion_of(unpack(whole.body))
    return await readers_of(work, messenger, out, running.address) is Readers.FIT


async def _delivered(tx: Transaction, present: Present, now: datetime) -> None:
    """Each case that the message names. Who asked for its card meanwhile has had it delivered."""
    for row in present.named:
        still = await tx.cards.get(row.id)
        if still is None or not _waits_on(present.running, still):
            continue
        await tx.cards.save(replace(still, state=CardState.SHOWN, first_shown_at=now))
        if still.kind == CardKind.DESK:
            await tx.history.append(still.case_id, now, "system", "delivered", {})
