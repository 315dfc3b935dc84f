"""A person in front of Teams: writes, presses, fills in, and reads what comes of it.

What a client would not do is an error of the test: pressing what is not there, choosing what
is not offered, typing more than a field takes. What Teams would not show is an error of the
bot's: an answer of the wrong form, a card that breaks the rules, a status that is not 200.
"""

import copy
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from tests.fake_teams.card_rules import CARD, check_card, read_text, walk
from tests.fake_teams.connector import Connector
from tests.fake_teams.tenant import Message, User

MESSAGE = "application/vnd.microsoft.activity.message"
INVOKE_BYTES = 64 * 1024


class NotThere(AssertionError):
    """The person does not see what they were to press."""


@dataclass
class Answered:
    """What the bot's server said to one activity."""

    status: int
    body: Any


@dataclass
class Teams:
    """The way from the clients to the bot."""

    connector: Connector
    session: aiohttp.ClientSession
    endpoint: str
    log: list[tuple[dict[str, Any], Answered]] = field(default_factory=list)
    """Everything that went to the bot, with its answer."""
    numbers: int = 0

    async def deliver(self, activity: dict[str, Any], **token: Any) -> Answered:
        """One activity with a token of the Bot Connector's."""
        signed = self.connector.issuer.token(activity["serviceUrl"], **token)
        headers = {"Authorization": f"Bearer {signed}"}
        async with self.session.post(self.endpoint, json=activity, headers=headers) as response:
            is_json = response.content_type == "application/json"
            answered = Answered(response.status, await response.json() if is_json else None)
        self.log.append((copy.deepcopy(activity), answered))
        return answered

    def next_id(self) -> str:
        self.numbers += 1
        return f"f:{self.numbers:08d}-0000-0000-0000-000000000000"

    def person(self, entra_id: str) -> "Person":
        """Somebody at their client."""
        return Person(self, self.connector.tenant.users[entra_id])


@dataclass
class Person:
    """Somebody with an account, at a client of theirs."""

    teams: Teams
    user: User

    def activity(self, kind: str, conversation: str, **more: Any) -> dict[str, Any]:
        """An activity as the Bot Connector sends it."""
        tenant = self.teams.connector.tenant
        channel = tenant.channel_of(conversation)
        data: dict[str, Any] = {"tenant": {"id": tenant.id}}
        if channel is not None:
            data |= {"team": {"id": tenant.team_id}, "channel": {"id": channel.id}}
        about = {"conversationType": "channel", "isGroup": True} if channel else {}
        return {
            "type": kind,
            "id": self.teams.next_id(),
            "timestamp": tenant.clock.now().isoformat().replace("+00:00", "Z"),
            "channelId": "msteams",
            "serviceUrl": self.teams.connector.service_url,
            "from": {
                "id": self.user.account(tenant.bot),
                "name": self.user.name,
                "aadObjectId": self.user.entra_id,
            },
            "recipient": {"id": tenant.bot, "name": "Mamori"},
            "conversation": {
                "conversationType": "personal",
                "tenantId": tenant.id,
                "id": conversation,
                **about,
            },
            "channelData": data,
            "locale": self.user.locale,
            "entities": [{"type": "clientInfo", "locale": self.user.locale, "platform": "iOS"}],
            **more,
        }

    @property
    def chat(self) -> str:
        """Their personal chat with the bot."""
        return self.teams.connector.tenant.chat_of(self.user)

    async def installs(self, action: str = "add") -> None:
        """The app comes to them, or goes."""
        self.user.installed = not action.startswith("remove")
        answered = await self.teams.deliver(
            self.activity("installationUpdate", self.chat, action=action)
        )
        assert answered.status == 200, answered

    async def renews(self, what: str) -> None:
        """The app's package is replaced: it is told to "remove" and to "add" it, in any order."""
        activity = self.activity("installationUpdate", self.chat, action=f"{what}-upgrade")
        answered = await self.teams.deliver(activity)
        assert answered == Answered(200, None), answered

    async def says(self, text: str) -> list[Message]:
        """Writes to the bot. Gives what came back."""
        before = len(self.messages())
        answered = await self.teams.deliver(
            self.activity("message", self.chat, text=text, textFormat="plain")
        )
        assert answered == Answered(200, None), answered
        return self.messages()[before:]

    def messages(self) -> list[Message]:
        """What stands in their chat."""
        return self.teams.connector.tenant.shown(self.chat)

    # --- buttons of messages -----------------------------------------------------------------

    def _action(self, message: Message, title: str) -> dict[str, Any]:
        return button(message.card, title)

    async def opens(self, message: Message, title: str) -> "Dialog":
        """Presses a button that opens a dialog."""
        action = self._action(message, title)
        assert action["data"].get("msteams") == {"type": "task/fetch"}, action
        value = {"data": action["data"], "context": {"theme": "default"}}
        activity = self.activity(
            "invoke",
            message.conversation,
            name="task/fetch",
            value=value,
            replyToId=message.id,
        )
        dialog = Dialog(self, message)
        dialog.take(await self.teams.deliver(activity))
        return dialog

    async def presses(self, message: Message, title: str) -> str:
        """Presses a button that is answered in its place. Gives what only this person reads."""
        action = self._action(message, title)
        assert action["type"] == "Action.Execute", action
        sent = {key: action[key] for key in ("type", "title", "verb", "data")}
        activity = self.activity(
            "invoke",
            message.conversation,
            name="adaptiveCard/action",
            value={"action": sent, "trigger": "manual"},
            replyToId=message.id,
        )
        return executed(await self.teams.deliver(activity))

    async def presses_in_an_old_client(self, message: Message, title: str) -> None:
        """The same where a client knows no Action.Execute."""
        action = self._action(message, title)["fallback"]
        activity = self.activity(
            "message", message.conversation, value=action["data"], replyToId=message.id
        )
        answered = await self.teams.deliver(activity)
        assert answered == Answered(200, None), answered


