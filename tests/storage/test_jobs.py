"""Clocks and outbox: due in order, held by one process, moved and cancelled with their cause."""

from datetime import timedelta

import pytest

from bot.ports import Storage
from tests.storage.databases import NOW, after
from tests.storage.outbox import LEASE, a_job, cancel, claim, done, enqueue, subjects


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


async def test_many_jobs_are_enqueued_at_once_and_go_in_their_order(storage) -> None:
    async with storage.write() as tx:
        await tx.jobs.enqueue([a_job(subject) for subject in "cab"])
        await tx.jobs.enqueue([])
    assert await subjects(storage) == ["c", "a", "b"]


async def test_the_last_of_two_equal_jobs_counts(storage) -> None:
    async with storage.write() as tx:
        await tx.jobs.enqueue([a_job("a"), a_job("a", after(minutes=5))])
    assert await subjects(storage) == []
    assert await subjects(storage, after(minutes=5)) == ["a"]


async def test_enqueueing_again_may_make_a_job_more_urgent(storage) -> None:
    await enqueue(storage, "a")
    await enqueue(storage, "b")
    await enqueue(storage, "b", priority=0)
    assert await subjects(storage) == ["b", "a"]


async def test_when_the_next_job_is_due_is_told_without_claiming_it(storage) -> None:
    async with storage.read() as tx:
        assert await tx.jobs.next_due() is None
    await enqueue(storage, "b", after(seconds=2), priority=0)
    await enqueue(storage, "a", after(seconds=1))
    async with storage.read() as tx:
        assert await tx.jobs.next_due() == after(seconds=1)
    assert (await claim(storage, after(seconds=1))).attempts == 1
    async with storage.read() as tx:
        assert await tx.jobs.next_due() == after(seconds=2)
    assert (await claim(storage, after(seconds=2))).subject == "b"
    async with storage.read() as tx:  # when the first lease ends
        assert await tx.jobs.next_due() == after(seconds=1 + LEASE)


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


async def test_a_job_that_was_told_to_wait_is_not_moved_before_its_time(storage) -> None:
    await enqueue(storage, "a")
    async with storage.write() as tx:
        job = await tx.jobs.claim(NOW, LEASE, {})
        await tx.jobs.retry(job, after(minutes=5))
    await enqueue(storage, "a", keep_waiting=True, priority=0)
    assert await subjects(storage) == []
    async with storage.read() as tx:
        assert await tx.jobs.due_at("card:a") == after(minutes=5)
    await enqueue(storage, "a", after(minutes=9), keep_waiting=True)
    async with storage.read() as tx:  # but after it
        assert await tx.jobs.due_at("card:a") == after(minutes=9)
    await enqueue(storage, "a")
    assert await subjects(storage) == ["a"]


async def test_a_message_in_hand_that_is_enqueued_again_runs_after_it_and_not_beside_it(
    storage,
) -> None:
    await enqueue(storage, "a")
    first = await claim(storage)
    await enqueue(storage, "a", keep_waiting=True)
    await enqueue(storage, "a", after(seconds=5), keep_waiting=True)
    assert await subjects(storage, after(seconds=LEASE - 1)) == []
    assert await done(storage, first)
    assert await claim(storage, after(seconds=4)) is None
    again = await claim(storage, after(seconds=5))
    # What became of the first is known, so this is a first try.
    assert (again.subject, again.attempts) == ("a", 1)
    assert await done(storage, again)
    assert await subjects(storage, after(days=1)) == []


async def test_a_message_whose_holder_died_runs_once_for_all_that_was_enqueued(storage) -> None:
    await enqueue(storage, "a")
    first = await claim(storage)
    await enqueue(storage, "a", keep_waiting=True)
    again = await claim(storage, after(seconds=LEASE))
    assert (again.subject, again.attempts) == ("a", 2)
    assert not await done(storage, first)
    assert await done(storage, again)
    assert await subjects(storage, after(days=1)) == []


