"""Running lists: made from their cases at the moment they are sent."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain

from bot.case_work import CardKind, Work, card_job, list_job, nudge_address, nudge_job
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
from bot.exclusions import Readers, exclusion_of, readers_of
from bot.failures import card_failed
from bot.messengers import DELETED, Ambiguous, Delivery, Permanent, Sent, Throttled
from bot.ports import Transaction
from bot.shut_channels import NEUTRAL, ask_for_card, made_neutral
from bot.views import view_of
from bot.whole_case import WholeCase
from bot.work_records import CardList, CardRow, CardState, Job, NudgeRow, platform_of
from flows.burst_cards import RunningList, list_card
from flows.case_view import CaseView


@dataclass(frozen=True)
class Present:
    """A running list as it stands now."""

    running: CardList
    named: tuple[CardRow, ...]
    """The cards of the cases that it may name."""
    views: tuple[CaseView, ...]
    others: tuple[CardRow, ...]
    """Cards that it stands for and may not name: somebody kept out reads along, or may."""
    reminders: tuple[tuple[NudgeRow, str], ...]
    """Messages that ask about all its reports, or may in a moment, and where each stands."""

    @property
    def as_list(self) -> RunningList:
        """As its messages show it."""
        return RunningList(self.running.id, self.running.opened_at, self.views)

    @property
    def cases(self) -> list[str]:
        """Every case, in the one order in which they are locked."""
        return sorted({row.case_id for row in (*self.named, *self.others)})


async def deliver_list(work: Work, messengers: Messengers, job: Job) -> None:
    """Makes one running list show the present state of its cases."""
    present = await present_list(work, messengers, job.subject)
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
    card = list_card(work.policy, present.as_list)
    shown = fingerprint(card)
    if running.shown == shown and is_known(job):
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
    if running.shown == neutral and is_known(job):
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
        told = [nudge_job(row, "edit", pace, now) for row, pace in present.reminders]
        await tx.jobs.enqueue(told)
    elif isinstance(outcome, Permanent):
        await tx.jobs.done(job)
        if outcome.reason == DELETED and running.ref is not None:  # it is posted again
            await tx.cards.save_list(replace(running, ref=None, shown=None))
            await tx.jobs.enqueue([list_job(running.id, running.address, now)])
            return
        for row in present.named:
            if row.ref is None:
                await card_failed(work, tx, row, outcome.reason, now)
                if row.state is not CardState.FAILED and not _stood(running, row):
                    await ask_for_card(work, tx, row)
    else:
        await put_off(tx, job, target, outcome, now)


async def present_list(work: Work, messengers: Messengers, list_id: str) -> Present | None:
    """A list as it stands now: the cases that it may name, and those that it may not."""
    async with work.storage.read() as tx:
        # First this: what is taken in hand after it shows what is read after it.
        in_hand = await tx.jobs.in_hand()
        running = await tx.cards.get_list(list_id)
        rows = await tx.cards.of_list(list_id) if running else ()
        read = [(row, await tx.cases.whole(row.case_id)) for row in rows]
        found = [(row, whole) for row, whole in read if whole is not None]  # else deleted since
        there = [await crowd_of(work, tx, whole) for _, whole in found]
    if running is None:
        return None
    named, views, others = [], [], []
    reminders: list[tuple[NudgeRow, str]] = []
    for (row, whole), crowd in zip(found, there, strict=True):
        for nudge in _reminders(whole, running, in_hand):
            reminders.append((nudge, nudge_address(work, whole.cards, nudge)))
        if await _may_stand_there(work, messengers, whole, running):
            named.append(row)
            views.append(view_of(crowd, whole))
        else:
            others.append(row)
    return Present(running, tuple(named), tuple(views), tuple(others), tuple(reminders))


def _reminders(whole: WholeCase, running: CardList, in_hand: frozenset[str]) -> Iterator[NudgeRow]:
    for nudge in chain.from_iterable(whole.nudges.values()):
        stands = nudge.list_id == running.id and nudge.may_change
        if stands or nudge.id in in_hand:
            yield nudge


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


def _stood(running: CardList, row: CardRow) -> bool:
    """Whether people were asked by a line of this list, which stands in the channel."""
    return running.ref is not None and row.first_shown_at is not None


def _waits_on(running: CardList, row: CardRow) -> bool:
    """Whether a card was never shown, and this list stands for it."""
    return row.list_id == running.id and row.first_shown_at is None


async def _may_stand_there(
    work: Work, messengers: Messengers, whole: WholeCase, running: CardList
) -> bool:
    """Whether a list may name a case: who reads the channel may read of it."""
    messenger = messengers.get(platform_of(running.address))
    out = exclusion_of(whole.content, whole.cards)
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
