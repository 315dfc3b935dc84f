"""What happened to a case: append-only, and chained so that a later change shows.

Each line's hash covers the line before it and the sealed detail, not the text, so that a
chain still verifies after the case's key was destroyed.
"""

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import bindparam, insert, literal_column, select

from bot.records import Entry
from storage.case_keys import CaseKeys
from storage.keyring import Keyring
from storage.sessions import Session
from storage.statements import Row, Statement, given
from storage.tables import case_key, history

KEY_AND_LAST = Statement(
    select(case_key.c.wrapped, history.c.seq, history.c.hash)
    .outerjoin_from(case_key, history, history.c.case_id == case_key.c.case_id)
    .where(case_key.c.case_id == bindparam("case_id"))
    .order_by(history.c.seq.desc())
    .limit(literal_column("1"))
)
ADD = Statement(
    insert(history).values(given("case_id", "seq", "at", "actor", "fact", "sealed", "hash"))
)
OF_CASE = Statement(
    select(
        history.c.seq,
        history.c.at,
        history.c.actor,
        history.c.fact,
        history.c.sealed,
        history.c.hash,
    )
    .where(history.c.case_id == bindparam("case_id"))
    .order_by(history.c.seq)
)


class HistoryRows:
    """The histories of one transaction. Callers hold the case's lock when they append."""

    def __init__(self, session: Session, keyring: Keyring, keys: CaseKeys) -> None:
        self._session = session
        self._keyring = keyring
        self._keys = keys

    async def append(
        self, case_id: str, at: datetime, actor: str, fact: str, detail: dict[str, str]
    ) -> None:
        found = await self._session.row(KEY_AND_LAST, case_id=case_id)
        if found is None:
            return
        wrapped, last, previous = found
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
            hash=_chain(previous or b"", case_id, seq, at, actor, fact, sealed),
        )

    async def of_case(self, case_id: str) -> Sequence[Entry]:
        key = await self._keys.of(case_id)
        if key is None:
            return []
        return [
            Entry(seq, at, actor, fact, self._detail(key, case_id, seq, sealed))
            for seq, at, actor, fact, sealed, _ in await self._rows(case_id)
        ]

    def _detail(self, key: bytes, case_id: str, seq: int, sealed: bytes) -> dict[str, str]:
        opened = self._keyring.open(key, _place(case_id, seq), sealed)
        detail: dict[str, str] = json.loads(opened)
        return detail

    async def first_broken(self, case_id: str) -> int | None:
        previous = b""
        for expected, row in enumerate(await self._rows(case_id)):
            seq, at, actor, fact, sealed, kept = row
            hash = _chain(previous, case_id, expected, at, actor, fact, sealed)
            if seq != expected or kept != hash:
                return expected
            previous = hash
        return None

    async def _rows(self, case_id: str) -> Sequence[Row]:
        return await self._session.rows(OF_CASE, case_id=case_id)


def _place(case_id: str, seq: int) -> str:
    return f"history.sealed|{case_id}|{seq}"


def _chain(
    previous: bytes,
    case_id: str,
    seq: int,
    at: datetime,
    actor: str,
    fact: str,
    sealed: bytes,
) -> bytes:
    parts = (case_id, str(seq), at.astimezone(UTC).isoformat(), actor, fact)
    digest = hashlib.sha256(b"mamori history 1" + previous)
    for part in (*(part.encode() for part in parts), hashlib.sha256(sealed).digest()):
        digest.update(len(part).to_bytes(4, "big") + part)
    return digest.digest()
