"""Whoever left the company's list is not the one who comes; nor has a case who left the desk."""

from dataclasses import replace
from datetime import datetime

from bot.acceptances import expire
from bot.case_records import CaseState
from bot.case_work import Work, place_of, report_of, site_by
from bot.moved_desks import asked_once_sent_after_all
from bot.nudges import chase_again
from bot.ports import Transaction
from bot.rows import first_of, locked_duty
from bot.work_records import Duty, DutyState
from flows import duties as rules
from flows.clocks import Urgency
from flows.commitments import DutyKind
from flows.ladders import AnswerKind


async def let_go_of_who_left(work: Work) -> None:
    """The answers of people who are in the list no more run out at once, as with their time; and
    what somebody had taken who is at no desk any more is open to be taken again.

    By whoever has just read the list: in that process nobody who left is asked anew. Of several
    the first does it, and the others find nothing.
    """
    now = work.clock.now()
    async with work.storage.read() as tx:
        held, took = await tx.duties.holding(), await tx.duties.takers()
    for rows, has_left, let_go in (
        (held, _has_left, _run_out),
        (took, _has_left_desk, _open_to_be_taken),
    ):
        gone = (row.duty_id for row in rows if has_left(work, row.person_id))
        for duty_id in dict.fromkeys(gone):
            async with work.storage.write() as tx:
                await let_go(work, tx, duty_id, now)


def _has_left(work: Work, person_id: str) -> bool:
    return work.directory.person(person_id) is None


def _has_left_desk(work: Work, person_id: str) -> bool:
    """Whether somebody is at neither desk now, though perhaps still in the company."""
    directory = work.directory
    id = directory.id_now(person_id)
    desks = work.company.desk_channels
    return all(each.id != id for desk in desks for each in directory.members(desk))


async def _run_out(work: Work, tx: Transaction, duty_id: str, now: datetime) -> None:
    if await locked_duty(tx, duty_id) is None:
        return
    for row in await tx.duties.seats(duty_id):
        if row.expires_at is not None and _has_left(work, row.person_id):
            await tx.duties.put_seat(replace(row, expires_at=now))
    await expire(work, tx, duty_id, now)


async def _open_to_be_taken(work: Work, tx: Transaction, duty_id: str, now: datetime) -> None:
    """The desk is asked to take a report as if it had just come; of one that was taken back, once
    it is sent after all."""
    take = await locked_duty(tx, duty_id)
    seats = await tx.duties.seats(duty_id)
    if take is None or take.state is not DutyState.DONE or not seats:
        return
    case, body = await tx.cases.get(take.case_id), await report_of(tx, take.case_id)
    if case is None or body is None or not _has_left_desk(work, seats[-1].person_id):
        return
    await tx.history.append(case.id, now, "system", "taker_left", {})
    if case.state is CaseState.WITHDRAWN:
        await asked_once_sent_after_all(tx, take, body, now)
        return
    # That somebody had it stays in sight: what asks for somebody new says so.
    await tx.duties.put_seat(replace(seats[-1], answer=AnswerKind.RAN_OUT.value))
    urgency = await _urgency_now(tx, take, body.urgency)
    spec = rules.take(work.policy, urgency, place_of(work, site_by(work, body)), now)
    anew = replace(take, due_at=spec.due_at, ladder=spec.ladder.model_dump_json())
    await chase_again(work, tx, anew, spec.ladder, 0, now)


async def _urgency_now(tx: Transaction, take: Duty, urgency: Urgency) -> Urgency:
    """Nobody is woken for a danger that has passed since: as long as somebody is to come to the
    person it has not."""
    come = first_of(await tx.duties.of_case(take.case_id), DutyKind.SECOND_PERSON)
    lasts = come is not None and come.state in (DutyState.OPEN, DutyState.ANSWERED)
    return urgency if lasts else max(urgency, Urgency.U1)
