"""Cases: rows in the clear only where a look-up needs them, everything answered sealed."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from itertools import chain
from typing import TypeVar

from sqlalchemy import bindparam, insert, or_, select, update

from bot.case_records import BodyParts, Case, CaseState, Part
from bot.whole_case import WholeCase
from bot.work_records import NudgeRow, SeatRow
from storage.apart import TABLES, ApartRows
from storage.cards import CardRows
from storage.case_keys import CaseKeys
from storage.duties import DutyRows
from storage.jobs import JobRows
from storage.keyring import Keyring
from storage.messages import MessageRows
from storage.sessions import Session
from storage.statements import Row, Statement, given
from storage.tables import (
    CALLED,
    OPEN_CASE,
    STILL_OWED,
    TALK,
    card,
    case_file,
    case_key,
    duty,
    is_one_of,
)

_Hanging = TypeVar("_Hanging", NudgeRow, SeatRow)

NAMES = [field.name for field in fields(Case)]
MACS = ("draft_mac", "receipt_mac", "caller_mac")

_SHOWN = select(*(case_file.c[name] for name in NAMES))
_THIS = case_file.c.id == bindparam("case_id")
_CHANGE = update(case_file).where(_THIS)
_NEXT_REV = {"rev": case_file.c.rev + 1}

ADD = Statement(insert(case_file).values(given(*NAMES, *MACS, "sealed")))
GET = Statement(_SHOWN.where(_THIS))
LOCK = Statement(_SHOWN.where(_THIS).with_for_update())
BY_DRAFT, BY_RECEIPT, BY_CALLER = (
    Statement(_SHOWN.where(case_file.c[mac] == bindparam("mac"))) for mac in MACS
)
BY_PUBLIC_ID = Statement(_SHOWN.where(case_file.c.public_id == bindparam("public_id")))
PUBLIC_IDS = Statement(
    select(case_file.c.id, case_file.c.public_id).order_by(case_file.c.public_id)
)
_taken = duty.alias("taken")
_IS_TAKEN = select(_taken.c.id).where(
    _taken.c.case_id == duty.c.case_id,
    is_one_of(_taken.c.kind, "take"),
    is_one_of(_taken.c.state, "done"),
)
# Nobody is asked for such care any more, unless the desk is to look after the call.
_AT_REST = is_one_of(duty.c.kind, "care") & is_one_of(duty.c.state, "said_done", "exhausted")
_OWED = select(duty.c.id).where(
    duty.c.case_id == case_file.c.id, STILL_OWED, ~(_AT_REST & _IS_TAKEN.exists())
)
# Whoever has an open report has to close it; nobody closes a call, and it stays open for ever.
_TO_DO = or_(is_one_of(case_file.c.kind, "report"), _OWED.exists())
_OPEN_AT = (
    select(case_file.c.id)
    .join(card, (card.c.case_id == case_file.c.id) & (card.c.kind == bindparam("kind")))
    .where(OPEN_CASE)
    .limit(bindparam("most"))
)
_URGENT = (case_file.c.urgency, case_file.c.id)
OPEN_AT = Statement(_OPEN_AT.order_by(_TO_DO.desc(), *_URGENT))
_TO_DO_AT = _OPEN_AT.where(_TO_DO).order_by(*_URGENT)
TO_DO_AT = Statement(_TO_DO_AT)
TO_DO_IN = Statement(_TO_DO_AT.where(card.c.address == bindparam("address")))
TAKEN_BACK_AT = Statement(
    select(case_file.c.id)
    .join(duty, duty.c.case_id == case_file.c.id)
    .join(card, (card.c.case_id == case_file.c.id) & (card.c.kind == bindparam("kind")))
    .where(TALK, is_one_of(case_file.c.state, "withdrawn"))
    .order_by(case_file.c.urgency, case_file.c.id)
    .limit(bindparam("most"))
)
CALLED_SINCE = Statement(
    select(duty.c.case_id)
    .join(case_file)
    .where(CALLED, duty.c.started_at >= bindparam("since"))
    .where(is_one_of(case_file.c.kind, "help"))
    .order_by(duty.c.started_at.desc(), duty.c.case_id)
)


def _opened(parts: Sequence[Part]) -> Statement:
    """A case with its content, and the row of each part that is to be opened."""
    tables = [TABLES[part] for part in parts]
    kept = chain.from_iterable((table.c.wrapped, table.c.sealed) for table in tables)
    columns = (case_key.c.wrapped, case_file.c.sealed, *_SHOWN.selected_columns, *kept)
    joined = case_file.join(case_key)
    for table in tables:  # a case from before there were parts has no such rows
        joined = joined.outerjoin(table, table.c.case_id == case_file.c.id)
    return Statement(select(*columns).select_from(joined).where(_THIS))


OPENED: dict[tuple[Part, ...], Statement] = {
    parts: _opened(parts)
    for parts in ((), (Part.IDENTITY,), (Part.HEALTH,), (Part.IDENTITY, Part.HEALTH))
}
NOTE_CALLER = Statement(_CHANGE.values(given("caller_mac")))
FORGET_CALLER = Statement(_CHANGE.values(caller_mac=None))
SET_BODY = Statement(_CHANGE.values(given("sealed") | _NEXT_REV))
SET_URGENCY = Statement(_CHANGE.values(given("urgency") | _NEXT_REV))
SET_UNCOUNTED = Statement(_CHANGE.values(given("sealed")))
SET_STATE = Statement(_CHANGE.values(given("state", "ended_on") | _NEXT_REV))


@dataclass(frozen=True)
class Parts:
    """What hangs on a case, in the same transaction."""

    duties: DutyRows
    cards: CardRows
    messages: MessageRows
    jobs: JobRows


class CaseRows:
    """The cases of one transaction."""

    def __init__(self, session: Session, keyring: Keyring, keys: CaseKeys, parts: Parts) -> None:
        self._session = session
        self._keyring = keyring
        self._keys = keys
        self._apart = ApartRows(session, keyring)
        self._parts = parts

    async def add(
        self,
        case: Case,
        body: BodyParts,
        draft_mac: bytes,
        *,
        receipt_mac: bytes | None = None,
        caller_mac: bytes | None = None,
    ) -> None:
        """Writes a new case, its own key, and what is sealed apart from it."""
        made = self._keys.new(case.id)
        await self._session.run(
            ADD,
            **vars(case),
            draft_mac=draft_mac,
            receipt_mac=receipt_mac,
            caller_mac=caller_mac,
            sealed=self._keyring.seal(made.key, _place(case.id), body.content),
        )
        await self._keys.add(case.id, made)
        await self._apart.put(case.id, body)

    async def get(self, case_id: str) -> Case | None:
        return _case(await self._session.row(GET, case_id=case_id))

    async def lock(self, case_id: str) -> Case | None:
        """The case, held against other writers. SQLite has one writer anyway."""
        return _case(await self._session.row(LOCK, case_id=case_id))

    async def by_draft(self, draft_mac: bytes) -> Case | None:
        """The case of a draft; until the transaction ends, no other one may look it up.

        So that of two equal sends at the same moment the second finds the first one's case.
        """
        await self._session.hold(draft_mac)
        return _case(await self._session.row(BY_DRAFT, mac=draft_mac))

    async def by_receipt(self, receipt_mac: bytes) -> Case | None:
        return _case(await self._session.row(BY_RECEIPT, mac=receipt_mac))

    async def by_public_id(self, public_id: str) -> Case | None:
        return _case(await self._session.row(BY_PUBLIC_ID, public_id=public_id))

    async def by_caller(self, caller_mac: bytes) -> Case | None:
        await self._session.hold(caller_mac)
        return _case(await self._session.row(BY_CALLER, mac=caller_mac))

    async def note_caller(self, case_id: str, caller_mac: bytes) -> None:
        await self._session.run(NOTE_CALLER, case_id=case_id, caller_mac=caller_mac)

    async def forget_caller(self, case_id: str) -> None:
        await self._session.run(FORGET_CALLER, case_id=case_id)

    async def open_at(self, kind: str, limit: int) -> Sequence[str]:
        """The ids of open cases that owe or show a card of this kind."""
        found = await self._session.rows(OPEN_AT, kind=kind, most=limit)
        return [row[0] for row in found]

    async def to_do_at(self, kind: str, limit: int, address: str | None = None) -> Sequence[str]:
        """Those of them on which somebody has something to do, most urgent first."""
        found = (
            await self._session.rows(TO_DO_AT, kind=kind, most=limit)
            if address is None
            else await self._session.rows(TO_DO_IN, kind=kind, most=limit, address=address)
        )
        return [row[0] for row in found]

    async def taken_back_at(self, kind: str, limit: int) -> Sequence[str]:
        """The ids of reports taken back whose reporter somebody is to speak with all the same."""
        found = await self._session.rows(TAKEN_BACK_AT, kind=kind, most=limit)
        return [row[0] for row in found]

    async def called_since(self, since: datetime) -> Sequence[str]:
        """The ids of the calls for help since then."""
        found = await self._session.rows(CALLED_SINCE, since=since)
        return [row[0] for row in found]

    async def public_ids(self) -> Mapping[str, str]:
        return {case_id: public for case_id, public in await self._session.rows(PUBLIC_IDS)}

    async def body(self, case_id: str, opening: Collection[Part] = ()) -> BodyParts | None:
        """The opened body; None once the case's key is gone, for then nobody can open it."""
        found = await self._opened(case_id, opening)
        return None if found is None else found[1]

    async def _opened(
        self, case_id: str, opening: Collection[Part]
    ) -> tuple[Case, BodyParts] | None:
        parts = tuple(part for part in Part if part in opening)
        row = await self._session.row(OPENED[parts], case_id=case_id)
        if row is None:
            return None
        wrapped, sealed, *rest = row
        shown, kept = rest[: len(NAMES)], rest[len(NAMES) :]
        content = self._keyring.open(self._keys.unwrap(case_id, wrapped), _place(case_id), sealed)
        apart = {
            part: self._apart.open(part, case_id, *kept[2 * place : 2 * place + 2])
            for place, part in enumerate(parts)
            if kept[2 * place] is not None
        }
        body = BodyParts(content, apart.get(Part.IDENTITY), apart.get(Part.HEALTH))
        return Case(*shown), body

    async def whole(self, case_id: str, opening: Collection[Part] = ()) -> WholeCase | None:
        """The case and everything that hangs on it; None once unknown or shredded."""
        found = await self._opened(case_id, opening)
        if found is None:
            return None
        case, body = found
        parts = self._parts
        return WholeCase(
            case=case,
            body=body,
            cards=tuple(await parts.cards.of_case(case_id)),
            duties=tuple(await parts.duties.of_case(case_id)),
            seats=_by_duty(await parts.duties.seats_of_case(case_id)),
            nudges=_by_duty(await parts.duties.nudges_of_case(case_id)),
            messages=tuple(await parts.messages.of_case(case_id)),
            leaves_at=(
                await parts.jobs.due_at(f"release:{case_id}")
                if case.state is CaseState.KEPT
                else None
            ),
        )

    async def set_body(self, case_id: str, body: BodyParts, *, counted: bool = True) -> None:
        key = await self._keys.of(case_id)
        if key is not None:
            sealed = self._keyring.seal(key, _place(case_id), body.content)
            change = SET_BODY if counted else SET_UNCOUNTED
            await self._session.run(change, case_id=case_id, sealed=sealed)
            await self._apart.put(case_id, body)

    async def set_urgency(self, case_id: str, urgency: str) -> None:
        await self._session.run(SET_URGENCY, case_id=case_id, urgency=urgency)

    async def set_state(
        self, case_id: str, state: CaseState, *, ended_on: date | None = None
    ) -> None:
        await self._session.run(SET_STATE, case_id=case_id, state=state, ended_on=ended_on)


def _case(row: Row | None) -> Case | None:
    return None if row is None else Case(*row)


def _by_duty(rows: Iterable[_Hanging]) -> dict[str, tuple[_Hanging, ...]]:
    found: dict[str, list[_Hanging]] = {}
    for row in rows:
        found.setdefault(row.duty_id, []).append(row)
    return {duty_id: tuple(rows) for duty_id, rows in found.items()}


def _place(case_id: str) -> str:
    return f"case_file.sealed|{case_id}"
