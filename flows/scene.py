"""Where a conversation takes place: the policy, the sites, and what the platform can do."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from flows.ladders import AT_DESK, Role
from flows.phrases import Own
from flows.policy import Policy

MAX_SITES_AS_BUTTONS = 8
"""More than this and a person looks for their site by name."""

ENOUGH_PEOPLE = 5
"""Fewer people than this who fit a place and time, and a report shows the area instead."""

DELAY_MINUTES = (10, 90)
"""An unnamed report leaves after a random wait, so that its time points at nobody."""


class DayPart(StrEnum):
    """A part of a day, instead of a time that could point at one person."""

    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"
    NIGHT = "night"


@dataclass(frozen=True)
class PersonOption:
    """Somebody whom a reporter can keep out by name."""

    id: str
    code: str
    """Stands for them in a list of answers."""
    name: Own
    role: Role
    reads_site: bool = False
    """They read the site's channel: kept out, it gets nothing."""
    reads_desk: bool = False
    reads_second_desk: bool = False


@dataclass(frozen=True)
class SiteOption:
    """A site as a person chooses it, and what is needed to say how identifiable they are."""

    id: str
    name: Own
    area: Own
    location: str
    """Which of the policy's kinds of workplace it is."""
    headcount: int | None = None
    """How many people fit a report sent from there now; None: it cannot be known."""
    area_headcount: int | None = None
    channel_roles: frozenset[Role] = frozenset()
    """Who reads the site's channel: one excluded person there, and it gets nothing."""
    people: tuple[PersonOption, ...] = ()
    """Who can be kept out by name; nobody where a stranger may be asking."""


class Called(StrEnum):
    """What became of a visit's newest call for help."""

    NOT = "not"
    RUNS = "runs"
    NOBODY_LEFT = "nobody_left"  # it runs, and everybody was asked
    ENDED = "ended"  # others ended it, a day ago at most


@dataclass(frozen=True)
class Scene:
    """Everything a conversation may look at besides the answers."""

    policy: Policy
    sites: tuple[SiteOption, ...]
    site_id: str | None = None
    """Known from the poster, the roster, or a choice the employee asked to keep."""
    roles: tuple[Role, ...] = ()
    """The roles a reporter can keep out of it."""
    desk_roles: frozenset[Role] = AT_DESK
    """The roles of whoever is at the usual desk: in a small company a manager may be."""
    second_desk: bool = False
    """There is another desk for what the usual one may not see."""
    can_push: bool = False
    """The platform can write to the person later without knowing more than it does."""
    own_names: tuple[str, ...] = ()
    """Parts of the name of who writes, where the platform or the roster knows it."""
    called: Called = Called.NOT
    """What became of this visit's call for help; only the first card looks at it."""
    call: str = ""
    """The number of the call for help from whose page the conversation was begun."""
    called_lately: Callable[[str], bool] = lambda site_id: False
    """Whether somebody called for help at a site in the last hours, whoever it was."""
    typed: dict[str, str] = field(default_factory=dict)
    """What stands in the text fields of the present screen; never part of the answers."""
    counted: Callable[[SiteOption], SiteOption] = lambda site: site
    """A site with its numbers of people: counting takes long, so only the chosen one's are."""

    def site(self, site_id: str | None) -> SiteOption | None:
        """The site by id, or None when the company has no such site (any more)."""
        found = next((site for site in self.sites if site.id == site_id), None)
        return self.counted(found) if found else None
