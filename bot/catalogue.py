"""Every sentence a person reads, in each language of `flows/words/`.

A language is a folder of gettext files, and its own name below.
"""

import gettext
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Self
from zoneinfo import ZoneInfo

from babel import negotiate_locale
from babel.dates import format_datetime, format_time
from babel.messages import pofile
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from flows import phrases
from flows.phrases import At, Listed, Own, Phrase, Say, Verbatim

WORDS = Path(phrases.__file__).parent / "words"
DEFAULT_LANGUAGE = "ja"
LANGUAGE_NAMES = (("ja", "日本語"), ("ja_simple", "やさしい日本語"), ("en", "English"))
"""Each language by its own name, so that it is found by who reads only that one."""
LANGUAGES = tuple(code for code, _ in LANGUAGE_NAMES)
_LARGE = 10_000
_LONGEST_HEADER = 200


class Language:
    """One language's sentences by key, with its plural rule."""

    def __init__(self, name: str, files: Mapping[str, Catalog]) -> None:
        self.name = name
        self.locale = name.split("_")[0]
        """The locale of dates and plurals: plain Japanese counts and dates like Japanese."""
        self.plurals: dict[str, bool] = {}
        merged = Catalog(locale=self.locale)
        for file, catalog in files.items():
            for message in catalog:
                if message.id:
                    self._add(merged, message.id, message.string, file)
        compiled = BytesIO()
        write_mo(compiled, merged)
        compiled.seek(0)
        self._translations = gettext.GNUTranslations(compiled)

    def _add(
        self,
        merged: Catalog,
        message_id: str | list[str] | tuple[str, ...],
        text: str | list[str] | tuple[str, ...] | None,
        file: str,
    ) -> None:
        plural = not isinstance(message_id, str)
        key = message_id if isinstance(message_id, str) else message_id[0]
        if key in self.plurals:
            raise ValueError(f"{file}: {key} is written twice")
        forms = [text] if isinstance(text, str) else list(text or ())
        if not forms or not all(forms):
            raise ValueError(f"{file}: {key} has no text")
        self.plurals[key] = plural
        merged.add(message_id, text)

    def template(self, key: str, count: int | None) -> str:
        """The sentence with its gaps open; KeyError where there is none."""
        if not self.plurals[key]:
            return self._translations.gettext(key)
        if count is None:
            raise KeyError(f"{key} needs a count")
        return self._translations.ngettext(key, key, count)


class Catalogue:
    """All sentences in all languages. Nothing in it changes after it is loaded."""

    def __init__(self, languages: Mapping[str, Language]) -> None:
        self._languages = dict(languages)

    @classmethod
    def load(cls, words: Path = WORDS) -> Self:
        """Every language of the folder; raises ValueError for a key written twice or empty."""
        return cls(_languages_in(words))

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages by folder name, in alphabetical order."""
        return tuple(self._languages)

    def keys(self, language: str) -> frozenset[str]:
        """Every key that has a sentence in `language`."""
        return frozenset(self._languages[language].plurals)

    def best_match(self, accept_language: str) -> str:
        """The language for an Accept-Language header; the default where none of ours fits."""
        wanted = [tag.replace("-", "_") for tag in _by_preference(accept_language)]
        return negotiate_locale(wanted, self.languages, sep="_") or DEFAULT_LANGUAGE

    def text(self, phrase: Phrase, language: str, now: datetime | None = None) -> str:
        """The phrase as text. An unknown key is a KeyError: nobody is ever shown a key.

        With `now`, a time of today loses its day and one of tomorrow says so, unless it is dated.
        """
        match phrase:
            case Say():
                return self._sentence(phrase, language, now)
            case Own():
                return _own(phrase, language)
            case Verbatim():
                return phrase.text
            case At():
                return self._moment(phrase, language, now)
            case Listed():
                items = [self.text(item, language, now) for item in phrase.items]
                gap = "\n" if phrase.joined == "lines" else self._plain("time.list_gap", language)
                return gap.join(items)

    def _plain(self, key: str, language: str) -> str:
        return self._languages[language].template(key, None)

    def _sentence(self, phrase: Say, language: str, now: datetime | None) -> str:
        count = phrase.values.get("count")
        template = self._languages[language].template(
            phrase.key, count if isinstance(count, int) else None
        )
        filled = {
            name: _number(value) if isinstance(value, int) else self.text(value, language, now)
            for name, value in phrase.values.items()
        }
        return template.format_map(filled)

    def _moment(self, phrase: At, language: str, now: datetime | None) -> str:
        zone = ZoneInfo(phrase.zone)
        local, locale = phrase.moment.astimezone(zone), self._languages[language].locale
        clock = format_time(local, "HH:mm", locale=locale)
        if phrase.style == "clock":
            return clock
        key = "day" if phrase.style == "day" else "day_clock"
        today = now.astimezone(zone).date() if now and phrase.style != "dated" else None
        if today and local.date() == today:
            return self._plain("time.today", language) if key == "day" else clock
        if today and local.date() == today + timedelta(days=1):
            template = self._plain(f"time.tomorrow_{key}", language)
            return template.format(clock=clock)
        return format_datetime(local, self._plain(f"time.{key}_pattern", language), locale=locale)


@cache
def _languages_in(words: Path) -> dict[str, Language]:
    # Read once: nothing in a language changes after it is loaded.
    folders = sorted(folder for folder in words.iterdir() if folder.is_dir())
    return {folder.name: _read_language(folder) for folder in folders}


def _read_language(folder: Path) -> Language:
    files = {}
    for path in sorted(folder.glob("*.po")):
        with path.open("rb") as file:
            files[f"{folder.name}/{path.name}"] = pofile.read_po(
                file, locale=folder.name.split("_")[0], abort_invalid=True
            )
    return Language(folder.name, files)


def _number(value: int) -> str:
    """A number as people read it: a large one with its thousands apart."""
    return f"{value:,}" if abs(value) >= _LARGE else str(value)


def _own(phrase: Own, language: str) -> str:
    if language == "ja_simple":
        return phrase.ja_simple or phrase.ja
    return phrase.ja if language == "ja" else phrase.en


def _by_preference(header: str) -> list[str]:
    """The language tags of a header, the most wanted first; what cannot be read is left out."""
    ranked: list[tuple[float, str]] = []
    for part in header[:_LONGEST_HEADER].split(","):
        tag, _, weight = part.strip().partition(";q=")
        try:
            quality = float(weight or 1)
        except ValueError:
            continue
        if tag and tag != "*" and quality > 0:
            ranked.append((quality, tag))
    return [tag for _, tag in sorted(ranked, key=lambda pair: -pair[0])]
