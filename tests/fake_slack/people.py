"""A person at Slack: types, presses, chooses and submits what stands on their screen.

Whatever they do reaches the app as a signed request made from the screen as it stands, with
Slack's own field names; nothing is pressed that is not there.
"""

from typing import Any

from tests.fake_slack import block_kit
from tests.fake_slack.server import FakeSlack, Reply
from tests.fake_slack.workspace import Message, View, Workspace

CHOICES = ("radio_buttons", "static_select", "checkboxes", "multi_static_select")


class NotOnScreen(AssertionError):
    """The person looks for something that is not on their screen."""


class Person:
    """Somebody with a Slack client."""

    def __init__(self, slack: FakeSlack, user_id: str, space: Workspace | None = None) -> None:
        self.slack, self.id = slack, user_id
        self.space = space or slack.space
        self.team = self.space.team
        """The workspace whose client they use: another one's, in a shared channel."""
        self.errors: dict[str, str] = {}
        """What Slack shows under the inputs after a refused submission."""

    # --- what is on the screen ----------------------------------------------------------------

    @property
    def modal(self) -> View:
        """The modal on top."""
        stack = self.space.stacks.get(self.id)
        if not stack:
            raise NotOnScreen("no modal is open")
        return stack[-1]

    @property
    def has_modal(self) -> bool:
        """Whether any modal is open."""
        return bool(self.space.stacks.get(self.id))

    @property
    def home(self) -> View:
        """The App Home."""
        return self.space.homes[self.id]

    @property
    def chat(self) -> list[Message]:
        """The messages between this person and the bot."""
        return list(self.space.im(self.id).messages.values())

    def told_only_me(self) -> list[str]:
        """What only this person was shown in channels."""
        return [text for _, user, text in self.space.ephemeral if user == self.id]

    # --- entrances ----------------------------------------------------------------------------

    async def writes(self, text: str, *, photo: bool = False) -> Reply:
        """Writes to the bot, with a photo perhaps."""
        file = {"id": "F0PHOTO", "name": "photo.jpg", "mimetype": "image/jpeg"}
        files = {"subtype": "file_share", "files": [file]} if photo else {}
        im = self.space.im(self.id)
        message = Message(self.space.ts(), im.id, self.id, text, [])
        self.space.post(im, message)
        return await self.event(
            {
                "type": "message",
                "channel": im.id,
                "channel_type": "im",
                "user": self.id,
                "text": text,
                "ts": message.ts,
                "event_ts": message.ts,
                "team": self.space.users[self.id].team,
                "client_msg_id": f"client-{self.space.number()}",
                **files,
            }
        )

    async def opens_home(self, tab: str = "home") -> Reply:
        """Opens the app."""
        home = self.space.homes.get(self.id)
        event = {"type": "app_home_opened", "user": self.id, "tab": tab}
        event["channel"] = self.space.im(self.id).id
        event["event_ts"] = self.space.ts()
        if home is not None and tab == "home":
            event["view"] = self._payload(home)
        return await self.event(event)

    async def event(self, event: dict[str, Any], **headers: str) -> Reply:
        """Something happened that the app listens to."""
        return await self.slack.sends_json(
            {
                "token": "verification-token",
                "team_id": self.space.team,
                **self._org_id(),
                "api_app_id": self.space.app_id,
                "event": event,
                "type": "event_callback",
                "event_id": f"Ev{self.space.number():08d}",
                "event_time": int(self.slack.now()),
                "authorizations": [
                    {
                        "enterprise_id": self.space.enterprise or None,
                        "team_id": None if self.space.wide else self.space.team,
                        "user_id": self.space.bot_user,
                        "is_bot": True,
                        "is_enterprise_install": self.space.wide,
                    }
                ],
            },
            **headers,
        )

    async def commands(self, command: str, text: str = "", channel: str = "C0GENERAL") -> Reply:
        """A slash command in a channel."""
        return await self.slack.sends_fields(
            {
                "token": "verification-token",
                "team_id": self.space.team,
                **self._org_id(),
                "team_domain": "hinata",
                "channel_id": channel,
                "channel_name": "general",
                "user_id": self.id,
                "user_name": self.space.users[self.id].name.lower(),
                "command": command,
                "text": text,
                "api_app_id": self.space.app_id,
                "is_enterprise_install": "true" if self.space.wide else "false",
                "response_url": self.slack.hook(channel, self.id),
                "trigger_id": self.space.trigger(self.id),
            }
        )

    async def uses_shortcut(self, callback_id: str) -> Reply:
        """The app's global shortcut."""
        return await self.slack.sends_form(
            {
                "type": "shortcut",
                "callback_id": callback_id,
                "action_ts": self.space.ts(),
                **self._who(),
            }
        )

    # --- on a screen --------------------------------------------------------------------------

    async def taps(self, label: str, view: View | None = None) -> Reply:
        """Presses a button of the modal, by what stands on it."""
        view = view or self.modal
        block, button = _button(view.shown["blocks"], label)
        return await self._acts(view, _pressed(block, button))

    async def taps_at_home(self, label: str) -> Reply:
        """Presses a button of the App Home."""
        return await self.taps(label, self.home)

    async def taps_in(self, message: Message, label: str) -> Reply:
        """Presses a button of a message."""
        block, button = _button(message.blocks, label)
        return await self.acts_in(message, _pressed(block, button))

    async def acts_in(self, message: Message, action: dict[str, Any]) -> Reply:
        """An action on a message, as it is."""
        return await self.slack.sends_form(
            {
                "type": "block_actions",
                "container": {
                    "type": "message",
                    "message_ts": message.ts,
                    "channel_id": message.channel,
                    "is_ephemeral": False,
                    **({"thread_ts": message.thread_ts} if message.thread_ts else {}),
                },
                "channel": {"id": message.channel, "name": "private"},
                "message": message.told(with_metadata=False),
                "state": {"values": {}},
                "response_url": self.slack.hook(message.channel, self.id, message.ts, self.space),
                "actions": [action],
                **self._who(),
            }
        )

    async def picks(self, label: str, view: View | None = None) -> Reply | None:
        """Chooses an option, by what stands on it. Gives the answer if the app is told at once."""
        view = view or self.modal
        block, element, option = _option(view.shown["blocks"], label)
        state = view.values.get(block["block_id"], {}).get(element["action_id"])
        if element["type"] == "overflow":
            state = {"type": "overflow", "selected_option": option}
        assert state is not None
        if element["type"] in ("checkboxes", "multi_static_select"):
            chosen = state["selected_options"]
            others = [one for one in chosen if one != option]
            state["selected_options"] = others if option in chosen else [*others, option]
        else:
            state["selected_option"] = option
        if block["type"] == "input" and not block.get("dispatch_action"):
            return None
        action = {
            **state,
            "action_id": element["action_id"],
            "block_id": block["block_id"],
            "action_ts": "1",
        }
        return await self._acts(view, action)

    def types(self, label: str, text: str) -> None:
        """Types into an input of the modal, by its label."""
        for block in self.modal.shown["blocks"]:
            if block["type"] == "input" and block["label"]["text"] == label:
                element = block["element"]
                longest = element.get("max_length", block_kit.INPUT_CHARACTERS)
                assert len(text) <= longest, "Slack's client takes no more than that"
                state = self.modal.values[block["block_id"]][element["action_id"]]
                state["value"] = text or None
                return
        raise NotOnScreen(f"no input is labelled {label!r}")

    async def submits(self) -> Reply:
        """Presses the modal's own button."""
        view = self.modal
        if "submit" not in view.shown:
            raise NotOnScreen("this modal has no button of its own")
        missing = _missing(view)
        assert not missing, f"Slack's client asks first for: {missing}"
        reply = await self.slack.sends_form(
            {
                "type": "view_submission",
                "view": self._payload(view),
                "response_urls": [],
                **self._who(),
            }
        )
        self._answered(view, reply)
        return reply

    def closes(self) -> None:
        """Closes every modal."""
        self.space.stacks.pop(self.id, None)

    # --- inside -------------------------------------------------------------------------------

    async def _acts(self, view: View, action: dict[str, Any]) -> Reply:
        return await self.slack.sends_form(
            {
                "type": "block_actions",
                "container": {"type": "view", "view_id": view.id},
                "view": self._payload(view),
                "actions": [action],
                **self._who(),
            }
        )

    def _payload(self, view: View) -> dict[str, Any]:
        return view.payload(self.space.team, self.space.app_id, self.space.bot_id)

    def _who(self) -> dict[str, Any]:
        user = self.space.users[self.id]
        name = user.name.lower()
        return {
            "user": {"id": self.id, "username": name, "name": name, "team_id": user.team},
            "team": {"id": self.team, "domain": "hinata"},
            "enterprise": self._org(),
            "is_enterprise_install": self.space.wide,
            "api_app_id": self.space.app_id,
            "token": "verification-token",
            "trigger_id": self.space.trigger(self.id),
        }

    def _org(self) -> dict[str, str] | None:
        org = self.space.enterprise
        return {"id": org, "name": "Org"} if org else None

    def _org_id(self) -> dict[str, str]:
        return {"enterprise_id": self.space.enterprise} if self.space.enterprise else {}

    def _answered(self, view: View, reply: Reply) -> None:
        """What Slack's client does with the answer to a submission."""
        self.errors = {}
        if reply.status != 200:
            return
        answer, stack = reply.json(), self.space.stacks[self.id]
        match answer.get("response_action"):
            case None:
                stack.pop()
            case "clear":
                stack.clear()
            case "errors":
                known = {block["block_id"] for block in view.shown["blocks"]}
                assert answer["errors"] and set(answer["errors"]) <= known
                self.errors = answer["errors"]
            case "update":
                problems = block_kit.in_view(answer["view"])
                assert not problems, problems
                self.space.redraw(view, answer["view"])
            case "push":
                problems = block_kit.in_view(answer["view"])
                assert not problems, problems
                self.space.open_view(self.id, answer["view"], push=True)
            case other:
                raise AssertionError(f"Slack knows no response_action {other!r}")


