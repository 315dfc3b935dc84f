"""One key a day for the sealed lists of unfinished conversations.

Destroying the key destroys every list sealed under it, wherever a platform kept a copy.
"""

from datetime import date

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.records import DraftKey
from storage.keyring import Keyring
from storage.tables import draft_key


class DraftKeyRows:
    """The draft keys of one transaction."""

    def __init__(self, connection: AsyncConnection, keyring: Keyring) -> None:
        self._connection = connection
        self._keyring = keyring

    async def of_day(self, day: date) -> DraftKey:
        found = await self._find(draft_key.c.day == day)
        if found is not None:
            return found
        _, wrapped = self._keyring.new_key(_purpose(day))
        try:
            async with self._connection.begin_nested():
                await self._connection.execute(
                    insert(draft_key).values(day=day, kek_id=self._keyring.kek_id, wrapped=wrapped)
                )
        except IntegrityError:
            pass  # another process made today's key a moment ago; that one counts
        found = await self._find(draft_key.c.day == day)
        assert found is not None
        return found

    async def by_id(self, key_id: int) -> DraftKey | None:
        return await self._find(draft_key.c.id == key_id)

    async def destroy_before(self, day: date) -> int:
        gone = await self._connection.execute(delete(draft_key).where(draft_key.c.day < day))
        return gone.rowcount

    async def _find(self, where: object) -> DraftKey | None:
        found = await self._connection.execute(select(draft_key).where(where))  # type: ignore[arg-type]
        row = found.mappings().first()
        if row is None:
            return None
        key = self._keyring.unwrap(row["wrapped"], _purpose(row["day"]))
        return DraftKey(id=row["id"], day=row["day"], key=key)


def _purpose(day: date) -> str:
    return f"draft|{day.isoformat()}"
