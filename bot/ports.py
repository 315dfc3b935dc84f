"""What bot asks of the outside: rows to remember, platforms to speak to, time and chance.

Each port is a few verbs named by the caller's wish. Storage implements the rows, adapters
the platforms, and wiring passes them in; a test passes others to the same constructor.
"""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from bot.records import (
    CardRow,
    Case,
    CaseState,
    DraftKey,
    Duty,
    Entry,
    Job,
    Message,
    NudgeRow,
    NudgeState,
    Post,
    SeatRow,
)
from flows.screens import Card

# --- time and chance ---------------------------------------------------------------------


class Clock(Protocol):
    """The only source of the present time."""

    def now(self) -> datetime:
        """The present instant, in UTC."""
        ...


class Entropy(Protocol):
    """The only source of chance."""

    def bytes(self, count: int) -> bytes:
        """`count` random bytes, fit for keys."""
        ...

    def between(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included, each equally likely."""
        ...


# --- rows ----------------------------------------------------------------------------------


class Cases(Protocol):
    """Cases, and the sealed body of each."""

    async def add(
        self,
        case: Case,
        body: bytes,
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

    async def by_caller(self, caller_mac: bytes) -> Case | None:
        """The running call for help of one visit."""
        ...

    async def forget_caller(self, case_id: str) -> None:
        """Nothing leads from the call to the visit any more."""
        ...

    async def body(self, case_id: str) -> bytes | None:
        """What was answered and written, opened; None once its key is destroyed."""
        ...

    async def set_body(self, case_id: str, body: bytes) -> None: ...

    async def set_state(self, case_id: str, state: CaseState) -> None: ...


class Duties(Protocol):
    """Duties, the answers to them, and the messages owed about them."""

    async def add(self, duty: Duty) -> None: ...

    async def get(self, duty_id: str) -> Duty | None: ...

    async def of_case(self, case_id: str) -> Sequence[Duty]: ...

    async def save(self, duty: Duty) -> None: ...

    async def open_without_clock(self) -> int:
        """How many open duties with a ladder have no clock: always 0, or something is lost."""
        ...

    async def seats(self, duty_id: str) -> Sequence[SeatRow]: ...

    async def put_seat(self, seat: SeatRow) -> None: ...

    async def clear_seats(self, duty_id: str, person_ids: Sequence[str]) -> None: ...

    async def add_nudge(self, nudge: NudgeRow) -> bool:
        """Owes a message; False when this rung of this climb owes it already."""
        ...

    async def nudge(self, nudge_id: str) -> NudgeRow | None: ...

    async def nudges(self, duty_id: str) -> Sequence[NudgeRow]: ...

    async def set_nudge(
        self,
        nudge_id: str,
        state: NudgeState,
        *,
        sent_at: datetime | None = None,
        ref: str | None = None,
        shown: str | None = None,
    ) -> None: ...


class Cards(Protocol):
    """Which cards show which cases where."""

    async def add(self, card: CardRow) -> None: ...

    async def get(self, card_id: str) -> CardRow | None: ...

    async def of_case(self, case_id: str) -> Sequence[CardRow]: ...

    async def failed(self) -> int:
        """How many cards no platform would take."""
        ...

    async def save(self, card: CardRow) -> None: ...


class Jobs(Protocol):
    """Clocks and outbox in one table."""

    async def enqueue(
        self,
        kind: str,
        subject: str,
        due_at: datetime,
        *,
        dedup: str,
        priority: int = 5,
        keep_waiting: bool = False,
    ) -> None:
        """Makes something due; a pending job of the same dedup key is moved, never doubled.

        With `keep_waiting` a job that a platform told to wait is not moved before its time.
        """
        ...

    async def cancel(self, subject: str, kinds: Sequence[str] = ()) -> None: ...

    async def any_due(self, now: datetime) -> bool:
        """Whether a claim could find something; asked first, because a claim writes."""
        ...

    async def claim(self, now: datetime, lease_seconds: int) -> Job | None:
        """The most urgent due job, held for a while against every other process."""
        ...

    async def done(self, job: Job) -> bool:
        """Ends a job; False when the lease was lost, and nothing more may be done for it."""
        ...

    async def retry(self, job: Job, due_at: datetime, *, tried: bool = True) -> None:
        """Puts a held job off. Not `tried`: the platform certainly took nothing."""
        ...

    async def overdue(self, before: datetime) -> int: ...

    async def due_at(self, dedup: str) -> datetime | None:
        """When the pending job of this dedup key is due; None when there is none."""
        ...


class History(Protocol):
    """What happened to a case, chained so that a later change shows."""

    async def append(
        self, case_id: str, at: datetime, actor: str, fact: str, detail: dict[str, str]
    ) -> None: ...

    async def of_case(self, case_id: str) -> Sequence[Entry]: ...

    async def first_broken(self, case_id: str) -> int | None:
        """The number of the first line that was altered, removed or moved; None when whole."""
        ...


class Messages(Protocol):
    """What the reporter and the desk write to each other, sealed like everything written."""

    async def add(self, case_id: str, message: Message) -> None: ...

    async def of_case(self, case_id: str) -> Sequence[Message]: ...


class Board(Protocol):
    """The web demo's channels: a platform of our own, kept like any other's messages."""

    async def post(
        self, key: str, channel: str, thread: str | None, content: str, at: datetime
    ) -> str:
        """Posts once per key, and gives the post's id each time."""
        ...

    async def edit(self, post_id: str, content: str, at: datetime) -> bool: ...

    async def posts(self, channel: str, limit: int) -> Sequence[Post]: ...


class DraftKeys(Protocol):
    """One key a day for the sealed lists of unfinished conversations."""

    async def of_day(self, day: date) -> DraftKey:
        """That day's key, made on first use."""
        ...

    async def by_id(self, key_id: int) -> DraftKey | None: ...

    async def destroy_before(self, day: date) -> int: ...


class Transaction(Protocol):
    """Everything or nothing. Leaving the block commits; an exception rolls back."""

    cases: Cases
    duties: Duties
    cards: Cards
    jobs: Jobs
    history: History
    messages: Messages
    board: Board
    draft_keys: DraftKeys


class Storage(Protocol):
    """The database."""

    def write(self) -> AbstractAsyncContextManager[Transaction]:
        """A transaction that may change rows. Never await a platform inside one."""
        ...

    def read(self) -> AbstractAsyncContextManager[Transaction]:
        """A consistent view that changes nothing."""
        ...

    async def check(self) -> None:
        """Raises when a report could not be written now."""
        ...

    async def close(self) -> None: ...


# --- platforms -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sent:
    """The platform has it, under this name."""

    ref: str


@dataclass(frozen=True)
class Throttled:
    """Not taken; the platform says when to come back."""

    retry_at: datetime


@dataclass(frozen=True)
class Ambiguous:
    """It may have been taken: the answer was lost."""


@dataclass(frozen=True)
class Permanent:
    """It will never be taken this way, for this reason (a fixed word, never a text)."""

    reason: str


Delivery = Sent | Throttled | Ambiguous | Permanent


class Messenger(Protocol):
    """One platform's channels. What cannot be shown there has a written fallback there."""

    async def post(self, channel: str, card: Card, key: str, thread: str | None) -> Delivery:
        """Shows a new message. `key` names it for ever, so that a repeat can be recognised."""
        ...

    async def edit(self, ref: str, card: Card) -> Delivery:
        """Makes an existing message show `card`. May be repeated freely."""
        ...
