"""What people typed: made plain, and looked at before it is sent."""

import unicodedata
from collections.abc import Mapping

from bot.keys import read_public_id
from flows.outcomes import Filing
from flows.own_names import names_somebody
from flows.phrases import Phrase, say
from flows.report import MAX_NAME, MAX_WORDS, NAME, WORDS
from flows.scene import Scene
from flows.tie import tie_id

NAME_MARK, JAPANESE_NAME_MARK = "〔name〕", "〔名前〕"
"""Stands where a reporter hid their own name, in the language they report in."""


def typing_problem(
    filing: Filing, typed: Mapping[str, str], scene: Scene
) -> tuple[str, Phrase] | None:
    """In which field something is wrong, and what; the screen comes back with every word there."""
    words, name = typed.get(WORDS, ""), typed.get(NAME, "").strip()
    if len(words) > MAX_WORDS:
        return WORDS, say("problem.words_too_long", max=MAX_WORDS, count=len(words))
    number = call_number(filing, typed)
    if number and read_public_id(number) is None:
        return tie_id(unnamed=filing.report.unnamed), say("problem.call_number")
    if filing.report.unnamed:
        if not filing.looked and names_somebody(words, scene.own_names):
            return WORDS, say("problem.own_name")
        return None
    if not name:
        return NAME, say("problem.name_missing")
    return (NAME, say("problem.name_too_long", max=MAX_NAME)) if len(name) > MAX_NAME else None


def name_mark(language: str) -> str:
    """What stands where somebody hid their own name."""
    return JAPANESE_NAME_MARK if language.startswith("ja") else NAME_MARK


def call_number(filing: Filing, typed: Mapping[str, str]) -> str:
    """What was typed as the number of a call for help."""
    return typed.get(tie_id(unnamed=filing.report.unnamed), "").strip()


def clean(text: str) -> str:
    """What was typed, less control characters that no person types; newlines are kept."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in plain if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))
