"""What was found when somebody looked whether a platform is set up right."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    right: bool
    what: str
    """In plain words, with what to do when it is not right. Names channels, never people."""
