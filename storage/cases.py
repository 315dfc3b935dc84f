"""Cases: rows in the clear only where a look-up needs them, everything answered sealed."""

from sqlalchemy import RowMapping, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.records import Case, CaseKind, CaseState
from storage.keyring import Keyring
from storage.tables import case_file, case_key

_HIDDEN = ("draft_mac", "receipt_mac", "caller_mac", "sealed")
_SHOWN = [column for column in case_file.c if column.name not in _HIDDEN]


class CaseRows:
    """The cases of one transaction."""

    def __init__(self, connection: AsyncConnection, keyring: Keyring) -> None:
        self._connection = connection
        self._keyring = keyring

    async def add(
        self,
        case: Case,
        body: bytes,
        draft_mac: bytes,
        *,
        receipt_mac: bytes | None = None,
        caller_mac: bytes | None = None,
    ) -> None:
        """Writes a new case and its own key."""
        key, wrapped = self._keyring.new_key(f"case|{case.id}")
        await self._connection.execute(
            insert(case_file).values(
                id=case.id,
                public_id=case.public_id,
                kind=case.kind,
                state=case.state,
                urgency=case.urgency,
                policy_id=case.policy_id,
                rev=case.rev,
                draft_mac=draft_mac,
                receipt_mac=receipt_mac,
                caller_mac=caller_mac,
                sealed=self._keyring.seal(key, _place(case.id), body),
            )
        )
        await self._connection.execute(
            insert(case_key).values(case_id=case.id, kek_id=self._keyring.kek_id, wrapped=wrapped)
        )

    async def get(self, case_id: str) -> Case | None:
        return await self._one(select(*_SHOWN).where(case_file.c.id == case_id))

    async def lock(self, case_id: str) -> Case | None:
        """The case, held against other writers. SQLite has one writer anyway."""
        return await self._one(select(*_SHOWN).where(case_file.c.id == case_id).with_for_update())

    async def by_draft(self, draft_mac: bytes) -> Case | None:
        """The case of a draft; until the transaction ends, no other one may look it up.

        So that of two equal sends at the same moment the second finds the first one's case.
        """
        await self._hold(draft_mac)
        return await self._one(select(*_SHOWN).where(case_file.c.draft_mac == draft_mac))

    async def _hold(self, mac: bytes) -> None:
        """Makes others who look for the same wait. SQLite has one writer anyway."""
        if self._connection.dialect.name == "postgresql":
            number = int.from_bytes(mac[:8], "big", signed=True)
            await self._connection.execute(select(func.pg_advisory_xact_lock(number)))

    async def by_receipt(self, receipt_mac: bytes) -> Case | None:
        return await self._one(select(*_SHOWN).where(case_file.c.receipt_mac == receipt_mac))

    async def by_caller(self, caller_mac: bytes) -> Case | None:
        await self._hold(caller_mac)
        return await self._one(select(*_SHOWN).where(case_file.c.caller_mac == caller_mac))

    async def forget_caller(self, case_id: str) -> None:
        await self._connection.execute(
            update(case_file).where(case_file.c.id == case_id).values(caller_mac=None)
        )

    async def body(self, case_id: str) -> bytes | None:
        """The opened body; None once the case's key is gone, for then nobody can open it."""
        key = await case_key_of(self._connection, self._keyring, case_id)
        sealed = await self._connection.scalar(
            select(case_file.c.sealed).where(case_file.c.id == case_id)
        )
        if key is None or sealed is None:
            return None
        return self._keyring.open(key, _place(case_id), sealed)

    async def set_body(self, case_id: str, body: bytes) -> None:
        key = await case_key_of(self._connection, self._keyring, case_id)
        if key is None:
            return
        await self._connection.execute(
            update(case_file)
            .where(case_file.c.id == case_id)
            .values(
                sealed=self._keyring.seal(key, _place(case_id), body),
                rev=case_file.c.rev + 1,
            )
        )

    async def set_state(self, case_id: str, state: CaseState) -> None:
        await self._connection.execute(
            update(case_file)
            .where(case_file.c.id == case_id)
            .values(state=state, rev=case_file.c.rev + 1)
        )

    async def _one(self, query: object) -> Case | None:
        row = (await self._connection.execute(query)).mappings().first()  # type: ignore[call-overload]
        return None if row is None else _case(row)


async def case_key_of(connection: AsyncConnection, keyring: Keyring, case_id: str) -> bytes | None:
    """The unwrapped key of a case, or None once it was destroyed."""
    wrapped = await connection.scalar(
        select(case_key.c.wrapped).where(case_key.c.case_id == case_id)
    )
    return None if wrapped is None else keyring.unwrap(wrapped, f"case|{case_id}")


def _place(case_id: str) -> str:
    return f"case_file.sealed|{case_id}"


def _case(row: RowMapping) -> Case:
    return Case(
        id=row["id"],
        public_id=row["public_id"],
        kind=CaseKind(row["kind"]),
        state=CaseState(row["state"]),
        urgency=row["urgency"],
        policy_id=row["policy_id"],
        rev=row["rev"],
    )
