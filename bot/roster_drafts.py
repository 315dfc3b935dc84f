"""From the rows of a roster to what each says about a person, before anybody is merged."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from bot import roster_cells as cells
from bot.company import Company, Site
from bot.packs import Problem
from bot.roster_cells import CellError
from bot.roster_table import Row
from flows.shifts import Shift

ONE_EACH: dict[str, Callable[[str], Any]] = {
    "name": cells.name,
    "role": cells.roles,
    "email": cells.email,
    "phone": cells.phone,
}
"""What a person has one of, however many rows."""
SEVERAL: dict[str, tuple[str, Callable[[str], str]]] = {
    "slack_id": ("slack", cells.slack_id),
    "entra_id": ("teams", cells.entra_id),
}
"""Accounts, and the platform of each: a second workspace gives a person a second one."""


ALIKE = "Write the same in both, or leave one of them out"
TWO_ROLES = f'{ALIKE}. Who leads a site and is at the desk, too, has "manager; desk" in both'


@dataclass
class Findings:
    """What is wrong with a file, and what is merely odd, one line each."""

    file: str
    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)

    def wrong(self, line: int, column: str, wrong: str, fix: str) -> None:
        """Something that has to be put right."""
        self.problems.append(Problem(self.file, line, column, wrong, fix))

    def note(self, line: int, column: str, odd: str, fix: str) -> None:
        """Something to look at."""
        self.notes.append(Problem(self.file, line, column, odd, fix))


@dataclass(slots=True)
class Draft:
    """A person as far as the rows with their id tell."""

    id: str
    line: int
    """Of the first row."""
    said: dict[str, tuple[Any, int]] = field(default_factory=dict)
    """What a person has one of, by column, with the line that said so first."""
    refused: frozenset[str] = frozenset()
    """Columns with a value that is wrong, so that it is not called missing too."""
    accounts: dict[str, int] = field(default_factory=dict)
    """Accounts such as "slack:U012AB3CD", with the line of each."""
    first_sites: tuple[str, ...] = ()
    """Where the first row puts the person: a later one need not say it again."""
    sites: dict[str, None] = field(default_factory=dict)
    shifts: dict[Shift, None] = field(default_factory=dict)
    aliases: list[str] = field(default_factory=list)

    def value(self, column: str) -> Any:
        """What the person has one of; None for what no row says."""
        return self.said.get(column, (None, 0))[0]


class Drafts:
    """Everybody in a file, by id, in the order in which the ids come."""

    def __init__(self, company: Company, found: Findings) -> None:
        self._found = found
        self._sites = {site.id: site for site in company.sites}
        self._drafts: dict[str, Draft] = {}
        self._shifts: dict[tuple[str | None, str, str], Shift] = {}

    def __iter__(self) -> Iterator[Draft]:
        return iter(self._drafts.values())

    def take(self, row: Row) -> None:
        """Adds what a row says to what is known of its person."""
        if row.surplus:
            fix = "Put a cell that holds a comma in quotation marks"
            self._found.wrong(row.line, "", "more cells than the header has", fix)
            return
        draft = self._draft(row)
        self._take_facts(row, draft)
        self._take_accounts(row, draft)
        self._take_work(row, draft)

    def _draft(self, row: Row) -> Draft:
        """The person of a row; a nameless one where the id is wrong, so that the other cells
        are still read and everything is said at once."""
        stray = Draft("", row.line)
        person_id = self._cell(row, "person", cells.person_id, stray)
        if person_id is not None:
            return self._drafts.setdefault(person_id, Draft(person_id, row.line))
        if not stray.refused:
            self._found.wrong(row.line, "person", "missing", "Write the person's id in every row")
        return stray

    def _cell(self, row: Row, column: str, read: Callable[[str], Any], draft: Draft) -> Any:
        """A cell's value; None when it is empty, absent, or refused."""
        written = row.cells.get(column)
        if not written:
            return None
        try:
            text = cells.tidy(written)
            return read(text) if text else None
        except CellError as error:
            self._found.wrong(row.line, column, error.wrong, error.fix)
            draft.refused |= {column}
            return None

    def _take_facts(self, row: Row, draft: Draft) -> None:
        for column, read in ONE_EACH.items():
            value = self._cell(row, column, read, draft)
            if value is None:
                continue
            first, line = draft.said.setdefault(column, (value, row.line))
            if first != value:
                wrong = f"not what line {line} says of the same person"
                fix = TWO_ROLES if column == "role" else ALIKE
                self._found.wrong(row.line, column, wrong, fix)
            elif column == "phone" and line == row.line and cells.lost_zero(value):
                fix = "Check that no spreadsheet took a 0 away"
                self._found.note(row.line, column, "begins with neither 0 nor +", fix)

    def _take_accounts(self, row: Row, draft: Draft) -> None:
        for column, (platform, read) in SEVERAL.items():
            account = self._cell(row, column, read, draft)
            if account is not None:
                draft.accounts.setdefault(f"{platform}:{account}", row.line)

    def _take_work(self, row: Row, draft: Draft) -> None:
        """Where the person works, and when."""
        named = self._cell(row, "site", cells.site_ids, draft) or ()
        for site_id in named:
            if site_id in self._sites:
                draft.sites[site_id] = None
            else:
                draft.refused |= {"site"}
                self._found.wrong(row.line, "site", *_no_site(site_id, self._sites))
        if row.line == draft.line:
            draft.first_sites = tuple(named)
        start = self._cell(row, "shift_from", cells.clock, draft)
        end = self._cell(row, "shift_to", cells.clock, draft)
        if draft.refused & {"shift_from", "shift_to"} or (start is None and end is None):
            return
        for site_id in named or draft.first_sites or (None,):
            shift = self._shift(row.line, site_id, start or "", end or "")
            if shift is None:
                return
            draft.shifts[shift] = None

    def _shift(self, line: int, site_id: str | None, start: str, end: str) -> Shift | None:
        """The shift, one object for all who share it; None when it is wrong."""
        key = (site_id, start, end)
        if key in self._shifts:
            return self._shifts[key]
        if not start or not end:
            column = "shift_to" if start else "shift_from"
            self._found.wrong(line, column, "missing", "Write both ends of a shift, or neither")
            return None
        try:
            self._shifts[key] = Shift(site=site_id, start=start, end=end)
        except ValidationError as error:
            said = error.errors(include_url=False)[0]["msg"].removeprefix("Value error, ")
            wrong, semicolon, fix = said.partition("; ")
            if not semicolon:
                wrong, fix = "cannot be read", wrong
            shown = f'"{start[:20]}" to "{end[:20]}" {wrong}'
            self._found.wrong(line, "shift_from", shown, fix[:1].upper() + fix[1:])
            return None
        return self._shifts[key]


def _no_site(site_id: str, sites: dict[str, Site]) -> tuple[str, str]:
    """What is wrong with a site that the company does not have, and which it may be."""
    named = [site.id for site in sites.values() if site_id in (site.name.ja, site.name.en.lower())]
    near = named or cells.near(site_id, sites)
    fix = f'Did you mean "{near[0]}"?' if near else "Write its id as in the company file"
    return f'"{site_id[:40]}" is no site', fix
