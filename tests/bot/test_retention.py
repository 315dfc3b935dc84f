"""What ended long enough ago is deleted, what is owed or held is not, and the proof still fits."""

import io
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.case_commands import verify_cases
from bot.case_records import CaseState
from bot.heads import HeadsKey, PinKind
from bot.heads_file import HeadsFile
from bot.pins import Pins
from bot.retention import Retention
from bot.retention_commands import hold_cases, purge_cases
from flows.outcomes import Visibility
from flows.presses import Verb
from tests.storage.databases import Database

CANARY = "カナリア-canary-7f3a"


@pytest.fixture
def heads(world, tmp_path: Path) -> HeadsFile:
    return HeadsFile(tmp_path / "heads", HeadsKey(world.service.work.index))


@pytest.fixture
def retention(world, heads: HeadsFile) -> Retention:
    return Retention(world.service.work, heads)


async def closed(people, world, words: str = CANARY):
    """A report whose work is done and whose aftercare is over."""
    case = await people.report(words=words)
    await world.works_off()
    await people.works_through(case)
    await people.at_desk(Verb.CLOSE, case)
    await world.leaps(days=130)
    return case


async def test_a_closed_case_goes_after_its_time_and_not_a_day_before(
    people, world, retention, rows: Callable[[], dict[str, int]]
) -> None:
    case = await closed(people, world)
    day = world.clock.present
    world.clock.present = day + timedelta(days=1825 - 131)
    assert (await retention.purge()).total == 0
    world.clock.present = day + timedelta(days=1825)
    assert (await retention.purge()).counts == {"closed": 1, "withdrawn": 0, "help": 0}
    left = rows()
    assert left["case_stub"] == 1
    assert {"case_file", "case_key", "history", "message", "duty", "job"} & set(left) == set()
    assert await people.duties(case) == {}


async def test_not_a_word_is_left_on_the_disk_even_for_whoever_has_the_key(
    people, world, retention, on_disk: Callable[[], bytes], tmp_path: Path
) -> None:
    case = await closed(people, world)
    assert case.public_id.encode() in on_disk()
    world.clock.passes(days=1825)
    await retention.purge()
    assert case.public_id.encode() not in on_disk()
    async with world.service.work.storage.read() as tx:
        assert await tx.cases.body(case.case_id) is None


async def test_a_report_that_is_open_or_waits_is_kept_whatever_its_age(
    people, world, retention
) -> None:
    await people.report()
    await people.report(visibility=Visibility.UNNAMED, send_now=False)
    world.clock.passes(days=9000)
    assert (await retention.purge()).total == 0


async def test_a_withdrawn_report_goes_sooner_and_one_sent_after_all_does_not(
    people, world, retention
) -> None:
    gone = await people.report(site_may_know=False)
    back = await people.report(site_may_know=False)
    for case in (gone, back):
        await people.say(case, Verb.WITHDRAW)
    await people.say(back, Verb.RESUME)
    await world.leaps(days=91)
    assert (await retention.purge()).counts["withdrawn"] == 1
    assert await people.duties(back) and not await people.duties(gone)


async def test_a_report_that_was_taken_back_is_kept_from_when_its_talk_turned_out_not_to_be_had(
    people, world, retention
) -> None:
    case = await people.report(site_may_know=False)
    await people.say(case, Verb.WRITE, words="I want to die.")
    await people.say(case, Verb.WITHDRAW)
    await people.at_desk(Verb.DUTY_DONE, await people.duty(case, "follow_up"))
    await world.leaps(days=60)
    assert (await people.at_desk(Verb.NOT_DONE, await people.duty(case, "follow_up"))).changed
    await people.at_desk(Verb.DUTY_DONE, await people.duty(case, "follow_up"))
    await world.leaps(days=60)
    assert (await retention.purge()).total == 0
    await world.leaps(days=31)
    assert (await retention.purge()).counts["withdrawn"] == 1


