"""A case changed: which of its messages say something else now, and are owed an edit.

The case is read once however many messages show it. What a message says is decided again
when it is sent; here it is only asked whether anything is different.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.case_records import CaseState
from bot.case_work import (
    QUIETLY,
    CardKind,
    Work,
    card_address,
    card_job,
    list_job,
    nudge_address,
    nudge_job,
)
from bot.crowds import crowd_of
from bot.deliveries import fingerprint
from bot.directory import DESK_ROLES
from bot.failures import goes_on, too_late
from bot.messages import card_of, is_past, message_of
from bot.ports import Transaction
from bot.rights import OPENS, Reader
from bot.rows import overtaken_level
from bot.views import view_of
from bot.whole_case import WholeCase
from bot.work_records import CardRow, CardState, Duty, Job, NewJob, NudgeRow
from flows.case_view import CaseView
from flows.duties import Owner
from flows.scene import DELAY_MINUTES


@dataclass(frozen=True)
class _Look:
    """One look at a case: what its messages are compared with."""

    work: Work
    whole: WholeCase
    view: CaseView
    in_hand: frozenset[str]
    """The cards and messages that are on their way."""
    now: datetime
    quiet: bool
    """The messages of a site that may not know who reported are left as they are."""


async def refresh(work: Work, job: Job) -> None:
    """Owes an edit to each message of a case that no longer shows its present state.

    Quietly: to none of a site that may not know who reported.
    """
    async with work.storage.read() as tx:
        # First this: what is taken in hand after it shows what is read after it.
        in_hand = await tx.jobs.in_hand()
        whole = await tx.cases.whole(job.subject, OPENS[Reader.REFRESH])
        left_out = await _left_out(tx, whole) if whole else []
        there = await crowd_of(work, tx, whole) if whole else None
    now = work.clock.now()
    jobs: list[NewJob] = []
    if whole is not None and there is not None:
        view = view_of(there, whole)
        quiet = job.kind == QUIETLY and view.hidden_from_site
        look = _Look(work, whole, view, in_hand, now, quiet)
        jobs = [*_cards(look), *_nudges(look)]
        jobs += [card_job(card, now) for card in left_out]
    async with work.storage.write() as tx:
        # The case first, like everybody who changes it: another order could deadlock.
        await tx.cases.lock(job.subject)
        if await tx.jobs.done(job):
            await tx.jobs.enqueue([each for each in jobs if not await _is_folded(tx, whole, each)])


async def _is_folded(tx: Transaction, whole: WholeCase | None, job: NewJob) -> bool:
    """Whether a card that stood nowhere when it was read was put on a running list since: its list
    shows it, and it is not posted by itself as well."""
    unseen = [card for card in whole.cards if card.ref is None] if whole else []
    if job.subject not in {card.id for card in unseen if card.list_id is None}:
        return False
    now = await tx.cards.get(job.subject)
    return now is not None and now.list_id is not None


async def _left_out(tx: Transaction, whole: WholeCase) -> list[CardRow]:
    """Cards that failed and that nothing tries again: for a while there was nothing to do on them.

    The others are tried once an hour, however often their case changes.
    """
    return [
        card
        for card in whole.cards
        if card.state is CardState.FAILED
        and goes_on(whole.case, whole.duties)
        and not too_late(card, whole)
        and await tx.jobs.due_at(f"card:{card.id}") is None
    ]


def _cards(look: _Look) -> Iterator[NewJob]:
    work, whole, now = look.work, look.whole, look.now
    shown = [card for card in whole.cards if card.state is not CardState.FAILED]
    if look.quiet:
        shown = [card for card in shown if card.kind == CardKind.DESK]
    for card in shown:
        if card.ref is None and card.list_id is not None:
            continue
        if (
            card.ref is None
            or card.id in look.in_hand
            or card.shown != fingerprint(card_of(work, card, look.view, whole))
        ):
            yield card_job(card, now)
    lists = dict.fromkeys(card.list_id for card in shown if card.list_id)
    for list_id in lists:
        yield list_job(list_id, card_address(shown, list_id), now)


def _nudges(look: _Look) -> Iterator[NewJob]:
    work, whole, view = look.work, look.whole, look.view
    said: dict[tuple[str, bool, str, tuple[str, ...], bool], str] = {}
    for duty in whole.duties:
        rows = whole.nudges.get(duty.id, ())
        seen = next(each for each in view.duties if each.id == duty.id)
        answered = frozenset(each.seat.person_id for each in seen.seats)
        for row in rows:
            if look.quiet and _is_read_at_site(duty, row):
                continue
            past = is_past(work, row, duty, whole)
            if row.id not in look.in_hand:
                if not row.may_change or (row.list_id is not None and not past):
                    continue  # what is said of a list is seen to when that is shown
                # Many messages of one duty say the same: one to each person, and one a rung. Only
                # whoever has answered reads their own answer.
                reader = work.directory.id_now(row.people[0]) if row.direct else ""
                own = reader if reader in answered else ""
                same = (duty.id, row.direct, own, row.roles, past)
                if same not in said:
                    said[same] = fingerprint(message_of(work, row, duty, view, whole))
                if row.shown == said[same]:
                    continue
            due = look.now + _wait(look, duty, row, past=past)
            overtaken = past or view.asked_again(seen)
            level = overtaken_level(duty) if overtaken else "edit"
            yield nudge_job(row, level, nudge_address(work, whole.cards, row), due)


def _is_read_at_site(duty: Duty, row: NudgeRow) -> bool:
    """Whether a message is for the site, or for those above it, who may read along there."""
    at_desk = row.direct and set(row.roles) <= set(DESK_ROLES)
    return duty.owner == Owner.SITE and not at_desk


def _wait(look: _Look, duty: Duty, row: NudgeRow, *, past: bool) -> timedelta:
    """How long a message still says what it says.

    Somebody outside the desk may read the site's channel, too, where nobody may notice what a
    reporter just did: that they took it back, or sent it after all. It reaches them after a random
    while, as a report without a name reaches the desk.
    """
    outside = row.direct and duty.owner == Owner.DESK and not set(row.roles) <= set(DESK_ROLES)
    theirs = past or look.view.state == CaseState.WITHDRAWN
    if not (look.view.hidden_from_site and outside and theirs):
        return timedelta(0)
    return timedelta(minutes=look.work.entropy.between(*DELAY_MINUTES))
