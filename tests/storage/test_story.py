"""One report from the press to the desk, the whole service on each database in turn."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot import own_presses
from bot.case_work import QUIETLY, Work, card_job, refresh_quietly
from bot.duties import press_in_channel
from bot.filing import Filed, file_report
from bot.help_calls import call_help
from bot.messengers import Delivery
from bot.refreshes import refresh
from bot.return_address import own_reports
from bot.work_records import CardState, DutyState, Job, anywhere
from bot.worker import run_one_due
from flows.acts import Chip
from flows.assessment import Demand, Effect, Facts, Safety, assess
from flows.outcomes import Filing, Report, Visibility
from flows.presses import Press, Verb
from flows.screens import Card
from storage.jobs import JobRows
from tests.storage.databases import Database, waits_for_a_lock
from tests.support.world import FakePlatform, World, a_world

DESK = "chat:desk"
WORDS = "レジで一時間どなられました。"
Starting = Callable[[], World]


@pytest.fixture
async def starting(database: Database, tmp_path: Path) -> AsyncIterator[Starting]:
    """Starts processes of one service on one database."""
    worlds: list[World] = []

    def start() -> World:
        seed = len(worlds) + 1
        worlds.append(a_world(tmp_path, database.url, seed=seed, threads=True))
        return worlds[-1]

    yield start
    for world in worlds:
        await world.service.work.storage.close()


def a_filing(work: Work, visibility: Visibility = Visibility.UNNAMED) -> Filing:
    facts = Facts(
        safety=Safety.OVER,
        chips=frozenset({Chip.ABUSE}),
        effects=frozenset({Effect.DISTRESS}),
        demand=Demand.NO_FAULT,
    )
    report = Report(
        site_id=work.company.sites[0].id,
        safety=facts.safety,
        chips=tuple(facts.chips),
        effects=tuple(facts.effects or ()),
        demand=facts.demand,
        length=None,
        after_stop=None,
        injured=False,
        per_se=(),
        visibility=visibility,
        site_may_know=False,
    )
    return Filing(report=report, assessment=assess(facts))


async def file(world: World, secret: bytes = b"secret") -> Filed:
    work = world.service.work
    return await file_report(work, a_filing(work), secret, WORDS, "", "ja")


async def press(world: World, verb: Verb, subject: str, person: str) -> bool:
    work = world.service.work
    code = work.index.seal_press(Press(verb=verb, subject=subject), DESK)
    pressed, _ = await press_in_channel(work, DESK, code, person)
    return pressed.changed


async def next_rung(world: World, filed: Filed) -> datetime:
    """When the desk is asked again to take a report."""
    async with world.service.work.storage.read() as tx:
        duties = await tx.duties.of_case(filed.case_id)
        take = next(duty for duty in duties if duty.kind == "take")
        due = await tx.jobs.due_at(f"climb:{take.id}")
    assert due is not None
    return due


def verbs(world: World) -> set[Verb]:
    """What can be pressed on the desk's only card."""
    (card,) = world.platform.channel("desk")
    return {button.press.verb for button in card.buttons}


async def test_a_report_reaches_the_desk_and_is_taken(starting: Starting) -> None:
    world = starting()
    filed = await file(world)
    assert await world.works_off() > 0
    assert verbs(world) == {Verb.TAKE, Verb.DETAILS}
    assert await press(world, Verb.TAKE, filed.case_id, "sato")
    await world.works_off()
    assert verbs(world) == {Verb.DETAILS}
    async with world.service.work.storage.read() as tx:
        (card,) = await tx.cards.of_case(filed.case_id)
        duties = {duty.kind: duty for duty in await tx.duties.of_case(filed.case_id)}
        history = [line.fact for line in await tx.history.of_case(filed.case_id)]
        assert await tx.history.first_broken(filed.case_id) is None
    assert (card.address, card.state) == (DESK, CardState.SHOWN)
    assert card.ref is not None and card.first_shown_at == world.clock.now()
    assert duties["take"].state is DutyState.DONE
    assert history == ["filed", "delivered", "taken"]


