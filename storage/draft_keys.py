"""One key a day for the sealed lists of unfinished conversations.

Destroying the key destroys every list sealed under it, wherever a platform kept a copy.
"""

from datetime import date

from sqlalchemy import bindparam, delete, select

from bot.company_records import DraftKey
from storage.keyring import Keyring
from storage.sessions import Session
from storage.statements import Row, Statement, given, upsert
from storage.tables import draft_key

_KEY = select(draft_key.c.id, draft_key.c.day, draft_key.c.wrapped)

OF_DAY = Statement(_KEY.where(draft_key.c.day == bindparam("day")))
BY_ID = Statement(_KEY.where(draft_key.c.id == bindparam("key_id")))
ADD = Statement(
    upsert(draft_key).values(given("day", "kek_id", "wrapped")).on_conflict_do_nothing().inline()
)
DESTROY = Statement(delete(draft_key).where(draft_key.c.day < bindparam("before")))


class DraftKeyRows:
    """The draft keys of one transaction."""

    def __init__(self, session: Session, keyring: Keyring) -> None:
        self._session = session
        self._keyring = keyring

    async def of_day(self, day: date) -> DraftKey:
        found = await self._session.row(OF_DAY, day=day)
        if found is None:
            made = self._keyring.new_key(_purpose(day))
            # Another process may have made today's key a moment ago; then that one counts.
            await self._session.run(ADD, day=day, kek_id=made.kek_id, wrapped=made.wrapped)
            found = await self._session.row(OF_DAY, day=day)
        assert found is not None
        return self._opened(found)

    async def by_id(self, key_id: int) -> DraftKey | None:
        found = await self._session.row(BY_ID, key_id=key_id)
        return None if found is None else self._opened(found)

    async def destroy_before(self, day: date) -> int:
        return await self._session.run(DESTROY, before=day)

    def _opened(self, row: Row) -> DraftKey:
        key_id, day, wrapped = row
        return DraftKey(id=key_id, day=day, key=self._keyring.unwrap(wrapped, _purpose(day)))


def _purpose(day: date) -> str:
    return f"draft|{day.isoformat()}"
