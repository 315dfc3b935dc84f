"""What happened to a case: append-only, chained, and numbered over all cases."""

import json
from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    bindparam,
    func,
    insert,
    literal_column,
    select,
    type_coerce,
)

from bot.case_records import Break, CaseState, Entry, Head
from storage.case_keys import CaseKeys
from storage.chains import Line, chained, first_break
from storage.columns import AnyInstant
from storage.keyring import Keyring
from storage.sessions import Session
from storage.statements import Statement, given
from storage.tables import case_file, case_key, case_stub, history

NUMBERS: ColumnElement[int] = literal_column(str(0x6E756D62657273))
"""The name of the lock on the numbers of lines, as a number; PostgreSQL wants one."""

_KEY_AND_LAST = (
    select(case_key.c.wrapped, history.c.seq, history.c.hash)
    .outerjoin_from(case_key, history, history.c.case_id == case_key.c.case_id)
    .where(case_key.c.case_id == bindparam("case_id"))
    .order_by(history.c.seq.desc())
    .limit(literal_column("1"))
)
# From here on `grown` waits for this transaction to end. SQLite has one writer anyway.
_AND_IN_HAND = _KEY_AND_LAST.add_columns(func.pg_advisory_xact_lock_shared(NUMBERS))
KEY_AND_LAST = {"sqlite": Statement(_KEY_AND_LAST), "postgresql": Statement(_AND_IN_HAND)}


def _as_it_stands(name: str) -> ColumnElement[Any]:
    column = history.c[name]
    return type_coerce(column, AnyInstant()) if name == "at" else column


ADD = Statement(
    insert(history).values(given("case_id", "seq", "at", "actor", "fact", "sealed", "hash"))
)
OF_CASE = Statement(
    select(*(history.c[field.name] for field in fields(Line)))
    .where(history.c.case_id == bindparam("case_id"))
    .order_by(history.c.seq)
)
AS_THEY_STAND = Statement(
    select(*(_as_it_stands(field.name) for field in fields(Line)))
    .where(history.c.case_id == bindparam("case_id"))
    .order_by(history.c.seq)
)
WAIT_NO_LONGER = Statement(
    select(func.set_config("lock_timeout", bindparam("patience"), literal_column("true")))
)
WAIT_FOR_LINES_IN_HAND = Statement(select(func.pg_advisory_xact_lock(NUMBERS)))
# Not of a report that waits: the minute in which it was sent is what its wait hides. The line
# that it leaves with stands for those before it.
GROWN = Statement(
    select(case_file.c.public_id, history.c.seq, history.c.hash, history.c.number)
    .join_from(history, case_file)
    .where(history.c.number > bindparam("after"), case_file.c.state != CaseState.KEPT)
    .order_by(history.c.number)
    .limit(bindparam("limit"))
)
_ERASED = select(func.max(case_stub.c.last_number)).scalar_subquery()
# What was erased counts too: else the histories would seem to have shrunk.
NEWEST = Statement(select(func.max(history.c.number), _ERASED))

READER_WAITS_MS = 2000
"""How long whoever reads what grew waits for lines in hand, and lets others wait behind."""


class HistoryRows:
    """The histories of one transaction. Callers hold the case's lock when they append."""

    def __init__(self, session: Session, keyring: Keyring, keys: CaseKeys) -> None:
        self._session = session
        self._keyring = keyring
        self._keys = keys

    async def append(
        self, case_id: str, at: datetime, actor: str, fact: str, detail: dict[str, str]
    ) -> None:
        found = await self._session.row(KEY_AND_LAST[self._session.database], case_id=case_id)
        if found is None:
            return
        wrapped, last, previous = found[:3]
        seq = 0 if last is None else last + 1
        body = json.dumps(detail, ensure_ascii=False, sort_keys=True).encode()
        key = self._keys.unwrap(case_id, wrapped)
        sealed = self._keyring.seal(key, _place(case_id, seq), body)
        await self._session.run(
            ADD,
            case_id=case_id,
            seq=seq,
            at=at,
            actor=actor,
            fact=fact,
            sealed=sealed,
            hash=chained(previous or b"", case_id, seq, at, actor, fact, sealed),
        )

    async def of_case(self, case_id: str) -> Sequence[Entry]:
        key = await self._keys.of(case_id)
        if key is None:
            return []
        return [
            Entry(line.seq, line.at, line.actor, line.fact, self._detail(key, case_id, line))
            for line in await self._lines(case_id)
        ]

    def _detail(self, key: bytes, case_id: str, line: Line) -> dict[str, str]:
        opened = self._keyring.open(key, _place(case_id, line.seq), line.sealed)
        detail: dict[str, str] = json.loads(opened)
        return detail

    async def first_broken(self, case_id: str) -> Break | None:
        return first_break(case_id, await self._as_they_stand(case_id))

    async def hashes(self, case_id: str) -> Sequence[bytes]:
        return [line.hash for line in await self._as_they_stand(case_id)]

    async def grown(self, after: int, limit: int) -> Sequence[Head]:
        if self._session.database == "postgresql":
            # A line that has its number and is not committed yet would be passed over for ever.
            await self._session.rows(WAIT_NO_LONGER, patience=str(READER_WAITS_MS))
            await self._session.rows(WAIT_FOR_LINES_IN_HAND)
        rows = await self._session.rows(GROWN, after=after, limit=limit)
        newest = {head.public_id: head for head in (Head(*row) for row in rows)}
        return sorted(newest.values(), key=lambda head: head.number)

    async def newest(self) -> int:
        row = await self._session.row(NEWEST)
        return max(number or 0 for number in row or (0,))

    async def _lines(self, case_id: str) -> Sequence[Line]:
        return [Line(*row) for row in await self._session.rows(OF_CASE, case_id=case_id)]

    async def _as_they_stand(self, case_id: str) -> Sequence[Line]:
        """For whoever looks for what was tampered with: no row is too strange to be read."""
        rows = await self._session.rows(AS_THEY_STAND, case_id=case_id)
        return [Line.read(*row) for row in rows]


def _place(case_id: str, seq: int) -> str:
    return f"history.sealed|{case_id}|{seq}"
