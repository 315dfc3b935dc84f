"""The frame of a dialog that Teams takes; what is too long for one is read in parts."""

from collections.abc import Mapping
from dataclasses import dataclass

from adapters.teams.fields import along
from adapters.teams.navigation import turning
from adapters.teams.parts import (
    CARD_BYTES,
    Part,
    Parts,
    attachment,
    card,
    note,
    pages,
    size,
)
from adapters.teams.screens import (
    Kept,
)
from adapters.teams.words import Words
from flows.phrases import say


@dataclass(frozen=True)
class Dialog:
    """A dialog: the frame's title, and the card in it."""

    title: str
    content: Part

    def task(self) -> Part:
        """What Teams shows next, in answer to a press."""
        value = {
            "title": self.title,
            "height": "large",
            "width": "medium",
            "card": attachment(self.content),
        }
        return {"task": {"type": "continue", "value": value}}


def dialog(
    words: Words,
    top: Parts,
    body: Parts,
    end: Parts,
    more: tuple[Kept, str] | None = None,
    typed: Mapping[str, str] | None = None,
) -> Dialog:
    """A dialog that Teams takes. What is too long for one is read in parts.

    `more` says what a button to another part carries and does; without it a screen is one
    part, and what its body cannot hold is left out and that is said. What is `typed` in another
    part than the one that is shown goes along.
    """
    typed = typed or {}
    room = CARD_BYTES - size(card(words.language, [*top, *end, *along(words, typed)])) - 1500
    parts = pages(body, max(room, 2000))
    turn: Parts = []
    number = 0
    if len(parts) > 1 and more is not None:
        number = min(more[0].page, len(parts) - 1)
        turn = turning(words, more, number, len(parts))
    elif len(parts) > 1:
        turn = [note(words.text(say("teams.left_out")))]
    here = {part.get("id") for part in parts[number]}
    elsewhere = along(words, {name: text for name, text in typed.items() if name not in here})
    content = card(words.language, [*top, *parts[number], *turn, *end, *elsewhere])
    return Dialog(words.text(say("first.title")), content)
