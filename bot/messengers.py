"""What bot asks of a chat platform, and what can come of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from flows.screens import Card


@dataclass(frozen=True)
class Sent:
    """The platform has it, under this name."""

    ref: str


@dataclass(frozen=True)
class Throttled:
    """Not taken; the platform says when to come back."""

    retry_at: datetime


@dataclass(frozen=True)
class Ambiguous:
    """It may have been taken: the answer was lost."""


@dataclass(frozen=True)
class Permanent:
    """It will never be taken this way, for this reason (a fixed word, never a text)."""

    reason: str


DELETED = "message_not_found"
"""The reason of an edit whose message somebody has deleted."""

Delivery = Sent | Throttled | Ambiguous | Permanent


@dataclass(frozen=True)
class NotThere:
    """Looked for and not there: it was certainly not taken."""


Found = Sent | NotThere | Throttled | Ambiguous | Permanent


@runtime_checkable
class KnowsMembers(Protocol):
    """A messenger that can tell who reads a channel now."""

    async def members(self, channel: str) -> frozenset[str] | None:
        """The accounts in a channel at this moment; None when the platform does not say."""
        ...


class Messenger(Protocol):
    """One platform's channels. What cannot be shown there has a written fallback there.

    A channel is named as the company wrote it; "@" and somebody's account on this platform
    names the direct messages to that person.
    """

    @property
    def gap_seconds(self) -> float:
        """How long the platform wants between two messages of one channel; 0 for no limit."""
        ...

    @property
    def reads_back(self) -> bool:
        """Whether `find` can tell if a message was taken whose answer was lost.

        Also where that is not known yet: `find` finds it out.
        """
        ...

    async def post(self, channel: str, card: Card, key: str, thread: str | None) -> Delivery:
        """Shows a new message. `key` names it for ever, so that a repeat can be recognised."""
        ...

    async def edit(self, channel: str, ref: str, card: Card) -> Delivery:
        """Makes an existing message of this channel show `card`. May be repeated freely."""
        ...

    async def find(self, channel: str, key: str, thread: str | None) -> Found:
        """Looks for the message that `key` names. Only where `reads_back`.

        Permanent where nobody can look any more: nothing will be taken there either.
        """
        ...
