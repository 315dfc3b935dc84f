"""Phrases as Slack's texts: in one language, at one moment, for one reader.

What a person typed never comes near markup: it is told apart here, and whoever draws it
uses plain text. Times are kept apart too, so that each reader's own clock can show them.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.catalogue import Catalogue
from flows.phrases import At, Listed, Phrase, Say, Verbatim

_SLOT = re.compile("\x02(\\d+)\x03")
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_CASE_NAME = re.compile("[A-Z0-9]{1,12}")
_DAY_AND_TIME = "{date_short_pretty} {time}"
_FORMATS = {"clock": "{time}", "day_clock": _DAY_AND_TIME, "dated": _DAY_AND_TIME}
"""How Slack writes a time for its reader, "today" as of when it is read; a day alone stays a day
of the place."""


@dataclass(frozen=True)
class Moment:
    """An instant that the reader's Slack shows in the reader's own zone."""

    timestamp: int
    format: str
    fallback: str
    """For whatever cannot: the time at the place itself."""


Run = str | Moment
"""A piece of a sentence."""


class Words:
    """Phrases as text in one language at one moment."""

    def __init__(
        self, catalogue: Catalogue, language: str, now: datetime, zone: str | None = None
    ) -> None:
        """`zone` is the reader's own, where a single reader is known."""
        self._catalogue, self.language, self._now, self._zone = catalogue, language, now, zone

    def text(self, phrase: Phrase) -> str:
        """The whole sentence; times in the reader's zone where it is known, else the place's."""
        if self._zone is not None:
            zone = self._zone
            phrase = _changed(
                phrase,
                lambda part: part.model_copy(update={"zone": zone}) if _of_clock(part) else part,
            )
        return printable(self._catalogue.text(phrase, self.language, self._now))

    def announced(self, phrase: Phrase) -> str:
        """The sentence for a notification, where markup is read: of what was typed, only what
        looks like the name of a case stays."""
        return self.text(_changed(phrase, _only_names))

    def runs(self, phrase: Phrase) -> list[Run]:
        """The sentence in pieces, each time on its own."""
        times: list[At] = []

        def slot(part: At | Verbatim) -> At | Verbatim:
            if not isinstance(part, At) or not _of_clock(part):
                return Verbatim(text=printable(part.text)) if isinstance(part, Verbatim) else part
            times.append(part)
            return Verbatim(text=f"\x02{len(times) - 1}\x03")

        text = self._catalogue.text(_changed(phrase, slot), self.language, self._now)
        pieces = _SLOT.split(text)
        found = [
            printable(p) if i % 2 == 0 else self._moment(times[int(p)])
            for i, p in enumerate(pieces)
        ]
        return [run for run in found if run]

    def _moment(self, at: At) -> Moment:
        stamp = int(at.moment.timestamp())
        return Moment(stamp, _FORMATS[at.style], self.text(at))


def _only_names(part: At | Verbatim) -> At | Verbatim:
    if isinstance(part, Verbatim) and not _CASE_NAME.fullmatch(part.text):
        return Verbatim(text="…")
    return part


def is_typed(phrase: Phrase) -> bool:
    """Whether anything in it was typed by a person."""
    found = False

    def look(part: At | Verbatim) -> At | Verbatim:
        nonlocal found
        found = found or isinstance(part, Verbatim)
        return part

    _changed(phrase, look)
    return found


def printable(text: str) -> str:
    """Without the characters that JSON or a screen cannot carry; the rest stays as it is."""
    return _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def _of_clock(part: At | Verbatim) -> bool:
    return isinstance(part, At) and part.style in _FORMATS


def _changed(phrase: Phrase, change: Callable[[At | Verbatim], At | Verbatim]) -> Phrase:
    """The phrase with every time and everything typed in it put through `change`."""
    match phrase:
        case At() | Verbatim():
            return change(phrase)
        case Say():
            values = {
                name: value if isinstance(value, int) else _changed(value, change)
                for name, value in phrase.values.items()
            }
            return phrase.model_copy(update={"values": values})
        case Listed():
            items = tuple(_changed(item, change) for item in phrase.items)
            return phrase.model_copy(update={"items": items})
        case _:
            return phrase
