"""What the desk does on a case: takes it, writes, ends its duties, closes it, opens it again."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from bot.aftercare import plan_next_contact, say_cared
from bot.births import bear_duties
from bot.bodies import KeptMeasure, ReportBody, pack
from bot.case_records import Author, Case, CaseState
from bot.case_work import (
    Work,
    body_of,
    place_of,
    refresh_case,
    report_of,
    site_by,
)
from bot.company import Person
from bot.desk_files import link_to_file
from bot.exclusions import keeps_out
from bot.owed_anew import owe_anew
from bot.ports import Transaction
from bot.pressed import ALREADY, LATE, NOT_YOURS, RECORDED, UNKNOWN, Pressed
from bot.rights import Reader
from bot.rows import ENDED, end_duty, first_of, ladder_of, locked_duty, may_be_done, next_part
from bot.talks import problem_with, write
from bot.unmet import was_not_had
from bot.work_records import Duty, DutyState, SeatRow
from flows import duties as rules
from flows.commitments import DutyKind, ResponseStep
from flows.desk_work import close_first
from flows.duties import Owner
from flows.ended_by_desk import (
    MAY_BE_NEEDLESS,
    goes_on_in,
    is_ended_by_desk,
    is_owed_before_closing,
    was_ended_by_desk,
)
from flows.ladders import AnswerKind
from flows.phrases import say
from flows.presses import Press, Verb


@dataclass(frozen=True)
class AtDesk:
    """One press of one person of the desk."""

    work: Work
    tx: Transaction
    press: Press
    person: Person
    words: str
    now: datetime
    address: str

    async def note(self, case_id: str, fact: str, **detail: str) -> None:
        """Writes what was done, and by whom, to the case's history."""
        detail = {"person": self.person.id, **detail}
        await self.tx.history.append(case_id, self.now, "desk", fact, detail)

    async def is_kept_out(self, case_id: str) -> bool:
        """For whom it keeps out, and for whoever sent it, a case does not exist here."""
        body = await body_of(self.tx, case_id, Reader.DESK_GATE)
        return body is not None and keeps_out(self.work, body, self.person)

    async def shown(self, case_id: str) -> Pressed:
        """Recorded, and every message that shows the case is owed its new face."""
        await refresh_case(self.tx, case_id, self.now)
        return RECORDED


async def press_at_desk(
    work: Work, tx: Transaction, press: Press, person: Person, words: str, address: str
) -> Pressed:
    """Carries out a press in this channel of the desk's, for somebody who may."""
    desk = AtDesk(work, tx, press, person, words, work.clock.now(), address)
    if press.verb in _ON_DUTY:
        duty = await locked_duty(tx, press.subject)
        if duty is None or await desk.is_kept_out(duty.case_id):
            return UNKNOWN
        return await _ON_DUTY[press.verb](desk, duty)
    case = await tx.cases.lock(press.subject)
    if case is None or case.state is CaseState.KEPT or await desk.is_kept_out(case.id):
        return UNKNOWN  # one that has not left for the desk does not exist here either
    return await _ON_CASE[press.verb](desk, case)


async def _details(desk: AtDesk, case: Case) -> Pressed:
    await desk.note(case.id, "opened")
    return Pressed(say("details.opened_is_logged"), True)


async def _take(desk: AtDesk, case: Case) -> Pressed:
    take = first_of(await desk.tx.duties.of_case(case.id), DutyKind.TAKE)
    if take is None:
        return UNKNOWN
    if take.state in ENDED:
        return await _taken_before(desk, case, take)
    seat = SeatRow(take.id, desk.person.id, AnswerKind.TAKE_OVER, None, desk.now, None)
    await desk.tx.duties.put_seat(seat)
    await end_duty(desk.tx, take, DutyState.DONE, desk.now)
    await desk.note(case.id, "taken")
    return await desk.shown(case.id)


async def _taken_before(desk: AtDesk, case: Case, take: Duty) -> Pressed:
    """Who has it, for whoever presses after them; that it is over only where it is."""
    seats = await desk.tx.duties.seats(take.id)
    if take.state is not DutyState.DONE or case.state is not CaseState.OPEN or not seats:
        return LATE
    taker = desk.work.directory.person(seats[-1].person_id)
    if taker is None or taker.id == desk.person.id:
        return ALREADY
    return Pressed(say("press.taken", name=taker.name), False)


