"""What the reporter and the desk write to each other, sealed under the case's key."""

from collections.abc import Sequence

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.records import Author, Message
from storage.cases import case_key_of
from storage.keyring import Keyring
from storage.tables import message


class MessageRows:
    """The messages of one transaction. Callers hold the case's lock when they add."""

    def __init__(self, connection: AsyncConnection, keyring: Keyring) -> None:
        self._connection = connection
        self._keyring = keyring

    async def add(self, case_id: str, written: Message) -> None:
        key = await case_key_of(self._connection, self._keyring, case_id)
        if key is None:
            return
        count = select(func.count()).where(message.c.case_id == case_id)
        seq = await self._connection.scalar(count) or 0
        sealed = self._keyring.seal(key, _place(case_id, seq), written.text.encode())
        await self._connection.execute(
            insert(message).values(
                case_id=case_id, seq=seq, author=written.author, at=written.at, sealed=sealed
            )
        )

    async def of_case(self, case_id: str) -> Sequence[Message]:
        key = await case_key_of(self._connection, self._keyring, case_id)
        if key is None:
            return []
        rows = await self._connection.execute(
            select(message).where(message.c.case_id == case_id).order_by(message.c.seq)
        )
        return [
            Message(
                author=Author(row["author"]),
                at=row["at"],
                text=self._keyring.open(key, _place(case_id, row["seq"]), row["sealed"]).decode(),
            )
            for row in rows.mappings()
        ]


def _place(case_id: str, seq: int) -> str:
    return f"message.sealed|{case_id}|{seq}"
