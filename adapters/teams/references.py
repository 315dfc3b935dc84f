"""Where the bot may write to, as the Bot Connector told us: addresses, and nothing about when.

A row is written when the app is installed or the address has changed, and only for the tenant
as a whole and for people who can be asked to come, so that no row says who opened the bot.
"""

import json
from dataclasses import dataclass

from bot.keys import IndexKey
from bot.ports import Storage

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


class References:
    """The rows, and what this process last saw in them."""

    def __init__(self, storage: Storage, index: IndexKey) -> None:
        self._storage, self._index = storage, index
        self._seen: dict[str, Reference] = {}

    async def find(self, key: str) -> Reference | None:
        """The row as it stands, or None."""
        async with self._storage.read() as tx:
            found = await tx.references.find(self._mac(key))
        if found is None:
            self._seen.pop(key, None)
            return None
        self._seen[key] = Reference(*json.loads(found))
        return self._seen[key]

    async def put(self, key: str, reference: Reference) -> None:
        """Writes a row. What this process knows to stand there costs nothing."""
        if self._seen.get(key) == reference or await self.find(key) == reference:
            return
        row = json.dumps([reference.service_url, reference.conversation]).encode()
        async with self._storage.write() as tx:
            await tx.references.put(self._mac(key), row)
        self._seen[key] = reference

    async def drop(self, key: str) -> None:
        """The app was removed there."""
        self._seen.pop(key, None)
        async with self._storage.write() as tx:
            await tx.references.drop(self._mac(key))

    async def refresh(self, key: str, reference: Reference) -> None:
        """Takes up an address that has changed; where there is no row, none is made."""
        if self._seen.get(key) != reference and await self.find(key) is not None:
            await self.put(key, reference)

    def _mac(self, key: str) -> bytes:
        return self._index.mac("teams reference", key.encode())
