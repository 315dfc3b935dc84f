"""A case as bot sees it: what storage remembers of it and of its history, without how."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class CaseKind(StrEnum):
    """Two things an employee can start, kept apart."""

    HELP = "help"
    REPORT = "report"


class CaseState(StrEnum):
    """Where a case stands."""

    KEPT = "kept"  # saved; leaves for the desk later
    OPEN = "open"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Case:
    """A case without what anybody wrote; that is opened on its own."""

    id: str
    public_id: str
    kind: CaseKind
    state: CaseState
    urgency: str
    policy_id: str
    rev: int


class Part(StrEnum):
    """What of a case is sealed apart from its content, so that it stays shut for most readers."""

    IDENTITY = "identity"  # who sent it, where somebody may know
    HEALTH = "health"  # how they are


@dataclass(frozen=True)
class BodyParts:
    """What a case holds, opened, as bytes; see `bot.bodies`. Each part has a key of its own.

    None: a part that was not opened; written back, it stays as it is.
    """

    content: bytes
    identity: bytes | None
    health: bytes | None


@dataclass(frozen=True)
class Entry:
    """One line of a case's history."""

    seq: int
    at: datetime
    actor: str
    fact: str
    detail: dict[str, str] = field(default_factory=dict)


class BreakKind(StrEnum):
    """What became of a line of a history."""

    ALTERED = "altered"
    REMOVED = "removed"
    MOVED = "moved"


@dataclass(frozen=True)
class Break:
    """The first line of a case's history that is not as it was written."""

    seq: int
    what: BreakKind


@dataclass(frozen=True)
class Head:
    """The newest line of a case's history, to be pinned outside the database."""

    public_id: str
    seq: int
    hash: bytes
    number: int
    """Counts the lines of all histories in the order in which they were committed."""


class Author(StrEnum):
    """Who wrote a message between the reporter and the desk."""

    DESK = "desk"
    REPORTER = "reporter"


@dataclass(frozen=True)
class Message:
    """One message between the reporter and the desk, opened."""

    author: Author
    at: datetime
    text: str


CHUNK_BYTES = 256 * 1024 - 33
"""Of a file in one row; sealed, every row has one and the same size."""


class Copy(StrEnum):
    """Which copy of a file of evidence."""

    ORIGINAL = "original"  # as it came
    SHOWN = "shown"  # a picture drawn anew, without anything that is not a pixel


@dataclass(frozen=True)
class Chunk:
    """A part of a file of evidence: what its row is bound to."""

    case_id: str
    file_id: str
    copy: Copy
    number: int
    last: bool
