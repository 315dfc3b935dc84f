"""A machine's clock that was set back: nobody in danger waits for hours that were there already.

Only such a clock leaves a rung asked in the future. What hangs on it comes as much sooner as
what happened last lies ahead, as if that had been just now. Reminders that keep quiet hours
keep their times: they are meant for the clock on the wall.
"""

from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot.case_work import PRIORITY, Work
from bot.ports import Transaction
from bot.rows import ENDED, ladder_of, locked_duty
from bot.work_records import LONGEST_HOLD, Duty
from flows.commitments import DutyKind

log = structlog.get_logger()

SKEW = timedelta(seconds=30)
"""The clocks of several machines differ by no more."""
LONGEST_WAIT = LONGEST_HOLD + timedelta(minutes=5)
"""No message of a new case waits this long, nor any job for its next try."""
SOON = timedelta(minutes=1)
"""As long as a job is held: whoever has one in hand is done with it by then."""


async def mend_what_lies_ahead(work: Work) -> None:
    """Brings forward what a clock that was set back would hold up. Changes nothing otherwise."""
    now = work.clock.now()
    async with work.storage.read() as tx:
        ahead = await tx.duties.ahead_of(now + SKEW, PRIORITY["danger"])
        held_up = await tx.jobs.held_up(now + LONGEST_WAIT, PRIORITY["case"])
    for duty in ahead:
        async with work.storage.write() as tx:
            await tx.cases.lock(duty.case_id)
            await _brought_back(tx, duty.id, now)
    if ahead or held_up:
        async with work.storage.write() as tx:
            await tx.jobs.let_go(now + SKEW)
            await tx.jobs.hasten(now + LONGEST_WAIT, PRIORITY["case"], now + SOON)
        log.warning("clock_was_set_back", duties=len(ahead), jobs=held_up)


async def _brought_back(tx: Transaction, duty_id: str, now: datetime) -> None:
    duty = await locked_duty(tx, duty_id)
    if duty is None or duty.state in ENDED or ladder_of(duty).quiet_hours:
        return
    seats = [seat for seat in await tx.duties.seats(duty.id) if seat.at > now]
    # By so much at least: what happened last was no later than now.
    asked = duty.asked_at or duty.chase_from
    back = max([asked, duty.chase_from, *(seat.at for seat in seats)]) - now
    if back <= SKEW:
        return
    clocks: list[str] = []
    for seat in seats:
        expires = seat.expires_at - back if seat.expires_at is not None else None
        await tx.duties.put_seat(replace(seat, at=seat.at - back, expires_at=expires))
        clocks += (f"expire:{duty.id}:{seat.person_id}", f"overdue:{duty.id}:{seat.person_id}")
    if max(asked, duty.chase_from) > now:
        # A rung may have been asked since, where everybody before it said that they cannot.
        asked_at = asked - back if asked > now else duty.asked_at
        moved = replace(duty, asked_at=asked_at, chase_from=duty.chase_from - back)
        await tx.duties.save(replace(moved, due_at=duty.due_at - back))
        clocks += await _clocks_of_rung(tx, duty)
    for clock in clocks:
        await tx.jobs.bring_forward(clock, back)


async def _clocks_of_rung(tx: Transaction, duty: Duty) -> list[str]:
    """The next rung's, and those of the messages that ask this one."""
    clocks = [f"climb:{duty.id}"]
    if duty.kind == DutyKind.SECOND_PERSON:  # the desk's own duty on a call must not move it too
        clocks.append(f"help_ends:{duty.case_id}")
    clocks += [f"nudge:{nudge.id}" for nudge in await tx.duties.nudges(duty.id)]
    cards = await tx.cards.of_case(duty.case_id)
    return clocks + [f"card:{card.id}" for card in cards if card.duty_id == duty.id]
