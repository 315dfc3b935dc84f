"""The desk is to speak with somebody: a talk that is owed until the desk says that it was had."""

from datetime import datetime

from bot.births import bear_duties
from bot.bodies import ReportBody
from bot.case_records import Case, CaseState
from bot.case_work import CardKind, Work, owe_card, place_of, reopen, said_at, site_by
from bot.exclusions import desk_of, exclusion_of
from bot.ports import Transaction
from bot.return_address import keep_for_a_talk
from bot.rows import ENDED, end_duty, first_of, ladder_of, next_part
from bot.work_records import Duty, DutyState
from flows import duties as rules
from flows.aftercare import any_needs_desk
from flows.case_view import opened
from flows.commitments import DutyKind
from flows.ladders import AT_DESK


async def follow_up(
    work: Work,
    tx: Transaction,
    case_id: str,
    body: ReportBody,
    now: datetime,
    *,
    danger: bool = False,
    calmly: bool = False,
    everybody: bool = False,
) -> bool:
    """The desk is to speak with this person now. One at a time: a second sign joins the first, and
    nobody is asked once more for it: then False.

    Not a first one that nobody at the desk answered: then they are asked again. `calmly`: each
    of them once. `everybody`: all at once, whoever leads the desk too.
    """
    case = await tx.cases.get(case_id)
    if case is not None and not calmly:
        # To be asked for on a further day keeps it no longer: this counts from their last word.
        await keep_until_heard(work, tx, case, body, now)
    await reopen(tx, case_id, said_at(work, body, now))
    await _card_at_desk(work, tx, case_id, body, now)
    duties = await tx.duties.of_case(case_id)
    last, part = first_of(duties, DutyKind.FOLLOW_UP), next_part(duties, DutyKind.FOLLOW_UP)
    owed = last if last is not None and last.state not in ENDED else None
    # Whatever else brings the next one: nobody has spoken yet with who may be in danger.
    danger_owed = owed is not None and not ladder_of(owed).quiet_hours
    place = place_of(work, site_by(work, body))
    spec = rules.follow_up(work.policy, place, now, part, danger=danger or danger_owed)
    if calmly:
        once = spec.ladder.model_copy(update={"repeats": 0})
        spec = spec.model_copy(update={"ladder": once})
    if owed is not None:
        if not danger and owed.state is not DutyState.EXHAUSTED:
            return False
        await end_duty(tx, owed, DutyState.CLOSED, now)  # this one takes its place
        if owed.state is DutyState.OPEN and danger_owed:
            spec = _as_far_as(owed, spec, now)
    if everybody:
        spec = spec.model_copy(update={"at_once_up_to": spec.ladder.last_of(AT_DESK)})
    await bear_duties(work, tx, case_id, body, [spec], now)
    return True


async def keep_until_heard(
    work: Work, tx: Transaction, case: Case, body: ReportBody, now: datetime
) -> None:
    """Nothing of a report is erased, nor is its sender out of reach, before they were heard."""
    if case.state is CaseState.WITHDRAWN:
        await tx.endings.end(case.id, now.date())
    await keep_for_a_talk(work, tx, case.id, body, now)


def _as_far_as(running: Duty, spec: rules.DutySpec, now: datetime) -> rules.DutySpec:
    """Whoever writes in danger again and again is not put off by that.

    Who is asked next is asked when they were to be, and everybody who was asked before is asked
    again at once: nobody waits for one rung after the other once more.
    """
    due = running.due_at if running.due_at > now else spec.due_at
    return spec.model_copy(update={"due_at": due, "at_once_up_to": running.step})


async def call_off_for_care(
    tx: Transaction, case_id: str, body: ReportBody, now: datetime, *, said: datetime
) -> None:
    """Care happened: the desk need not speak with them, where nothing but care was missing.

    Not where they may be in danger, or asked for the desk in an answer of theirs at any time:
    only the desk itself says that it has spoken with them then.
    """
    duties = sorted(await tx.duties.of_case(case_id), key=lambda duty: duty.part)
    signs = [duty for duty in duties if duty.kind == DutyKind.FOLLOW_UP]
    spoken = max((n for n, d in enumerate(signs, 1) if d.state is DutyState.DONE), default=0)
    danger = any(not ladder_of(duty).quiet_hours for duty in signs[spoken:])
    running = first_of(signs, DutyKind.FOLLOW_UP)
    if running is None or running.state in ENDED or danger or asked_for_desk(body):
        return
    await end_duty(tx, running, DutyState.CLOSED, now, said=said)


def asked_for_desk(body: ReportBody) -> bool:
    """Whether they wished to talk, or any answer to a check-in so far brought the desk."""
    health = opened(body.health)
    keys = ((key.partition("."), word) for key, word in health.check_ins.items())
    answers = ((DutyKind(kind), int(day), word) for (kind, _, day), word in keys)
    return health.wishes_to_talk or any_needs_desk(answers, sign=health.self_harm_hint)


async def _card_at_desk(
    work: Work, tx: Transaction, case_id: str, body: ReportBody, now: datetime
) -> None:
    """A report that was taken back before it left for the desk has no card there so far."""
    if all(card.kind != CardKind.DESK for card in await tx.cards.of_case(case_id)):
        desk = desk_of(work, exclusion_of(body)) or work.company.desk.channel
        await owe_card(work, tx, case_id, CardKind.DESK, desk, now, level="danger")
