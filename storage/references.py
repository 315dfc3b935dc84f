"""Where Teams told us that the bot may write to, each sealed under a key of its own."""

from sqlalchemy import bindparam, delete, select

from storage.keyring import Keyring
from storage.sessions import Session
from storage.statements import Statement, given, upsert
from storage.tables import teams_reference

PURPOSE = "teams reference"

_KEY = teams_reference.c.key_mac == bindparam("key")
_NEW = upsert(teams_reference).values(given("key_mac", "kek_id", "wrapped", "sealed"))

FIND = Statement(select(teams_reference.c.wrapped, teams_reference.c.sealed).where(_KEY))
PUT = Statement(
    _NEW.on_conflict_do_update(
        index_elements=[teams_reference.c.key_mac],
        set_={name: _NEW.excluded[name] for name in ("kek_id", "wrapped", "sealed")},
    )
)
DROP = Statement(delete(teams_reference).where(_KEY))


class ReferenceRows:
    """The references of one transaction."""

    def __init__(self, session: Session, keyring: Keyring) -> None:
        self._session = session
        self._keyring = keyring

    async def find(self, key: bytes) -> bytes | None:
        """What stands under a key, opened."""
        found = await self._session.row(FIND, key=key)
        if found is None:
            return None
        wrapped, sealed = found
        return self._keyring.open(self._keyring.unwrap(wrapped, PURPOSE), _place(key), sealed)

    async def put(self, key: bytes, reference: bytes) -> None:
        """Puts something under a key, in the place of what stood there."""
        made = self._keyring.new_key(PURPOSE)
        await self._session.run(
            PUT,
            key_mac=key,
            kek_id=made.kek_id,
            wrapped=made.wrapped,
            sealed=self._keyring.seal(made.key, _place(key), reference),
        )

    async def drop(self, key: bytes) -> None:
        """Nothing stands there any more."""
        await self._session.run(DROP, key=key)


def _place(key: bytes) -> str:
    return f"teams_reference.sealed|{key.hex()}"
