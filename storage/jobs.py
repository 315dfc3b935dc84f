"""Clocks and outbox, one table: due at, leased, deduplicated, cancelled with their cause."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime, timedelta

from sqlalchemy import (
    Boolean,
    Integer,
    and_,
    bindparam,
    case,
    delete,
    func,
    literal_column,
    null,
    or_,
    select,
    union,
    union_all,
    update,
)

from bot.work_records import Job, NewJob, Wanted, any_platform, platform_of
from storage.columns import Instant
from storage.paces import Lane, Paces
from storage.sessions import Session
from storage.statements import Statement, given, upsert
from storage.tables import PENDING, TOLD_LATER, TRIED, job, pace

NEW = [field.name for field in fields(NewJob) if field.name != "keep_waiting"]

_HELD = and_(job.c.id == bindparam("id"), job.c.lease == bindparam("lease"))
_OF_SUBJECT = and_(job.c.subject == bindparam("subject"), PENDING)
_COUNT = select(func.count()).select_from(job)


def _enqueue() -> Statement:
    new = upsert(job).values(
        given(*NEW) | {"state": literal_column("'pending'"), "attempts": literal_column("0")}
    )
    # One statement, for two processes may enqueue the same at once. A clock in hand is taken
    # from its holder, who finds out when it wants to end it: nothing has happened yet. A message
    # in hand may be on its way, and beside it a second one would be sent: it runs again after it.
    message = bindparam("keep_waiting", type_=Boolean)
    in_hand = and_(message, job.c.lease.is_not(None))
    told_to_wait = and_(message, job.c.due_at > new.excluded.due_at)
    moved = {
        "due_at": case((or_(in_hand, told_to_wait), job.c.due_at), else_=new.excluded.due_at),
        "priority": case(
            (job.c.priority < new.excluded.priority, job.c.priority),
            else_=new.excluded.priority,
        ),
        "pace": new.excluded.pace,
        "lease": case((in_hand, job.c.lease), else_=null()),
        "again_at": case((in_hand, new.excluded.due_at), else_=null()),
    }
    return Statement(new.on_conflict_do_update(index_elements=[job.c.dedup], set_=moved).inline())


def _claim() -> Statement:
    # A lease is the due time pushed ahead: no reaper, no second index. The row comes back
    # by itself when its holder dies. What another process holds is passed over; the choice
    # stands in a CTE, for a nested loop could make it again and again.
    due = (
        select(job.c.id)
        .where(
            PENDING,
            job.c.pace == bindparam("pace"),
            job.c.priority == bindparam("priority"),
            job.c.due_at <= bindparam("now"),
        )
        .order_by(job.c.due_at, job.c.id)
        .limit(literal_column("1"))
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    return Statement(
        update(job)
        .where(job.c.id.in_(select(due.c.id)))
        .values(
            lease=bindparam("lease"),
            due_at=bindparam("back_at"),
            attempts=job.c.attempts + 1,
            again_at=null(),
        )
        .returning(job.c.id, job.c.kind, job.c.subject, job.c.attempts)
    )


ENQUEUE = _enqueue()
CLAIM = _claim()
CANCEL = Statement(delete(job).where(_OF_SUBJECT))
CANCEL_KIND = Statement(delete(job).where(_OF_SUBJECT, job.c.kind == bindparam("kind")))
DONE = Statement(delete(job).where(_HELD, job.c.again_at.is_(None)))
DONE_ONCE = Statement(
    update(job)
    .where(_HELD)
    .values(
        due_at=job.c.again_at,
        again_at=null(),
        later_since=null(),
        lease=null(),
        attempts=literal_column("0"),
    )
)
RETRY = Statement(
    update(job)
    .where(_HELD)
    .values(
        given("due_at")
        | {"lease": null(), "again_at": null(), "attempts": job.c.attempts - bindparam("untried")}
    )
)
PUT_OFF = Statement(
    update(job)
    .where(_HELD)
    .values(
        given("due_at")
        | {
            "lease": null(),
            "again_at": null(),
            "attempts": job.c.attempts - literal_column("1"),
            # The first time counts; one of before the clock was set back would count too late.
            "later_since": case(
                (job.c.later_since < bindparam("since", type_=Instant), job.c.later_since),
                else_=bindparam("since", type_=Instant),
            ),
        }
    )
)
RECLAIM = Statement(
    update(job)
    .where(PENDING, job.c.lease.is_not(None))
    .values(lease=None, due_at=bindparam("now", type_=job.c.due_at.type))
)
NEXT_DUE = Statement(
    select(job.c.due_at).where(PENDING).order_by(job.c.due_at).limit(literal_column("1"))
)
_HELD_BACK = select(pace.c.address).where(
    pace.c.address == job.c.pace, pace.c.next_at > bindparam("before")
)
_LATE = select(job.c.id).where(PENDING, job.c.due_at < bindparam("before"), ~_HELD_BACK.exists())
_TOLD_LATER = select(job.c.id).where(TOLD_LATER, job.c.later_since < bindparam("before"))
OVERDUE = Statement(select(func.count()).select_from(union(_LATE, _TOLD_LATER).subquery()))
LATER_SINCE = Statement(
    select(job.c.later_since)
    .where(TOLD_LATER)
    .order_by(job.c.later_since)
    .limit(literal_column("1"))
)
DUE = Statement(
    select(job.c.kind, func.count())
    .where(PENDING, job.c.due_at <= bindparam("now"))
    .group_by(job.c.kind)
)
FAILING = Statement(_COUNT.where(TRIED, job.c.attempts >= bindparam("attempts")))
IN_HAND = Statement(
    # Whatever is in hand was tried: the small index of those is walked, not every pending job.
    select(job.c.subject).where(TRIED, job.c.lease.is_not(None))
)
# The order and the limit are there for the index: by itself a database would read every pending
# job that is due later. What is left over is found the next time.
_FIRST = literal_column("500", Integer)
_LATER = select(job.c.id).where(job.c.due_at > bindparam("moment")).limit(_FIRST)
_TRIED_LATER = _LATER.where(TRIED).order_by(job.c.attempts)
_MESSAGES_LATER = _LATER.where(
    PENDING, job.c.pace > literal_column("''"), job.c.priority <= bindparam("least")
).order_by(job.c.pace, job.c.priority, job.c.due_at, job.c.id)
_HELD_UP = job.c.id.in_(
    union_all(*(select(part.subquery().c.id) for part in (_TRIED_LATER, _MESSAGES_LATER)))
)
HELD_UP = Statement(_COUNT.where(_HELD_UP))
HASTEN = Statement(update(job).where(_HELD_UP).values(given("due_at")).returning(job.c.pace))
MOVE = Statement(
    update(job)
    .where(job.c.dedup == bindparam("of"), PENDING, job.c.lease.is_(None))
    .values(given("due_at"))
    .returning(job.c.pace)
)
DUE_AT = Statement(select(job.c.due_at).where(job.c.dedup == bindparam("dedup")))


class JobRows:
    """The jobs of one transaction. Ended jobs are deleted: what matters is in the history."""

    def __init__(self, session: Session, entropy: Callable[[int], bytes]) -> None:
        self._session = session
        self._entropy = entropy
        self._paces = Paces(session)
        self.platforms: set[str] = set()
        """To which something was enqueued."""

    async def enqueue(self, jobs: Sequence[NewJob]) -> None:
        """In the order given: of jobs that are due at one moment the first goes first."""
        self.platforms.update(platform_of(new.pace) for new in jobs)
        await self._session.run_each(ENQUEUE, [vars(new) for new in jobs])

    async def cancel(self, subject: str, kinds: Sequence[str] = ()) -> None:
        """Takes away the jobs of a subject: of these kinds, or all."""
        if kinds:
            rows = [{"subject": subject, "kind": kind} for kind in kinds]
            await self._session.run_each(CANCEL_KIND, rows)
        else:
            await self._session.run(CANCEL, subject=subject)

    async def next_due(self) -> datetime | None:
        """When the earliest pending job is due; one that is held, when its lease ends."""
        due: datetime | None = await self._session.value(NEXT_DUE)
        return due

    async def claim(
        self,
        now: datetime,
        lease_seconds: int,
        gaps: Mapping[str, float],
        wanted: Wanted = any_platform,
    ) -> Job | None:
        """Takes the most urgent job that may go now, and its channel's place with it."""

        def is_wanted(lane: Lane) -> bool:
            return wanted(platform_of(lane.pace))

        lanes = await self._paces.free_lanes(now, is_wanted)
        for lane in filter(is_wanted, lanes):
            gap = gaps.get(platform_of(lane.pace), 0)
            until = now + timedelta(seconds=gap)
            if gap and not await self._paces.take_place(lane, now, until):
                continue
            held = await self._first(lane, now, now + timedelta(seconds=lease_seconds))
            if held is not None:
                return replace(held, pace_until=until) if gap else held
            if gap:
                await self._paces.give_place_back(lane.pace, until, now)
        if not lanes:
            await self._paces.forget(now)
        return None

    async def _first(self, lane: Lane, now: datetime, back_at: datetime) -> Job | None:
        """Takes the first job of a lane, if nobody has it in hand, until `back_at`."""
        lease = self._entropy(16).hex()
        row = await self._session.row(
            CLAIM,
            pace=lane.pace,
            priority=lane.priority,
            now=now,
            lease=lease,
            back_at=back_at,
        )
        if row is None:
            return None
        job_id, kind, subject, attempts = row
        return Job(job_id, kind, subject, now, attempts, lease, lane.pace, priority=lane.priority)

    async def reclaim(self, now: datetime) -> int:
        """Takes back what a process held when it died; its tries are kept."""
        return await self._session.run(RECLAIM, now=now)

    async def unspent(self, job: Job, now: datetime) -> None:
        """Gives back the place that was taken with a job for which nothing was sent.

        Not where the channel was held longer since, as by a platform that says "wait".
        """
        if job.pace_until is not None:
            await self._paces.give_place_back(job.pace, job.pace_until, now)

    async def hold(self, pace: str, until: datetime, now: datetime) -> None:
        """A longer hold stands."""
        await self._paces.hold(pace, until, now)

    async def done(self, held: Job) -> bool:
        """Ends a job, or lets it run again if it was enqueued meanwhile; False: lease lost."""
        held_by = {"id": held.id, "lease": held.lease}
        if await self._session.run(DONE, **held_by):
            return True
        return bool(await self._session.run(DONE_ONCE, **held_by))

    async def retry(self, held: Job, due_at: datetime, *, tried: bool = True) -> None:
        """Puts a held job off; nothing happens when the lease was lost."""
        await self._session.run(
            RETRY, id=held.id, lease=held.lease, due_at=due_at, untried=0 if tried else 1
        )

    async def put_off(self, held: Job, due_at: datetime) -> None:
        """The same for one that was not taken, because its platform wants it later."""
        await self._session.run(
            PUT_OFF, id=held.id, lease=held.lease, due_at=due_at, since=held.due_at
        )

    async def later_since(self) -> datetime | None:
        since: datetime | None = await self._session.value(LATER_SINCE)
        return since

    async def overdue(self, before: datetime) -> int:
        return int(await self._session.value(OVERDUE, before=before))

    async def failing(self, attempts: int) -> int:
        return int(await self._session.value(FAILING, attempts=attempts))

    async def due(self, now: datetime) -> Mapping[str, int]:
        return {kind: count for kind, count in await self._session.rows(DUE, now=now)}

    async def in_hand(self) -> frozenset[str]:
        return frozenset(subject for (subject,) in await self._session.rows(IN_HAND))

    async def due_at(self, dedup: str) -> datetime | None:
        due: datetime | None = await self._session.value(DUE_AT, dedup=dedup)
        return due

    async def bring_forward(self, dedup: str, by: timedelta) -> None:
        due = await self.due_at(dedup)
        if due is not None:
            paces = await self._session.rows(MOVE, of=dedup, due_at=due - by)
            self.platforms.update(platform_of(pace) for (pace,) in paces)

    async def let_go(self, moment: datetime) -> None:
        await self._paces.let_go(moment)

    async def held_up(self, moment: datetime, least: int) -> int:
        return int(await self._session.value(HELD_UP, moment=moment, least=least))

    async def hasten(self, moment: datetime, least: int, due_at: datetime) -> None:
        values = {"moment": moment, "least": least, "due_at": due_at}
        paces = await self._session.rows(HASTEN, **values)
        self.platforms.update(platform_of(pace) for (pace,) in paces)
