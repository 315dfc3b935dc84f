"""What every transport does, whatever SDK stands behind it, against a Bot Connector over HTTP."""

import asyncio
import json
from dataclasses import replace
from typing import Any

import aiohttp
import pytest

from adapters.teams.cards import message
from adapters.teams.parts import card, text
from adapters.teams.tokens import Credentials, Tokens
from adapters.teams.transport import Lost, Place, Refused, Reply, Transport, Unsent
from adapters.teams.verifier import Token
from tests.adapters.teams.conftest import TENANT
from tests.fake_teams.connector import Connector
from tests.fake_teams.faults import Fault


def says(words: str) -> dict[str, Any]:
    return message(card("ja", [text(words)]), words)


def channel(connector: Connector) -> Place:
    first = next(iter(connector.tenant.channels))
    return Place(connector.service_url, first, connector.tenant.bot, TENANT)


async def chat(connector: Connector, transport: Transport) -> Place:
    user = next(iter(connector.tenant.users.values()))
    conversation = await transport.open_personal(channel(connector), user.entra_id)
    return replace(channel(connector), conversation=conversation)


async def test_it_writes_to_somebody_and_changes_what_it_wrote(
    connector: Connector, transport: Transport
) -> None:
    place = await chat(connector, transport)
    activity = await transport.send(place, says("言葉 <at>"))
    await transport.update(place, activity, says("after"))
    (shown,) = connector.tenant.shown(place.conversation)
    assert shown.id == activity and shown.edits == 1
    assert shown.card == says("after")["attachments"][0]["content"]
    assert (await chat(connector, transport)) == place


async def test_it_starts_threads_and_writes_into_them(
    connector: Connector, transport: Transport
) -> None:
    place = channel(connector)
    posted = await transport.post(place, says("first"))
    assert posted.conversation == f"{place.conversation};messageid={posted.activity}"
    thread = replace(place, conversation=posted.conversation)
    await transport.send(thread, says("second"))
    await transport.update(thread, posted.activity, says("first, changed"))
    first, second = connector.tenant.shown(place.conversation)
    assert (first.edits, second.edits) == (1, 0)
    assert first.conversation == second.conversation


async def test_a_card_arrives_exactly_as_it_was_made(
    connector: Connector, transport: Transport
) -> None:
    made = card("ja", [text("x")], msteams={"width": "Full"})
    await transport.post(channel(connector), message(made, "x"))
    (shown,) = connector.tenant.messages
    assert json.dumps(shown.card, sort_keys=True) == json.dumps(made, sort_keys=True)


async def test_members_are_read_to_the_last_page_as_teams_names_them(
    connector: Connector, transport: Transport
) -> None:
    found = await transport.members(channel(connector))
    assert {one["aadObjectId"] for one in found} == connector.tenant.team_members
    assert {one["userRole"] for one in found} == {"user"}


async def test_one_member_is_looked_up_and_a_stranger_is_none(
    connector: Connector, transport: Transport
) -> None:
    inside = connector.tenant.users[min(connector.tenant.team_members)]
    stranger = connector.tenant.user("stranger", "Stranger")
    account = inside.account(connector.tenant.bot)
    found = await transport.member(channel(connector), account)
    assert found is not None and found["aadObjectId"] == inside.entra_id
    assert found["tenantId"] == TENANT
    assert await transport.member(channel(connector), stranger.entra_id) is None


REFUSALS = (
    (Fault(403, "MessageWritesBlocked"), 403, "MessageWritesBlocked", None),
    (Fault(404, "ConversationNotFound"), 404, "ConversationNotFound", None),
    (Fault(412, "PreconditionFailed"), 412, "PreconditionFailed", None),
    (Fault(413, "MessageSizeTooBig"), 413, "MessageSizeTooBig", None),
    (Fault(429, "TooManyRequests", "3"), 429, "TooManyRequests", 3.0),
    (Fault(429, "TooManyRequests"), 429, "TooManyRequests", None),
    (Fault(429, "TooManyRequests", "soon"), 429, "TooManyRequests", None),
    (Fault(500, "ServiceError"), 500, "ServiceError", None),
    (Fault(502, html=True), 502, "", None),
    (Fault(503, "ServiceUnavailable"), 503, "ServiceUnavailable", None),
    (Fault(504, html=True), 504, "", None),
    (Fault(400, "name of <somebody>"), 400, "", None),
    (Fault(302, ""), 302, "", None),
)


@pytest.mark.parametrize(("fault", "status", "code", "wait"), REFUSALS)
async def test_a_refusal_says_what_teams_said_and_is_not_repeated(
    connector: Connector,
    transport: Transport,
    fault: Fault,
    status: int,
    code: str,
    wait: float | None,
) -> None:
    connector.faults.add(fault)
    with pytest.raises(Refused) as caught:
        await transport.post(channel(connector), says("x"))
    assert (caught.value.status, caught.value.code, caught.value.retry_after) == (
        status,
        code,
        wait,
    )
    assert connector.calls == ["POST /v3/conversations"]
    assert not connector.tenant.messages


