"""A site that leaves the company file, as a shop that closed, while something is owed for it."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bot.audits import audit
from bot.filing import Filed
from bot.work_records import DutyState
from flows.assessment import Safety
from flows.outcomes import Visibility
from flows.presses import Verb
from tests.bot.conftest import Later, People

AT_DESK = {"sato", "suzuki", "mori"}


_ONLY_THERE = ("tanaka", "yamamoto")


def closes_shinjuku(company: dict[str, Any]) -> None:
    """The test company once it has closed a site."""
    company["sites"] = [site for site in company["sites"] if site["id"] != "shinjuku"]
    for person in company["people"]:
        person["sites"] = [each for each in person.get("sites", []) if each != "shinjuku"]
        shifts = person.get("shifts", [])
        person["shifts"] = [each for each in shifts if each.get("site") != "shinjuku"]
    company["people"] = [each for each in company["people"] if each["id"] not in _ONLY_THERE]


Begin = Callable[[People], Awaitable[Filed]]


async def waits(people: People) -> Filed:
    return await people.report(visibility=Visibility.UNNAMED, send_now=False)


async def is_open(people: People) -> Filed:
    case = await people.report(safety=Safety.ONGOING)
    await people.world.works_off()
    return case


@pytest.mark.parametrize("begin", [waits, is_open])
async def test_a_report_from_a_site_that_is_gone_comes_to_the_desk_and_is_worked_to_its_end(
    people: People, later: Later, begin: Begin
) -> None:
    case = await begin(people)
    people = await later(closes_shinjuku)
    world = people.world
    await world.passes(minutes=100)
    assert case.public_id in repr(world.platform.cards("desk"))
    assert "sent.delivered" in repr(await people.page(case))
    assert AT_DESK & {who for each in world.platform.messages.values() for who in each.alerted}
    assert (await people.at_desk(Verb.TAKE, case)).changed
    assert (await people.say(case, Verb.CARE_HAPPENED)).changed
    assert (await audit(world.service.work)).clean


async def test_a_call_from_a_site_that_is_gone_is_taken_to_the_desk(
    people: People, later: Later
) -> None:
    call = await people.call()
    await people.world.works_off()
    people = await later(closes_shinjuku)
    await people.world.passes(minutes=20)
    assert call.public_id in repr(people.world.platform.cards("desk"))
    assert (await people.duty(call, "take")).state in (DutyState.OPEN, DutyState.EXHAUSTED)
    assert (await people.say(call, Verb.FINE_NOW)).changed


async def test_whoever_is_asked_for_care_in_its_place_can_answer(
    people: People, later: Later
) -> None:
    case = await waits(people)
    await people.world.works_off()
    people = await later(closes_shinjuku)
    await people.world.passes(minutes=120)
    care = await people.duty(case, "care")
    assert care.state is DutyState.OPEN, "the desk is asked for it"
    assert (await people.at_desk(Verb.DUTY_DONE, care)).changed
