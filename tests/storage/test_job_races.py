"""Jobs, when several processes reach for them at one moment."""

import asyncio

from tests.storage.databases import NOW, Database, after, waits_for_a_lock
from tests.storage.outbox import LEASE, a_job, cancel, claim, done, enqueue, subjects


async def test_two_processes_never_claim_the_same_job(database, opening) -> None:
    processes = [opening(database), opening(database)]
    for number in range(10):
        await enqueue(processes[0], f"s{number}")
    claimed = await asyncio.gather(*(claim(processes[n % 2]) for n in range(20)))
    found = [job.subject for job in claimed if job is not None]
    assert sorted(found) == [f"s{n}" for n in range(10)]


async def test_a_claim_in_progress_holds_nobody_else_up(on_postgres: Database, opening) -> None:
    here, there = opening(on_postgres), opening(on_postgres)
    await enqueue(here, "a", priority=0)
    await enqueue(here, "b")
    async with here.write() as tx:
        assert (await tx.jobs.claim(NOW, LEASE, {})).subject == "a"
        assert (await claim(there)).subject == "b"
        assert await claim(there) is None


async def test_of_jobs_alike_a_claim_in_progress_holds_back_its_own_only(
    on_postgres: Database, opening
) -> None:
    here, there = opening(on_postgres), opening(on_postgres)
    for subject in "abc":
        await enqueue(here, subject)
    async with here.write() as tx:
        assert (await tx.jobs.claim(NOW, LEASE, {})).subject == "a"
        assert await subjects(there) == ["b", "c"]


async def test_enqueueing_while_another_process_claims_leaves_the_new_job(
    on_postgres: Database, opening
) -> None:
    here, there = opening(on_postgres), opening(on_postgres)
    await enqueue(here, "a")
    async with here.write() as tx:
        held = await tx.jobs.claim(NOW, LEASE, {})
        moving = asyncio.create_task(enqueue(there, "a", keep_waiting=True))
        await waits_for_a_lock(on_postgres)
    await moving
    # The claim was committed first, so the job runs again after its holder is done.
    assert await subjects(here) == []
    assert await done(here, held)
    assert await subjects(here) == ["a"]


async def test_a_job_that_is_being_moved_is_not_claimed_meanwhile(
    on_postgres: Database, opening
) -> None:
    here, there = opening(on_postgres), opening(on_postgres)
    await enqueue(here, "a")
    async with here.write() as tx:
        await tx.jobs.enqueue([a_job("a", after(minutes=5))])
        assert await claim(there) is None
    assert await claim(there) is None
    assert (await claim(there, after(minutes=5))).subject == "a"


async def test_two_processes_may_enqueue_the_same_job_at_the_same_moment(database, opening) -> None:
    processes = [opening(database), opening(database)]
    await asyncio.gather(*(enqueue(processes[n % 2], "a") for n in range(10)))
    assert await subjects(processes[0]) == ["a"]


async def test_ending_and_enqueueing_at_the_same_moment_leaves_the_new_job(
    database, opening
) -> None:
    here, there = opening(database), opening(database)
    for _ in range(5):
        await enqueue(here, "a")
        job = await claim(here)
        await asyncio.gather(done(here, job), enqueue(there, "a"))
        assert await subjects(here) == ["a"]
        await cancel(here, "a")
