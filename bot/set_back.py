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
from bot.work_records import LONGEST_HOLD
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
        ahead = await tx.duties.asked_after(now + SKEW, PRIORITY["danger"])
        held_up = await tx.jobs.held_up(now + LONGEST_WAIT, PRIORITY["case"])
    for duty in ahead:
        async with work.storage.write() as tx:
            await tx.cases.lock(duty.case_id)
            await _brought_back(tx, duty.id, now)
    if held_up:
        async with work.storage.write() as tx:
            await tx.jobs.hasten(now + LONGEST_WAIT, PRIORITY["case"], now + SOON)
    if ahead or held_up:
        log.warning("clock_was_set_back", duties=len(ahead), jobs=held_up)


async def _brought_back(tx: Transaction, duty_id: str, now: datetime) -> None:
    duty = await locked_duty(tx, duty_id)
    if duty is None or duty.asked_at is None or duty.state in ENDED:
        return
    if duty.asked_at <= now + SKEW or ladder_of(duty).quiet_hours:
        return
    seats = [seat for seat in await tx.duties.seats(duty.id) if seat.at > now]
    # By so much at least: what happened last was no later than now.
    back = max([duty.asked_at, *(seat.at for seat in seats)]) - now
    moved = replace(duty, asked_at=duty.asked_at - back, chase_from=duty.chase_from - back)
    await tx.duties.save(replace(moved, due_at=duty.due_at - back))
    clocks = [f"climb:{duty.id}"]
    if duty.kind == DutyKind.SECOND_PERSON:  # the desk's own duty on a call must not move it too
        clocks.append(f"help_ends:{duty.case_id}")
    for seat in seats:
        expires = seat.expires_at - back if seat.expires_at is not None else None
        await tx.duties.put_seat(replace(seat, at=seat.at - back, expires_at=expires))
        clocks += (f"expire:{duty.id}:{seat.person_id}", f"overdue:{duty.id}:{seat.person_id}")
    for clock in clocks:
        await tx.jobs.bring_forward(clock, back)
