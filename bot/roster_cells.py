"""One cell of a roster at a time: tidied, and read or refused with what to write."""

import re
import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches
from functools import lru_cache

from bot.company import EMAIL, ENTRA_ID, PERSON_ID, PHONE, SLACK_ID, is_pair, plain_email
from flows.ladders import Role

LONGEST_NAME = 64

_PERSON_ID, _PHONE, _SLACK_ID, _ENTRA_ID, _EMAIL = (
    re.compile(pattern) for pattern in (PERSON_ID, PHONE, SLACK_ID, ENTRA_ID, EMAIL)
)
_ROLES = {role.value: role for role in Role}

_PASTE = "Copy the column and paste it as values"
_AS_TEXT = "give the column the format Text, so that Excel does not change it"
_PLAIN = re.compile(r"[A-Za-z0-9][!-~]*")
_TEXT_FORMULA = re.compile(r'="([^"]*)"')
_EXCEL_ERROR = re.compile(r"#(N/A|REF!|NAME\?|VALUE!|DIV/0!|NULL!|NUM!|#)")
_BRACKETS = str.maketrans("()", "--")
_AROUND_DASH = re.compile(r" *-[- ]*")
_BETWEEN_SITES = re.compile(r"[\s;,、]+")
_BETWEEN_ROLES = re.compile(r"[;,、/&+]+")
_UNSEEN = re.compile("[\u200b\u2060\ufeff]")
_JOINERS = re.compile("[\u200c\u200d]")
"""Shape letters in some scripts, so names may hold them."""
_DASHES = re.compile("[\u2010-\u2015\u2212\u30fc\uff70\ufe63\uff0d]")
_CLOCK = re.compile(
    r"(?:(?P<year>[0-9]{4})[-/.](?P<month>[0-9]{1,2})[-/.](?P<day>[0-9]{1,2})[ t]+"
    r"|(?P<weekday>[a-z]{3,9})\.? *)?(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::00)?"
)
_WEEKDAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class CellError(Exception):
    """What is wrong with a cell, and how to put it right; neither ends with a full stop."""

    def __init__(self, wrong: str, fix: str) -> None:
        super().__init__(wrong)
        self.wrong, self.fix = wrong, fix


def tidy(text: str) -> str:
    """A cell without what a spreadsheet adds: outer spaces, unseen marks, `="…"` around a text.

    Raises CellError for a formula, or for the error one of them left.
    """
    if _PLAIN.fullmatch(text):
        return text
    text = " ".join(_UNSEEN.sub("", text).split())
    if match := _TEXT_FORMULA.fullmatch(text):
        text = match[1].strip()
    if text.startswith("="):
        raise CellError("a formula, not a value", _PASTE)
    if _EXCEL_ERROR.match(text):
        raise CellError("an error that a formula left", _PASTE)
    return text


def _narrow(text: str) -> str:
    """Full-width letters, digits and dashes as plain ones."""
    return text if text.isascii() else _DASHES.sub("-", unicodedata.normalize("NFKC", text))


def person_id(text: str) -> str:
    """The id of a person, as the company's own system has it."""
    found = _narrow(text)
    if not _PERSON_ID.match(found):
        raise CellError(
            f"{_shown(text)} is no id", "Use letters, digits, -, _ and ., no more than 32"
        )
    return found


def name(text: str) -> str:
    """A name as its owner writes it: never normalised, for that can change a character."""
    if len(text) > LONGEST_NAME:
        raise CellError("too long", f"Use no more than {LONGEST_NAME} characters")
    if not text.isprintable() and not _JOINERS.sub("", text).isprintable():
        raise CellError("has marks that nobody can see", "Type it anew")
    if text[0] in "+-@":
        raise CellError(f'begins with "{text[0]}", which spreadsheets run', "Begin with a letter")
    return text


@lru_cache(maxsize=256)
def roles(text: str) -> tuple[Role, ...]:
    """A role; or two, at the sites and at the desk, in whichever order they are written."""
    parts = [part for part in _BETWEEN_ROLES.split(_narrow(text)) if part.strip()]
    found = [_role(part.strip()) for part in parts]
    for pair in (found, found[::-1]):
        if len(pair) == 1 or (len(pair) == 2 and is_pair(*pair)):
            return tuple(pair)
    fix = 'Two go together only where one is at the desk, such as "manager; desk"'
    raise CellError(f"{_shown(text)} are no roles of one person", fix)


def _role(text: str) -> Role:
    found = re.sub(r"[ -]", "_", text.lower())
    if found in _ROLES:
        return _ROLES[found]
    guess = near(found, _ROLES)
    fix = f'Did you mean "{guess[0]}"?' if guess else f"Use one of {', '.join(_ROLES)}"
    raise CellError(f"{_shown(text)} is no role", fix)


@lru_cache(maxsize=4096)
def site_ids(text: str) -> tuple[str, ...]:
    """The sites of a cell, whether or not there are such."""
    return tuple(_BETWEEN_SITES.split(_narrow(text).lower().strip(" ;,、")))


def slack_id(text: str) -> str:
    """A member id of Slack."""
    return _matching(
        _narrow(text).upper(), _SLACK_ID, "no member id of Slack", 'Write it as "U012AB3CD"'
    )


def entra_id(text: str) -> str:
    """An object id of Entra (Azure AD)."""
    return _matching(
        _narrow(text).lower().strip("{}"),
        _ENTRA_ID,
        "no object id of Entra",
        'Write it as "00000000-0000-0000-0000-000000000000"',
    )


def email(text: str) -> str:
    """An e-mail address in the form in which two are compared."""
    return _matching(
        plain_email(text), _EMAIL, "no e-mail address", 'Write one such as "hana@example.com"'
    )


def phone(text: str) -> str:
    """A phone number, with brackets written as dashes."""
    plain = _narrow(text).translate(_BRACKETS)
    return _matching(
        _AROUND_DASH.sub("-", plain).strip("-"),
        _PHONE,
        "no phone number",
        f'Write digits, spaces and "-", such as "03-0000-0000"; {_AS_TEXT}',
    )


def lost_zero(number: str) -> bool:
    """Whether a phone number looks as if a spreadsheet had taken its first 0 away."""
    return len(number) > 6 and number[0] not in "0+#"


@lru_cache(maxsize=4096)
def clock(text: str) -> str:
    """One end of a shift in the form of `flows.shifts`, from what Excel makes of it."""
    match = _CLOCK.fullmatch(_narrow(text).lower())
    if match is None:
        return text
    time = f"{int(match['hour']):02}:{match['minute']}"
    if match["year"]:
        return f"{match['year']}-{int(match['month']):02}-{int(match['day']):02} {time}"
    if match["weekday"]:
        full = [day for day in _WEEKDAY_NAMES if day.startswith(match["weekday"])]
        return f"{full[0][:3] if full else match['weekday']} {time}"
    return time


def near(text: str, known: Iterable[str]) -> list[str]:
    """What somebody may have meant, or nothing."""
    return get_close_matches(text, list(known), n=1)


def _matching(text: str, pattern: re.Pattern[str], wrong: str, fix: str) -> str:
    """The text if it has that form. What it is instead is not repeated: it is about a person."""
    if not pattern.match(text):
        raise CellError(wrong, fix)
    return text


def _shown(text: str) -> str:
    return f'"{text[:40]}"'
