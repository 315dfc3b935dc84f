"""What bot knows of people, installations and keys beside the cases."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class OnDuty:
    """Somebody said that they are on duty at a site, whatever the roster says."""

    person_id: str
    site_id: str
    until: datetime


@dataclass(frozen=True)
class Install:
    """Our app in one workspace or organisation of a platform, and what that gave us."""

    id: str
    """The platform, a colon, and where it is installed, as the platform's adapter writes it."""
    grant: bytes
    """The tokens, opened; only the platform's adapter reads them."""
    expires_at: datetime | None
    """When the token in it ends; None for one that does not."""


@dataclass(frozen=True)
class DraftKey:
    """The wrapped-at-rest, unwrapped-in-memory key of one day's sealed lists."""

    id: int
    day: date
    key: bytes
