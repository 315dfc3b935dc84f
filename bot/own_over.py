"""The reporter says that what went on when they reported is over, or that they are safe."""

from datetime import datetime, timedelta

from bot.aftercare import plan_next_contact
from bot.bodies import pack
from bot.case_records import CaseState
from bot.case_work import PRIORITY, Work, refresh_quietly, report_of, said_at
from bot.ports import Transaction
from bot.pressed import ALREADY, LATE, UNKNOWN, Pressed
from bot.rights import Reader
from bot.rows import ENDED, end_duty, locked_duty, stands_nowhere
from bot.work_records import DutyState, NewJob
from flows.commitments import DutyKind
from flows.duties import Owner
from flows.phrases import say
from flows.scene import DELAY_MINUTES


async def say_over(work: Work, tx: Transaction, case_id: str, duty_id: str) -> Pressed:
    """Nobody need come any more. The desk reads it at once.

    Where the site may not know who reported it ends there after a random while, as long as a
    report without a name waits: else whoever just held a phone would be known.
    """
    duty = await tx.duties.get(duty_id)
    case, body = await tx.cases.get(case_id), await report_of(tx, case_id, Reader.OWN_WORD)
    known = duty is not None and duty.case_id == case_id and duty.kind == DutyKind.SECOND_PERSON
    if duty is None or case is None or body is None or not known or duty.owner != Owner.SITE:
        return UNKNOWN
    if duty.state in ENDED or case.state is CaseState.WITHDRAWN:
        return LATE
    if body.over_said:
        return ALREADY
    now, hidden = work.clock.now(), body.report.hidden_from_site
    await tx.cases.set_body(case_id, pack(body.model_copy(update={"over_said": True})))
    await tx.history.append(case_id, said_at(work, body, now), "reporter", "own_over", {})
    if hidden:
        later = now + timedelta(minutes=work.entropy.between(*DELAY_MINUTES))
        clock = NewJob("own_over", duty.id, later, f"own_over:{duty.id}", PRIORITY["clock"])
        await tx.jobs.enqueue([clock])
    else:
        await end_at_site(work, tx, duty.id, now)
    await refresh_quietly(tx, case_id, now)
    if not hidden:
        return Pressed(say("own.over"), True)
    read = not stands_nowhere(await tx.cards.of_case(case_id))
    return Pressed(say("own.over_later" if read else "own.over_later.noted"), True)


async def end_at_site(work: Work, tx: Transaction, duty_id: str, now: datetime) -> None:
    """The site is asked no more, and the next contact is planned, as where somebody who came
    says that it is over."""
    duty = await locked_duty(tx, duty_id)
    if duty is None or duty.state in ENDED:
        return
    await end_duty(tx, duty, DutyState.DONE, now)
    await plan_next_contact(work, tx, duty.case_id, now)
