"""The reporter takes a report back, sends it after all, or does not want it to wait."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.aftercare import plan_next_contact, say_cared
from bot.births import ask_job
from bot.bodies import ReportBody, pack
from bot.case_records import CaseState, Entry
from bot.case_work import Work, place_of, refresh_quietly, report_of, said_at, site_by
from bot.filing import is_long_past, leave_later, leave_now
from bot.follow_ups import follow_up
from bot.nudges import tell_desk_again
from bot.owed_anew import owe_anew
from bot.ports import Transaction
from bot.pressed import LATE, RECORDED, UNKNOWN, Pressed
from bot.return_address import keep_longer
from bot.rights import Reader
from bot.rows import ENDED, end_duty, first_of, ladder_of
from bot.talks import owe_answer
from bot.work_records import Duty, DutyState
from flows.case_view import opened
from flows.clocks import Urgency
from flows.commitments import DutyKind
from flows.duties import ASKED_KINDS, Owner, due_anew
from flows.phrases import say

ASKED_AGAIN_AFTER = timedelta(days=1)
"""A question whose day is past is asked so long after the report was sent after all."""


async def withdraw(work: Work, tx: Transaction, case_id: str) -> Pressed:
    """Takes the report back: nothing is owed on it any more, and nobody is asked again.

    At once, and not after a question: it can be taken up again as easily.
    """
    case = await tx.cases.lock(case_id)
    body = await report_of(tx, case_id, Reader.OWN_WORD)
    if case is None or body is None:
        return UNKNOWN
    if case.state in (CaseState.WITHDRAWN, CaseState.CLOSED):
        return LATE
    now = work.clock.now()
    at = said_at(work, body, now)
    await tx.jobs.cancel(case_id, ("release",))
    going = [
        duty
        for duty in await tx.duties.of_case(case_id)
        if duty.state not in ENDED and _goes(duty, body)
    ]
    for duty in going:
        await end_duty(tx, duty, DutyState.CLOSED, now, said=at)
    said = [duty for duty in going if duty.state is DutyState.SAID_DONE]
    ended = body.model_copy(
        update={
            "went_with_it": tuple(duty.id for duty in going),
            "said_before": tuple(duty.id for duty in said),
        }
    )
    await tx.cases.set_body(case_id, pack(ended))
    await tx.cases.set_state(case_id, CaseState.WITHDRAWN, ended_on=now.date())
    await tx.history.append(case_id, at, "reporter", "withdrawn", {})
    if await _is_to_be_spoken_with(tx, case_id, ended):
        await follow_up(work, tx, case_id, ended, now, danger=True)
    await refresh_quietly(tx, case_id, now)
    return RECORDED


async def _is_to_be_spoken_with(tx: Transaction, case_id: str, body: ReportBody) -> bool:
    """Whether a report hints at self-harm of which the desk has not heard: it waited for the
    roster, and would have asked the desk as it left."""
    if not opened(body.health).self_harm_hint:
        return False
    return first_of(await tx.duties.of_case(case_id), DutyKind.FOLLOW_UP) is None


def _goes(duty: Duty, body: ReportBody) -> bool:
    """Whether a duty ends with the report.

    Not what a site answers that may not know who sent it: its card must not tell that somebody
    there has just taken a report back. Nor that the desk speaks at once with somebody in danger.
    """
    if duty.kind == DutyKind.FOLLOW_UP and not ladder_of(duty).quiet_hours:
        return False
    return not (body.report.hidden_from_site and duty.owner == Owner.SITE)


async def resume(work: Work, tx: Transaction, case_id: str) -> Pressed:
    """Sends a withdrawn report after all: what was owed is owed again, from now on."""
    case = await tx.cases.lock(case_id)
    body = await report_of(tx, case_id)
    if case is None or body is None:
        return UNKNOWN
    if case.state is not CaseState.WITHDRAWN:
        return LATE
    now = work.clock.now()
    await tx.history.append(case_id, said_at(work, body, now), "reporter", "resumed", {})
    await keep_longer(work, tx, case_id, body, now)
    duties = await tx.duties.of_case(case_id)
    if first_of(duties, DutyKind.TAKE) is None:  # it never left for the desk
        await tx.cases.set_state(case_id, CaseState.KEPT)
        talk = first_of(duties, DutyKind.FOLLOW_UP)
        if talk is None and not body.report.send_now:
            await leave_later(work, tx, case_id, now)
        else:  # to speak with them the desk has the card, and a wait would shut it
            await leave_now(work, tx, case_id, now)
        return Pressed(say("own.resumed"), True)
    await tx.cases.set_state(case_id, CaseState.OPEN)
    await _taken_up_again(work, tx, _going_again(duties, body), body, now)
    await _told_late(work, tx, case_id, now)
    if await _is_unanswered(tx, case_id):
        await owe_answer(work, tx, case_id, body, now)
    await refresh_quietly(tx, case_id, now)
    return Pressed(say("own.resumed"), True)


async def _taken_up_again(
    work: Work, tx: Transaction, duties: Iterator[Duty], body: ReportBody, now: datetime
) -> None:
    for duty in _asked_once(list(duties), now):
        alone = duty.kind == DutyKind.SECOND_PERSON
        if alone and await is_long_past(tx, duty.case_id, body, now):
            await plan_next_contact(work, tx, duty.case_id, now)  # nobody is to come at once
        else:
            await _owed_again(work, tx, duty, body, now)


def _going_again(duties: Sequence[Duty], body: ReportBody) -> Iterator[Duty]:
    """What ended with the report. Not what the desk had found needless before, nor a talk where
    one is owed already: for danger that was written of meanwhile."""
    talk = first_of(duties, DutyKind.FOLLOW_UP)
    talks = talk is not None and talk.state not in ENDED
    for duty in duties:
        went = duty.state is DutyState.CLOSED and duty.id in body.went_with_it
        if went and not (talks and duty.kind == DutyKind.FOLLOW_UP):
            yield duty


async def _told_late(work: Work, tx: Transaction, case_id: str, now: datetime) -> None:
    """What happened at the site meanwhile, and was no matter of the desk's, is now."""
    lines = await _since_withdrawn(tx, case_id)
    given_up = {line.detail["duty"] for line in lines if line.fact == "exhausted"}
    for duty in await tx.duties.of_case(case_id):
        if duty.kind == DutyKind.SECOND_PERSON and duty.state is DutyState.DONE:
            await plan_next_contact(work, tx, case_id, now)
        exhausted = duty.owner == Owner.SITE and duty.state is DutyState.EXHAUSTED
        if exhausted and duty.kind in given_up:
            await tell_desk_again(work, tx, duty, now)


