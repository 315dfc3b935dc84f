"""The vault: sealed return addresses under random keys. Nothing in it leads to a case."""

from sqlalchemy import bindparam, delete, insert, select, update

from storage.keyring import Keyring
from storage.sessions import Session
from storage.statements import Statement, given
from storage.tables import vault

_THIS = vault.c.key == bindparam("key")

PUT = Statement(insert(vault).values(given("key", "sealed")))
REWRITE = Statement(update(vault).where(_THIS).values(given("sealed")))
GET = Statement(select(vault.c.sealed).where(_THIS))
FORGET = Statement(delete(vault).where(_THIS))


class VaultRows:
    """The vault in one transaction."""

    def __init__(self, session: Session, keyring: Keyring) -> None:
        self._session = session
        self._keyring = keyring

    async def hold(self, key: bytes) -> None:
        await self._session.hold(key)

    async def put(self, key: bytes, secret: bytes, text: bytes) -> None:
        sealed = self._keyring.seal_alike(secret, _place(key), text)
        await self._session.run(PUT, key=key, sealed=sealed)

    async def open(self, key: bytes, secret: bytes) -> bytes | None:
        sealed = await self._session.value(GET, key=key)
        return None if sealed is None else self._keyring.open(secret, _place(key), sealed)

    async def rewrite(self, key: bytes, secret: bytes, text: bytes) -> None:
        sealed = self._keyring.seal_alike(secret, _place(key), text)
        await self._session.run(REWRITE, key=key, sealed=sealed)

    async def forget(self, key: bytes) -> None:
        await self._session.run(FORGET, key=key)


def _place(key: bytes) -> str:
    return f"vault.sealed|{key.hex()}"
