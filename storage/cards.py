"""Which cards show which cases where, and what was last shown."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime

from sqlalchemy import (
    bindparam,
    func,
    insert,
    literal_column,
    or_,
    select,
    update,
)

from bot.work_records import CardList, CardRow
from storage.sessions import Session
from storage.statements import Statement, given
from storage.tables import (
    FAILED_CARD,
    OPEN_CASE,
    OWED_CARD,
    OWED_NUDGE,
    SHOWN_ALONE,
    STILL_OWED,
    TALK,
    TRIED,
    card,
    card_list,
    case_file,
    duty,
    is_one_of,
    job,
    no_job_of,
    nudge,
)

NAMES = [field.name for field in fields(CardRow)]
LIST_NAMES = [field.name for field in fields(CardList)]

_CARD = select(*(card.c[name] for name in NAMES))
_LIST = select(*(card_list.c[name] for name in LIST_NAMES))
_OF_KIND = (card.c.address == bindparam("address")) & (card.c.kind == bindparam("kind"))

_placed = card.alias("placed")
_NEXT_PLACE = select(func.coalesce(func.max(_placed.c.list_place), 0) + 1).where(
    _placed.c.list_id == bindparam("list_id")
)
_BORN = select(func.min(duty.c.started_at)).where(duty.c.case_id == card.c.case_id)

ADD = Statement(insert(card).values(given(*NAMES)))
GET = Statement(_CARD.where(card.c.id == bindparam("card_id")))
OF_CASE = Statement(_CARD.where(card.c.case_id == bindparam("case_id")))
SAVE = Statement(update(card).where(card.c.id == bindparam("id")).values(given(*NAMES[1:])))
ALL_FAILED = Statement(_CARD.where(FAILED_CARD).order_by(card.c.id))
_OWED = select(duty.c.id).where(duty.c.case_id == card.c.case_id, STILL_OWED)
_TALK = select(duty.c.id).where(duty.c.case_id == card.c.case_id, TALK)
_OPEN = select(case_file.c.id).where(case_file.c.id == card.c.case_id, OPEN_CASE)
WORKED_ON = Statement(
    _CARD.where(
        or_(
            _OWED.where(duty.c.id == card.c.duty_id).exists(),
            # The desk's: whoever has an open report has to close it, and a call is open for ever.
            card.c.duty_id.is_(None)
            & or_(
                _OPEN.where(is_one_of(case_file.c.kind, "report")).exists(),
                _OPEN.exists() & _OWED.exists(),
                _TALK.exists(),
            ),
        )
    ).order_by(card.c.id)
)
# One that is tried no more is owed to nobody: its case is over.
FAILED = Statement(select(func.count()).where(FAILED_CARD, ~no_job_of(card.c.id)))
# What was tried may stand there already, and what another process holds soon does.
_TRIED = select(job.c.id).where(job.c.subject == card.c.id, TRIED).exists()
WAITING = Statement(
    _CARD.where(
        OWED_CARD,
        _OF_KIND,
        card.c.first_shown_at.is_(None),
        card.c.list_id.is_(None),
        or_(card.c.id == bindparam("in_hand"), ~_TRIED),
    )
    .order_by(_BORN.scalar_subquery().nulls_last(), card.c.id)
    .limit(bindparam("most"))
)
RUNNING_SINCE = Statement(
    select(func.count())
    .join_from(card, duty, duty.c.id == card.c.duty_id)
    .where(SHOWN_ALONE, _OF_KIND, card.c.first_shown_at >= bindparam("since"), STILL_OWED)
)
ALERTED_SINCE = Statement(
    select(duty.c.id, nudge.c.people)
    .distinct()
    .join_from(card, duty, duty.c.id == card.c.duty_id)
    .join(nudge, nudge.c.duty_id == duty.c.id)
    .where(SHOWN_ALONE, _OF_KIND, card.c.first_shown_at >= bindparam("since"), STILL_OWED)
    .where(nudge.c.direct.is_(True), nudge.c.sent_at.is_not(None))
)
ADD_LIST = Statement(insert(card_list).values(given(*LIST_NAMES)))
GET_LIST = Statement(_LIST.where(card_list.c.id == bindparam("list_id")))
NEWEST_LIST = Statement(
    _LIST.where(card_list.c.address == bindparam("address"))
    .order_by(card_list.c.opened_at.desc(), card_list.c.id)
    .limit(literal_column("1"))
)
SAVE_LIST = Statement(
    update(card_list).where(card_list.c.id == bindparam("id")).values(given(*LIST_NAMES[1:]))
)
OF_LIST = Statement(
    _CARD.where(card.c.list_id == bindparam("list_id")).order_by(
        card.c.list_place.nulls_last(), card.c.id
    )
)
PUT_ON_LIST = Statement(
    update(card)
    .where(card.c.id == bindparam("card_id"))
    .values(given("list_id") | {"list_place": _NEXT_PLACE.scalar_subquery()})
)


UNSCHEDULED_CARDS = Statement(
    select(func.count())
    .outerjoin_from(card, card_list, card_list.c.id == card.c.list_id)
    .where(OWED_CARD, no_job_of(card.c.id))
    # A card on a list is shown by the list; where the list was shown, so was the card.
    .where(or_(card.c.list_id.is_(None), no_job_of(card_list.c.id)))
)
UNSCHEDULED_NUDGES = Statement(
    select(func.count()).select_from(nudge).where(OWED_NUDGE, no_job_of(nudge.c.id))
)


class CardRows:
    """The cards and running lists of one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def add(self, row: CardRow) -> None:
        await self._session.run(ADD, **vars(row))

    async def get(self, card_id: str) -> CardRow | None:
        row = await self._session.row(GET, card_id=card_id)
        return None if row is None else CardRow(*row)

    async def of_case(self, case_id: str) -> Sequence[CardRow]:
        rows = await self._session.rows(OF_CASE, case_id=case_id)
        return sorted((CardRow(*row) for row in rows), key=lambda row: (row.kind, row.address))

    async def failed(self) -> int:
        return int(await self._session.value(FAILED))

    async def all_failed(self) -> Sequence[CardRow]:
        return [CardRow(*row) for row in await self._session.rows(ALL_FAILED)]

    async def worked_on(self) -> Sequence[CardRow]:
        return [CardRow(*row) for row in await self._session.rows(WORKED_ON)]

    async def unscheduled(self) -> int:
        cards = await self._session.value(UNSCHEDULED_CARDS)
        return int(cards) + int(await self._session.value(UNSCHEDULED_NUDGES))

    async def save(self, row: CardRow) -> None:
        await self._session.run(SAVE, **vars(row))

    async def waiting(
        self, address: str, kind: str, limit: int, in_hand: str = ""
    ) -> Sequence[CardRow]:
        """The case is as old as its first duty."""
        rows = await self._session.rows(
            WAITING, address=address, kind=kind, most=limit, in_hand=in_hand
        )
        return [CardRow(*row) for row in rows]

    async def running_since(self, address: str, kind: str, since: datetime) -> int:
        found = await self._session.value(RUNNING_SINCE, address=address, kind=kind, since=since)
        return int(found)

    async def alerted_since(
        self, address: str, kind: str, since: datetime
    ) -> Sequence[tuple[str, ...]]:
        found = await self._session.rows(ALERTED_SINCE, address=address, kind=kind, since=since)
        return [people for _, people in found]

    async def add_list(self, row: CardList) -> None:
        await self._session.run(ADD_LIST, **vars(row))

    async def get_list(self, list_id: str) -> CardList | None:
        row = await self._session.row(GET_LIST, list_id=list_id)
        return None if row is None else CardList(*row)

    async def newest_list(self, address: str) -> CardList | None:
        row = await self._session.row(NEWEST_LIST, address=address)
        return None if row is None else CardList(*row)

    async def save_list(self, row: CardList) -> None:
        await self._session.run(SAVE_LIST, **vars(row))

    async def put_on_list(self, list_id: str, card_ids: Sequence[str]) -> None:
        await self._session.run_each(
            PUT_ON_LIST, [{"list_id": list_id, "card_id": card_id} for card_id in card_ids]
        )

    async def of_list(self, list_id: str) -> Sequence[CardRow]:
        """In the order in which they were put on it."""
        rows = await self._session.rows(OF_LIST, list_id=list_id)
        return [CardRow(*row) for row in rows]
