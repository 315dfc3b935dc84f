"""What every change to a case has in common: duties born, cards owed, clocks set."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.bodies import ReportBody, unpack
from bot.company import Company, Site, day_alone
from bot.keys import IndexKey, new_id
from bot.ports import Clock, Entropy, Storage, Transaction
from bot.records import CardRow, CardState, Duty, DutyState, NudgeRow, NudgeState
from flows.commitments import DutyKind
from flows.duties import DutySpec, Owner
from flows.ladders import Ladder
from flows.policy import Policy

CARD_PRIORITY = {"help": 0, "danger": 0, "case": 2, "edit": 3, "reminder": 4}
"""Danger before case before edit before reminder: smaller goes first."""


class CardKind:
    """Which card of a case a message shows. Ids are stored; never rename one."""

    DESK = "desk"
    CARE = "care"
    SECOND_PERSON = "second_person"


@dataclass(frozen=True)
class Work:
    """What the use cases share. Built once, in wiring."""

    storage: Storage
    clock: Clock
    entropy: Entropy
    index: IndexKey
    company: Company
    policy: Policy


async def bear_duties(
    work: Work,
    tx: Transaction,
    case_id: str,
    site: Site | None,
    specs: Iterable[DutySpec],
    now: datetime,
) -> None:
    """Writes the duties of a case, owes a card for each that a site answers, starts the climbs.

    `site` may be None where every duty is the desk's.
    """
    for spec in specs:
        duty = Duty(
            id=new_id(work.entropy),
            case_id=case_id,
            kind=spec.kind.value,
            owner=spec.owner.value,
            state=DutyState.OPEN,
            started_at=now,
            due_at=spec.due_at,
            step=0,
            ladder=spec.ladder.model_dump_json(),
            chase_from=now,
        )
        await tx.duties.add(duty)
        # The first rung is asked by the card itself; later ones by a message beside it.
        roles = tuple(role.value for role in spec.ladder.steps[0].roles)
        await tx.duties.add_nudge(_nudge(work, duty, 0, roles))
        if spec.owner is Owner.SITE and site is not None:
            kind = CardKind.CARE if spec.kind is DutyKind.CARE else CardKind.SECOND_PERSON
            await owe_card(work, tx, case_id, kind, site.channel, now, duty_id=duty.id)
        await set_climb(work, tx, duty, spec.ladder)


def _nudge(work: Work, duty: Duty, step: int, roles: tuple[str, ...]) -> NudgeRow:
    return NudgeRow(
        id=new_id(work.entropy),
        duty_id=duty.id,
        climb=climb_number(duty),
        step=step,
        roles=roles,
        state=NudgeState.OWED,
        sent_at=None,
    )


def climb_number(duty: Duty) -> int:
    """Which climb of the ladder this is: a duty that reopens climbs again from the start."""
    return int(duty.chase_from.timestamp())


async def owe_nudge(
    work: Work,
    tx: Transaction,
    duty: Duty,
    step: int,
    roles: tuple[str, ...],
    now: datetime,
) -> None:
    """Owes one message about a duty to some roles, once per rung of a climb."""
    row = _nudge(work, duty, step, roles)
    if await tx.duties.add_nudge(row):
        level = "danger" if duty.kind == DutyKind.SECOND_PERSON else "reminder"
        await _owe_nudge(tx, row, CARD_PRIORITY[level], now)


async def _owe_nudge(tx: Transaction, row: NudgeRow, priority: int, now: datetime) -> None:
    await tx.jobs.enqueue(
        "nudge", row.id, now, dedup=f"nudge:{row.id}", priority=priority, keep_waiting=True
    )


async def set_climb(work: Work, tx: Transaction, duty: Duty, ladder: Ladder) -> None:
    """Sets the clock of a duty's next rung, or of the moment when nobody is left to ask.

    Where nobody holds the roles of the present rung there is nobody to wait for: the next
    rung is asked at once.
    """
    due = ladder.step_due(duty.step + 1, duty.chase_from, duty.due_at)
    if due is None:
        due = ladder.exhausted_at(duty.chase_from, duty.due_at)
    site_id = await site_id_of(tx, duty.case_id)
    if not any(work.company.holders(role, site_id) for role in ladder.steps[duty.step].roles):
        due = work.clock.now()
    await tx.jobs.enqueue("climb", duty.id, due, dedup=f"climb:{duty.id}", priority=1)


async def site_id_of(tx: Transaction, case_id: str) -> str:
    """The site of a case; empty once the case is shredded."""
    data = await tx.cases.body(case_id)
    if data is None:
        return ""
    body = unpack(data)
    return body.report.site_id if isinstance(body, ReportBody) else body.site_id


async def owe_card(
    work: Work,
    tx: Transaction,
    case_id: str,
    kind: str,
    address: str,
    now: datetime,
    *,
    duty_id: str | None = None,
) -> None:
    """Owes a card: it must show this case there. What it says is decided when it is sent."""
    card = CardRow(
        id=new_id(work.entropy),
        case_id=case_id,
        kind=kind,
        duty_id=duty_id,
        address=address,
        state=CardState.OWED,
        ref=None,
        shown=None,
        first_shown_at=None,
    )
    await tx.cards.add(card)
    await owe_edit(tx, card, now)


async def refresh_cards(tx: Transaction, case_id: str, now: datetime) -> None:
    """Owes every card of the case its present state. A burst of changes is one edit each."""
    for card in await tx.cards.of_case(case_id):
        if card.state is not CardState.FAILED:
            await owe_edit(tx, card, now)
    for duty in await tx.duties.of_case(case_id):
        for nudge in await tx.duties.nudges(duty.id):
            if nudge.ref is not None:
                await _owe_nudge(tx, nudge, CARD_PRIORITY["edit"], now)


async def owe_edit(tx: Transaction, card: CardRow, now: datetime) -> None:
    """Owes one card its present state: the first message, or an edit of it."""
    urgent = card.kind == CardKind.SECOND_PERSON
    level = "danger" if urgent else "case" if card.ref is None else "edit"
    await tx.jobs.enqueue(
        "card",
        card.id,
        now,
        dedup=f"card:{card.id}",
        priority=CARD_PRIORITY[level],
        keep_waiting=True,
    )


def said_at(work: Work, body: ReportBody, now: datetime) -> datetime:
    """When the reporter did something, as closely as may be kept: the day alone if unnamed."""
    site = work.company.site(body.report.site_id)
    return now if site is None or not body.report.unnamed else day_alone(now, site.zone)
