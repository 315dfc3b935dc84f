"""A case stands at the second desk while the roster changes: who is there is asked, or it moves."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.audits import audit
from bot.desk_list import list_for_desk
from bot.filing import Filed
from bot.own_case import OwnCases
from bot.rows import ENDED
from bot.sealed_lists import SealedLists, Visitor
from bot.work_records import CardState
from flows.ladders import Role
from flows.presses import Verb
from tests.bot.conftest import DESK, Later, People
from tests.bot.test_exclusions import SECOND, shown_to, with_second_desk
from tests.support.world import World

DANGER = "I want to die"


@pytest.fixture
async def world(tmp_path: Path, quick: None) -> AsyncIterator[World]:
    """A company with a second desk: watanabe of head office."""
    world = with_second_desk(tmp_path)
    yield world
    await world.service.work.storage.close()


@pytest.fixture
async def case(people: People, world: World) -> Filed:
    """Somebody of the usual desk is kept out, so that it stands at the second one."""
    filed = await people.report(excluded_people=("suzuki",), site_may_know=False, chips="b")
    await world.works_off()
    assert world.platform.cards("second") and not world.platform.cards("desk")
    return filed


def leave(world: World, *gone: str) -> None:
    """A new roster, without these people."""
    directory = world.service.work.directory
    present = [each for each in directory.company.people if each.id not in gone]
    directory.load(present, directory.version + 1)


def alerted(world: World, before: set[str]) -> set[str]:
    """Whom the messages since have alerted."""
    shown = world.platform.messages.items()
    return {person for ref, each in shown if ref not in before for person in each.alerted}


@pytest.mark.parametrize("gone", [(), ("suzuki",)])
@pytest.mark.parametrize("words", ["", DANGER])
async def test_whoever_is_at_the_desk_where_the_card_stands_is_asked(
    people: People, world: World, case: Filed, gone: tuple[str, ...], words: str
) -> None:
    leave(world, *gone)
    before = set(world.platform.messages)
    if words:
        await people.say(case, Verb.WRITE, words=words)
    await world.passes(hours=1 if words else 30)
    assert alerted(world, before) == {"watanabe"}
    assert world.platform.channel("desk") == []
    assert (await people.press("watanabe", Verb.TAKE, case.case_id, at=SECOND)).changed


async def test_who_is_at_the_second_desk_by_name_is_still_asked_directly_though_their_role_is_out(
    people: People, world: World
) -> None:
    case = await people.report(
        excluded_people=("suzuki",), excluded=(Role.HQ,), site_may_know=False
    )
    await world.works_off()
    leave(world, "suzuki")
    await people.say(case, Verb.WRITE, words=DANGER)
    await world.works_off()
    assert world.platform.direct("watanabe") and not world.platform.direct("sato")


async def test_the_list_of_open_cases_has_it_where_its_card_stands(
    world: World, case: Filed
) -> None:
    leave(world, "suzuki")
    work = world.service.work
    for person, has in (("watanabe", True), ("sato", False), ("mori", False)):
        found = await list_for_desk(work, work.directory.person(person))
        assert (case.public_id in repr(found)) is has


@pytest.mark.parametrize("words", ["", DANGER])
async def test_it_moves_to_a_desk_that_may_have_it_once_nobody_there_is_left(
    people: People, world: World, case: Filed, words: str
) -> None:
    await people.press("watanabe", Verb.TAKE, case.case_id, at=SECOND)
    await world.works_off()
    leave(world, "suzuki", "watanabe")
    before = set(world.platform.messages)
    if words:
        await people.say(case, Verb.WRITE, words=words)
    await world.passes(hours=1 if words else 30)
    assert case.public_id in shown_to(world, "desk")
    assert case.public_id not in shown_to(world, "second")
    assert "desk_moved" in await people.facts(case)
    assert alerted(world, before) == {"sato", "mori"}
    assert (await people.duty(case, "take")).state not in ENDED
    assert (await people.press("sato", Verb.TAKE, case.case_id, at=DESK)).changed
    assert (await audit(world.service.work)).clean


async def test_it_leaves_the_usual_desk_again_once_whoever_is_kept_out_is_back(
    people: People, world: World, case: Filed
) -> None:
    leave(world, "suzuki", "watanabe")
    await people.say(case, Verb.WRITE, words="Hello?")
    await world.works_off()
    assert case.public_id in shown_to(world, "desk")
    leave(world)
    await people.at_desk(Verb.TAKE, case)
    await world.works_off()
    assert case.public_id not in shown_to(world, "desk")
    assert case.public_id in shown_to(world, "second")
    assert not (await people.press("suzuki", Verb.DETAILS, case.case_id, at=DESK)).changed


@pytest.mark.parametrize("words", ["", DANGER])
async def test_it_is_an_alarm_where_no_other_desk_may_have_it_and_the_others_hear_of_it(
    people: People, world: World, case: Filed, words: str
) -> None:
    leave(world, "watanabe")
    if words:
        await people.say(case, Verb.WRITE, words=words)
    await world.passes(hours=1 if words else 30)
    assert world.platform.channel("desk") == []
    assert world.platform.direct("suzuki") == []
    assert world.platform.direct("sato") and world.platform.direct("mori")
    assert "delivery_failed" in await people.facts(case)
    assert (await audit(world.service.work)).failed_cards == 1
    leave(world)
    await world.passes(hours=1, minutes=1)
    async with world.service.work.storage.read() as tx:
        (card,) = await tx.cards.of_case(case.case_id)
    assert card.state is CardState.SHOWN and case.public_id in shown_to(world, "second")


async def test_it_never_returns_to_a_channel_in_which_somebody_kept_out_was_seen(
    people: People, world: World
) -> None:
    case = await people.report(excluded_people=("ito",), site_may_know=False)
    await world.works_off()
    world.platform.inside["desk"] = {"ito"}
    await people.say(case, Verb.WRITE, words="Hello?")
    await world.works_off()
    assert case.public_id in shown_to(world, "second")
    world.platform.inside["desk"] = set()
    leave(world, "watanabe")
    await people.say(case, Verb.WRITE, words=DANGER)
    await world.passes(hours=1)
    assert case.public_id not in shown_to(world, "desk", "second")
    assert (await audit(world.service.work)).failed_cards == 1


async def test_a_case_whose_second_desk_is_in_the_company_file_no_more_is_not_shown_at_the_first(
    people: People, case: Filed, later: Later
) -> None:
    people = await later(lambda company: None)  # the file as it is, without a second desk
    world = people.world
    await world.passes(minutes=10)
    assert case.public_id not in shown_to(world, "desk", "second")
    assert (await audit(world.service.work)).failed_cards == 1
    due = (await people.duty(case, "take")).due_at
    await world.leaps(hours=(due - world.clock.present).total_seconds() / 3600 + 1)
    assert case.public_id not in shown_to(world, "desk", "second")
    assert world.platform.direct("sato") and not world.platform.direct("suzuki")


async def test_a_case_at_the_second_desk_goes_with_it_to_its_new_channel(
    people: People, case: Filed, later: Later
) -> None:
    second = {"channel": "chat:elsewhere", "people": ["watanabe"]}
    people = await later(lambda company: company.update(second_desk=second))
    await people.world.works_off()
    assert case.public_id not in shown_to(people.world, "desk", "second")
    pressed = await people.press("watanabe", Verb.TAKE, case.case_id, at="chat:elsewhere")
    assert pressed.changed


async def test_nobody_is_said_not_to_have_seen_what_the_desk_has_opened_and_taken(
    people: People, world: World, own_cases: OwnCases, lists: SealedLists
) -> None:
    case = await people.report(site_may_know=False, excluded_people=("tanaka",))
    await world.works_off()
    await people.at_desk(Verb.DETAILS, case)
    await people.at_desk(Verb.TAKE, case)
    world.platform.inside["desk"] = {"tanaka"}  # the case leaves for the other desk,
    world.platform.gone = {"second"}  # which takes nothing just now
    await people.say(case, Verb.WRITE, words="One thing more.")
    await world.passes(minutes=5)
    await people.say(case, Verb.WITHDRAW)
    visitor = Visitor("web", "web", "somebody")
    own = await own_cases.open(visitor, await lists.seal_pass(visitor, case.case_id))
    assert own is not None
    read = repr(own.card)
    assert "key='own.withdrawn'" in read and "own.withdrawn.unseen" not in read
