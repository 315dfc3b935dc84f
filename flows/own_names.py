"""A reporter's own name in what they wrote: pointed at, and hidden with one tap, never refused.

Customers shout names, and that is evidence; but a name can also give away who does not want
to be known.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable

SHORTEST_LATIN, SHORTEST_OTHER = 3, 2
"""A part of a name that is shorter stands in many words by chance."""


def name_parts(names: Iterable[str]) -> tuple[str, ...]:
    """What to look for: each name as a whole and in its parts, the longest first."""
    parts = {part for name in names for part in (name.strip(), *re.split(r"[\s　・,.@_-]+", name))}
    long_enough = {
        part
        for part in parts
        if len(part) >= (SHORTEST_LATIN if part.isascii() else SHORTEST_OTHER)
    }
    return tuple(sorted(long_enough, key=lambda part: (-len(part), part)))


def names_somebody(words: str, parts: Collection[str]) -> bool:
    """Whether any of these parts of a name stands in what was written."""
    pattern = _pattern(parts)
    return pattern is not None and pattern.search(unicodedata.normalize("NFKC", words)) is not None


def hidden(words: str, parts: Collection[str], mark: str) -> str:
    """The same words with `mark` where the name stood; letters of full width become plain."""
    pattern = _pattern(parts)
    if pattern is None or not names_somebody(words, parts):
        return words
    return pattern.sub(mark, unicodedata.normalize("NFKC", words))


def _pattern(parts: Collection[str]) -> re.Pattern[str] | None:
    if not parts:
        return None
    return re.compile("|".join(_one(unicodedata.normalize("NFKC", p)) for p in parts), re.I)


def _one(part: str) -> str:
    # A Latin name counts as a word of its own; in Japanese nothing stands between words.
    escaped = re.escape(part)
    return rf"(?<![A-Za-z]){escaped}(?![A-Za-z])" if part.isascii() else escaped
