"""Every wrapped key, to be wrapped anew when the master key changes. What they open stays."""

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Column, Table, bindparam, func, literal_column, select, update

from storage.apart import APART
from storage.keyring import Keyring
from storage.sessions import Session
from storage.statements import Statement
from storage.tables import case_key, draft_key, install, roster, teams_reference


class Kept(NamedTuple):
    """A table with wrapped keys: what names a row, and what each key is for."""

    table: Table
    name: Column[Any]
    shown: Column[Any]
    purpose: str
    """With {} for what `shown` holds."""


KEPT = (
    Kept(case_key, case_key.c.case_id, case_key.c.case_id, "case|{}"),
    *(Kept(part, part.c.case_id, part.c.case_id, f"{part.name}|{{}}") for part in APART),
    Kept(draft_key, draft_key.c.id, draft_key.c.day, "draft|{}"),
    Kept(roster, roster.c.id, roster.c.id, "roster"),
    Kept(
        teams_reference,
        teams_reference.c.key_mac,
        teams_reference.c.key_mac,
        "teams reference",
    ),
    Kept(install, install.c.id, install.c.id, "install|{}"),
)


def _old(kept: Kept) -> Statement:
    return Statement(
        select(kept.name, kept.shown, kept.table.c.wrapped)
        .where(kept.table.c.kek_id == bindparam("kek_id"))
        .order_by(kept.name)
        .limit(bindparam("most"))
    )


def _rewrap(kept: Kept) -> Statement:
    # Only what still stands there as it was read: a roster imported meanwhile has its own key.
    return Statement(
        update(kept.table)
        .where(kept.name == bindparam("name"), kept.table.c.wrapped == bindparam("before"))
        .values(kek_id=bindparam("kek_id"), wrapped=bindparam("wrapped"))
    )


OLD = {kept.table.name: _old(kept) for kept in KEPT}
REWRAP = {kept.table.name: _rewrap(kept) for kept in KEPT}
COUNT = {
    kept.table.name: Statement(
        select(kept.table.c.kek_id, func.count(literal_column("1"))).group_by(kept.table.c.kek_id)
    )
    for kept in KEPT
}


class WrappedKeys:
    """The wrapped keys of one transaction."""

    def __init__(self, session: Session, keyring: Keyring) -> None:
        self._session = session
        self._keyring = keyring

    async def rewrap(self, limit: int) -> int:
        rewrapped = 0
        for old in sorted(self._keyring.ids - {self._keyring.kek_id}):
            for kept in KEPT:
                rewrapped += await self._rewrap(kept, old, limit - rewrapped)
        return rewrapped

    async def _rewrap(self, kept: Kept, old: str, limit: int) -> int:
        table = kept.table.name
        rows = await self._session.rows(OLD[table], kek_id=old, most=limit)
        await self._session.run_each(
            REWRAP[table],
            [self._anew(name, before, kept.purpose.format(shown)) for name, shown, before in rows],
        )
        return len(rows)

    def _anew(self, name: Any, before: bytes, purpose: str) -> dict[str, Any]:
        made = self._keyring.rewrap(before, purpose)
        return {"name": name, "before": before, "kek_id": made.kek_id, "wrapped": made.wrapped}

    def first(self) -> str:
        return self._keyring.kek_id

    def masters(self) -> Collection[str]:
        return self._keyring.ids

    async def by_master(self) -> Mapping[str, int]:
        counts: dict[str, int] = {}
        for statement in COUNT.values():
            for kek_id, count in await self._session.rows(statement):
                counts[kek_id] = counts.get(kek_id, 0) + count
        return counts
