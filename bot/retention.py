"""Retention: what ended long enough ago is deleted for good, and only figures stay."""

import asyncio
from dataclasses import dataclass, replace
from datetime import date, timedelta

import structlog

from bot.case_records import Case, CaseKind, CaseState
from bot.case_work import Work
from bot.heads import Pin, PinKind
from bot.heads_file import HeadsFile
from bot.keys import new_id
from bot.ports import Transaction
from bot.return_address import forget_row, row_of
from flows.policy import Policy

log = structlog.get_logger()

EVERY_SECONDS = 3600.0
AT_ONCE = 100
"""Cases looked up in one transaction."""


@dataclass(frozen=True)
class Term:
    """Cases of this kind that stand like this are kept for so many days after they ended."""

    name: str
    kind: CaseKind
    state: CaseState
    days: int


def terms(policy: Policy) -> tuple[Term, ...]:
    """The pack's times. A report that is open or waits is kept whatever its age."""
    kept = policy.retention
    return (
        Term("closed", CaseKind.REPORT, CaseState.CLOSED, kept.closed_days),
        Term("withdrawn", CaseKind.REPORT, CaseState.WITHDRAWN, kept.withdrawn_days),
        Term("help", CaseKind.HELP, CaseState.OPEN, kept.help_days),
    )


@dataclass(frozen=True)
class Purged:
    """How many cases of each term were erased, or would be; and how many are held back."""

    counts: dict[str, int]
    held: int
    kept: int = 0
    """Could not be erased, as where the master key of a case is missing."""
    scrubbed: bool = False
    """What was deleted is out of the database's files, too."""

    @property
    def total(self) -> int:
        """All that were erased."""
        return sum(self.counts.values())


class Retention:
    """Erases what is over. Every process may run it: a case is erased once."""

    def __init__(self, work: Work, heads: HeadsFile | None) -> None:
        self._work = work
        self._heads = heads
        self._looked_on: date | None = None
        self._scrubbed_on: date | None = None

    async def run_forever(self) -> None:
        """Once a day, until it is cancelled."""
        while True:
            try:
                await self.look()
            except Exception as error:  # noqa: BLE001  a database outage must not end it
                log.error("purge_failed", error=type(error).__name__)
            await asyncio.sleep(EVERY_SECONDS)

    async def look(self) -> None:
        """Erases what is over, if this process has not done so today."""
        today, first = self._work.clock.now().date(), self._looked_on is None
        if self._looked_on != today:
            purged = await self.purge()
            if purged.scrubbed:
                self._scrubbed_on = today
            self._looked_on = today
            log.info("purged", cases=purged.total, held=purged.held, kept=purged.kept)
        # Addresses were forgotten since yesterday, perhaps; what the log still holds goes too. Not
        # at a start, for a service may die and begin again and again; but an hour after each.
        if not first and self._scrubbed_on != today and await self._scrub():
            self._scrubbed_on = today

    async def purge(self, *, dry_run: bool = False) -> Purged:
        """Erases every case whose time is over. `dry_run`: only counts them."""
        counts: dict[str, int] = {}
        unopened: set[str] = set()
        for term in terms(self._work.policy):
            counts[term.name] = await (
                self._count(term) if dry_run else self._erase(term, unopened)
            )
        async with self._work.storage.read() as tx:
            held = await tx.endings.held()
        purged = Purged(counts, held, kept=len(unopened))
        if dry_run or not purged.total:
            return purged
        return replace(purged, scrubbed=await self._scrub())

    async def _scrub(self) -> bool:
        done = await self._work.storage.scrub()
        if not done:
            log.warning("scrub_put_off")
        return done

    def _ended_by(self, term: Term) -> date:
        return self._work.clock.now().date() - timedelta(days=term.days)

    async def _count(self, term: Term) -> int:
        async with self._work.storage.read() as tx:
            return len(await self._over(tx, term, limit=1_000_000))

    async def _over(self, tx: Transaction, term: Term, limit: int = AT_ONCE) -> list[Case]:
        return list(await tx.endings.over(term.kind, term.state, self._ended_by(term), limit))

    async def _erase(self, term: Term, unopened: set[str]) -> int:
        """One that cannot be erased keeps no other one: it is left, and told."""
        erased = 0
        while True:
            async with self._work.storage.read() as tx:
                cases = await self._over(tx, term, AT_ONCE + len(unopened))
            cases = [case for case in cases if case.id not in unopened]
            if not cases:
                return erased
            for case in cases:
                try:
                    erased += await self._erase_one(case, term)
                except Exception as error:  # noqa: BLE001  whatever it is, the others are over
                    log.error("case_not_erased", error=type(error).__name__)
                    unopened.add(case.id)

    async def _say_it_leaves(self, case: Case) -> None:
        """Before it does: a case that is missing and did not leave rightly is an alarm."""
        if self._heads is None:
            return
        now, key = self._work.clock.now(), self._heads.key
        await self._heads.append([Pin(PinKind.LEFT, now, case=key.case(case.public_id))])

    async def _erase_one(self, case: Case, term: Term) -> int:
        """In a transaction of its own, all of it looked up again: the case may have been taken up
        meanwhile, or its sender have written, to whom the desk then listens."""
        work = self._work
        async with work.storage.write() as tx:
            now = await tx.cases.lock(case.id)
            if now is None or not await tx.endings.is_over(case, self._ended_by(term)):
                return 0
            row, today = await row_of(tx, case.id), work.clock.now().date()
            erased = await tx.endings.erase(now, new_id(work.entropy), today)
            if erased:  # not where it is held back since
                await forget_row(tx, case.id, row)
                await self._say_it_leaves(case)
            return int(erased)
