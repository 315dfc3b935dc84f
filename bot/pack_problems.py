"""What is wrong with a pack, in plain words: from the model's findings to "what" and "how"."""

import re
import types
from collections.abc import Callable
from difflib import get_close_matches
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from flows.ladders import Role
from flows.phrases import Own
from flows.policy import Policy

Words = tuple[str, str]
"""What is wrong, and how to put it right; neither ends with a full stop."""

_LANGUAGES = {"ja": "Japanese", "en": "English"}
_LIKE_STANDARD = "Write it as in the standard pack"
_PATTERNS = {
    "phone": 'Write digits, spaces and "-", in quotes, such as "0120-000-000"',
    "id": "Use small letters, digits and _; begin with a letter; no more than 32 (a spot: 8)",
}
_SECTION = re.compile(r"; (?=(?:definition|acts|per_se|contacts|header|may_end|locations): )")


def explain(error: ErrorDetails) -> list[tuple[tuple[str | int, ...], Words]]:
    """Where and what, for one finding of the model; a finding on the whole pack may be many."""
    where = tuple(part for part in error["loc"] if part != "[key]")
    if error["type"] == "value_error" and not where:
        return [_whole(part) for part in _SECTION.split(_own_words(error))]
    return [(where, _TYPES.get(error["type"], _unknown)(error, where))]


def _own_words(error: ErrorDetails) -> str:
    return error["msg"].removeprefix("Value error, ")


def _whole(message: str) -> tuple[tuple[str | int, ...], Words]:
    section, _, rest = message.partition(": ")
    if rest.startswith("add "):
        return (section,), ("not complete", _sentence(rest))
    wrong, _, fix = rest.partition("; ")
    fixes = {
        "per_se": "Switch them on under acts, or take them off the list",
        "may_end": f"Use staff, {', '.join(Role)}",
    }
    return (section,), (wrong, _sentence(fix or fixes.get(section, _LIKE_STANDARD)))


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _language(where: tuple[str | int, ...]) -> str | None:
    return _LANGUAGES.get(str(where[-1])) if where else None


def _missing(_: ErrorDetails, where: tuple[str | int, ...]) -> Words:
    if language := _language(where):
        return (
            f"the {language} text is missing",
            f'Add {where[-1]}: "…" beside the other language',
        )
    return "missing", f"Add {where[-1]}; the standard pack shows how"


def _empty(_: ErrorDetails, where: tuple[str | int, ...]) -> Words:
    if language := _language(where):
        return f"the {language} text is empty", f'Write {where[-1]}: "…"'
    return "empty", "Write a text, or remove the key"


def _extra(_: ErrorDetails, where: tuple[str | int, ...]) -> Words:
    known = fields_at(where[:-1])
    near = get_close_matches(str(where[-1]), known, n=1)
    fix = f'Did you mean "{near[0]}"?' if near else f"Remove it; keys known here: {_joined(known)}"
    return "unknown key", fix


def _text(error: ErrorDetails, where: tuple[str | int, ...]) -> Words:
    if error["input"] is None:
        return _empty(error, where)
    return f"must be text, not {_kind(error['input'])}", "Put it in quotes"


def _shape(error: ErrorDetails, where: tuple[str | int, ...]) -> Words:
    if _model_at(where) is Own:
        return "needs a Japanese and an English text", 'Write {ja: "…", en: "…"}'
    return f"must hold keys and values, not {_kind(error['input'])}", _LIKE_STANDARD


def _list(error: ErrorDetails, _: tuple[str | int, ...]) -> Words:
    return (
        f"must be a list, not {_kind(error['input'])}",
        "Write [one, two], or one - line each",
    )


def _number(error: ErrorDetails, _: tuple[str | int, ...]) -> Words:
    return (
        f"must be a whole number, not {_kind(error['input'])}",
        "Write digits, without quotes",
    )


def _switch(error: ErrorDetails, _: tuple[str | int, ...]) -> Words:
    return f"must be true or false, not {_kind(error['input'])}", "Write true or false"


def _date(error: ErrorDetails, _: tuple[str | int, ...]) -> Words:
    return f"{_shown(error['input'])} is no date", "Write the date as 2025-04-01"


def _pattern(_: ErrorDetails, where: tuple[str | int, ...]) -> Words:
    fix = _PATTERNS.get(str(where[-1]), _LIKE_STANDARD)
    return "has characters that are not used here, or is too long", fix


