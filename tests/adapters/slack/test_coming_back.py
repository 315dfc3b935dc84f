"""What could not be delivered while the app was away comes when it is there again, once."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.call_ends import CallEnd, end_help
from bot.work_records import CardState
from tests.adapters.slack.installing import SHOP, both, installs, two_places
from tests.adapters.slack.office import DESK, Office, said
from tests.adapters.slack.walks import a_report, calls_for_help
from tests.fake_slack import Fault, Grant, Kind, Message, Person, Workspace


@pytest.fixture
async def office(tmp_path: Path, quick: None) -> AsyncIterator[Office]:
    async with two_places(tmp_path) as office:
        yield office


async def takes_it_out(office: Office, grant: Grant, *, told: bool = True) -> Person:
    """An administrator takes the app out; `told`: Slack says so, and its tokens end anyway."""
    (space,) = grant.spaces
    person = Person(office.slack, "U0SATO", space)
    office.slack.oauth.revokes(grant)
    if told:
        await person.event({"type": "app_uninstalled"})
    return person


async def puts_it_back(office: Office, space: Workspace) -> Grant:
    grant = Grant([space])
    assert (await installs(office, grant))[0] == 200
    await office.settles()
    return grant


def shown(space: Workspace, channel: str) -> list[Message]:
    return list(space.channels[channel].messages.values())


async def states(office: Office) -> list[CardState]:
    async with office.service.work.storage.read() as tx:
        return [card.state for card in await tx.cards.of_case(office.cases[-1])]


@pytest.mark.parametrize("told", [True, False], ids=["event", "token"])
async def test_a_call_for_help_reaches_the_shop_that_installs_again(
    office: Office, told: bool
) -> None:
    _, tokyo = await both(office)
    (space,) = tokyo.spaces
    await takes_it_out(office, tokyo, told=told)
    await calls_for_help(office)
    assert not shown(space, SHOP) and CardState.FAILED in await states(office)
    assert shown(office.slack.space, DESK)  # the next people were asked, elsewhere
    await puts_it_back(office, space)
    (call,) = shown(space, SHOP)
    assert said("ja", "answer.take_over") in call.read
    assert set(await states(office)) == {CardState.SHOWN}
    tanaka = Person(office.slack, "U0TANAKA", space)
    assert len(tanaka.chat) == 1
    await puts_it_back(office, space)
    await office.passes(seconds=30)
    assert len(shown(space, SHOP)) == 1 and len(tanaka.chat) == 1


async def test_delivered_is_said_only_when_the_desk_had_it_after_all(office: Office) -> None:
    desk, _ = await both(office)
    await takes_it_out(office, desk)
    case_id = (await a_report(office)).case_id
    await office.settles()
    assert await facts(office, case_id, "delivered") == 0
    await puts_it_back(office, office.slack.space)
    await office.passes(minutes=2)  # the desk's channel is looked at before anything is shown
    public = [m for m in shown(office.slack.space, DESK) if not m.thread_ts]
    assert len(public) == 1 and said("ja", "desk.take") in public[0].read
    assert await facts(office, case_id, "delivered") == 1


async def facts(office: Office, case_id: str, fact: str) -> int:
    async with office.service.work.storage.read() as tx:
        return sum(entry.fact == fact for entry in await tx.history.of_case(case_id))


async def test_what_changed_meanwhile_stands_on_what_was_there_before(office: Office) -> None:
    _, tokyo = await both(office)
    (space,) = tokyo.spaces
    await calls_for_help(office)
    tanaka = Person(office.slack, "U0TANAKA", space)
    (call,), (asked,) = shown(space, SHOP), tanaka.chat
    await takes_it_out(office, tokyo)
    async with office.service.work.storage.write() as tx:
        await end_help(office.service.work, tx, office.cases[-1], CallEnd.MISTAKE)
    await office.settles()
    assert said("ja", "answer.take_over") in call.read + asked.read
    await puts_it_back(office, space)
    for message in (call, asked):
        assert said("ja", "answer.take_over") not in message.read
    assert shown(space, SHOP) == [call] and tanaka.chat == [asked]


async def test_what_failed_for_another_reason_stays_failed(office: Office) -> None:
    _, tokyo = await both(office)
    (space,) = tokyo.spaces
    office.slack.faults.append(Fault(Kind.ERROR, "chat.postMessage", 1, error="msg_too_long"))
    await a_report(office)
    await office.settles()
    assert CardState.FAILED in await states(office)
    await puts_it_back(office, space)
    await puts_it_back(office, office.slack.space)
    assert CardState.FAILED in await states(office)
