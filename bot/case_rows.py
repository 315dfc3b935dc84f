"""What bot asks of storage about cases: rows, keys, words and what was written down of them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from bot.case_records import (
    BodyParts,
    Break,
    Case,
    CaseKind,
    CaseState,
    Chunk,
    Entry,
    Head,
    Message,
    Part,
)
from bot.whole_case import WholeCase


class Cases(Protocol):
    """Cases, and the sealed body of each, in three parts with a key each."""

    async def add(
        self,
        case: Case,
        body: BodyParts,
        draft_mac: bytes,
        *,
        receipt_mac: bytes | None = None,
        caller_mac: bytes | None = None,
    ) -> None: ...

    async def get(self, case_id: str) -> Case | None: ...

    async def lock(self, case_id: str) -> Case | None:
        """The case, held against every other writer until the transaction ends."""
        ...

    async def by_draft(self, draft_mac: bytes) -> Case | None: ...

    async def by_receipt(self, receipt_mac: bytes) -> Case | None: ...

    async def by_public_id(self, public_id: str) -> Case | None: ...

    async def by_caller(self, caller_mac: bytes) -> Case | None:
        """The running call for help of one visit."""
        ...

    async def note_caller(self, case_id: str, caller_mac: bytes) -> None:
        """The visit leads to this call again."""
        ...

    async def forget_caller(self, case_id: str) -> None:
        """Nothing leads from the call to the visit any more."""
        ...

    async def body(self, case_id: str, opening: Collection[Part] = ()) -> BodyParts | None:
        """What was answered and written, with the parts that are to be opened beside the content.

        None once its key is destroyed. Who opens what: `bot.rights`.
        """
        ...

    async def whole(self, case_id: str, opening: Collection[Part] = ()) -> WholeCase | None:
        """The case and everything that hangs on it; None once unknown or shredded."""
        ...

    async def open_at(self, kind: str, limit: int) -> Sequence[str]:
        """The ids of open cases that owe or show a card of this kind: those of `to_do_at`, then the
        calls for help of which nothing is owed any more, for nobody closes a call.

        What waits before it leaves has no card yet, and is no part of it.
        """
        ...

    async def to_do_at(self, kind: str, limit: int, address: str | None = None) -> Sequence[str]:
        """The ids of open cases with a card of this kind on which somebody has something to do,
        most urgent first: of reports, and of calls while somebody is to look after them.

        With an address: of those whose card belongs into that channel.
        """
        ...

    async def taken_back_at(self, kind: str, limit: int) -> Sequence[str]:
        """The ids of reports that were taken back, and whose reporter is to be spoken with all the
        same, that owe or show a card of this kind; most urgent first."""
        ...

    async def called_since(self, since: datetime) -> Sequence[str]:
        """The ids of the calls for help since then, newest first; of those that are over, too."""
        ...

    async def public_ids(self) -> Mapping[str, str]:
        """The public id of every case, by its id, in the order of the public ids."""
        ...

    async def set_body(self, case_id: str, body: BodyParts, *, counted: bool = True) -> None:
        """Writes every part anew, one that was not opened as it is: no row tells which changed.

        Not `counted`: the case's number of changes, which is in the clear, does not tell of it.
        """
        ...

    async def set_urgency(self, case_id: str, urgency: str) -> None: ...

    async def set_state(
        self, case_id: str, state: CaseState, *, ended_on: date | None = None
    ) -> None:
        """Where the case stands now. `ended_on`: from that day on it is kept for a time only."""
        ...


class Endings(Protocol):
    """Cases whose time is over."""

    async def over(
        self, kind: CaseKind, state: CaseState, ended_by: date, limit: int
    ) -> Sequence[Case]:
        """Cases that ended by then, are not held, and on which no duty moves; oldest first."""
        ...

    async def is_over(self, case: Case, ended_by: date) -> bool:
        """Whether all of that is so of this case, as it stands now."""
        ...

    async def end(self, case_id: str, on: date | None) -> None:
        """A call for help is over: from that day on it is kept for a time only."""
        ...

    async def hold(self, case_id: str, held: bool) -> None:
        """Keeps a case whatever its age, or lets it go again."""
        ...

    async def held(self) -> int:
        """How many cases are held."""
        ...

    async def erased(self) -> int:
        """How many cases were ever erased."""
        ...

    async def erase(self, case: Case, stub_id: str, on: date) -> bool:
        """Deletes a case, its key and all that hangs on it; what statistics need stays.

        False, and nothing done, for a case that is held.
        """
        ...


class Vault(Protocol):
    """Return addresses, apart from the cases: rows of one size under random keys, no time."""

    async def hold(self, key: bytes) -> None:
        """Until the transaction ends nobody else holds this key, whether or not it has a row."""
        ...

    async def put(self, key: bytes, secret: bytes, text: bytes) -> None:
        """Adds a row, sealed under a secret that only the case knows."""
        ...

    async def open(self, key: bytes, secret: bytes) -> bytes | None:
        """What a row holds; None once it was destroyed."""
        ...

    async def rewrite(self, key: bytes, secret: bytes, text: bytes) -> None:
        """Seals something else in a row that is there: it looks as before, and stands where it
        stood."""
        ...

    async def forget(self, key: bytes) -> None:
        """Destroys a row."""
        ...


class Keys(Protocol):
    """Every wrapped key, whatever it opens."""

    async def rewrap(self, limit: int) -> int:
        """Wraps keys anew that another of the master keys than the first one wrapped; gives how
        many, at most `limit`."""
        ...

    def first(self) -> str:
        """The id of the master key that wraps what is new."""
        ...

    def masters(self) -> Collection[str]:
        """The ids of the master keys that are set."""
        ...

    async def by_master(self) -> Mapping[str, int]:
        """How many keys each master key wraps, by its id."""
        ...


class History(Protocol):
    """What happened to a case, chained so that a later change shows."""

    async def append(
        self, case_id: str, at: datetime, actor: str, fact: str, detail: dict[str, str]
    ) -> None: ...

    async def of_case(self, case_id: str) -> Sequence[Entry]: ...

    async def first_broken(self, case_id: str) -> Break | None:
        """The first line that was altered, removed or moved; None when the chain is whole.

        That the tail was cut off, or every line rewritten, shows only beside pinned heads.
        """
        ...

    async def hashes(self, case_id: str) -> Sequence[bytes]:
        """The hash of each line as it stands there, in order."""
        ...

    async def grown(self, after: int, limit: int) -> Sequence[Head]:
        """The newest lines numbered above `after`, one a case, by number.

        At most `limit` lines are read; nothing numbered below the last one given appears
        later. In a write transaction only.
        """
        ...

    async def newest(self) -> int:
        """The highest number of any line; 0 when there is none."""
        ...


class Messages(Protocol):
    """What the reporter and the desk write to each other, sealed like everything written."""

    async def add(self, case_id: str, message: Message) -> None: ...

    async def of_case(self, case_id: str) -> Sequence[Message]: ...


class Files(Protocol):
    """The sealed bytes of evidence, in chunks of one size. What they are, the case's body says."""

    async def put(self, chunk: Chunk, text: bytes) -> None:
        """Adds a chunk of at most CHUNK_BYTES; nothing once the case's key is gone."""
        ...

    async def get(self, chunk: Chunk) -> bytes | None:
        """A chunk, opened; None where there is none, or the case's key is gone."""
        ...

    async def case_of(self, file_id: str) -> str | None:
        """The case of a file that has any chunk."""
        ...

    async def forget(self, file_id: str) -> None:
        """Deletes every chunk of a file."""
        ...

    async def count(self) -> int:
        """How many chunks there are, of all files."""
        ...


class Links(Protocol):
    """Links that are good once: a keyed hash, a day, and what only the link itself opens."""

    async def put(self, key_mac: bytes, secret: bytes, text: bytes, day: date) -> None: ...

    async def take(self, key_mac: bytes, secret: bytes) -> bytes | None:
        """What a link is for, and its end; None where there is no such link any more."""
        ...

    async def forget_before(self, day: date) -> int: ...
