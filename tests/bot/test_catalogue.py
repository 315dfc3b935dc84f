"""Sentences in every language, and how phrases become text."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from babel.messages import pofile

from bot.catalogue import LANGUAGE_NAMES, WORDS, Catalogue
from flows.acts import ACTS, Runbook
from flows.phrases import At, Listed, Own, Verbatim, at, dated, listed, on_day_at, say

CATALOGUE = Catalogue.load()
LANGUAGES = ("en", "ja", "ja_simple")
FILES = ("acts.po", "policy.po", "web.po")
TOKYO = "Asia/Tokyo"
NOON = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
"""Tuesday noon in Tokyo."""


def sentences(language: str, file: str) -> dict[str, str]:
    with (WORDS / language / file).open("rb") as source:
        return {str(m.id): str(m.string) for m in pofile.read_po(source) if m.id}


def gaps(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


def a_folder(tmp_path: Path, **entries: str) -> Path:
    """A catalogue of one English file for each name, with a header and these entries."""
    head = (
        'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
        '"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
    )
    (tmp_path / "en").mkdir(parents=True, exist_ok=True)
    for name, body in entries.items():
        (tmp_path / "en" / f"{name}.po").write_text(head + body, encoding="utf-8")
    return tmp_path


def test_the_languages_are_the_folders() -> None:
    assert CATALOGUE.languages == LANGUAGES
    assert sorted(code for code, _ in LANGUAGE_NAMES) == list(LANGUAGES)


@pytest.mark.parametrize("file", FILES)
def test_all_languages_have_the_same_keys_with_the_same_gaps(file: str) -> None:
    english = sentences("en", file)
    for language in LANGUAGES:
        other = sentences(language, file)
        assert other.keys() == english.keys()
        for key, text in other.items():
            assert gaps(text) == gaps(english[key]), (language, key)


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_tone_is_calm(file: str, language: str) -> None:
    for key, text in sentences(language, file).items():
        assert not re.search(r"[!！]|\bwhy\b|\bvictim|被害者|なぜ", text, re.IGNORECASE), key


def test_every_act_and_every_card_has_its_sentences() -> None:
    keys = CATALOGUE.keys("ja")
    assert {f"act.{id}" for id in ACTS} <= keys
    parts = ("name", "say", "step_back")
    assert {f"runbook.{id}.{part}" for id in Runbook for part in parts} <= keys


def test_gaps_are_filled_with_phrases_and_numbers() -> None:
    desk, typed = Own(ja="窓口", en="Desk"), Verbatim(text="{name}")
    phrase = say("policy.contact", name=desk, note=typed)
    assert CATALOGUE.text(phrase, "en") == "Desk: {name}"


def test_a_key_that_does_not_exist_is_an_error_and_never_shown() -> None:
    with pytest.raises(KeyError):
        CATALOGUE.text(say("no.such.key"), "ja")


def test_a_gap_that_nothing_fills_is_an_error() -> None:
    with pytest.raises(KeyError):
        CATALOGUE.text(say("policy.contact"), "ja")


def test_plain_japanese_falls_back_to_the_company_s_ordinary_japanese() -> None:
    assert CATALOGUE.text(Own(ja="窓口", en="Desk"), "ja_simple") == "窓口"
    simple = Own(ja="窓口", en="Desk", ja_simple="まど")
    assert [CATALOGUE.text(simple, language) for language in LANGUAGES] == [
        "Desk",
        "窓口",
        "まど",
    ]


def test_lists_are_joined_as_the_language_joins_them() -> None:
    items = [Verbatim(text="a"), Verbatim(text="b")]
    assert CATALOGUE.text(listed(items), "ja") == "a・b"
    assert CATALOGUE.text(listed(items), "en") == "a, b"
    assert CATALOGUE.text(Listed(items=tuple(items), joined="lines"), "en") == "a\nb"


def test_a_clock_time_is_the_time_in_the_place_s_zone() -> None:
    assert CATALOGUE.text(at(NOON, TOKYO), "en") == "12:00"
    assert CATALOGUE.text(at(NOON, "Europe/Berlin"), "ja") == "04:00"


@pytest.mark.parametrize(
    ("now", "japanese", "english"),
    [
        (datetime(2026, 11, 24, 0, tzinfo=UTC), "12:00", "12:00"),
        (datetime(2026, 11, 23, 0, tzinfo=UTC), "あす 12:00", "tomorrow 12:00"),
        (
            datetime(2026, 11, 20, 0, tzinfo=UTC),
            "11月24日(火) 12:00",
            "Tue 24 Nov, 12:00",
        ),
        (
            datetime(2026, 11, 25, 0, tzinfo=UTC),
            "11月24日(火) 12:00",
            "Tue 24 Nov, 12:00",
        ),
        (None, "11月24日(火) 12:00", "Tue 24 Nov, 12:00"),
    ],
)
def test_a_day_is_named_only_when_it_is_not_today(
    now: datetime | None, japanese: str, english: str
) -> None:
    assert CATALOGUE.text(on_day_at(NOON, TOKYO), "ja", now) == japanese
    assert CATALOGUE.text(on_day_at(NOON, TOKYO), "en", now) == english


@pytest.mark.parametrize("now", [datetime(2026, 11, day, tzinfo=UTC) for day in (23, 24, 25)])
def test_what_stays_in_a_channel_has_its_day_whenever_it_is_read(now: datetime) -> None:
    assert CATALOGUE.text(dated(NOON, TOKYO), "ja", now) == "11月24日(火) 12:00"
    assert CATALOGUE.text(dated(NOON, TOKYO), "en", now) == "Tue 24 Nov, 12:00"


def test_today_is_the_place_s_day_and_not_the_server_s() -> None:
    late = datetime(2026, 11, 23, 15, 30, tzinfo=UTC)  # already the 24th in Tokyo
    assert CATALOGUE.text(on_day_at(NOON, TOKYO), "en", late) == "12:00"


def test_a_day_without_a_clock_is_today_tomorrow_or_a_date() -> None:
    day = At(moment=NOON, zone=TOKYO, style="day")
    assert CATALOGUE.text(day, "ja", NOON) == "きょう"
    assert CATALOGUE.text(day, "en", datetime(2026, 11, 23, 3, tzinfo=UTC)) == "tomorrow"
    assert CATALOGUE.text(day, "ja") == "11月24日(火)"


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("en-US,en;q=0.9,ja;q=0.8", "en"),
        ("fr, ja-JP;q=0.5", "ja"),
        ("ja;q=0.1, en;q=0.9", "en"),
        ("fr", "ja"),
        ("", "ja"),
        ("*;q=x,,;q=", "ja"),
    ],
)
def test_the_language_of_a_browser_is_followed_where_we_have_it(header: str, language: str) -> None:
    assert CATALOGUE.best_match(header) == language


def test_a_number_named_count_chooses_the_plural(tmp_path: Path) -> None:
    body = (
        'msgid "people"\nmsgid_plural "people"\n'
        'msgstr[0] "{count} person"\nmsgstr[1] "{count} people"\n'
    )
    catalogue = Catalogue.load(a_folder(tmp_path, one=body))
    assert catalogue.text(say("people", count=1), "en") == "1 person"
    assert catalogue.text(say("people", count=2), "en") == "2 people"
    with pytest.raises(KeyError):
        catalogue.text(say("people"), "en")


def test_a_large_number_is_read_with_its_thousands_apart() -> None:
    text = CATALOGUE.text(say("problem.words_too_long", count=24500, max=20000), "en")
    assert "24,500" in text and "20,000" in text
    assert "3000" in CATALOGUE.text(say("slack.limit", max=3000), "en")


def test_a_key_written_twice_or_left_empty_is_refused(tmp_path: Path) -> None:
    entry = 'msgid "a"\nmsgstr "b"\n'
    with pytest.raises(ValueError, match=r"two\.po: a is written twice"):
        Catalogue.load(a_folder(tmp_path / "x", one=entry, two=entry))
    with pytest.raises(ValueError, match="a has no text"):
        Catalogue.load(a_folder(tmp_path / "y", one='msgid "a"\nmsgstr ""\n'))
