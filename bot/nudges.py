"""Clocks that fall due: the next rung is asked, an acceptance runs out, nobody is left.

Each function is one effect in one transaction: guard, new state, what is now owed. A row
that fires late, twice or after somebody answered changes nothing that is not still true.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.case_work import (
    CardKind,
    Work,
    bear_duties,
    owe_card,
    owe_nudge,
    refresh_cards,
    set_climb,
)
from bot.ports import Transaction
from bot.records import Duty, DutyState
from bot.rows import ENDED, ladder_of, seat_of
from flows.clocks import Urgency
from flows.commitments import DutyKind
from flows.duties import DutySpec, Owner
from flows.ladders import Ladder, missing_seats

_NOT_CLIMBING = (DutyState.SAID_DONE, DutyState.EXHAUSTED)


async def climb(work: Work, tx: Transaction, duty_id: str, now: datetime) -> None:
    """Asks the next rung of a duty's ladder, unless enough people have answered."""
    duty = await _locked(tx, duty_id)
    if duty is None or duty.state in (*ENDED, *_NOT_CLIMBING):
        return
    ladder = ladder_of(duty)
    seats = [seat_of(row) for row in await tx.duties.seats(duty.id)]
    if duty.kind != "take" and not missing_seats(ladder, seats):
        return
    step = duty.step + 1
    if step >= len(ladder.steps):
        await _exhaust(work, tx, duty, now)
        return
    climbing = replace(duty, step=step)
    await tx.duties.save(climbing)
    roles = tuple(role.value for role in ladder.steps[step].roles)
    await owe_nudge(work, tx, climbing, step, roles, now)
    await tx.history.append(duty.case_id, now, "system", "asked", {"roles": " ".join(roles)})
    await set_climb(work, tx, climbing, ladder)
    await refresh_cards(tx, duty.case_id, now)


async def climb_now(tx: Transaction, duty: Duty, now: datetime) -> None:
    """Asks the next rung at once: everybody asked so far said that they cannot."""
    await tx.jobs.enqueue("climb", duty.id, now, dedup=f"climb:{duty.id}", priority=1)


async def _exhaust(work: Work, tx: Transaction, duty: Duty, now: datetime) -> None:
    """Nobody is left to ask: the card, the desk and the employee are told. Never silence."""
    await tx.duties.save(replace(duty, state=DutyState.EXHAUSTED))
    await tx.history.append(duty.case_id, now, "system", "exhausted", {"duty": duty.kind})
    await _tell_desk(work, tx, duty, now)
    await refresh_cards(tx, duty.case_id, now)


async def _tell_desk(work: Work, tx: Transaction, duty: Duty, now: datetime) -> None:
    """The desk gets a card, and somebody there must take it, by name, like any case."""
    shown_at = {card.address for card in await tx.cards.of_case(duty.case_id)}
    if work.company.desk.channel not in shown_at:
        await owe_card(work, tx, duty.case_id, CardKind.DESK, work.company.desk.channel, now)
    duties = await tx.duties.of_case(duty.case_id)
    if all(other.kind != DutyKind.TAKE for other in duties):
        due = now + timedelta(minutes=work.policy.clocks.take[Urgency.U0].minutes)
        ladder = work.policy.ladders.take
        spec = DutySpec(kind=DutyKind.TAKE, owner=Owner.DESK, due_at=due, ladder=ladder)
        await bear_duties(work, tx, duty.case_id, None, [spec], now)


async def expire(work: Work, tx: Transaction, duty_id: str, now: datetime) -> None:
    """An acceptance with nothing after it runs out, and the nudge comes back."""
    duty = await _locked(tx, duty_id)
    if duty is None or duty.state in (*ENDED, DutyState.SAID_DONE):
        return
    ladder = ladder_of(duty)
    rows = await tx.duties.seats(duty.id)
    run_out = [row.person_id for row in rows if row.expires_at and row.expires_at <= now]
    if not run_out:
        return
    await tx.duties.clear_seats(duty.id, run_out)
    await tx.history.append(duty.case_id, now, "system", "expired", {})
    if not missing_seats(ladder, [seat_of(r) for r in rows if r.person_id not in run_out]):
        await refresh_cards(tx, duty.case_id, now)
        return
    await chase_again(work, tx, duty, ladder, 0, now)


async def chase_again(
    work: Work, tx: Transaction, duty: Duty, ladder: Ladder, step: int, now: datetime
) -> None:
    """Climbs the ladder anew from `step`: the duty turned out not to be done."""
    step = min(step, len(ladder.steps) - 1)
    again = replace(duty, state=DutyState.OPEN, step=step, chase_from=now, ended_at=None)
    await tx.duties.save(again)
    roles = tuple(role.value for role in ladder.steps[step].roles)
    await owe_nudge(work, tx, again, step, roles, now)
    await tx.history.append(duty.case_id, now, "system", "asked", {"roles": " ".join(roles)})
    await set_climb(work, tx, again, ladder)
    await refresh_cards(tx, duty.case_id, now)


async def _locked(tx: Transaction, duty_id: str) -> Duty | None:
    """The duty, read under its case's lock: only that is still true when it is used."""
    duty = await tx.duties.get(duty_id)
    if duty is None:
        return None
    await tx.cases.lock(duty.case_id)
    return await tx.duties.get(duty_id)
