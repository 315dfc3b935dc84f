"""Clocks and outbox, one table: due at, leased, deduplicated, cancelled with their cause."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.work_records import Job, NewJob, Wanted, anywhere, platform_of
from storage.job_statements import (
    CANCEL,
    CANCEL_KIND,
    CLAIM,
    DONE,
    DONE_ONCE,
    DUE,
    DUE_AT,
    ENQUEUE,
    FAILING,
    HASTEN,
    HELD_UP,
    IN_HAND,
    LATER_SINCE,
    MOVE,
    NEXT_DUE,
    OVERDUE,
    PUT_OFF,
    RECLAIM,
    RETRY,
)
from storage.paces import Lane, Paces
from storage.sessions import Session


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
        wanted: Wanted = anywhere,
    ) -> Job | None:
        """Takes the most urgent job that may go now, and its channel's place with it."""

        def is_wanted(lane: Lane) -> bool:
            return wanted(lane.pace)

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
