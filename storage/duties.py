"""Duties, the seats people take in them, and the messages owed about them."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import RowMapping, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.records import Duty, DutyState, NudgeRow, NudgeState, SeatRow
from storage.tables import duty, job, nudge, seat


class DutyRows:
    """The duties of one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, row: Duty) -> None:
        await self._connection.execute(insert(duty).values(**asdict(row)))

    async def get(self, duty_id: str) -> Duty | None:
        found = await self._connection.execute(select(duty).where(duty.c.id == duty_id))
        row = found.mappings().first()
        return None if row is None else _duty(row)

    async def of_case(self, case_id: str) -> Sequence[Duty]:
        rows = await self._connection.execute(
            select(duty).where(duty.c.case_id == case_id).order_by(duty.c.due_at, duty.c.kind)
        )
        return [_duty(row) for row in rows.mappings()]

    async def save(self, row: Duty) -> None:
        values = asdict(row)
        await self._connection.execute(
            update(duty).where(duty.c.id == values.pop("id")).values(**values)
        )

    async def open_without_clock(self) -> int:
        clock = select(job.c.id).where(job.c.subject == duty.c.id, job.c.kind == "climb")
        return (
            await self._connection.scalar(
                select(func.count()).where(
                    duty.c.state == DutyState.OPEN,
                    duty.c.ladder.is_not(None),
                    ~clock.exists(),
                )
            )
            or 0
        )

    async def seats(self, duty_id: str) -> Sequence[SeatRow]:
        rows = await self._connection.execute(
            select(seat).where(seat.c.duty_id == duty_id).order_by(seat.c.at, seat.c.person_id)
        )
        return [SeatRow(**row) for row in rows.mappings()]

    async def put_seat(self, row: SeatRow) -> None:
        """One answer per person: a later one takes the place of the earlier."""
        await self.clear_seats(row.duty_id, (row.person_id,))
        await self._connection.execute(insert(seat).values(**asdict(row)))

    async def clear_seats(self, duty_id: str, person_ids: Sequence[str]) -> None:
        await self._connection.execute(
            delete(seat).where(seat.c.duty_id == duty_id, seat.c.person_id.in_(person_ids))
        )

    async def add_nudge(self, row: NudgeRow) -> bool:
        existing = await self._connection.scalar(
            select(nudge.c.id).where(
                nudge.c.duty_id == row.duty_id,
                nudge.c.climb == row.climb,
                nudge.c.step == row.step,
            )
        )
        if existing is not None:
            return False
        values = asdict(row) | {"roles": " ".join(row.roles)}
        await self._connection.execute(insert(nudge).values(**values))
        return True

    async def nudge(self, nudge_id: str) -> NudgeRow | None:
        found = await self._connection.execute(select(nudge).where(nudge.c.id == nudge_id))
        row = found.mappings().first()
        return None if row is None else _nudge(row)

    async def nudges(self, duty_id: str) -> Sequence[NudgeRow]:
        rows = await self._connection.execute(
            select(nudge).where(nudge.c.duty_id == duty_id).order_by(nudge.c.climb, nudge.c.step)
        )
        return [_nudge(row) for row in rows.mappings()]

    async def set_nudge(
        self,
        nudge_id: str,
        state: NudgeState,
        *,
        sent_at: datetime | None = None,
        ref: str | None = None,
        shown: str | None = None,
    ) -> None:
        await self._connection.execute(
            update(nudge)
            .where(nudge.c.id == nudge_id)
            .values(state=state, sent_at=sent_at, ref=ref, shown=shown)
        )


def _duty(row: RowMapping) -> Duty:
    return Duty(**{**row, "state": DutyState(row["state"])})


def _nudge(row: RowMapping) -> NudgeRow:
    return NudgeRow(
        **{
            **row,
            "roles": tuple(row["roles"].split()),
            "state": NudgeState(row["state"]),
        }
    )