async def _is_unanswered(tx: Transaction, case_id: str) -> bool:
    """Whether the reporter wrote last while the report was taken back: nothing was owed then."""
    said = [line.fact for line in await _since_withdrawn(tx, case_id)]
    return next((fact for fact in reversed(said) if fact in ("wrote", "replied")), None) == "wrote"


async def _since_withdrawn(tx: Transaction, case_id: str) -> list[Entry]:
    """What happened since the report was taken back.

    Of what was so before, the desk was told at the time. The order of the history tells, for an
    unnamed reporter's own steps have no time of day.
    """
    lines = list(await tx.history.of_case(case_id))
    taken_back = max(n for n, line in enumerate(lines) if line.fact == "withdrawn")
    return lines[taken_back:]


def _asked_once(duties: Sequence[Duty], now: datetime) -> list[Duty]:
    """What is owed again: of the questions of one kind whose days are past the last one alone.

    Nobody is asked the same on one day again and again.
    """
    soon = now + ASKED_AGAIN_AFTER
    past = [duty for duty in duties if duty.kind in ASKED_KINDS and duty.due_at <= soon]
    last = {duty.kind: duty.id for duty in sorted(past, key=lambda duty: duty.due_at)}
    return [duty for duty in duties if duty not in past or last[duty.kind] == duty.id]


async def _owed_again(
    work: Work, tx: Transaction, duty: Duty, body: ReportBody, now: datetime
) -> None:
    """A duty that ended with the withdrawal, with as much time as if it were new.

    Of care that somebody says they gave, the reporter is asked again, and nobody else.
    """
    if duty.id in body.said_before:
        await say_cared(work, tx, replace(duty, ended_at=None), now)
        return
    if duty.kind in ASKED_KINDS:
        due = max(duty.due_at, now + ASKED_AGAIN_AFTER)
        again = replace(duty, state=DutyState.OPEN, step=-1, ended_at=None, due_at=due)
        await tx.duties.save(again)
        await tx.jobs.enqueue([ask_job(again)])
        return
    kind, owner, place = DutyKind(duty.kind), Owner(duty.owner), place_of(work, site_by(work, body))
    # Whoever wrote again was promised an answer by the next working day at the latest.
    wrote_again = kind is DutyKind.REPLY and duty.part > 0
    urgency = min(body.urgency, Urgency.U3) if wrote_again else body.urgency
    due = due_anew(work.policy, kind, owner, urgency, place, now)
    moved = replace(duty, started_at=now, due_at=due)
    await owe_anew(work, tx, moved, now)


async def send_now(work: Work, tx: Transaction, case_id: str) -> Pressed:
    """A report that waits leaves for the desk now: its reporter thinks that it is urgent."""
    case = await tx.cases.lock(case_id)
    if case is None:
        return UNKNOWN
    if case.state is not CaseState.KEPT:
        return LATE
    await leave_now(work, tx, case_id, work.clock.now())
    return RECORDED
