"""A press on a card: who may, what it changes, and what the presser reads.

People act once: a second press, a late press or a colleague's press shows the present
state and is no error. Rights are looked up at every press and fail closed.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.acceptances import ask_after_all, believed_until, gave_back_late
from bot.aftercare import plan_next_contact, say_cared
from bot.asking import climb_job, next_climb_at
from bot.bursts import open_next
from bot.call_ends import call_is_over, care_is_seen_to
from bot.case_records import CaseState
from bot.case_work import PRIORITY, Work, body_of, refresh_about
from bot.company import Person
from bot.desk_presses import press_at_desk
from bot.exclusions import Exclusion, exclusion_in, keeps_from_messages, sent_by
from bot.inbox import is_repeated
from bot.nudges import climb_now
from bot.ports import Transaction
from bot.pressed import (
    ALREADY,
    FULL,
    LATE,
    NOT_THERE,
    NOT_YOURS,
    RECORDED,
    UNKNOWN,
    Pressed,
)
from bot.rights import Reader
from bot.rows import ENDED, answers_to, end_duty, ladder_of, locked_duty, seat_of
from bot.work_records import Duty, DutyState, NewJob, SeatRow
from flows.arrivals import is_late, overdue_at
from flows.commitments import DutyKind
from flows.duties import Owner
from flows.ladders import AnswerKind, Ladder, Seat, all_declined, missing_seats, taken_seats
from flows.presses import DESK_VERBS, SITE_VERBS, Press, Verb

MAX_MINUTES = 60
ON_THE_WAY = (AnswerKind.COMING, AnswerKind.TAKE_OVER, AnswerKind.ARRANGES)
"""What makes a crowd where too many say it. Who is there is there, however many come."""
_ONLY_ABOUT = {
    AnswerKind.HERE: (DutyKind.SECOND_PERSON,),
    AnswerKind.ARRANGES: (DutyKind.CARE,),
}
"""What says nothing about any other duty: care is given, and nobody is fetched from afar."""
SAME_PRESS = timedelta(minutes=1)
"""Two taps of one thumb: the same answer so soon is no new one."""
HERE_MINUTES = 60
"""Who said that they are there is believed for so long; then people are asked anew."""


async def press_in_channel(
    work: Work,
    address: str,
    code: str,
    person_id: str,
    words: str = "",
    delivery: bytes | None = None,
) -> tuple[Pressed, Press | None]:
    """What a press on a card does, for a person who reads that channel now.

    `address` is where the card stands: a channel, or somebody's direct messages. `delivery`
    names this one press: brought again, it has no second effect.
    """
    press = work.index.open_press(code, address)
    if press is None:
        return UNKNOWN, None
    await work.directory.first_look()
    person = work.directory.reader(address, person_id)
    at_desk = address in work.company.desk_channels
    if person is None or press.verb not in (DESK_VERBS if at_desk else SITE_VERBS):
        return NOT_YOURS, None
    async with work.storage.write() as tx:
        if await is_repeated(work, tx, delivery):
            return ALREADY, press
        if press.verb is Verb.OPEN_NEXT:
            return await open_next(tx, press.subject, work.clock.now()), press
        if at_desk:
            return await press_at_desk(work, tx, press, person, words, address), press
        return await _site_press(work, tx, press, person), press


async def _site_press(work: Work, tx: Transaction, press: Press, person: Person) -> Pressed:
    duty = await locked_duty(tx, press.subject)
    if duty is None or duty.owner != Owner.SITE:
        return UNKNOWN
    ladder = ladder_of(duty)
    body = await body_of(tx, duty.case_id, Reader.LADDER)
    if body is None or sent_by(work, body, person):
        return NOT_YOURS
    out = await exclusion_in(tx, duty.case_id, body)
    if keeps_from_messages(work, out, person):
        return NOT_YOURS
    if person.id in map(work.directory.id_now, ladder.excluded_people):
        return NOT_YOURS
    if duty.state in (*ENDED, DutyState.SAID_DONE):
        return LATE
    if press.verb is Verb.ARRANGES and await _is_taken_back(tx, duty):
        return LATE
    if press.verb is Verb.CARED:
        return await _cared(work, tx, duty, person)
    if press.verb is Verb.OVER:
        return await _over(work, tx, duty, person)
    return await _answer(work, tx, duty, ladder, press, person, out)


async def _is_taken_back(tx: Transaction, duty: Duty) -> bool:
    """Whether nothing is asked of the desk any more, of which the site must not notice."""
    case = await tx.cases.get(duty.case_id)
    return case is not None and case.state is CaseState.WITHDRAWN


async def _answer(
    work: Work,
    tx: Transaction,
    duty: Duty,
    ladder: Ladder,
    press: Press,
    person: Person,
    out: Exclusion,
) -> Pressed:
    answer = AnswerKind(press.verb.value)
    minutes = _minutes(press)
    if answer is AnswerKind.COMING and minutes is None:
        return UNKNOWN
    if duty.kind not in _ONLY_ABOUT.get(answer, tuple(DutyKind)):
        return UNKNOWN
    now = work.clock.now()
    seats = await answers_to(work, tx, duty)
    mine = next((seat for seat in reversed(seats) if seat.person_id == person.id), None)
    if mine is not None and (mine.answer, mine.minutes) == (answer, minutes) and _holds(mine, now):
        return ALREADY
    others = [seat for seat in seats if seat.person_id != person.id]
    sets_out = answer in ON_THE_WAY and (mine is None or mine.answer not in ON_THE_WAY)
    if sets_out and _is_full(duty, ladder, others, now):
        return FULL
    await _put_answer(work, tx, duty, person, answer, minutes, now, ladder)
    fact = "declined" if answer is AnswerKind.CANNOT else "answered"
    detail = {"person": person.id, "answer": answer.value, "duty": duty.kind}
    await tx.history.append(duty.case_id, now, person.role.value, fact, detail)
    gave_back = answer is AnswerKind.CANNOT and mine is not None and bool(taken_seats([mine]))
    if gave_back and await gave_back_late(work, tx, duty, ladder, out, now):
        return RECORDED
    await _after_answer(work, tx, duty, ladder, out, now)
    return RECORDED


def _is_full(duty: Duty, ladder: Ladder, others: Sequence[Seat], now: datetime) -> bool:
    """Whether one more would make a crowd. Whoever should be there and is not keeps nobody from
    coming: the caller reads that nobody has arrived."""
    waited_for = duty.kind == DutyKind.SECOND_PERSON
    come = [s for s in taken_seats(others) if not (waited_for and is_late(s, now))]
    return len(come) >= ladder.seats


def _holds(mine: Seat, now: datetime) -> bool:
    """Whether an answer is still so new, or so true, that the same one again says nothing more.

    Whoever is held up says "on my way" again, and whoever is there that they still are: then it
    counts from now on.
    """
    if mine.answer is AnswerKind.CANNOT:
        return True
    named = mine.answer is AnswerKind.COMING
    return mine.at <= now < (overdue_at(mine) if named else mine.at + SAME_PRESS)


async def _after_answer(
    work: Work, tx: Transaction, duty: Duty, ladder: Ladder, out: Exclusion, now: datetime
) -> None:
    """Enough people end the chase; a seat given back starts it again; nobody left moves it on."""
    seats = await answers_to(work, tx, duty)
    full, was_full = not missing_seats(ladder, seats), duty.state is DutyState.ANSWERED
    duty = replace(duty, state=_state_after(duty, full=full))
    await tx.duties.save(duty)
    await refresh_about(tx, duty, now)
    if full and duty.kind == DutyKind.CARE:
        await care_is_seen_to(tx, duty.case_id, now)
    if duty.state is not DutyState.OPEN:
        return
    if await tx.jobs.due_at(f"climb:{duty.id}") is None:
        await tx.jobs.enqueue([climb_job(duty, max(now, next_climb_at(duty, ladder)))])
    if was_full:
        await ask_after_all(work, tx, duty, ladder, out, now)
    await _pass_on(work, tx, duty, now)


def _state_after(duty: Duty, *, full: bool) -> DutyState:
    if full:
        return DutyState.ANSWERED
    return duty.state if duty.state is DutyState.EXHAUSTED else DutyState.OPEN


async def _pass_on(work: Work, tx: Transaction, duty: Duty, now: datetime) -> None:
    """When all who were asked and do not come cannot, the next rung is asked now, not later."""
    seats = await answers_to(work, tx, duty)
    taken = {seat.person_id for seat in taken_seats(seats)}
    asked = {
        known.id
        for row in await tx.duties.nudges(duty.id)
        if row.climb == duty.climb
        for person in row.people
        if (known := work.directory.person(person)) is not None  # who left answers no more
    }
    if all_declined(asked - taken, seats):
        await climb_now(tx, duty, now)


async def _put_answer(
    work: Work,
    tx: Transaction,
    duty: Duty,
    person: Person,
    answer: AnswerKind,
    minutes: int | None,
    now: datetime,
    ladder: Ladder,
) -> None:
    """One seat per person; an acceptance runs out unless something follows it."""
    seat = SeatRow(duty.id, person.id, answer.value, minutes, now, expires_at=None)
    late = overdue_at(seat_of(seat, work.directory))
    if answer is not AnswerKind.CANNOT:
        lasts = HERE_MINUTES if answer is AnswerKind.HERE else ladder.acceptance_minutes
        expires = now + timedelta(minutes=(minutes or 0) + lasts)
        # Nobody is given up before they would be late.
        wanted = max(expires, late) if answer in ON_THE_WAY else expires
        until = await believed_until(work, tx, duty, person, wanted, now)
        seat = replace(seat, expires_at=until)
    await tx.duties.clear_seats(duty.id, person.aliases)  # what they said before under another id
    await tx.duties.put_seat(seat)
    if seat.expires_at is not None:
        clock = f"expire:{duty.id}:{person.id}"
        priority = PRIORITY["clock" if ladder.quiet_hours else "danger"]
        await tx.jobs.enqueue([NewJob("expire", duty.id, seat.expires_at, clock, priority)])
    if duty.kind == DutyKind.SECOND_PERSON and answer in ON_THE_WAY:
        # Who reads "on the way" when nobody arrives waits for nothing.
        clock = f"overdue:{duty.id}:{person.id}"
        await tx.jobs.enqueue([NewJob("overdue", duty.id, late, clock, PRIORITY["danger"])])


async def _cared(work: Work, tx: Transaction, duty: Duty, person: Person) -> Pressed:
    """A manager says that care happened. Only the employee's own word ends it."""
    if duty.kind != DutyKind.CARE:
        return UNKNOWN
    now = work.clock.now()
    await say_cared(work, tx, duty, now)
    detail = {"person": person.id}
    await tx.history.append(duty.case_id, now, person.role.value, "cared", detail)
    await care_is_seen_to(tx, duty.case_id, now)
    await refresh_about(tx, duty, now)
    return RECORDED


async def _over(work: Work, tx: Transaction, duty: Duty, person: Person) -> Pressed:
    """Somebody who came says that the customer has gone. The next contact is planned."""
    seats = await answers_to(work, tx, duty)
    mine = next((each for each in reversed(seats) if each.person_id == person.id), None)
    if duty.kind != DutyKind.SECOND_PERSON or mine is None:
        return NOT_YOURS
    if mine.answer not in (AnswerKind.HERE, AnswerKind.WAS_THERE):
        return NOT_THERE if taken_seats([mine]) else NOT_YOURS
    now = work.clock.now()
    await end_duty(tx, duty, DutyState.DONE, now)
    detail = {"person": person.id}
    await tx.history.append(duty.case_id, now, person.role.value, "over", detail)
    await call_is_over(work, tx, duty.case_id, now)
    await plan_next_contact(work, tx, duty.case_id, now)
    await refresh_about(tx, duty, now)
    return RECORDED


def _minutes(press: Press) -> int | None:
    if press.verb is not Verb.COMING or not press.detail.isdigit():
        return None
    return min(int(press.detail), MAX_MINUTES)
