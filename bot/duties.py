"""A press on a card: who may, what it changes, and what the presser reads.

People act once: a second press, a late press or a colleague's press shows the present
state and is no error. Rights are looked up at every press and fail closed.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.case_work import Work, refresh_cards, set_climb, site_id_of
from bot.company import Person
from bot.nudges import climb_now
from bot.ports import Transaction
from bot.pressed import ALREADY, FULL, LATE, NOT_YOURS, RECORDED, UNKNOWN, Pressed, write
from bot.records import Author, Duty, DutyState, SeatRow
from bot.rows import ENDED, end_duty, ladder_of, seat_of
from flows.commitments import DutyKind
from flows.duties import Owner
from flows.ladders import AnswerKind, Ladder, all_declined, missing_seats, taken_seats
from flows.phrases import say
from flows.presses import DESK_VERBS, SITE_VERBS, Press, Verb

MAX_MINUTES = 60


async def press_in_channel(
    work: Work, address: str, code: str, person_id: str, words: str = ""
) -> tuple[Pressed, Press | None]:
    """What a press on a card in a channel does, for a person who is in that channel now."""
    press = work.index.open_press(code, address)
    person = next((p for p in work.company.members(address) if p.id == person_id), None)
    if press is None:
        return UNKNOWN, None
    at_desk = address == work.company.desk.channel
    if person is None or press.verb not in (DESK_VERBS if at_desk else SITE_VERBS):
        return NOT_YOURS, None
    async with work.storage.write() as tx:
        if at_desk:
            return await _desk_press(work, tx, press, person, words), press
        return await _site_press(work, tx, press, person), press


async def _desk_press(
    work: Work, tx: Transaction, press: Press, person: Person, words: str
) -> Pressed:
    if press.verb is Verb.REPLY:
        return await write(work, tx, press.subject, Author.DESK, words, person.id)
    if press.verb is Verb.DUTY_DONE:
        return await _mark_done(work, tx, press.subject, person)
    case = await tx.cases.lock(press.subject)
    if case is None:
        return UNKNOWN
    now = work.clock.now()
    if press.verb is Verb.DETAILS:
        await tx.history.append(case.id, now, "desk", "opened", {"person": person.id})
        return Pressed(say("details.opened_is_logged"), True)
    take = _of_kind(await tx.duties.of_case(case.id), DutyKind.TAKE)
    if take is None:
        return UNKNOWN
    if take.state in ENDED:
        return LATE
    await _put_answer(tx, take, person, AnswerKind.TAKE_OVER, None, now)
    await end_duty(tx, take, DutyState.DONE, now)
    await tx.history.append(case.id, now, "desk", "taken", {"person": person.id})
    await refresh_cards(tx, case.id, now)
    return RECORDED


async def _mark_done(work: Work, tx: Transaction, duty_id: str, person: Person) -> Pressed:
    """The desk says that a duty of its own is done; it never speaks for the site."""
    duty = await _locked(tx, duty_id)
    if duty is None:
        return UNKNOWN
    if duty.state in ENDED:
        return LATE
    if duty.owner != Owner.DESK or duty.kind in (DutyKind.TAKE, DutyKind.REPLY):
        return NOT_YOURS
    now = work.clock.now()
    await end_duty(tx, duty, DutyState.DONE, now)
    detail = {"person": person.id, "duty": duty.kind}
    await tx.history.append(duty.case_id, now, "desk", "duty_done", detail)
    await refresh_cards(tx, duty.case_id, now)
    return RECORDED


async def _site_press(work: Work, tx: Transaction, press: Press, person: Person) -> Pressed:
    duty = await _locked(tx, press.subject)
    if duty is None:
        return UNKNOWN
    ladder = ladder_of(duty)
    if duty.owner != Owner.SITE:
        return UNKNOWN
    if duty.state in (*ENDED, DutyState.SAID_DONE):
        return LATE
    if press.verb is Verb.CARED:
        return await _cared(work, tx, duty, person)
    if press.verb is Verb.OVER:
        return await _over(work, tx, duty, person)
    return await _answer(work, tx, duty, ladder, press, person)


async def _answer(
    work: Work,
    tx: Transaction,
    duty: Duty,
    ladder: Ladder,
    press: Press,
    person: Person,
) -> Pressed:
    answer = AnswerKind(press.verb.value)
    minutes = _minutes(press)
    if answer is AnswerKind.COMING and minutes is None:
        return UNKNOWN
    rows = await tx.duties.seats(duty.id)
    mine = next((row for row in rows if row.person_id == person.id), None)
    if mine is not None and (mine.answer, mine.minutes) == (answer.value, minutes):
        return ALREADY
    others = [seat_of(row) for row in rows if row.person_id != person.id]
    if answer is not AnswerKind.CANNOT and len(taken_seats(others)) >= ladder.seats:
        return FULL
    now = work.clock.now()
    await _put_answer(tx, duty, person, answer, minutes, now, ladder)
    fact = "declined" if answer is AnswerKind.CANNOT else "answered"
    detail = {"person": person.id, "answer": answer.value, "duty": duty.kind}
    await tx.history.append(duty.case_id, now, person.role.value, fact, detail)
    seats = [seat_of(row) for row in await tx.duties.seats(duty.id)]
    full = not missing_seats(ladder, seats)
    duty = replace(duty, state=_state_after(duty, full=full))
    await tx.duties.save(duty)
    if duty.state is DutyState.OPEN:
        await _keep_climbing(work, tx, duty, ladder)
    if duty.state is DutyState.OPEN and answer is AnswerKind.CANNOT:
        await _pass_on(work, tx, duty, ladder, now)
    await refresh_cards(tx, duty.case_id, now)
    return RECORDED


async def _keep_climbing(work: Work, tx: Transaction, duty: Duty, ladder: Ladder) -> None:
    """A duty that was answered and is open again needs its clock back."""
    if await tx.jobs.due_at(f"climb:{duty.id}") is None:
        await set_climb(work, tx, duty, ladder)


def _state_after(duty: Duty, *, full: bool) -> DutyState:
    if full:
        return DutyState.ANSWERED
    return duty.state if duty.state is DutyState.EXHAUSTED else DutyState.OPEN


async def _pass_on(work: Work, tx: Transaction, duty: Duty, ladder: Ladder, now: datetime) -> None:
    """When everybody asked so far cannot come, the next rung is asked now, not later."""
    case_site = await site_id_of(tx, duty.case_id)
    roles = [role for step in ladder.steps[: duty.step + 1] for role in step.roles]
    asked = [p.id for role in roles for p in work.company.holders(role, case_site)]
    seats = [seat_of(row) for row in await tx.duties.seats(duty.id)]
    taken = {seat.person_id for seat in taken_seats(seats)}
    if all_declined([person for person in asked if person not in taken], seats):
        await climb_now(tx, duty, now)


async def _put_answer(
    tx: Transaction,
    duty: Duty,
    person: Person,
    answer: AnswerKind,
    minutes: int | None,
    now: datetime,
    ladder: Ladder | None = None,
) -> None:
    """One seat per person; an acceptance runs out unless something follows it."""
    expires = None
    if ladder is not None and answer is not AnswerKind.CANNOT:
        expires = now + timedelta(minutes=(minutes or 0) + ladder.acceptance_minutes)
    await tx.duties.put_seat(
        SeatRow(duty.id, person.id, answer.value, minutes, now, expires_at=expires)
    )
    if expires is not None:
        await tx.jobs.enqueue(
            "expire",
            duty.id,
            expires,
            dedup=f"expire:{duty.id}:{person.id}",
            priority=3,
        )


async def _cared(work: Work, tx: Transaction, duty: Duty, person: Person) -> Pressed:
    """A manager says that care happened. Only the employee's own word ends it."""
    if duty.kind != DutyKind.CARE:
        return UNKNOWN
    now = work.clock.now()
    await tx.duties.save(replace(duty, state=DutyState.SAID_DONE))
    await tx.jobs.cancel(duty.id)
    detail = {"person": person.id}
    await tx.history.append(duty.case_id, now, person.role.value, "cared", detail)
    await refresh_cards(tx, duty.case_id, now)
    return RECORDED


