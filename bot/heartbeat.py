"""A sign of life after a clean self-audit, so that silence alarms somebody outside."""

from typing import Protocol


class BeatFailed(Exception):
    """Nobody heard it, for this reason (a fixed word, never an address)."""


class Beat(Protocol):
    """Where signs of life go."""

    async def beat(self) -> None:
        """Sends one. Raises BeatFailed when it was not taken."""
        ...
