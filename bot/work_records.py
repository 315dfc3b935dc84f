"""What is owed on cases, as bot sees it: duties, cards, nudges and the jobs that carry them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class DutyState(StrEnum):
    """Where a duty stands. DONE, CLOSED and UNCONFIRMED end it."""

    OPEN = "open"  # owed, nobody has answered enough
    ANSWERED = "answered"  # enough people said that they come; expires
    SAID_DONE = "said_done"  # a manager says it happened; the employee's own word is awaited
    EXHAUSTED = "exhausted"  # the ladder has nobody left to ask; still owed
    DONE = "done"  # it happened
    CLOSED = "closed"  # no longer needed: case over, or called off
    UNCONFIRMED = "unconfirmed"  # an offer, a question or a call that ran out; counted apart


@dataclass(frozen=True)
class Duty:
    """A promise made concrete on one case."""

    id: str
    case_id: str
    kind: str
    owner: str
    """"desk" or "site": whose channel is asked first."""
    state: DutyState
    started_at: datetime
    due_at: datetime
    step: int
    """The last rung of the ladder that was asked; -1 while the first is held."""
    ladder: str
    """The ladder as it was when the duty was born, as JSON."""
    chase_from: datetime
    """When the present climb of the ladder began; later than started_at after an expiry."""
    ended_at: datetime | None = None
    part: int = 0
    """Which one of several of its kind: for a check-in the day it asks about; else 0."""
    climb: int = 0
    """Which climb of the ladder this is, from 0; names the messages that belong to it."""
    round: int = 0
    """How often this chase reached the end of the ladder and began again."""
    asked_at: datetime | None = None
    """When the present rung was asked."""


@dataclass(frozen=True)
class SeatRow:
    """One person's present answer to a duty."""

    duty_id: str
    person_id: str
    answer: str
    minutes: int | None
    at: datetime
    expires_at: datetime | None


class CardState(StrEnum):
    """Whether a platform has shown a card."""

    OWED = "owed"
    SHOWN = "shown"
    FAILED = "failed"


@dataclass(frozen=True)
class CardRow:
    """This card must show this case there. What it says is decided when it is sent."""

    id: str
    case_id: str
    kind: str
    duty_id: str | None
    address: str
    state: CardState
    ref: str | None
    """The platform's name for the message, once it has one."""
    shown: str | None
    """Fingerprint of what was last shown, so that nothing is sent twice for nothing."""
    first_shown_at: datetime | None
    list_id: str | None = None
    """The running list that stands for this card while too many come at once."""


@dataclass(frozen=True)
class CardList:
    """A running list: one message for many new cases of a burst, in one channel."""

    id: str
    address: str
    opened_at: datetime
    ref: str | None = None
    shown: str | None = None


class NudgeState(StrEnum):
    """What became of one owed message."""

    BY_CARD = "by_card"  # the card itself asks this rung
    OWED = "owed"
    SENT = "sent"
    UNSURE = "unsure"  # the answer was lost, and the next rung follows anyway
    MERGED = "merged"  # said by a later message about the same duty
    NOT_NEEDED = "not_needed"
    PAST = "past"  # of a climb that has ended, or of a channel left: never changes again
    FAILED = "failed"


@dataclass(frozen=True)
class NudgeRow:
    """One message owed to some roles about one duty."""

    id: str
    duty_id: str
    climb: int
    step: int
    roles: tuple[str, ...]
    state: NudgeState
    sent_at: datetime | None
    ref: str | None = None
    """The platform's name for the message, once it has one."""
    shown: str | None = None
    """Fingerprint of what was last shown."""
    people: tuple[str, ...] = ()
    """Who is asked by this message, by id: who was on shift when the rung was reached."""
    direct: bool = False
    """A message to the one person in `people`, not to the channel."""
    list_id: str | None = None
    """The running list that it asks about as a whole."""

    @property
    def may_change(self) -> bool:
        """Whether it stands somewhere and is brought up to date."""
        return self.ref is not None and self.state is not NudgeState.PAST


LONGEST_HOLD = timedelta(minutes=15)
"""No channel is held for longer at a time. What lies further ahead was written before the clock
was set back, and holds nobody."""

Wanted = Callable[[str], bool]
"""Whether a job that goes to this address, or to a platform, is wanted; "" for what none sees."""


def platform_of(address: str) -> str:
    """The platform of an address; "" for what no platform sees."""
    return address.partition(":")[0]


def anywhere(address: str) -> bool:
    """Every job is wanted, wherever it goes."""
    return True


@dataclass(frozen=True)
class NewJob:
    """Something to become due. A pending job of the same dedup key is moved, never doubled."""

    kind: str
    subject: str
    due_at: datetime
    dedup: str
    priority: int = 5
    """Danger before case before edit before reminder: smaller goes first."""
    pace: str = ""
    """The channel whose pace it keeps, as an address; empty for what no platform sees."""
    keep_waiting: bool = False
    """A message: one that a platform told to wait is not moved before its time, and one that is
    in hand, and may be on its way, runs again after it and not beside it."""


@dataclass(frozen=True)
class Job:
    """Something due at a time: a clock to act on or a message to send. Ids only, no content."""

    id: int
    kind: str
    subject: str
    due_at: datetime
    attempts: int
    lease: str
    pace: str = ""
    """The channel whose next place was taken with it."""
    pace_until: datetime | None = None
    """Nothing else goes to that channel before, because of this job."""
    priority: int = 5


@dataclass(frozen=True)
class Post:
    """A message in a channel of the web demo, as that platform keeps it."""

    id: str
    channel: str
    thread: str | None
    content: str
    posted_at: datetime
    edited_at: datetime | None
