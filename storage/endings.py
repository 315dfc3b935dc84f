"""Cases whose time is over: found, held back, and erased for good."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import date

from sqlalchemy import and_, bindparam, delete, func, insert, literal_column, or_, select, update

from bot.case_records import Case, CaseKind, CaseState
from storage.sessions import Session
from storage.statements import Statement, given
from storage.tables import MOVING, card, case_file, case_stub, duty, history, job, nudge

NAMES = [field.name for field in fields(Case)]
STUB = ("id", "kind", "state", "urgency", "policy_id", "ended_month", "erased_on", "last_number")

_THIS = case_file.c.id == bindparam("case_id")
_DUTIES = select(duty.c.id).where(duty.c.case_id == bindparam("case_id"))
_CARDS = select(card.c.id).where(card.c.case_id == bindparam("case_id"))
_NUDGES = select(nudge.c.id).join_from(nudge, duty).where(duty.c.case_id == bindparam("case_id"))
_LAST = select(func.coalesce(func.max(history.c.number), 0)).where(
    history.c.case_id == bindparam("case_id")
)

_IS_OVER = and_(
    case_file.c.ended_on <= bindparam("ended_by"),
    case_file.c.kind == bindparam("kind"),
    case_file.c.state == bindparam("state"),
    case_file.c.held.is_(literal_column("FALSE")),
    # Aftercare, or a promise that somebody still works at.
    ~select(literal_column("1")).where(duty.c.case_id == case_file.c.id, MOVING).exists(),
)

OVER = Statement(
    select(*(case_file.c[name] for name in NAMES))
    .where(_IS_OVER)
    .order_by(case_file.c.ended_on, case_file.c.id)
    .limit(bindparam("most"))
)
STILL_OVER = Statement(select(func.count()).where(_THIS, _IS_OVER))
HELD = Statement(select(func.count()).where(case_file.c.held.is_(literal_column("TRUE"))))
HOLD = Statement(update(case_file).where(_THIS).values(given("held")))
END = Statement(update(case_file).where(_THIS).values(given("ended_on")))
FACTS = Statement(
    select(case_file.c.ended_on, case_file.c.held, _LAST.scalar_subquery()).where(_THIS)
)
ADD_STUB = Statement(insert(case_stub).values(given(*STUB)))
FORGET_JOBS = Statement(
    delete(job).where(
        or_(
            job.c.subject == bindparam("case_id"),
            job.c.subject.in_(_DUTIES),
            job.c.subject.in_(_CARDS),
            job.c.subject.in_(_NUDGES),
        )
    )
)
ERASE = Statement(delete(case_file).where(_THIS))
STUBS = Statement(select(func.count()).select_from(case_stub))


class EndingRows:
    """The endings of one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def over(
        self, kind: CaseKind, state: CaseState, ended_by: date, limit: int
    ) -> Sequence[Case]:
        rows = await self._session.rows(OVER, kind=kind, state=state, ended_by=ended_by, most=limit)
        return [Case(*row) for row in rows]

    async def is_over(self, case: Case, ended_by: date) -> bool:
        found = await self._session.value(
            STILL_OVER, case_id=case.id, kind=case.kind, state=case.state, ended_by=ended_by
        )
        return bool(found)

    async def end(self, case_id: str, on: date | None) -> None:
        await self._session.run(END, case_id=case_id, ended_on=on)

    async def hold(self, case_id: str, held: bool) -> None:
        await self._session.run(HOLD, case_id=case_id, held=held)

    async def held(self) -> int:
        return int(await self._session.value(HELD))

    async def erased(self) -> int:
        return int(await self._session.value(STUBS))

    async def erase(self, case: Case, stub_id: str, on: date) -> bool:
        """The key goes with the row, so that not even a forgotten copy of it opens any more."""
        found = await self._session.row(FACTS, case_id=case.id)
        if found is None or found[1]:
            return False
        ended, _, last = found
        await self._session.run(
            ADD_STUB,
            id=stub_id,
            kind=case.kind,
            state=case.state,
            urgency=case.urgency,
            policy_id=case.policy_id,
            ended_month=(ended or on).replace(day=1),
            erased_on=on,
            last_number=last,
        )
        await self._session.run(FORGET_JOBS, case_id=case.id)
        await self._session.run(ERASE, case_id=case.id)
        return True
