"""The statements of the jobs' table: what is due, what is held, what waits for its channel."""

from dataclasses import fields

from sqlalchemy import (
    Boolean,
    Integer,
    and_,
    bindparam,
    case,
    delete,
    func,
    literal_column,
    null,
    or_,
    select,
    union,
    union_all,
    update,
)

from bot.work_records import NewJob
from storage.columns import Instant
from storage.statements import Statement, given, upsert
from storage.tables import PENDING, TOLD_LATER, TRIED, job, pace

NEW = [field.name for field in fields(NewJob) if field.name != "keep_waiting"]

_HELD = and_(job.c.id == bindparam("id"), job.c.lease == bindparam("lease"))
_OF_SUBJECT = and_(job.c.subject == bindparam("subject"), PENDING)
_COUNT = select(func.count()).select_from(job)


def _enqueue() -> Statement:
    new = upsert(job).values(
        given(*NEW) | {"state": literal_column("'pending'"), "attempts": literal_column("0")}
    )
    # One statement, for two processes may enqueue the same at once. A clock in hand is taken
    # from its holder, who finds out when it wants to end it: nothing has happened yet. A message
    # in hand may be on its way, and beside it a second one would be sent: it runs again after it.
    message = bindparam("keep_waiting", type_=Boolean)
    in_hand = and_(message, job.c.lease.is_not(None))
    told_to_wait = and_(message, job.c.due_at > new.excluded.due_at)
    moved = {
        "due_at": case((or_(in_hand, told_to_wait), job.c.due_at), else_=new.excluded.due_at),
        "priority": case(
            (job.c.priority < new.excluded.priority, job.c.priority),
            else_=new.excluded.priority,
        ),
        "pace": new.excluded.pace,
        "lease": case((in_hand, job.c.lease), else_=null()),
        "again_at": case((in_hand, new.excluded.due_at), else_=null()),
    }
    return Statement(new.on_conflict_do_update(index_elements=[job.c.dedup], set_=moved).inline())


def _claim() -> Statement:
    # A lease is the due time pushed ahead: no reaper, no second index. The row comes back
    # by itself when its holder dies. What another process holds is passed over; the choice
    # stands in a CTE, for a nested loop could make it again and again.
    due = (
        select(job.c.id)
        .where(
            PENDING,
            job.c.pace == bindparam("pace"),
            job.c.priority == bindparam("priority"),
            job.c.due_at <= bindparam("now"),
        )
        .order_by(job.c.due_at, job.c.id)
        .limit(literal_column("1"))
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    return Statement(
        update(job)
        .where(job.c.id.in_(select(due.c.id)))
        .values(
            lease=bindparam("lease"),
            due_at=bindparam("back_at"),
            attempts=job.c.attempts + 1,
            again_at=null(),
        )
        .returning(job.c.id, job.c.kind, job.c.subject, job.c.attempts)
    )


ENQUEUE = _enqueue()
CLAIM = _claim()
CANCEL = Statement(delete(job).where(_OF_SUBJECT))
CANCEL_KIND = Statement(delete(job).where(_OF_SUBJECT, job.c.kind == bindparam("kind")))
DONE = Statement(delete(job).where(_HELD, job.c.again_at.is_(None)))
DONE_ONCE = Statement(
    update(job)
    .where(_HELD)
    .values(
        due_at=job.c.again_at,
        again_at=null(),
        later_since=null(),
        lease=null(),
        attempts=literal_column("0"),
    )
)
RETRY = Statement(
    update(job)
    .where(_HELD)
    .values(
        given("due_at")
        | {"lease": null(), "again_at": null(), "attempts": job.c.attempts - bindparam("untried")}
    )
)
PUT_OFF = Statement(
    update(job)
    .where(_HELD)
    .values(
        given("due_at")
        | {
            "lease": null(),
            "again_at": null(),
            "attempts": job.c.attempts - literal_column("1"),
            # The first time counts; one of before the clock was set back would count too late.
            "later_since": case(
                (job.c.later_since < bindparam("since", type_=Instant), job.c.later_since),
                else_=bindparam("since", type_=Instant),
            ),
        }
    )
)
RECLAIM = Statement(
    update(job)
    .where(PENDING, job.c.lease.is_not(None))
    .values(lease=None, due_at=bindparam("now", type_=job.c.due_at.type))
)
NEXT_DUE = Statement(
    select(job.c.due_at).where(PENDING).order_by(job.c.due_at).limit(literal_column("1"))
)
_HELD_BACK = select(pace.c.address).where(
    pace.c.address == job.c.pace, pace.c.next_at > bindparam("before")
)
_LATE = select(job.c.id).where(PENDING, job.c.due_at < bindparam("before"), ~_HELD_BACK.exists())
_TOLD_LATER = select(job.c.id).where(TOLD_LATER, job.c.later_since < bindparam("before"))
OVERDUE = Statement(select(func.count()).select_from(union(_LATE, _TOLD_LATER).subquery()))
LATER_SINCE = Statement(
    select(job.c.later_since)
    .where(TOLD_LATER)
    .order_by(job.c.later_since)
    .limit(literal_column("1"))
)
DUE = Statement(
    select(job.c.kind, func.count())
    .where(PENDING, job.c.due_at <= bindparam("now"))
    .group_by(job.c.kind)
)
FAILING = Statement(_COUNT.where(TRIED, job.c.attempts >= bindparam("attempts")))
IN_HAND = Statement(
    # Whatever is in hand was tried: the small index of those is walked, not every pending job.
    select(job.c.subject).where(TRIED, job.c.lease.is_not(None))
)
# The order and the limit are there for the index: by itself a database would read every pending
# job that is due later. What is left over is found the next time.
_FIRST = literal_column("500", Integer)
_LATER = select(job.c.id).where(job.c.due_at > bindparam("moment")).limit(_FIRST)
_TRIED_LATER = _LATER.where(TRIED).order_by(job.c.attempts)
_MESSAGES_LATER = _LATER.where(
    PENDING, job.c.pace > literal_column("''"), job.c.priority <= bindparam("least")
).order_by(job.c.pace, job.c.priority, job.c.due_at, job.c.id)
_HELD_UP = job.c.id.in_(
    union_all(*(select(part.subquery().c.id) for part in (_TRIED_LATER, _MESSAGES_LATER)))
)
HELD_UP = Statement(_COUNT.where(_HELD_UP))
HASTEN = Statement(update(job).where(_HELD_UP).values(given("due_at")).returning(job.c.pace))
MOVE = Statement(
    update(job)
    .where(job.c.dedup == bindparam("of"), PENDING, job.c.lease.is_(None))
    .values(given("due_at"))
    .returning(job.c.pace)
)
DUE_AT = Statement(select(job.c.due_at).where(job.c.dedup == bindparam("dedup")))
