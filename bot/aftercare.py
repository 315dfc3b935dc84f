"""Care and what follows it: said to be done, asked of the employee, answered, or never answered."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from bot.births import bear_duties
from bot.bodies import ReportBody, pack, with_health
from bot.case_records import CaseState
from bot.case_work import (
    PRIORITY,
    Work,
    body_of,
    place_of,
    refresh_about,
    refresh_quietly,
    report_of,
    said_at,
    site_by,
)
from bot.follow_ups import follow_up
from bot.ports import Transaction
from bot.pressed import ALREADY, LATE, UNKNOWN, Pressed
from bot.return_address import owe_push
from bot.rights import Reader
from bot.rows import ENDED, end_duty, first_of, locked_duty, next_part, stands_nowhere
from bot.running_calls import STILL_NEEDED
from bot.work_records import Duty, DutyState, NewJob
from flows import duties as rules
from flows.aftercare import Word, needs_desk
from flows.case_view import CareWord, opened
from flows.commitments import DutyKind
from flows.phrases import Say, say

CARE_CONFIRMED, CARE_NOT_YET = OWN_WORDS = ("care_confirmed", "care_not_yet")
"""Lines of the history: the employee's own word about care."""


async def say_cared(
    work: Work, tx: Transaction, duty: Duty, now: datetime, *, by_desk: bool = False
) -> None:
    """Somebody says that care happened, `by_desk` where the desk gave it for the site. The employee
    is asked; silence ends it unconfirmed.

    Who took their report back, or has said so themselves, is not written to about it.
    """
    await tx.duties.save(replace(duty, state=DutyState.SAID_DONE))
    await tx.jobs.cancel(duty.id)
    case, body = await tx.cases.get(duty.case_id), await body_of(tx, duty.case_id)
    assert case is not None and body is not None
    if duty.owner == rules.Owner.DESK or by_desk:
        await _asked_afresh(tx, duty.case_id)
    if case.state is not CaseState.WITHDRAWN and not await is_confirmed(tx, duty):
        await owe_push(tx, duty.case_id, now)
    ends = work.policy.aftercare.ends_at(duty.started_at, site_by(work, body).zone)
    await tx.jobs.enqueue([_lapse_job(duty, max(ends, now + timedelta(days=1)))])
    await refresh_about(tx, duty, now)


async def _asked_afresh(tx: Transaction, case_id: str) -> None:
    """What they said of care before the desk gave it is no answer to what they are asked now."""
    body = await report_of(tx, case_id, Reader.OWN_WORD)
    if body is not None and opened(body.health).care_word is CareWord.NOT_YET:
        await tx.cases.set_body(case_id, pack(with_health(body, care_word=CareWord.NONE)))


async def is_confirmed(tx: Transaction, duty: Duty) -> bool:
    """Whether the reporter says that care happened, though the site is asked for it still.

    Its card goes on as if they had said nothing: it must not tell that somebody there has.
    """
    return await _last_word(tx, duty) == CARE_CONFIRMED


async def _last_word(tx: Transaction, duty: Duty) -> str | None:
    """What the reporter or caller last said of care that the site gives.

    Not of care for an earlier time: whoever called again is owed it anew.
    """
    if duty.kind != DutyKind.CARE or duty.owner != rules.Owner.SITE:
        return None
    facts = [line.fact for line in await tx.history.of_case(duty.case_id)]
    told = (*OWN_WORDS, STILL_NEEDED)
    last = next((fact for fact in reversed(facts) if fact in told), None)
    return None if last == STILL_NEEDED else last


def _lapse_job(duty: Duty, at: datetime) -> NewJob:
    return NewJob("lapse", duty.id, at, dedup=f"lapse:{duty.id}", priority=PRIORITY["clock"])


async def lapse(work: Work, tx: Transaction, duty_id: str, now: datetime) -> None:
    """A question or an offer of care that nobody ever answered ends by itself, counted apart.

    So does an offer of the site's that an unnamed reporter did answer: what they said stands on
    their page and with the desk, and the site's duty ends on one day whatever it was.
    """
    duty = await locked_duty(tx, duty_id)
    if duty is None or duty.state in ENDED:
        return
    asked = duty.kind in rules.ASKED_KINDS and duty.step >= 0
    if not asked and duty.state is not DutyState.SAID_DONE:
        return
    await end_duty(tx, duty, DutyState.UNCONFIRMED, now)
    if not await _is_answered(tx, duty):
        await tx.history.append(duty.case_id, now, "system", "unconfirmed", {"duty": duty.kind})
    await refresh_about(tx, duty, now)


async def _is_answered(tx: Transaction, duty: Duty) -> bool:
    """Whether the reporter said how it is with care, though its duty must not tell.

    With a name their "not yet" begins it anew, and that is what nobody answered.
    """
    body = await report_of(tx, duty.case_id)
    hidden = body is not None and body.report.hidden_from_site
    return hidden and await _last_word(tx, duty) is not None


async def ask_employee(work: Work, tx: Transaction, duty_id: str, now: datetime) -> None:
    """The day of a question has come: it stands on the employee's page until it is answered."""
    duty = await locked_duty(tx, duty_id)
    if duty is None or duty.state in ENDED or duty.step >= 0:
        return
    await tx.duties.save(replace(duty, step=0, asked_at=now))
    await tx.history.append(duty.case_id, now, "system", "asked_employee", {"duty": duty.kind})
    await owe_push(tx, duty.case_id, now)
    ends = now + timedelta(days=work.policy.aftercare.answer_days)
    await tx.jobs.enqueue([_lapse_job(duty, ends)])


