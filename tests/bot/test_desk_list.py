"""The desk's list of cases: what is over, or with nobody at the desk, hides nothing that waits."""

import pytest

from bot.case_work import CardKind
from bot.desk_list import list_for_desk
from bot.nudges import tell_desk
from flows.presses import Verb
from tests.bot.conftest import People
from tests.support.world import World

FEW = 3


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """So many are read, and so many are shown."""
    monkeypatch.setattr("bot.desk_list.MOST_READ", FEW)
    monkeypatch.setattr("bot.desk_list.MOST_SHOWN", FEW)


async def listed(world: World) -> str:
    """What somebody at the desk reads."""
    work = world.service.work
    sato = work.directory.person("sato")
    assert sato is not None
    return repr((await list_for_desk(work, sato)).lines)


async def test_calls_that_are_over_hide_no_report_from_the_desks_list(
    people: People, world: World
) -> None:
    work = world.service.work
    for _ in range(FEW):
        call = await people.call()
        async with work.storage.write() as tx:
            await tell_desk(work, tx, call.case_id, work.clock.now())  # as where nobody came
        await people.say(call, Verb.FINE_NOW)
        await people.say(call, Verb.CARE_HAPPENED)
    report = await people.report()
    assert report.public_id in await listed(world)
    async with work.storage.read() as tx:
        first, *calls = await tx.cases.open_at(CardKind.DESK, FEW + 1)
    assert first == report.case_id
    assert len(calls) == FEW  # their messages are looked at, too, where the app comes back


async def test_calls_that_the_desk_looked_after_push_no_report_off_its_list(
    people: People, world: World
) -> None:
    for _ in range(FEW):
        call = await people.call()
        await people.say(call, Verb.FINE_NOW)
        await world.leaps(days=2)  # nobody at the site gave care, and the desk was told
        assert call.public_id in await listed(world)
        assert (await people.at_desk(Verb.TAKE, call)).changed
        assert call.public_id not in await listed(world)
        await world.leaps(days=5)
    report = await people.report()
    await world.works_off()
    assert report.public_id in await listed(world)


async def test_a_call_stands_in_the_list_again_once_its_caller_says_that_nobody_looked_after_them(
    people: People, world: World
) -> None:
    call = await people.call()
    await people.say(call, Verb.FINE_NOW)
    await world.leaps(days=2)
    assert (await people.at_desk(Verb.TAKE, call)).changed
    await people.say(call, Verb.CARE_NOT_YET)
    await world.passes(hours=2)
    assert call.public_id in await listed(world)
