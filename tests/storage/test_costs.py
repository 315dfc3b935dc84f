"""What storage asks of a database: few statements, and no more work the more is open."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import pytest

from bot.case_records import Part
from bot.work_records import NewJob
from storage.drivers import Link
from storage.engines import open_pools
from storage.keyring import Keyring
from storage.store import SqlStorage, SqlTransaction
from tests.bench.many_cases import NOW, clocks, fill
from tests.bench.plain_sqlite import Driver
from tests.storage.databases import (
    MASTER,
    Database,
    a_body,
    a_card,
    a_case,
    a_duty,
    a_nudge,
    after,
    draft_mac,
    file_case,
)
from tests.support.world import SeededEntropy

LEASE = 60
GAPS = {"chat": 1.0}
# Fewer rows than these PostgreSQL reads at once, which costs it less than an index.
FEW, MANY = range(4_000), range(4_000, 20_000)
READ = "SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0)) FROM pg_stat_xact_user_tables"

# --- statements


@dataclass
class Counted:
    """A storage on SQLite that counts what it sends."""

    storage: SqlStorage
    driver: Driver

    def sent(self) -> int:
        """How many statements were sent since the last look, BEGIN and COMMIT left out."""
        count = len([each for each in self.driver.statements if each.split()[0] not in ENDS])
        self.driver.statements.clear()
        return count


ENDS = ("PRAGMA", "BEGIN", "COMMIT")


@pytest.fixture
async def counted(on_sqlite: Database) -> AsyncIterator[Counted]:
    driver, chance = Driver(), SeededEntropy().bytes
    storage = SqlStorage(on_sqlite.url, Keyring(MASTER, chance), chance, sqlite_driver=driver)
    yield Counted(storage, driver)
    await storage.close()


async def test_filing_a_case_with_a_dozen_duties_takes_eleven_statements(counted: Counted) -> None:
    case = a_case()
    duties = [replace(a_duty(case, f"kind{n}"), part=n) for n in range(12)]
    async with counted.storage.write() as tx:
        assert await tx.cases.by_draft(draft_mac(1)) is None
        await tx.cases.add(case, a_body(b"words"), draft_mac(1))
        await tx.duties.add(duties)
        await tx.duties.add_nudges([a_nudge(duty, n) for n, duty in enumerate(duties)])
        await tx.cards.add(a_card(case))
        await tx.history.append(case.id, NOW, "reporter", "filed", {})
        await tx.jobs.enqueue([NewJob("climb", duty.id, NOW, duty.id) for duty in duties])
    assert counted.sent() == 11


async def test_a_whole_case_takes_six_statements_whatever_is_opened(counted: Counted) -> None:
    case = await file_case(counted.storage)
    counted.sent()
    async with counted.storage.read() as tx:
        assert (await tx.cases.whole(case.id)).case == case
    assert counted.sent() == 6
    async with counted.storage.read() as tx:
        assert (await tx.cases.whole(case.id, opening=Part)).body == a_body()
    assert counted.sent() == 6


@pytest.mark.parametrize(("pace", "statements"), [("", 2), ("chat:desk", 3)])
async def test_a_claim_takes_three_statements_at_most_and_its_end_one(
    counted: Counted, pace: str, statements: int
) -> None:
    async with counted.storage.write() as tx:
        await tx.jobs.enqueue([NewJob("card", "a", NOW, "a", pace=pace)])
    counted.sent()
    async with counted.storage.write() as tx:
        job = await tx.jobs.claim(NOW, LEASE, GAPS)
    assert counted.sent() == statements
    async with counted.storage.write() as tx:
        assert await tx.jobs.done(job)
    assert counted.sent() == 1


# --- work


@dataclass
class Working:
    """A transaction whose work is counted: SQLite's instructions, or the rows PostgreSQL read."""

    tx: SqlTransaction
    link: Link
    driver: Driver

    async def done_for(self, action: Callable[[SqlTransaction], Awaitable[object]]) -> int:
        """How much work an action was."""
        before = await self._so_far()
        await action(self.tx)
        return await self._so_far() - before

    async def _so_far(self) -> int:
        if self.link.database == "sqlite":
            return self.driver.steps
        return int((await self.link.fetch(READ, ()))[0][0] or 0)


