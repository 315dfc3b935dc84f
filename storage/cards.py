"""Which cards show which cases where, and what was last shown."""

from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import RowMapping, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.records import CardRow, CardState
from storage.tables import card


class CardRows:
    """The cards of one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, row: CardRow) -> None:
        await self._connection.execute(insert(card).values(**asdict(row)))

    async def get(self, card_id: str) -> CardRow | None:
        found = await self._connection.execute(select(card).where(card.c.id == card_id))
        row = found.mappings().first()
        return None if row is None else _card(row)

    async def of_case(self, case_id: str) -> Sequence[CardRow]:
        rows = await self._connection.execute(
            select(card).where(card.c.case_id == case_id).order_by(card.c.kind)
        )
        return [_card(row) for row in rows.mappings()]

    async def failed(self) -> int:
        count = select(func.count()).where(card.c.state == CardState.FAILED)
        return await self._connection.scalar(count) or 0

    async def save(self, row: CardRow) -> None:
        values = asdict(row)
        await self._connection.execute(
            update(card).where(card.c.id == values.pop("id")).values(**values)
        )


def _card(row: RowMapping) -> CardRow:
    return CardRow(**{**row, "state": CardState(row["state"])})
