"""Duties are born: written with their clocks, their cards and the first people asked, at once."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.asking import (
    CARD_OF,
    Climbed,
    asked_by_card,
    channel_of,
    climb_job,
    climb_on,
    next_climb_at,
)
from bot.bodies import Body
from bot.case_work import PRIORITY, Work, owe_card
from bot.crowds import Crowd, crowd
from bot.keys import new_id
from bot.ports import Transaction
from bot.rows import ladder_of
from bot.work_records import Duty, DutyState, NewJob, NudgeRow
from flows.commitments import DutyKind
from flows.duties import ASKED_KINDS, DutySpec, Owner


@dataclass
class Births:
    """What is written together when duties are born."""

    duties: list[Duty] = field(default_factory=list)
    nudges: list[NudgeRow] = field(default_factory=list)
    jobs: list[NewJob] = field(default_factory=list)

    def add(self, born: Climbed) -> None:
        """Notes one duty with what it owes."""
        self.duties.append(born.duty)
        self.nudges.extend(born.nudges)
        self.jobs.extend(born.jobs)


async def bear_duties(
    work: Work,
    tx: Transaction,
    case_id: str,
    body: Body,
    specs: Iterable[DutySpec],
    now: datetime,
    *,
    at_desk_already: bool = False,
    rings: bool = False,
) -> None:
    """Writes the duties of a case, owes a card for each that a site answers, starts the climbs.

    `at_desk_already`: the desk has had the case's card. A card that changes rings nobody's phone,
    so that whoever is asked there is asked by a message beside it.
    `rings`: so it is for what else only stands on that card until it is due, for nobody looks at a
    card that was closed.
    """
    there = await crowd(work, tx, case_id, body, now)
    births = Births()
    for spec in specs:
        duty = _newborn(work, case_id, spec, now)
        new_card = duty.owner == Owner.SITE or not at_desk_already
        by_card, up_to = new_card and not rings, spec.at_once_up_to
        births.add(_born(there, duty, up_to, new_card=by_card, silent=not rings))
    await tx.duties.add(births.duties)
    for duty in births.duties:
        if duty.owner == Owner.SITE:
            kind = CARD_OF[DutyKind(duty.kind)]
            await owe_card(work, tx, case_id, kind, there.site.channel, now, duty_id=duty.id)
    await tx.duties.add_nudges(births.nudges)
    await tx.jobs.enqueue(births.jobs)


def _newborn(work: Work, case_id: str, spec: DutySpec, now: datetime) -> Duty:
    return Duty(
        id=new_id(work.entropy),
        case_id=case_id,
        kind=spec.kind.value,
        owner=spec.owner.value,
        state=DutyState.OPEN,
        started_at=now,
        due_at=spec.due_at,
        step=-1,
        ladder=spec.ladder.model_dump_json(),
        chase_from=now,
        part=spec.part,
    )


def _born(there: Crowd, duty: Duty, up_to: int, *, new_card: bool, silent: bool) -> Climbed:
    """A new duty with its first rung asked, held until it opens, or its question's day noted."""
    if duty.kind in ASKED_KINDS:
        return Climbed(duty, jobs=(ask_job(duty),))
    ladder = ladder_of(duty)
    if silent and asked_by_card(duty):
        asked = replace(duty, step=0, asked_at=there.now)
        return Climbed(asked, jobs=(climb_job(asked, next_climb_at(asked, ladder)),))
    address = channel_of(there, duty)
    by_card = new_card and duty.kind != DutyKind.FOLLOW_UP
    born = climb_on(there, duty, ladder, address, by_card=by_card)
    if born.at_end:  # nobody at all to ask: the clock says so at once
        return Climbed(born.duty, jobs=(climb_job(born.duty, there.now),))
    while born.nudges and born.duty.step < up_to:
        further = climb_on(there, born.duty, ladder, address)
        if not further.nudges:
            break
        born = _both(born, further)
    return born


def _both(first: Climbed, further: Climbed) -> Climbed:
    """Two rungs asked at once; the clock of the second alone counts."""
    jobs = (*(job for job in first.jobs if job.kind != "climb"), *further.jobs)
    return Climbed(further.duty, (*first.nudges, *further.nudges), jobs)


def ask_job(duty: Duty) -> NewJob:
    """The clock of a question to the employee."""
    return NewJob("ask", duty.id, duty.due_at, dedup=f"ask:{duty.id}", priority=PRIORITY["clock"])