async def _open_file(desk: AtDesk, case: Case) -> Pressed:
    number, address = desk.press.detail, desk.address
    return await link_to_file(desk.work, desk.tx, case.id, number, desk.person, address)


async def _reply(desk: AtDesk, case: Case) -> Pressed:
    return await write(desk.work, desk.tx, case.id, Author.DESK, desk.words, desk.person.id)


async def _tell_outcome(desk: AtDesk, case: Case) -> Pressed:
    """The reporter reads what was found and done; that ends the promise to tell them."""
    written = await _reply(desk, case)
    outcome = first_of(await desk.tx.duties.of_case(case.id), DutyKind.OUTCOME)
    if written.changed and outcome is not None and may_be_done(outcome):
        await end_duty(desk.tx, outcome, DutyState.DONE, desk.now)
        await desk.note(case.id, "outcome_told")
        await desk.shown(case.id)
    return written


async def _measure(desk: AtDesk, case: Case) -> Pressed:
    """What keeps it from happening again, or "none, because": in the desk's own words.

    A second one stands beside the first.
    """
    problem = problem_with(desk.words)
    if problem is not None:
        return Pressed(problem, False)
    body = await report_of(desk.tx, case.id)
    duty = first_of(await desk.tx.duties.of_case(case.id), DutyKind.RECURRENCE)
    if body is None or duty is None:
        return UNKNOWN
    text = desk.words.strip()
    if any(each.text == text for each in body.measures):
        return ALREADY
    measures = (*body.measures, KeptMeasure(text=text, at=desk.now))
    await desk.tx.cases.set_body(case.id, pack(body.model_copy(update={"measures": measures})))
    if may_be_done(duty):
        await end_duty(desk.tx, duty, DutyState.DONE, desk.now)
    await desk.note(case.id, "measure_noted")
    return await desk.shown(case.id)


async def _respond(desk: AtDesk, case: Case) -> Pressed:
    """A step towards the customer, one the policy announces. A second one may follow.

    That no step is taken holds until one is.
    """
    body = await report_of(desk.tx, case.id)
    steps = {step.value: step for step in rules.response_steps(desk.work.policy)}
    step = steps.get(desk.press.detail)
    if body is None or step is None:
        return UNKNOWN
    taken = [each for each in body.responses if each is not ResponseStep.NONE]
    if step in body.responses or (step is ResponseStep.NONE and taken):
        return LATE
    responses = (*taken, step)
    await desk.tx.cases.set_body(case.id, pack(body.model_copy(update={"responses": responses})))
    duty = first_of(await desk.tx.duties.of_case(case.id), DutyKind.EXTERNAL_RESPONSE)
    if duty is not None and may_be_done(duty):
        await end_duty(desk.tx, duty, DutyState.DONE, desk.now)
    await desk.note(case.id, "responded", step=step.value)
    return await desk.shown(case.id)


async def _close(desk: AtDesk, case: Case) -> Pressed:
    """Ends the desk's work. What was promised to the reporter is done first; aftercare goes on."""
    if case.state is not CaseState.OPEN:
        return LATE
    owed = [
        duty
        for duty in await desk.tx.duties.of_case(case.id)
        if duty.state not in ENDED and _keeps_open(duty)
    ]
    if owed:
        kinds = dict.fromkeys(DutyKind(duty.kind) for duty in owed)
        return Pressed(close_first(tuple(kinds)), False)
    await desk.tx.cases.set_state(case.id, CaseState.CLOSED, ended_on=desk.now.date())
    await desk.note(case.id, "closed")
    return await desk.shown(case.id)


def _keeps_open(duty: Duty) -> bool:
    return is_owed_before_closing(
        DutyKind(duty.kind),
        Owner(duty.owner),
        said_done=duty.state is DutyState.SAID_DONE,
        exhausted=duty.state is DutyState.EXHAUSTED,
    )


async def _reopen(desk: AtDesk, case: Case) -> Pressed:
    """Takes a closed case up again: the reporter is owed a new outcome."""
    if case.state is not CaseState.CLOSED:
        return LATE
    await desk.note(case.id, "reopened")
    await reopen(desk.work, desk.tx, case, desk.now)
    return await desk.shown(case.id)


