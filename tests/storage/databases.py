"""What the storage tests share: SQL behind storage's back, and example rows."""

import asyncio
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Engine, Row, create_engine, event, pool, text
from sqlalchemy.engine import make_url

from bot.case_records import BodyParts, Case, CaseKind, CaseState
from bot.ports import Storage
from bot.work_records import CardRow, CardState, Duty, DutyState, NudgeRow, NudgeState, SeatRow
from storage.engines import database_url

ROOT = Path(__file__).parents[2]
"""Where a child process finds both the code and the tests."""

REFUSED = (sqlite3.IntegrityError, psycopg.IntegrityError)
"""What a database says to a row that breaks a rule of its table."""
FAILED = (sqlite3.Error, psycopg.Error)

MASTER = b"\x11" * 32
IDENTITY, HEALTH = b"aizuchi", b"kanzashi"
NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)


def after(**by: float) -> datetime:
    """So much later than NOW, as `minutes=3`."""
    return NOW + timedelta(**by)


@dataclass(frozen=True)
class Database:
    """A database that a test looks into, and changes, as somebody with its password could."""

    url: str

    @property
    def kind(self) -> str:
        return make_url(self.url).get_backend_name()

    def engine(self) -> Engine:
        """A way in beside storage's own."""
        engine = create_engine(database_url(self.url), poolclass=pool.NullPool)
        if self.kind == "sqlite":
            event.listen(engine, "connect", lambda c, _: c.execute("PRAGMA foreign_keys=ON"))
        return engine

    def sql(self, statement: str, **values: Any) -> Sequence[Row[Any]]:
        """Runs one statement and commits. Gives its rows, if it has any."""
        engine = self.engine()
        with engine.begin() as connection:
            result = connection.execute(text(statement), values)
            rows = result.all() if result.returns_rows else []
        engine.dispose()
        return rows

    def value(self, statement: str, **values: Any) -> Any:
        """The first column of the first row."""
        return self.sql(statement, **values)[0][0]


def a_case(number: int = 1) -> Case:
    """A case; its number tells it from others."""
    return Case(
        id=f"{number:032x}",
        public_id=f"A{number:06d}",
        kind=CaseKind.REPORT,
        state=CaseState.OPEN,
        urgency="U2",
        policy_id="p" * 32,
        rev=0,
    )


def draft_mac(number: int) -> bytes:
    return b"draft" + number.to_bytes(27, "big")


def receipt_mac(number: int) -> bytes:
    return b"receipt" + number.to_bytes(25, "big")


def a_body(content: bytes = b"words") -> BodyParts:
    """What a case holds, all of it opened."""
    return BodyParts(content, IDENTITY, HEALTH)


async def file_case(storage: Storage, number: int = 1, content: bytes = b"words") -> Case:
    """Writes a case in a transaction of its own."""
    case = a_case(number)
    async with storage.write() as tx:
        await tx.cases.add(
            case, a_body(content), draft_mac(number), receipt_mac=receipt_mac(number)
        )
    return case


def a_duty(case: Case, kind: str = "take") -> Duty:
    return Duty(
        id=f"{kind}-{case.id[-8:]}",
        case_id=case.id,
        kind=kind,
        owner="desk",
        state=DutyState.OPEN,
        started_at=NOW,
        due_at=after(hours=1),
        step=-1,
        ladder="{}",
        chase_from=NOW,
    )


async def file_duty(storage: Storage, number: int = 1, **other: Any) -> Duty:
    """Writes a case with one duty."""
    duty = replace(a_duty(await file_case(storage, number)), **other)
    async with storage.write() as tx:
        await tx.duties.add([duty])
    return duty


def a_card(case: Case, **other: Any) -> CardRow:
    card = CardRow(
        id=case.id.replace("0", "c"),
        case_id=case.id,
        kind="desk",
        duty_id=None,
        address="chat:desk",
        state=CardState.OWED,
        ref=None,
        shown=None,
        first_shown_at=None,
    )
    return replace(card, **other)


def a_seat(duty: Duty, person: str = "tanaka", **other: Any) -> SeatRow:
    seat = SeatRow(duty.id, person, "coming", 5, NOW, after(minutes=15))
    return replace(seat, **other)


def a_nudge(duty: Duty, number: int = 1, **other: Any) -> NudgeRow:
    nudge = NudgeRow(f"{number:032x}", duty.id, 1, 0, ("manager", "hq"), NudgeState.OWED, None)
    return replace(nudge, **other)


async def waits_for_a_lock(database: Database) -> None:
    """Returns once somebody waits for another's lock."""
    async with asyncio.timeout(10):
        while not await asyncio.to_thread(
            database.value,
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'",
        ):
            pass
