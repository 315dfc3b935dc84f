"""A database full of open cases, written beside storage: a million through it would take hours.

The rows look like the real ones: a case and its key, a duty with its ladder, and the clock of
the duty's next rung, due in the coming months.
"""

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

from bot.work_records import NewJob
from storage.engines import database_url

NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
MONTHS_SECONDS = 90 * 24 * 3600
LADDER = '{"steps": [' + '{"roles": ["manager"], "after_minutes": 60, "quorum": 1}, ' * 6 + "]}"

Rows = Iterator[Sequence[Any]]


def named(kind: str, number: int) -> str:
    """An id that looks random and is the same in every run."""
    return hashlib.md5(f"{kind}{number}".encode(), usedforsecurity=False).hexdigest()


def _later(number: int) -> datetime:
    return NOW + timedelta(seconds=60 + number * 7919 % MONTHS_SECONDS)


def _cases(numbers: range) -> Rows:
    for n in numbers:
        mac = named("draft", n).encode()
        yield named("case", n), f"{n:07x}", "report", "open", "U2", "p" * 32, 0, mac, bytes(512)


def _keys(numbers: range) -> Rows:
    for n in numbers:
        yield named("case", n), "k" * 16, bytes(60)


def _duties(numbers: range) -> Rows:
    for n in numbers:
        begun, due = NOW - timedelta(days=1), _later(n)
        case, duty = named("case", n), named("duty", n)
        yield duty, case, "take", "desk", "open", begun, due, 0, LADDER, begun


def _jobs(numbers: range) -> Rows:
    for n in numbers:
        duty = named("duty", n)
        yield "climb", duty, f"climb:{duty}", 1, _later(n), "pending", 0, ""


TABLES = {
    "case_file (id, public_id, kind, state, urgency, policy_id, rev, draft_mac, sealed)": _cases,
    "case_key (case_id, kek_id, wrapped)": _keys,
    "duty (id, case_id, kind, owner, state, started_at, due_at, step, ladder, chase_from)": _duties,
    "job (kind, subject, dedup, priority, due_at, state, attempts, pace)": _jobs,
}


def fill(url: str, cases: range) -> None:
    """Writes the open cases of these numbers, and lets the database take stock."""
    if database_url(url).get_backend_name() == "sqlite":
        _fill_sqlite(url, cases)
    else:
        _fill_postgres(url, cases)


def _fill_sqlite(url: str, cases: range) -> None:
    connection = sqlite3.connect(str(database_url(url).database), isolation_level=None)
    # Only while it is filled: without a journal, and with room for the indexes.
    for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-1000000"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("BEGIN")
    for table, rows in TABLES.items():
        places = ", ".join("?" * (table.count(",") + 1))
        connection.executemany(f"INSERT INTO {table} VALUES ({places})", map(_as_text, rows(cases)))
    connection.execute("COMMIT")
    connection.execute("ANALYZE")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.close()


def _as_text(row: Sequence[Any]) -> list[Any]:
    return [f"{v:%Y-%m-%d %H:%M:%S.%f}" if isinstance(v, datetime) else v for v in row]


def _fill_postgres(url: str, cases: range) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        with connection.transaction(), connection.cursor() as cursor:
            for table, rows in TABLES.items():
                with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                    for row in rows(cases):
                        copy.write_row(row)
        connection.execute("VACUUM ANALYZE")


def clocks(count: int, due_at: datetime) -> list[NewJob]:
    """The clocks of the first so many duties, moved to `due_at`."""
    duties = [named("duty", n) for n in range(count)]
    return [NewJob("climb", duty, due_at, f"climb:{duty}", priority=1) for duty in duties]
