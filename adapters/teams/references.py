"""Where the bot may write to, as the Bot Connector told us: addresses, and nothing about when.

A row is written when the app is installed or the address has changed, and only for the tenant
as a whole and for people who can be asked to come, so that no row says who opened the bot.
"""

from dataclasses import dataclass
from typing import Protocol

TENANT = "tenant"
"""The key of the address that channels are reached at."""


@dataclass(frozen=True)
class Reference:
    """A conversation and where its Bot Connector is; no conversation for the tenant's own."""

    service_url: str
    conversation: str = ""


def of_person(entra_id: str) -> str:
    """The key of somebody's personal chat."""
    return f"person:{entra_id}"


class References(Protocol):
    """The rows."""

    async def find(self, key: str) -> Reference | None: ...

    async def put(self, key: str, reference: Reference) -> None:
        """Writes a row; the same one again changes nothing."""
        ...

    async def drop(self, key: str) -> None: ...


class RememberedReferences:
    """Rows in memory. After a restart the public address and new chats stand in for them."""

    def __init__(self) -> None:
        self._rows: dict[str, Reference] = {}

    async def find(self, key: str) -> Reference | None:
        """The row, or None."""
        return self._rows.get(key)

    async def put(self, key: str, reference: Reference) -> None:
        """Writes a row."""
        self._rows[key] = reference

    async def drop(self, key: str) -> None:
        """The app was removed there."""
        self._rows.pop(key, None)