async def check_in(work: Work, tx: Transaction, case_id: str, duty_id: str, detail: str) -> Pressed:
    """The employee's own answer. It goes to the desk, past every manager."""
    duty = await tx.duties.get(duty_id)
    body = await report_of(tx, case_id, Reader.OWN_WORD)
    if duty is None or body is None or duty.case_id != case_id:
        return UNKNOWN
    if duty.kind not in rules.ASKED_KINDS or detail not in list(Word):
        return UNKNOWN
    health, word = opened(body.health), Word(detail)
    said = health.check_ins
    if duty.step < 0 or (duty.state in ENDED and not _is_heard_late(duty, word, said)):
        return LATE
    now, kind = work.clock.now(), DutyKind(duty.kind)
    before = [answer for key, answer in said.items() if key.startswith(f"{kind.value}.")]
    body = with_health(body, check_ins={**said, f"{kind.value}.{duty.part}": word})
    await tx.cases.set_body(case_id, pack(body))
    at = said_at(work, body, now)
    if duty.state not in ENDED:
        await end_duty(tx, duty, DutyState.DONE, now, said=at)
    await tx.history.append(case_id, at, "reporter", "checked_in", {})
    sign = health.self_harm_hint or health.wishes_to_talk
    asked = needs_desk(kind, duty.part, word, before, sign=sign)
    if asked:
        await follow_up(work, tx, case_id, body, now)
        if kind is DutyKind.CHECK_IN and word is Word.HARD:
            await _offer_physician(work, tx, case_id, body, now)
    await refresh_quietly(tx, case_id, now)
    return Pressed(await _heard(tx, case_id, word, asked=asked), True)


def _is_heard_late(duty: Duty, word: Word, said: Mapping[str, Word]) -> bool:
    """Whether a page that is out of date brings what somebody has to hear all the same: that it is
    hard, or the wish to talk, where they have not said as much before."""
    before = said.get(f"{duty.kind}.{duty.part}")
    return word in {None: (Word.HARD, Word.TALK), Word.HARD: (Word.TALK,)}.get(before, ())


async def wish_to_talk(work: Work, tx: Transaction, case_id: str) -> Pressed:
    """Who sent a report would like to talk, whether they were asked or not.

    Not before it has left for the desk: until then nobody there may know of it.
    """
    case, body = await tx.cases.get(case_id), await report_of(tx, case_id, Reader.OWN_WORD)
    if case is None or body is None or case.state is CaseState.KEPT:
        return UNKNOWN
    now, wished = work.clock.now(), opened(body.health).wishes_to_talk
    body = with_health(body, wishes_to_talk=True)
    if not await follow_up(work, tx, case_id, body, now) and wished:
        return ALREADY
    await tx.cases.set_body(case_id, pack(body))
    at = said_at(work, body, now)
    await tx.history.append(case_id, at, "reporter", "wished_to_talk", {})
    await refresh_quietly(tx, case_id, now)
    return Pressed(await _heard(tx, case_id, Word.TALK, asked=True), True)


async def _heard(tx: Transaction, case_id: str, word: Word, *, asked: bool) -> Say:
    """What the employee reads after an answer: where it has not `asked` the desk, how they can.

    That the desk knows only where it can read of it.
    """
    nowhere = stands_nowhere(await tx.cards.of_case(case_id))
    if word is Word.TALK and nowhere:
        word = Word.HARD
    if word is Word.HARD and not (asked or nowhere):
        return say("own.checked_in.hard_first", talk=say("ask.check_in.talk"))
    return say(f"own.checked_in.{word.value}")


async def _offer_physician(
    work: Work, tx: Transaction, case_id: str, body: ReportBody, now: datetime
) -> None:
    """Hard again, or still, brings the company doctor into view, where the policy promises one.

    Also where the desk had found that none was needed: that was before it was. Not of a report
    that was taken back: the desk speaks with them, and owes nothing else.
    """
    case, duties = await tx.cases.get(case_id), await tx.duties.of_case(case_id)
    if case is None or case.state is CaseState.WITHDRAWN:
        return
    earlier = first_of(duties, DutyKind.PHYSICIAN)
    needless = earlier is None or earlier.state is DutyState.CLOSED
    if not work.policy.promises("in.physician") or not needless:
        return
    place, part = place_of(work, site_by(work, body)), next_part(duties, DutyKind.PHYSICIAN)
    spec = rules.by_a_day(work.policy, DutyKind.PHYSICIAN, place, now, part=part)
    await bear_duties(work, tx, case_id, body, [spec], now)


async def plan_next_contact(work: Work, tx: Transaction, case_id: str, now: datetime) -> None:
    """It is over: the second person becomes a plan for the next contact, owned by the desk.

    Where its reporter took it back the desk plans nothing.
    """
    case, body = await tx.cases.get(case_id), await report_of(tx, case_id)
    if case is None or body is None or case.state is CaseState.WITHDRAWN:
        return
    duties = await tx.duties.of_case(case_id)
    if first_of(duties, DutyKind.NEXT_CONTACT) is not None:
        return
    spec = rules.next_contact(work.policy, place_of(work, site_by(work, body)), now)
    await bear_duties(work, tx, case_id, body, [spec], now)
