"""Statements: written once in SQLAlchemy Core, compiled once for each database, then only text.

Building an expression and sending it through SQLAlchemy's engine costs twenty times what the
database needs for it; handing the compiled text to the driver does not. Core still writes the
SQL, knows both dialects, and says how each value is stored.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Dialect, bindparam
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import BindParameter
from sqlalchemy.types import TypeEngine

DIALECTS: dict[str, Dialect] = {
    "sqlite": sqlite.dialect(),
    "postgresql": PGDialect_psycopg(paramstyle="format"),  # type: ignore[no-untyped-call]
}
"""Both take their values by position."""

upsert = insert
"""An insert with `ON CONFLICT`, which SQLite took over from PostgreSQL: one compiles for both."""

Row = Sequence[Any]
Convert = Callable[[Any], Any]


class Text:
    """A statement in the words of one database, with its ways in and out."""

    def __init__(self, core: Any, dialect: Dialect) -> None:
        compiled: SQLCompiler = core.compile(dialect=dialect)
        self.sql = compiled.string
        named = {name: bind for bind, name in compiled.bind_names.items()}
        self._values_in = [
            (name, *_way_in(named[name], dialect)) for name in compiled.positiontup or ()
        ]
        columns = core.exported_columns if compiled.effective_returning or core.is_select else ()
        ways_out = ((place, _way_out(column.type, dialect)) for place, column in enumerate(columns))
        self._values_out = [(place, way) for place, way in ways_out if way is not None]

    def encode(self, values: Mapping[str, Any]) -> tuple[Any, ...]:
        """The values as the driver wants them. Raises KeyError for one that is missing."""
        return tuple(
            [
                fixed if given is False else way(values[name]) if way else values[name]
                for name, given, way, fixed in self._values_in
            ]
        )

    def decode(self, rows: Iterable[Row]) -> list[Row]:
        """The driver's rows as our types."""
        if not self._values_out:
            return list(rows)
        decoded: list[Row] = []
        for row in rows:
            values = list(row)
            for place, way in self._values_out:
                values[place] = way(values[place])
            decoded.append(values)
        return decoded


def _way_in(bind: BindParameter[Any], dialect: Dialect) -> tuple[bool, Convert | None, Any]:
    """Whether the value is given with each call, how it is stored, and what it is if not."""
    way = bind.type.dialect_impl(dialect).bind_processor(dialect)
    if bind.required:
        return True, way, None
    return False, None, way(bind.value) if way else bind.value


def _way_out(kind: TypeEngine[Any], dialect: Dialect) -> Convert | None:
    return kind.dialect_impl(dialect).result_processor(dialect, None)


class Statement:
    """One statement, for both databases. Made once, at import; compiled at its first use."""

    def __init__(self, core: Executable) -> None:
        self._core = core
        self._texts: dict[str, Text] = {}

    def on(self, database: str) -> Text:
        """The statement in the words of one of `DIALECTS`."""
        text = self._texts.get(database)
        if text is None:
            text = self._texts[database] = Text(self._core, DIALECTS[database])
        return text


def given(*names: str) -> dict[str, Any]:
    """Columns whose values come with the call, under the same names."""
    return {name: bindparam(name) for name in names}