@pytest.mark.parametrize("applied", [False, True])
async def test_an_answer_that_is_lost_is_said_to_be_lost_and_not_repeated(
    connector: Connector, transport: Transport, applied: bool
) -> None:
    connector.faults.add(Fault(applied=applied))
    with pytest.raises(Lost):
        await transport.post(channel(connector), says("x"))
    assert len(connector.tenant.messages) == applied
    assert len(connector.calls) == 1


async def test_what_never_left_is_said_to_be_unsent(
    connector: Connector, transport: Transport
) -> None:
    place = replace(channel(connector), service_url="http://127.0.0.1:1/emea/")
    with pytest.raises(Unsent):
        await transport.post(place, says("x"))


async def test_too_much_at_once_is_refused_with_the_time_to_wait(
    connector: Connector, transport: Transport
) -> None:
    place = await chat(connector, transport)
    for number in range(7):
        await transport.send(place, says(str(number)))
    with pytest.raises(Refused) as caught:
        await transport.send(place, says("one too many"))
    assert caught.value.status == 429
    assert caught.value.retry_after == pytest.approx(1.0)


async def test_one_token_serves_many_calls_and_a_refused_one_is_replaced(
    connector: Connector, transport: Transport
) -> None:
    await asyncio.gather(*(transport.members(channel(connector)) for _ in range(5)))
    assert connector.issuer.grants == 1
    connector.issuer.given.clear()
    with pytest.raises(Refused) as caught:
        await transport.members(channel(connector))
    assert caught.value.status == 401
    assert await transport.members(channel(connector))
    assert connector.issuer.grants == 2


async def test_a_token_is_renewed_before_it_ends(
    connector: Connector, transport: Transport
) -> None:
    await transport.members(channel(connector))
    connector.tenant.clock.passes(minutes=56)  # type: ignore[attr-defined]
    await transport.members(channel(connector))
    assert connector.issuer.grants == 2


async def test_without_a_token_nothing_is_sent_and_entra_is_not_asked_again_at_once(
    connector: Connector, transport: Transport, tokens: Tokens
) -> None:
    connector.issuer.down = True
    for _ in range(3):
        with pytest.raises(Unsent):
            await transport.members(channel(connector))
    assert not connector.calls
    connector.issuer.down = False
    connector.tenant.clock.passes(seconds=11)  # type: ignore[attr-defined]
    assert await transport.members(channel(connector))


INVOKE = {
    "type": "invoke",
    "name": "adaptiveCard/action",
    "channelId": "msteams",
    "conversation": {"id": "a:1"},
    "from": {"id": "29:1"},
    "recipient": {"id": "28:1"},
    "value": {"action": {"type": "Action.Execute", "data": {"c": "x"}}},
}


async def test_an_activity_reaches_the_handler_as_it_came_and_its_answer_comes_back(
    connector: Connector, transport: Transport
) -> None:
    activity = {**INVOKE, "serviceUrl": connector.service_url}
    seen: list[Any] = []

    async def handle(given: Any) -> Reply:
        seen.append(given)
        return Reply(200, {"statusCode": 200, "type": "x", "value": {"deep": ["言葉"]}})

    token = Token(connector.service_url, frozenset({"msteams"}), {"aud": "x"})
    reply = await transport.receive(token, activity, handle)
    assert reply == Reply(200, {"statusCode": 200, "type": "x", "value": {"deep": ["言葉"]}})
    assert seen == [activity]
    assert not connector.calls and not connector.issuer.grants


async def test_what_the_handler_raises_comes_through(
    connector: Connector, transport: Transport
) -> None:
    async def handle(_given: Any) -> Reply:
        raise LookupError

    token = Token(connector.service_url, frozenset({"msteams"}), {})
    with pytest.raises(LookupError):
        await transport.receive(token, {**INVOKE, "serviceUrl": connector.service_url}, handle)


async def test_while_entra_hangs_nothing_else_waits(connector: Connector) -> None:
    """A token endpoint that takes long delays whoever needs the token, and the loop not at all."""

    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(-1)
        writer.close()

    server = await asyncio.start_server(hang, "127.0.0.1", 0)
    address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/token"
    loop, longest = asyncio.get_running_loop(), 0.0
    async with aiohttp.ClientSession() as session:
        credentials = Credentials("a", "b", address)
        tokens = Tokens(session, connector.tenant.clock, credentials, seconds=0.3)
        asked = asyncio.create_task(tokens.bearer())
        while not asked.done():
            before = loop.time()
            await asyncio.sleep(0)
            longest = max(longest, loop.time() - before)
        with pytest.raises(Unsent):
            await asked
    server.close()
    assert longest < 0.25
