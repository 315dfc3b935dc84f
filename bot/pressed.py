"""What came of a press: one friendly line for the presser, and whether anything changed."""

from dataclasses import dataclass

from flows.phrases import Say, say


@dataclass(frozen=True)
class Pressed:
    """What came of a press: one friendly line, and whether anything changed."""

    notice: Say
    changed: bool
    path: str = ""
    """Where a private link of this press's leads, below the public address: good once."""
    shown: bool = False
    """It stands on the page where it was pressed: no line above the page need say it too."""


LATE = Pressed(say("press.late"), False)
ALREADY = Pressed(say("press.already"), False)
NOT_YOURS = Pressed(say("press.not_yours"), False)
NOT_THERE = Pressed(say("press.not_there"), False)
UNKNOWN = Pressed(say("press.unknown"), False)
FULL = Pressed(say("press.full"), False)
RECORDED = Pressed(say("press.recorded"), True)
PLACED = Pressed(say("press.recorded"), True, shown=True)
CALLED_AGAIN = Pressed(say("press.called_again"), True)
