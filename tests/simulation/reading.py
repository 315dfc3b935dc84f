"""What a card says, for oracles: its sentences by key, and what stands in it word for word."""

import re
from collections.abc import Iterator
from datetime import datetime

from flows.phrases import At, Listed, Phrase, Say, Verbatim
from flows.screens import Bullets, Card, Paragraph

_KEYS = re.compile(r'"key":"([a-z0-9_.]+)"')


class Read:
    """One version of a card, read."""

    def __init__(self, card: Card) -> None:
        self.text = card.model_dump_json()
        self.keys = frozenset(_KEYS.findall(self.text))


def case_in_title(card: Card) -> str | None:
    """The public id of the case whose card at the desk this is."""
    title = card.title
    if isinstance(title, Say) and title.key.startswith("desk."):
        named = title.values.get("id")
        if isinstance(named, Verbatim):
            return named.text
    return None


def listed_in(card: Card) -> Iterator[str]:
    """The public ids in the lines of a running list."""
    for line in lines_of(card):
        yield from (part.text for part in parts_of(line) if isinstance(part, Verbatim))


def lines_of(card: Card) -> Iterator[Phrase]:
    """The lines of a running list."""
    for element in card.body:
        if isinstance(element, Bullets):
            yield from element.items


def parts_of(phrase: Phrase) -> Iterator[Phrase]:
    """What a phrase lists, or itself."""
    if isinstance(phrase, Listed):
        for item in phrase.items:
            yield from parts_of(item)
    else:
        yield phrase


def is_list(card: Card) -> bool:
    """Whether this is a running list of many cases."""
    return isinstance(card.title, Say) and card.title.key.startswith("list.")


def leaves_by(card: Card) -> datetime | None:
    """When a report that waits leaves for the desk, as its sender's page says."""
    for element in card.body:
        if isinstance(element, Paragraph) and isinstance(element.text, Say):
            by = element.text.values.get("by")
            if element.text.key == "sent.kept" and isinstance(by, At):
                return by.moment
    return None