async def test_nobody_takes_it_and_the_ladder_is_climbed(starting: Starting) -> None:
    world = starting()
    filed = await file(world)
    await world.works_off()
    world.clock.present = await next_rung(world, filed)
    await world.works_off()
    async with world.service.work.storage.read() as tx:
        history = [line.fact for line in await tx.history.of_case(filed.case_id)]
        assert await tx.duties.unscheduled() == await tx.cards.unscheduled() == 0
        assert await tx.jobs.overdue(world.clock.now()) == 0
    assert history[:2] == ["filed", "delivered"]
    assert set(history[2:]) == {"asked"}
    assert await next_rung(world, filed) > world.clock.now()


async def test_ten_equal_sends_at_one_moment_are_one_report(
    starting: Starting, database: Database
) -> None:
    processes = [starting(), starting()]
    filed = await asyncio.gather(*(file(processes[n % 2]) for n in range(10)))
    assert len(set(filed)) == 1
    assert database.value("SELECT count(*) FROM case_file") == 1
    assert database.value("SELECT count(*) FROM card") == 1


async def test_ten_equal_calls_for_help_at_one_moment_are_one_call(
    starting: Starting, database: Database
) -> None:
    processes = [starting(), starting()]
    site = processes[0].service.work.company.sites[0].id
    called = await asyncio.gather(
        *(call_help(processes[n % 2].service.work, site, b"secret", "ja") for n in range(10))
    )
    assert len(set(called)) == 1
    assert database.value("SELECT count(*) FROM case_file") == 1


