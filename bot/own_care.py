"""The employee's own word about care, which alone ends it: what it changes, and who hears of it."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.aftercare import CARE_CONFIRMED, CARE_NOT_YET
from bot.bodies import Body, HelpBody, ReportBody, pack, with_health
from bot.call_ends import caller_is_safe
from bot.case_records import CaseState
from bot.case_work import Work, body_of, place_of, refresh_quietly, reopen, said_at, site_by
from bot.follow_ups import call_off_for_care, follow_up
from bot.nudges import ask_anew, desk_hears
from bot.ports import Transaction
from bot.pressed import ALREADY, LATE, UNKNOWN, Pressed
from bot.rights import Reader
from bot.rows import ENDED, end_duty, first_of, stands_nowhere
from bot.running_calls import call_duty
from bot.work_records import Duty, DutyState
from flows.case_view import CareWord, opened
from flows.commitments import DutyKind
from flows.duties import Owner, care
from flows.phrases import Say, on_day_at, say
from flows.presses import Press, Verb

TOLD_DESK = say("own.care_not_yet_desk")
DESK_KNOWS = say("own.care_not_yet_known")
SAME_PRESS = timedelta(seconds=30)
_SAID_TO_BE_GIVEN = (DutyState.SAID_DONE, DutyState.UNCONFIRMED)


async def say_of_care(work: Work, tx: Transaction, case_id: str, press: Press) -> Pressed:
    """What the employee says of care, or that they said it by mistake."""
    duty = await tx.duties.get(press.subject)
    body = await body_of(tx, case_id, Reader.OWN_WORD)
    if duty is None or body is None or duty.case_id != case_id or duty.kind != DutyKind.CARE:
        return UNKNOWN
    if press.verb is Verb.CARE_UNDONE:
        return await _undo_care(work, tx, duty, body)
    return await _own_word(work, tx, duty, body, happened=press.verb is Verb.CARE_HAPPENED)


async def _own_word(
    work: Work, tx: Transaction, duty: Duty, body: Body, *, happened: bool
) -> Pressed:
    """The employee's own word about care: it ends care, or opens it again one rung higher.

    That nobody has looked after them takes a closed case up again, as what they write does.
    Where the site may not know who reported it goes to the desk alone and never changes a card
    of the site, so that nobody there can tell whether the person they looked after reported.
    """
    if duty.state in ENDED and not await _is_open_still(tx, duty, body):
        return LATE
    now, case_id = work.clock.now(), duty.case_id
    if not happened and _may_change(duty, body) and await _is_second_tap(tx, duty, body, now):
        return ALREADY  # not one rung more
    fact = CARE_CONFIRMED if happened else CARE_NOT_YET
    at = said_at(work, body, now) if isinstance(body, ReportBody) else now
    await tx.history.append(case_id, at, "reporter", fact, {})
    denied = not happened and duty.state in _SAID_TO_BE_GIVEN
    await _keep_word(tx, duty, body, happened=happened, denied=denied)
    # Else their word leaves the site's duty and card as they are: they must not tell whether the
    # person who was looked after reported.
    asked = True
    if _may_change(duty, body):
        await _change_care(work, tx, duty, body, now, happened=happened, said=at)
        if denied:  # one says so and the other does not: nobody at the site can settle that
            await desk_hears(work, tx, duty, now)
    elif isinstance(body, ReportBody) and not happened:  # nobody at the site is asked: the desk is
        asked = await follow_up(work, tx, case_id, body, now)
    if happened and isinstance(body, ReportBody):
        await call_off_for_care(tx, case_id, body, now, said=at)
    elif happened:
        await caller_is_safe(tx, case_id, now)
    await refresh_quietly(tx, case_id, now)
    if happened:
        return Pressed(say("own.care_happened"), True)
    later = await _asked_later(work, tx, duty, body)
    nowhere = stands_nowhere(await tx.cards.of_case(case_id))
    return Pressed(later or _not_yet(duty, body, asked=asked, nowhere=nowhere), True)


async def _keep_word(
    tx: Transaction, duty: Duty, body: Body, *, happened: bool, denied: bool = False
) -> None:
    """What the desk's card says of it beside the duty itself."""
    if isinstance(body, HelpBody):
        said = body.model_copy(update={"not_cared_for": not happened})
        await tx.cases.set_body(duty.case_id, pack(said))
        return
    denied = not happened and (denied or opened(body.health).care_denied)
    said_so: dict[str, object] = {"care_denied": denied and _may_change(duty, body)}
    if _to_desk_alone(duty, body):
        word = CareWord.HAPPENED if happened else CareWord.NOT_YET
        said_so |= {"care_word": word}
    await tx.cases.set_body(duty.case_id, pack(with_health(body, **said_so)))


async def _undo_care(work: Work, tx: Transaction, duty: Duty, body: Body) -> Pressed:
    """Their word that ended care was a mistake: it is owed again, with as much time as if it were
    new, and asked from the first rung on.

    Not of a report that was taken back, nor while a call runs: care is owed anew when that ends.
    """
    if duty.state is not DutyState.DONE or not await _may_be_cared_for(tx, duty.case_id, body):
        return LATE
    now, case_id = work.clock.now(), duty.case_id
    at = said_at(work, body, now) if isinstance(body, ReportBody) else now
    await tx.history.append(case_id, at, "reporter", CARE_NOT_YET, {})
    await _keep_word(tx, duty, body, happened=False)
    await reopen(tx, case_id, at)
    due = care(work.policy, Owner(duty.owner), place_of(work, site_by(work, body)), now).due_at
    await ask_anew(work, tx, replace(duty, due_at=due), 0, now)
    await refresh_quietly(tx, case_id, now)
    later = await _asked_later(work, tx, duty, body)
    nowhere = stands_nowhere(await tx.cards.of_case(case_id))
    return Pressed(later or _not_yet(duty, body, nowhere=nowhere), True)


