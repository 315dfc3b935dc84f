"""Phrases as the texts of Adaptive Cards, in one language at one moment.

A card's text is read as markup: a subset of Markdown, mentions as <at>, dates as {{DATE()}}.
What a person typed is told apart here and drawn where no markup is read; the rest is ours or
the company's, and what could act in it is written so that it does not.
"""

import re
from collections.abc import Callable
from datetime import datetime

from bot.catalogue import Catalogue
from flows.phrases import Listed, Phrase, Say, Verbatim

_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\u2028\u2029\ud800-\udfff]")
_ACTING = re.compile(r"([\\`*_\[\]])")
_LINE_START = re.compile(r"^(\s*)([#>+-]|\d+[.)](?=\s))", re.MULTILINE)
_TAG = re.compile(r"<(?=[A-Za-z/!])")
_FUNCTION = re.compile(r"\{(?=\{)")
_NOTHING_SEEN = "\N{WORD JOINER}"
"""Between two characters that would mean something together."""


class Words:
    """Phrases as text in one language, as read at one moment, or, without `now`, at any.

    A message of a channel is read for days: "tomorrow" would soon mean another day.
    """

    def __init__(self, catalogue: Catalogue, language: str, now: datetime | None = None) -> None:
        self._catalogue, self.language, self._now = catalogue, language, now

    def text(self, phrase: Phrase) -> str:
        """The whole sentence as it is read; what it may be put into, the caller knows."""
        return printable(self._catalogue.text(phrase, self.language, self._now))


def is_typed(phrase: Phrase) -> bool:
    """Whether anything in it was typed by a person."""
    return _any(phrase, lambda part: isinstance(part, Verbatim))


def _any(phrase: Phrase, right: Callable[[Phrase], bool]) -> bool:
    match phrase:
        case Say():
            parts = [value for value in phrase.values.values() if not isinstance(value, int)]
            return any(_any(part, right) for part in parts)
        case Listed():
            return any(_any(part, right) for part in phrase.items)
        case _:
            return right(phrase)


def printable(text: str) -> str:
    """Without the characters that JSON or a screen cannot carry; the rest stays as it is."""
    return _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def plain(text: str) -> str:
    """Text for where no Markdown is read; only a date function could still act there."""
    return _FUNCTION.sub("{" + _NOTHING_SEEN, text)


def inert(text: str) -> str:
    """Text for where Markdown is read, in which nothing acts. It reads the same."""
    text = _ACTING.sub(r"\\\1", text)
    text = _LINE_START.sub(rf"\1{_NOTHING_SEEN}\2", text)
    return plain(_TAG.sub("<" + _NOTHING_SEEN, text))
