"""How a conversation can end, and what a report says when it does."""

from enum import StrEnum

from flows.acts import Chip
from flows.assessment import (
    AfterStop,
    Assessment,
    Demand,
    Effect,
    Facts,
    Length,
    Safety,
)
from flows.ladders import Role
from flows.phrases import Frozen


class Visibility(StrEnum):
    """Who sees the reporter's name."""

    NAMED = "n"  # the desk, and the store manager if the site may hear of it
    DESK_ONLY = "d"  # the desk alone
    UNNAMED = "u"  # nobody; the reporter comes back with the receipt


class When(StrEnum):
    """When it happened, as loosely as a person remembers it."""

    NOW = "n"
    TODAY = "t"
    YESTERDAY = "y"
    EARLIER = "e"


class Report(Frozen):
    """What the reporter answered and chose. Kept sealed; no part of it ever enters a card."""

    site_id: str
    safety: Safety
    chips: tuple[Chip, ...]
    effects: tuple[Effect, ...] | None
    demand: Demand | None
    length: Length | None
    after_stop: AfterStop | None
    injured: bool
    per_se: tuple[Chip, ...]
    visibility: Visibility
    site_may_know: bool
    excluded: tuple[Role, ...] = ()
    excluded_people: tuple[str, ...] = ()
    """People, by id, whom the reporter keeps out of it."""
    when: When | None = None
    """None: the reporter did not say."""
    name_site: bool = False
    may_write: bool = False
    """An unnamed reporter lets the bot write to them."""
    send_now: bool = True
    spot: str | None = None
    wishes: tuple[str, ...] = ()

    def facts(self) -> Facts:
        """The answers as the assessment reads them."""
        return Facts(
            safety=self.safety,
            chips=frozenset(self.chips),
            effects=None if self.effects is None else frozenset(self.effects),
            demand=self.demand,
            length=self.length,
            after_stop=self.after_stop,
            injured=self.injured,
            per_se=frozenset(self.per_se),
        )

    @property
    def unnamed(self) -> bool:
        """Nobody learns who sent it."""
        return self.visibility is Visibility.UNNAMED

    @property
    def hidden_from_site(self) -> bool:
        """Nobody at the site learns who sent it: neither by a name nor by what a card does."""
        return self.visibility is not Visibility.NAMED


class HelpWanted(Frozen):
    """Somebody is to be called to this site, now."""

    site_id: str
    moved: bool = False
    """And nobody any more to where this visit called help before: the caller is not there."""


class Filing(Frozen):
    """A report, confirmed by its sender, with its provisional result."""

    report: Report
    assessment: Assessment
    hide_name: bool = False
    """The sender's own name is to be hidden in what they wrote."""
    looked: bool = False
    """They were pointed at it, and decided."""
    tied: bool = False
    """It belongs to the call for help from whose page they came: they ticked that."""


class Ended(Frozen):
    """The person finished without sending. Nothing is kept."""


Outcome = HelpWanted | Filing | Ended
