"""A platform is away for three days, then back: what is owed arrives once, nothing stale does."""

from collections import Counter
from datetime import timedelta

import pytest

from bot.audits import audit
from bot.case_work import nudge_job
from bot.deliveries import DANGER_RETRY_SECONDS
from bot.messengers import Ambiguous, Delivery, Throttled
from bot.work_records import Duty, DutyState
from flows.presses import Verb
from flows.screens import Card
from tests.bot.conftest import NotedPlatform, People
from tests.support.world import World

HOURS = 72
PAUSE = timedelta(minutes=30)


class AwayPlatform(NotedPlatform):
    """Takes nothing while it is away, and counts what it is sent in each second."""

    away = False
    seconds: Counter[str]

    def __init__(self, world: World) -> None:
        super().__init__(gap_seconds=1.0)
        self.seconds = Counter()
        self._clock = world.clock

    async def post(self, channel: str, card: Card, key: str, thread: str | None) -> Delivery:
        if self.away:
            return Throttled(self._clock.now() + PAUSE)
        self.seconds[f"{channel} {self._clock.now()}"] += 1
        return await super().post(channel, card, key, thread)

    async def edit(self, channel: str, ref: str, card: Card) -> Delivery:
        if self.away:
            return Throttled(self._clock.now() + PAUSE)
        return await super().edit(channel, ref, card)


@pytest.fixture
def away(world: World) -> AwayPlatform:
    world.platform = AwayPlatform(world)
    return world.platform


async def comes_back(world: World, platform: AwayPlatform) -> None:
    platform.away = False
    await world.leaps(minutes=45, pause_seconds=1)


def alerted_beside(platform: NotedPlatform) -> list[set[str]]:
    """Whom each message beside the site's card alerted when it came."""
    shown = platform.messages.values()
    return [set(each.alerted) for each in shown if each.channel == "shinjuku" and each.thread]


async def test_after_an_outage_everything_owed_arrives_once(
    people: People, world: World, away: AwayPlatform
) -> None:
    away.away = True
    cases = [await people.report() for _ in range(4)]
    await world.leaps(hours=HOURS, pause_seconds=3600)
    assert away.messages == {}
    for case in cases:
        assert "sent.delivered" not in repr(await people.page(case))
    await comes_back(world, away)
    assert len(away.cards("desk")) == len(cases)
    assert len(away.cards("shinjuku")) == len(cases)
    keys = Counter(shown.key for shown in away.messages.values())
    assert set(keys.values()) == {1}
    for case in cases:
        assert "sent.delivered" in repr(await people.page(case))
    assert (await audit(world.service.work)).clean


async def test_after_an_outage_one_message_speaks_for_every_rung_that_was_missed(
    people: People, world: World, away: AwayPlatform
) -> None:
    away.away = True
    await people.report(site_may_know=False)
    await world.leaps(hours=HOURS, pause_seconds=3600)
    await comes_back(world, away)
    take = [card for card in away.beside("desk") if card.title.key == "nudge.take"]
    assert len(take) <= 1
    mentioned = {who for each in away.messages.values() for who in each.alerted}
    assert "mori" in mentioned


async def test_whom_a_message_after_an_outage_spoke_for_is_not_named_by_the_next_as_well(
    people: People, world: World, away: AwayPlatform
) -> None:
    case = await people.call()
    await world.works_off()
    away.away = True
    await people.answer("tanaka", Verb.CANNOT, case)  # an edit, that tells the channel to wait
    await world.passes(minutes=9)
    away.away = False
    await world.passes(minutes=40)
    merged = alerted_beside(away)
    await people.answer("tanaka", Verb.COMING, case, minutes=2)
    await people.answer("yamamoto", Verb.COMING, case, minutes=2)
    await world.passes(minutes=13)
    assert any(len(who) > 1 for who in merged), "one message spoke for two rungs"
    again = alerted_beside(away)[len(merged) :]
    assert again[0] == {"tanaka", "yamamoto"}


async def test_a_message_after_an_outage_names_the_roles_of_everybody_it_alerts(
    people: People, world: World, away: AwayPlatform
) -> None:
    await people.report()
    await world.works_off()
    away.away = True
    await world.leaps(hours=HOURS, pause_seconds=3600)
    await comes_back(world, away)
    alerted = [each for each in away.messages.values() if each.thread and each.alerted]
    assert any("takahashi" in each.alerted for each in alerted)
    find = world.service.work.directory.person
    for each in alerted:
        roles = {f"role.{person.role.value}" for id in each.alerted if (person := find(id))}
        assert all(f"'{role}'" in repr(each.card.title) for role in roles)


