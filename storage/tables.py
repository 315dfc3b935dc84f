"""The tables. What a person wrote stands only in columns named `sealed`."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Select,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    literal_column,
    select,
)

from bot.case_records import Author, CaseKind, CaseState, Copy
from bot.work_records import CardState, DutyState, NudgeState
from storage.columns import BigId, Instant, Named, Words

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = MetaData(naming_convention=NAMES)


def _case_id(**options: Any) -> Column[Any]:
    return Column("case_id", String(32), ForeignKey("case_file.id", ondelete="CASCADE"), **options)


def _duty_id(**options: Any) -> Column[Any]:
    return Column("duty_id", String(32), ForeignKey("duty.id", ondelete="CASCADE"), **options)


def is_one_of(column: ColumnElement[Any], *words: str) -> ColumnElement[bool]:
    """Whether a column holds one of these words of ours, written out in the statement.

    An index of some rows only is used where the statement says in the same words which: with
    bound parameters PostgreSQL would scan the table.
    """
    if len(words) == 1:
        return column == literal_column(f"'{words[0]}'")
    return column.in_([literal_column(f"'{word}'") for word in words])


def _index(name: str, only: ColumnElement[bool], *columns: Column[Any]) -> None:
    Index(name, *columns, postgresql_where=only, sqlite_where=only)


case_file = Table(
    "case_file",  # "case" is a word of SQL itself
    metadata,
    Column("id", String(32), primary_key=True),
    Column("public_id", String(7), nullable=False, unique=True),
    Column("kind", Named(CaseKind), nullable=False),
    Column("state", Named(CaseState), nullable=False),
    Column("urgency", String(2), nullable=False),
    Column("policy_id", String(32), nullable=False),
    Column("rev", Integer, nullable=False),
    Column("draft_mac", LargeBinary(32), nullable=False, unique=True),
    Column("receipt_mac", LargeBinary(32), unique=True),
    Column("caller_mac", LargeBinary(32), unique=True),  # of a visit's newest call for help only
    Column("sealed", LargeBinary, nullable=False),
    # The day on which it was closed, withdrawn or over: from here on retention counts.
    Column("ended_on", Date),
    # Kept whatever its age, until somebody lets it go.
    Column("held", Boolean, nullable=False, server_default=false()),
)
OPEN_CASE = is_one_of(case_file.c.state, "open")
_index("ix_case_file_open", OPEN_CASE, case_file.c.urgency, case_file.c.id)
_index("ix_case_file_ended", case_file.c.ended_on.is_not(None), case_file.c.ended_on)

case_stub = Table(
    "case_stub",  # what statistics need of a case that was erased; nothing leads back from it
    metadata,
    Column("id", String(32), primary_key=True),
    Column("kind", Named(CaseKind), nullable=False),
    Column("state", Named(CaseState), nullable=False),
    Column("urgency", String(2), nullable=False),
    Column("policy_id", String(32), nullable=False),
    Column("ended_month", Date, nullable=False),
    Column("erased_on", Date, nullable=False),
    # The number of its history's last line, so that what was pinned outside still adds up.
    Column("last_number", BigInteger, nullable=False),
)

case_key = Table(
    "case_key",
    metadata,
    _case_id(primary_key=True),
    Column("kek_id", String(16), nullable=False),
    Column("wrapped", LargeBinary(60), nullable=False),
)


def _apart(name: str) -> Table:
    """A part of each case's body under a key of its own: one row a case, all of one size."""
    return Table(
        name,
        metadata,
        _case_id(primary_key=True),
        Column("kek_id", String(16), nullable=False),
        Column("wrapped", LargeBinary(60), nullable=False),
        Column("sealed", LargeBinary(512), nullable=False),
    )


identity = _apart("identity")
health = _apart("health")

vault = Table(
    "vault",
    # One row a case, all alike: an address to write to, or nothing. Nothing here leads to a case,
    # and SQLite keeps the rows in the order of their random keys.
    metadata,
    Column("key", LargeBinary(16), primary_key=True),
    Column("sealed", LargeBinary(512), nullable=False),
    sqlite_with_rowid=False,
)

