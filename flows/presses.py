"""What a press on a card means. A press names the duty or case it acts on, never its content."""

from enum import StrEnum

from pydantic import Field

from flows.phrases import Frozen


class Verb(StrEnum):
    """Everything somebody can do with one press. Ids travel in buttons; never rename one."""

    # the desk
    TAKE = "take"
    DETAILS = "details"
    DUTY_DONE = "duty_done"
    CLOSE = "close"
    # managers
    COMING = "coming"
    TAKE_OVER = "take_over"
    CANNOT = "cannot"
    CARED = "cared"
    # the employee, on their own page
    PLACE = "place"
    FINE_NOW = "fine_now"
    MISTAKE = "mistake"
    CARE_HAPPENED = "care_happened"
    CARE_NOT_YET = "care_not_yet"
    WITHDRAW = "withdraw"


class Press(Frozen):
    """A verb and what it acts on."""

    verb: Verb
    subject: str
    """The internal id of the duty or case."""
    detail: str = Field(default="", max_length=16)
    """Minutes for COMING, a spot id for PLACE."""
