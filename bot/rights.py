"""Who opens which part of a case. Decided here and nowhere else.

The content of a case says what happened. Who sent it, and how they are, are sealed apart, each
under a key of its own, and stay shut for every reader who is not named here: forgetting to ask
means to see less.
"""

from collections.abc import Mapping
from enum import StrEnum

from bot.case_records import Part


class Reader(StrEnum):
    """What a case is opened for."""

    CONTENT = "content"
    """Whatever needs neither who sent it nor how they are: most of the engine, running lists,
    who is kept out of a channel, retention, return addresses."""
    LADDER = "ladder"
    """Nobody is asked, is named as next to be asked, or answers about what they sent themselves."""
    SITE_MESSAGE = "site_message"
    """Names the caller, and a reporter who sends with their name; never how somebody is."""
    DESK_CARD = "desk_card"
    """Says a word about care, or a hint that somebody is in danger; never who."""
    DESK_TALK = "desk_talk"
    """Asks the desk to speak with somebody, and says about which of their answers; never who."""
    REFRESH = "refresh"
    """Compares every message of a case with what it would say now; shows nothing to anybody."""
    DESK_GATE = "desk_gate"
    """Whether this person of the desk sent the case themselves."""
    DESK_LIST = "desk_list"
    """The same for each line, and whether the reporter said that care happened."""
    DETAILS = "details"
    """A person of the desk reads the case; written to its history before."""
    OWN_PAGE = "own_page"
    """The sender's own page: what they answered. It names nobody, not even them."""
    OWN_WORD = "own_word"
    """The sender says how they are: added to what they said before, and read for what it asks."""
    SENT_AGAIN = "sent_again"
    """What is sent once more is compared with what was sent first; shows nothing to anybody."""
    RELEASE = "release"
    """A report leaves for the desk: who is asked, and whether somebody must speak with them."""


_WHO = frozenset({Part.IDENTITY})
_HOW = frozenset({Part.HEALTH})

OPENS: Mapping[Reader, frozenset[Part]] = {
    Reader.CONTENT: frozenset(),
    Reader.LADDER: _WHO,
    Reader.SITE_MESSAGE: _WHO,
    Reader.DESK_CARD: _HOW,
    Reader.DESK_TALK: _HOW,
    Reader.REFRESH: _WHO | _HOW,
    Reader.DESK_GATE: _WHO,
    Reader.DESK_LIST: _WHO | _HOW,
    Reader.DETAILS: _WHO | _HOW,
    Reader.OWN_PAGE: _HOW,
    Reader.OWN_WORD: _HOW,
    Reader.SENT_AGAIN: _WHO,
    Reader.RELEASE: _WHO | _HOW,
}
