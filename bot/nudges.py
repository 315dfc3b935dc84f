"""Clocks that fall due: the next rung is asked, or nobody is left.

Each function is one effect in one transaction: guard, new state, what is now owed. A row
that fires late, twice or after somebody answered changes nothing that is not still true.
"""

from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot.aftercare import is_confirmed
from bot.asking import Climbed, channel_of, climb_job, climb_on, is_next_asked, next_climb_at
from bot.births import bear_duties
from bot.bodies import Body, ReportBody
from bot.case_records import CaseState
from bot.case_work import (
    PRIORITY,
    CardKind,
    Work,
    body_of,
    owe_card,
    place_of,
    refresh_about,
    site_by,
)
from bot.crowds import crowd
from bot.exclusions import desk_of, exclusion_of
from bot.follow_ups import follow_up
from bot.ports import Transaction
from bot.rights import Reader
from bot.rows import ENDED, answers_to, first_of, given_up, ladder_of, locked_duty
from bot.work_records import Duty, DutyState, NewJob
from flows import duties as rules
from flows.clocks import Urgency
from flows.commitments import DutyKind
from flows.duties import Owner
from flows.ladders import FELL_SILENT, Ladder, missing_seats

log = structlog.get_logger()

_NOT_CLIMBING = (DutyState.SAID_DONE, DutyState.EXHAUSTED)


async def climb(work: Work, tx: Transaction, duty_id: str, now: datetime) -> None:
    """Asks the next rung of a duty's ladder, unless enough people have answered."""
    duty = await locked_duty(tx, duty_id)
    if duty is None or duty.state in (*ENDED, *_NOT_CLIMBING):
        return
    ladder = ladder_of(duty)
    seats = await answers_to(work, tx, duty)
    if duty.kind != DutyKind.TAKE and not missing_seats(ladder, seats):
        return
    await _climb_from(work, tx, duty, ladder, now)


async def _climb_from(
    work: Work, tx: Transaction, duty: Duty, ladder: Ladder, now: datetime
) -> None:
    """Asks the first rung above the present one on which anybody is there."""
    climbed = await _next_rung(work, tx, duty, ladder, now)
    if climbed.at_end and duty.round < ladder.repeats:
        again = replace(
            duty, round=duty.round + 1, climb=duty.climb + 1, step=-1, chase_from=now, asked_at=None
        )
        climbed = await _next_rung(work, tx, again, ladder, now)
    if climbed.at_end:
        await exhaust(work, tx, climbed.duty, now)
        return
    await tx.duties.save(climbed.duty)
    await tx.duties.add_nudges(climbed.nudges)
    await tx.jobs.enqueue(climbed.jobs)
    if climbed.nudges:
        asked = {"roles": " ".join(climbed.roles), "duty": duty.kind}
        await tx.history.append(duty.case_id, now, "system", "asked", asked)
    await refresh_about(tx, duty, now)


async def _next_rung(
    work: Work, tx: Transaction, duty: Duty, ladder: Ladder, now: datetime
) -> Climbed:
    body = await body_of(tx, duty.case_id, Reader.LADDER)
    if body is None:  # shredded since: nobody can be asked about it
        return Climbed(duty, at_end=True)
    there = await crowd(work, tx, duty.case_id, body, now)
    cards = await tx.cards.of_case(duty.case_id)
    address = channel_of(there, duty, cards)
    answered, silent = await _answered_and_silent(work, tx, duty)
    before = await tx.duties.nudges(duty.id) if ladder.asks_again or there.out else ()
    return climb_on(
        there, duty, ladder, address, asked_before=before, answered=answered, silent=silent
    )


async def _answered_and_silent(
    work: Work, tx: Transaction, duty: Duty
) -> tuple[frozenset[str], frozenset[str]]:
    """Whose answer stands, and whose ran out."""
    seats = await answers_to(work, tx, duty)
    silent = frozenset(seat.person_id for seat in seats if seat.answer in FELL_SILENT)
    return frozenset(seat.person_id for seat in seats) - silent, silent


async def is_anybody_next(work: Work, tx: Transaction, duty: Duty, now: datetime) -> bool:
    """Whether the climb that runs will ask anybody else, and with them whoever fell silent."""
    body = await body_of(tx, duty.case_id, Reader.LADDER)
    if body is None:
        return False
    there = await crowd(work, tx, duty.case_id, body, now)
    answered, _ = await _answered_and_silent(work, tx, duty)
    return is_next_asked(there, duty, ladder_of(duty), answered)


