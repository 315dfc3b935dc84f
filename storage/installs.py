"""Where our app is installed, each with its tokens sealed under a key of its own."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, literal_column, select, update

from bot.company_records import Install
from storage.keyring import Keyring
from storage.sessions import Session
from storage.statements import Row, Statement, given, upsert
from storage.tables import install

_NEW = upsert(install).values(given("id", "kek_id", "wrapped", "sealed", "expires_at"))
_CHANGED = ("kek_id", "wrapped", "sealed", "expires_at")
_THIS = install.c.id == bindparam("install_id")

PUT = Statement(
    _NEW.on_conflict_do_update(
        index_elements=[install.c.id],
        set_={name: _NEW.excluded[name] for name in _CHANGED}
        | {"held_until": literal_column("NULL")},
    )
)
ALL = Statement(
    select(install.c.id, install.c.wrapped, install.c.sealed, install.c.expires_at).order_by(
        install.c.id
    )
)
REMOVE = Statement(delete(install).where(_THIS))
HOLD = Statement(
    update(install)
    .where(
        _THIS,
        install.c.expires_at == bindparam("expires_at"),
        install.c.held_until.is_(None) | (install.c.held_until <= bindparam("now")),
    )
    .values(held_until=bindparam("until"))
)


class InstallRows:
    """The installations of one transaction."""

    def __init__(self, session: Session, keyring: Keyring) -> None:
        self._session = session
        self._keyring = keyring

    async def put(self, install: Install) -> None:
        """Keeps what an installation gave; what it gave before is gone."""
        made = self._keyring.new_key(_purpose(install.id))
        await self._session.run(
            PUT,
            id=install.id,
            kek_id=made.kek_id,
            wrapped=made.wrapped,
            sealed=self._keyring.seal(made.key, _place(install.id), install.grant),
            expires_at=install.expires_at,
        )

    async def all(self) -> Sequence[Install]:
        """Every installation, by id, opened."""
        return [self._opened(row) for row in await self._session.rows(ALL)]

    async def remove(self, id: str) -> bool:
        """Forgets an installation and its tokens; False when there was none."""
        return await self._session.run(REMOVE, install_id=id) > 0

    async def hold(self, install: Install, now: datetime, until: datetime) -> bool:
        """Whether this process may fetch a new token for it now."""
        held = await self._session.run(
            HOLD, install_id=install.id, expires_at=install.expires_at, now=now, until=until
        )
        return held > 0

    def _opened(self, row: Row) -> Install:
        id, wrapped, sealed, expires_at = row
        key = self._keyring.unwrap(wrapped, _purpose(id))
        return Install(id, self._keyring.open(key, _place(id), sealed), expires_at)


def _purpose(id: str) -> str:
    return f"install|{id}"


def _place(id: str) -> str:
    return f"install.sealed|{id}"
