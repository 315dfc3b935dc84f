"""Whoever is kept out stays out, whatever a later roster says of them, or does not say any more.

They may have left for another company of the group, or be missing by mistake: they are in the
channel as before.
"""

import io
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from bot.audits import audit
from bot.case_work import body_of
from bot.company import Person
from bot.directory import refresh
from bot.exclusions import Readers, exclusion_of, readers_of
from bot.roster_commands import import_roster
from flows.assessment import Safety
from flows.ladders import Role
from flows.outcomes import Visibility
from flows.presses import Verb
from tests.bot.conftest import DESK, People
from tests.bot.test_exclusions import TellingPlatform, shown_to
from tests.support.world import World, a_world

SLACK = {"slack_id": "T0OSAKA.U0SUZUKI"}
TEAMS = {"entra_id": "0f3c1a52-7b8d-4d3e-9a55-1f2e3d4c5b6a"}


@pytest.fixture
async def world(tmp_path: Path, quick: None) -> AsyncIterator[World]:
    """A company with one desk, on a platform that tells who is in a channel."""
    world = a_world(tmp_path)
    world.platform = TellingPlatform()
    yield world
    await world.service.work.storage.close()


async def roster(world: World, *, without: str = "", **changed: dict[str, Any]) -> None:
    """A new roster: without somebody, or with others changed."""
    work = world.service.work
    people: list[Person] = [
        each.model_copy(update=changed.get(each.id, {}))
        for each in work.company.people
        if each.id != without
    ]
    await import_roster(people, work.directory, work.storage, work.clock.now(), io.StringIO())
    await refresh(work.directory, work.storage)


async def test_who_is_kept_out_reads_nothing_at_the_desk_though_no_roster_names_them_any_more(
    people: People, world: World
) -> None:
    world.platform.inside["desk"] = {"sato", "suzuki", "mori"}
    case = await people.report(excluded_people=("suzuki",), site_may_know=False)
    await world.passes(minutes=5)
    await roster(world, without="suzuki")
    await world.passes(hours=2)
    assert case.public_id not in shown_to(world, "desk")
    assert (await audit(world.service.work)).failed_cards == 1
    world.platform.inside["desk"] = {"sato", "mori"}
    await world.passes(hours=1)
    assert case.public_id in shown_to(world, "desk")


async def test_who_is_kept_out_by_role_reads_nothing_either_once_no_roster_names_them(
    people: People, world: World
) -> None:
    world.platform.inside["desk"] = {"sato", "tanaka"}
    case = await people.report(excluded=(Role.MANAGER,), site_may_know=False)
    await world.passes(minutes=5)
    await roster(world, without="tanaka")
    await world.passes(hours=2)
    assert case.public_id not in shown_to(world, "desk")


async def test_a_card_of_the_site_says_nothing_once_somebody_joins_who_left_the_roster(
    people: People, world: World
) -> None:
    world.platform.inside["shinjuku"] = {"tanaka", "yamamoto"}
    await people.report(excluded_people=("kobayashi",), safety=Safety.ONGOING)
    await world.works_off()
    posts = len(world.platform.channel("shinjuku"))
    assert posts
    await roster(world, without="kobayashi")
    world.platform.inside["shinjuku"] = {"tanaka", "yamamoto", "kobayashi"}
    await world.passes(minutes=4)
    assert len(world.platform.channel("shinjuku")) == posts


async def test_a_new_id_or_a_new_role_lets_nobody_in_who_was_kept_out(
    people: People, world: World
) -> None:
    await roster(world, mori={"slack_id": "U0MORI"}, tanaka={"slack_id": "U0TANAKA"})
    by_name = await people.report(excluded_people=("suzuki", "mori"), site_may_know=False)
    by_role = await people.report(excluded=(Role.MANAGER,), site_may_know=False)
    await world.works_off()
    await roster(
        world,
        mori={"id": "m-0017", "slack_id": "U0MORI"},
        tanaka={"role": Role.DESK, "sites": (), "slack_id": "U0TANAKA"},
    )
    for case, person in ((by_name, "m-0017"), (by_role, "tanaka")):
        pressed = await people.press(person, Verb.TAKE, case.case_id, at=DESK)
        assert not pressed.changed