duty = Table(
    "duty",
    metadata,
    Column("id", String(32), primary_key=True),
    _case_id(nullable=False),
    Column("kind", String(32), nullable=False),
    Column("owner", String(16), nullable=False),
    Column("state", Named(DutyState), nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("step", Integer, nullable=False),
    Column("ladder", Text, nullable=False),
    Column("chase_from", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("part", Integer, nullable=False, server_default="0"),
    # Big: a duty from before climbs were counted is numbered by the second its climb began.
    Column("climb", BigInteger, nullable=False, server_default="0"),
    Column("round", Integer, nullable=False, server_default="0"),
    Column("asked_at", Instant),
    UniqueConstraint("case_id", "kind", "part"),
)
MOVING = is_one_of(duty.c.state, "open", "answered", "said_done")
EXHAUSTED = is_one_of(duty.c.state, "exhausted")
STILL_OWED = is_one_of(duty.c.state, "open", "answered", "said_done", "exhausted")
# In the order of ix_job_subject, in which the self-audit looks for each; with the state, so that
# SQLite need not look at the rows themselves.
_index("ix_duty_moving", MOVING, duty.c.id, duty.c.state)
_index("ix_duty_exhausted", EXHAUSTED, duty.c.id)
# Somebody is to be spoken with at once.
TALK = is_one_of(duty.c.kind, "follow_up") & STILL_OWED
_index("ix_duty_talk", TALK, duty.c.case_id)
# What a call for help asks of people.
CALLED = is_one_of(duty.c.kind, "second_person")
_index("ix_duty_called", CALLED, duty.c.started_at, duty.c.case_id)

seat = Table(
    "seat",
    metadata,
    _duty_id(primary_key=True),
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
    _duty_id(nullable=False),
    Column("climb", BigInteger, nullable=False),
    Column("step", Integer, nullable=False),
    Column("roles", Words, nullable=False),
    Column("state", Named(NudgeState), nullable=False),
    Column("sent_at", Instant),
    Column("ref", String(200)),
    Column("shown", String(64)),
    Column("people", Words, nullable=False, server_default=""),
    Column("direct", Boolean, nullable=False, server_default=false()),
    # The one person whom a direct message goes to; empty for the channel.
    Column("target", String(64), nullable=False, server_default=""),
    # The running list that it asks about; a list is never deleted.
    Column("list_id", String(32)),
    UniqueConstraint("duty_id", "climb", "step", "target"),
)
OWED_NUDGE = is_one_of(nudge.c.state, "owed")
FAILED_NUDGE = is_one_of(nudge.c.state, "failed")
_index("ix_nudge_owed", OWED_NUDGE, nudge.c.id)
_index("ix_nudge_list_id", nudge.c.list_id.is_not(None), nudge.c.list_id)

card_list = Table(
    "card_list",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("address", String(200), nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("ref", String(200)),
    Column("shown", String(64)),
    Index("ix_card_list_address", "address", "opened_at"),
)

card = Table(
    "card",
    metadata,
    Column("id", String(32), primary_key=True),
    _case_id(nullable=False),
    Column("kind", String(32), nullable=False),
    _duty_id(),
    Column("address", String(200), nullable=False),
    Column("state", Named(CardState), nullable=False),
    Column("ref", String(200)),
    Column("shown", String(64)),
    Column("first_shown_at", Instant),
    Column("list_id", String(32), ForeignKey("card_list.id", ondelete="SET NULL")),
    # Its number on the list.
    Column("list_place", Integer),
    UniqueConstraint("case_id", "kind", "address"),
    Index("ix_card_list_id", "list_id"),
)
OWED_CARD = is_one_of(card.c.state, "owed")
SHOWN_ALONE = card.c.ref.is_not(None)
FAILED_CARD = is_one_of(card.c.state, "failed")
_index("ix_card_owed", OWED_CARD, card.c.address, card.c.kind, card.c.id)
_index("ix_card_shown", SHOWN_ALONE, card.c.address, card.c.kind, card.c.first_shown_at)
_index("ix_card_failed", FAILED_CARD, card.c.id)

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
    # When a message that is in hand is due once more: what it is to show has changed.
    Column("again_at", Instant),
    # Since when its platform says "later" of it; empty where it never did.
    Column("later_since", Instant),
    # The channel whose pace it keeps; empty for what no platform sees.
    Column("pace", String(200), nullable=False, server_default=""),
)
PENDING = is_one_of(job.c.state, "pending")
TRIED = PENDING & (job.c.attempts > literal_column("0"))
TOLD_LATER = PENDING & job.c.later_since.is_not(None)
_index("ix_job_due", PENDING, job.c.due_at)
_index("ix_job_next", PENDING, job.c.pace, job.c.priority, job.c.due_at, job.c.id)
_index("ix_job_subject", PENDING, job.c.subject, job.c.state)
_index("ix_job_tried", TRIED, job.c.attempts)
_index("ix_job_later", TOLD_LATER, job.c.later_since)


def no_job_of(subject: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether nothing of this subject is pending."""
    # Not `exists()`, which asks for whole rows: the index alone can tell.
    pending: Select[Any] = select(literal_column("1")).where(job.c.subject == subject, PENDING)
    return ~pending.exists()


pace = Table(
    "pace",
    metadata,
    Column("address", String(200), primary_key=True),
    # Nothing goes to this channel before. Without a row there is nothing to wait for.
    Column("next_at", Instant, nullable=False),
)

history = Table(
    "history",
    metadata,
    # Over all cases, in the order of commits: what was pinned outside is everything up to one.
    Column("number", BigId, primary_key=True, autoincrement=True),
    _case_id(nullable=False),
    Column("seq", Integer, nullable=False),
    Column("at", Instant, nullable=False),
    Column("actor", String(64), nullable=False),
    Column("fact", String(48), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("hash", LargeBinary(32), nullable=False),
    UniqueConstraint("case_id", "seq"),
    sqlite_autoincrement=True,  # a number is never given twice
)

message = Table(
    "message",
    metadata,
    _case_id(primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("author", Named(Author), nullable=False),
    Column("at", Instant, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)

evidence_chunk = Table(
    "evidence_chunk",
    # Rows of one size. What the file is, how large and whose is sealed in the case's body.
    metadata,
    Column("file_id", String(32), primary_key=True),
    Column("copy", Named(Copy), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    _case_id(nullable=False, index=True),
    Column("sealed", LargeBinary, nullable=False),
)

one_time_link = Table(
    "one_time_link",
    # What it is for opens under the link alone; the day is when the row may go, used or not.
    metadata,
    Column("key_mac", LargeBinary(32), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("day", Date, nullable=False),
    sqlite_with_rowid=False,
)

roster = Table(
    "roster",
    metadata,
    # One row: the newest roster takes the place of the one before.
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("version", Integer, nullable=False),
    Column("imported_at", Instant, nullable=False),
    Column("kek_id", String(16), nullable=False),
    Column("wrapped", LargeBinary(60), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)

on_duty = Table(
    "on_duty",
    metadata,
    Column("person_id", String(64), primary_key=True),
    Column("site_id", String(64), primary_key=True),
    Column("until", Instant, nullable=False),
)

teams_reference = Table(
    "teams_reference",
    metadata,
    # A keyed hash of whose it is, and no time: no row says who opened the bot, or when.
    Column("key_mac", LargeBinary(32), primary_key=True),
    Column("kek_id", String(16), nullable=False),
    Column("wrapped", LargeBinary(60), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)

install = Table(
    "install",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("kek_id", String(16), nullable=False),
    Column("wrapped", LargeBinary(60), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("expires_at", Instant),
    # Until then one process is fetching a new token for it.
    Column("held_until", Instant),
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

inbox = Table(
    "inbox",
    metadata,
    # A keyed hash of what a platform calls its delivery: nothing leads back from it.
    Column("key", LargeBinary(32), primary_key=True),
    Column("at", Instant, nullable=False),
    Index("ix_inbox_at", "at"),
)
