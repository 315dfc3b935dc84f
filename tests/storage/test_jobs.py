"""Clocks and outbox: due in order, held by one process, moved and cancelled with their cause."""

import asyncio
import secrets
from datetime import datetime

import pytest
from sqlalchemy import event

from bot.ports import Storage
from bot.records import Job
from storage.engines import open_engines
from storage.jobs import JobRows
from tests.storage.databases import NOW, Database, after

LEASE = 60


async def enqueue(storage: Storage, subject: str, due: datetime = NOW, **other) -> None:
    options = {"kind": "card", "dedup": f"card:{subject}", "priority": 5} | other
    async with storage.write() as tx:
        await tx.jobs.enqueue(subject=subject, due_at=due, **options)


async def claim(storage: Storage, now: datetime = NOW) -> Job | None:
    async with storage.write() as tx:
        return await tx.jobs.claim(now, LEASE)


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


async def test_nothing_is_claimed_before_it_is_due(storage) -> None:
    await enqueue(storage, "a", after(seconds=1))
    assert await claim(storage) is None
    assert (await claim(storage, after(seconds=1))).subject == "a"


async def test_a_claimed_job_says_what_it_is(storage) -> None:
    await enqueue(storage, "a", kind="climb", dedup="climb:a")
    job = await claim(storage)
    assert (job.kind, job.subject, job.due_at, job.attempts) == ("climb", "a", NOW, 1)


async def test_enqueueing_again_moves_the_pending_job_instead_of_doubling_it(storage) -> None:
    await enqueue(storage, "a")
    await enqueue(storage, "a", after(minutes=5))
    async with storage.read() as tx:
        assert await tx.jobs.due_at("card:a") == after(minutes=5)
    assert await subjects(storage) == []
    assert await subjects(storage, after(minutes=5)) == ["a"]


async def test_enqueueing_again_may_make_a_job_more_urgent(storage) -> None:
    await enqueue(storage, "a")
    await enqueue(storage, "b")
    await enqueue(storage, "b", priority=0)
    assert await subjects(storage) == ["b", "a"]


async def test_whether_anything_is_due_is_told_without_claiming_it(storage) -> None:
    async with storage.read() as tx:
        assert not await tx.jobs.any_due(NOW)
    await enqueue(storage, "a", after(seconds=1))
    async with storage.read() as tx:
        assert not await tx.jobs.any_due(NOW)
        assert await tx.jobs.any_due(after(seconds=1))
    assert (await claim(storage, after(seconds=1))).attempts == 1
    async with storage.read() as tx:
        assert not await tx.jobs.any_due(after(seconds=LEASE))
        assert await tx.jobs.any_due(after(seconds=1 + LEASE))


async def test_the_most_urgent_goes_first_then_the_one_that_waited_longest(storage) -> None:
    await enqueue(storage, "late", after(seconds=-1), priority=2)
    await enqueue(storage, "reminder", after(hours=-9), priority=4)
    await enqueue(storage, "early", after(seconds=-2), priority=2)
    await enqueue(storage, "danger", priority=0)
    assert await subjects(storage) == ["danger", "early", "late", "reminder"]


async def test_jobs_of_one_moment_go_in_the_order_they_came(storage) -> None:
    for subject in "bca":
        await enqueue(storage, subject)
    assert await subjects(storage) == ["b", "c", "a"]


async def test_a_lease_hides_a_job_and_gives_it_back_when_its_holder_died(storage) -> None:
    await enqueue(storage, "a")
    first = await claim(storage)
    assert await claim(storage, after(seconds=LEASE - 1)) is None
    second = await claim(storage, after(seconds=LEASE))
    assert (second.id, second.attempts) == (first.id, 2)
    assert second.lease != first.lease


async def test_an_ended_job_is_gone(database, storage) -> None:
    await enqueue(storage, "a")
    assert await done(storage, await claim(storage))
    assert await claim(storage, after(days=1)) is None
    assert database.value("SELECT count(*) FROM job") == 0


async def test_a_job_ends_only_once(storage) -> None:
    await enqueue(storage, "a")
    job = await claim(storage)
    assert await done(storage, job)
    assert not await done(storage, job)


async def test_whoever_lost_the_lease_cannot_end_the_job(storage) -> None:
    await enqueue(storage, "a")
    first = await claim(storage)
    second = await claim(storage, after(seconds=LEASE))
    assert not await done(storage, first)
    assert await done(storage, second)


async def test_whoever_lost_the_lease_cannot_put_the_job_off(storage) -> None:
    await enqueue(storage, "a")
    first = await claim(storage)
    second = await claim(storage, after(seconds=LEASE))
    async with storage.write() as tx:
        await tx.jobs.retry(first, after(days=9))
    assert await done(storage, second)


async def test_a_claimed_job_that_is_enqueued_again_runs_again(storage) -> None:
    await enqueue(storage, "a")
    first = await claim(storage)
    await enqueue(storage, "a")
    assert not await done(storage, first)
    again = await claim(storage)
    # What was tried may have happened, so it still counts.
    assert (again.subject, again.attempts) == ("a", 2)
    assert await done(storage, again)


