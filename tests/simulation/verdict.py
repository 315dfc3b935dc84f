"""What the oracles found in one world."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Complaint:
    """One promise that was broken, as people saw it."""

    oracle: str
    what: str

    def __str__(self) -> str:
        return f"{self.oracle}: {self.what}"


@dataclass
class Verdict:
    """Every complaint, and how much was looked at."""

    complaints: list[Complaint] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def complain(self, oracle: str, what: str) -> None:
        """Notes a broken promise."""
        self.complaints.append(Complaint(oracle, what))
        self.counts[oracle] += 1

    def count(self, what: str, number: int = 1) -> None:
        """Notes that something was looked at."""
        self.counts[what] += number
