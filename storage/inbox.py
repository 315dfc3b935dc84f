"""Deliveries that had their effect already, until no platform repeats them any more."""

from datetime import datetime

from sqlalchemy import bindparam, delete, select

from storage.sessions import Session
from storage.statements import Statement, given, upsert
from storage.tables import inbox

FIRST = Statement(upsert(inbox).values(given("key", "at")).on_conflict_do_nothing())
KNOWN = Statement(select(inbox.c.key).where(inbox.c.key == bindparam("key")))
FORGET = Statement(delete(inbox).where(inbox.c.at < bindparam("before")))


class InboxRows:
    """The inbox of one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def first(self, key: bytes, at: datetime) -> bool:
        """Whether this delivery is new. Two at once: the second waits for the first to end."""
        return bool(await self._session.run(FIRST, key=key, at=at))

    async def knows(self, key: bytes) -> bool:
        """Whether this delivery was noted before."""
        return await self._session.row(KNOWN, key=key) is not None

    async def forget_before(self, at: datetime) -> int:
        """Lets go of what nobody repeats any more; gives how many."""
        return await self._session.run(FORGET, before=at)
