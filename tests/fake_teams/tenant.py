"""Who and what there is in a tenant: people, a team with its channels, chats and messages."""

import hashlib
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.fake_teams.issuer import Clock

WINDOWS = ((1, 7), (2, 8), (30, 60), (3600, 1800))
"""Seconds, and how many messages a bot may write to one thread in them."""


@dataclass
class User:
    """Somebody with an account."""

    entra_id: str
    name: str
    locale: str = "ja-JP"
    role: str = "user"
    tenant: str = ""
    installed: bool = True
    """The app is installed for them, so that the bot may write to them."""
    blocked: bool = False

    def account(self, bot: str) -> str:
        """Their name towards one bot: another one towards each."""
        digest = hashlib.sha256(f"{bot}|{self.entra_id}".encode()).hexdigest()[:40]
        return f"29:1{digest}"


@dataclass
class Channel:
    """A channel of the team. A standard one has the team's members, a private one its own."""

    id: str
    name: str
    own_members: set[str] | None = None
    bot_is_in: bool = True


@dataclass
class Message:
    """A message that the bot wrote."""

    id: str
    conversation: str
    activity: dict[str, Any]
    deleted: bool = False
    edits: int = 0

    @property
    def card(self) -> dict[str, Any]:
        """The card on it."""
        content = self.activity["attachments"][0]["content"]
        assert isinstance(content, dict)
        return content


@dataclass
class Tenant:
    """A tenant with one team."""

    id: str
    clock: Clock
    bot: str
    """The bot's account, "28:" and its app id."""
    users: dict[str, User] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    team_id: str = "19:team@thread.tacv2"
    team_members: set[str] = field(default_factory=set)
    chats: dict[str, str] = field(default_factory=dict)
    """Personal chats: the conversation's id, and whose it is."""
    messages: list[Message] = field(default_factory=list)
    written: dict[str, list[datetime]] = field(default_factory=lambda: defaultdict(list))
    numbers: int = 1_700_000_000_000

    def user(self, entra_id: str, name: str, **more: Any) -> User:
        """Gives somebody an account."""
        made = User(entra_id, name, tenant=more.pop("tenant", self.id), **more)
        self.users[entra_id] = made
        return made

    def by_account(self, account: str) -> User | None:
        """Somebody by their name towards the bot, or by their id."""
        for user in self.users.values():
            if account in (user.account(self.bot), user.entra_id):
                return user
        return None

    def chat_of(self, user: User) -> str:
        """The personal chat of somebody with the bot, made on first use."""
        for conversation, entra_id in self.chats.items():
            if entra_id == user.entra_id:
                return conversation
        conversation = f"a:1{hashlib.sha256(user.entra_id.encode()).hexdigest()[:48]}"
        self.chats[conversation] = user.entra_id
        return conversation

    def channel_of(self, conversation: str) -> Channel | None:
        """The channel a conversation is, or is a thread of."""
        return self.channels.get(conversation.partition(";")[0])

    def members(self, conversation: str) -> list[User] | None:
        """Whoever is in a conversation; None when there is none."""
        if conversation in self.chats:
            return [self.users[self.chats[conversation]]]
        channel = self.channel_of(conversation)
        if channel is None:
            return None
        present = self.team_members if channel.own_members is None else channel.own_members
        return [self.users[entra_id] for entra_id in sorted(present)]

    def write(self, conversation: str, activity: dict[str, Any]) -> Message:
        """A new message."""
        message = Message(self.next_id(), conversation, activity)
        self.messages.append(message)
        return message

    def next_id(self) -> str:
        """Ids are milliseconds in Teams."""
        self.numbers += 1
        return str(self.numbers)

    def message(self, conversation: str, message_id: str) -> Message | None:
        """A message by its id; a thread's first one has the thread's own."""
        for message in self.messages:
            same = message.conversation == conversation
            if message.id == message_id and same and not message.deleted:
                return message
        return None

    def wait(self, thread: str) -> float | None:
        """How many seconds a thread must rest before the bot may write again; None for none.

        Counts this try as a message when it may be one.
        """
        now, past = self.clock.now(), self.written[thread]
        for seconds, most in WINDOWS:
            recent = [at for at in past if now - at < timedelta(seconds=seconds)]
            if len(recent) >= most:
                return (recent[-most] + timedelta(seconds=seconds) - now).total_seconds()
        past.append(now)
        return None

    def shown(self, conversation: str) -> list[Message]:
        """What stands in a conversation, threads of a channel included, oldest first."""
        return [
            message
            for message in self.messages
            if not message.deleted and message.conversation.partition(";")[0] == conversation
        ]
