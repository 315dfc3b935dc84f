"""Pinned heads: what each history ended with, chained and signed, outside the database.

A line a case that grew. Each line names the line before it by its hash and is signed, so that
a file with a line altered, removed or added is found by whoever holds the public key, and the
last good signature stands for every line above it.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bot.keys import IndexKey


class PinKind(StrEnum):
    """What a line is about. Stored; never rename one."""

    START = "start"  # the first line: `hash` is the public key
    HEAD = "head"  # a case's history ended with this line
    LEFT = "left"  # a case leaves the database, rightly; its history ended with this line


@dataclass(frozen=True)
class Pin:
    """What one line says."""

    kind: PinKind
    at: datetime
    upto: int = 0
    """Every history line numbered up to this one is pinned."""
    case: str = ""
    """A keyed hash of the public id."""
    seq: int = -1
    hash: str = ""


@dataclass(frozen=True)
class Line:
    """A line as it stands in the file."""

    number: int
    before: str
    """The hash of the whole line before; empty for the first."""
    pin: Pin
    signature: bytes
    signed: bytes
    """The part that the signature covers."""
    text: bytes


class HeadsBroken(Exception):
    """The file of heads is not as it was written."""

    def __init__(self, number: int) -> None:
        super().__init__(f"line {number} of the heads is not as it was written")
        self.number = number


class HeadsKey:
    """Signs lines and names cases in them, under a key that hangs on the index key."""

    def __init__(self, index: IndexKey) -> None:
        self._index = index
        private = index.mac("heads signature", b"")
        self._private = Ed25519PrivateKey.from_private_bytes(private)
        self.public = self._private.public_key().public_bytes_raw().hex()

    def case(self, public_id: str) -> str:
        """A case as the file names it: nothing to anybody without the index key."""
        return self._index.mac("heads case", public_id.encode())[:16].hex()

    def write(self, pin: Pin, after: Line | None) -> Line:
        """The line that says `pin` and stands after another."""
        said = {
            "n": 1 if after is None else after.number + 1,
            "before": "" if after is None else line_hash(after),
            "kind": pin.kind.value,
            "at": pin.at.astimezone(UTC).isoformat(timespec="seconds"),
            "upto": pin.upto,
            "case": pin.case,
            "seq": pin.seq,
            "hash": pin.hash,
        }
        signature = self._private.sign(_packed(said)).hex()
        line = read_line(_packed({**said, "signature": signature}))
        assert line is not None
        return line

    def has_signed(self, line: Line) -> bool:
        """Whether this line, and so every line that it stands on, is ours."""
        try:
            self._private.public_key().verify(line.signature, line.signed)
        except InvalidSignature:
            return False
        return True


def read_line(text: bytes) -> Line | None:
    """A line of the file; None for the rest of one that a crash cut short."""
    try:
        said = json.loads(text)
        signature = bytes.fromhex(said.pop("signature"))
        pin = Pin(
            kind=PinKind(said["kind"]),
            at=datetime.fromisoformat(said["at"]),
            upto=int(said["upto"]),
            case=str(said["case"]),
            seq=int(said["seq"]),
            hash=str(said["hash"]),
        )
        number, before = int(said["n"]), str(said["before"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return Line(number, before, pin, signature, _packed(said), text)


def line_hash(line: Line) -> str:
    """What the next line names this one by."""
    return hashlib.sha256(line.text).hexdigest()


def checked(lines: Iterable[Line], key: HeadsKey) -> Iterator[Pin]:
    """What the lines say, in order. Raises HeadsBroken at the first that is not as written.

    The last signature is checked when all lines were read: until then nothing is proved.
    """
    last: Line | None = None
    for line in lines:
        if not _follows(line, last) or _is_foreign(line, key):
            altered = last is not None and not key.has_signed(last)
            raise HeadsBroken(line.number - 1 if altered else line.number)
        yield line.pin
        last = line
    if last is not None and not key.has_signed(last):
        raise HeadsBroken(last.number)


def _follows(line: Line, last: Line | None) -> bool:
    if last is None:
        return line.number == 1 and not line.before
    return line.number == last.number + 1 and line.before == line_hash(last)


def _is_foreign(line: Line, key: HeadsKey) -> bool:
    return line.pin.kind is PinKind.START and line.pin.hash != key.public


def _packed(said: dict[str, Any]) -> bytes:
    return json.dumps(said, separators=(",", ":")).encode()
