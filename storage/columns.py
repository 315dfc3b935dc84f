"""How values of ours are kept in columns, on SQLite and PostgreSQL alike."""

from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, String, Text, TypeDecorator


class Instant(TypeDecorator[datetime]):
    """A point in time, always aware and in UTC; SQLite keeps no zone, so we put it back."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], Any]:
        return _instant_as_text if dialect.name == "sqlite" else _in_utc

    def result_processor(self, dialect: Dialect, coltype: Any) -> Callable[[Any], datetime | None]:
        return _instant_from_text if dialect.name == "sqlite" else _in_utc


class AnyInstant(Instant):
    """The same, for whoever looks for what was tampered with: what is no time comes as it is."""

    cache_ok = True

    def result_processor(self, dialect: Dialect, coltype: Any) -> Callable[[Any], Any]:
        read = super().result_processor(dialect, coltype)

        def as_it_stands(value: Any) -> Any:
            try:
                return read(value)
            except ValueError:
                return value

        return as_it_stands


def _in_utc(value: datetime | None) -> datetime | None:
    if value is None or value.tzinfo is UTC:
        return value
    if value.tzinfo is None:
        raise ValueError("a naive datetime is no point in time")
    return value.astimezone(UTC)


def _instant_as_text(value: datetime | None) -> str | None:
    # Cut before the zone, and all of one length: the order of the texts is that of the times.
    utc = _in_utc(value)
    return None if utc is None else utc.isoformat(" ", "microseconds")[:26]


def _instant_from_text(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(f"{text}+00:00")


Name = TypeVar("Name", bound=StrEnum)


class Named(TypeDecorator[Name]):
    """One of a fixed set of names, kept as its word. Never empty."""

    impl = String
    cache_ok = True

    def __init__(self, names: type[Name], length: int = 16) -> None:
        super().__init__(length)
        self.names = names

    def process_bind_param(self, value: Name | None, dialect: Dialect) -> str | None:
        return str(value)

    def result_processor(self, dialect: Dialect, coltype: Any) -> Callable[[str], Name]:
        return {name.value: name for name in self.names}.__getitem__


class Words(TypeDecorator[tuple[str, ...]]):
    """Ids in a row, joined by spaces: none has a space in it."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Dialect) -> str | None:
        return None if value is None else " ".join(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[str, ...] | None:
        return None if value is None else tuple(value.split())


BigId = BigInteger().with_variant(Integer, "sqlite")
"""SQLite numbers rows by itself only where the column is a plain INTEGER."""
