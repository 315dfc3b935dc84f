"""Somebody says that they are on duty at a site, whatever the roster says."""

from datetime import timedelta

from bot.case_work import Work
from bot.company_records import OnDuty
from bot.ports import Transaction

LONGEST_DUTY = timedelta(hours=12)
"""A forgotten "I am on duty" ends by itself."""


async def go_on_duty(work: Work, person_id: str, site_id: str) -> OnDuty:
    """From now on this person is asked at this site, and nowhere else."""
    row = OnDuty(person_id, site_id, work.clock.now() + LONGEST_DUTY)
    async with work.storage.write() as tx:
        await _leave(work, tx, person_id)
        await tx.rosters.declare(row)
    return row


async def go_off_duty(work: Work, person_id: str) -> None:
    """The roster alone decides again."""
    async with work.storage.write() as tx:
        await _leave(work, tx, person_id)


async def _leave(work: Work, tx: Transaction, person_id: str) -> None:
    """They are where they said no longer, under whichever of their ids they said so."""
    person = work.directory.person(person_id)
    for id in {person_id, *((person.id, *person.aliases) if person else ())}:
        await tx.rosters.off_duty(id)


async def forget_old_duty(work: Work) -> None:
    """Deletes who was where: once the time has run out nobody need know any more."""
    async with work.storage.write() as tx:
        await tx.rosters.forget_run_out(work.clock.now())


async def on_duty_now(work: Work, person_id: str) -> OnDuty | None:
    """Where this person said to be, under whichever of their ids, while it lasts."""
    person, now = work.directory.person(person_id), work.clock.now()
    if person is None:
        return None
    async with work.storage.read() as tx:
        return work.directory.declared_by(person, now, await tx.rosters.on_duty(now))