Read = Callable[..., Any]


@pytest.fixture
def read(people: People, world: World) -> Read:
    """Who reads a channel, of a case that keeps Suzuki out and whom the roster left out since."""

    async def look(channel: str, present: set[str], **account: str) -> Readers:
        await roster(world, suzuki=account)
        case = await people.report(excluded_people=("suzuki",), site_may_know=False)
        await roster(world, without="suzuki")
        work = world.service.work
        async with work.storage.read() as tx:
            body = await body_of(tx, case.case_id)
        assert body is not None
        world.platform.inside[channel.partition(":")[2]] = present
        return await readers_of(work, world.platform, exclusion_of(body), channel)

    return look


async def test_an_account_is_known_by_its_workspaces_own_name_too(read: Read) -> None:
    """Of somebody in no roster Slack tells the id alone, with which no workspace stands."""
    assert await read("slack:C0OTHER", {"U0SATO", "U0SUZUKI"}, **SLACK) is Readers.UNFIT
    assert await read("slack:C0OTHER", {"U0SATO"}, **SLACK) is Readers.FIT


async def test_an_account_in_teams_is_known_as_well(read: Read) -> None:
    assert await read("teams:19:x", {TEAMS["entra_id"]}, **TEAMS) is Readers.UNFIT
    assert await read("teams:19:x", {"another"}, **TEAMS) is Readers.FIT


async def test_direct_messages_of_who_is_kept_out_stay_theirs_without_a_roster(read: Read) -> None:
    assert await read("slack:@U0SUZUKI", set(), **SLACK) is Readers.UNFIT


async def test_a_report_from_before_accounts_were_kept_waits_and_is_an_alarm(
    people: People, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody knows by which account they read: one of those in the channel may be theirs."""
    monkeypatch.setattr("bot.filing.known_to_be_out", lambda work, body: body)
    world.platform.inside["desk"] = {"sato", "suzuki"}
    case = await people.report(excluded_people=("suzuki",), site_may_know=False)
    await roster(world, without="suzuki")
    world.platform.inside["desk"] = {"sato", "somebody-new"}
    await world.passes(minutes=30)
    assert case.public_id not in shown_to(world, "desk")
    assert (await audit(world.service.work)).failed_cards == 1
    world.platform.inside["desk"] = {"sato"}  # now it is certain again
    await world.passes(minutes=10)
    assert case.public_id in shown_to(world, "desk")


async def test_who_is_kept_out_of_a_report_that_waits_is_known_as_it_was_sent(
    people: People, world: World
) -> None:
    world.platform.inside["desk"] = {"sato", "suzuki"}
    unnamed = {"visibility": Visibility.UNNAMED, "send_now": False}
    case = await people.report(excluded_people=("suzuki",), site_may_know=False, **unnamed)
    await roster(world, without="suzuki")
    await world.passes(hours=3)
    assert case.public_id not in shown_to(world, "desk")


async def test_who_could_not_be_known_as_a_report_was_sent_is_known_as_it_leaves(
    people: People, world: World
) -> None:
    directory = world.service.work.directory
    directory.begins()
    world.platform.inside["desk"] = {"sato", "suzuki"}
    case = await people.report(excluded_people=("suzuki",), site_may_know=False)
    directory.found(readable=True)
    await world.works_off()
    await roster(world, without="suzuki")
    await world.passes(hours=2)
    assert case.public_id not in shown_to(world, "desk")


async def test_accounts_of_who_is_kept_out_are_sealed_and_go_with_the_case(
    people: People, world: World, on_disk: Callable[[], bytes]
) -> None:
    await roster(world, suzuki=SLACK)
    await people.report(excluded_people=("suzuki",), site_may_know=False)
    await world.passes(minutes=5)
    assert b"U0SUZUKI" not in on_disk()
