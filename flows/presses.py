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
    REPLY = "reply"
    # managers
    COMING = "coming"
    TAKE_OVER = "take_over"
    CANNOT = "cannot"
    CARED = "cared"
    OVER = "over"
    # the employee, on their own page
    PLACE = "place"
    FINE_NOW = "fine_now"
    MISTAKE = "mistake"
    CARE_HAPPENED = "care_happened"
    CARE_NOT_YET = "care_not_yet"
    WRITE = "write"


DESK_VERBS = frozenset({Verb.TAKE, Verb.DETAILS, Verb.DUTY_DONE, Verb.REPLY})
SITE_VERBS = frozenset({Verb.COMING, Verb.TAKE_OVER, Verb.CANNOT, Verb.CARED, Verb.OVER})
OWN_VERBS = frozenset(
    {
        Verb.PLACE,
        Verb.FINE_NOW,
        Verb.MISTAKE,
        Verb.CARE_HAPPENED,
        Verb.CARE_NOT_YET,
        Verb.WRITE,
    }
)


class Press(Frozen):
    """A verb and what it acts on."""

    verb: Verb
    subject: str = Field(pattern=r"^[0-9a-f]{32}$")
    """The internal id of the duty or case."""
    detail: str = Field(default="", pattern=r"^[a-z0-9_]{0,16}$")
    """Minutes for COMING, a spot id for PLACE."""
