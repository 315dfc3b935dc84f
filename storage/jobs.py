"""Clocks and outbox, one table: due at, leased, deduplicated, cancelled with their cause."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    and_,
    case,
    delete,
    func,
    literal_column,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.records import Job
from storage.tables import job

PENDING: ColumnElement[str] = literal_column("'pending'")
"""A literal, so that both databases use the partial index."""

INSERT: dict[str, Callable[..., Any]] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}
"""Inserting or else updating is one statement on both, but not yet one in SQLAlchemy."""


class JobRows:
    """The jobs of one transaction. Ended jobs are deleted: what matters is in the history."""

    def __init__(self, connection: AsyncConnection, entropy: Callable[[int], bytes]) -> None:
        self._connection = connection
        self._entropy = entropy

    async def enqueue(
        self,
        kind: str,
        subject: str,
        due_at: datetime,
        *,
        dedup: str,
        priority: int = 5,
        keep_waiting: bool = False,
    ) -> None:
        added = INSERT[self._connection.dialect.name](job).values(
            kind=kind,
            subject=subject,
            dedup=dedup,
            priority=priority,
            due_at=due_at,
            state="pending",
            attempts=0,
        )
        # A claimed job that is enqueued again must run again: its lease is taken away, and
        # whoever held it finds out when it wants to end it. One statement, for two processes
        # may enqueue the same at once. Its attempts are kept: what was tried may have happened.
        waits = and_(job.c.lease.is_(None), job.c.due_at > due_at)
        moved_to = case((waits, job.c.due_at), else_=added.excluded.due_at)
        moved = {
            "due_at": moved_to if keep_waiting else added.excluded.due_at,
            "priority": priority,
            "lease": None,
        }
        await self._connection.execute(
            added.on_conflict_do_update(index_elements=[job.c.dedup], set_=moved)
        )

    async def cancel(self, subject: str, kinds: Sequence[str] = ()) -> None:
        wanted = [job.c.subject == subject, job.c.state == PENDING]
        if kinds:
            wanted.append(job.c.kind.in_(kinds))
        await self._connection.execute(delete(job).where(*wanted))

    async def any_due(self, now: datetime) -> bool:
        due = select(job.c.id).where(job.c.state == PENDING, job.c.due_at <= now).limit(1)
        return await self._connection.scalar(due) is not None

    async def claim(self, now: datetime, lease_seconds: int) -> Job | None:
        # A lease is the due time pushed ahead: no reaper, no second index. The row comes back
        # by itself when its holder dies.
        due = (
            select(job.c.id)
            .where(job.c.state == PENDING, job.c.due_at <= now)
            .order_by(job.c.priority, job.c.due_at, job.c.id)
            .limit(1)
            .with_for_update(skip_locked=True)
            .cte("due")
        )
        lease = self._entropy(16).hex()
        claimed = await self._connection.execute(
            update(job)
            .where(job.c.id.in_(select(due.c.id)))
            .values(
                lease=lease,
                due_at=now + timedelta(seconds=lease_seconds),
                attempts=job.c.attempts + 1,
            )
            .returning(job.c.id, job.c.kind, job.c.subject, job.c.attempts)
        )
        row = claimed.mappings().first()
        return None if row is None else Job(**row, due_at=now, lease=lease)

    async def done(self, held: Job) -> bool:
        ended = await self._connection.execute(
            delete(job).where(job.c.id == held.id, job.c.lease == held.lease)
        )
        return bool(ended.rowcount)

    async def retry(self, held: Job, due_at: datetime, *, tried: bool = True) -> None:
        await self._connection.execute(
            update(job)
            .where(job.c.id == held.id, job.c.lease == held.lease)
            .values(due_at=due_at, lease=None, attempts=job.c.attempts - (0 if tried else 1))
        )

    async def overdue(self, before: datetime) -> int:
        return (
            await self._connection.scalar(
                select(func.count()).where(job.c.state == PENDING, job.c.due_at < before)
            )
            or 0
        )

    async def due_at(self, dedup: str) -> datetime | None:
        return await self._connection.scalar(select(job.c.due_at).where(job.c.dedup == dedup))