@asynccontextmanager
async def working(database: Database) -> AsyncIterator[Working]:
    """A transaction that is undone in the end."""
    driver, chance = Driver(), SeededEntropy().bytes
    access, _ = open_pools(database.url, driver)
    link = await access.begin()
    try:
        yield Working(SqlTransaction(link, Keyring(MASTER, chance), chance), link, driver)
    finally:
        await access.pool.abandon(link)


async def take_a_dozen(tx: SqlTransaction) -> None:
    """More often than a database needs to think that it knows a statement."""
    for _ in range(12):
        assert await tx.jobs.done(await tx.jobs.claim(NOW, LEASE, GAPS))


async def work_of_taking(database: Database, held_messages: int = 0) -> int:
    """How much work it is to take a dozen of what is due, with this in its way."""
    held = [
        NewJob("card", f"{n}", after(minutes=-1), f"{n}", 0, pace="chat:desk")
        for n in range(held_messages)
    ]
    async with working(database) as work:
        await work.tx.jobs.hold("chat:desk", after(minutes=5), NOW)
        await work.tx.jobs.enqueue([*clocks(12, NOW), *held])
        return await work.done_for(take_a_dozen)


QUESTIONS: dict[str, Callable[[SqlTransaction], Awaitable[object]]] = {
    "claim": lambda tx: tx.jobs.claim(NOW, LEASE, GAPS),
    "next_due": lambda tx: tx.jobs.next_due(),
    "overdue": lambda tx: tx.jobs.overdue(NOW),
    "due": lambda tx: tx.jobs.due(NOW),
    "failing": lambda tx: tx.jobs.failing(3),
    "held_up": lambda tx: tx.jobs.held_up(NOW, 2),
    "ahead_of": lambda tx: tx.duties.ahead_of(NOW, 0),
    "exhausted": lambda tx: tx.duties.exhausted(),
    "taken_back_at": lambda tx: tx.cases.taken_back_at("desk", 50),
    "called_since": lambda tx: tx.cases.called_since(NOW),
    "owed_cards": lambda tx: tx.cards.unscheduled(),
    "failed_cards": lambda tx: tx.cards.failed(),
    "waiting": lambda tx: tx.cards.waiting("chat:desk", "desk", 50),
    "running_since": lambda tx: tx.cards.running_since("chat:desk", "desk", NOW),
    "alerted_since": lambda tx: tx.cards.alerted_since("chat:desk", "desk", NOW),
    "asked_about_list": lambda tx: tx.duties.asked_about_list("list", "take", NOW, NOW),
    "newest_line": lambda tx: tx.history.newest(),
    "grown": lambda tx: tx.history.grown(MANY.stop * 100, 50),
}


async def work_of_everything(database: Database) -> dict[str, int]:
    """How much work it is to take a dozen jobs, and to ask what is asked again and again."""
    async with working(database) as work:
        asked = {name: await work.done_for(ask) for name, ask in QUESTIONS.items()}
    taken = {f"taking, {n} held": await work_of_taking(database, n) for n in (1, 1_000)}
    return asked | taken


async def work_of_looking_for_every_clock(database: Database) -> int:
    async with working(database) as work:
        assert await work.tx.duties.unscheduled() == 0
        return await work.done_for(lambda tx: tx.duties.unscheduled())


async def test_what_is_done_often_is_no_more_work_the_more_is_open_or_held(database) -> None:
    fill(database.url, FEW)
    few, every_clock = (
        await work_of_everything(database),
        await work_of_looking_for_every_clock(database),
    )
    assert few["taking, 1000 held"] <= few["taking, 1 held"] * 1.1
    fill(database.url, MANY)
    many = await work_of_everything(database)
    assert {name: work for name, work in many.items() if work > few[name] * 1.1} == {}
    # Only this reads every open duty: once each.
    times = MANY.stop / FEW.stop
    assert await work_of_looking_for_every_clock(database) <= every_clock * times * 1.1
