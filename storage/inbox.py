"""Deliveries that had their effect already, until no platform repeats them any more."""

from datetime import datetime

from sqlalchemy import bindparam, delete

from storage.sessions import Session
from storage.statements import Statement, given, upsert
from storage.tables import inbox

FIRST = Statement(upsert(inbox).values(given("key", "at")).on_conflict_do_nothing())
FORGET_ONE = Statement(delete(inbox).where(inbox.c.key == bindparam("key")))
FORGET = Statement(delete(inbox).where(inbox.c.at < bindparam("before")))


class InboxRows:
    """The inbox of one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def first(self, key: bytes, at: datetime) -> bool:
        """Whether this delivery is new. Two at once: the second waits for the first to end."""
        return bool(await self._session.run(FIRST, key=key, at=at))

    async def forget(self, key: bytes) -> None:
        """This delivery came to nothing and may come again."""
        await self._session.run(FORGET_ONE, key=key)

    async def forget_before(self, at: datetime) -> int:
        """Lets go of what nobody repeats any more; gives how many."""
        return await self._session.run(FORGET, before=at)
