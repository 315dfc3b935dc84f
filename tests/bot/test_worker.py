"""Each platform has a loop of its own: one that hangs keeps nobody else waiting."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from bot import worker
from bot.case_work import CardKind, owe_card
from bot.messengers import Delivery
from bot.return_address import owe_push
from bot.serving import listen, running
from bot.work_records import DutyState
from bot.worker import reclaim, run_forever
from flows.phrases import say
from flows.presses import Verb
from flows.screens import Card
from tests.support.world import COMPANY, FakePlatform, World, a_world


@dataclass
class Hanging(FakePlatform):
    """A platform that takes the call and never answers."""

    called: asyncio.Event = field(default_factory=asyncio.Event)

    async def post(self, channel: str, card: Card, key: str, thread: str | None) -> Delivery:
        self.called.set()
        await asyncio.Event().wait()
        raise AssertionError("nobody sets that event")


@dataclass
class Telling(FakePlatform):
    """A platform that tells whenever a message arrives."""

    arrived: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def post(self, channel: str, card: Card, key: str, thread: str | None) -> Delivery:
        outcome = await super().post(channel, card, key, thread)
        async with self.arrived:
            self.arrived.notify_all()
        return outcome

    async def shows(self, channel: str, cards: int) -> None:
        """Returns once the channel shows so many messages."""
        async with asyncio.timeout(20), self.arrived:
            await self.arrived.wait_for(lambda: len(self.channel(channel)) >= cards)


@pytest.fixture
async def world(tmp_path: Path, quick: None) -> AsyncIterator[World]:
    """A company with a second desk on the platform that hangs."""
    company = tmp_path / "company.yaml"
    second = '\nsecond_desk: {channel: "hung:elsewhere", people: [watanabe]}\n'
    company.write_text(COMPANY.read_text("utf-8") + second, "utf-8")
    world = a_world(tmp_path, company=company)
    yield world
    await world.service.work.storage.close()


@asynccontextmanager
async def loops(world: World, **messengers: FakePlatform) -> AsyncIterator[None]:
    """The loops of a process, killed in the end."""
    task = asyncio.create_task(run_forever(world.service.work, messengers, world.service.bell))
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


@pytest.fixture
async def platforms(world) -> AsyncIterator[tuple[Telling, Hanging]]:
    """The loops of a process with one platform that works and one that hangs."""
    chat, hung = Telling(gap_seconds=0.02), Hanging()
    async with loops(world, chat=chat, hung=hung):
        yield chat, hung


async def test_a_platform_that_hangs_delays_no_other_and_no_clock(people, world, platforms) -> None:
    chat, hung = platforms
    case = await people.call()
    await chat.shows("shinjuku", 1)
    work = world.service.work
    async with work.storage.write() as tx:
        address, now = "hung:elsewhere", work.clock.now()
        await owe_card(work, tx, case.case_id, CardKind.DESK, address, now)
    async with asyncio.timeout(20):
        await hung.called.wait()
    world.clock.passes(minutes=3)
    world.service.bell.ring()
    # Three minutes without an answer: the next rung is asked, though the other call still hangs.
    await chat.shows("shinjuku", 2)


async def test_nothing_is_sent_before_it_is_known_who_works_where(
    people, world, monkeypatch
) -> None:
    read, known = worker.refresh, asyncio.Event()

    async def slowly(*args: object) -> None:
        await known.wait()
        await read(*args)

    monkeypatch.setattr(worker, "refresh", slowly)
    await people.report()
    chat = Telling()
    async with loops(world, chat=chat):
        for _ in range(50):
            await world.service.bell.wait(0.01)
        assert chat.channel("desk") == []
        known.set()
        await chat.shows("desk", 1)


async def test_a_channel_is_written_to_again_as_soon_as_its_platform_allows_it(
    people, world, platforms, monkeypatch
) -> None:
    chat, _ = platforms
    claim_due, held_back = worker._claim_due, asyncio.Event()

    async def looked(work, messengers, wanted):
        found = await claim_due(work, messengers, wanted)
        if found is None and wanted("chat") and chat.messages:
            held_back.set()
        return found

    monkeypatch.setattr(worker, "_claim_due", looked)
    monkeypatch.setattr(worker, "LONGEST_SLEEP_SECONDS", 600.0)
    await people.call()
    await people.call()
    async with asyncio.timeout(20):
        await held_back.wait()
    assert len(chat.channel("shinjuku")) == 1
    # Nobody commits anything and no bell rings: only the channel's gap is over.
    world.clock.passes(seconds=1)
    await chat.shows("shinjuku", 2)


async def test_a_push_that_hangs_delays_no_clock(people, world, platforms, monkeypatch) -> None:
    chat, hung = platforms

    async def hangs(*_: object) -> None:
        await hung.post("somebody", Card(title=say("push.title")), "key", None)

    monkeypatch.setitem(worker._DELIVERIES, "push", hangs)
    case = await people.call()
    await chat.shows("shinjuku", 1)
    async with world.service.work.storage.write() as tx:
        await owe_push(tx, case.case_id, world.clock.now())
    # At the full hour the push is due, and long before it the next rung of the ladder was.
    world.clock.passes(hours=1)
    world.service.bell.ring()
    async with asyncio.timeout(20):
        await hung.called.wait()
    await chat.shows("shinjuku", 2)


async def test_what_goes_to_a_platform_nobody_set_up_fails_and_is_said(
    people, world, platforms
) -> None:
    case = await people.call()
    work, bell = world.service.work, world.service.bell
    async with work.storage.write() as tx:
        now = work.clock.now()
        await owe_card(work, tx, case.case_id, CardKind.SECOND_PERSON, "nowhere:x", now)
    async with asyncio.timeout(20):
        while "delivery_failed" not in await people.facts(case):
            await bell.wait(0.2)


async def test_a_clock_that_is_set_back_between_claim_and_effect_loses_no_effect(
    people, world, monkeypatch
) -> None:
    call = await people.call()
    for who in ("tanaka", "yamamoto"):
        await people.answer(who, Verb.COMING, call, minutes=2)
    fire = worker._fire_clock

    async def set_back(work, job) -> None:
        world.clock.passes(seconds=-1 if job.kind == "expire" else 0)
        await fire(work, job)

    monkeypatch.setattr(worker, "_fire_clock", set_back)
    await world.passes(minutes=20)
    assert (await people.duty(call, "second_person")).state is not DutyState.ANSWERED


@dataclass
class Slow(Telling):
    """A platform that shows a message at once and answers when it is let."""

    taken: asyncio.Event = field(default_factory=asyncio.Event)
    answers_now: asyncio.Event = field(default_factory=asyncio.Event)

    async def post(self, channel: str, card: Card, key: str, thread: str | None) -> Delivery:
        outcome = await super().post(channel, card, key, thread)
        self.taken.set()
        await self.answers_now.wait()
        return outcome


async def test_a_channel_that_answers_slowly_keeps_no_other_of_its_platform_waiting(
    people, world
) -> None:
    chat = Slow()
    await people.report()
    async with loops(world, chat=chat):
        # Neither has answered, and both have been told.
        await chat.shows("shinjuku", 1)
        await chat.shows("desk", 1)


async def test_a_channel_is_told_one_thing_after_the_other(people, world) -> None:
    chat = Slow(gap_seconds=0.0)
    await people.call()
    await people.call()
    async with loops(world, chat=chat):
        async with asyncio.timeout(20):
            await chat.taken.wait()
            for _ in range(50):
                await world.service.bell.wait(0.01)
        assert len(chat.channel("shinjuku")) == 1, "the first has not been answered"
        chat.answers_now.set()
        await chat.shows("shinjuku", 2)


async def test_what_changes_while_it_is_being_shown_is_shown_as_soon_as_that_is_answered(
    people, world, monkeypatch
) -> None:
    monkeypatch.setattr(worker, "LONGEST_SLEEP_SECONDS", 600.0)
    chat, bell = Slow(gap_seconds=0.0), world.service.bell
    case = await people.report()
    async with loops(world, chat=chat):
        await chat.shows("desk", 1)
        await people.at_desk(Verb.TAKE, case)
        for _ in range(50):
            await bell.wait(0.01)
        chat.answers_now.set()
        async with asyncio.timeout(20):
            while "desk.taken_by" not in repr(chat.channel("desk")):
                await bell.wait(0.05)


async def test_told_to_stop_the_loops_finish_the_row_in_hand_and_begin_no_other(
    people, world, monkeypatch
) -> None:
    monkeypatch.setattr(worker, "AT_ONCE", 1)
    chat, bell = Slow(), world.service.bell
    await people.report()
    loops = asyncio.create_task(run_forever(world.service.work, {"chat": chat}, bell))
    async with asyncio.timeout(20):
        await chat.taken.wait()
        bell.close()
        await asyncio.sleep(0.05)
        assert not loops.done()
        chat.answers_now.set()
        await loops
    assert len(chat.messages) == 1
    await reclaim(world.service.work)
    while await worker.run_one_due(world.service.work, {"chat": chat}):
        pass
    keys = [shown.key for shown in chat.messages.values()]
    assert len(keys) == len(set(keys)) > 1


async def test_a_service_that_stops_waits_for_the_message_in_hand(people, world) -> None:
    chat = Slow()
    service = replace(world.service, messengers={"chat": chat})
    await people.report()
    async with asyncio.timeout(20):
        async with running(service, listen("127.0.0.1", 0)):
            await chat.taken.wait()
            asyncio.get_running_loop().call_later(0.3, chat.answers_now.set)
        assert chat.answers_now.is_set()


@pytest.mark.parametrize("taken", [True, False])
async def test_a_reminder_in_hand_of_a_process_that_died_is_not_said_twice(
    people, world, taken: bool
) -> None:
    await people.report(site_may_know=False)
    await world.works_off()
    said, before = world.platform.post, set(world.platform.messages)

    async def dies(*given) -> Delivery:
        if taken:
            await said(*given)
        raise asyncio.CancelledError

    world.platform.post = dies
    with pytest.raises(asyncio.CancelledError):
        await world.leaps(days=2)
    world.platform.post = said
    await reclaim(world.service.work)
    await world.works_off()
    assert len(set(world.platform.messages) - before) == taken


async def test_a_reminder_that_our_own_fault_stopped_is_said_once_it_is_mended(
    people, world
) -> None:
    await people.report(site_may_know=False)
    await world.works_off()
    said, before = world.platform.post, set(world.platform.messages)

    async def fails(*given) -> Delivery:
        world.platform.post = said
        raise ValueError

    world.platform.post = fails
    while world.platform.post is not said:
        await world.passes(minutes=5)
    await world.passes(minutes=5)
    assert len(set(world.platform.messages) - before) == 1