async def _over(work: Work, tx: Transaction, duty: Duty, person: Person) -> Pressed:
    """Somebody who came says that the customer has gone."""
    rows = await tx.duties.seats(duty.id)
    came = {seat.person_id for seat in taken_seats([seat_of(row) for row in rows])}
    if duty.kind != DutyKind.SECOND_PERSON or person.id not in came:
        return NOT_YOURS
    now = work.clock.now()
    await end_duty(tx, duty, DutyState.DONE, now)
    detail = {"person": person.id}
    await tx.history.append(duty.case_id, now, person.role.value, "over", detail)
    await refresh_cards(tx, duty.case_id, now)
    return RECORDED


def _minutes(press: Press) -> int | None:
    if press.verb is not Verb.COMING or not press.detail.isdigit():
        return None
    return min(int(press.detail), MAX_MINUTES)


def _of_kind(duties: Sequence[Duty], kind: DutyKind) -> Duty | None:
    return next((duty for duty in duties if duty.kind == kind), None)


async def _locked(tx: Transaction, duty_id: str) -> Duty | None:
    """The duty, read under its case's lock, so that what is read is still true when used."""
    duty = await tx.duties.get(duty_id)
    if duty is None:
        return None
    await tx.cases.lock(duty.case_id)
    return await tx.duties.get(duty_id)