async def climb_now(tx: Transaction, duty: Duty, now: datetime) -> None:
    """Asks the next rung at once: everybody asked so far said that they cannot."""
    await tx.jobs.enqueue([climb_job(duty, now)])


async def exhaust(work: Work, tx: Transaction, duty: Duty, now: datetime) -> None:
    """Nobody is left to ask: the card, the desk and the employee are told. Never silence."""
    log.error("nobody_left_to_ask", duty=duty.kind)
    await tx.duties.save(replace(duty, state=DutyState.EXHAUSTED))
    await tx.history.append(duty.case_id, now, "system", "exhausted", {"duty": duty.kind})
    await desk_hears(work, tx, duty, now)
    if duty.kind in (DutyKind.CARE, DutyKind.FOLLOW_UP):
        await tx.jobs.enqueue([unmet_job(work, duty, now)])
    await refresh_about(tx, duty, now)


async def desk_hears(work: Work, tx: Transaction, duty: Duty, now: datetime) -> None:
    """The desk is asked to see to what the site was to do: nobody there does, or it is denied by
    the person for whom somebody there says that they did."""
    told = await tell_desk(work, tx, duty.case_id, now)
    if not told and duty.owner == Owner.SITE:
        await tell_desk_again(work, tx, duty, now)


def unmet_job(work: Work, duty: Duty, now: datetime) -> NewJob:
    """The clock that asks the desk for care or for a talk again, as it opens next."""
    due = work.policy.desk_hours.opens_after(now)
    return NewJob("unmet", duty.id, due, f"unmet:{duty.id}", PRIORITY["clock"])


async def tell_desk_again(
    work: Work, tx: Transaction, duty: Duty, now: datetime, *, calmly: bool = False
) -> None:
    """Who took the case knows nothing of this: a card that changes rings nobody's phone.

    Nobody at the desk is asked for what its reporter took back, for what they say is over or for
    care that they say has happened, nor for care that was still to come when the desk closed the
    case: its card says that nobody gave it. `calmly`: as on each later day.
    """
    case, body = await tx.cases.get(duty.case_id), await body_of(tx, duty.case_id)
    taken = first_of(await tx.duties.of_case(duty.case_id), DutyKind.TAKE)
    if case is None or body is None or taken is None or case.state is not CaseState.OPEN:
        return
    danger = duty.kind == DutyKind.SECOND_PERSON
    if await is_confirmed(tx, duty) or (danger and isinstance(body, ReportBody) and body.over_said):
        return
    anew = calmly or taken.state in (*ENDED, DutyState.EXHAUSTED)
    if not isinstance(body, ReportBody):
        if anew:
            await ask_desk_anew(work, tx, taken, body, now, calmly=calmly)
        return
    # Whoever is being asked to take a report in its time does not hear so that nobody comes.
    if (anew or danger) and not await _is_asked_at_once(tx, duty):
        everybody = danger and taken.state not in ENDED
        await follow_up(
            work, tx, duty.case_id, body, now, danger=danger, calmly=calmly, everybody=everybody
        )


async def _is_asked_at_once(tx: Transaction, duty: Duty) -> bool:
    """Whether the desk is being asked at this moment to speak with the person.

    Where nobody comes to them, since it was told so: who was asked for another reason was not.
    """
    running = first_of(await tx.duties.of_case(duty.case_id), DutyKind.FOLLOW_UP)
    if running is None or running.state in (*ENDED, DutyState.EXHAUSTED):
        return False
    at_once = not ladder_of(running).quiet_hours
    if duty.kind != DutyKind.SECOND_PERSON:
        return at_once
    return at_once and any(at <= running.started_at for at in await given_up(tx, duty))


async def ask_desk_anew(
    work: Work, tx: Transaction, taken: Duty, body: Body, now: datetime, *, calmly: bool = False
) -> None:
    """Everybody at the desk is asked to take a call once more, at once; `calmly`: one rung after
    the other."""
    due = rules.take(work.policy, Urgency.U0, place_of(work, site_by(work, body)), now).due_at
    again = replace(taken, due_at=due)
    if calmly:
        await ask_anew(work, tx, again, 0, now)
    else:
        await ask_everybody_anew(work, tx, again, now)


