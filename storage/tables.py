"""The tables. What a person wrote stands only in columns named `sealed`."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = MetaData(naming_convention=NAMES)


class Instant(TypeDecorator[datetime]):
    """A point in time, always aware and in UTC; SQLite keeps no zone, so we put it back."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("a naive datetime is no point in time")
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


BigId = BigInteger().with_variant(Integer, "sqlite")
"""SQLite numbers rows by itself only where the column is a plain INTEGER."""


def _case_id(**options: Any) -> Column[Any]:
    return Column("case_id", String(32), ForeignKey("case_file.id", ondelete="CASCADE"), **options)


case_file = Table(
    "case_file",  # "case" is a word of SQL itself
    metadata,
    Column("id", String(32), primary_key=True),
    Column("public_id", String(7), nullable=False, unique=True),
    Column("kind", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("urgency", String(2), nullable=False),
    Column("policy_id", String(32), nullable=False),
    Column("rev", Integer, nullable=False),
    Column("draft_mac", LargeBinary(32), nullable=False, unique=True),
    Column("receipt_mac", LargeBinary(32), unique=True),
    Column("caller_mac", LargeBinary(32), unique=True),  # of a running call for help only
    Column("sealed", LargeBinary, nullable=False),
)

case_key = Table(
    "case_key",
    metadata,
    _case_id(primary_key=True),
    Column("kek_id", String(16), nullable=False),
    Column("wrapped", LargeBinary(60), nullable=False),
)

duty = Table(
    "duty",
    metadata,
    Column("id", String(32), primary_key=True),
    _case_id(nullable=False, index=True),
    Column("kind", String(32), nullable=False),
    Column("owner", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("step", Integer, nullable=False),
    Column("ladder", Text, nullable=False),
    Column("chase_from", Instant, nullable=False),
    Column("ended_at", Instant),
    UniqueConstraint("case_id", "kind"),
)

seat = Table(
    "seat",
    metadata,
    Column(
        "duty_id",
        String(32),
        ForeignKey("duty.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("person_id", String(64), primary_key=True),
    Column("answer", String(16), nullable=False),
    Column("minutes", Integer),
    Column("at", Instant, nullable=False),
    Column("expires_at", Instant),
)

nudge = Table(
    "nudge",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("duty_id", String(32), ForeignKey("duty.id", ondelete="CASCADE"), nullable=False),
    Column("climb", BigInteger, nullable=False),
    Column("step", Integer, nullable=False),
    Column("roles", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("sent_at", Instant),
    Column("ref", String(200)),
    Column("shown", String(64)),
    UniqueConstraint("duty_id", "climb", "step"),
)

card = Table(
    "card",
    metadata,
    Column("id", String(32), primary_key=True),
    _case_id(nullable=False, index=True),
    Column("kind", String(32), nullable=False),
    Column("duty_id", String(32), ForeignKey("duty.id", ondelete="CASCADE")),
    Column("address", String(200), nullable=False),
    Column("state", String(16), nullable=False),
    Column("ref", String(200)),
    Column("shown", String(64)),
    Column("first_shown_at", Instant),
    UniqueConstraint("case_id", "kind", "address"),
)

job = Table(
    "job",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("kind", String(32), nullable=False),
    Column("subject", String(64), nullable=False),
    Column("dedup", String(128), nullable=False, unique=True),
    Column("priority", Integer, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("lease", String(32)),
    # The predicate must be a literal: with a bound parameter PostgreSQL scans the table.
    Index(
        "ix_job_due",
        "due_at",
        "priority",
        "id",
        postgresql_where=text("state = 'pending'"),
        sqlite_where=text("state = 'pending'"),
    ),
    Index(
        "ix_job_subject",
        "subject",
        postgresql_where=text("state = 'pending'"),
        sqlite_where=text("state = 'pending'"),
    ),
)

history = Table(
    "history",
    metadata,
    _case_id(primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("actor", String(64), nullable=False),
    Column("fact", String(48), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("hash", LargeBinary(32), nullable=False),
)

message = Table(
    "message",
    metadata,
    _case_id(primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("author", String(16), nullable=False),
    Column("at", Instant, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)

draft_key = Table(
    "draft_key",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("day", Date, nullable=False, unique=True),
    Column("kek_id", String(16), nullable=False),
    Column("wrapped", LargeBinary(60), nullable=False),
    # A number stands in the tokens of its day: given to another key, a stale token would look
    # like a forged one. Only with this does SQLite never give a number twice.
    sqlite_autoincrement=True,
)

web_post = Table(
    "web_post",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("key", String(64), nullable=False, unique=True),
    Column("channel", String(100), nullable=False, index=True),
    Column("thread", BigId, ForeignKey("web_post.id", ondelete="CASCADE")),
    Column("content", Text, nullable=False),
    Column("posted_at", Instant, nullable=False),
    Column("edited_at", Instant),
)
