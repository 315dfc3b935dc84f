"""A case leaves a desk for the other one: whoever was asked here sees it no more."""

from dataclasses import replace
from datetime import datetime

from bot.asking import asked_by_card
from bot.bodies import ReportBody, pack
from bot.case_records import CaseState
from bot.case_work import Work, card_job, place_of, site_by
from bot.exclusions import Exclusion, exclusion_of, fit_desks, is_manned
from bot.failures import card_failed
from bot.nudges import ask_anew, forget_answers
from bot.ports import Transaction
from bot.rows import ENDED, end_duty, first_of
from bot.work_records import CardRow, CardState, Duty, DutyState, NudgeState
from flows import duties as rules
from flows.commitments import DutyKind

_UNSPOKEN = (NudgeState.OWED, NudgeState.MERGED, NudgeState.BY_CARD)
"""What the card, or a later message, would say in the other channel to people who are here."""
_ASKED_FOR = (DutyState.OPEN, DutyState.EXHAUSTED)
"""What somebody here was asked for, in vain too."""


def other_desk(work: Work, out: Exclusion, address: str) -> str | None:
    """Another desk's channel than this one that may have the case; None where there is none."""
    return next((desk for desk in fit_desks(work, out) if desk != address), None)


async def to_other_desk(
    work: Work, tx: Transaction, row: CardRow, body: ReportBody, now: datetime
) -> None:
    """The case's card goes to the other desk, and whoever is there is asked; else it failed."""
    other = other_desk(work, exclusion_of(body), row.address)
    if other is None:
        # What may stand there says nothing any more: the case stands nowhere.
        gone = replace(row, ref=None, shown=None)
        read = is_manned(work, row.address)
        reason = "kept_out_reads_along" if read else "nobody_at_desk"
        await card_failed(work, tx, gone, reason, now)
        return
    moved = replace(
        row,
        address=other,
        state=CardState.OWED,
        ref=None,
        shown=None,
        first_shown_at=None,  # nothing of it stands anywhere until the other desk has it
        list_id=None,
    )
    await tx.cards.save(moved)
    if row.address == work.company.desk.channel:  # there it may never stand again
        body = body.model_copy(update={"desk_moved": True})
        await tx.cases.set_body(row.case_id, pack(body))
    await tx.history.append(row.case_id, now, "system", "desk_moved", {})
    await tx.jobs.enqueue([card_job(moved, now, "case")])
    await _ask_there(work, tx, row.case_id, body, now)


async def _ask_there(
    work: Work, tx: Transaction, case_id: str, body: ReportBody, now: datetime
) -> None:
    """Somebody there must take the case, and speak with whom somebody here was to speak with.

    They are asked for what is late too, for somebody here was: what comes next may be its last
    rung, or nothing any more. What is not due yet stands on their card, and its day comes.
    """
    case, duties = await tx.cases.get(case_id), await tx.duties.of_case(case_id)
    if case is None:
        return
    take = first_of(duties, DutyKind.TAKE)
    if take is not None and case.state is CaseState.OPEN:
        await _ask(work, tx, _taken_by_nobody_there(work, take, body, now), now)
    elif take is not None and case.state is CaseState.WITHDRAWN:
        await asked_once_sent_after_all(tx, take, body, now)
    talk = first_of(duties, DutyKind.FOLLOW_UP)
    if talk is not None and talk.state not in ENDED:
        await _ask(work, tx, talk, now)
    for duty in duties:
        if asked_by_card(duty) and duty.state in _ASKED_FOR and duty.due_at <= now:
            await _ask(work, tx, duty, now)


async def asked_once_sent_after_all(
    tx: Transaction, take: Duty, body: ReportBody, now: datetime
) -> None:
    """Whoever had taken what was taken back since has it no more: somebody must, if it is sent."""
    if take.state is not DutyState.DONE:
        return
    await forget_answers(tx, take)
    await end_duty(tx, take, DutyState.CLOSED, now)
    went = body.model_copy(update={"went_with_it": (*body.went_with_it, take.id)})
    await tx.cases.set_body(take.case_id, pack(went))


async def _ask(work: Work, tx: Transaction, duty: Duty, now: datetime) -> None:
    """Asks for a duty from its first rung on. What was not said to people here yet never is."""
    for nudge in await tx.duties.nudges(duty.id):
        if nudge.state in _UNSPOKEN:
            await tx.duties.set_nudge(nudge.id, NudgeState.NOT_NEEDED)
    await ask_anew(work, tx, duty, 0, now)


def _taken_by_nobody_there(work: Work, take: Duty, body: ReportBody, now: datetime) -> Duty:
    """The duty to take a case: where somebody here had taken it, with its time from now on."""
    if take.state is not DutyState.DONE:
        return take
    due = rules.take(work.policy, body.urgency, place_of(work, site_by(work, body)), now).due_at
    return replace(take, due_at=due)
