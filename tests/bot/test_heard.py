"""Nobody counts as asked by a message that they cannot read."""

import io
from datetime import timedelta

import pytest

from bot.directory import refresh
from bot.filing import Filed
from bot.messengers import Delivery, Throttled
from bot.roster_commands import import_roster
from bot.work_records import DutyState
from flows.assessment import Safety
from flows.phrases import Say
from flows.presses import Verb
from flows.screens import Card, Timeline
from tests.bot.conftest import NotedPlatform, People
from tests.support.world import World

DESK_PEOPLE = {"@sato", "@suzuki", "@mori"}


async def care_at_the_desk(people: People, minutes: int = 35) -> Filed:
    """Nobody at the site gives care after a call, and the desk is asked beside the site's card."""
    call = await people.call()
    await people.world.works_off()
    await people.say(call, Verb.FINE_NOW)
    await people.world.passes(minutes=minutes)
    return call


async def told(people: People, case: Filed) -> list[Say]:
    """What the person's page tells, line by line."""
    found = (each for each in (await people.page(case)).body if isinstance(each, Timeline))
    lines = (line.what for each in found for line in each.items)
    return [what for what in lines if isinstance(what, Say)]


async def asked(people: People, case: Filed, role: str = "desk") -> list[str]:
    """How their page says that a role was asked."""
    return [line.key for line in await told(people, case) if f"'role.{role}'" in repr(line)]


async def test_a_desk_that_no_message_reached_is_not_said_to_be_asked_and_the_end_comes_at_once(
    people: People, platform: NotedPlatform
) -> None:
    platform.gone |= DESK_PEOPLE
    call = await care_at_the_desk(people, minutes=29)
    assert await asked(people, call) == ["care.next"]
    await people.world.passes(minutes=1)
    assert await asked(people, call) == []
    assert (await people.duty(call, "care")).state is DutyState.EXHAUSTED
    assert platform.channel("desk"), "the desk's card asks for it where the desk reads it"


async def test_a_desk_of_which_one_was_reached_is_said_to_be_asked_and_has_its_time(
    people: People, platform: NotedPlatform
) -> None:
    platform.gone |= {"@suzuki", "@mori"}
    call = await care_at_the_desk(people)
    assert await asked(people, call) == ["help.sent"]
    assert (await people.duty(call, "care")).state is DutyState.OPEN
    assert not platform.channel("desk")


async def test_a_role_that_was_asked_in_vain_is_not_named_beside_those_that_were_reached(
    people: People, platform: NotedPlatform
) -> None:
    platform.gone |= DESK_PEOPLE
    case = await people.report()
    await people.at_desk(Verb.TAKE, case)
    for times in (1, 2, 3):  # the third time the desk is asked with everybody at the site
        await people.answer("tanaka", Verb.COMING, case, "care", minutes=5)
        for _ in range(60):
            await people.world.passes(minutes=1)
            if (await people.facts(case)).count("expired") == times:
                break
    said = [repr(line) for line in await told(people, case) if "help.sent" in repr(line)]
    assert "role.area" in said[-1] and not any("role.desk" in line for line in said)
    named = [repr(each) for each in platform.beside("shinjuku") if "role." in repr(each)]
    assert "role.area" in named[-1] and "role.desk" not in named[-1]


class PutsOff(NotedPlatform):
    """Takes no direct message to the desk before a while has passed."""

    until = None

    async def post(self, channel: str, card: Card, key: str, thread: str | None) -> Delivery:
        if channel in DESK_PEOPLE and self.until is not None:
            return Throttled(self.until)
        return await super().post(channel, card, key, thread)


async def test_a_desk_whose_messages_wait_is_being_asked_and_not_said_to_have_been(
    people: People, world: World
) -> None:
    world.platform = platform = PutsOff()
    platform.until = world.clock.now() + timedelta(minutes=40)
    call = await care_at_the_desk(people)
    assert platform.beside("shinjuku")[-1].mentions == (), "nobody of the desk reads it there"
    assert await asked(people, call) == ["help.sending"]
    platform.until = None
    await world.passes(minutes=6)
    assert await asked(people, call) == ["help.sent"]


async def test_where_head_office_took_no_message_nobody_waits_for_it_to_see_a_report_taken(
    people: People, platform: NotedPlatform
) -> None:
    platform.gone.add("@watanabe")
    case = await people.report(safety=Safety.ONGOING, site_may_know=False)
    await people.world.passes(minutes=90)
    facts = [entry for entry in await people.history(case) if entry.detail.get("duty") == "take"]
    hq = next(entry for entry in facts if entry.detail.get("roles") == "hq")
    (end,) = (entry for entry in facts if entry.fact == "exhausted")
    assert end.at == hq.at


async def test_who_was_asked_in_the_channel_is_still_said_to_have_been_once_they_left(
    people: People, world: World
) -> None:
    call = await care_at_the_desk(people, minutes=5)
    before = await asked(people, call, "manager")
    work = world.service.work
    left = [each for each in work.company.people if each.id not in ("tanaka", "yamamoto")]
    await import_roster(left, work.directory, work.storage, world.clock.now(), io.StringIO())
    await refresh(work.directory, work.storage)
    assert before == ["help.sent"] == await asked(people, call, "manager")


@pytest.mark.parametrize("caller", [None, "yamamoto"])
async def test_the_caller_reads_sent_to_only_of_roles_that_somebody_was_asked_in(
    people: People, world: World, platform: NotedPlatform, caller: str | None
) -> None:
    directory = world.service.work.directory
    if caller is None:  # the site has no deputy
        others = [each for each in directory.company.people if each.id != "yamamoto"]
        directory.load(others, directory.version + 1)
    call = await people.call(caller_id=caller)
    await world.works_off()
    assert platform.direct("tanaka") and not platform.direct("yamamoto")
    assert await asked(people, call, "manager") == ["help.sent"]
    assert await asked(people, call, "deputy") == []
