"""Small steps on rows that several use cases take the same way."""

from dataclasses import replace
from datetime import datetime

from bot.ports import Transaction
from bot.records import Duty, DutyState, SeatRow
from flows.ladders import AnswerKind, Ladder, Seat

ENDED = (DutyState.DONE, DutyState.CLOSED)


async def end_duty(tx: Transaction, duty: Duty, state: DutyState, now: datetime) -> None:
    """Ends a duty and every clock and message that hung on it."""
    await tx.duties.save(replace(duty, state=state, ended_at=now))
    await tx.jobs.cancel(duty.id)


def ladder_of(duty: Duty) -> Ladder:
    """The ladder as it was when the duty was born."""
    return Ladder.model_validate_json(duty.ladder)


def seat_of(row: SeatRow) -> Seat:
    """A stored answer as the rules read it."""
    return Seat(
        person_id=row.person_id,
        answer=AnswerKind(row.answer),
        minutes=row.minutes,
        at=row.at,
    )