async def test_a_job_put_off_comes_back_then_and_counts_its_attempts(storage) -> None:
    await enqueue(storage, "a")
    job = await claim(storage)
    async with storage.write() as tx:
        await tx.jobs.retry(job, after(minutes=5))
    assert await claim(storage, after(minutes=4)) is None
    assert (await claim(storage, after(minutes=5))).attempts == 2
    assert not await done(storage, job)


async def test_cancelling_a_subject_takes_all_its_jobs_and_no_other(storage) -> None:
    for kind in ("climb", "expire"):
        await enqueue(storage, "a", kind=kind, dedup=f"{kind}:a")
    await enqueue(storage, "b")
    await cancel(storage, "a")
    assert await subjects(storage) == ["b"]


async def test_cancelling_some_kinds_leaves_the_others(storage) -> None:
    for kind in ("climb", "expire", "nudge"):
        await enqueue(storage, "a", kind=kind, dedup=f"{kind}:a")
    await cancel(storage, "a", "climb", "nudge")
    assert (await claim(storage)).kind == "expire"
    assert await claim(storage) is None


async def test_a_job_cancelled_while_somebody_holds_it_cannot_end_any_more(storage) -> None:
    await enqueue(storage, "a")
    job = await claim(storage)
    await cancel(storage, "a")
    assert not await done(storage, job)
    assert await claim(storage, after(days=1)) is None


async def test_overdue_counts_what_should_have_been_done_before(storage) -> None:
    await enqueue(storage, "a", after(minutes=-3))
    await enqueue(storage, "b", after(minutes=-1))
    async with storage.read() as tx:
        assert await tx.jobs.overdue(after(minutes=-2)) == 1
        assert await tx.jobs.overdue(after(minutes=-3)) == 0


async def test_an_unknown_job_is_due_never(storage) -> None:
    async with storage.read() as tx:
        assert await tx.jobs.due_at("card:a") is None


async def test_a_job_enqueued_in_a_failing_transaction_was_never_enqueued(storage) -> None:
    with pytest.raises(PulledPlug):
        await _enqueue_and_fail(storage)
    assert await claim(storage) is None


class PulledPlug(Exception):
    """The transaction cannot go on."""


async def _enqueue_and_fail(storage: Storage) -> None:
    async with storage.write() as tx:
        await tx.jobs.enqueue("card", "a", NOW, dedup="card:a")
        raise PulledPlug


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
        assert (await tx.jobs.claim(NOW, LEASE)).subject == "a"
        assert (await claim(there)).subject == "b"
        assert await claim(there) is None


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


def pending(database: Database, rows: int) -> None:
    """Many clocks that are due another day."""
    series = {
        "postgresql": f"generate_series(1, {rows}) AS series(n)",
        "sqlite": f"(WITH RECURSIVE series(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series"
        f" WHERE n < {rows}) SELECT n FROM series)",
    }[database.kind]
    database.sql(
        "INSERT INTO job (kind, subject, dedup, priority, due_at, state, attempts)"
        " SELECT 'climb', 'duty' || n, 'climb:' || n, 1, '2026-12-24 01:00:00.000000',"
        f" 'pending', 0 FROM {series}"
    )
    database.sql("ANALYZE job")


async def plan_of_claim(database: Database, explain: str) -> str:
    """How the database means to find what is due, for the statement as storage sends it."""
    engine, _ = open_engines(database.url)
    sent: list[tuple[str, object]] = []

    def keep(connection, cursor, statement, parameters, *_: object) -> None:
        sent.append((statement, parameters))

    event.listen(engine.sync_engine, "before_cursor_execute", keep)
    async with engine.connect() as connection:
        await JobRows(connection, secrets.token_bytes).claim(NOW, LEASE)
        statement, parameters = sent[-1]
        found = await connection.exec_driver_sql(f"{explain} {statement}", parameters)
        plan = "\n".join(str(row[-1]) for row in found)
    await engine.dispose()
    return plan


async def test_what_is_due_is_found_by_the_partial_index(database) -> None:
    pending(database, 50_000)
    postgres = database.kind == "postgresql"
    plan = await plan_of_claim(database, "EXPLAIN" if postgres else "EXPLAIN QUERY PLAN")
    assert "ix_job_due" in plan, plan
    assert "Seq Scan" not in plan and "SCAN job" not in plan, plan


async def test_looking_again_and_again_never_reads_the_whole_table(
    on_postgres: Database,
) -> None:
    """A statement that is sent often may be planned once for any time at all: not these."""
    pending(on_postgres, 50_000)
    engine, _ = open_engines(on_postgres.url)
    async with engine.begin() as connection:
        jobs = JobRows(connection, secrets.token_bytes)
        for number in range(30):
            assert not await jobs.any_due(NOW)
            await jobs.enqueue("card", f"{number}", NOW, dedup=f"card:{number}")
            assert await jobs.claim(NOW, LEASE) is not None
        read = await connection.exec_driver_sql(
            "SELECT seq_scan, idx_tup_fetch FROM pg_stat_xact_user_tables WHERE relname = 'job'"
        )
        whole, rows = read.one()
    await engine.dispose()
    assert whole == 0
    assert rows < 500
