"""What can go wrong between the bot and the Bot Connector, in the order in which a test says."""

import re
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Fault:
    """One call that does not go as it should."""

    status: int = 0
    """0: the connection breaks without an answer."""
    code: str = ""
    retry_after: str | None = None
    applied: bool = False
    """The message is taken, and only the answer is lost or wrong."""
    html: bool = False
    calls: str = ""
    """Which calls it waits for, as a pattern of "POST /v3/…"; empty for any."""


@dataclass
class Faults:
    """The faults to come."""

    waiting: list[Fault] = field(default_factory=list)

    def add(self, *faults: Fault) -> None:
        self.waiting += faults

    def next(self, call: str) -> Fault | None:
        """The fault for this call, if one waits for it."""
        for fault in self.waiting:
            if re.search(fault.calls, call):
                self.waiting.remove(fault)
                return fault
        return None
