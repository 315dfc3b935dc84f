"""An imported roster: everybody who works here, as it is kept sealed in the database."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.company import Person
from flows.shifts import Shift

_FORM = 1
"""Raised when what is packed changes its form, so that an older program keeps its hands off."""


class RosterUnreadable(Exception):
    """What is kept is no roster of this program; `reason` is a fixed word, never a content."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def pack(people: Sequence[Person]) -> bytes:
    """Everybody as lines of compact JSON, so that they can be read one by one.

    The first line holds each distinct shift once: thousands of people share a few.
    """
    numbers: dict[Shift, int] = {}
    rows = [_line(_packed(person, numbers)) for person in people]
    shifts = [[shift.site, shift.start, shift.end] for shift in numbers]
    head = {"form": _FORM, "people": len(rows), "shifts": shifts}
    return b"\n".join((_line(head), *rows))


def unpack(packed: bytes | None) -> Iterator[Person]:
    """The people behind what `pack` gave, in order. Raises RosterUnreadable, at the end too."""
    if packed is None:
        raise RosterUnreadable("missing")
    try:
        head, *rows = packed.split(b"\n")
        form = json.loads(head)
        if form["form"] != _FORM:
            raise RosterUnreadable("other_form")
        if form["people"] != len(rows):
            raise RosterUnreadable("damaged")
        shifts = [Shift(site=site, start=start, end=end) for site, start, end in form["shifts"]]
        for row in rows:
            yield _person(json.loads(row), shifts)
    except (ValueError, TypeError, LookupError):
        # From None: the error of a model repeats what it read.
        raise RosterUnreadable("damaged") from None


def _line(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _packed(person: Person, numbers: dict[Shift, int]) -> dict[str, Any]:
    """One person without what is empty; shifts by their number."""
    row = person.model_dump(mode="json", exclude_defaults=True, exclude={"shifts"})
    if person.shifts:
        row["shifts"] = [numbers.setdefault(shift, len(numbers)) for shift in person.shifts]
    return row


def _person(row: Mapping[str, Any], shifts: Sequence[Shift]) -> Person:
    return Person(**{**row, "shifts": tuple(shifts[number] for number in row.get("shifts", ()))})
