"""A service that begins: nobody is passed over, and nobody kept out reads along, before the roster
of who works here is read; also where it cannot be."""

import asyncio
import io
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from bot import worker
from bot.audits import audit
from bot.case_records import CaseState
from bot.company import read_company
from bot.conversations import Conversations
from bot.directory import refresh
from bot.roster_commands import import_roster
from bot.sealed_lists import SealedLists, Visitor
from bot.serving import listen, running
from bot.work_records import DutyState
from flows.assessment import Safety
from flows.ladders import Role
from flows.outcomes import Visibility
from flows.presses import Verb
from tests.bot.conftest import People
from tests.bot.test_exclusions import TellingPlatform, shown_to
from tests.support.world import COMPANY, World, a_world

STAFF = read_company(COMPANY).people


@pytest.fixture
async def world(tmp_path: Path, quick: None) -> AsyncIterator[World]:
    """A company whose people stand in the roster alone, as the guide says; nobody has read it."""
    company = tmp_path / "company.yaml"
    company.write_text(COMPANY.read_text("utf-8").partition("people:")[0], "utf-8")
    world = a_world(tmp_path, company=company)
    world.platform = TellingPlatform()
    work = world.service.work
    await import_roster(STAFF, work.directory, work.storage, world.clock.now(), io.StringIO())
    work.directory.begins()
    yield world
    await work.storage.close()


async def is_read(world: World) -> None:
    await refresh(world.service.work.directory, world.service.work.storage)


