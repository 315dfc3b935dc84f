"""The Web API methods that a bot like this one calls, with Slack's own refusals."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.fake_slack import block_kit
from tests.fake_slack.workspace import Channel, Message, Refused, View, Workspace

Arguments = dict[str, Any]
Answer = dict[str, Any]
Method = Callable[[Workspace, Arguments], Answer]

PAGE = 200


@dataclass(frozen=True)
class Known:
    """A method: who may call it, and how often a minute."""

    run: Method
    scopes: tuple[str, ...]
    """Any one of these; none for none. For a method about a channel, its kind's own."""
    a_minute: int


METHODS: dict[str, Known] = {}


def method(name: str, *scopes: str, a_minute: int = 100) -> Callable[[Method], Method]:
    """Puts a function among the methods."""

    def put(run: Method) -> Method:
        METHODS[name] = Known(run, scopes, a_minute)
        return run

    return put


KINDS = {"channels": "public", "groups": "private", "im": "direct"}


def needed(space: Workspace, known: Known, given: Arguments) -> tuple[str, ...]:
    """The scopes of which one is needed for this call: those of the channel's own kind."""
    channel = space.channels.get(str(given.get("channel")))
    if channel is None or not {s.partition(":")[0] for s in known.scopes} <= set(KINDS):
        return known.scopes
    kind = "im" if channel.im_with else "groups" if channel.private else "channels"
    return tuple(scope for scope in known.scopes if scope.startswith(f"{kind}:"))


# --- who ------------------------------------------------------------------------------------


@method("auth.test")
def auth_test(space: Workspace, given: Arguments) -> Answer:
    return {
        "url": "https://hinata.slack.example/",
        "team": "Hinata",
        "user": "mamori",
        "team_id": space.enterprise if space.wide else space.team,
        "user_id": space.bot_user,
        "bot_id": space.bot_id,
        "is_enterprise_install": space.wide,
        **({"enterprise_id": space.enterprise} if space.enterprise else {}),
    }


@method("users.info", "users:read")
def users_info(space: Workspace, given: Arguments) -> Answer:
    user = space.users.get(given.get("user", ""))
    if user is None:
        raise Refused("user_not_found")
    wants_locale = str(given.get("include_locale", "")).lower() in ("1", "true")
    locale = {"locale": user.locale} if wants_locale else {}
    return {"user": {**user.profile(), **locale}}


# --- conversations ----------------------------------------------------------------------------

READS = ("channels:read", "groups:read", "im:read")
HISTORY = ("channels:history", "groups:history", "im:history")


@method("conversations.info", *READS, a_minute=50)
def conversations_info(space: Workspace, given: Arguments) -> Answer:
    return {"channel": _seen(space, given.get("channel")).told()}


@method("conversations.members", *READS)
def conversations_members(space: Workspace, given: Arguments) -> Answer:
    channel = _seen(space, given.get("channel"))
    page, cursor = _page(sorted(channel.members), given)
    return {"members": page, "response_metadata": {"next_cursor": cursor}}


@method("conversations.open", "im:write", a_minute=50)
def conversations_open(space: Workspace, given: Arguments) -> Answer:
    users = str(given.get("users", ""))
    if not users:
        raise Refused("users_list_not_supplied")
    return {"channel": {"id": space.im(users).id}}


@method("conversations.history", *HISTORY, a_minute=50)
def conversations_history(space: Workspace, given: Arguments) -> Answer:
    channel = _joined(space, given.get("channel"))
    newest = [m for m in reversed(channel.messages.values()) if m.thread_ts in (None, m.ts)]
    return _told(newest, given)


@method("conversations.replies", *HISTORY, a_minute=50)
def conversations_replies(space: Workspace, given: Arguments) -> Answer:
    channel = _joined(space, given.get("channel"))
    ts = given.get("ts")
    if ts not in channel.messages:
        raise Refused("thread_not_found")
    return _told([m for m in channel.messages.values() if ts in (m.ts, m.thread_ts)], given)


def _told(messages: list[Message], given: Arguments) -> Answer:
    oldest = float(given.get("oldest") or 0)
    recent = [m for m in messages if float(m.ts) > oldest]
    page, cursor = _page(recent, given)
    wanted = str(given.get("include_all_metadata", "")).lower() in ("1", "true")
    told = [message.told(with_metadata=wanted) for message in page]
    return {
        "messages": told,
        "has_more": bool(cursor),
        "response_metadata": {"next_cursor": cursor},
    }


def _page(items: list[Any], given: Arguments) -> tuple[list[Any], str]:
    start, limit = int(given.get("cursor") or 0), min(int(given.get("limit") or 100), PAGE)
    rest = len(items) > start + limit
    return items[start : start + limit], str(start + limit) if rest else ""


def _seen(space: Workspace, channel_id: Any) -> Channel:
    channel = space.channels.get(channel_id)
    if channel is None or (channel.private and space.bot_user not in channel.members):
        raise Refused("channel_not_found")
    return channel


