"""Acceptances that nothing follows: they run out, and people are asked anew.

Each function is one effect in one transaction, as in `bot.nudges`.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.case_work import Work, body_of, refresh_about
from bot.exclusions import exclusion_of
from bot.nudges import ask_up_to, chase_again, exhaust, highest_asked, is_anybody_next
from bot.ports import Transaction
from bot.rows import ENDED, ladder_of, locked_duty, seat_of
from bot.work_records import Duty, DutyState, SeatRow
from flows.ladders import AnswerKind, Ladder, missing_seats


async def expire(work: Work, tx: Transaction, duty_id: str, now: datetime) -> None:
    """An acceptance with nothing after it runs out, and the nudge comes back.

    The first time the ladder begins anew. From then on each one that leaves too few people moves
    the chase on: whoever accepts again and again keeps nobody else from being asked.
    """
    duty = await locked_duty(tx, duty_id)
    if duty is None or duty.state in (*ENDED, DutyState.SAID_DONE):
        return
    rows, ladder = await tx.duties.seats(duty.id), ladder_of(duty)
    run_out = [row for row in rows if row.expires_at and row.expires_at <= now]
    if not run_out:
        return
    missing = missing_seats(ladder, [seat_of(r, work.directory) for r in rows if r not in run_out])
    again = await _has_run_out_before(tx, duty)
    await _run_out(tx, duty, run_out, missing, now)
    runs = duty.state is DutyState.OPEN
    # A climb that still runs asks whoever fell silent with the next people; begun anew those would
    # come later. Where nobody is next, nobody would ask them.
    if not missing or (runs and await is_anybody_next(work, tx, duty, now)):
        return
    if again or runs:
        await _move_on(work, tx, duty, ladder, now)
    else:
        await chase_again(work, tx, duty, ladder, 0, now)


async def _run_out(
    tx: Transaction, duty: Duty, rows: Sequence[SeatRow], missing: int, now: datetime
) -> None:
    for row in rows:
        # What was answered stays in sight: a line that vanished would look as if nobody had.
        await tx.duties.put_seat(replace(row, answer=AnswerKind.RAN_OUT.value, expires_at=None))
    detail = {"duty": duty.kind, "missing": str(missing)}
    await tx.history.append(duty.case_id, now, "system", "expired", detail)
    await refresh_about(tx, duty, now)


async def _has_run_out_before(tx: Transaction, duty: Duty) -> bool:
    """Whether an acceptance of this duty ran out before and left too few people."""
    return any(
        line.fact == "expired"
        and line.detail.get("duty") == duty.kind
        and line.detail["missing"] != "0"
        for line in await tx.history.of_case(duty.case_id)
    )


async def _move_on(work: Work, tx: Transaction, duty: Duty, ladder: Ladder, now: datetime) -> None:
    """Whoever was ever asked is asked again, and at once the rung above the highest so far.

    Above the last it is the desk that hears of it, as where nobody is left.
    """
    body = await body_of(tx, duty.case_id)
    less = exclusion_of(body).off_ladders if body is not None else ()
    highest = await highest_asked(tx, duty)
    above = [n for n in range(highest + 1, len(ladder.steps)) if ladder.asked(n, less)]
    if not above and duty.state is not DutyState.EXHAUSTED:
        await exhaust(work, tx, duty, now)
    await ask_up_to(work, tx, duty, ladder, above[0] if above else highest, now)


async def say_overdue(work: Work, tx: Transaction, duty_id: str, now: datetime) -> None:
    """Somebody who said that they come should be there by now: every message tells whether."""
    duty = await locked_duty(tx, duty_id)
    if duty is None or duty.state in ENDED:
        return
    rows = await tx.duties.seats(duty.id)
    if all(row.answer != AnswerKind.HERE for row in rows):
        await refresh_about(tx, duty, now)