async def tell_desk(work: Work, tx: Transaction, case_id: str, now: datetime) -> bool:
    """The desk gets a card, and somebody there must take it, by name, like any case.

    False where the desk has been asked to take it before.
    """
    case, body = await tx.cases.get(case_id), await body_of(tx, case_id)
    if case is None or body is None:
        return True
    if all(card.kind != CardKind.DESK for card in await tx.cards.of_case(case_id)):
        desk = desk_of(work, exclusion_of(body)) or work.company.desk.channel
        await owe_card(work, tx, case_id, CardKind.DESK, desk, now, level="danger")
    if first_of(await tx.duties.of_case(case_id), DutyKind.TAKE) is not None:
        return False
    if case.state is not CaseState.OPEN:
        return True  # it has not left for the desk, which is to speak with its reporter alone
    place = place_of(work, site_by(work, body))
    spec = rules.take(work.policy, Urgency.U0, place, now)
    await bear_duties(work, tx, case_id, body, [spec], now)
    return True


async def chase_again(
    work: Work, tx: Transaction, duty: Duty, ladder: Ladder, step: int, now: datetime
) -> None:
    """Climbs the ladder anew from rung `step`: the duty turned out not to be done."""
    step = min(step, len(ladder.steps) - 1)
    await tx.jobs.cancel(duty.id, ("lapse",))
    await _climb_from(work, tx, _anew(duty, ladder, step, now), ladder, now)


def _anew(duty: Duty, ladder: Ladder, step: int, now: datetime) -> Duty:
    """A duty about to ask rung `step` as the first of a new climb."""
    return replace(
        duty,
        state=DutyState.OPEN,
        step=step - 1,
        # As if the rungs below had been asked in their time: what follows keeps its distance.
        chase_from=now - timedelta(minutes=_minutes_in(ladder, step)),
        climb=duty.climb + 1,
        round=0,
        asked_at=None,
        ended_at=None,
    )


async def ask_anew(work: Work, tx: Transaction, duty: Duty, step: int, now: datetime) -> None:
    """Chases a duty anew from rung `step`, and nobody's earlier answer holds for it any more."""
    await forget_answers(tx, duty)
    await chase_again(work, tx, duty, ladder_of(duty), step, now)


async def ask_everybody_anew(work: Work, tx: Transaction, duty: Duty, now: datetime) -> None:
    """Asks everybody who was ever asked about a duty of danger again, all at once.

    Nobody who calls a second time waits for one rung after the other once more.
    """
    await forget_answers(tx, duty)
    await ask_up_to(work, tx, duty, ladder_of(duty), await highest_asked(tx, duty), now)


async def ask_up_to(
    work: Work, tx: Transaction, duty: Duty, ladder: Ladder, rung: int, now: datetime
) -> None:
    """Chases a duty anew, with every rung up to this one at once; what follows keeps its distance.

    A rung that cannot be asked now has its usual time after the one before it.
    """
    await tx.jobs.cancel(duty.id, ("lapse",))
    last: Duty | None = None
    again: Duty | None = replace(_anew(duty, ladder, rung, now), step=-1)
    while again is not None and again.step < rung and again.state is DutyState.OPEN:
        if again == last:
            if again.asked_at is not None:
                clock = climb_job(again, max(now, next_climb_at(again, ladder)))
                await tx.jobs.enqueue([clock])
            return
        await _climb_from(work, tx, again, ladder, now)
        # Before it is known who works here no rung can be asked: its clock begins with the first.
        last, again = again, await tx.duties.get(duty.id) if work.directory.known else None


async def highest_asked(tx: Transaction, duty: Duty) -> int:
    """The highest rung that was ever asked."""
    return max((row.step for row in await tx.duties.nudges(duty.id)), default=0)


async def forget_answers(tx: Transaction, duty: Duty) -> None:
    """Nobody's answer to a duty holds any more."""
    rows = await tx.duties.seats(duty.id)
    await tx.duties.clear_seats(duty.id, [row.person_id for row in rows])


def _minutes_in(ladder: Ladder, step: int) -> int:
    rung = ladder.steps[step]
    return rung.after_minutes if rung.base == "start" else 0
