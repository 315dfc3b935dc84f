"""What bot asks of storage about what is owed: duties, cards, clocks, and what came twice."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from bot.work_records import (
    CardList,
    CardRow,
    Duty,
    Job,
    NewJob,
    NudgeRow,
    NudgeState,
    Post,
    SeatRow,
    Wanted,
    anywhere,
)


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

    async def ahead_of(self, moment: datetime, priority: int) -> Sequence[Duty]:
        """The duties whose climb began, or whose last rung was asked or answered, after `moment`.

        Of those with a clock of this priority, or whose case has one.
        """
        ...

    async def seats(self, duty_id: str) -> Sequence[SeatRow]: ...

    async def holding(self) -> Sequence[SeatRow]:
        """Every answer that holds for a time still, about what is owed."""
        ...

    async def takers(self) -> Sequence[SeatRow]:
        """Who took each case that is open, or that was taken back and may be sent after all."""
        ...

    async def put_seat(self, seat: SeatRow) -> None: ...

    async def clear_seats(self, duty_id: str, person_ids: Sequence[str]) -> None: ...

    async def add_nudges(self, nudges: Sequence[NudgeRow]) -> frozenset[str]:
        """Owes messages; gives the ids of those that this rung of this climb did not owe yet.

        A rung of a climb owes one message to the channel, and one to each person directly.
        """
        ...

    async def nudge(self, nudge_id: str) -> NudgeRow | None: ...

    async def nudges(self, duty_id: str) -> Sequence[NudgeRow]: ...

    async def nudges_of_case(self, case_id: str) -> Sequence[NudgeRow]:
        """The messages about any duty of a case."""

    async def with_failed_nudges(self) -> Sequence[str]:
        """The cases with a message that no platform would take, about a duty that is still owed."""
        ...

    async def ask_about_list(self, nudge_id: str, list_id: str) -> None:
        """A message asks about every case of a running list, and not about its own alone."""
        ...

    async def asked_about_list(
        self, list_id: str, kind: str, since: datetime, until: datetime
    ) -> Sequence[tuple[bool, tuple[str, ...]]]:
        """The messages about a whole list and one kind of duty that went out then: whether to
        one person directly, and whom each asked."""
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
        """How many cards no platform would take, and are tried again."""
        ...

    async def all_failed(self) -> Sequence[CardRow]:
        """The cards no platform would take."""
        ...

    async def worked_on(self) -> Sequence[CardRow]:
        """The cards of which something is still to be done: by a site, or by the desk."""
        ...

    async def unscheduled(self) -> int:
        """How many cards and messages are owed and have no pending job: always 0."""
        ...

    async def save(self, card: CardRow) -> None: ...

    async def waiting(
        self, address: str, kind: str, limit: int, in_hand: str = ""
    ) -> Sequence[CardRow]:
        """Cards of a kind owed to a channel, never shown and on no list, oldest case first.

        Not those that somebody has tried to send: they may stand there. `in_hand` is the card
        that the caller holds, for the first time.
        """
        ...

    async def running_since(self, address: str, kind: str, since: datetime) -> int:
        """How many cards of a kind this channel has been shown since then, each by itself, about
        something that is still owed."""
        ...

    async def alerted_since(
        self, address: str, kind: str, since: datetime
    ) -> Sequence[tuple[str, ...]]:
        """Whom direct messages asked about those cards, each person once a card."""
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

    @property
    def platforms(self) -> Collection[str]:
        """The platforms to which this transaction owes something anew; "" is no platform."""
        ...

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
        wanted: Wanted = anywhere,
    ) -> Job | None:
        """The most urgent due job whose channel's pace allows it, held against every other process.

        `wanted` is asked with the address of its channel; "" for what no platform sees.

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

    async def hold(self, pace: str, until: datetime, now: datetime) -> None:
        """Nothing goes to this channel before `until`, as the platform said; a quarter of an
        hour at the most, after which it is asked again."""
        ...

    async def done(self, job: Job) -> bool:
        """Ends a job; False when the lease was lost, and nothing more may be done for it."""
        ...

    async def retry(self, job: Job, due_at: datetime, *, tried: bool = True) -> None:
        """Puts a held job off. Not `tried`: the platform certainly took nothing."""
        ...

    async def put_off(self, job: Job, due_at: datetime) -> None:
        """Puts off a job that its platform did not take and wants later: not tried, but known to
        have waited since the first time."""
        ...

    async def later_since(self) -> datetime | None:
        """Since when the oldest job waits of which its platform says "later"."""
        ...

    async def overdue(self, before: datetime) -> int:
        """How many pending jobs were due before then and not held back by their channel's pace,
        or of how many their platform has said "later" since before then.

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

    async def bring_forward(self, dedup: str, by: timedelta) -> None:
        """Makes a job due so much sooner; nothing happens to one that is in hand."""
        ...

    async def let_go(self, moment: datetime) -> None:
        """No channel waits any more for a place that ends after `moment`."""
        ...

    async def held_up(self, moment: datetime, least: int) -> int:
        """How many jobs are due after `moment` that were tried before, or are messages.

        Of messages only those with the priority `least`, or a more urgent one.
        """
        ...

    async def hasten(self, moment: datetime, least: int, due_at: datetime) -> None:
        """Those are due at `due_at`, or come back then from whoever holds them."""
        ...


class Inbox(Protocol):
    """What was delivered to us before: a platform repeats itself, and so does a thumb."""

    async def first(self, key: bytes, at: datetime) -> bool:
        """Whether this delivery is new; noted in the transaction of its effect."""
        ...

    async def knows(self, key: bytes) -> bool:
        """Whether this delivery was noted before."""
        ...

    async def forget_before(self, at: datetime) -> int: ...


class Board(Protocol):
    """The web demo's channels: a platform of our own, kept like any other's messages."""

    async def post(
        self, key: str, channel: str, thread: str | None, content: str, at: datetime
    ) -> str:
        """Posts once per key, and gives the post's id each time."""
        ...

    async def edit(self, post_id: str, content: str, at: datetime) -> bool: ...

    async def posts(self, channel: str, limit: int) -> Sequence[Post]: ...
