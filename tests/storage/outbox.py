"""What the tests of jobs share: each step in a transaction of its own."""

from datetime import datetime

from bot.ports import Storage
from bot.work_records import Job, NewJob
from tests.storage.databases import NOW

LEASE = 60


def a_job(subject: str, due: datetime = NOW, **other) -> NewJob:
    usual = {"kind": "card", "dedup": f"card:{subject}"}
    return NewJob(subject=subject, due_at=due, **usual | other)


async def enqueue(storage: Storage, subject: str, due: datetime = NOW, **other) -> None:
    async with storage.write() as tx:
        await tx.jobs.enqueue([a_job(subject, due, **other)])


async def claim(storage: Storage, now: datetime = NOW) -> Job | None:
    async with storage.write() as tx:
        return await tx.jobs.claim(now, LEASE, {})


async def done(storage: Storage, job: Job) -> bool:
    async with storage.write() as tx:
        return await tx.jobs.done(job)


async def cancel(storage: Storage, subject: str, *kinds: str) -> None:
    async with storage.write() as tx:
        await tx.jobs.cancel(subject, kinds)


async def subjects(storage: Storage, now: datetime = NOW) -> list[str]:
    """Whatever is due, in the order in which it is claimed."""
    found = []
    while job := await claim(storage, now):
        found.append(job.subject)
    return found
