"""A case with everything that hangs on it, as cards and screens need it."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from bot.bodies import Body, unpack
from bot.case_records import BodyParts, Case, Message
from bot.work_records import CardRow, Duty, NudgeRow, SeatRow


@dataclass(frozen=True)
class WholeCase:
    """A case with everything that hangs on it, read in one go."""

    case: Case
    body: BodyParts
    cards: tuple[CardRow, ...]
    duties: tuple[Duty, ...]
    """By due time, then kind, then part."""
    seats: dict[str, tuple[SeatRow, ...]]
    """By duty id; a duty nobody answered is left out."""
    nudges: dict[str, tuple[NudgeRow, ...]]
    """By duty id, in the order of climb, step, then people."""
    messages: tuple[Message, ...]
    leaves_at: datetime | None
    """When the job "release:<case id>" is due; None when there is none."""

    @cached_property
    def content(self) -> Body:
        """The body, as much of it as was opened; read once, however many ask for it."""
        return unpack(self.body)
