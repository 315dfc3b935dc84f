"""Care that nobody gave: each working day the desk is asked for it again, until somebody has."""

from datetime import datetime

from bot.bodies import Body, ReportBody
from bot.case_work import Work, body_of, site_by
from bot.nudges import tell_desk_again, uncared_job
from bot.ports import Transaction
from bot.rows import locked_duty
from bot.work_records import Duty, DutyState
from flows.commitments import DutyKind


async def ask_for_care(work: Work, tx: Transaction, duty_id: str, now: datetime) -> None:
    """The desk opens on another day, and nobody has given care: it is asked once more.

    It ends with the aftercare. Where the report was taken back or closed nobody is asked, but the
    clock goes on: it may be sent after all, or taken up again.
    """
    duty = await locked_duty(tx, duty_id)
    body = None if duty is None else await body_of(tx, duty.case_id)
    if duty is None or body is None or duty.state is not DutyState.EXHAUSTED:
        return
    if await _is_seen_to(tx, duty, body):
        return
    await tell_desk_again(work, tx, duty, now, calmly=True)
    following = uncared_job(work, duty, now)
    if following.due_at < work.policy.aftercare.ends_at(duty.started_at, site_by(work, body).zone):
        await tx.jobs.enqueue([following])


async def _is_seen_to(tx: Transaction, care: Duty, body: Body) -> bool:
    """Whether somebody at the desk has spoken with the person, or looked after their call, since
    nobody at the site was left to ask."""
    kind = DutyKind.FOLLOW_UP if isinstance(body, ReportBody) else DutyKind.TAKE
    return any(
        duty.state is DutyState.DONE
        and duty.ended_at is not None
        and (care.asked_at is None or duty.ended_at > care.asked_at)
        for duty in await tx.duties.of_case(care.case_id)
        if duty.kind == kind
    )