async def reopen(work: Work, tx: Transaction, case: Case, now: datetime) -> None:
    """A closed case is open again, and its outcome is to be told anew."""
    body = await body_of(tx, case.id)
    await tx.cases.set_state(case.id, CaseState.OPEN)
    if not isinstance(body, ReportBody):
        return
    part = next_part(await tx.duties.of_case(case.id), DutyKind.OUTCOME)
    place = place_of(work, site_by(work, body))
    spec = rules.by_a_day(work.policy, DutyKind.OUTCOME, place, now, part=part)
    await bear_duties(work, tx, case.id, body, [spec], now)


async def _duty_done(desk: AtDesk, duty: Duty) -> Pressed:
    """The desk says that a duty of its own is done; it speaks for the site where nobody is left
    there to say it: that somebody gave care, that nobody is alone with the customer any more.

    Care is no exception to the employee's own word: the desk's word only asks for it.
    """
    if (refused := _not_by_a_press(desk, duty)) is not None:
        return refused
    if duty.kind == DutyKind.CARE:
        if duty.state is DutyState.SAID_DONE:
            return LATE
        await say_cared(desk.work, desk.tx, duty, desk.now, by_desk=True)
    else:
        await end_duty(desk.tx, duty, DutyState.DONE, desk.now)
    await desk.note(duty.case_id, "duty_done", duty=duty.kind)
    if duty.kind == DutyKind.SECOND_PERSON:
        await plan_next_contact(desk.work, desk.tx, duty.case_id, desk.now)
    return await desk.shown(duty.case_id)


async def _not_needed(desk: AtDesk, duty: Duty) -> Pressed:
    """The desk says that this case needs no doctor, expert, lawyer or plan after all."""
    if (refused := _not_by_a_press(desk, duty)) is not None:
        return refused
    if DutyKind(duty.kind) not in MAY_BE_NEEDLESS:
        return NOT_YOURS
    await end_duty(desk.tx, duty, DutyState.CLOSED, desk.now)
    await desk.note(duty.case_id, "not_needed", duty=duty.kind)
    return await desk.shown(duty.case_id)


async def _not_done(desk: AtDesk, duty: Duty) -> Pressed:
    """What a press of the desk's ended is owed after all, by when it was: the press was wrong."""
    kind, danger = DutyKind(duty.kind), not ladder_of(duty).quiet_hours
    if duty.state not in ENDED:
        return ALREADY
    if not was_ended_by_desk(kind, duty.state.value):
        return NOT_YOURS
    case = await desk.tx.cases.get(duty.case_id)
    last = first_of(await desk.tx.duties.of_case(duty.case_id), kind)
    replaced = last is None or last.id != duty.id
    if replaced or case is None or not goes_on_in(case.state.value, kind, danger=danger):
        return LATE
    if kind is DutyKind.FOLLOW_UP:
        await was_not_had(desk.work, desk.tx, case, desk.now)
    await owe_anew(desk.work, desk.tx, duty, desk.now)
    await desk.note(duty.case_id, "not_done", duty=duty.kind)
    return await desk.shown(duty.case_id)


def _not_by_a_press(desk: AtDesk, duty: Duty) -> Pressed | None:
    """Why this duty does not end by a press of the desk's, or None."""
    if duty.state in ENDED:
        return LATE
    may = is_ended_by_desk(
        DutyKind(duty.kind),
        Owner(duty.owner),
        exhausted=duty.state is DutyState.EXHAUSTED,
        due_at=duty.due_at,
        now=desk.now,
    )
    return None if may else NOT_YOURS


OnCase = Callable[[AtDesk, Case], Awaitable[Pressed]]
OnDuty = Callable[[AtDesk, Duty], Awaitable[Pressed]]

_ON_CASE: dict[Verb, OnCase] = {
    Verb.TAKE: _take,
    Verb.DETAILS: _details,
    Verb.REPLY: _reply,
    Verb.TELL_OUTCOME: _tell_outcome,
    Verb.MEASURE: _measure,
    Verb.RESPOND: _respond,
    Verb.CLOSE: _close,
    Verb.REOPEN: _reopen,
    Verb.OPEN_FILE: _open_file,
}
_ON_DUTY: dict[Verb, OnDuty] = {
    Verb.DUTY_DONE: _duty_done,
    Verb.NOT_NEEDED: _not_needed,
    Verb.NOT_DONE: _not_done,
}
