"""What a press on a card means. A press names the duty or case it acts on, never its content."""

from enum import StrEnum

from pydantic import Field

from flows.phrases import Frozen


class Verb(StrEnum):
    """Everything somebody can do with one press. Ids travel in buttons; never rename one."""

    # the desk, and managers in a flood of calls
    OPEN_NEXT = "open_next"  # the next cases of a running list, as cards

    # the desk
    TAKE = "take"
    DETAILS = "details"
    DUTY_DONE = "duty_done"
    NOT_NEEDED = "not_needed"
    NOT_DONE = "not_done"  # one of these two was a mistake
    REPLY = "reply"
    TELL_OUTCOME = "tell_outcome"
    MEASURE = "measure"
    RESPOND = "respond"
    CLOSE = "close"
    REOPEN = "reopen"
    OPEN_FILE = "open_file"  # a private link to one file
    # managers
    COMING = "coming"
    TAKE_OVER = "take_over"
    ARRANGES = "arranges"
    HERE = "here"
    CANNOT = "cannot"
    CARED = "cared"
    OVER = "over"
    # the employee, on their own page
    PLACE = "place"
    FINE_NOW = "fine_now"
    MISTAKE = "mistake"
    STILL_NEEDED = "still_needed"
    SAFE_NOW = "safe_now"  # of a report that was sent while it went on
    CARE_HAPPENED = "care_happened"
    CARE_NOT_YET = "care_not_yet"
    CARE_UNDONE = "care_undone"  # "somebody has" was a mistake
    CHECKED_IN = "checked_in"
    WISH_TO_TALK = "wish_to_talk"
    WRITE = "write"
    WITHDRAW = "withdraw"
    STOP_WRITING = "stop_writing"
    RESUME = "resume"
    SEND_NOW = "send_now"
    ADD_FILES = "add_files"


DESK_VERBS = frozenset(
    {
        Verb.TAKE,
        Verb.DETAILS,
        Verb.DUTY_DONE,
        Verb.NOT_NEEDED,
        Verb.NOT_DONE,
        Verb.REPLY,
        Verb.TELL_OUTCOME,
        Verb.MEASURE,
        Verb.RESPOND,
        Verb.CLOSE,
        Verb.REOPEN,
        Verb.OPEN_FILE,
        Verb.OPEN_NEXT,
    }
)
SITE_VERBS = frozenset(
    {
        Verb.COMING,
        Verb.TAKE_OVER,
        Verb.ARRANGES,
        Verb.HERE,
        Verb.CANNOT,
        Verb.CARED,
        Verb.OVER,
        Verb.OPEN_NEXT,
    }
)
OWN_VERBS = frozenset(
    {
        Verb.PLACE,
        Verb.FINE_NOW,
        Verb.STILL_NEEDED,
        Verb.SAFE_NOW,
        Verb.MISTAKE,
        Verb.CARE_HAPPENED,
        Verb.CARE_NOT_YET,
        Verb.CARE_UNDONE,
        Verb.CHECKED_IN,
        Verb.WISH_TO_TALK,
        Verb.WRITE,
        Verb.WITHDRAW,
        Verb.STOP_WRITING,
        Verb.RESUME,
        Verb.SEND_NOW,
        Verb.ADD_FILES,
    }
)


class Press(Frozen):
    """A verb and what it acts on."""

    verb: Verb
    subject: str = Field(pattern=r"^[0-9a-f]{32}$")
    """The internal id of the duty or case."""
    detail: str = Field(default="", pattern=r"^[a-z0-9_]{0,16}$")
    """Minutes for COMING, a spot for PLACE, a word for CHECKED_IN, a step for RESPOND,
    the file's number for OPEN_FILE."""
