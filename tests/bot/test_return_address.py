"""The bot may write to somebody unnamed: from a vault in which every case has a row alike."""

import contextlib
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.case_work import report_of
from bot.heads import HeadsKey
from bot.heads_file import HeadsFile
from bot.messengers import Ambiguous, Delivery, Permanent, Throttled
from bot.retention import Retention
from bot.return_address import NEUTRAL, kept_days, own_reports
from flows.outcomes import Visibility
from flows.presses import Verb
from tests.support.world import World

ME = "chat:@U0CANARY"
UNNAMED = {"visibility": Visibility.UNNAMED, "site_may_know": False}


def vault_of(folder: Path) -> list[tuple[bytes, bytes]]:
    """Every row of the vault as it stands there."""
    connection = sqlite3.connect(folder / "mamori.db")
    rows = list(connection.execute("SELECT * FROM vault"))
    connection.close()
    return rows


@pytest.mark.parametrize("may_write", [True, False])
async def test_every_case_has_one_row_and_none_can_be_told_from_another(
    people, world: World, tmp_path: Path, may_write: bool
) -> None:
    for number in range(12):
        visibility = list(Visibility)[number % 3]
        await people.report(visibility=visibility, may_write=may_write, address=ME)
    await people.call()
    rows = vault_of(tmp_path)
    assert len(rows) == 13
    assert {(len(row), len(row[0]), len(row[1])) for row in rows} == {(2, 16, 512)}
    assert rows == sorted(rows), "they stand in the order of their random keys"


async def test_only_who_said_so_is_written_to_and_reads_nothing_of_the_case(
    people, world: World
) -> None:
    wishes = await people.report(**UNNAMED, may_write=True, address=ME)
    alone = await people.report(**UNNAMED, may_write=False, address="chat:@U0ALONE")
    await world.works_off()
    for case in (wishes, alone):
        await people.at_desk(Verb.REPLY, case, words="We heard you.")
    await world.passes(hours=1)
    assert world.platform.direct("U0CANARY") == [NEUTRAL]
    assert world.platform.direct("U0ALONE") == []
    assert wishes.public_id not in repr(NEUTRAL)


async def test_what_is_said_leaves_at_full_hours_and_once_for_many_things(
    people, world: World
) -> None:
    case = await people.report(**UNNAMED, may_write=True, address=ME)
    await world.passes(minutes=7)
    for words in ("One.", "Two.", "Three."):
        await people.at_desk(Verb.REPLY, case, words=words)
    sent_at = []
    while world.clock.present.hour < 4:
        before = len(world.platform.direct("U0CANARY"))
        await world.passes(minutes=1)
        if len(world.platform.direct("U0CANARY")) > before:
            sent_at.append(world.clock.present.minute)
    assert sent_at == [0]


async def test_a_question_of_aftercare_is_said_too(people, world: World) -> None:
    await people.report(**UNNAMED, may_write=True, address=ME)
    await world.leaps(days=4)
    assert world.platform.direct("U0CANARY") == [NEUTRAL]


@pytest.mark.parametrize("visibility", list(Visibility))
async def test_who_is_asked_whether_care_happened_is_told_that_there_is_something(
    people, world: World, visibility: Visibility
) -> None:
    case = await people.report(visibility=visibility, may_write=True, address=ME)
    await world.works_off()
    assert world.platform.direct("U0CANARY") == []
    await says_cared(people, case)
    assert "care.question" in repr(await people.page(case))
    await world.passes(hours=1)
    assert world.platform.direct("U0CANARY") == [NEUTRAL]


async def says_cared(people, case) -> None:
    """Whoever was to look after them says that they did."""
    care = await people.duty(case, "care")
    if care.owner == "desk":
        await people.at_desk(Verb.DUTY_DONE, care)
    else:
        await people.answer("tanaka", Verb.CARED, case, "care")


@pytest.mark.parametrize("before", [Verb.WITHDRAW, Verb.CARE_HAPPENED])
async def test_who_took_it_back_or_has_said_so_is_not_written_to_about_care(
    people, world: World, before: Verb
) -> None:
    case = await people.report(visibility=Visibility.UNNAMED, may_write=True, address=ME)
    await world.works_off()
    await people.say(case, before)
    await says_cared(people, case)
    await world.passes(hours=2)
    assert world.platform.direct("U0CANARY") == []


