"""The pace of each channel: one message in a gap, whoever sends it, and nobody else waits."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.ports import Storage
from bot.work_records import Job, NewJob
from tests.storage.databases import NOW, Database, after

LEASE = 60
GAPS = {"chat": 1.0}
DESK, SITE = "chat:desk", "chat:shinjuku"


def a_message(subject: str, pace: str = DESK, **other) -> NewJob:
    usual = {"kind": "card", "due_at": NOW, "dedup": f"card:{subject}"}
    return NewJob(subject=subject, pace=pace, **usual | other)


async def enqueue(storage: Storage, *jobs: NewJob) -> None:
    async with storage.write() as tx:
        await tx.jobs.enqueue(jobs)


async def claim(storage: Storage, now: datetime = NOW, gaps=GAPS) -> Job | None:
    async with storage.write() as tx:
        return await tx.jobs.claim(now, LEASE, gaps)


async def subjects(storage: Storage, now: datetime = NOW, gaps=GAPS) -> list[str]:
    """Whatever may go now, in the order in which it is claimed."""
    found = []
    while job := await claim(storage, now, gaps):
        found.append(job.subject)
    return found


async def test_a_channel_gets_one_message_in_each_gap(storage) -> None:
    await enqueue(storage, *(a_message(subject) for subject in "abc"))
    assert await subjects(storage) == ["a"]
    assert await subjects(storage, after(seconds=0.9)) == []
    assert await subjects(storage, after(seconds=1)) == ["b"]
    assert await subjects(storage, after(seconds=1.9)) == []
    assert await subjects(storage, after(seconds=5)) == ["c"]


async def test_channels_do_not_wait_for_each_other(storage) -> None:
    await enqueue(storage, a_message("a"), a_message("b"), a_message("c", SITE))
    assert await subjects(storage) == ["a", "c"]


async def test_what_no_platform_sees_keeps_no_pace(storage) -> None:
    await enqueue(storage, *(a_message(subject, pace="") for subject in "abc"))
    assert await subjects(storage) == ["a", "b", "c"]


@pytest.mark.parametrize("gaps", [{}, {"chat": 0}, {"other": 1.0}])
async def test_a_platform_without_a_gap_keeps_no_pace_and_leaves_no_row(
    database, storage, gaps
) -> None:
    await enqueue(storage, *(a_message(subject) for subject in "abc"))
    assert await subjects(storage, gaps=gaps) == ["a", "b", "c"]
    assert database.value("SELECT count(*) FROM pace") == 0


async def test_the_most_urgent_message_of_a_channel_takes_its_place(storage) -> None:
    await enqueue(
        storage,
        a_message("reminder", priority=4, due_at=after(minutes=-5)),
        a_message("danger", priority=0),
        a_message("late case", priority=2, due_at=after(minutes=-1)),
        a_message("early case", priority=2, due_at=after(minutes=-2)),
    )
    seconds = range(5)
    found = [await subjects(storage, after(seconds=second)) for second in seconds]
    assert found == [["danger"], ["early case"], ["late case"], ["reminder"], []]


async def test_clocks_and_messages_go_in_one_order(storage) -> None:
    await enqueue(
        storage,
        a_message("reminder", priority=4),
        a_message("clock", pace="", priority=1),
        a_message("danger", SITE, priority=0),
        a_message("second reminder", SITE, priority=4),
    )
    assert await subjects(storage) == ["danger", "clock", "reminder"]


async def test_a_message_that_is_tried_again_takes_a_new_place(storage) -> None:
    await enqueue(storage, a_message("a"))
    async with storage.write() as tx:
        job = await tx.jobs.claim(NOW, LEASE, GAPS)
        await tx.jobs.retry(job, NOW)
    assert await claim(storage) is None
    assert (await claim(storage, after(seconds=1))).attempts == 2


async def test_a_place_is_taken_with_the_job_or_not_at_all(storage) -> None:
    await enqueue(storage, a_message("a"))
    with pytest.raises(PulledPlug):
        await _claim_and_fail(storage)
    assert await subjects(storage) == ["a"]


class PulledPlug(Exception):
    """The transaction cannot go on."""


async def _claim_and_fail(storage: Storage) -> None:
    async with storage.write() as tx:
        assert await tx.jobs.claim(NOW, LEASE, GAPS) is not None
        raise PulledPlug


async def test_a_message_moved_to_another_channel_keeps_that_ones_pace(storage) -> None:
    await enqueue(storage, a_message("a"), a_message("b"))
    await enqueue(storage, a_message("b", SITE))
    assert await subjects(storage) == ["a", "b"]


# --- a platform that says "wait"


async def hold(storage: Storage, pace: str, until: datetime, now: datetime = NOW) -> None:
    async with storage.write() as tx:
        await tx.jobs.hold(pace, until, now)


@pytest.mark.parametrize("gaps", [GAPS, {}])
async def test_a_held_channel_gets_nothing_before_its_time(storage, gaps) -> None:
    await enqueue(storage, a_message("a"), a_message("b", SITE))
    await hold(storage, DESK, after(seconds=30))
    assert await subjects(storage, gaps=gaps) == ["b"]
    assert await subjects(storage, after(seconds=29), gaps) == []
    assert await subjects(storage, after(seconds=30), gaps) == ["a"]


async def test_a_longer_hold_stands(storage) -> None:
    await enqueue(storage, a_message("a"))
    await hold(storage, DESK, after(seconds=30))
    await hold(storage, DESK, after(seconds=10))
    assert await subjects(storage, after(seconds=29)) == []
    await hold(storage, DESK, after(seconds=40))
    assert await subjects(storage, after(seconds=39)) == []
    assert await subjects(storage, after(seconds=40)) == ["a"]


async def test_a_hold_that_is_over_holds_nothing(storage) -> None:
    await enqueue(storage, a_message("a"), a_message("b"))
    await hold(storage, DESK, after(seconds=-1))
    assert await subjects(storage) == ["a"]


async def test_no_platform_makes_a_channel_wait_for_longer_than_a_quarter_of_an_hour(
    storage,
) -> None:
    await enqueue(storage, a_message("a"))
    await hold(storage, DESK, after(minutes=120))
    assert await subjects(storage, after(minutes=14)) == []
    assert await subjects(storage, after(minutes=15)) == ["a"]


@pytest.mark.parametrize("back", [timedelta(hours=1), timedelta(days=1)])
async def test_a_clock_that_is_set_back_leaves_no_channel_held(storage, back) -> None:
    await enqueue(storage, replace(a_message("a"), due_at=NOW - back))
    await hold(storage, DESK, after(seconds=30))
    # A hold of now counts, though the one of before the clock was set back is later.
    await hold(storage, DESK, NOW - back + timedelta(seconds=10), NOW - back)
    assert await subjects(storage, NOW - back + timedelta(seconds=9)) == []
    assert await subjects(storage, NOW - back + timedelta(seconds=10)) == ["a"]
    await enqueue(storage, replace(a_message("b"), due_at=NOW - back))
    async with storage.write() as tx:
        await tx.jobs.hold(SITE, after(seconds=30), NOW)
    await enqueue(storage, replace(a_message("c", SITE), due_at=NOW - back))
    assert await subjects(storage, NOW - back + timedelta(seconds=12)) == ["b", "c"]


async def test_who_was_written_to_when_is_forgotten(database, storage) -> None:
    await enqueue(storage, a_message("a", "chat:@U123"))
    await hold(storage, SITE, after(minutes=1))
    assert await subjects(storage) == ["a"]
    assert database.value("SELECT count(*) FROM pace") == 2
    assert await claim(storage, after(seconds=1)) is None
    assert database.sql("SELECT address FROM pace") == [(SITE,)]


# --- processes that claim at one moment


async def test_two_processes_never_take_one_channels_place_twice(database, opening) -> None:
    processes = [opening(database), opening(database)]
    await enqueue(processes[0], *(a_message(f"a{n}") for n in range(8)))
    for second in range(8):
        now = after(seconds=second)
        claims = [claim(processes[n % 2], now) for n in range(6)]
        assert len([job for job in await asyncio.gather(*claims) if job]) == 1
    assert await claim(processes[0], after(seconds=9)) is None


async def test_who_loses_a_place_takes_something_else(on_postgres: Database, opening) -> None:
    here, there = opening(on_postgres), opening(on_postgres)
    await enqueue(here, a_message("a"), a_message("b"), a_message("c", SITE))
    # A place in a channel that is known, and one in a channel that was never written to.
    for second, (first, second_choice) in enumerate([("a", "c"), ("b", None)]):
        now = after(seconds=second)
        async with here.write() as tx:
            assert (await tx.jobs.claim(now, LEASE, GAPS)).subject == first
            elsewhere = asyncio.create_task(claim(there, now))
            await asyncio.sleep(0)
        found = await elsewhere
        assert (found and found.subject) == second_choice


async def test_a_known_channels_place_is_not_waited_for(on_postgres: Database, opening) -> None:
    here, there = opening(on_postgres), opening(on_postgres)
    await enqueue(here, a_message("a"), a_message("b"), a_message("c", SITE, priority=9))
    await hold(here, DESK, NOW)
    async with here.write() as tx:
        assert (await tx.jobs.claim(NOW, LEASE, GAPS)).subject == "a"
        assert (await claim(there)).subject == "c"
        assert await claim(there) is None


async def test_a_place_whose_job_another_process_holds_is_free_again(
    on_postgres: Database, opening
) -> None:
    here, there = opening(on_postgres), opening(on_postgres)
    await enqueue(here, a_message("a"))
    async with here.write() as tx:
        await tx.jobs.cancel("a")
        assert await claim(there) is None
        await tx.jobs.enqueue([a_message("b")])
    assert (await claim(there)).subject == "b"


async def test_a_storm_of_claims_on_few_channels_ends_without_a_deadlock(
    on_postgres: Database, opening
) -> None:
    processes = [opening(on_postgres) for _ in range(4)]
    channels = [f"chat:c{n}" for n in range(3)]
    await enqueue(
        processes[0],
        *(a_message(f"{c}-{n}", c, priority=n % 3) for c in channels for n in range(9)),
    )
    gaps: dict[tuple[str, int], int] = {}

    async def work(storage: Storage, second: int) -> None:
        while job := await claim(storage, after(seconds=second)):
            channel = job.subject.partition("-")[0]
            gaps[channel, second] = gaps.get((channel, second), 0) + 1

    for second in range(9):
        await asyncio.gather(*(work(storage, second) for storage in processes))
    assert gaps == {(c, second): 1 for c in channels for second in range(9)}


async def overdue(storage: Storage, before: datetime) -> int:
    async with storage.read() as tx:
        return await tx.jobs.overdue(before)


async def test_what_waits_behind_a_channel_that_moves_is_not_overdue(storage) -> None:
    await enqueue(storage, *(a_message(subject) for subject in "abc"))
    assert await overdue(storage, after(minutes=2)) == 3
    assert await claim(storage, after(minutes=5))
    assert await overdue(storage, after(minutes=3)) == 0
    # Two minutes later nothing has gone there any more.
    assert await overdue(storage, after(minutes=5.1)) == 2


async def test_what_a_platform_told_to_wait_is_not_overdue_before_its_time(storage) -> None:
    await enqueue(storage, a_message("a"), a_message("b", SITE))
    async with storage.write() as tx:
        await tx.jobs.hold(DESK, after(minutes=10), NOW)
    assert await overdue(storage, after(minutes=3)) == 1
    assert await overdue(storage, after(minutes=10)) == 2


async def test_what_is_due_is_counted_by_kind(storage) -> None:
    await enqueue(
        storage,
        *(a_message(subject) for subject in "ab"),
        a_message("c", pace="", kind="climb", dedup="climb:c"),
        a_message("d", due_at=after(seconds=1)),
    )
    async with storage.read() as tx:
        assert await tx.jobs.due(NOW) == {"card": 2, "climb": 1}
        assert await tx.jobs.due(after(seconds=-1)) == {}


async def test_a_place_that_is_given_back_ends_no_longer_hold(storage) -> None:
    await enqueue(storage, a_message("a"), a_message("b"))
    async with storage.write() as tx:
        first = await tx.jobs.claim(NOW, 60, GAPS)
    async with storage.write() as tx:
        await tx.jobs.hold(first.pace, after(minutes=1), NOW)  # the platform told another process
        await tx.jobs.done(first)
        await tx.jobs.unspent(first, NOW)
        assert await tx.jobs.claim(after(seconds=30), 60, GAPS) is None


async def test_a_platform_that_hangs_keeps_no_clock_however_much_is_owed_there(storage) -> None:
    waiting = [a_message(f"n{number}", f"chat:@u{number}") for number in range(500)]
    clock = NewJob("climb", "danger", after(seconds=1), "climb:danger")
    await enqueue(storage, *waiting, clock)
    async with storage.write() as tx:
        job = await tx.jobs.claim(after(minutes=5), LEASE, GAPS, lambda platform: platform == "")
    assert job is not None and job.subject == "danger"
