"""What somebody left when they called for help, and what they had written: it travels unseen
with their dialogs alone, until they come back to it.

Of a conversation that is its sealed list, of the page of a report its pass and its receipt: it
may be the only way back to an unnamed report, and nobody may have copied it yet. Each stands in
an input of its own, once: on every button they would be too much for a card.
"""

from collections.abc import Mapping
from typing import Any

from adapters.teams.fields import BACK, FIELD, HELD, filled_in
from adapters.teams.screens import Kept
from flows.report import NAME, WORDS
from flows.tie import TIES

RESUME = f"{BACK}list"
"""The sealed list of the conversation that a call for help interrupted."""
LEFT, LEFT_RECEIPT = f"{BACK}pass", f"{BACK}receipt"
"""The pass to one's own report, from whose page help was called, and the receipt on it."""
DRAFT = f"{BACK}words"
"""On the page of a report, where what is typed is a letter: the words of another, unsent one."""
LETTER = "letter"
"""The name, on other dialogs, of what was typed to the desk on that page."""
TYPED = (WORDS, NAME, *TIES, LETTER)
"""What is written and no answer: for a report before it is sent, or to the desk."""
MOST_BYTES = 11_000
"""Of all that travels unseen with one dialog: as much as its card has room for."""


def way_back(data: Mapping[str, Any]) -> dict[str, str]:
    """What leads back to what a call for help interrupted."""
    return {name: text for name, text in filled_in(data).items() if name.startswith(BACK)}


def waiting(data: Mapping[str, Any]) -> dict[str, str]:
    """What waits on one's own page to be gone on with, besides the words."""
    fields = [FIELD + name for name in TYPED if name != WORDS]
    return {
        name: text
        for name, text in filled_in(data).items()
        if name in fields or name.startswith((HELD, BACK))
    }


def beside_report(data: Mapping[str, Any]) -> dict[str, str]:
    """What goes along to the page of a report from where none is: a report that is unsent, too."""
    words = filled_in(data).get(FIELD + WORDS, "")
    return {**waiting(data), **({DRAFT: words} if words else {})}


def off_own_page(typed: str, beside: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """The letter, and what goes along with it, off a page that opens no more.

    On the page of a call that interrupted something, what was typed belongs to that.
    """
    of_call = RESUME in beside
    letter = "" if of_call else typed
    words = typed if of_call else beside.get(DRAFT, "")
    here = (DRAFT, FIELD + LETTER) if letter else (DRAFT,)
    rest = {name: text for name, text in beside.items() if name not in here}
    return letter, {**rest, **({FIELD + WORDS: words} if words else {})}


def leaving_report(kept: Kept, letter: str) -> dict[str, str]:
    """What goes along from the page of a report, with half a letter on it."""
    left = {LEFT: kept.pass_token, LEFT_RECEIPT: kept.receipt, FIELD + LETTER: letter}
    return {name: text for name, text in left.items() if text}


def with_room(unseen: Mapping[str, str], words: str = "") -> dict[str, str]:
    """What fits a card beside the words: the ways back, then a report, then a letter."""
    room = MOST_BYTES - len(words.encode())
    kept = {}
    for name, text in sorted(unseen.items(), key=_first_of_all):
        room -= len(text.encode())
        if room >= 0:
            kept[name] = text
    return kept


def _first_of_all(unseen: tuple[str, str]) -> int:
    name = unseen[0]
    return 0 if name.startswith(BACK) else 2 if name == FIELD + LETTER else 1
