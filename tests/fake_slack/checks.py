"""Small checks of JSON values that say where a value is wrong, and compose."""

from collections.abc import Callable, Mapping
from typing import Any

Problems = list[str]
Check = Callable[[Any, str, Problems], None]


def string(longest: int, shortest: int = 1, *, blank: bool = False) -> Check:
    """Text of a length in UTF-16 units; blanks alone are no text unless they may be."""

    def check(value: Any, at: str, problems: Problems) -> None:
        if not isinstance(value, str):
            problems.append(f"{at}: must be a string")
        elif len(value.encode("utf-16-le", "surrogatepass")) // 2 > longest:
            problems.append(f"{at}: must be less than {longest + 1} characters")
        elif len(value if blank else value.strip()) < shortest:
            problems.append(f"{at}: must be more than {shortest - 1} characters")

    return check


def integer(low: int, high: int) -> Check:
    """A whole number in a range."""

    def check(value: Any, at: str, problems: Problems) -> None:
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            problems.append(f"{at}: must be a number from {low} to {high}")

    return check


def boolean(value: Any, at: str, problems: Problems) -> None:
    """True or false."""
    if not isinstance(value, bool):
        problems.append(f"{at}: must be true or false")


def among(*allowed: str) -> Check:
    """One of a few words."""

    def check(value: Any, at: str, problems: Problems) -> None:
        if value not in allowed:
            problems.append(f"{at}: must be one of {', '.join(allowed)}")

    return check


def address(longest: int) -> Check:
    """An address that Slack makes a link of."""

    def check(value: Any, at: str, problems: Problems) -> None:
        string(longest)(value, at, problems)
        if isinstance(value, str) and not value.startswith(("https://", "http://")):
            problems.append(f"{at}: must be a link")

    return check


def listed(each: Check, fewest: int, most: int) -> Check:
    """A list of a length, each part of which passes a check."""

    def check(value: Any, at: str, problems: Problems) -> None:
        if not isinstance(value, list):
            problems.append(f"{at}: must be a list")
            return
        if not fewest <= len(value) <= most:
            problems.append(f"{at}: must hold {fewest} to {most} items")
        for index, part in enumerate(value):
            each(part, f"{at}/{index}", problems)

    return check


def record(required: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> Check:
    """An object with these keys and no others."""
    known = {**required, **(optional or {})}

    def check(value: Any, at: str, problems: Problems) -> None:
        if not isinstance(value, dict):
            problems.append(f"{at}: must be an object")
            return
        problems.extend(f"{at}: missing required field: {key}" for key in required.keys() - value)
        problems.extend(f"{at}/{key}: unknown field" for key in value.keys() - known)
        for key in value.keys() & known:
            known[key](value[key], f"{at}/{key}", problems)

    return check


def typed(kinds: Mapping[str, Check]) -> Check:
    """An object whose `type` says which check it must pass."""

    def check(value: Any, at: str, problems: Problems) -> None:
        kind = value.get("type") if isinstance(value, dict) else None
        if not isinstance(kind, str) or kind not in kinds:
            problems.append(f"{at}: unsupported type: {kind}")
            return
        kinds[kind]({key: part for key, part in value.items() if key != "type"}, at, problems)

    return check
