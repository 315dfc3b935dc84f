"""Reads a roster from CSV: everybody in it, or everything that has to be put right first."""

from dataclasses import dataclass

from bot.company import Company, Person
from bot.packs import Problem
from bot.roster_drafts import Drafts, Findings
from bot.roster_merge import merged
from bot.roster_table import TableError, read_table


@dataclass(frozen=True)
class Reading:
    """What came of a file, in the order of the file."""

    people: tuple[Person, ...]
    """Everybody; nobody while there are problems."""
    problems: tuple[Problem, ...]
    notes: tuple[Problem, ...]
    """What is odd but stops nothing."""


def read_roster(data: bytes, company: Company, file: str) -> Reading:
    """Who is in the bytes of a CSV file; `file` is its name in every problem."""
    found = Findings(file)
    try:
        drafts = _drafts(data, company, found)
    except TableError as error:
        found.problems.append(error.problem)
        return _reading((), found)
    return _reading(merged(drafts, company, found), found)


def _drafts(data: bytes, company: Company, found: Findings) -> Drafts:
    table = read_table(data, found.file)
    for column in table.unknown:
        found.note(1, "", f'the column "{column[:40]}" is not known here', "It is not read")
    drafts = Drafts(company, found)
    for row in table.rows:
        drafts.take(row)
    return drafts


def _reading(people: tuple[Person, ...], found: Findings) -> Reading:
    problems = sorted(found.problems, key=lambda problem: problem.line)
    return Reading(people, tuple(problems), tuple(found.notes))
