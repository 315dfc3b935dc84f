"""The reporter and the desk write to each other. The words are sealed and never leave the case."""

from datetime import datetime

from bot.births import bear_duties
from bot.bodies import ReportBody, pack, with_health
from bot.case_records import Author, Case, CaseState, Message
from bot.case_work import Work, place_of, refresh_quietly, reopen, report_of, said_at, site_by
from bot.filing import leave_now
from bot.follow_ups import follow_up
from bot.nudges import ask_anew
from bot.ports import Transaction
from bot.pressed import UNKNOWN, Pressed
from bot.return_address import owe_push
from bot.rights import Reader
from bot.rows import ENDED, end_duty, first_of, ladder_of, may_be_done, next_part
from bot.work_records import Duty, DutyState
from flows import duties as rules
from flows.clocks import Urgency
from flows.commitments import DutyKind
from flows.danger_words import hints_at_self_harm, says_danger
from flows.phrases import Say, say
from flows.report import MAX_WORDS

SENT = say("talk.sent")


def problem_with(words: str) -> Say | None:
    """Why these words cannot be a message; the page comes back with every one still there."""
    if len(words) > MAX_WORDS:
        return say("problem.words_too_long", max=MAX_WORDS, count=len(words))
    return None if words.strip() else say("problem.nothing_written")


def is_of_the_words(pressed: Pressed, words: str) -> bool:
    """Whether nothing came of a press because of what was typed beside it."""
    return not pressed.changed and pressed.notice == problem_with(words)


async def write(
    work: Work, tx: Transaction, case_id: str, author: Author, words: str, person: str = ""
) -> Pressed:
    """Adds a message to a case and tells the other side.

    The desk's first message is the answer that the reporter was promised; the reporter's next
    one is owed an answer again, and takes a closed case up again.
    """
    problem = problem_with(words)
    if problem is not None:
        return Pressed(problem, False)
    case = await tx.cases.lock(case_id)
    by_desk = author is Author.DESK
    body = await report_of(tx, case_id, Reader.CONTENT if by_desk else Reader.OWN_WORD)
    if case is None or body is None:
        return UNKNOWN
    now = work.clock.now()
    at = now if by_desk else said_at(work, body, now)
    await tx.messages.add(case_id, Message(author, at, words))
    fact = "replied" if by_desk else "wrote"
    await tx.history.append(case_id, at, author.value, fact, {"person": person})
    if by_desk:
        await owe_push(tx, case_id, now)
        await _answered(work, tx, case_id, now)
    else:
        await to_be_answered(work, tx, case, body, words, now)
    await refresh_quietly(tx, case_id, now)
    return Pressed(SENT if by_desk else await _told(tx, case), True)


async def _told(tx: Transaction, case: Case) -> Say:
    """What its reporter reads of a letter, by how the case stood as they wrote it."""
    if case.state is CaseState.CLOSED:
        return say("talk.reopened")
    read = case.state is not CaseState.WITHDRAWN or await _is_listened_to(tx, case.id)
    return SENT if read else say("talk.taken_back")


async def _answered(work: Work, tx: Transaction, case_id: str, now: datetime) -> None:
    reply = first_of(await tx.duties.of_case(case_id), DutyKind.REPLY)
    if reply is not None and may_be_done(reply):
        await end_duty(tx, reply, DutyState.DONE, now)


async def to_be_answered(
    work: Work, tx: Transaction, case: Case, body: ReportBody, words: str, now: datetime
) -> None:
    """What the reporter wrote or added is owed an answer, or a person now where there is danger.

    On a report that was taken back nothing is owed but that: whoever was in danger there, and
    writes again, is to be spoken with again. Whoever took a case looks at its card no more than at
    one that was closed or that nobody took in time: there somebody is called.
    """
    if says_danger(words):
        body = await _hinted(tx, case, body, words)
        if case.state is CaseState.KEPT:  # the wait that hides when it was sent must not cost this
            await leave_now(work, tx, case.id, now)
        if case.state is not CaseState.KEPT or not hints_at_self_harm(words):
            await follow_up(work, tx, case.id, body, now, danger=True)
    elif case.state is CaseState.WITHDRAWN and await _is_listened_to(tx, case.id):
        await follow_up(work, tx, case.id, body, now)
    if case.state in (CaseState.WITHDRAWN, CaseState.KEPT):
        return
    await reopen(tx, case.id, said_at(work, body, now))
    rings = not await _is_called(tx, case.id)
    await owe_answer(work, tx, case.id, body, now, rings=rings)


async def _is_listened_to(tx: Transaction, case_id: str) -> bool:
    """Whether the desk was asked to speak with this reporter for danger, or is to do so still: it
    does so though they took their report back, and they can answer."""
    duties = await tx.duties.of_case(case_id)
    talks = (duty for duty in duties if duty.kind == DutyKind.FOLLOW_UP)
    return any(talk.state not in ENDED or not ladder_of(talk).quiet_hours for talk in talks)


async def _is_called(tx: Transaction, case_id: str) -> bool:
    """Whether the desk is called about this case already: to take it, or to speak with them.

    Not where nobody ever took it and nobody is left to ask: nothing more would ring there.
    """
    duties = await tx.duties.of_case(case_id)
    taken, talk = first_of(duties, DutyKind.TAKE), first_of(duties, DutyKind.FOLLOW_UP)
    return taken is None or _is_awaited(taken) or (talk is not None and _is_awaited(talk))


async def owe_answer(
    work: Work,
    tx: Transaction,
    case_id: str,
    body: ReportBody,
    now: datetime,
    *,
    rings: bool = False,
) -> None:
    """The desk owes what was written an answer, unless it is asked for one already.

    `rings`: somebody there is called when the desk is open, for a card that changes rings nobody's
    phone; once for each answer, however much is written until it comes.
    """
    duties = await tx.duties.of_case(case_id)
    reply = first_of(duties, DutyKind.REPLY)
    if reply is not None and _is_awaited(reply):
        asked = await tx.duties.nudges(reply.id)
        if rings and all(nudge.climb != reply.climb for nudge in asked):
            await ask_anew(work, tx, reply, 0, now)
        return
    if reply is not None and reply.state not in ENDED:  # nobody answered, and nobody was left
        await end_duty(tx, reply, DutyState.CLOSED, now)
    urgency, part = min(body.urgency, Urgency.U3), next_part(duties, DutyKind.REPLY)
    spec = rules.reply(work.policy, urgency, place_of(work, site_by(work, body)), now, part)
    await bear_duties(work, tx, case_id, body, [spec], now, rings=rings)


async def _hinted(tx: Transaction, case: Case, body: ReportBody, words: str) -> ReportBody:
    """Writes down that the reporter may be in danger; from others only their letters say.

    One that has not left for the desk leaves as if it had come with these words: as urgent.
    """
    if hints_at_self_harm(words):
        body = with_health(body, self_harm_hint=True)
    if first_of(await tx.duties.of_case(case.id), DutyKind.TAKE) is None:
        body = body.model_copy(update={"urgency": min(body.urgency, Urgency.U1)})
        await tx.cases.set_urgency(case.id, body.urgency)
    await tx.cases.set_body(case.id, pack(body))
    return body


def _is_awaited(duty: Duty) -> bool:
    """Whether somebody at the desk is still asked for this."""
    return duty.state not in (*ENDED, DutyState.EXHAUSTED)
