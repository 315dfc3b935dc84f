"""The pace of each channel, and which jobs it lets go.

A lane is what waits for one channel with one priority; what no platform sees waits for the
channel "". A claim looks at the head of every lane and never at what stands behind it, so it
costs as much with a million clocks, or with a thousand messages held for one channel, as with
ten. Lanes are few: they are of channels to which something is owed right now.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    bindparam,
    delete,
    func,
    literal_column,
    or_,
    select,
    update,
)

from bot.work_records import LONGEST_HOLD
from storage.sessions import Session
from storage.statements import Statement, given, upsert
from storage.tables import is_one_of, job, pace

MOST_LANES = 500
"""So many are looked at first in one claim. All but a few are there for others that take the same
places at the same moment, and for whoever sends to one platform only."""

_NEW = upsert(pace).values(given("address", "next_at"))
_THIS = pace.c.address == bindparam("address")
_STALE = pace.c.next_at > bindparam("horizon")
_FREE = or_(pace.c.next_at <= bindparam("now"), _STALE)


def _free_lanes(most: int | None) -> Statement:
    head = job.alias("head")

    def id_of_head(*beyond: ColumnElement[bool]) -> ColumnElement[int]:
        return (
            select(head.c.id)
            .where(is_one_of(head.c.state, "pending"), *beyond)
            .order_by(head.c.pace, head.c.priority, head.c.due_at, head.c.id)
            .limit(literal_column("1"))
            .scalar_subquery()
        )

    columns = (job.c.id, job.c.pace, job.c.priority, job.c.due_at)
    lanes = select(*columns).where(job.c.id == id_of_head()).cte("lanes", recursive=True)
    # From one lane's head straight to the next one's: the index is never walked. SQLite would
    # walk it if the two steps were one comparison of pairs.
    next_head = func.coalesce(
        id_of_head(head.c.pace == lanes.c.pace, head.c.priority > lanes.c.priority),
        id_of_head(head.c.pace > lanes.c.pace),
    )
    lanes = lanes.union_all(select(*columns).join_from(lanes, job, job.c.id == next_head))
    found = (
        select(lanes.c.pace, lanes.c.priority, pace.c.next_at)
        .outerjoin_from(lanes, pace, pace.c.address == lanes.c.pace)
        .where(lanes.c.due_at <= bindparam("now"), or_(pace.c.next_at.is_(None), _FREE))
        .order_by(lanes.c.priority, lanes.c.due_at, lanes.c.id)
    )
    return Statement(found.limit(literal_column(str(most))) if most else found)


FREE_LANES, EVERY_FREE_LANE = _free_lanes(MOST_LANES), _free_lanes(None)
NEW_PLACE = Statement(_NEW.on_conflict_do_nothing())
# What another process has in hand is passed over: whoever waits for one place while it holds
# another could wait for ever.
_OPEN_PLACE = select(pace.c.address).where(_FREE).with_for_update(skip_locked=True)
TAKE_PLACE = Statement(
    update(pace).where(pace.c.address.in_(_OPEN_PLACE.where(_THIS))).values(given("next_at"))
)
GIVE_BACK = Statement(
    update(pace).where(_THIS, pace.c.next_at == bindparam("taken")).values(next_at=bindparam("now"))
)
FORGET = Statement(delete(pace).where(pace.c.address.in_(_OPEN_PLACE)))
_HELD = select(pace.c.address).where(pace.c.next_at > bindparam("moment"))
LET_GO = Statement(delete(pace).where(pace.c.address.in_(_HELD.with_for_update(skip_locked=True))))
HOLD = Statement(
    _NEW.on_conflict_do_update(
        index_elements=[pace.c.address],
        set_={"next_at": _NEW.excluded.next_at},
        where=or_(pace.c.next_at < _NEW.excluded.next_at, _STALE),
    )
)


@dataclass(frozen=True)
class Lane:
    """Due jobs of one channel and one priority."""

    pace: str
    priority: int
    next_at: datetime | None
    """When the channel's last place ended; None when nothing is known of it."""


class Paces:
    """The channels' places in one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def free_lanes(self, now: datetime, wanted: Callable[[Lane], bool]) -> list[Lane]:
        """The lanes with something due that their channel's pace allows, most urgent first.

        Where the first so many are all for others, as of a platform that hangs: every lane.
        """
        rows = await self._session.rows(FREE_LANES, **_around(now))
        lanes = [Lane(*row) for row in rows]
        if len(lanes) < MOST_LANES or any(map(wanted, lanes)):
            return lanes
        return [Lane(*row) for row in await self._session.rows(EVERY_FREE_LANE, **_around(now))]

    async def take_place(self, lane: Lane, now: datetime, next_at: datetime) -> bool:
        """Nothing more goes to the channel before `next_at`. False: another process was first."""
        if lane.next_at is None:
            taken = await self._session.run(NEW_PLACE, address=lane.pace, next_at=next_at)
        else:
            taken = await self._session.run(
                TAKE_PLACE, address=lane.pace, next_at=next_at, **_around(now)
            )
        return bool(taken)

    async def give_place_back(self, address: str, taken: datetime, now: datetime) -> None:
        """A place that was taken, until `taken`, and not used is free again."""
        await self._session.run(GIVE_BACK, address=address, taken=taken, now=now)

    async def hold(self, address: str, until: datetime, now: datetime) -> None:
        """Nothing goes to the channel before `until`, nor before a later time said earlier."""
        horizon = now + LONGEST_HOLD
        await self._session.run(HOLD, address=address, next_at=min(until, horizon), horizon=horizon)

    async def let_go(self, moment: datetime) -> None:
        """Nothing is held any more that would be beyond `moment`."""
        await self._session.run(LET_GO, moment=moment)

    async def forget(self, now: datetime) -> None:
        """Removes places that hold nobody back: they would only tell who was written to when."""
        await self._session.run(FORGET, **_around(now))


def _around(now: datetime) -> dict[str, datetime]:
    return {"now": now, "horizon": now + LONGEST_HOLD}