def _joined(space: Workspace, channel_id: Any) -> Channel:
    channel = _seen(space, channel_id)
    if space.bot_user not in channel.members:
        raise Refused("not_in_channel")
    return channel


# --- chat ---------------------------------------------------------------------------------------


@method("chat.postMessage", "chat:write")
def chat_post_message(space: Workspace, given: Arguments) -> Answer:
    channel = _to_write_to(space, given.get("channel"))
    text, blocks = _content(given)
    thread = given.get("thread_ts")
    if thread is not None and thread not in channel.messages:
        raise Refused("thread_not_found")
    message = Message(
        ts=space.ts(),
        channel=channel.id,
        user=space.bot_user,
        text=text,
        blocks=blocks,
        metadata=_metadata(given.get("metadata")),
        thread_ts=thread,
    )
    space.post(channel, message)
    told = {**message.told(with_metadata=False), "bot_id": space.bot_id}
    return {"channel": channel.id, "ts": message.ts, "message": told}


@method("chat.update", "chat:write", a_minute=50)
def chat_update(space: Workspace, given: Arguments) -> Answer:
    channel = _to_write_to(space, given.get("channel"))
    message = channel.messages.get(given.get("ts", ""))
    if message is None:
        raise Refused("message_not_found")
    if message.user != space.bot_user:
        raise Refused("cant_update_message")
    message.before.append((message.text, message.blocks))
    message.text, message.blocks = _content(given)
    message.metadata = _metadata(given.get("metadata")) or message.metadata
    message.edits += 1
    return {"channel": channel.id, "ts": message.ts, "text": message.text}


@method("chat.postEphemeral", "chat:write")
def chat_post_ephemeral(space: Workspace, given: Arguments) -> Answer:
    channel = _to_write_to(space, given.get("channel"))
    if given.get("user") not in channel.members:
        raise Refused("user_not_in_channel")
    text, _ = _content(given)
    space.ephemeral.append((channel.id, given["user"], text))
    return {"message_ts": space.ts()}


def _to_write_to(space: Workspace, channel_id: Any) -> Channel:
    if not isinstance(channel_id, str) or not channel_id:
        raise Refused("channel_not_found")
    if channel_id[0] in "UW":
        channel_id = space.im(channel_id).id
    channel = _seen(space, channel_id)
    if channel.archived:
        raise Refused("is_archived")
    if space.bot_user not in channel.members:
        raise Refused("not_in_channel")
    return channel


def _content(given: Arguments) -> tuple[str, list[dict[str, Any]]]:
    text, blocks = given.get("text") or "", given.get("blocks") or []
    if not text and not blocks:
        raise Refused("no_text")
    if len(text) > block_kit.MESSAGE_TEXT:
        raise Refused("msg_too_long")
    if blocks:
        problems = block_kit.in_message(blocks)
        if problems:
            raise Refused("invalid_blocks", errors=problems)
        if block_kit.blocks_text(blocks) > block_kit.BLOCKS_TEXT:
            raise Refused("msg_blocks_too_long")
    return text, blocks


def _metadata(given: Any) -> dict[str, Any] | None:
    if given is None:
        return None
    right = isinstance(given, dict) and given.keys() == {"event_type", "event_payload"}
    if not right or not isinstance(given["event_payload"], dict):
        raise Refused("invalid_metadata_format")
    return given


# --- views ----------------------------------------------------------------------------------------


@method("views.open")
def views_open(space: Workspace, given: Arguments) -> Answer:
    user_id = space.spend(given.get("trigger_id"))
    return _view(space, space.open_view(user_id, _drawable(given, "modal"), push=False))


@method("views.push")
def views_push(space: Workspace, given: Arguments) -> Answer:
    user_id = space.spend(given.get("trigger_id"))
    return _view(space, space.open_view(user_id, _drawable(given, "modal"), push=True))


@method("views.update")
def views_update(space: Workspace, given: Arguments) -> Answer:
    view = space.find_view(given.get("view_id"), given.get("external_id"))
    if given.get("hash") not in (None, "", view.hash):
        raise Refused("hash_conflict")
    return _view(space, space.redraw(view, _drawable(given, "modal")))


@method("views.publish")
def views_publish(space: Workspace, given: Arguments) -> Answer:
    if given.get("user_id") not in space.users:
        raise Refused("user_not_found")
    home = space.homes.get(given["user_id"])
    if given.get("hash") and home and given["hash"] != home.hash:
        raise Refused("hash_conflict")
    return _view(space, space.publish(given["user_id"], _drawable(given, "home")))


def _drawable(given: Arguments, kind: str) -> dict[str, Any]:
    shown = given.get("view")
    if not isinstance(shown, dict) or shown.get("type") != kind:
        raise Refused("invalid_arguments")
    if len(str(shown).encode()) > block_kit.VIEW_BYTES:
        raise Refused("view_too_large")
    problems = block_kit.in_view(shown)
    if problems:
        raise Refused("invalid_arguments", response_metadata={"messages": problems})
    return shown


def _view(space: Workspace, view: View) -> Answer:
    return {"view": view.payload(space.team, space.app_id, space.bot_id)}