async def _may_be_cared_for(tx: Transaction, case_id: str, body: Body) -> bool:
    if isinstance(body, ReportBody):
        case = await tx.cases.get(case_id)
        return case is not None and case.state is not CaseState.WITHDRAWN
    called = await call_duty(tx, case_id)
    return called is not None and called.state in ENDED and not body.mistaken


async def _is_second_tap(tx: Transaction, duty: Duty, body: Body | None, now: datetime) -> bool:
    """Whether this "not yet" and the last one are of the same thumb.

    Not where somebody has said since that they looked after them: then it is the answer to that.
    """
    if duty.state is DutyState.SAID_DONE:
        return False
    lines = await tx.history.of_case(duty.case_id)
    since = next((n for n in reversed(range(len(lines))) if lines[n].fact == CARE_NOT_YET), None)
    if since is None:
        return False
    at: datetime | None = lines[since].at
    if isinstance(body, ReportBody) and body.report.unnamed:
        # Of an unnamed word only the day is kept; but what it sets in motion is asked at once.
        asked = [line for line in lines[since:] if line.fact == "asked"]
        at = duty.asked_at if len(asked) == 1 else None
    return at is not None and timedelta(0) <= now - at < SAME_PRESS


def _may_change(duty: Duty, body: Body | None) -> bool:
    hidden = isinstance(body, ReportBody) and body.report.hidden_from_site
    return duty.owner == Owner.DESK or not hidden


async def _is_open_still(tx: Transaction, duty: Duty, body: Body) -> bool:
    """Whether care that ended without their answer is answered still: no day ends that question.

    Where their word goes to the desk alone, until they say that somebody has looked after them.
    """
    if duty.state is not DutyState.UNCONFIRMED:
        return False
    if _may_change(duty, body):
        return await _may_be_cared_for(tx, duty.case_id, body)
    return isinstance(body, ReportBody) and opened(body.health).care_word is not CareWord.HAPPENED


def _to_desk_alone(duty: Duty, body: ReportBody) -> bool:
    """Whether the desk's card says this word: the desk owes care itself, nobody has a name, or the
    site's must not say it."""
    return duty.owner == Owner.DESK or body.report.unnamed or not _may_change(duty, body)


async def _change_care(
    work: Work,
    tx: Transaction,
    duty: Duty,
    body: Body,
    now: datetime,
    *,
    happened: bool,
    said: datetime,
) -> None:
    if happened:
        await end_duty(tx, duty, DutyState.DONE, now, said=said)
        return
    # Nobody looks at a closed case, and its desk must hear where nobody answers.
    await reopen(tx, duty.case_id, said)
    # Who said that they come has come, and it was not care: their seats are free again.
    if duty.owner == Owner.DESK and duty.state not in (DutyState.OPEN, DutyState.ANSWERED):
        await _ask_all_the_desk(work, tx, duty, body, now)
        return
    # Whoever says so again and again puts off nobody who is asked next.
    await ask_anew(work, tx, duty, duty.step + 1, now)
    asked = await tx.duties.get(duty.id)
    if duty.owner == Owner.DESK and asked is not None and asked.state is DutyState.EXHAUSTED:
        await _ask_all_the_desk(work, tx, asked, body, now)  # nobody is on the rung above


async def _ask_all_the_desk(
    work: Work, tx: Transaction, duty: Duty, body: Body, now: datetime
) -> None:
    """At once, with as much time as at first."""
    place = place_of(work, site_by(work, body))
    due = care(work.policy, Owner.DESK, place, now).due_at
    await ask_anew(work, tx, replace(duty, due_at=due), 0, now)


async def _asked_later(work: Work, tx: Transaction, duty: Duty, body: Body) -> Say | None:
    """When people are asked, where nobody can be at this moment: they are closed."""
    of_case = await tx.duties.of_case(duty.case_id)
    kind = DutyKind.CARE if _may_change(duty, body) else DutyKind.FOLLOW_UP
    asked = first_of(of_case, kind)
    if asked is None or asked.state is not DutyState.OPEN or asked.asked_at is not None:
        return None
    due = await tx.jobs.due_at(f"climb:{asked.id}")
    if due is None or due <= work.clock.now():
        return None
    return say("own.care_not_yet_later", at=on_day_at(due, site_by(work, body).zone))


def _not_yet(duty: Duty, body: Body, *, nowhere: bool, asked: bool = True) -> Say:
    """What the employee reads: that their word arrived, and what it sets in motion.

    Not `asked`: nothing new, for the desk is being asked to speak with them already.
    """
    if not asked:
        return DESK_KNOWS
    if isinstance(body, ReportBody) and _to_desk_alone(duty, body) and not nowhere:
        return TOLD_DESK
    return say("own.care_not_yet_next")
