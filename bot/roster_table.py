"""A CSV file as rows of cells: its encoding, its header, and where each row stands."""

import csv
import io
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.packs import Problem

LARGEST_ROSTER = 64_000_000
"""Bytes; some 500,000 rows."""
COLUMNS = (
    "person",
    "name",
    "role",
    "site",
    "slack_id",
    "entra_id",
    "email",
    "phone",
    "shift_from",
    "shift_to",
)
REQUIRED = ("person", "name", "role")

_OTHER_KINDS = {
    b"PK\x03\x04": "an Excel workbook, not CSV",
    b"\xd0\xcf\x11\xe0": "an Excel workbook, not CSV",
    b"\xff\xfe": "text in UTF-16",
    b"\xfe\xff": "text in UTF-16",
}
_SAVE_AS = 'In Excel choose "Save as" and "CSV UTF-8"'


class TableError(Exception):
    """The file is no table of this kind; `problem` says what it is instead."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


@dataclass(frozen=True)
class Row:
    """One row: the line on which it begins, and its cells as they are written, by column."""

    line: int
    cells: Mapping[str, str]
    surplus: bool
    """It has more cells than the header, so that none of them can be trusted."""


@dataclass(frozen=True)
class Table:
    """Every row with something in it; `unknown` are the columns that nobody here reads."""

    rows: Iterator[Row]
    unknown: tuple[str, ...]


def read_table(data: bytes, file: str) -> Table:
    """The rows of a file. Raises TableError, while the rows are read too."""
    reader = csv.reader(io.StringIO(_decoded(data, file), newline=""), strict=True)
    first = next(_rows(reader, file), (1, []))[1]
    header = [_column(cell) for cell in first]
    _check_header(header, first, file)
    known = [(place, name) for place, name in enumerate(header) if name in COLUMNS]
    rows = (
        Row(
            line,
            {name: cells[place] for place, name in known if place < len(cells)},
            any(cell.strip() for cell in cells[len(header) :]),
        )
        for line, cells in _rows(reader, file)
    )
    unknown = tuple(cell for cell, name in zip(first, header, strict=True) if name not in COLUMNS)
    return Table(rows, tuple(cell.strip() for cell in unknown if cell.strip()))


def _decoded(data: bytes, file: str) -> str:
    """UTF-8 with or without its mark, or what Excel writes in Japan (CP932)."""
    if len(data) > LARGEST_ROSTER:
        wrong = f"larger than {LARGEST_ROSTER // 1_000_000} MB"
        raise TableError(Problem(file, 1, "", wrong, "Leave out shifts that are past"))
    for mark, kind in _OTHER_KINDS.items():
        if data.startswith(mark):
            raise TableError(Problem(file, 1, "", kind, _SAVE_AS))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
    try:
        return data.decode("cp932")
    except UnicodeDecodeError:
        raise TableError(Problem(file, line, "", "not UTF-8 text", _SAVE_AS)) from None


def _rows(reader: Iterator[list[str]], file: str) -> Iterator[tuple[int, list[str]]]:
    """Each row that is not empty, with the line on which it begins."""
    ended = reader.line_num  # type: ignore[attr-defined]
    try:
        for cells in reader:
            line, ended = ended + 1, reader.line_num  # type: ignore[attr-defined]
            if any(cell.strip() for cell in cells):
                yield line, cells
    except csv.Error as error:
        fix = "Close every quotation mark; write one inside a cell twice"
        problem = Problem(file, ended + 1, "", f"not a row of CSV ({error})", fix)
        raise TableError(problem) from None


def _column(cell: str) -> str:
    name = unicodedata.normalize("NFKC", cell).strip().lower()
    return name.replace(" ", "_").replace("-", "_")


def _check_header(header: list[str], first: list[str], file: str) -> None:
    missing = [name for name in REQUIRED if name not in header]
    twice = sorted({name for name in header if name in COLUMNS and header.count(name) > 1})
    if missing:
        wrong = f"the header has no column {', '.join(missing)}"
        apart = any(mark in cell for cell in first for mark in ";\t")
        fix = (
            "Separate the columns by commas"
            if apart
            else f"Begin the file with the line {','.join(COLUMNS)}"
        )
        raise TableError(Problem(file, 1, "", wrong, fix))
    if twice:
        wrong = f"the header has {', '.join(twice)} more than once"
        raise TableError(Problem(file, 1, twice[0], wrong, "Keep one of each"))
