"""What a duty promised, what people did about it, and what a model says of it: plain values."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

from flows.ladders import Ladder, Role, Side
from tests.simulation.openings import Openings

NEVER = float("inf")


class Deed(Enum):
    """What somebody did about a duty."""

    COMES = "comes"
    IS_THERE = "is_there"
    CANNOT = "cannot"
    SAID_DONE = "said_done"
    ENDS = "ends"
    AGAIN = "again"  # it turned out not to be done: asked anew
    EVERYBODY = "everybody"  # help is still needed: all who were ever asked, at once
    ONE_MORE = "one_more"  # another one takes its place, where nobody was left to ask
    UNKNOWN = "unknown"  # something may or may not have happened


@dataclass(frozen=True)
class Done:
    """One deed, between two true times."""

    deed: Deed
    since: float
    until: float
    person: str = ""
    minutes: int = 0


@dataclass(frozen=True)
class Ask:
    """Some people are asked about a duty."""

    at: float
    latest: float
    """The duty may have got here as late as this."""
    must: frozenset[str]
    may: frozenset[str]
    by_card: bool
    sure: bool
    or_later: float
    """Too late for closing time, it is asked when those asked open again."""


@dataclass(frozen=True)
class Anew:
    """A climb began anew."""

    at: float
    latest: float
    came: frozenset[str]
    """Who had said that they come: the message of their own asks them still."""


@dataclass(frozen=True)
class Promise:
    """One duty as it was promised."""

    ladder: Ladder
    born: float
    born_by: float
    """The duty was born between two true times."""
    due: float
    """By when it was to be done, on the wall's clock."""
    due_anew: Callable[[float], float] | None
    """By when it is to be done that is asked anew from its first rung at a wall time, where nobody
    is chased any more; None: it keeps its due time, and is asked one rung higher."""
    takes: float
    """How long it was promised to take: a day for each working day."""
    people: Callable[[Role, float], tuple[frozenset[str], frozenset[str]]]
    """Who holds a role: everybody, and of them those who are there at a wall time."""
    begins: Callable[[Role, float], dict[str, list[float]]]
    """When each of them comes next, after a wall time."""
    hours: dict[Side, Openings] = field(default_factory=dict)
    kept_out: frozenset[Role] = frozenset()
    """The roles that are asked on no rung. One that has no others passes in its time."""
    silent_first: bool = False
    """The first rung is the card alone, without a word to anybody."""
    card_first: bool = True
    needs_quorum: bool = True
    renewed_once: bool = False
    """Who says again that they come is believed for as long again, and no third time in a row."""
    asks_desk_at_end: bool = False
    """Where nobody is left, the desk is asked: the end of the ladder is one more rung."""


@dataclass
class Outcome:
    """What the model says of one duty."""

    asks: list[Ask] = field(default_factory=list)
    enough: list[tuple[float, float]] = field(default_factory=list)
    """From when to when nobody was to be asked, as far as is sure."""
    exhausted: float = NEVER
    """When nobody was left to ask for the first time."""
    exhausted_by: float = NEVER
    """And by when that was so, at the latest."""
    given_up: list[float] = field(default_factory=list)
    """Each time when nobody was left to ask, or may have been."""
    anew: list[Anew] = field(default_factory=list)
    comes: list[tuple[float, str]] = field(default_factory=list)
    """When each person said that they come, or are there."""
    unsure: float = NEVER
    """From when on nothing is known for sure."""
