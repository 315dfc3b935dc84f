"""Somebody says that they are on duty at a site, whatever the roster says."""

from datetime import timedelta

from bot.case_work import Work
from bot.company_records import OnDuty

LONGEST_DUTY = timedelta(hours=12)
"""A forgotten "I am on duty" ends by itself."""


async def go_on_duty(work: Work, person_id: str, site_id: str) -> OnDuty:
    """From now on this person is asked at this site, and nowhere else."""
    row = OnDuty(person_id, site_id, work.clock.now() + LONGEST_DUTY)
    async with work.storage.write() as tx:
        await tx.rosters.declare(row)
    return row


async def go_off_duty(work: Work, person_id: str) -> None:
    """The roster alone decides again."""
    person = work.directory.person(person_id)
    async with work.storage.write() as tx:
        for id in {person_id, *((person.id, *person.aliases) if person else ())}:
            await tx.rosters.off_duty(id)


async def forget_old_duty(work: Work) -> None:
    """Deletes who was where: once the time has run out nobody need know any more."""
    async with work.storage.write() as tx:
        await tx.rosters.forget_run_out(work.clock.now())


async def on_duty_until(work: Work, person_id: str, site_id: str) -> OnDuty | None:
    """What this person said about this site, while it lasts."""
    return next((r for r in await on_duty_now(work, person_id) if r.site_id == site_id), None)


async def on_duty_now(work: Work, person_id: str) -> tuple[OnDuty, ...]:
    """Everywhere that this person said to be, under whichever of their ids, while it lasts."""
    async with work.storage.read() as tx:
        rows = await tx.rosters.on_duty(work.clock.now())
    id_now = work.directory.id_now
    own = (row for row in rows if id_now(row.person_id) == id_now(person_id))
    last = {row.site_id: row for row in sorted(own, key=lambda row: row.until)}
    return tuple(last[site_id] for site_id in sorted(last))
