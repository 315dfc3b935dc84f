"""The imported roster, sealed as a whole, and who said that they are on duty."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, literal_column, select

from bot.company_records import OnDuty
from storage.keyring import Keyring
from storage.sessions import Session
from storage.statements import Statement, given, upsert
from storage.tables import on_duty, roster

PURPOSE = "roster"
PLACE = "roster.sealed"

_NEW = upsert(roster).values(
    given("imported_at", "kek_id", "wrapped", "sealed")
    | {"id": literal_column("1"), "version": literal_column("1")}
)
_SAID = upsert(on_duty).values(given("person_id", "site_id", "until"))

VERSION = Statement(select(roster.c.version))
NEWEST = Statement(select(roster.c.wrapped, roster.c.sealed))
REPLACE = Statement(
    _NEW.on_conflict_do_update(
        index_elements=[roster.c.id],
        set_={
            "version": roster.c.version + 1,
            "imported_at": _NEW.excluded.imported_at,
            "kek_id": _NEW.excluded.kek_id,
            "wrapped": _NEW.excluded.wrapped,
            "sealed": _NEW.excluded.sealed,
        },
    ).returning(roster.c.version)
)
DECLARE = Statement(
    _SAID.on_conflict_do_update(
        index_elements=[on_duty.c.person_id, on_duty.c.site_id],
        set_={"until": _SAID.excluded.until},
    )
)
OFF_DUTY = Statement(delete(on_duty).where(on_duty.c.person_id == bindparam("person_id")))
RUN_OUT = Statement(delete(on_duty).where(on_duty.c.until <= bindparam("now")))
ON_DUTY = Statement(
    select(on_duty.c.person_id, on_duty.c.site_id, on_duty.c.until).where(
        on_duty.c.until > bindparam("now")
    )
)


class RosterRows:
    """The roster in one transaction. Every import is sealed with a key of its own."""

    def __init__(self, session: Session, keyring: Keyring) -> None:
        self._session = session
        self._keyring = keyring

    async def version(self) -> int:
        """Raised by every import; 0 when none was ever imported."""
        return int(await self._session.value(VERSION) or 0)

    async def read(self) -> bytes | None:
        """The newest roster, opened."""
        found = await self._session.row(NEWEST)
        if found is None:
            return None
        wrapped, sealed = found
        return self._keyring.open(self._keyring.unwrap(wrapped, PURPOSE), PLACE, sealed)

    async def replace(self, roster: bytes, at: datetime) -> int:
        """Puts a new roster in place of the old one, which is gone. Gives its version."""
        made = self._keyring.new_key(PURPOSE)
        version = await self._session.value(
            REPLACE,
            imported_at=at,
            kek_id=made.kek_id,
            wrapped=made.wrapped,
            sealed=self._keyring.seal(made.key, PLACE, roster),
        )
        return int(version)

    async def declare(self, row: OnDuty) -> None:
        """Somebody is on duty at a site until then; saying it again moves the end."""
        await self._session.run(DECLARE, **vars(row))

    async def off_duty(self, person_id: str) -> None:
        """Takes back whatever somebody said."""
        await self._session.run(OFF_DUTY, person_id=person_id)

    async def forget_run_out(self, now: datetime) -> None:
        """Takes away what somebody said whose time has run out."""
        await self._session.run(RUN_OUT, now=now)

    async def on_duty(self, now: datetime) -> Sequence[OnDuty]:
        """Whoever said so and whose time has not run out, by person and site."""
        rows = await self._session.rows(ON_DUTY, now=now)
        return sorted((OnDuty(*row) for row in rows), key=lambda row: (row.person_id, row.site_id))
