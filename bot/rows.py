"""Small steps on rows that several use cases take the same way."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache

from bot.case_work import CardKind, Work, refresh_about
from bot.directory import Directory
from bot.ports import Transaction
from bot.work_records import CardRow, CardState, Duty, DutyState, SeatRow
from flows.commitments import DutyKind
from flows.ladders import AnswerKind, Ladder, Seat

_FIRST = (DutyKind.TAKE, DutyKind.CARE, DutyKind.REPLY, DutyKind.FOLLOW_UP)
"""What the reporter waits for, as their page says."""

ENDED = (DutyState.DONE, DutyState.CLOSED, DutyState.UNCONFIRMED)


async def end_duty(
    tx: Transaction, duty: Duty, state: DutyState, now: datetime, *, said: datetime | None = None
) -> None:
    """Ends a duty and every clock that hung on it; what was said about it is brought up to date.

    `said` is when its reporter did what ends it, as closely as may be kept.
    """
    await tx.duties.save(replace(duty, state=state, ended_at=said or now))
    await tx.jobs.cancel(duty.id)
    await refresh_about(tx, duty, now)


def ladder_of(duty: Duty) -> Ladder:
    """The ladder as it was when the duty was born."""
    return _ladder(duty.ladder)


def message_level(duty: Duty) -> str:
    """How urgent it is to ask for a duty: where no hours hold its ladder, somebody is in danger.

    A desk that is behind is asked for hundreds of things in the minute in which it opens, and a
    channel takes one message a second. First that somebody takes a case, looks after a person,
    answers or speaks with them, before anybody is asked a second time; last what is asked for on a
    further day.
    """
    if not ladder_of(duty).quiet_hours:
        return "danger"
    if duty.kind == DutyKind.FOLLOW_UP and is_once_more(duty):
        return "repeated"
    return "question" if duty.kind in _FIRST and not duty.round else "reminder"


def is_once_more(talk: Duty) -> bool:
    """Whether a talk only asks on a further day for one that nobody had: a pack's own repeats."""
    return not ladder_of(talk).repeats


def overtaken_level(duty: Duty) -> str:
    """How urgent it is that a message says that a later one asks in its place.

    Last of all: in a full morning hundreds change at once, a channel takes one message a second,
    and whoever is asked in the others hears of it first. But not where people are called to
    somebody: the earlier message, too, says who comes.
    """
    return "edit" if duty.kind == DutyKind.SECOND_PERSON else "overtaken"


@lru_cache(maxsize=1024)
def _ladder(text: str) -> Ladder:
    # Most duties of a company carry one of a few ladders.
    return Ladder.model_validate_json(text)


def asks_for(card: CardRow, duty: Duty) -> bool:
    """Whether a card asks for this duty by itself: its own, or of the desk's that somebody take
    the case. What else the desk owes stands on it, and nobody is called for it."""
    return duty.id == card.duty_id or (card.duty_id is None and duty.kind == DutyKind.TAKE)


def stands_nowhere(cards: Sequence[CardRow]) -> bool:
    """Whether the desk's card could not be put into its channel: nobody there can read the case."""
    desk = next((card for card in cards if card.kind == CardKind.DESK), None)
    return desk is not None and desk.state is CardState.FAILED and desk.ref is None


def seat_of(row: SeatRow, directory: Directory) -> Seat:
    """A stored answer as the rules read it: of the person who had that id then."""
    return Seat(
        person_id=directory.id_now(row.person_id),
        answer=AnswerKind(row.answer),
        minutes=row.minutes,
        at=row.at,
    )


async def answers_to(work: Work, tx: Transaction, duty: Duty) -> list[Seat]:
    """What people answered to a duty, as the rules read it."""
    return [seat_of(row, work.directory) for row in await tx.duties.seats(duty.id)]


async def given_up(tx: Transaction, duty: Duty) -> list[datetime]:
    """When nobody was left to ask for what is owed, each time that it came to that."""
    return [
        line.at
        for line in await tx.history.of_case(duty.case_id)
        if line.fact == "exhausted" and line.detail == {"duty": duty.kind}
    ]


def first_of(duties: Sequence[Duty], kind: DutyKind) -> Duty | None:
    """The duty of a kind: the one still owed, else the latest."""
    mine = [duty for duty in duties if duty.kind == kind]
    return next((duty for duty in mine if duty.state not in ENDED), mine[-1] if mine else None)


def may_be_done(duty: Duty) -> bool:
    """Whether a duty is still to be done, or ended with a report that was taken back.

    What the desk does meanwhile is not owed once more when the report is sent after all.
    """
    return duty.state not in ENDED or duty.state is DutyState.CLOSED


def next_part(duties: Sequence[Duty], kind: DutyKind) -> int:
    """A number that no duty of this kind on this case has yet."""
    return 1 + max((duty.part for duty in duties if duty.kind == kind), default=-1)


async def locked_duty(tx: Transaction, duty_id: str) -> Duty | None:
    """The duty, read under its case's lock, so that what is read is still true when used."""
    duty = await tx.duties.get(duty_id)
    if duty is None:
        return None
    await tx.cases.lock(duty.case_id)
    return await tx.duties.get(duty_id)
