"""How a call for help ends: by its caller, by somebody who came, or by nobody; and what is owed
then."""

from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.births import bear_duties
from bot.bodies import HelpBody, pack
from bot.case_work import PRIORITY, Work, body_of, place_of, refresh_case, site_by
from bot.nudges import ask_anew, ask_desk_anew, tell_desk
from bot.ports import Transaction
from bot.rows import ENDED, end_duty, first_of
from bot.running_calls import call_duty
from bot.work_records import Duty, DutyState, NewJob
from flows.commitments import DutyKind
from flows.duties import Owner, care

UNANSWERED_AFTER = timedelta(minutes=15)
"""No answer to that question either: the desk looks after it."""


class CallEnd(StrEnum):
    """How a caller ends a call, as the history says it."""

    OVER = "help_over"
    MISTAKE = "help_mistake"
    MOVED = "help_moved"


async def end_help(work: Work, tx: Transaction, case_id: str, how: CallEnd) -> bool:
    """The caller is fine, pressed by mistake, or was never there. Fine means that care is owed
    from here on.

    Said after the call was taken to be over, or called over by somebody who came, it is written
    down: the caller has the last word. Care is owed since then, and after a mistake no more.
    False where the caller had ended it already: nothing changes.
    """
    body = await help_body(tx, case_id)
    now = work.clock.now()
    called = await call_duty(tx, case_id)
    by_others = called is not None and (called.state is DutyState.UNCONFIRMED or body.called_over)
    if called is None or (called.state in ENDED and not by_others):
        return False
    mistaken = how is not CallEnd.OVER
    await end_duty(tx, called, DutyState.CLOSED if mistaken else DutyState.DONE, now)
    await _wind_up(tx, case_id, now)
    await tx.cases.forget_caller(case_id)
    await _call_off(tx, case_id, now, mistaken=mistaken)
    await tx.history.append(case_id, now, "caller", how.value, {})
    ended = {"mistaken": mistaken, "moved": how is CallEnd.MOVED, "called_over": False}
    said = body.model_copy(update=ended)
    await tx.cases.set_body(case_id, pack(said))
    if not (mistaken or by_others):
        await _owe_care(work, tx, case_id, said, now)
    await refresh_case(tx, case_id, now, "danger")
    return True


async def _call_off(tx: Transaction, case_id: str, now: datetime, *, mistaken: bool) -> None:
    """The desk need not look into the call any more, but care that nobody gave is asked of it on.

    After a mistake nobody needs care either, although somebody may be owed it already.
    """
    duties = await tx.duties.of_case(case_id)
    cared = first_of(duties, DutyKind.CARE)
    missing = cared is not None and cared.state is DutyState.EXHAUSTED
    asked = () if missing else (DutyKind.TAKE,)
    over = (DutyKind.TAKE, DutyKind.CARE) if mistaken else asked
    for duty in duties:
        if duty.kind in over and duty.state not in ENDED:
            await end_duty(tx, duty, DutyState.CLOSED, now)


async def call_is_over(work: Work, tx: Transaction, case_id: str, now: datetime) -> None:
    """Somebody who came says that it is over. Where it was a call, care is owed from here on.

    A desk that was told is not called off: the caller's own word does that.
    """
    body = await body_of(tx, case_id)
    if isinstance(body, HelpBody):
        body = body.model_copy(update={"called_over": True})
        await tx.cases.set_body(case_id, pack(body))
        await _wind_up(tx, case_id, now)
        await _owe_care(work, tx, case_id, body, now)


async def _wind_up(tx: Transaction, case_id: str, now: datetime) -> None:
    """Nobody asks about the call any more; from now on it is kept for a time."""
    await tx.jobs.cancel(case_id, ("help_ends",))
    await tx.endings.end(case_id, now.date())


async def _owe_care(
    work: Work, tx: Transaction, case_id: str, body: HelpBody, now: datetime
) -> None:
    place = place_of(work, site_by(work, body))
    spec = care(work.policy, Owner.SITE, place, now)
    earlier = first_of(await tx.duties.of_case(case_id), DutyKind.CARE)
    if earlier is None:
        await bear_duties(work, tx, case_id, body, [spec], now)
    elif earlier.state in (*ENDED, DutyState.SAID_DONE):
        # The call had been over once, and was called again: what was done then was not for this.
        await ask_anew(work, tx, replace(earlier, due_at=spec.due_at), 0, now)


async def question_call(work: Work, tx: Transaction, case_id: str, now: datetime) -> None:
    """A call that nobody ended: one last question; unanswered, the desk and care take over."""
    body = await body_of(tx, case_id)
    called = await call_duty(tx, case_id)
    if not isinstance(body, HelpBody) or called is None or called.state in ENDED:
        return
    if not body.asked_last:
        await tx.cases.set_body(case_id, pack(body.model_copy(update={"asked_last": True})))
        await tx.history.append(case_id, now, "system", "asked_employee", {})
        await tx.jobs.enqueue([last_question(case_id, now + UNANSWERED_AFTER)])
    else:
        await end_duty(tx, called, DutyState.UNCONFIRMED, now)
        await tx.endings.end(case_id, now.date())
        await tx.history.append(case_id, now, "system", "help_unanswered", {})
        told = await _take(tx, case_id)
        await tell_desk(work, tx, case_id, now)
        if told is not None and told.state in (DutyState.EXHAUSTED, DutyState.DONE):
            # Whoever answered there, or nobody, did so for a call of which more was known.
            await ask_desk_anew(work, tx, told, body, now)
        await _owe_care(work, tx, case_id, body, now)
    await refresh_case(tx, case_id, now, "danger")


async def nothing_more_is_owed(tx: Transaction, case_id: str, now: datetime) -> None:
    """The caller was looked after: nobody at the desk need look into a call that is over."""
    called, told = await call_duty(tx, case_id), await _take(tx, case_id)
    over = called is not None and called.state in ENDED
    if over and told is not None and told.state not in ENDED:
        await end_duty(tx, told, DutyState.CLOSED, now)


async def caller_is_safe(tx: Transaction, case_id: str, now: datetime) -> None:
    """The caller says that they were looked after: nothing more is owed, and of a call that nobody
    ended it is known that it is over."""
    called = await call_duty(tx, case_id)
    if called is not None and called.state is DutyState.UNCONFIRMED:
        await end_duty(tx, called, DutyState.DONE, now)
    await nothing_more_is_owed(tx, case_id, now)


async def care_is_seen_to(tx: Transaction, case_id: str, now: datetime) -> None:
    """Somebody at the site cares for a caller after all: the desk was asked only because nobody
    did, where the caller had said that the call is over."""
    called, body = await call_duty(tx, case_id), await body_of(tx, case_id)
    own_word = isinstance(body, HelpBody) and not body.called_over
    if own_word and called is not None and called.state is DutyState.DONE:
        await nothing_more_is_owed(tx, case_id, now)


def last_question(case_id: str, at: datetime) -> NewJob:
    """The clock that asks about a call which nobody has ended."""
    return NewJob("help_ends", case_id, at, f"help_ends:{case_id}", PRIORITY["danger"])


async def help_body(tx: Transaction, case_id: str) -> HelpBody:
    """What was sealed of a call. Raises LookupError for a report."""
    body = await body_of(tx, case_id)
    if not isinstance(body, HelpBody):
        raise LookupError("not a call for help")
    return body


async def _take(tx: Transaction, case_id: str) -> Duty | None:
    """What the desk was told of a call, if it was."""
    return first_of(await tx.duties.of_case(case_id), DutyKind.TAKE)
