"""What had ended is owed anew: its report is sent after all, or "done" was pressed by mistake."""

from dataclasses import replace
from datetime import datetime

from bot.asking import asked_by_card, climb_job, next_climb_at
from bot.case_work import Work
from bot.nudges import ask_anew, forget_answers
from bot.ports import Transaction
from bot.rows import ladder_of
from bot.work_records import Duty, DutyState


async def owe_anew(work: Work, tx: Transaction, duty: Duty, now: datetime) -> None:
    """Takes up a duty that had ended, by when it says, and asks whoever is asked for it first.

    Of what only stands on a card nobody is reminded before its day comes again.
    """
    if not asked_by_card(duty) or duty.due_at <= now:
        await ask_anew(work, tx, duty, 0, now)
        return
    await forget_answers(tx, duty)
    again = replace(
        duty,
        state=DutyState.OPEN,
        step=0,
        chase_from=now,
        climb=duty.climb + 1,
        round=0,
        asked_at=now,
        ended_at=None,
    )
    await tx.duties.save(again)
    await tx.jobs.enqueue([climb_job(again, next_climb_at(again, ladder_of(again)))])
