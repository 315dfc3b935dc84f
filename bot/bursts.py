"""Too many at once: a few cards, and running lists for the rest. Nothing is refused or lost."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TypeGuard

from bot.case_records import Case, CaseState
from bot.case_work import CardKind, Work, beside, card_job, list_job
from bot.keys import new_id
from bot.ports import Transaction
from bot.pressed import LATE, RECORDED, UNKNOWN, Pressed
from bot.rows import ENDED, first_of, ladder_of
from bot.work_records import CardList, CardRow, Duty, Job, NudgeRow
from flows.case_view import CaseView
from flows.clocks import Urgency
from flows.commitments import DutyKind
from flows.duties import Owner

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
        running, room = await _open_list(work, tx, row.address, now)
        rows = _that_fit(rows, row, room)
        await tx.cards.put_on_list(running.id, [each.id for each in rows])
        for each in rows:
            await tx.jobs.cancel(each.id)
        await tx.jobs.unspent(job, now)
        await tx.jobs.enqueue([list_job(running.id, row.address, now)])
    return True


async def _crowding(tx: Transaction, row: CardRow, since: datetime) -> list[CardRow]:
    """The cards that belong on a list now, the oldest first; none while there are few."""
    if row.kind == CardKind.SECOND_PERSON:
        running = await tx.cards.running_since(row.address, row.kind, since)
        return [row] if running >= CALLS_ALONE else []
    waiting = await tx.cards.waiting(row.address, row.kind, LONGEST_LIST, row.id)
    if len(waiting) < FOLD_FROM:
        return []
    cases = [(each, await tx.cases.get(each.case_id)) for each in waiting]
    return [each for each, case in cases if case and Urgency(case.urgency) not in _NEVER_FOLDED]


def _that_fit(rows: Sequence[CardRow], row: CardRow, room: int) -> list[CardRow]:
    """The first of them, in order, and the one in hand, which else would wait for its lease."""
    first = [each for each in rows[:room] if each.id != row.id]
    if len(first) < len(rows[:room]):
        return list(rows[:room])
    return [*first[: room - 1], row]


async def _open_list(
    work: Work, tx: Transaction, address: str, now: datetime
) -> tuple[CardList, int]:
    """The running list that new cards of a channel go to, and how many more lines it has."""
    newest = await tx.cards.newest_list(address)
    if newest is not None and newest.opened_at >= now - WINDOW:
        room = LONGEST_LIST - len(await tx.cards.of_list(newest.id))
        if room > 0:
            return newest, room
    opened = CardList(id=new_id(work.entropy), address=address, opened_at=now)
    await tx.cards.add_list(opened)
    return opened, LONGEST_LIST


async def is_spared(
    work: Work,
    nudge: NudgeRow,
    duty: Duty,
    cards: Sequence[CardRow],
    list_id: str | None,
    now: datetime,
) -> bool:
    """Whether a message about a case on a running list would only ring once more for people who
    were just alerted: by a reminder of the whole list, or again and again, each time about a
    call that still runs.

    Not once its caller called again: then everybody is asked. `list_id`: the list that the
    message asks about as a whole.
    """
    row = beside(cards, duty.id)
    if list_id is not None:
        return await _is_told(work, nudge, duty, list_id, now)
    if duty.kind != DutyKind.SECOND_PERSON or nudge.climb > 0 or not on_list(row):
        return False
    async with work.storage.read() as tx:
        alerts = await tx.cards.alerted_since(row.address, row.kind, now - WINDOW)
    often = Counter(person for people in alerts for person in people)
    return all(often[person] >= CALLS_ALONE for person in nudge.people)


def asks_about_list(
    nudge: NudgeRow, duty: Duty, duties: Sequence[Duty], card: CardRow | None
) -> str | None:
    """The list that a message asks about as a whole: one that did so before goes on, and a new
    one does where it is the desk's duty about a report on it that nobody took.

    Not where somebody may be in danger: that is asked about by itself, whatever the hour.
    """
    if nudge.list_id is not None or nudge.ref is not None:
        return nudge.list_id
    taken = first_of(duties, DutyKind.TAKE)
    usual = duty.owner == Owner.DESK and ladder_of(duty).quiet_hours
    if card is None or card.kind != CardKind.DESK or not usual:
        return None
    return card.list_id if taken is not None and taken.state not in ENDED else None


async def _is_told(work: Work, nudge: NudgeRow, duty: Duty, list_id: str, now: datetime) -> bool:
    """Whether whom a message asks was just asked the same about its whole list, that way."""
    async with work.storage.read() as tx:
        before = await tx.duties.asked_about_list(list_id, duty.kind, now - WINDOW, now)
    told = [people for direct, people in before if direct is nudge.direct]
    return bool(told) and set(nudge.people) <= {person for people in told for person in people}


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
