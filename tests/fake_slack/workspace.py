"""A workspace's people, channels, messages and open views."""

import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from tests.fake_slack import block_kit

TRIGGER_SECONDS = 3.0
DEEPEST_STACK = 3


class Refused(Exception):
    """Slack says ok: false, with this error."""

    def __init__(self, error: str, **more: Any) -> None:
        super().__init__(error)
        self.error, self.more = error, more


@dataclass
class User:
    """Somebody of the workspace, or a stranger in it."""

    id: str
    name: str
    team: str
    locale: str = "ja-JP"
    tz: str = "Asia/Tokyo"
    restricted: bool = False
    ultra_restricted: bool = False
    stranger: bool = False
    deleted: bool = False
    bot: bool = False
    email: str = ""

    def profile(self) -> dict[str, Any]:
        """As users.info tells."""
        profile = {"email": self.email, "real_name": self.name}
        return {
            "id": self.id,
            "team_id": self.team,
            "name": self.name.lower(),
            "real_name": self.name,
            "deleted": self.deleted,
            "is_bot": self.bot,
            "is_restricted": self.restricted,
            "is_ultra_restricted": self.ultra_restricted,
            "tz": self.tz,
            "profile": profile,
            **({"is_stranger": True} if self.stranger else {}),
        }


@dataclass
class Message:
    """A message of a channel."""

    ts: str
    channel: str
    user: str
    text: str
    blocks: list[dict[str, Any]]
    metadata: dict[str, Any] | None = None
    thread_ts: str | None = None
    edits: int = 0
    before: list[tuple[str, list[dict[str, Any]]]] = field(default_factory=list)
    """What it showed before each edit: exports keep that too."""

    def told(self, *, with_metadata: bool) -> dict[str, Any]:
        """As conversations.history tells."""
        shown = {"type": "message", "ts": self.ts, "user": self.user, "text": self.text}
        more: dict[str, Any] = {"blocks": self.blocks}
        if self.thread_ts:
            more["thread_ts"] = self.thread_ts
        if with_metadata and self.metadata:
            more["metadata"] = self.metadata
        return {**shown, **more}

    @property
    def read(self) -> str:
        """Everything a reader sees."""
        return "\n".join([self.text, *block_kit.texts(self.blocks)])


@dataclass
class Channel:
    """A channel, or a conversation of two."""

    id: str
    name: str
    team: str
    private: bool = True
    im_with: str | None = None
    members: set[str] = field(default_factory=set)
    archived: bool = False
    ext_shared: bool = False
    org_shared: bool = False
    messages: dict[str, Message] = field(default_factory=dict)

    def told(self) -> dict[str, Any]:
        """As conversations.info tells."""
        return {
            "id": self.id,
            "name": self.name,
            "is_channel": self.im_with is None,
            "is_im": self.im_with is not None,
            "is_private": self.private,
            "is_archived": self.archived,
            "is_ext_shared": self.ext_shared,
            "is_org_shared": self.org_shared,
            "is_shared": self.ext_shared or self.org_shared,
            "context_team_id": self.team,
        }


@dataclass
class View:
    """A modal or an App Home as it stands on one person's screen."""

    id: str
    user: str
    hash: str
    shown: dict[str, Any]
    root: str
    values: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)

    def payload(self, team: str, app_id: str, bot_id: str) -> dict[str, Any]:
        """As an interaction carries it."""
        shown = {"private_metadata": "", "callback_id": "", "external_id": "", **self.shown}
        return {
            **shown,
            "id": self.id,
            "team_id": team,
            "hash": self.hash,
            "state": {"values": self.values},
            "root_view_id": self.root,
            "previous_view_id": None,
            "app_id": app_id,
            "app_installed_team_id": team,
            "bot_id": bot_id,
        }

    @property
    def read(self) -> str:
        """Everything a reader sees, frame included."""
        frame = [self.shown.get(part) for part in ("title", "submit", "close")]
        return "\n".join(block_kit.texts([*frame, *self.shown["blocks"]]))


def initial_state(element: dict[str, Any]) -> dict[str, Any]:
    """What an element says before anybody touches it."""
    kind = element["type"]
    if kind == "plain_text_input":
        return {"type": kind, "value": element.get("initial_value")}
    if kind in ("checkboxes", "multi_static_select"):
        return {"type": kind, "selected_options": list(element.get("initial_options", []))}
    return {"type": kind, "selected_option": element.get("initial_option")}


