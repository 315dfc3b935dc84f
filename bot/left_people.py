"""Whoever left the company's list cannot be the one who comes."""

from dataclasses import replace
from datetime import datetime

from bot.acceptances import expire
from bot.case_work import Work
from bot.ports import Transaction
from bot.rows import locked_duty


async def let_answers_run_out(work: Work) -> None:
    """The answers of people who are in the list no more run out at once, as with their time.

    By whoever has just read the list: in that process nobody who left is asked anew. Of several
    the first does it, and the others find nothing.
    """
    now = work.clock.now()
    async with work.storage.read() as tx:
        held = await tx.duties.holding()
    gone = [row for row in held if work.directory.person(row.person_id) is None]
    for duty_id in dict.fromkeys(row.duty_id for row in gone):
        async with work.storage.write() as tx:
            await _run_out(work, tx, duty_id, now)


async def _run_out(work: Work, tx: Transaction, duty_id: str, now: datetime) -> None:
    if await locked_duty(tx, duty_id) is None:
        return
    for row in await tx.duties.seats(duty_id):
        if row.expires_at is not None and work.directory.person(row.person_id) is None:
            await tx.duties.put_seat(replace(row, expires_at=now))
    await expire(work, tx, duty_id, now)