async def test_a_message_put_off_shows_what_was_enqueued_meanwhile_when_it_is_due(storage) -> None:
    await enqueue(storage, "a")
    first = await claim(storage)
    await enqueue(storage, "a", keep_waiting=True)
    async with storage.write() as tx:
        await tx.jobs.retry(first, after(minutes=5))
    assert await claim(storage, after(minutes=4)) is None
    assert await done(storage, await claim(storage, after(minutes=5)))
    assert await subjects(storage, after(days=1)) == []


async def test_a_clock_in_hand_that_is_enqueued_again_is_taken_from_its_holder(storage) -> None:
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


async def test_a_job_of_which_the_platform_certainly_took_nothing_counts_no_attempt(
    storage,
) -> None:
    await enqueue(storage, "a")
    async with storage.write() as tx:
        job = await tx.jobs.claim(NOW, LEASE, {})
        await tx.jobs.retry(job, after(minutes=5), tried=False)
    assert (await claim(storage, after(minutes=5))).attempts == 1


async def test_jobs_that_were_tried_again_and_again_are_counted(storage) -> None:
    for subject, attempts in (("a", 0), ("b", 1), ("c", 3), ("d", 4)):
        await enqueue(storage, subject)
        for _ in range(attempts):
            async with storage.write() as tx:
                job = await tx.jobs.claim(NOW, LEASE, {})
                await tx.jobs.retry(job, NOW)
        await enqueue(storage, subject, after(days=1))
    async with storage.read() as tx:
        assert [await tx.jobs.failing(n) for n in (1, 2, 3, 4, 5)] == [3, 2, 2, 1, 0]


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


async def test_what_its_platform_says_later_of_is_overdue_since_the_first_time(storage) -> None:
    await enqueue(storage, "a")
    for minute in range(4):
        job = await claim(storage, after(minutes=minute))
        assert job.attempts == 1
        async with storage.write() as tx:
            await tx.jobs.put_off(job, after(minutes=minute + 1))
    async with storage.read() as tx:
        assert await tx.jobs.later_since() == after(minutes=0)
        assert await tx.jobs.overdue(after(seconds=1)) == 1
        assert await tx.jobs.overdue(after(minutes=0)) == 0
    assert await done(storage, await claim(storage, after(minutes=4)))
    async with storage.read() as tx:
        assert await tx.jobs.later_since() is None
        assert await tx.jobs.overdue(after(minutes=9)) == 0


async def test_what_was_put_off_before_the_clock_was_set_back_counts_from_then_on(storage) -> None:
    await enqueue(storage, "a", after(hours=-1))
    for moment in (after(hours=1), after(minutes=0)):
        job = await claim(storage, moment)
        async with storage.write() as tx:
            await tx.jobs.put_off(job, after(minutes=0))
    async with storage.read() as tx:
        assert await tx.jobs.later_since() == after(minutes=0)


async def test_a_job_is_brought_forward_unless_somebody_holds_it(storage) -> None:
    await enqueue(storage, "a", after(seconds=50))
    await enqueue(storage, "b")
    held = await claim(storage)
    for dedup in ("card:a", "card:b", "card:unknown"):
        async with storage.write() as tx:
            await tx.jobs.bring_forward(dedup, timedelta(seconds=40))
    assert await subjects(storage, after(seconds=9)) == []
    assert await subjects(storage, after(seconds=10)) == ["a"]
    assert await done(storage, held)


async def test_what_is_held_up_is_what_was_tried_and_urgent_messages(storage) -> None:
    late = after(hours=1)
    await enqueue(storage, "tried")
    held = await claim(storage)
    async with storage.write() as tx:
        await tx.jobs.retry(held, late)
    await enqueue(storage, "danger", late, pace="chat:desk", priority=0)
    await enqueue(storage, "reminder", late, pace="chat:desk", priority=4)
    await enqueue(storage, "clock", late, priority=0)
    async with storage.write() as tx:
        assert await tx.jobs.held_up(after(minutes=20), 2) == 2
        assert await tx.jobs.held_up(late, 2) == 0
        await tx.jobs.hasten(after(minutes=20), 2, after(minutes=1))
    assert await subjects(storage, after(minutes=1)) == ["danger", "tried"]


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
        await tx.jobs.enqueue([a_job("a")])
        raise PulledPlug