async def test_help_pressed_as_the_visits_call_is_ended_is_a_call_that_runs(
    starting: Starting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who finds a call waits for whoever is ending it, and then calls anew."""
    here, there = starting(), starting()
    work, site = here.service.work, here.service.work.company.sites[0].id
    first = await call_help(work, site, b"one", "ja", b"visit")
    end = own_presses.end_help
    calling: list[asyncio.Task[Filed]] = []

    async def end_slowly(*args: Any, **words: Any) -> bool:
        changed = await end(*args, **words)
        again = call_help(there.service.work, site, b"two", "ja", b"visit")
        calling.append(asyncio.create_task(again))
        # Whatever it finds it finds now.
        await asyncio.wait(calling, timeout=0.5)
        return changed

    monkeypatch.setattr(own_presses, "end_help", end_slowly)
    code = work.index.seal_press(Press(verb=Verb.MISTAKE, subject=first.case_id), first.case_id)
    await own_presses.press_on_own_page(work, first.case_id, code)
    second = await calling[0]
    async with work.storage.read() as tx:
        (asked,) = await tx.duties.of_case(second.case_id)
    assert second.case_id != first.case_id and asked.state is DutyState.OPEN


async def test_named_reports_of_one_account_at_one_moment_are_all_kept_and_found_again(
    starting: Starting,
) -> None:
    processes = [starting().service.work, starting().service.work]

    async def send(work: Work, number: int) -> Filed:
        filing, secret = a_filing(work, Visibility.NAMED), bytes([number])
        return await file_report(work, filing, secret, WORDS, "Hanako", "ja", "hana", "slack:U1")

    filed = await asyncio.gather(*(send(processes[n % 2], n) for n in range(10)))
    async with processes[0].storage.read() as tx:
        found = await own_reports(processes[0], tx, "slack:U1")
    assert {case_id for case_id, _ in found} == {each.case_id for each in filed}


async def test_ten_different_reports_at_one_moment_are_ten_reports(starting: Starting) -> None:
    processes = [starting(), starting()]
    filed = await asyncio.gather(*(file(processes[n % 2], bytes([n])) for n in range(10)))
    assert len({one.case_id for one in filed}) == 10


async def test_two_people_who_take_it_at_one_moment_are_one_taker(starting: Starting) -> None:
    here, there = starting(), starting()
    filed = await file(here)
    await here.works_off()
    taken = await asyncio.gather(
        press(here, Verb.TAKE, filed.case_id, "sato"),
        press(there, Verb.TAKE, filed.case_id, "suzuki"),
    )
    assert sorted(taken) == [False, True]
    async with here.service.work.storage.read() as tx:
        facts = [line.fact for line in await tx.history.of_case(filed.case_id)]
        assert await tx.history.first_broken(filed.case_id) is None
    assert facts.count("taken") == 1


async def test_two_processes_deliver_each_card_once(starting: Starting) -> None:
    here, there = starting(), starting()
    there.platform = here.platform
    for number in range(5):
        await file(here, bytes([number]))
    await asyncio.gather(here.works_off(), there.works_off())
    assert len(here.platform.channel("desk")) == 5
    assert here.platform.calls == 5


class SlowPlatform(FakePlatform):
    """A platform whose answers are long under way, until a test says so."""

    def __init__(self) -> None:
        super().__init__(reads_back=True)
        self.called, self.answers_now = asyncio.Event(), asyncio.Event()

    async def post(self, channel: str, card: Card, key: str, thread: str | None) -> Delivery:
        self.called.set()
        await self.answers_now.wait()
        return await super().post(channel, card, key, thread)


async def test_a_card_under_way_that_changes_meanwhile_is_not_sent_by_another_process_too(
    starting: Starting,
) -> None:
    one, other = starting(), starting()
    platform = one.platform = other.platform = SlowPlatform()
    filed = await file(one)
    sending = asyncio.create_task(one.works_off())
    await platform.called.wait()
    assert await press(other, Verb.TAKE, filed.case_id, "sato")
    working = asyncio.create_task(other.works_off())
    # Whatever the other process finds to do it begins now.
    await asyncio.wait([working], timeout=1)
    platform.answers_now.set()
    await asyncio.gather(sending, working)
    await one.works_off()
    assert verbs(one) == {Verb.DETAILS}


async def test_two_processes_keep_one_channels_pace(starting: Starting) -> None:
    here, there = starting(), starting()
    there.platform = here.platform
    here.platform.gap_seconds = 1.0
    for number in range(3):
        await file(here, bytes([number]))
    for posted in (1, 2, 3, 3):
        await asyncio.gather(here.works_off(), there.works_off())
        assert here.platform.calls == posted
        here.clock.passes(seconds=1)
        there.clock.passes(seconds=1)


async def test_a_press_and_a_clock_at_one_moment_both_go_through(
    starting: Starting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who holds a job's row and wants the case must not meet who holds the case and the job."""
    here, there = starting(), starting()
    filed = await file(here)
    await here.works_off()
    here.clock.present = there.clock.present = await next_rung(here, filed)
    in_hand = asyncio.Event()
    end = JobRows.done

    async def end_slowly(self: JobRows, job: Job) -> bool:
        ended = await end(self, job)
        in_hand.set()
        for _ in range(200):  # long enough for the press to take what it can get
            await asyncio.sleep(0)
        return ended

    async def press_meanwhile() -> bool:
        await in_hand.wait()
        return await press(here, Verb.TAKE, filed.case_id, "sato")

    monkeypatch.setattr(JobRows, "done", end_slowly)
    with capture_logs() as said:
        pressed, _ = await asyncio.gather(
            press_meanwhile(), run_one_due(there.service.work, {"chat": here.platform})
        )
    assert pressed
    assert [line for line in said if line["log_level"] == "error"] == []


async def test_a_look_at_a_case_waits_for_whoever_changes_it(
    on_postgres: Database, tmp_path: Path
) -> None:
    """They owe a card and then a look; the look ends itself and then owes the card."""
    world = a_world(tmp_path, on_postgres.url, threads=True)
    work, now = world.service.work, world.clock.now()
    filed = await file(world)
    await world.works_off()
    assert await press(world, Verb.TAKE, filed.case_id, "sato")
    async with work.storage.write() as tx:
        job = await tx.jobs.claim(now, 60, {}, anywhere)
    assert job is not None and job.kind == QUIETLY
    async with work.storage.write() as tx:
        await tx.cases.lock(filed.case_id)
        (card,) = await tx.cards.of_case(filed.case_id)
        await tx.jobs.enqueue([card_job(card, now)])
        look = asyncio.create_task(refresh(work, job))
        await waits_for_a_lock(on_postgres)
        await refresh_quietly(tx, filed.case_id, now)
    await look
    await work.storage.close()