class Workspace:
    """One workspace with the app's bot in it."""

    def __init__(self, now: Callable[[], float], team: str = "T0HINATA") -> None:
        self.now = now
        self.team = team
        self.enterprise = ""
        """The organisation that this workspace belongs to."""
        self.wide = False
        """The app is installed in the organisation, not in this workspace."""
        self.app_id, self.bot_id, self.bot_user = "A0MAMORI", "B0MAMORI", "U0MAMORI"
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.stacks: dict[str, list[View]] = {}
        self.homes: dict[str, View] = {}
        self.ephemeral: list[tuple[str, str, str]] = []
        """Channel, person and text of what only that person saw."""
        self._triggers: dict[str, tuple[str, float]] = {}
        self._spent: set[str] = set()
        self._count = itertools.count(1)
        self.add_user(User(self.bot_user, "Mamori", team, bot=True))

    def number(self) -> int:
        """The next number of this workspace."""
        return next(self._count)

    def add_user(self, user: User) -> User:
        """Lets somebody into the workspace."""
        self.users[user.id] = user
        return user

    def add_channel(self, channel: Channel, members: Iterable[str]) -> Channel:
        """Opens a channel with these people, and the bot, in it."""
        channel.members = {*members, self.bot_user}
        self.channels[channel.id] = channel
        return channel

    def im(self, user_id: str) -> Channel:
        """The conversation of the bot with somebody."""
        if user_id not in self.users:
            raise Refused("user_not_found")
        id_ = f"D{user_id[1:]}"
        if id_ not in self.channels:
            self.add_channel(Channel(id_, "", self.team, im_with=user_id), [user_id])
        return self.channels[id_]

    # --- messages ---------------------------------------------------------------------------

    def post(self, channel: Channel, message: Message) -> Message:
        """A message stands in a channel."""
        channel.messages[message.ts] = message
        return message

    def replace(self, channel: str, ts: str, text: str, blocks: list[dict[str, Any]]) -> None:
        """Something else in a message's place, by its response_url. Whether Slack keeps the
        metadata then is written nowhere, so nobody may rely on it; nor on hearing that the
        message is gone."""
        message = self.channels[channel].messages.get(ts)
        if message is not None:
            message.before.append((message.text, message.blocks))
            message.text, message.blocks, message.metadata = text, blocks, None
            message.edits += 1

    def ts(self) -> str:
        """The name of the next message: its time, and a number that makes it one of a kind."""
        return f"{int(self.now())}.{self.number():06d}"

    def has(self, given: dict[str, Any]) -> bool:
        """Whether a call's trigger or view is one of this workspace's."""
        views = [view.id for stack in self.stacks.values() for view in stack]
        return given.get("trigger_id") in self._triggers or given.get("view_id") in views

    # --- triggers and views -------------------------------------------------------------------

    def trigger(self, user_id: str) -> str:
        """Permission to open a view for somebody: good once, for three seconds."""
        name = f"{self.number()}.{self.number()}.{user_id.lower()}"
        self._triggers[name] = (user_id, self.now())
        return name

    def spend(self, trigger: Any) -> str:
        """Whose trigger it is; it opens nothing more after this."""
        if trigger in self._spent:
            raise Refused("exchanged_trigger_id")
        if trigger not in self._triggers:
            raise Refused("invalid_trigger_id")
        user_id, born = self._triggers.pop(trigger)
        self._spent.add(trigger)
        if self.now() - born > TRIGGER_SECONDS:
            raise Refused("expired_trigger_id")
        return user_id

    def open_view(self, user_id: str, shown: dict[str, Any], *, push: bool) -> View:
        """A modal on somebody's screen."""
        stack = self.stacks.setdefault(user_id, [])
        if push and not stack:
            raise Refused("not_found")
        if push and len(stack) >= DEEPEST_STACK:
            raise Refused("push_limit_reached")
        if not push:
            stack.clear()
        id_ = f"V{self.number():08d}"
        view = self._drawn(View(id_, user_id, "", {}, stack[0].id if stack else id_), shown)
        stack.append(view)
        return view

    def redraw(self, view: View, shown: dict[str, Any]) -> View:
        """The same modal with something else on it."""
        if shown.get("type") != view.shown.get("type"):
            raise Refused("invalid_arguments")
        return self._drawn(view, shown)

    def publish(self, user_id: str, shown: dict[str, Any]) -> View:
        """Somebody's App Home."""
        old = self.homes.get(user_id)
        id_ = old.id if old else f"V{self.number():08d}"
        self.homes[user_id] = self._drawn(View(id_, user_id, "", {}, id_), shown)
        return self.homes[user_id]

    def find_view(self, view_id: Any, external_id: Any = None) -> View:
        """An open view by its id, or by the app's own name for it."""
        for view in [v for stack in self.stacks.values() for v in stack]:
            if view.id == view_id or (external_id and view.shown.get("external_id") == external_id):
                return view
        raise Refused("not_found")

    def _drawn(self, view: View, shown: dict[str, Any]) -> View:
        """What is typed or chosen stays where block and action keep their names."""
        blocks = [
            {**block, "block_id": block.get("block_id", f"auto{index}")}
            for index, block in enumerate(shown["blocks"])
        ]
        before, view.values = view.values, {}
        for block, element in block_kit.elements(blocks):
            if element["type"] in ("button", "overflow"):
                continue
            kept = before.get(block["block_id"], {}).get(element["action_id"])
            state = kept if kept and kept["type"] == element["type"] else initial_state(element)
            view.values.setdefault(block["block_id"], {})[element["action_id"]] = state
        view.shown = {**shown, "blocks": blocks}
        view.hash = f"{int(self.now())}.{self.number():08x}"
        return view
