"""An imported roster: everybody who works here, as it is kept sealed in the database."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from bot.company import Person
from flows.shifts import Shift

_FORM = 1
"""Raised when what is packed changes its form, so that an older program keeps its hands off."""


class RosterUnreadable(Exception):
    """What is kept is no roster of this program; `reason` is a fixed word, never a content."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Roster:
    """Everybody, in the order of the file."""

    people: tuple[Person, ...]

    def pack(self) -> bytes:
        """Compact JSON. Each distinct shift is written once: thousands of people share a few."""
        numbers: dict[Shift, int] = {}
        people = [_packed(person, numbers) for person in self.people]
        shifts = [[shift.site, shift.start, shift.end] for shift in numbers]
        form = {"form": _FORM, "shifts": shifts, "people": people}
        return json.dumps(form, ensure_ascii=False, separators=(",", ":")).encode()

    @classmethod
    def unpack(cls, packed: bytes | None) -> Self:
        """The roster behind what `pack` gave. Raises RosterUnreadable."""
        if packed is None:
            raise RosterUnreadable("missing")
        try:
            form = json.loads(packed)
            if form["form"] != _FORM:
                raise RosterUnreadable("other_form")
            shifts = [Shift(site=site, start=start, end=end) for site, start, end in form["shifts"]]
            return cls(tuple(_person(row, shifts) for row in form["people"]))
        except (ValueError, TypeError, LookupError):
            # From None: the error of the model repeats what it read.
            raise RosterUnreadable("damaged") from None


def _packed(person: Person, numbers: dict[Shift, int]) -> dict[str, Any]:
    """One person without what is empty; shifts by their number."""
    row = person.model_dump(mode="json", exclude_defaults=True, exclude={"name", "shifts"})
    row["name"] = person.name.model_dump(exclude_defaults=True)
    if person.shifts:
        row["shifts"] = [numbers.setdefault(shift, len(numbers)) for shift in person.shifts]
    return row


def _person(row: Mapping[str, Any], shifts: list[Shift]) -> Person:
    return Person(**{**row, "shifts": tuple(shifts[number] for number in row.get("shifts", ()))})