async def cannot_be_opened(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first look at the roster, without the key that opens it."""

    def not_opened(*_: object) -> bytes:
        raise ValueError("not the right key")

    with monkeypatch.context() as wrong:
        wrong.setattr("storage.keyring.Keyring.open", not_opened)
        await is_read(world)


def asked_first(world: World) -> set[str]:
    return {m.channel for m in world.platform.messages.values() if m.channel.startswith("@")}


# --- the roster is not read yet


async def test_a_call_before_the_roster_is_read_asks_the_managers_as_soon_as_it_is(
    world: World, people: People
) -> None:
    call = await people.call()
    await is_read(world)
    await world.works_off()
    assert asked_first(world) == {"@tanaka", "@yamamoto"}
    assert (await people.duty(call, "second_person")).step == 0
    await people.answer("tanaka", Verb.COMING, call)


async def test_a_report_before_the_roster_is_read_goes_to_the_desk_as_soon_as_it_is(
    world: World, people: People
) -> None:
    case = await people.report(safety=Safety.ONGOING, site_may_know=False, excluded=(Role.MANAGER,))
    title = str((await people.page(case)).model_dump())
    assert "sent.sending" in title and "sent.kept" not in title
    await is_read(world)
    await world.works_off()
    (card,) = world.platform.channel("desk")
    assert card.mentions == ("sato", "suzuki")
    assert "delivered" in await people.facts(case)


async def test_a_report_that_wants_to_wait_still_does(world: World, people: People) -> None:
    await people.report(visibility=Visibility.UNNAMED, send_now=False)
    await is_read(world)
    await world.works_off()
    assert world.platform.messages == {}
    await world.passes(minutes=120)
    assert len(world.platform.channel("desk")) >= 1


async def test_who_calls_again_before_the_roster_is_read_has_everybody_asked_again(
    world: World, people: People
) -> None:
    await is_read(world)
    call = await people.call()
    await world.passes(minutes=12)
    before = set(world.platform.messages)
    world.service.work.directory.begins()
    await people.say(call, Verb.STILL_NEEDED)
    await is_read(world)
    await world.passes(minutes=12)
    asked = {m.channel for ref, m in world.platform.messages.items() if ref not in before}
    assert {"@tanaka", "@yamamoto", "@takahashi", "@watanabe"} <= asked


async def test_a_screen_and_a_press_wait_for_the_first_look(world: World, people: People) -> None:
    work = world.service.work
    conversations = Conversations(work, SealedLists(work.storage, world.clock, work.entropy))
    visitor = Visitor(platform="slack", tenant="t", actor="a", site_id="shinjuku", language="ja")
    call = await people.call()
    duty = await people.duty(call, "second_person")
    screen = asyncio.create_task(conversations.start(visitor))
    press = asyncio.create_task(people.press("tanaka", Verb.COMING, duty.id, "3"))
    await asyncio.sleep(0.05)
    assert not screen.done() and not press.done()
    called = await conversations.start(visitor, "help")
    assert called is not None, "help waits for nothing"
    await is_read(world)
    await screen
    assert (await press).changed


async def test_the_door_is_open_before_the_roster_is_read_and_no_call_loses_by_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, may_read = worker.refresh, asyncio.Event()

    async def slowly(*args: object) -> None:
        await may_read.wait()
        await read(*args)

    monkeypatch.setattr(worker, "refresh", slowly)
    work = world.service.work
    work.directory.found(readable=True)
    site = work.company.sites[0]
    form = {"site": work.index.site_token(site.id, site.link_version), "lang": "en"}
    async with running(world.service, listen("127.0.0.1", 0)) as port:
        url = f"http://127.0.0.1:{port}/help"
        async with aiohttp.ClientSession() as session, session.post(url, data=form) as answer:
            assert answer.status == 200
        may_read.set()
        async with asyncio.timeout(20):
            while not (asked := await asked_about_calls(world)):
                await world.service.bell.wait(0.05)
    assert asked >= {"tanaka", "yamamoto"}


async def asked_about_calls(world: World) -> set[str]:
    async with world.service.work.storage.read() as tx:
        (case_id,) = await tx.cases.public_ids()
        nudges = [
            nudge
            for duty in await tx.duties.of_case(case_id)
            for nudge in await tx.duties.nudges(duty.id)
        ]
    return {person for nudge in nudges for person in nudge.people}


# --- the roster cannot be read


async def test_a_channel_that_somebody_kept_out_reads_gets_nothing(
    world: World, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert isinstance(world.platform, TellingPlatform)
    world.platform.inside = {"shinjuku": {"tanaka", "yamamoto"}, "desk": {"sato", "mori"}}
    await cannot_be_opened(world, monkeypatch)
    await people.report(excluded=(Role.MANAGER,))
    await people.report(excluded=(Role.DESK,), site_may_know=False)
    await world.passes(minutes=5)
    assert world.platform.messages == {}
    await is_read(world)
    await world.passes(minutes=1)
    assert world.platform.channel("shinjuku") == []
    assert len(world.platform.cards("desk")) == 1  # the report that keeps the desk out is not there


async def test_the_site_sees_a_call_although_nobody_can_be_asked_yet(
    world: World, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    await cannot_be_opened(world, monkeypatch)
    call = await people.call()
    await world.passes(minutes=5)
    assert len(world.platform.channel("shinjuku")) == 1
    assert asked_first(world) == set()
    await is_read(world)
    await world.passes(minutes=1)
    assert asked_first(world) == {"@tanaka", "@yamamoto"}
    assert "exhausted" not in await people.facts(call)


@pytest.mark.parametrize("one_by_one", [True, False])
async def test_the_site_sees_every_call_of_a_crowd_although_nobody_can_be_asked_yet(
    world: World, people: People, monkeypatch: pytest.MonkeyPatch, one_by_one: bool
) -> None:
    """From the fourth on they are lines of one list, which goes out too."""
    await cannot_be_opened(world, monkeypatch)
    calls = []
    for _ in range(6):
        calls.append(await people.call())
        if one_by_one:
            await world.passes(minutes=1)
    await world.passes(minutes=1)
    shown = shown_to(world, "shinjuku")
    assert all(call.public_id in shown for call in calls)
    assert len(world.platform.channel("shinjuku")) == 4
    assert asked_first(world) == set()


async def test_a_list_of_reports_waits_until_the_roster_is_read(
    world: World, people: People
) -> None:
    work = world.service.work
    await is_read(world)
    for _ in range(8):
        await people.report(site_may_know=False)
    await worker.run_one_due(work, {"chat": world.platform})
    async with work.storage.read() as tx:
        assert await tx.cards.newest_list("chat:desk") is not None
    work.directory.begins()
    await world.passes(minutes=5)
    assert world.platform.messages == {}
    await is_read(world)
    await world.passes(minutes=1)
    assert len(world.platform.channel("desk")) == 1


async def test_the_audit_is_red_until_the_roster_is_read(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = world.service.work
    assert (await audit(work)).clean, "it is being read"
    await cannot_be_opened(world, monkeypatch)
    assert (await audit(work)).findings()["unread_roster"] == 1
    await is_read(world)
    assert (await audit(work)).clean


async def test_a_later_roster_that_cannot_be_read_is_said_and_holds_nobody_up(
    world: World, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = world.service.work
    await is_read(world)
    await import_roster(STAFF, work.directory, work.storage, world.clock.now(), io.StringIO())
    await cannot_be_opened(world, monkeypatch)
    assert (await audit(work)).findings()["unread_roster"] == 1
    await people.call()
    await world.works_off()
    assert asked_first(world) == {"@tanaka", "@yamamoto"}


@pytest.mark.parametrize("visibility", [Visibility.NAMED, Visibility.UNNAMED])
@pytest.mark.parametrize("words", ["I want to die", "He has a knife and follows me"])
async def test_a_report_whose_sender_wrote_of_danger_meanwhile_leaves_all_the_same(
    world: World, people: People, visibility: Visibility, words: str
) -> None:
    case = await people.report(visibility=visibility, site_may_know=False, send_now=False)
    await people.say(case, Verb.WRITE, words=words)
    await is_read(world)
    await world.leaps(hours=3)
    async with world.service.work.storage.read() as tx:
        found = await tx.cases.get(case.case_id)
    assert found is not None and found.state is CaseState.OPEN
    assert "take" in await people.duties(case)


# --- a report is taken back before that


async def test_a_hint_of_self_harm_reaches_the_desk_though_the_report_was_taken_back_before(
    world: World, people: People
) -> None:
    case = await people.report(words="I want to die")
    await people.say(case, Verb.WITHDRAW)
    await is_read(world)
    await world.works_off()
    assert (await people.duty(case, "follow_up")).state is DutyState.OPEN
    assert "nudge.follow_up" in repr(world.platform.beside("desk"))


@pytest.mark.parametrize("words", ["", "I want to die"])
async def test_what_is_sent_after_all_waits_no_longer_than_its_reporter_chose(
    world: World, people: People, words: str
) -> None:
    case = await people.report(words=words, safety=Safety.ONGOING)
    for press in (Verb.WITHDRAW, Verb.RESUME):
        await people.say(case, press)
    await is_read(world)
    await world.passes(minutes=2)
    assert "delivered" in await people.facts(case)
