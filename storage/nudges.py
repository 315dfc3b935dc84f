"""The messages owed about duties."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import bindparam, select, update

from bot.work_records import NudgeRow, NudgeState
from storage.sessions import Session
from storage.statements import Statement, given, upsert
from storage.tables import FAILED_NUDGE, STILL_OWED, duty, nudge

NAMES = [field.name for field in fields(NudgeRow)]
COLUMNS = (*NAMES, "target")

_NUDGE = select(*(nudge.c[name] for name in NAMES))

GET = Statement(_NUDGE.where(nudge.c.id == bindparam("nudge_id")))
OF_DUTY = Statement(_NUDGE.where(nudge.c.duty_id == bindparam("duty_id")))
OF_CASE = Statement(_NUDGE.join_from(nudge, duty).where(duty.c.case_id == bindparam("case_id")))
WITH_FAILED = Statement(
    select(duty.c.case_id)
    .join_from(nudge, duty)
    .where(FAILED_NUDGE, STILL_OWED)
    .distinct()
    .order_by(duty.c.case_id)
)
SET = Statement(
    update(nudge)
    .where(nudge.c.id == bindparam("nudge_id"))
    .values(given("state", "sent_at", "ref", "shown"))
)
ABOUT_LIST = Statement(
    update(nudge).where(nudge.c.id == bindparam("nudge_id")).values(given("list_id"))
)
ASKED_ABOUT_LIST = Statement(
    select(nudge.c.direct, nudge.c.people)
    .join_from(nudge, duty)
    .where(nudge.c.list_id == bindparam("list_id"), duty.c.kind == bindparam("kind"))
    .where(nudge.c.sent_at.between(bindparam("since"), bindparam("until")))
)


@cache
def _add(count: int) -> Statement:
    """Adds so many messages that are not owed yet, and gives the ids of those that were added."""
    rows: list[dict[str, Any]] = [
        {name: bindparam(f"{name}_{number}", type_=nudge.c[name].type) for name in COLUMNS}
        for number in range(count)
    ]
    return Statement(upsert(nudge).values(rows).on_conflict_do_nothing().returning(nudge.c.id))


class NudgeRows:
    """The messages of one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def add_nudges(self, nudges: Sequence[NudgeRow]) -> frozenset[str]:
        """Adds what no other message says yet: one per rung of a climb and whom it goes to."""
        if not nudges:
            return frozenset()
        values = {
            f"{name}_{number}": value
            for number, row in enumerate(nudges)
            for name, value in (*vars(row).items(), ("target", _target(row)))
        }
        added = await self._session.rows(_add(len(nudges)), **values)
        return frozenset(row[0] for row in added)

    async def nudge(self, nudge_id: str) -> NudgeRow | None:
        row = await self._session.row(GET, nudge_id=nudge_id)
        return None if row is None else NudgeRow(*row)

    async def nudges(self, duty_id: str) -> Sequence[NudgeRow]:
        rows = await self._session.rows(OF_DUTY, duty_id=duty_id)
        return sorted((NudgeRow(*row) for row in rows), key=_order)

    async def with_failed_nudges(self) -> Sequence[str]:
        return [row[0] for row in await self._session.rows(WITH_FAILED)]

    async def nudges_of_case(self, case_id: str) -> Sequence[NudgeRow]:
        """The messages about any duty of a case."""
        rows = await self._session.rows(OF_CASE, case_id=case_id)
        return sorted((NudgeRow(*row) for row in rows), key=_order)

    async def ask_about_list(self, nudge_id: str, list_id: str) -> None:
        await self._session.run(ABOUT_LIST, nudge_id=nudge_id, list_id=list_id)

    async def asked_about_list(
        self, list_id: str, kind: str, since: datetime, until: datetime
    ) -> Sequence[tuple[bool, tuple[str, ...]]]:
        values = {"list_id": list_id, "kind": kind, "since": since, "until": until}
        rows = await self._session.rows(ASKED_ABOUT_LIST, **values)
        return [(direct, people) for direct, people in rows]

    async def set_nudge(
        self,
        nudge_id: str,
        state: NudgeState,
        *,
        sent_at: datetime | None = None,
        ref: str | None = None,
        shown: str | None = None,
    ) -> None:
        await self._session.run(
            SET, nudge_id=nudge_id, state=state, sent_at=sent_at, ref=ref, shown=shown
        )


def _target(row: NudgeRow) -> str:
    return row.people[0] if row.direct else ""


def _order(row: NudgeRow) -> tuple[int, int, tuple[str, ...], str]:
    # Sorted here and not by the databases, which disagree about the order of texts.
    return row.climb, row.step, row.people, row.id
