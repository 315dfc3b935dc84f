"""A machine's clock is set back by an hour: nobody in danger waits for that hour once more."""

from datetime import timedelta

import pytest

from bot.audits import audit
from bot.messengers import Ambiguous, Throttled
from bot.metrics import Meter
from bot.set_back import SKEW
from bot.watch import Watch
from bot.work_records import DutyState
from bot.worker import run_one_due
from flows.presses import Verb
from tests.support.world import START


@pytest.fixture
def watch(world) -> Watch:
    return Watch(world.service.work, Meter())


async def test_the_next_rung_of_a_call_comes_in_its_minutes(people, world, platform, watch) -> None:
    await people.call()
    await world.passes(minutes=2)
    world.clock.passes(hours=-1)
    await watch.look()
    await world.passes(minutes=2, seconds=59)
    assert platform.beside("shinjuku") == []
    await world.passes(minutes=1)
    assert len(platform.beside("shinjuku")) == 1
    await world.passes(minutes=2)
    assert len(platform.beside("shinjuku")) == 2
    assert (await audit(world.service.work)).clean


async def test_a_promise_runs_out_in_its_minutes(people, world, platform, watch) -> None:
    case = await people.call()
    await world.works_off()
    await people.answer("tanaka", Verb.COMING, case, minutes=2)
    await people.answer("yamamoto", Verb.COMING, case, minutes=2)
    await world.passes(minutes=1)
    world.clock.passes(hours=-1)
    await watch.look()
    await world.passes(minutes=8)
    assert "seat.ran_out" in repr(platform.cards("shinjuku"))
    assert (await people.duty(case, "second_person")).state is DutyState.OPEN


async def test_a_caller_is_asked_in_time_whether_it_is_over(people, world, watch) -> None:
    case = await people.call()
    await world.passes(minutes=12)
    assert (await people.duty(case, "take")).state is DutyState.OPEN
    world.clock.passes(hours=-1)
    await watch.look()
    async with world.service.work.storage.read() as tx:
        due = await tx.jobs.due_at(f"help_ends:{case.case_id}")
    assert due is not None
    # After an hour, as promised: at most so much later as lies between the last rung and now.
    assert timedelta(minutes=48) <= due - world.clock.now() <= timedelta(minutes=55)


async def test_to_look_again_changes_nothing_more(people, world, watch) -> None:
    case = await people.call()
    await world.passes(minutes=2)
    world.clock.passes(hours=-1)
    await watch.look()
    before = await people.duty(case, "second_person")
    await watch.look()
    assert await people.duty(case, "second_person") == before


async def test_clocks_that_differ_by_a_little_are_left_alone(people, world, watch) -> None:
    case = await people.call()
    await world.works_off()
    before = await people.duty(case, "second_person")
    world.clock.passes(seconds=-SKEW.total_seconds())
    await watch.look()
    assert await people.duty(case, "second_person") == before


async def test_a_reminder_keeps_the_hour_on_the_wall(people, world, watch) -> None:
    case = await people.report()
    await world.works_off()
    before = await people.duty(case, "care")
    world.clock.passes(hours=-1)
    await watch.look()
    assert await people.duty(case, "care") == before


@pytest.mark.parametrize("outcome", [Ambiguous(), Throttled(START + timedelta(minutes=3))])
async def test_a_card_that_was_to_be_tried_again_is_tried_in_its_minutes(
    people, world, platform, watch, outcome
) -> None:
    await people.call()
    platform.reads_back, platform.answers = True, [outcome]
    await run_one_due(world.service.work, {"chat": platform})
    assert not platform.answers
    world.clock.passes(hours=-1)
    await watch.look()
    await world.passes(minutes=3, seconds=1)
    assert len(platform.cards("shinjuku")) == 1
    assert (await audit(world.service.work)).clean


async def test_a_channel_that_is_gone_is_still_tried_every_hour_only(
    people, world, platform, watch
) -> None:
    platform.gone = {"shinjuku"}
    await people.call()
    await world.works_off()
    calls = platform.notes.count(("post", "shinjuku"))
    await watch.look()
    await world.passes(minutes=2)
    assert platform.notes.count(("post", "shinjuku")) == calls


async def test_a_promise_made_since_lasts_as_long_as_it_says(people, world, watch) -> None:
    case = await people.call()
    await world.passes(minutes=2)
    await people.answer("tanaka", Verb.COMING, case, minutes=5)
    await world.passes(minutes=1)
    world.clock.passes(hours=-1)
    await people.answer("yamamoto", Verb.COMING, case, minutes=5)
    made = {seat.person_id: seat for seat in await seats(world, people, case)}["yamamoto"]
    await watch.look()
    kept = {seat.person_id: seat for seat in await seats(world, people, case)}
    assert kept["yamamoto"] == made
    assert kept["tanaka"].expires_at < made.expires_at


async def seats(world, people, case):
    duty = await people.duty(case, "second_person")
    async with world.service.work.storage.read() as tx:
        return await tx.duties.seats(duty.id)


@pytest.mark.parametrize("told_to_wait", [True, False])
async def test_a_call_that_just_went_out_waits_no_quarter_of_an_hour(
    people, world, platform, watch, told_to_wait
) -> None:
    platform.gap_seconds = 1.0
    await people.call()
    if told_to_wait:
        platform.answers = [Throttled(START + timedelta(seconds=20))]
    await run_one_due(world.service.work, {"chat": platform})
    world.clock.passes(minutes=-10)
    await watch.look()
    for _ in range(60):
        world.clock.passes(seconds=1)
        await world.works_off()
    assert len(platform.cards("shinjuku")) == 1
    assert {"@tanaka", "@yamamoto"} <= {shown.channel for shown in platform.messages.values()}


async def test_a_promise_runs_out_in_its_minutes_though_its_rung_lies_behind(
    people, world, platform, watch
) -> None:
    case = await people.call()
    await world.works_off()
    for who in ("tanaka", "yamamoto"):
        await people.answer(who, Verb.HERE, case)
    await world.passes(minutes=41)
    for who in ("tanaka", "yamamoto"):
        await people.answer(who, Verb.COMING, case, minutes=2)
    await world.passes(minutes=1)
    world.clock.passes(minutes=-35)
    await watch.look()
    await world.passes(minutes=8)
    assert "seat.ran_out" in repr(platform.cards("shinjuku"))


async def test_a_rung_asked_since_is_followed_by_the_next_in_its_minutes(
    people, world, platform, watch
) -> None:
    case = await people.call()
    await world.works_off()
    world.clock.passes(hours=-1)
    for who in ("tanaka", "yamamoto"):
        await people.answer(who, Verb.CANNOT, case)
    await world.works_off()
    asked = len(platform.beside("shinjuku"))
    await watch.look()
    await world.passes(minutes=6)
    assert len(platform.beside("shinjuku")) > asked
