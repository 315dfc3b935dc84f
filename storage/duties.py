"""Duties and the seats people take in them."""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import datetime

from sqlalchemy import bindparam, delete, func, insert, literal_column, or_, select, union, update

from bot.work_records import Duty, SeatRow
from storage.nudges import NudgeRows
from storage.statements import Row, Statement, given, upsert
from storage.tables import (
    EXHAUSTED,
    MOVING,
    PENDING,
    STILL_OWED,
    case_file,
    duty,
    is_one_of,
    job,
    no_job_of,
    seat,
)

NAMES = [field.name for field in fields(Duty)]
SEAT_NAMES = [field.name for field in fields(SeatRow)]

_DUTY = select(*(duty.c[name] for name in NAMES))
_SEAT = select(*(seat.c[name] for name in SEAT_NAMES))
_OF_DUTY = seat.c.duty_id == bindparam("duty_id")
_PUT_SEAT = upsert(seat).values(given(*SEAT_NAMES))

ADD = Statement(insert(duty).values(given(*NAMES)))
GET = Statement(_DUTY.where(duty.c.id == bindparam("duty_id")))
OF_CASE = Statement(_DUTY.where(duty.c.case_id == bindparam("case_id")))
SAVE = Statement(update(duty).where(duty.c.id == bindparam("id")).values(given(*NAMES[1:])))
UNSCHEDULED = Statement(select(func.count()).where(MOVING, no_job_of(duty.c.id)))
HOW_MANY_EXHAUSTED = Statement(select(func.count()).where(EXHAUSTED))
# From the few clocks of that priority: duties are many, and have no index of when they were asked.
# The order and the limit are there for the jobs' index; what is left over is found the next time.
_CLOCKS = (
    select(job.c.subject)
    .where(PENDING, is_one_of(job.c.pace, ""), job.c.priority == bindparam("priority"))
    .order_by(job.c.due_at, job.c.id)
    .limit(literal_column("500"))
)
_ASKED = _DUTY.where(
    or_(duty.c.asked_at > bindparam("moment"), duty.c.chase_from > bindparam("moment"))
)
_ANSWERED = select(seat.c.duty_id).where(
    seat.c.duty_id.in_(_CLOCKS), seat.c.at > bindparam("moment")
)
AHEAD_OF = Statement(
    union(
        _ASKED.where(duty.c.id.in_(_CLOCKS)),
        _ASKED.where(duty.c.case_id.in_(_CLOCKS)),
        _DUTY.where(duty.c.id.in_(_ANSWERED)),
    )
)
SEATS = Statement(_SEAT.where(_OF_DUTY))
SEATS_OF_CASE = Statement(_SEAT.join_from(seat, duty).where(duty.c.case_id == bindparam("case_id")))
PUT_SEAT = Statement(
    _PUT_SEAT.on_conflict_do_update(
        index_elements=[seat.c.duty_id, seat.c.person_id],
        set_={name: _PUT_SEAT.excluded[name] for name in SEAT_NAMES[2:]},
    )
)
# A few hundred people answer in a year: they are looked through, and only when a roster is new.
HOLDING = Statement(_SEAT.join_from(seat, duty).where(seat.c.expires_at.is_not(None), STILL_OWED))
TAKERS = Statement(
    _SEAT.join_from(seat, duty)
    .join(case_file)
    .where(
        is_one_of(duty.c.kind, "take"),
        is_one_of(duty.c.state, "done"),
        is_one_of(seat.c.answer, "take_over"),
        is_one_of(case_file.c.state, "open", "withdrawn"),
    )
)
CLEAR_SEAT = Statement(delete(seat).where(_OF_DUTY, seat.c.person_id == bindparam("person_id")))


class DutyRows(NudgeRows):
    """The duties of one transaction."""

    async def add(self, duties: Sequence[Duty]) -> None:
        await self._session.run_each(ADD, [vars(row) for row in duties])

    async def get(self, duty_id: str) -> Duty | None:
        row = await self._session.row(GET, duty_id=duty_id)
        return None if row is None else Duty(*row)

    async def of_case(self, case_id: str) -> Sequence[Duty]:
        """By due time, then kind, then part."""
        rows = await self._session.rows(OF_CASE, case_id=case_id)
        return sorted((Duty(*row) for row in rows), key=_order)

    async def save(self, row: Duty) -> None:
        await self._session.run(SAVE, **vars(row))

    async def unscheduled(self) -> int:
        return int(await self._session.value(UNSCHEDULED))

    async def exhausted(self) -> int:
        return int(await self._session.value(HOW_MANY_EXHAUSTED))

    async def ahead_of(self, moment: datetime, priority: int) -> Sequence[Duty]:
        rows = await self._session.rows(AHEAD_OF, moment=moment, priority=priority)
        return [Duty(*row) for row in rows]

    async def seats(self, duty_id: str) -> Sequence[SeatRow]:
        return _seats(await self._session.rows(SEATS, duty_id=duty_id))

    async def seats_of_case(self, case_id: str) -> Sequence[SeatRow]:
        """The answers to any duty of a case."""
        return _seats(await self._session.rows(SEATS_OF_CASE, case_id=case_id))

    async def holding(self) -> Sequence[SeatRow]:
        return _seats(await self._session.rows(HOLDING))

    async def takers(self) -> Sequence[SeatRow]:
        return _seats(await self._session.rows(TAKERS))

    async def put_seat(self, row: SeatRow) -> None:
        """One answer per person: a later one takes the place of the earlier."""
        await self._session.run(PUT_SEAT, **vars(row))

    async def clear_seats(self, duty_id: str, person_ids: Sequence[str]) -> None:
        await self._session.run_each(
            CLEAR_SEAT, [{"duty_id": duty_id, "person_id": person} for person in person_ids]
        )


def _order(row: Duty) -> tuple[datetime, str, int]:
    return row.due_at, row.kind, row.part


def _seats(rows: Iterable[Row]) -> list[SeatRow]:
    """In the order in which people answered."""
    return sorted((SeatRow(*row) for row in rows), key=lambda row: (row.at, row.person_id))
