"""Which message is about which case: names only, read once when a world has ended.

The one thing the oracles take from the service's tables. It says what belongs together, never
how anything stands, so no oracle can be fooled by what the service believes.
"""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class DutyName:
    """A duty: of which case, of which kind, and which of several."""

    id: str
    case_id: str
    kind: str
    part: int
    owner: str


@dataclass(frozen=True)
class Identity:
    """The names of everything in a world's database."""

    duties: dict[str, DutyName]
    duty_of_message: dict[str, str]
    """The duty of each message about one, by the key it was posted under."""
    card_of: dict[str, tuple[str, str]]
    """Case and kind of each card, by the key it was posted under."""

    def of_case(self, case_id: str) -> list[DutyName]:
        """A case's duties."""
        return [duty for duty in self.duties.values() if duty.case_id == case_id]


def read_identity(database: Path) -> Identity:
    """The names in a database that nobody writes to any more."""
    with closing(sqlite3.connect(database)) as rows:
        duties = rows.execute("SELECT id, case_id, kind, part, owner FROM duty ORDER BY due_at, id")
        named = [DutyName(*row) for row in duties]
        return Identity(
            duties={duty.id: duty for duty in named},
            duty_of_message=dict(rows.execute("SELECT id, duty_id FROM nudge").fetchall()),
            card_of={
                id: (case_id, kind)
                for id, case_id, kind in rows.execute("SELECT id, case_id, kind FROM card")
            },
        )
