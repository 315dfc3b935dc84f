"""Acceptances that nothing follows, or that are given back: people are asked anew.

Each function is one effect in one transaction, as in `bot.nudges`.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.aftercare import CARE_NOT_YET
from bot.asking import next_climb_at
from bot.case_work import Work, body_of, nudge_address, nudge_job, refresh_about
from bot.company import Person
from bot.exclusions import Exclusion, exclusion_of
from bot.nudges import ask_up_to, chase_again, exhaust, highest_asked, is_anybody_next
from bot.ports import Transaction
from bot.rows import ENDED, answers_to, ladder_of, locked_duty, message_level, seat_of
from bot.running_calls import STILL_NEEDED
from bot.work_records import Duty, DutyState, NudgeState, SeatRow
from flows.commitments import DutyKind
from flows.ladders import FELL_SILENT, AnswerKind, Ladder, missing_seats

_BEGINS_ANEW = ("asked", "expired", CARE_NOT_YET, STILL_NEEDED)
"""Lines of the history after which an answer is the first again."""


async def believed_until(
    work: Work, tx: Transaction, duty: Duty, person: Person, wanted: datetime, now: datetime
) -> datetime:
    """Until when somebody who accepts is believed: `wanted`, but for care no third time in a row.

    Whoever is held up says so once and has their time anew. From then on it runs out as it would
    have, or nobody else would ever be asked. In danger each "on my way" is news to who waits.
    """
    rows = await tx.duties.seats(duty.id)
    stands = next((r for r in rows if work.directory.id_now(r.person_id) == person.id), None)
    if duty.kind != DutyKind.CARE or stands is None or stands.expires_at is None:
        return wanted
    if stands.expires_at <= now or await _times_accepted(work, tx, duty, person) < 2:
        return wanted
    return min(wanted, stands.expires_at)


async def _times_accepted(work: Work, tx: Transaction, duty: Duty, person: Person) -> int:
    """How often somebody has accepted since people were last asked, or gave it back."""
    times = 0
    for line in reversed(await tx.history.of_case(duty.case_id)):
        if line.fact in _BEGINS_ANEW and line.detail.get("duty", duty.kind) == duty.kind:
            break
        if line.detail.get("duty") != duty.kind or line.fact not in ("answered", "declined"):
            continue
        if work.directory.id_now(line.detail["person"]) == person.id:
            if line.fact == "declined":
                break
            times += 1
    return times


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
        # And who was there was there.
        came = row.answer == AnswerKind.HERE
        now_says = AnswerKind.WAS_THERE if came else AnswerKind.RAN_OUT
        await tx.duties.put_seat(replace(row, answer=now_says.value, expires_at=None))
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


async def gave_back_late(
    work: Work, tx: Transaction, duty: Duty, ladder: Ladder, out: Exclusion, now: datetime
) -> bool:
    """Whoever said that they come cannot after all, and everybody had been asked before.

    Everybody is asked anew, as where such an answer runs out. Where enough people were coming
    until now, nobody may have told the desk: it hears of it at once, too.
    """
    over = duty.state is DutyState.EXHAUSTED or (
        duty.state is DutyState.ANSWERED
        and duty.step >= ladder.last_asked(out.off_ladders)
        and next_climb_at(duty, ladder.up_to(duty.step)) <= now
    )
    if not (over and missing_seats(ladder, await answers_to(work, tx, duty))):
        return False
    if duty.state is DutyState.ANSWERED:
        await exhaust(work, tx, duty, now)
    await chase_again(work, tx, duty, ladder, 0, now)
    return True


async def ask_after_all(
    work: Work, tx: Transaction, duty: Duty, ladder: Ladder, out: Exclusion, now: datetime
) -> None:
    """Too few come once more: whoever was to be asked while enough did is asked after all.

    Nobody has told them, and else they would count as silent. Not whoever has answered since; and
    whose doors are closed now is asked as they open.
    """
    seats, cards = await answers_to(work, tx, duty), await tx.cards.of_case(duty.case_id)
    answered = {seat.person_id for seat in seats if seat.answer not in FELL_SILENT}
    for row in await tx.duties.nudges(duty.id):
        if row.climb != duty.climb or row.state is not NudgeState.NOT_NEEDED:
            continue
        if {work.directory.id_now(id) for id in row.people} <= answered:
            continue
        due = ladder.held_until(now, row.step, out.off_ladders)
        address = nudge_address(work, cards, row)
        await tx.duties.set_nudge(row.id, NudgeState.OWED)
        await tx.jobs.enqueue([nudge_job(row, message_level(duty), address, due)])


async def say_overdue(work: Work, tx: Transaction, duty_id: str, now: datetime) -> None:
    """Somebody who said that they come should be there by now: every message tells whether."""
    duty = await locked_duty(tx, duty_id)
    if duty is None or duty.state in ENDED:
        return
    rows = await tx.duties.seats(duty.id)
    if all(row.answer != AnswerKind.HERE for row in rows):
        await refresh_about(tx, duty, now)
