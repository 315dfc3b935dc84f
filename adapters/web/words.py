"""Phrases as HTML, in one language at one moment.

What a person typed is drawn as isolated plain text, wherever in a sentence it stands.
Plain Japanese writes a reading after its word; here it stands above it.
"""

import re
from datetime import datetime

from markupsafe import Markup, escape

from bot.catalogue import Catalogue
from flows.phrases import Listed, Phrase, Say, Verbatim, say

_SLOT = re.compile("\x02(\\d+)\x03")
_READING = re.compile("([\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff々]+)（([ぁ-ゖー]+)）")
_ABOVE = r"<ruby>\1<rp>（</rp><rt>\2</rt><rp>）</rp></ruby>"
_ENDING = re.compile("(?<=</ruby>)(?=[ぁ-ゖ])")
"""Between a word and its ending, where a line would break that never breaks there in print."""
_JOINER = "\N{WORD JOINER}"
_POLITE = re.compile(f"(?<=</ruby>{_JOINER})[ぁ-ゖ]{{0,2}}(?:です|ます|ました|ません)")
"""An ending with its です or ます: browsers, which find phrases by their kanji, part these too."""
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


class Words:
    """Phrases as text in one language at one moment."""

    def __init__(self, catalogue: Catalogue, language: str, now: datetime | None = None) -> None:
        self._catalogue, self._language, self._now = catalogue, language, now

    def plain(self, phrase: Phrase) -> str:
        """The text alone, for an attribute; whoever writes it out escapes it."""
        return printable(self._catalogue.text(phrase, self._language, self._now))

    def markup(self, phrase: Phrase) -> Markup:
        """The text as HTML in which a person's own words can neither act nor turn a line."""
        typed: list[str] = []
        text = self._catalogue.text(_with_slots(phrase, typed), self._language, self._now)
        drawn = str(escape(text))
        if self._language == "ja_simple":  # while what was typed is still out of the text
            drawn = _ENDING.sub(_JOINER, _READING.sub(_ABOVE, drawn))
            drawn = _POLITE.sub(lambda ending: _JOINER.join(ending[0]), drawn)
        return Markup(  # noqa: S704  escaped here, piece by piece
            _SLOT.sub(
                lambda slot: f"<bdi>{escape(printable(typed[int(slot[1])]))}</bdi>",
                drawn,
            )
        )

    def own(self, key: str, **values: Phrase | int) -> Markup:
        """A sentence of the pages themselves."""
        return self.markup(say(key, **values))


def _with_slots(phrase: Phrase, typed: list[str]) -> Phrase:
    """The phrase with a slot for everything typed, which is put into `typed`.

    The marks of a slot are control characters: no sentence holds one, and what was typed is
    not in the text while slots are looked for.
    """
    match phrase:
        case Verbatim():
            typed.append(phrase.text)
            return Verbatim(text=f"\x02{len(typed) - 1}\x03")
        case Say():
            values = {
                name: value if isinstance(value, int) else _with_slots(value, typed)
                for name, value in phrase.values.items()
            }
            return phrase.model_copy(update={"values": values})
        case Listed():
            items = tuple(_with_slots(item, typed) for item in phrase.items)
            return phrase.model_copy(update={"items": items})
        case _:
            return phrase


def printable(text: str) -> str:
    """Without the characters that HTML forbids; what can be read stays as it is.

    A browser posts a line break as two characters: it comes back as the one that was typed.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", lines)
