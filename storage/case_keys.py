"""The keys of cases, unwrapped once in a transaction."""

from sqlalchemy import bindparam, insert, select

from storage.keyring import Keyring, NewKey
from storage.sessions import Session
from storage.statements import Statement, given
from storage.tables import case_key

ADD = Statement(insert(case_key).values(given("case_id", "kek_id", "wrapped")))
WRAPPED = Statement(select(case_key.c.wrapped).where(case_key.c.case_id == bindparam("case_id")))


class CaseKeys:
    """Shared by the rows of one transaction, so that no key is fetched and unwrapped twice."""

    def __init__(self, session: Session, keyring: Keyring) -> None:
        self._session = session
        self._keyring = keyring
        self._unwrapped: dict[str, bytes] = {}

    def new(self, case_id: str) -> NewKey:
        """A new case's own key, to be added once the case is."""
        made = self._keyring.new_key(_purpose(case_id))
        self._unwrapped[case_id] = made.key
        return made

    async def add(self, case_id: str, made: NewKey) -> None:
        """Writes down the key of a case that was just added."""
        await self._session.run(ADD, case_id=case_id, kek_id=made.kek_id, wrapped=made.wrapped)

    async def of(self, case_id: str) -> bytes | None:
        """The key of a case; None once it was destroyed."""
        known = self._unwrapped.get(case_id)
        if known is not None:
            return known
        wrapped = await self._session.value(WRAPPED, case_id=case_id)
        return None if wrapped is None else self.unwrap(case_id, wrapped)

    def unwrap(self, case_id: str, wrapped: bytes) -> bytes:
        """The key of a case, where its row was read together with something else."""
        known = self._unwrapped.get(case_id)
        if known is None:
            known = self._keyring.unwrap(wrapped, _purpose(case_id))
            self._unwrapped[case_id] = known
        return known


def _purpose(case_id: str) -> str:
    return f"case|{case_id}"
