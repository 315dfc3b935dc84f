"""What the reporter and the desk write to each other, sealed under the case's key."""

from collections.abc import Sequence

from sqlalchemy import bindparam, func, insert, select

from bot.case_records import Message
from storage.case_keys import CaseKeys
from storage.keyring import Keyring
from storage.sessions import Session
from storage.statements import Statement, given
from storage.tables import case_key, message

_OF_CASE = message.c.case_id == bindparam("case_id")
_COUNT = select(func.count()).where(_OF_CASE)

KEY_AND_COUNT = Statement(
    select(case_key.c.wrapped, _COUNT.scalar_subquery()).where(
        case_key.c.case_id == bindparam("case_id")
    )
)
ADD = Statement(insert(message).values(given("case_id", "seq", "author", "at", "sealed")))
OF_CASE = Statement(
    select(message.c.seq, message.c.author, message.c.at, message.c.sealed)
    .where(_OF_CASE)
    .order_by(message.c.seq)
)


class MessageRows:
    """The messages of one transaction. Callers hold the case's lock when they add."""

    def __init__(self, session: Session, keyring: Keyring, keys: CaseKeys) -> None:
        self._session = session
        self._keyring = keyring
        self._keys = keys

    async def add(self, case_id: str, written: Message) -> None:
        found = await self._session.row(KEY_AND_COUNT, case_id=case_id)
        if found is None:
            return
        wrapped, seq = found
        key = self._keys.unwrap(case_id, wrapped)
        sealed = self._keyring.seal(key, _place(case_id, seq), written.text.encode())
        await self._session.run(
            ADD, case_id=case_id, seq=seq, author=written.author, at=written.at, sealed=sealed
        )

    async def of_case(self, case_id: str) -> Sequence[Message]:
        key = await self._keys.of(case_id)
        if key is None:
            return []
        return [
            Message(author, at, self._keyring.open(key, _place(case_id, seq), sealed).decode())
            for seq, author, at, sealed in await self._session.rows(OF_CASE, case_id=case_id)
        ]


def _place(case_id: str, seq: int) -> str:
    return f"message.sealed|{case_id}|{seq}"
