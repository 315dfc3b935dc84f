"""Time and chance as the real service has them. Nothing else in bot asks the machine for either."""

import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present instant, in UTC."""
        return datetime.now(UTC)


class DemoClock:
    """The machine's clock, moved forward by hand. The shift outlives a restart."""

    def __init__(self, kept_in: Path) -> None:
        self._kept_in = kept_in
        minutes = kept_in.read_text() if kept_in.exists() else "0"
        self._shift = timedelta(minutes=int(minutes))

    def now(self) -> datetime:
        """The present instant of the demo, in UTC."""
        return datetime.now(UTC) + self._shift

    def move(self, minutes: int) -> None:
        """Moves the demo's clock forward."""
        shift = self._shift + timedelta(minutes=minutes)
        self._kept_in.write_text(str(int(shift.total_seconds() // 60)))
        self._shift = shift


class SystemEntropy:
    """The machine's source of randomness, fit for keys."""

    def bytes(self, count: int) -> bytes:
        """`count` random bytes."""
        return secrets.token_bytes(count)

    def between(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        return low + secrets.randbelow(high - low + 1)
