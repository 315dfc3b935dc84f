"""Links that are good once. A row opens under the link alone, which stands nowhere here."""

from datetime import date

from sqlalchemy import bindparam, delete, insert

from storage.keyring import Keyring
from storage.sessions import Session
from storage.statements import Statement, given
from storage.tables import one_time_link

PUT = Statement(insert(one_time_link).values(given("key_mac", "sealed", "day")))
TAKE = Statement(
    delete(one_time_link)
    .where(one_time_link.c.key_mac == bindparam("key_mac"))
    .returning(one_time_link.c.sealed)
)
FORGET_BEFORE = Statement(delete(one_time_link).where(one_time_link.c.day < bindparam("day")))


class LinkRows:
    """The links of one transaction."""

    def __init__(self, session: Session, keyring: Keyring) -> None:
        self._session = session
        self._keyring = keyring

    async def put(self, key_mac: bytes, secret: bytes, text: bytes, day: date) -> None:
        sealed = self._keyring.seal(secret, _place(key_mac), text)
        await self._session.run(PUT, key_mac=key_mac, sealed=sealed, day=day)

    async def take(self, key_mac: bytes, secret: bytes) -> bytes | None:
        sealed = await self._session.value(TAKE, key_mac=key_mac)
        return None if sealed is None else self._keyring.open(secret, _place(key_mac), sealed)

    async def forget_before(self, day: date) -> int:
        return await self._session.run(FORGET_BEFORE, day=day)


def _place(key_mac: bytes) -> str:
    return f"one_time_link.sealed|{key_mac.hex()}"
