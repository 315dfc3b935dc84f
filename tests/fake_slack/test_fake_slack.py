"""The fake is as strict as the real one: what Slack refuses, it refuses, in the same words."""

import copy
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.fake_slack import Channel, FakeSlack, Fault, Kind, Person, User, block_kit

TEAM, ROOM = "T0TEST", "C0ROOM"


class Time:
    """Seconds that a test moves."""

    now = 1_795_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
async def slack(time: Time) -> AsyncIterator[FakeSlack]:
    async with FakeSlack(time, team=TEAM) as slack:
        slack.space.add_user(User("U0ANN", "Ann", TEAM))
        slack.space.add_channel(Channel(ROOM, "room", TEAM), ["U0ANN"])
        yield slack


@pytest.fixture
def client(slack: FakeSlack) -> AsyncWebClient:
    return AsyncWebClient(slack.token, base_url=slack.api_url, retry_handlers=[])


async def refused(call: Any) -> str:
    with pytest.raises(SlackApiError) as caught:
        await call
    return caught.value.response["error"]


def text(words: str = "words", kind: str = "plain_text") -> dict[str, Any]:
    return {"type": kind, "text": words}


BUTTON = {"type": "button", "action_id": "a", "text": text(), "value": "v"}
OPTION = {"text": text(), "value": "1"}
RADIO = {"type": "radio_buttons", "action_id": "r", "options": [OPTION]}
TYPED = {"type": "plain_text_input", "action_id": "t"}
INPUT = {"type": "input", "block_id": "i", "label": text(), "element": TYPED}
MODAL: dict[str, Any] = {
    "type": "modal",
    "title": text(),
    "submit": text(),
    "blocks": [
        {"type": "header", "text": text()},
        {"type": "section", "text": text(kind="mrkdwn"), "accessory": BUTTON},
        {"type": "context", "elements": [text()]},
        {"type": "actions", "block_id": "acts", "elements": [BUTTON]},
        INPUT,
        {"type": "rich_text", "elements": [
            {"type": "rich_text_section", "elements": [{"type": "text", "text": "x"}]}]},
    ],
}  # fmt: skip


def changed(change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    modal = copy.deepcopy(MODAL)
    change(modal)
    return modal


def put(block: dict[str, Any]) -> Callable[[dict[str, Any]], object]:
    return lambda modal: modal["blocks"].append(block)


def asked(element: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "input", "label": text(), "element": element, **more}


BAD: list[Callable[[dict[str, Any]], object]] = [
    lambda m: m.pop("title"),
    lambda m: m.pop("submit"),
    lambda m: m.update(title=text("x" * 25)),
    lambda m: m.update(title=text(kind="mrkdwn")),
    lambda m: m.update(submit=text("")),
    lambda m: m.update(private_metadata="x" * 3001),
    lambda m: m.update(callback_id="x" * 256),
    lambda m: m.update(blocks=[]),
    lambda m: m.update(blocks=[{"type": "divider"}] * 101),
    lambda m: m.update(colour="red"),
    put({"type": "unknown"}),
    put({"type": "header", "text": text("x" * 151)}),
    put({"type": "header", "text": text(kind="mrkdwn")}),
    put({"type": "section"}),
    put({"type": "section", "text": text("x" * 3001)}),
    put({"type": "section", "text": text("𠮷" * 1501)}),
    put({"type": "section", "text": text("")}),
    put({"type": "section", "text": text("  ")}),
    put({"type": "section", "fields": [text("x" * 2001)]}),
    put({"type": "section", "fields": [text()] * 11}),
    put({"type": "context", "elements": [text()] * 11}),
    put({"type": "actions", "elements": []}),
    put({"type": "actions", "elements": [{**BUTTON, "action_id": str(n)} for n in range(26)]}),
    put({"type": "actions", "block_id": "acts", "elements": [BUTTON]}),
    put({"type": "actions", "elements": [BUTTON, BUTTON]}),
    put({"type": "actions", "elements": [TYPED]}),
    put({"type": "actions", "elements": [{**BUTTON, "text": text("x" * 76)}]}),
    put({"type": "actions", "elements": [{**BUTTON, "value": "x" * 2001}]}),
    put({"type": "actions", "elements": [{**BUTTON, "style": "blue"}]}),
    put({"type": "actions", "elements": [{**BUTTON, "text": text(kind="mrkdwn")}]}),
    put({"type": "actions", "block_id": "x" * 256, "elements": [BUTTON]}),
    put(asked({**RADIO, "options": [{**OPTION, "value": str(n)} for n in range(11)]})),
    put(asked({**RADIO, "options": [OPTION, OPTION]})),
    put(asked({**RADIO, "options": [{**OPTION, "value": "x" * 151}]})),
    put(asked({**RADIO, "options": [{**OPTION, "text": text("x" * 76)}]})),
    put(asked({**RADIO, "options": [{**OPTION, "description": text("x" * 76)}]})),
    put(asked({**RADIO, "initial_option": {**OPTION, "value": "other"}})),
    put(asked({**TYPED, "max_length": 3001})),
    put(asked({**TYPED, "initial_value": "x" * 3001})),
    put(asked(BUTTON)),
    put(asked({**RADIO, "type": "static_select", "options": [
        {**OPTION, "value": str(n)} for n in range(101)]})),
    put(asked({**RADIO, "type": "overflow", "options": [
        {**OPTION, "value": str(n)} for n in range(6)]})),
    put(asked({**TYPED, "placeholder": text("x" * 151)})),
    put({"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": []}]}),
    put({"type": "rich_text", "elements": [
        {"type": "rich_text_section", "elements": [{"type": "link", "url": "javascript:1"}]}]}),
]  # fmt: skip