def _button(blocks: list[dict[str, Any]], label: str) -> tuple[dict[str, Any], dict[str, Any]]:
    found = [
        (block, element)
        for block, element in block_kit.elements(blocks)
        if element["type"] == "button" and element["text"]["text"] == label
    ]
    if not found:
        there = [e["text"]["text"] for _, e in block_kit.elements(blocks) if e["type"] == "button"]
        raise NotOnScreen(f"no button says {label!r}, only {there}")
    return found[0]


def _option(
    blocks: list[dict[str, Any]], label: str
) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    seen = []
    for block, element in block_kit.elements(blocks):
        for option in element.get("options", ()):
            seen.append(option["text"]["text"])
            if option["text"]["text"] == label:
                return block, element, option
    raise NotOnScreen(f"no option says {label!r}, only {seen}")


def _pressed(block: dict[str, Any], button: dict[str, Any]) -> dict[str, Any]:
    value = {"value": button["value"]} if "value" in button else {}
    return {
        "type": "button",
        "block_id": block.get("block_id", "auto"),
        "action_id": button["action_id"],
        "text": button["text"],
        "action_ts": "1700000000.000001",
        **value,
    }


def _missing(view: View) -> list[str]:
    """The inputs that Slack's client would not let go empty."""
    empty = []
    for block in view.shown["blocks"]:
        if block["type"] != "input" or block.get("optional"):
            continue
        state = view.values[block["block_id"]][block["element"]["action_id"]]
        if not (
            state.get("value") or state.get("selected_option") or state.get("selected_options")
        ):
            empty.append(block["label"]["text"])
    return empty
