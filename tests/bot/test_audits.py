"""The self-audit finds whatever is owed and not on its way, and nothing else."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.audits import Audit, audit
from bot.messengers import Delivery, Throttled
from bot.metrics import Meter
from bot.watch import Watch
from flows.presses import Verb
from flows.screens import Card
from tests.bot.conftest import NotedPlatform, People
from tests.storage.databases import Database
from tests.support.world import FakeClock, World

Sql = Callable[[str], object]


@pytest.fixture
def sql(world: World, tmp_path: Path) -> Sql:
    """Changes rows behind the service's back, as a fault of ours would."""
    return Database(f"sqlite:///{tmp_path / 'mamori.db'}").sql


async def found(world: World) -> Audit:
    return await audit(world.service.work)


async def red(world: World) -> set[str]:
    """The names of what is not zero."""
    return {name for name, count in (await found(world)).findings().items() if count}


async def test_a_service_at_rest_and_one_at_work_are_clean(world: World, people: People) -> None:
    assert (await found(world)).clean
    await people.report()
    await people.call()
    assert (await found(world)).clean  # owed since this moment
    await world.passes(minutes=90)
    assert (await found(world)).clean


async def test_what_nobody_handles_is_overdue_after_two_minutes(
    world: World, people: People
) -> None:
    await people.report()
    world.clock.passes(minutes=2)
    assert await red(world) == set()
    assert (await found(world)).due["card"] >= 1
    assert (await found(world)).oldest_due_seconds == 120
    world.clock.passes(seconds=1)
    assert await red(world) == {"overdue"}
    await world.works_off()
    assert await red(world) == set()
    assert (await found(world)).oldest_due_seconds == 0


async def test_a_duty_that_nothing_will_move_is_found(
    world: World, people: People, sql: Sql
) -> None:
    await people.report()
    await world.works_off()
    sql("DELETE FROM job WHERE kind = 'climb'")
    assert await red(world) == {"unscheduled_duties"}


async def test_a_message_that_nothing_will_send_is_found(
    world: World, people: People, sql: Sql
) -> None:
    await people.report()
    sql("DELETE FROM job WHERE kind = 'card'")
    assert await red(world) == {"unscheduled_messages"}


async def test_a_card_that_no_platform_takes_is_found(
    world: World, people: People, platform: NotedPlatform
) -> None:
    platform.gone.add("shinjuku")
    await people.report()
    await world.works_off()
    assert await red(world) == {"failed_cards"}


async def test_what_fails_again_and_again_is_found_within_fifteen_minutes(
    world: World, people: People, platform: NotedPlatform
) -> None:
    platform.poison.add("shinjuku")
    await people.report()
    minutes = 0
    while not await red(world):
        minutes += 1
        await world.passes(minutes=1)
    assert await red(world) == {"failing_jobs"}
    assert 1 < minutes <= 15


async def test_that_nobody_is_left_to_ask_is_shown_and_no_fault_of_the_service(
    world: World, people: People
) -> None:
    call = await people.call()
    await world.passes(minutes=30)
    duty = await people.duty(call, "second_person")
    assert duty.state == "exhausted"
    now = await found(world)
    assert now.exhausted_duties >= 1 and now.clean


async def test_a_rung_whose_time_passed_while_it_was_held_is_no_forgotten_clock(
    people, world, monkeypatch: pytest.MonkeyPatch
) -> None:
    yesterday = world.clock.now() - timedelta(days=1)
    monkeypatch.setattr("bot.asking.next_climb_at", lambda *_: yesterday)
    await people.call()
    assert (await audit(world.service.work)).overdue == 0


async def test_a_desk_at_which_nobody_is_is_found(world: World) -> None:
    work = world.service.work
    at_desk = {person.id for person in work.directory.members(work.company.desk.channel)}
    work.directory.load([each for each in work.company.people if each.id not in at_desk], 1)
    assert (await audit(work)).findings()["empty_desk"] == 1


class SaysLater(NotedPlatform):
    """Takes nothing before its time has come, and says so each time."""

    until: datetime | None = None
    clock: FakeClock

    async def post(self, channel: str, card: Card, key: str, thread: str | None) -> Delivery:
        now = self.clock.now()
        if self.until is None or now < self.until:
            return Throttled(now + timedelta(seconds=2))
        return await super().post(channel, card, key, thread)


@pytest.fixture
def later(world: World) -> SaysLater:
    world.platform = SaysLater()
    world.platform.clock = world.clock
    return world.platform


async def test_what_a_platform_always_wants_later_is_overdue_and_no_sign_of_life_goes_out(
    world: World, people: People, later: SaysLater
) -> None:
    beats: list[datetime] = []

    class Beats:
        async def beat(self) -> None:
            beats.append(world.clock.now())

    watch = Watch(world.service.work, Meter(), beat=Beats())
    await people.call()
    began = world.clock.now()
    for _ in range(120):
        world.clock.passes(minutes=1)
        await world.works_off()
        await watch.look()
    assert not later.messages
    assert watch.last is not None and set(await red(world)) == {"overdue"}
    assert watch.last.found.oldest_due_seconds >= 115 * 60
    assert max(beats) - began <= timedelta(minutes=4)


async def test_a_platform_that_wants_messages_some_seconds_later_is_no_alarm(
    world: World, people: People, later: SaysLater
) -> None:
    later.until = world.clock.now() + timedelta(seconds=90)
    await people.call()
    for _ in range(60 * 4):
        world.clock.passes(seconds=1)
        await world.works_off()
        assert (await found(world)).clean
    assert later.cards("shinjuku")
    assert (await found(world)).oldest_due_seconds == 0


async def over(people: People) -> None:
    case = await people.call()
    await people.world.works_off()
    await people.say(case, Verb.FINE_NOW)


async def taken_back(people: People) -> None:
    case = await people.report(site_may_know=False)
    await people.world.works_off()
    await people.say(case, Verb.WITHDRAW)


async def closed(people: People) -> None:
    case = await people.report()
    await people.world.works_off()
    await people.works_through(case)
    assert (await people.at_desk(Verb.CLOSE, case)).changed


async def looked_after(people: People) -> None:
    """A call of which the desk was told, then over and its caller looked after."""
    call = await people.call()
    await people.world.passes(minutes=15)
    await people.say(call, Verb.FINE_NOW)
    await people.answer("tanaka", Verb.CARED, call, kind="care")
    await people.say(call, Verb.CARE_HAPPENED)


@pytest.mark.parametrize(
    ("ends", "channel"),
    [(over, "shinjuku"), (taken_back, "desk"), (closed, "shinjuku"), (looked_after, "desk")],
)
async def test_what_failed_is_no_alarm_any_more_once_it_is_over(
    world: World,
    people: People,
    platform: NotedPlatform,
    ends: Callable[[People], Awaitable[None]],
    channel: str,
) -> None:
    platform.gone.add(channel)
    await ends(people)
    assert "failed_cards" in await red(world)
    await world.passes(minutes=90)
    platform.gone.clear()
    await world.passes(hours=30)
    assert await red(world) == set()
