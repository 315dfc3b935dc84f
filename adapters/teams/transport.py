"""The Bot Connector as this adapter needs it: JSON in, JSON out, and how it may fail.

Everything else in this folder speaks to this port alone, so that whatever SDK stands behind
it is one file.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from adapters.teams.verifier import Token

Activity = Mapping[str, Any]


@dataclass(frozen=True)
class Place:
    """A conversation that the bot may write to, and where its Bot Connector is.

    Sources call this a conversation reference. It names an account only where it is somebody's
    personal chat.
    """

    service_url: str
    conversation: str
    """The conversation's own id; for a channel the channel's, as "19:…@thread.tacv2"."""
    bot: str
    tenant: str


@dataclass(frozen=True)
class Reply:
    """What an activity is answered with; a body only for invokes."""

    status: int = 200
    body: Mapping[str, Any] | None = None


Handle = Callable[[Activity], Awaitable[Reply]]


class Refused(Exception):
    """The Bot Connector answered, and did not do it."""

    def __init__(self, status: int, code: str = "", retry_after: float | None = None) -> None:
        super().__init__(f"{status} {code}".strip())
        self.status, self.code, self.retry_after = status, code, retry_after


class Unsent(Exception):
    """It certainly did not arrive: no connection, or no token to send it with."""


class Lost(Exception):
    """It may have arrived: the answer was lost."""


@dataclass(frozen=True)
class Posted:
    """A message that stands somewhere."""

    conversation: str
    """Its own thread, for a message of a channel."""
    activity: str


class Transport(Protocol):
    """The few verbs. Each raises Refused, Unsent or Lost and retries nothing by itself."""

    async def receive(self, token: Token, activity: Activity, handle: Handle) -> Reply:
        """Takes one verified activity through whatever stands behind this port."""
        ...

    async def send(self, place: Place, activity: Activity) -> str:
        """Writes to a conversation. Gives the id of the message."""
        ...

    async def update(self, place: Place, activity_id: str, activity: Activity) -> None:
        """Puts something in the place of a message."""
        ...

    async def post(self, place: Place, activity: Activity) -> Posted:
        """Starts a thread in the channel that `place` is."""
        ...

    async def open_personal(self, place: Place, account: str) -> str:
        """The id of the chat with one account; the same one however often it is asked for."""
        ...

    async def member(self, place: Place, account: str) -> Mapping[str, Any] | None:
        """A present member of a conversation; None when they are none."""
        ...

    async def members(self, place: Place) -> Sequence[Mapping[str, Any]]:
        """Every present member of a conversation."""
        ...