async def test_a_message_that_goes_before_an_earlier_rungs_names_whom_that_asks_and_it_stays_away(
    people: People, world: World, away: AwayPlatform
) -> None:
    case = await people.call()
    await world.passes(minutes=9)  # area and head office are asked too
    await people.answer("tanaka", Verb.HERE, case)
    await people.answer("tanaka", Verb.OVER, case)
    await world.works_off()
    before = len(alerted_beside(away))
    await people.say(case, Verb.STILL_NEEDED)
    await fails_at_first(world, await people.duty(case, "second_person"))
    await world.passes(minutes=2)
    assert alerted_beside(away)[before:] == [{"tanaka", "yamamoto", "takahashi", "watanabe"}]


async def fails_at_first(world: World, duty: Duty) -> None:
    """The first rung's message in the channel is one that an adapter breaks at: it comes later."""
    work = world.service.work
    async with work.storage.write() as tx:
        rows = await tx.duties.nudges(duty.id)
        (row,) = (each for each in rows if (each.climb, each.step, each.direct) == (1, 0, False))
        await tx.jobs.cancel(row.id)
        later = work.clock.now() + timedelta(seconds=30)
        await tx.jobs.enqueue([nudge_job(row, "danger", "chat:shinjuku", later)])


async def test_a_call_that_is_long_over_calls_nobody_after_an_outage(
    people: People, world: World, away: AwayPlatform
) -> None:
    away.away = True
    case = await people.call()
    await world.leaps(minutes=5)
    await people.say(case, Verb.FINE_NOW)
    await world.leaps(hours=HOURS, pause_seconds=3600)
    await comes_back(world, away)
    titles = {each.card.title.key for each in away.messages.values()}
    assert not titles & {"nudge.help", "help.card.title"}
    assert (await people.duty(case, "second_person")).state is DutyState.DONE


async def test_the_pace_of_each_channel_is_kept_after_an_outage(
    people: People, world: World, away: AwayPlatform
) -> None:
    away.away = True
    for _ in range(5):
        await people.report()
        await people.call()
    await world.leaps(hours=HOURS, pause_seconds=3600)
    away.away = False
    world.clock.passes(minutes=30)  # what the platform asked for at the last try
    for _ in range(90):
        world.clock.passes(seconds=1)
        await world.works_off()
    assert set(away.seconds.values()) == {1}


async def test_an_answer_that_is_lost_for_days_is_looked_up_and_shown_once(
    people: People, world: World, platform: NotedPlatform
) -> None:
    platform.reads_back = True
    platform.answers = [Ambiguous()]
    await people.report(site_may_know=False)
    await world.leaps(hours=1)
    keys = Counter(shown.key for shown in platform.messages.values())
    assert set(keys.values()) == {1}


async def test_where_nobody_can_look_a_reminder_is_not_said_twice_and_a_danger_is(
    people: People, world: World, platform: NotedPlatform
) -> None:
    case = await people.call()
    await world.passes(minutes=2)
    platform.answers = [Ambiguous()]
    await world.passes(minutes=2)
    help_again = [c for c in platform.beside("shinjuku") if c.title.key == "nudge.help"]
    assert len(help_again) == 2, "danger is worth a repeat"
    await people.say(case, Verb.MISTAKE)

    await people.report()
    await world.works_off()
    platform.answers = [Ambiguous()]
    await world.passes(minutes=12)
    care = [c for c in platform.beside("shinjuku") if c.title.key == "nudge.care"]
    assert len(care) == 1


class BrokenPlatform(NotedPlatform):
    """Every call to it is lost for a while, and nothing is taken."""

    broken = True

    async def post(self, channel: str, card: Card, key: str, thread: str | None) -> Delivery:
        if self.broken:
            return Ambiguous()
        return await super().post(channel, card, key, thread)


@pytest.mark.parametrize("minutes", [2, 7, 12, 60])
async def test_a_call_is_shown_within_a_minute_of_the_platforms_return(
    people: People, world: World, minutes: int
) -> None:
    world.platform = BrokenPlatform()
    await people.call()
    await world.leaps(minutes=minutes, pause_seconds=1)
    world.platform.broken = False
    await world.leaps(seconds=DANGER_RETRY_SECONDS, pause_seconds=1)
    assert len(world.platform.cards("shinjuku")) == 1
    assert world.platform.direct("tanaka")