async def test_when_aftercare_ends_nothing_leads_to_the_person_any_more(
    people, world: World, tmp_path: Path
) -> None:
    case = await people.report(**UNNAMED, may_write=True, address=ME)
    await people.report(**UNNAMED)
    assert len(vault_of(tmp_path)) == 2
    await world.leaps(days=kept_days(world.service.work.policy), hours=2)
    assert vault_of(tmp_path) == []
    shown = len(world.platform.direct("U0CANARY"))
    await people.at_desk(Verb.REPLY, case, words="Late.")
    await world.leaps(hours=2)
    assert len(world.platform.direct("U0CANARY")) == shown


@pytest.mark.parametrize("resumed", [False, True])
async def test_no_clock_in_the_clear_tells_in_which_hour_an_unnamed_report_was_sent(
    people, world: World, tmp_path: Path, resumed: bool
) -> None:
    kept_until = set()
    for _ in range(2):
        case = await people.report(**UNNAMED, send_now=False)
        if resumed:
            await people.say(case, Verb.WITHDRAW)
            await people.say(case, Verb.RESUME)
        await world.passes(hours=3)  # the same day still, and it has left for the desk
        connection = sqlite3.connect(tmp_path / "mamori.db")
        kept_until |= set(
            connection.execute(
                "SELECT due_at FROM job WHERE kind = 'forget_address' AND subject = ?",
                (case.case_id,),
            )
        )
        connection.close()
    assert len(kept_until) == 1


async def test_only_what_has_a_name_is_found_again_by_its_account_and_only_in_time(
    people, world: World
) -> None:
    named, unnamed = [], []
    for visibility in Visibility:
        for may_write in (True, False):
            case = await people.report(visibility=visibility, may_write=may_write, address=ME)
            await people.say(case, Verb.CARE_HAPPENED)  # nobody is asked for it day after day
            (unnamed if visibility is Visibility.UNNAMED else named).append(case.case_id)
    work = world.service.work
    async with work.storage.read() as tx:
        found = [case_id for case_id, _ in await own_reports(work, tx, ME)]
        assert found == named and not set(found) & set(unnamed)
        assert await own_reports(work, tx, "chat:@U0OTHER") == []
        assert await own_reports(work, tx, "") == []
    await world.leaps(days=kept_days(work.policy), hours=2)
    async with work.storage.read() as tx:
        assert await own_reports(work, tx, ME) == []


async def test_who_changes_their_mind_is_written_to_no_more(people, world: World) -> None:
    case = await people.report(**UNNAMED, may_write=True, address=ME)
    await world.works_off()
    await people.at_desk(Verb.REPLY, case, words="We heard you.")
    assert "own.stop_writing" in repr(await people.page(case))
    pressed = await people.say(case, Verb.STOP_WRITING)
    assert pressed.notice.key == "own.stopped_writing"
    assert "own.stop_writing" not in repr(await people.page(case))
    await world.leaps(days=4)
    assert world.platform.direct("U0CANARY") == []
    assert (await people.say(case, Verb.STOP_WRITING)) == pressed, "a second press is no error"


async def test_nothing_tells_that_an_address_was_there(
    people, world: World, tmp_path: Path
) -> None:
    """Beside one who never allowed it: the same rows, the same line to read, the same opened."""
    stopped = await people.report(**UNNAMED, may_write=True, address=ME)
    never = await people.report(**UNNAMED, may_write=False, address=ME)
    before, work = vault_of(tmp_path), world.service.work
    changes = changes_of(tmp_path)
    assert await people.say(stopped, Verb.STOP_WRITING) == await people.say(
        never, Verb.STOP_WRITING
    )
    rows = vault_of(tmp_path)
    assert [key for key, _ in rows] == [key for key, _ in before] == sorted(dict(rows))
    assert {len(sealed) for _, sealed in rows} == {512}
    assert all(old != new for old, new in zip(before, rows, strict=True)), "either is written anew"
    opened = []
    async with work.storage.read() as tx:
        for case in (stopped, never):
            body = await report_of(tx, case.case_id)
            key, secret = bytes.fromhex(body.vault.key), bytes.fromhex(body.vault.secret)
            opened.append((await tx.vault.open(key, secret), body.report))
    assert opened[0] == opened[1] == (b"", opened[0][1])
    assert await people.facts(stopped) == await people.facts(never)
    assert changes_of(tmp_path) == changes


def changes_of(folder: Path) -> list[tuple[str, int]]:
    """How often each case was changed, as it stands there."""
    connection = sqlite3.connect(folder / "mamori.db")
    rows = list(connection.execute("SELECT id, rev FROM case_file ORDER BY id"))
    connection.close()
    return rows


