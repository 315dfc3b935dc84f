"""What happened to a case: append-only, and chained so that a later change shows.

Each line's hash covers the line before it and the sealed detail, not the text, so that a
chain still verifies after the case's key was destroyed.
"""

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import RowMapping, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.records import Entry
from storage.cases import case_key_of
from storage.keyring import Keyring
from storage.tables import history


class HistoryRows:
    """The histories of one transaction. Callers hold the case's lock when they append."""

    def __init__(self, connection: AsyncConnection, keyring: Keyring) -> None:
        self._connection = connection
        self._keyring = keyring

    async def append(
        self, case_id: str, at: datetime, actor: str, fact: str, detail: dict[str, str]
    ) -> None:
        key = await case_key_of(self._connection, self._keyring, case_id)
        if key is None:
            return
        last = await self._connection.scalar(
            select(func.max(history.c.seq)).where(history.c.case_id == case_id)
        )
        seq = 0 if last is None else last + 1
        previous = b"" if last is None else await self._hash_of(case_id, last)
        body = json.dumps(detail, ensure_ascii=False, sort_keys=True).encode()
        sealed = self._keyring.seal(key, _place(case_id, seq), body)
        await self._connection.execute(
            insert(history).values(
                case_id=case_id,
                seq=seq,
                at=at,
                actor=actor,
                fact=fact,
                sealed=sealed,
                hash=_chain(previous, case_id, seq, at, actor, fact, sealed),
            )
        )

    async def _hash_of(self, case_id: str, seq: int) -> bytes:
        found: bytes | None = await self._connection.scalar(
            select(history.c.hash).where(history.c.case_id == case_id, history.c.seq == seq)
        )
        return found or b""

    async def of_case(self, case_id: str) -> Sequence[Entry]:
        key = await case_key_of(self._connection, self._keyring, case_id)
        if key is None:
            return []
        return [
            Entry(
                seq=row["seq"],
                at=row["at"],
                actor=row["actor"],
                fact=row["fact"],
                detail=json.loads(
                    self._keyring.open(key, _place(case_id, row["seq"]), row["sealed"])
                ),
            )
            for row in await self._rows(case_id)
        ]

    async def first_broken(self, case_id: str) -> int | None:
        previous = b""
        for expected, row in enumerate(await self._rows(case_id)):
            hash = _chain(
                previous,
                case_id,
                expected,
                row["at"],
                row["actor"],
                row["fact"],
                row["sealed"],
            )
            if row["seq"] != expected or row["hash"] != hash:
                return expected
            previous = hash
        return None

    async def _rows(self, case_id: str) -> Sequence[RowMapping]:
        rows = await self._connection.execute(
            select(history).where(history.c.case_id == case_id).order_by(history.c.seq)
        )
        return rows.mappings().all()


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
