"""What bot asks of the outside: rows to remember, platforms to speak to, time and chance.

Each port is a few verbs named by the caller's wish. Storage implements the rows, adapters
the platforms, and wiring passes them in; a test passes others to the same constructor.
"""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol, runtime_checkable

from bot.records import (
    BodyParts,
    Break,
    CardList,
    CardRow,
    Case,
    CaseKind,
    CaseState,
    Chunk,
    DraftKey,
    Duty,
    Entry,
    Head,
    Install,
    Job,
    Message,
    NewJob,
    NudgeRow,
    NudgeState,
    OnDuty,
    Part,
    Post,
    SeatRow,
    Wanted,
    WholeCase,
    any_platform,
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

    async def by_caller(self, caller_mac: bytes) -> Case | None:
        """The running call for help of one visit."""
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
        """The ids of open cases that owe or show a card of this kind, most urgent first.

        What waits before it leaves has no card yet, and is no part of it.
        """
        ...

    async def public_ids(self) -> Mapping[str, str]:
        """The public id of every case, by its id, in the order of the public ids."""
        ...

    async def set_body(self, case_id: str, body: BodyParts) -> None:
        """Writes every part anew, one that was not opened as it is: no row tells which changed."""
        ...

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
        """Wraps keys anew that another master key than the present one wrapped; gives how many,
        at most `limit`."""
        ...

    async def by_master(self) -> Mapping[str, int]:
        """How many keys each master key wraps, by its id."""
        ...


class Duties(Protocol):
    """Duties, the answers to them, and the messages owed about them."""

    async def add(self, duties: Sequence[Duty]) -> None: ...

    async def get(self, duty_id: str) -> Duty | None: ...

    async def of_case(self, case_id: str) -> Sequence[Duty]: ...

    async def save(self, duty: Duty) -> None: ...

    async def unscheduled(self) -> int:
        """How many duties still move (open, answered, said done) and have no pending job: always 0.

        An exhausted duty is owed too, but has nobody left to ask; see `exhausted`.
        """
        ...

    async def exhausted(self) -> int:
        """How many duties are still owed with nobody left to ask."""
        ...

    async def seats(self, duty_id: str) -> Sequence[SeatRow]: ...

    async def put_seat(self, seat: SeatRow) -> None: ...

    async def clear_seats(self, duty_id: str, person_ids: Sequence[str]) -> None: ...

    async def add_nudges(self, nudges: Sequence[NudgeRow]) -> frozenset[str]:
        """Owes messages; gives the ids of those that this rung of this climb did not owe yet.

        A rung of a climb owes one message to the channel, and one to each person directly.
        """
        ...

    async def nudge(self, nudge_id: str) -> NudgeRow | None: ...

    async def nudges(self, duty_id: str) -> Sequence[NudgeRow]: ...

    async def with_failed_nudges(self) -> Sequence[str]:
        """The cases with a message that no platform would take, about a duty that is still owed."""
        ...

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

    async def all_failed(self) -> Sequence[CardRow]:
        """The cards no platform would take."""
        ...

    async def unscheduled(self) -> int:
        """How many cards and messages are owed and have no pending job: always 0."""
        ...

    async def save(self, card: CardRow) -> None: ...

    async def waiting(self, address: str, kind: str, limit: int) -> Sequence[CardRow]:
        """Cards of a kind owed to a channel, never shown and on no list, oldest case first."""
        ...

    async def shown_since(self, address: str, kind: str, since: datetime) -> int:
        """How many cards of a kind this channel has been shown since then, each by itself."""
        ...

    async def newest_list(self, address: str) -> CardList | None:
        """The running list of this channel that was opened last."""
        ...

    async def add_list(self, row: CardList) -> None: ...

    async def put_on_list(self, list_id: str, card_ids: Sequence[str]) -> None:
        """A running list stands for these cards too, in this order."""
        ...

    async def get_list(self, list_id: str) -> CardList | None: ...

    async def save_list(self, row: CardList) -> None: ...

    async def of_list(self, list_id: str) -> Sequence[CardRow]:
        """The cards a running list stands for, in the order they were put on it."""
        ...


class Jobs(Protocol):
    """Clocks and outbox in one table."""

    async def enqueue(self, jobs: Sequence[NewJob]) -> None:
        """Makes things due; a pending job of the same dedup key is moved, never doubled."""
        ...

    async def cancel(self, subject: str, kinds: Sequence[str] = ()) -> None: ...

    async def next_due(self) -> datetime | None:
        """When the earliest pending job is due, whatever its channel's pace; None for none."""
        ...

    async def claim(
        self,
        now: datetime,
        lease_seconds: int,
        gaps: Mapping[str, float],
        wanted: Wanted = any_platform,
    ) -> Job | None:
        """The most urgent due job whose channel's pace allows it, held against every other process.

        `wanted` is asked with the platform of its channel; "" for what no platform sees.

        `gaps` holds, for each platform, how many seconds lie between two messages of one
        channel; a claim of a job with a pace takes that channel's next place. A platform that
        is not named has no pace.
        """
        ...

    async def reclaim(self, now: datetime) -> int:
        """Takes back every row that a process held when it died; only for a database with one
        process. What it had begun may have happened: the tries are kept. Gives how many."""
        ...

    async def unspent(self, job: Job, now: datetime) -> None:
        """Nothing was sent for this job: its channel's place is free again at once."""
        ...

    async def hold(self, pace: str, until: datetime) -> None:
        """Nothing goes to this channel before `until`: the platform said so."""
        ...

    async def done(self, job: Job) -> bool:
        """Ends a job; False when the lease was lost, and nothing more may be done for it."""
        ...

    async def retry(self, job: Job, due_at: datetime, *, tried: bool = True) -> None:
        """Puts a held job off. Not `tried`: the platform certainly took nothing."""
        ...

    async def overdue(self, before: datetime) -> int:
        """How many pending jobs were due before then and not held back by their channel's pace.

        A channel holds back while its next place lies after `before`: it was used since, or
        its platform told it to wait.
        """
        ...

    async def failing(self, attempts: int) -> int:
        """How many pending jobs were tried this often or more."""
        ...

    async def due(self, now: datetime) -> Mapping[str, int]:
        """How many pending jobs of each kind are due, whatever their channel's pace."""
        ...

    async def in_hand(self) -> frozenset[str]:
        """The subjects of the jobs that are held just now, by any process."""
        ...

    async def due_at(self, dedup: str) -> datetime | None:
        """When the pending job of this dedup key is due; None when there is none."""
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


class Inbox(Protocol):
    """What was delivered to us before: a platform repeats itself, and so does a thumb."""

    async def first(self, key: bytes, at: datetime) -> bool:
        """Whether this delivery is new; noted in the transaction of its effect."""
        ...

    async def forget(self, key: bytes) -> None:
        """This delivery came to nothing and may come again."""
        ...

    async def forget_before(self, at: datetime) -> int: ...


class Rosters(Protocol):
    """The imported roster, sealed, and who said that they are on duty."""

    async def version(self) -> int:
        """Raised by every import; 0 when none was ever imported."""
        ...

    async def read(self) -> bytes | None:
        """The newest roster, opened."""
        ...

    async def replace(self, roster: bytes, at: datetime) -> int:
        """Puts a new roster in place of the old one, which is gone. Gives its version."""
        ...

    async def declare(self, row: OnDuty) -> None:
        """Somebody is on duty at a site until then; saying it again moves the end."""
        ...

    async def off_duty(self, person_id: str) -> None: ...

    async def on_duty(self, now: datetime) -> Sequence[OnDuty]:
        """Whoever said so and whose time has not run out."""
        ...


class References(Protocol):
    """Where a platform told us that we may write to: addresses, sealed, and nothing about when.

    A key is a keyed hash of whose address it is.
    """

    async def find(self, key: bytes) -> bytes | None: ...

    async def put(self, key: bytes, reference: bytes) -> None:
        """Puts something under a key, in the place of what stood there."""
        ...

    async def drop(self, key: bytes) -> None: ...


class Installs(Protocol):
    """Where our app is installed on platforms that hand out a token for each place."""

    async def put(self, install: Install) -> None:
        """Keeps what an installation gave; what it gave before is gone."""
        ...

    async def all(self) -> Sequence[Install]: ...

    async def remove(self, id: str) -> bool:
        """Forgets an installation and its tokens; False when there was none."""
        ...

    async def hold(self, install: Install, now: datetime, until: datetime) -> bool:
        """Whether this process may fetch a new token for it now; no other may before `until`.

        False also when somebody has put a newer one in its place.
        """
        ...


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
    endings: Endings
    keys: Keys
    vault: Vault
    duties: Duties
    cards: Cards
    jobs: Jobs
    history: History
    messages: Messages
    files: Files
    links: Links
    rosters: Rosters
    references: References
    inbox: Inbox
    installs: Installs
    board: Board
    draft_keys: DraftKeys


class Storage(Protocol):
    """The database."""

    @property
    def one_process(self) -> bool:
        """Whether no other process can use it, so that nobody else holds a row."""
        ...

    def write(self, *, quiet: bool = False) -> AbstractAsyncContextManager[Transaction]:
        """A transaction that may change rows. Never await a platform inside one.

        `quiet`: nobody who waits for a change need look because of it.
        """
        ...

    def read(self) -> AbstractAsyncContextManager[Transaction]:
        """A consistent view that changes nothing."""
        ...

    async def check(self) -> None:
        """Raises when a report could not be written now."""
        ...

    async def scrub(self) -> None:
        """Takes what was deleted out of the database's files and its log.

        On PostgreSQL with rights to VACUUM; what a log archive or a backup holds stays there
        for its own life.
        """
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


@dataclass(frozen=True)
class NotThere:
    """Looked for and not there: it was certainly not taken."""


Found = Sent | NotThere | Throttled | Ambiguous


@runtime_checkable
class KnowsMembers(Protocol):
    """A messenger that can tell who reads a channel now."""

    async def members(self, channel: str) -> frozenset[str] | None:
        """The accounts in a channel at this moment; None when the platform does not say."""
        ...


class Messenger(Protocol):
    """One platform's channels. What cannot be shown there has a written fallback there.

    A channel is named as the company wrote it; "@" and somebody's account on this platform
    names the direct messages to that person.
    """

    @property
    def gap_seconds(self) -> float:
        """How long the platform wants between two messages of one channel; 0 for no limit."""
        ...

    @property
    def reads_back(self) -> bool:
        """Whether `find` can tell if a message was taken whose answer was lost."""
        ...

    async def post(self, channel: str, card: Card, key: str, thread: str | None) -> Delivery:
        """Shows a new message. `key` names it for ever, so that a repeat can be recognised."""
        ...

    async def edit(self, ref: str, card: Card) -> Delivery:
        """Makes an existing message show `card`. May be repeated freely."""
        ...

    async def find(self, channel: str, key: str, thread: str | None) -> Found:
        """Looks for the message that `key` names. Only where `reads_back`."""
        ...