def executed(answered: Answered) -> str:
    """What an answer to Action.Execute shows."""
    assert answered.status == 200, answered
    assert set(answered.body) == {"statusCode", "type", "value"}, answered
    assert answered.body["statusCode"] == 200
    if answered.body["type"] == MESSAGE:
        assert isinstance(answered.body["value"], str)
        return str(answered.body["value"])
    assert answered.body["type"] == CARD
    check_card(answered.body["value"])
    return read_text(answered.body["value"])


def button(card: dict[str, Any], title: str) -> dict[str, Any]:
    """The button with this title."""
    found = [
        part
        for part in walk(card)
        if str(part.get("type", "")).startswith("Action.") and part.get("title") == title
    ]
    if not found:
        raise NotThere(f"{title!r} is not on: {read_text(card)}")
    return found[0]


@dataclass
class Dialog:
    """A dialog as somebody has it open."""

    person: Person
    message: Message
    card: dict[str, Any] = field(default_factory=dict)
    title: str = ""
    filled: dict[str, str] = field(default_factory=dict)
    last: dict[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """What stands in it."""
        return read_text(self.card)

    def take(self, answered: Answered) -> None:
        """What the bot answers, if Teams would show it."""
        assert answered.status == 200, answered
        assert set(answered.body) == {"task"}, answered
        task = answered.body["task"]
        assert task["type"] == "continue" and set(task) == {"type", "value"}, task
        value = task["value"]
        assert set(value) == {"title", "height", "width", "card"}, value
        assert value["height"] in ("small", "medium", "large")
        assert value["card"]["contentType"] == CARD
        check_card(value["card"]["content"])
        self.card, self.title, self.filled = value["card"]["content"], value["title"], {}

    def _inputs(self) -> dict[str, dict[str, Any]]:
        return {
            part["id"]: part
            for part in walk(self.card)
            if str(part.get("type", "")).startswith("Input.")
        }

    def fills(self, label: str, text: str) -> "Dialog":
        """Types into the field with this label."""
        for name, part in self._inputs().items():
            if part["type"] == "Input.Text" and part["label"] == label:
                assert len(text) <= part.get("maxLength", 10**6), "the field takes no more"
                self.filled[name] = text
                return self
        raise NotThere(f"no field {label!r} on: {self.text}")

    def chooses(self, *titles: str) -> "Dialog":
        """Ticks the choices whose titles begin so, wherever they stand."""
        for title in titles:
            for name, part in self._inputs().items():
                codes = [
                    one["value"]
                    for one in part.get("choices", ())
                    if one["title"].startswith(title)
                ]
                if codes:
                    before = self.filled.get(name, "")
                    many = part.get("isMultiSelect") and before
                    self.filled[name] = f"{before},{codes[0]}" if many else codes[0]
                    break
            else:
                raise NotThere(f"no choice {title!r} on: {self.text}")
        return self

    async def presses(self, title: str) -> "Dialog":
        """Presses a button: everything on the card goes with it."""
        action = button(self.card, title)
        assert action["type"] == "Action.Submit", action
        values = {name: part.get("value", "") for name, part in self._inputs().items()}
        data = {**values, **self.filled, **action["data"]}
        person = self.person
        self.last = person.activity(
            "invoke",
            self.message.conversation,
            name="task/submit",
            value={"data": data, "context": {"theme": "default"}},
            replyToId=self.message.id,
        )
        self.take(await person.teams.deliver(self.last))
        return self

    async def is_delivered_again(self) -> "Dialog":
        """The last press once more, as when its answer took too long: with a new id."""
        again = {**self.last, "id": self.person.teams.next_id()}
        self.take(await self.person.teams.deliver(again))
        return self
