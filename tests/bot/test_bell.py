"""Who is woken by a commit: whoever waits for any change, and the loops that it gave work."""

import asyncio

import pytest

from bot.bell import Bell, RingingStorage
from bot.case_work import PRIORITY
from bot.work_records import NewJob
from tests.support.world import START


@pytest.fixture
def bell():
    return Bell()


@pytest.fixture
def calls(bell):
    """The loop of one platform, and the loop of the clocks."""
    return bell.call_for(lambda to: to == "chat"), bell.call_for(lambda to: to == "")


def job(pace):
    return NewJob("card", "one", START, f"card:{pace}", PRIORITY["case"], pace)


@pytest.mark.parametrize(("pace", "rung"), [("chat:desk", (True, False)), ("", (False, True))])
async def test_a_commit_calls_only_the_loop_it_gave_work(world, bell, calls, pace, rung) -> None:
    storage = RingingStorage(world.service.work.storage, bell)
    async with storage.write() as tx:
        await tx.jobs.enqueue([job(pace)])
        assert not any(call.rung.is_set() for call in calls)
    assert tuple(call.rung.is_set() for call in calls) == rung


async def test_a_commit_without_work_wakes_a_page_and_no_loop(world, bell, calls) -> None:
    storage = RingingStorage(world.service.work.storage, bell)
    page = asyncio.create_task(bell.wait(3600))
    await asyncio.sleep(0)
    async with storage.write() as tx:
        await tx.inbox.first(b"delivery", START)
    async with asyncio.timeout(5):
        await page
    assert not any(call.rung.is_set() for call in calls)


async def test_where_nobody_knows_what_is_due_every_loop_is_called(bell, calls) -> None:
    bell.ring()
    assert all(call.rung.is_set() for call in calls)


async def test_a_call_before_the_loop_sleeps_is_not_missed(bell, calls) -> None:
    bell.ring(["chat"])
    async with asyncio.timeout(5):
        await bell.wait_for_work(3600, calls[0])