@pytest.mark.parametrize("visibility", [Visibility.NAMED, Visibility.DESK_ONLY])
async def test_a_named_report_has_no_such_choice(people, world: World, visibility) -> None:
    case = await people.report(visibility=visibility, address=ME)
    assert "own.stop_writing" not in repr(await people.page(case))
    assert (await people.say(case, Verb.STOP_WRITING)).notice.key == "press.unknown"


FAULTS = {
    "later": Throttled(datetime(2027, 1, 1, tzinfo=UTC)),
    "lost": Ambiguous(),
    "never": Permanent("user_not_found"),
    "ours": None,
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_no_row_of_a_push_stays_to_tell_who_may_be_written_to(
    people, world: World, tmp_path: Path, fault: str
) -> None:
    """Where it is not taken it is lost, and the next time tells: it waits no longer by itself."""
    wishes = await people.report(**UNNAMED, may_write=True, address=ME)
    alone = await people.report(**UNNAMED, may_write=False, address="chat:@U0ALONE")
    await world.works_off()
    for case in (wishes, alone):
        await people.at_desk(Verb.REPLY, case, words="We heard you.")
    await world.passes(minutes=50)
    assert pushes_of(tmp_path) == {wishes.case_id, alone.case_id}
    answer, post = FAULTS[fault], world.platform.post

    async def fails(*given) -> Delivery:
        if answer is None:
            raise ValueError
        return answer

    world.platform.post = fails
    world.clock.passes(minutes=20)
    await world.works_off()
    assert pushes_of(tmp_path) == set()
    world.platform.post = post
    await people.at_desk(Verb.REPLY, wishes, words="Again.")
    await world.passes(hours=1)
    assert world.platform.direct("U0CANARY") == [NEUTRAL]


def pushes_of(folder: Path) -> set[str]:
    """Of which cases a row waits that says that there is something."""
    with contextlib.closing(sqlite3.connect(folder / "mamori.db")) as connection:
        return {id for (id,) in connection.execute("SELECT subject FROM job WHERE kind = 'push'")}


async def test_no_address_stands_anywhere_in_the_clear(
    people, world: World, on_disk: Callable[[], bytes]
) -> None:
    for visibility in Visibility:
        await people.report(visibility=visibility, may_write=True, address=ME)
    await world.leaps(hours=2)
    assert b"U0CANARY" not in on_disk()


async def test_the_end_of_an_old_case_forgets_nothing_of_a_newer_one(people, world) -> None:
    work = world.service.work
    old = await people.report(address=ME)
    await world.works_off()
    await people.works_through(old)
    await people.at_desk(Verb.CLOSE, old)
    await world.leaps(days=kept_days(work.policy) + 30)
    world.clock.present += timedelta(days=1825 - 150)
    new = await people.report(address=ME)
    await world.works_off()
    world.clock.present += timedelta(days=40)
    assert (await Retention(work, None).purge()).counts["closed"] == 1
    async with work.storage.read() as tx:
        assert [id for id, _ in await own_reports(work, tx, ME)] == [new.case_id]


async def test_a_case_that_is_held_as_it_is_to_be_erased_keeps_its_address(
    people, world, tmp_path, monkeypatch
) -> None:
    work = world.service.work
    case = await people.report(address=ME)
    await people.say(case, Verb.WITHDRAW)
    world.clock.present += timedelta(days=91)
    retention = Retention(work, HeadsFile(tmp_path / "heads", HeadsKey(work.index)))
    erase_one = retention._erase_one

    async def held_meanwhile(case, term) -> int:
        async with work.storage.write() as tx:
            await tx.endings.hold(case.id, True)
        return await erase_one(case, term)

    monkeypatch.setattr(retention, "_erase_one", held_meanwhile)
    assert (await retention.purge()).total == 0
    async with work.storage.read() as tx:
        assert [id for id, _ in await own_reports(work, tx, ME)] == [case.case_id]


async def test_who_says_late_that_it_got_worse_hears_that_the_desk_wrote(
    people, world, tmp_path: Path
) -> None:
    case = await people.report(**UNNAMED, may_write=True, address=ME)
    await people.works_through(case, but="follow_up")
    await people.say(case, Verb.CARE_HAPPENED)
    await world.leaps(days=96, hours=6)
    assert (await people.answers(case, "hard")).changed  # "worse for you since?", in its week
    await world.leaps(days=4)
    before = len(world.platform.direct("U0CANARY"))
    assert (await people.at_desk(Verb.REPLY, case, words="Can we speak?")).changed
    await world.leaps(hours=2)
    assert len(world.platform.direct("U0CANARY")) > before
    await world.leaps(days=40)
    assert vault_of(tmp_path) == [], "and then nothing leads to them any more"
