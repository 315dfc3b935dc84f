"""The chain of a history: what a line's hash covers, and which line is the first that is wrong.

Each hash covers the line before it and the sealed detail, not the text, so that a chain still
verifies after the case's key was destroyed.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.case_records import Break, BreakKind

_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Line:
    """A line as it stands in the table."""

    seq: int
    at: datetime
    actor: str
    fact: str
    sealed: bytes
    hash: bytes

    @classmethod
    def read(cls, seq: Any, at: Any, actor: Any, fact: Any, sealed: Any, hash: Any) -> "Line":
        """A line from whatever stands in its row; of what is none of ours one that fits nowhere.

        SQLite keeps a value of any kind in any column: whoever tampers with one row must not
        keep the others from being looked at.
        """
        values = (seq, at, actor, fact, sealed, hash)
        kinds = (int, datetime, str, str, bytes, bytes)
        if all(map(isinstance, values, kinds)):
            return cls(*values)
        return cls(seq if isinstance(seq, int) else -1, _NEVER, "", "", b"", b"")

    def fits(self, previous: bytes, case_id: str, seq: int) -> bool:
        """Whether this is line `seq` of the case, wherever it stands now."""
        made = chained(previous, case_id, seq, self.at, self.actor, self.fact, self.sealed)
        return self.hash == made


def chained(
    previous: bytes, case_id: str, seq: int, at: datetime, actor: str, fact: str, sealed: bytes
) -> bytes:
    """The hash of a line that stands after the line with the hash `previous`."""
    parts = (case_id, str(seq), at.astimezone(UTC).isoformat(), actor, fact)
    digest = hashlib.sha256(b"mamori history 1" + previous)
    for part in (*(part.encode() for part in parts), hashlib.sha256(sealed).digest()):
        digest.update(len(part).to_bytes(4, "big") + part)
    return digest.digest()


def first_break(case_id: str, lines: Sequence[Line]) -> Break | None:
    """The first line that is not as it was written, and what became of it; None when whole."""
    previous = b""
    for seq, line in enumerate(lines):
        if line.seq != seq or not line.fits(previous, case_id, seq):
            return Break(seq, _what(lines, previous, case_id, seq))
        previous = line.hash
    return None


def _what(lines: Sequence[Line], previous: bytes, case_id: str, seq: int) -> BreakKind:
    if any(line.fits(previous, case_id, seq) for line in lines[seq:]):
        return BreakKind.MOVED
    if lines[seq].seq != seq:
        return BreakKind.REMOVED
    # The lines after a removed one may have moved up: each then fits one place further on.
    following = lines[seq + 1 : seq + 2]
    moved_up = any(line.fits(lines[seq].hash, case_id, seq + 2) for line in following)
    return BreakKind.REMOVED if moved_up else BreakKind.ALTERED
