"""Identity and health: parts of a body in rows of their own, each under a key of its own.

Every case has a row of each, named or not, asked or not, all of one size. They are always
written together with the content, under new keys, so that no row tells what changed.
"""

from sqlalchemy import Table, bindparam, select

from bot.case_records import BodyParts, Part
from storage.keyring import Keyring
from storage.sessions import Session
from storage.statements import Statement, given, upsert
from storage.tables import health, identity

APART = (identity, health)
TABLES = {Part.IDENTITY: identity, Part.HEALTH: health}


def _put(table: Table) -> Statement:
    row = upsert(table).values(given("case_id", "kek_id", "wrapped", "sealed"))
    new = {name: row.excluded[name] for name in ("kek_id", "wrapped", "sealed")}
    return Statement(row.on_conflict_do_update(index_elements=["case_id"], set_=new))


PUT = {part: _put(table) for part, table in TABLES.items()}
KEPT = {
    part: Statement(
        select(table.c.wrapped, table.c.sealed).where(table.c.case_id == bindparam("case_id"))
    )
    for part, table in TABLES.items()
}


class ApartRows:
    """The parts of bodies in one transaction."""

    def __init__(self, session: Session, keyring: Keyring) -> None:
        self._session = session
        self._keyring = keyring

    async def put(self, case_id: str, body: BodyParts) -> None:
        """Writes both rows; a part that was not opened is sealed anew as it stands."""
        given_parts = {Part.IDENTITY: body.identity, Part.HEALTH: body.health}
        for part, text in given_parts.items():
            await self._seal(part, case_id, await self._kept(part, case_id, text))

    async def _kept(self, part: Part, case_id: str, text: bytes | None) -> bytes:
        if text is not None:
            return text
        row = await self._session.row(KEPT[part], case_id=case_id)
        if row is None:
            raise ValueError(f"a case without {part}, and none is given")
        return self.open(part, case_id, *row)

    async def _seal(self, part: Part, case_id: str, text: bytes) -> None:
        made = self._keyring.new_key(f"{part}|{case_id}")
        sealed = self._keyring.seal_alike(made.key, _place(part, case_id), text)
        await self._session.run(
            PUT[part], case_id=case_id, kek_id=made.kek_id, wrapped=made.wrapped, sealed=sealed
        )

    def open(self, part: Part, case_id: str, wrapped: bytes, sealed: bytes) -> bytes:
        """A part, from what its row holds. Raises Unopenable."""
        key = self._keyring.unwrap(wrapped, f"{part}|{case_id}")
        return self._keyring.open(key, _place(part, case_id), sealed)


def _place(part: Part, case_id: str) -> str:
    return f"{part}.sealed|{case_id}"