def _too_small(error: ErrorDetails, where: tuple[str | int, ...]) -> Words:
    return _bound(error, where, "small", f"Use {_limit(error)} or more")


def _too_large(error: ErrorDetails, where: tuple[str | int, ...]) -> Words:
    return _bound(error, where, "large", f"Use {_limit(error)} or less")


def _bound(error: ErrorDetails, where: tuple[str | int, ...], size: str, fix: str) -> Words:
    if where and where[0] == "thresholds":
        fix += "; a company may only be more protective than the standard pack"
    return f"{error['input']} is too {size}", fix


def _limit(error: ErrorDetails) -> object:
    context = error.get("ctx", {})
    return next((context[name] for name in ("ge", "le", "gt", "lt") if name in context), "?")


def _few(error: ErrorDetails, _: tuple[str | int, ...]) -> Words:
    context = error.get("ctx", {})
    return "has too few entries", f"List at least {context.get('min_length', 1)}"


def _many(error: ErrorDetails, _: tuple[str | int, ...]) -> Words:
    context = error.get("ctx", {})
    return "has too many entries", f"List {context.get('max_length', '?')} or fewer"


def _choice(error: ErrorDetails, _: tuple[str | int, ...]) -> Words:
    known = re.findall(r"'([^']+)'", str(error.get("ctx", {}).get("expected", "")))
    near = get_close_matches(str(error["input"]), known, n=1)
    fix = f'Did you mean "{near[0]}"?' if near else f"Use one of {_joined(known)}"
    return f"{_shown(error['input'])} is not known here", fix


def _said(error: ErrorDetails, _where: tuple[str | int, ...]) -> Words:
    """The model's own sentence, which carries its hint after a semicolon or is the hint."""
    wrong, semicolon, fix = _own_words(error).partition("; ")
    if not semicolon and wrong.startswith(("write ", "use ")):
        return f"{_shown(error['input'])} cannot be read", _sentence(wrong)
    return wrong, _sentence(fix or _LIKE_STANDARD)


def _unknown(error: ErrorDetails, _: tuple[str | int, ...]) -> Words:
    return f"{_shown(error['input'])} cannot be used here", _LIKE_STANDARD


_TYPES: dict[str, Callable[[ErrorDetails, tuple[str | int, ...]], Words]] = {
    "missing": _missing,
    "extra_forbidden": _extra,
    "string_type": _text,
    "string_too_short": _empty,
    "string_pattern_mismatch": _pattern,
    "greater_than": _too_small,
    "greater_than_equal": _too_small,
    "less_than": _too_large,
    "less_than_equal": _too_large,
    "too_short": _few,
    "too_long": _many,
    "enum": _choice,
    "literal_error": _choice,
    "value_error": _said,
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float"), _number),
    **dict.fromkeys(("bool_type", "bool_parsing"), _switch),
    **dict.fromkeys(("model_type", "model_attributes_type", "dict_type"), _shape),
    **dict.fromkeys(("tuple_type", "list_type"), _list),
    **dict.fromkeys(
        (
            "date_type",
            "date_parsing",
            "date_from_datetime_parsing",
            "date_from_datetime_inexact",
        ),
        _date,
    ),
}


def _kind(value: object) -> str:
    if value is None:
        return "empty"
    if isinstance(value, dict):
        return "keys and values"
    return "a list" if isinstance(value, list | tuple) else _shown(value)


def _shown(value: object) -> str:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f'"{text[:40]}"'


def _joined(names: list[str]) -> str:
    return ", ".join(names) or "none"


def fields_at(where: tuple[str | int, ...]) -> list[str]:
    """The keys that the pack knows at `where`."""
    model = _model_at(where)
    return list(model.model_fields) if model else []


def _model_at(where: tuple[str | int, ...]) -> type[BaseModel] | None:
    found: Any = Policy
    for part in where:
        if isinstance(found, type) and issubclass(found, BaseModel):
            field = found.model_fields.get(str(part))
            found = _inner(field.annotation) if field else None
        elif get_origin(found) is dict:
            found = _inner(get_args(found)[1])
        elif get_origin(found) is tuple:
            found = _inner(get_args(found)[0])
    return found if isinstance(found, type) and issubclass(found, BaseModel) else None


def _inner(annotation: Any) -> Any:
    """The annotation without Annotated and without the "or None"."""
    if get_origin(annotation) is Annotated:
        return _inner(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        return _inner(next(arg for arg in get_args(annotation) if arg is not type(None)))
    return annotation
