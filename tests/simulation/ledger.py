"""What people did and what they were told: the only source of what the service has promised.

Nothing here is read from the service's tables.
"""

from dataclasses import dataclass, field
from datetime import datetime

from flows.screens import Card

NEVER = float("inf")


@dataclass
class Reach:
    """When a request, with all its copies, was in the service's hands."""

    began: float = NEVER
    until: float = 0.0
    copies: int = 0
    """How often it arrived."""
    answered: bool = False
    """The client heard what became of it. If not, it may or may not have worked."""

    def begins(self, at: float) -> None:
        self.copies += 1
        self.began = min(self.began, at)

    def ends(self, at: float) -> None:
        self.until = max(self.until, at)


@dataclass
class Act:
    """One press or message of one person."""

    who: str
    verb: str
    subject: str
    """The duty or case that the button named."""
    detail: str = ""
    danger: bool = False
    """What was written hints at self-harm."""
    reach: Reach = field(default_factory=Reach)
    notice: str | None = None
    """The key of the line that the presser read."""

    @property
    def recorded(self) -> bool:
        """The presser was told that it counts."""
        return self.notice is not None and self.notice not in REFUSED


REFUSED = frozenset(
    {
        "press.late",
        "press.taken",
        "press.already",
        "press.not_there",
        "press.not_yours",
        "press.unknown",
        "press.full",
        "press.close_first",
    }
)


@dataclass(frozen=True)
class Visit:
    """What the employee's own page showed at a moment."""

    at: float
    wall: datetime
    card: Card


@dataclass
class Begun:
    """A report or a call for help, as the person who started it knows it."""

    number: int
    kind: str
    site_id: str
    chosen: dict[str, list[str]] = field(default_factory=dict)
    """What was chosen on the screens that say who may see it, by group."""
    name: str = ""
    person_id: str | None = None
    """Who sent it, where the platform knows."""
    reach: Reach = field(default_factory=Reach)
    acknowledged: float = NEVER
    case_id: str | None = None
    public_id: str | None = None
    receipt: str | None = None
    answers: dict[str, None] = field(default_factory=dict)
    """Every public id that any answer to this one sending ever gave: at most one."""
    visits: list[Visit] = field(default_factory=list)
    hint: bool = False
    """The words of the report hint at self-harm."""

    @property
    def unnamed(self) -> bool:
        """Nobody is to learn who sent it."""
        return self.chosen.get("visibility") == ["u"]

    @property
    def hidden(self) -> bool:
        """Nobody at the site is to learn who sent it."""
        return self.unnamed or self.chosen.get("visibility") == ["d"]

    @property
    def waits(self) -> bool:
        """It leaves for the desk after a random wait."""
        return self.unnamed and self.chosen.get("leaving") != ["now"] and not self.hint


@dataclass
class Ledger:
    """Everything that was begun and done in a world."""

    begun: list[Begun] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)

    def acknowledged(self) -> list[Begun]:
        """What the service said that it has."""
        return [each for each in self.begun if each.acknowledged < NEVER]