async def test_who_writes_while_old_reports_are_erased_is_not_erased_with_them(
    people, world, retention, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = await people.report(site_may_know=False)
    await people.say(case, Verb.WRITE, words="I want to die.")
    await people.at_desk(Verb.DUTY_DONE, await people.duty(case, "follow_up"))
    await people.say(case, Verb.WITHDRAW)
    await world.leaps(days=91)
    erase_one = retention._erase_one

    async def written_meanwhile(found, term):
        # Between the look and the erasing its sender, to whom the desk listens, writes again.
        written = await people.say(case, Verb.WRITE, words="Please call me.")
        assert written.notice.key == "talk.sent"
        return await erase_one(found, term)

    monkeypatch.setattr(retention, "_erase_one", written_meanwhile)
    assert (await retention.purge()).total == 0
    assert await people.duty(case, "follow_up"), "the desk is to speak with them"


async def test_a_call_for_help_goes_a_year_after_it_was_over(people, world, retention) -> None:
    over, running = await people.call(), await people.call("yotsuya")
    await people.say(over, Verb.FINE_NOW)
    await world.leaps(hours=2)  # nobody ends the other one
    for call in (over, running):
        await people.say(call, Verb.CARE_HAPPENED)  # nobody is asked for it day after day
    await world.leaps(days=60)
    async with world.service.work.storage.write() as tx:
        for duty in await tx.duties.of_case(running.case_id):
            assert duty.state != "open"
    world.clock.passes(days=366)
    purged = await retention.purge()
    assert purged.counts["help"] >= 1
    assert not await people.duties(over)


async def test_held_cases_stay_until_they_are_let_go(people, world, retention) -> None:
    case, out = await closed(people, world), io.StringIO()
    work = world.service.work
    assert await hold_cases(work, [case.public_id], held=True, out=out) == 0
    world.clock.passes(days=1825)
    purged = await retention.purge()
    assert (purged.total, purged.held) == (0, 1)
    await hold_cases(work, [case.public_id], held=False, out=out)
    assert (await people.facts(case))[-2:] == ["held", "let_go"]
    assert (await retention.purge()).total == 1
    assert await hold_cases(work, [case.public_id], held=True, out=out) == 1
    assert out.getvalue().splitlines() == [
        f"{case.public_id}: held",
        f"{case.public_id}: let go",
        f"{case.public_id}: unknown",
    ]


async def test_a_dry_run_counts_and_deletes_nothing(people, world, heads, rows) -> None:
    await closed(people, world)
    world.clock.passes(days=1825)
    before, out = rows(), io.StringIO()
    assert await purge_cases(world.service.work, heads, dry_run=True, out=out) == 0
    assert rows() == before and not heads.path.exists()
    assert out.getvalue().splitlines() == [
        "closed (1825 days after its end): 1 would be deleted",
        "withdrawn (90 days after its end): 0 would be deleted",
        "help (365 days after its end): 0 would be deleted",
        "Held whatever their age: 0.",
    ]


async def test_what_left_rightly_is_not_missed_and_what_was_taken_is(
    people, world, retention, heads
) -> None:
    await closed(people, world)
    taken = await people.report()
    work = world.service.work
    pins = Pins(work.storage, work.clock, heads)
    await pins.pin()
    world.clock.passes(days=1825)
    await retention.purge()
    await pins.pin()
    assert await verify_cases(work.storage, heads, [], io.StringIO()) == 0
    async with work.storage.write() as tx:
        case = await tx.cases.get(taken.case_id)
        await tx.endings.erase(case, "f" * 32, work.clock.now().date())
    out = io.StringIO()
    assert await verify_cases(work.storage, heads, [], out) == 1
    assert "a case is gone" in out.getvalue()


async def test_it_looks_once_a_day_by_itself(people, world, retention) -> None:
    case = await closed(people, world)
    await retention.look()
    async with world.service.work.storage.read() as tx:
        assert (await tx.cases.get(case.case_id)).state is CaseState.CLOSED
    world.clock.passes(days=1825)
    await retention.look()
    async with world.service.work.storage.read() as tx:
        assert await tx.cases.get(case.case_id) is None


async def test_a_case_that_does_not_open_keeps_no_other_from_being_deleted(
    people, world, heads: HeadsFile, tmp_path: Path
) -> None:
    first = await closed(people, world)
    await closed(people, world)
    # As where the service began without an older master key.
    Database(f"sqlite:///{tmp_path / 'mamori.db'}").sql(
        "UPDATE case_key SET wrapped = zeroblob(60) WHERE case_id = :id", id=first.case_id
    )
    world.clock.passes(days=1825)
    out = io.StringIO()
    assert await purge_cases(world.service.work, heads, dry_run=False, out=out) == 1
    assert "Could not be deleted, for they do not open: 1." in out.getvalue()
    async with world.service.work.storage.read() as tx:
        assert set(await tx.cases.public_ids()) == {first.case_id}
    left = [line for line in heads.lines() if line.pin.kind is PinKind.LEFT]
    assert len(left) == 1, "what is still there has not left"


async def test_what_was_forgotten_is_taken_off_the_disk_every_day(
    people, world, retention, monkeypatch: pytest.MonkeyPatch
) -> None:
    scrubbed: list[None] = []

    async def scrub() -> bool:
        scrubbed.append(None)
        return True

    monkeypatch.setattr(world.service.work.storage, "scrub", scrub)
    await people.report()
    await retention.look()
    assert scrubbed == [], "a start is no reason to rewrite tables"
    world.clock.passes(days=1)
    await retention.look()
    await retention.look()
    assert scrubbed == [None]


async def test_what_was_forgotten_is_taken_off_the_disk_where_the_service_begins_anew_each_night(
    world, monkeypatch: pytest.MonkeyPatch
) -> None:
    scrubbed: list[date] = []

    async def scrub() -> bool:
        scrubbed.append(world.clock.now().date())
        return True

    monkeypatch.setattr(world.service.work.storage, "scrub", scrub)
    for _ in range(3):
        begun_anew = Retention(world.service.work, None)
        for _ in range(3):
            await begun_anew.look()
            world.clock.passes(hours=1)
        world.clock.passes(hours=21)
    assert len(scrubbed) == 3 and len(set(scrubbed)) == 3