def test_a_good_modal_is_good() -> None:
    assert block_kit.in_view(MODAL) == []


@pytest.mark.parametrize("change", BAD)
def test_each_bad_modal_is_bad(change: Callable[[dict[str, Any]], object]) -> None:
    assert block_kit.in_view(changed(change))


async def test_a_bad_view_or_message_is_refused(slack: FakeSlack, client: AsyncWebClient) -> None:
    slack.enforces_rates = False
    bad = changed(BAD[0])
    trigger = slack.space.trigger("U0ANN")
    assert await refused(client.views_open(trigger_id=trigger, view=bad)) == "invalid_arguments"
    blocks = [{"type": "section", "text": text("x" * 3001)}]
    post = client.chat_postMessage
    assert await refused(post(channel=ROOM, text="x", blocks=blocks)) == "invalid_blocks"
    assert await refused(post(channel=ROOM, text="x", blocks=[INPUT])) == "invalid_blocks"
    long = [{"type": "section", "text": text("x" * 2900)}] * 5
    assert await refused(post(channel=ROOM, text="x", blocks=long)) == "msg_blocks_too_long"
    assert await refused(post(channel=ROOM, text="x" * 40_001)) == "msg_too_long"
    assert await refused(client.api_call("chat.postMessage", json={"channel": ROOM})) == "no_text"


async def test_a_trigger_is_good_once_for_three_seconds(
    slack: FakeSlack, client: AsyncWebClient, time: Time
) -> None:
    trigger = slack.space.trigger("U0ANN")
    await client.views_open(trigger_id=trigger, view=MODAL)
    again = client.views_open(trigger_id=trigger, view=MODAL)
    assert await refused(again) == "exchanged_trigger_id"
    late = slack.space.trigger("U0ANN")
    time.now += 3.1
    assert await refused(client.views_open(trigger_id=late, view=MODAL)) == "expired_trigger_id"
    assert await refused(client.views_open(trigger_id="x", view=MODAL)) == "invalid_trigger_id"


async def test_a_stack_is_three_deep_and_an_old_hash_changes_nothing(
    slack: FakeSlack, client: AsyncWebClient
) -> None:
    opened = await client.views_open(trigger_id=slack.space.trigger("U0ANN"), view=MODAL)
    view = opened["view"]
    await client.views_update(view_id=view["id"], hash=view["hash"], view=MODAL)
    stale = client.views_update(view_id=view["id"], hash=view["hash"], view=MODAL)
    assert await refused(stale) == "hash_conflict"
    for _ in range(2):
        await client.views_push(trigger_id=slack.space.trigger("U0ANN"), view=MODAL)
    deep = client.views_push(trigger_id=slack.space.trigger("U0ANN"), view=MODAL)
    assert await refused(deep) == "push_limit_reached"
    Person(slack, "U0ANN").closes()
    assert await refused(client.views_update(view_id=view["id"], view=MODAL)) == "not_found"


async def test_what_was_typed_stays_only_under_its_own_name(
    slack: FakeSlack, client: AsyncWebClient
) -> None:
    opened = await client.views_open(trigger_id=slack.space.trigger("U0ANN"), view=MODAL)
    ann = Person(slack, "U0ANN")
    ann.types("words", "typed")
    await client.views_update(view_id=opened["view"]["id"], view=MODAL)
    assert ann.modal.values["i"]["t"]["value"] == "typed"
    other = changed(lambda m: m["blocks"][4].update(block_id="j"))
    await client.views_update(view_id=opened["view"]["id"], view=other)
    assert ann.modal.values["j"]["t"]["value"] is None


