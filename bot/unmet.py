"""Care that nobody gave, and a talk that nobody had: each working day the desk is asked again."""

from datetime import datetime

from bot.bodies import Body, ReportBody
from bot.case_records import Case, CaseState
from bot.case_work import Work, body_of, reopen, report_of, site_by
from bot.follow_ups import asked_for_desk, follow_up, keep_until_heard
from bot.nudges import tell_desk_again, unmet_job
from bot.ports import Transaction
from bot.rights import Reader
from bot.rows import ENDED, first_of, given_up, is_once_more, ladder_of, locked_duty
from bot.work_records import Duty, DutyState
from flows.case_view import CareWord, opened
from flows.commitments import DutyKind


async def ask_once_more(work: Work, tx: Transaction, duty_id: str, now: datetime) -> None:
    """The desk opens on another day, and what somebody is owed has not happened: it is asked for.

    It ends with the aftercare. While a case is closed nobody is asked, but the clock goes on: it
    may be taken up again.
    """
    duty = await locked_duty(tx, duty_id)
    body = None if duty is None else await body_of(tx, duty.case_id)
    if duty is None or body is None or duty.state is not DutyState.EXHAUSTED:
        return
    talk = isinstance(body, ReportBody) and duty.kind == DutyKind.FOLLOW_UP
    since = await _first_asked(tx, duty) if talk else duty.started_at
    ends = work.policy.aftercare.ends_at(since, site_by(work, body).zone)
    if now >= ends or (not talk and await _is_seen_to(tx, duty, body)):
        return
    following = unmet_job(work, duty, now)
    if following.due_at < ends:
        await tx.jobs.enqueue([following])
    if talk:
        await _ask_to_speak(work, tx, duty, now)
    else:
        await tell_desk_again(work, tx, duty, now, calmly=True)


async def was_not_had(work: Work, tx: Transaction, case: Case, now: datetime) -> None:
    """A talk that was marked as had was not: its case waits for it as if nobody had said so.

    Care that nobody gave, and that the desk had seen to by talking, is asked for again as well.
    """
    if (body := await report_of(tx, case.id)) is not None:
        await keep_until_heard(work, tx, case, body, now)
    await reopen(tx, case.id, now)
    care = first_of(await tx.duties.of_case(case.id), DutyKind.CARE)
    if care is None or care.state is not DutyState.EXHAUSTED:
        return
    if await tx.jobs.due_at(f"unmet:{care.id}") is None:
        await tx.jobs.enqueue([unmet_job(work, care, now)])


async def care_asked_at(work: Work, tx: Transaction, case_id: str) -> datetime | None:
    """When that clock asks the desk for care again; None where it will not.

    Nor while the desk is being asked to speak with the person: it knows, and of two times nobody
    could tell which one holds.
    """
    case, body = await tx.cases.get(case_id), await body_of(tx, case_id)
    duties = await tx.duties.of_case(case_id)
    care, talk = first_of(duties, DutyKind.CARE), first_of(duties, DutyKind.FOLLOW_UP)
    if case is None or body is None or care is None or case.state is not CaseState.OPEN:
        return None
    asked = talk is not None and talk.state not in (*ENDED, DutyState.EXHAUSTED)
    if asked or care.state is not DutyState.EXHAUSTED or await _is_seen_to(tx, care, body):
        return None
    at = await tx.jobs.due_at(f"unmet:{care.id}")
    return at if at is not None and at > work.clock.now() else None


async def _ask_to_speak(work: Work, tx: Transaction, duty: Duty, now: datetime) -> None:
    """Also where the report was taken back: whoever may be in danger is spoken with anyway.

    A talk that nobody asked for, because nobody gave care, is asked for as care is.
    """
    case = await tx.cases.get(duty.case_id)
    body = await report_of(tx, duty.case_id, Reader.OWN_WORD)
    if case is None or body is None or case.state is CaseState.CLOSED:
        return
    danger = not ladder_of(duty).quiet_hours
    wished = asked_for_desk(body) or opened(body.health).care_word is CareWord.NOT_YET
    # What was taken back owes no answer: what its sender writes to the desk asks for a talk.
    if danger or wished or case.state is CaseState.WITHDRAWN:
        await follow_up(work, tx, duty.case_id, body, now, danger=danger, calmly=True)


async def _first_asked(tx: Transaction, talk: Duty) -> datetime:
    """Since when this talk is owed: each day's asking is a duty of its own.

    Not since an earlier one that was called off, or before they wrote anew.
    """
    owed = talk.started_at
    for duty in sorted(await tx.duties.of_case(talk.case_id), key=lambda each: -each.part):
        if duty.kind != DutyKind.FOLLOW_UP or duty.part > talk.part:
            continue
        if duty.state is DutyState.DONE:
            break
        owed = min(owed, duty.started_at)
        if not is_once_more(duty):
            break
    return owed


async def _is_seen_to(tx: Transaction, care: Duty, body: Body) -> bool:
    """Whether somebody at the desk has spoken with the person, or looked after their call, since
    nobody was left to ask for care: that is long after the last were asked."""
    kind = DutyKind.FOLLOW_UP if isinstance(body, ReportBody) else DutyKind.TAKE
    since = max(await given_up(tx, care), default=care.asked_at or care.chase_from)
    return any(
        duty.state is DutyState.DONE and duty.ended_at is not None and duty.ended_at > since
        for duty in await tx.duties.of_case(care.case_id)
        if duty.kind == kind
    )