async def test_channels_refuse_as_slack_does(slack: FakeSlack, client: AsyncWebClient) -> None:
    slack.enforces_rates = False
    room = slack.space.channels[ROOM]
    post = client.chat_postMessage
    assert await refused(post(channel="C0NONE", text="x")) == "channel_not_found"
    room.archived = True
    assert await refused(post(channel=ROOM, text="x")) == "is_archived"
    room.archived = False
    room.members.discard(slack.space.bot_user)
    assert await refused(post(channel=ROOM, text="x")) == "channel_not_found"
    room.private = False
    assert await refused(post(channel=ROOM, text="x")) == "not_in_channel"
    assert await refused(client.conversations_history(channel=ROOM)) == "not_in_channel"


async def test_tokens_and_scopes_are_checked(slack: FakeSlack, client: AsyncWebClient) -> None:
    slack.scopes.discard("users:read")
    assert await refused(client.users_info(user="U0ANN")) == "missing_scope"
    stranger = AsyncWebClient("xoxb-other", base_url=slack.api_url, retry_handlers=[])
    assert await refused(stranger.auth_test()) == "invalid_auth"
    slack.revoked = True
    assert await refused(client.auth_test()) == "token_revoked"
    assert await refused(client.api_call("no.such")) == "unknown_method"


async def test_a_channel_takes_one_message_a_second(
    slack: FakeSlack, client: AsyncWebClient, time: Time
) -> None:
    await client.chat_postMessage(channel=ROOM, text="one")
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel=ROOM, text="two")
    assert caught.value.response.status_code == 429
    assert caught.value.response.headers["Retry-After"] == "1"
    time.now += 1
    await client.chat_postMessage(channel=ROOM, text="two")
    assert len(slack.space.channels[ROOM].messages) == 2


async def test_a_method_has_its_tier(slack: FakeSlack, client: AsyncWebClient, time: Time) -> None:
    for _ in range(50):
        await client.conversations_info(channel=ROOM)
    assert await refused(client.conversations_info(channel=ROOM)) == "ratelimited"
    time.now += 60
    await client.conversations_info(channel=ROOM)


async def test_history_holds_metadata_for_who_asks(
    slack: FakeSlack, client: AsyncWebClient
) -> None:
    metadata = {"event_type": "t", "event_payload": {"id": "1"}}
    await client.chat_postMessage(channel=ROOM, text="x", metadata=metadata)
    plain = await client.conversations_history(channel=ROOM)
    assert "metadata" not in plain["messages"][0]
    told = await client.conversations_history(channel=ROOM, include_all_metadata=True)
    assert told["messages"][0]["metadata"] == metadata
    ts = told["messages"][0]["ts"]
    await client.chat_update(channel=ROOM, ts=ts, text="y")
    told = await client.conversations_history(channel=ROOM, include_all_metadata=True)
    assert told["messages"][0]["metadata"] == metadata and told["messages"][0]["text"] == "y"


@pytest.mark.parametrize(("kind", "stands"), [
    (Kind.DROPPED_BEFORE, 0), (Kind.DROPPED_AFTER, 1), (Kind.STATUS, 0), (Kind.THROTTLED, 0),
    (Kind.ERROR, 0), (Kind.HTML, 0),
])  # fmt: skip
async def test_a_fault_hits_once_and_does_what_its_name_says(
    slack: FakeSlack, client: AsyncWebClient, kind: Kind, stands: int
) -> None:
    slack.faults.append(Fault(kind, "chat.postMessage"))
    with pytest.raises(Exception):  # noqa: B017, PT011  whatever the SDK makes of it
        await client.chat_postMessage(channel=ROOM, text="x")
    assert len(slack.space.channels[ROOM].messages) == stands


async def test_only_people_who_are_there_are_told(slack: FakeSlack, client: AsyncWebClient) -> None:
    whisper = client.chat_postEphemeral
    await whisper(channel=ROOM, user="U0ANN", text="psst")
    assert Person(slack, "U0ANN").told_only_me() == ["psst"]
    slack.space.add_user(User("U0BOB", "Bob", TEAM))
    assert await refused(whisper(channel=ROOM, user="U0BOB", text="x")) == "user_not_in_channel"
