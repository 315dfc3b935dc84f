"""The rows that the use cases keep: each kind the same on both databases."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.case_records import Author, CaseKind, CaseState, Message
from bot.work_records import DutyState
from storage.keyring import Unopenable
from tests.storage.databases import (
    NOW,
    REFUSED,
    a_body,
    a_card,
    a_case,
    a_duty,
    a_nudge,
    a_seat,
    after,
    draft_mac,
    file_case,
    file_duty,
    receipt_mac,
)

TODAY = date(2026, 11, 24)


# --- cases


async def test_a_case_is_found_by_its_ids_its_draft_and_its_receipt(storage) -> None:
    case = await file_case(storage)
    async with storage.read() as tx:
        assert await tx.cases.get(case.id) == case
        assert await tx.cases.by_receipt(receipt_mac(1)) == case
        assert await tx.cases.by_public_id(case.public_id) == case
    async with storage.write() as tx:
        assert await tx.cases.by_draft(draft_mac(1)) == case
        assert await tx.cases.lock(case.id) == case


async def test_an_unknown_case_is_none_wherever_it_is_looked_for(storage) -> None:
    async with storage.write() as tx:
        assert await tx.cases.get("0" * 32) is None
        assert await tx.cases.lock("0" * 32) is None
        assert await tx.cases.by_draft(draft_mac(1)) is None
        assert await tx.cases.by_receipt(receipt_mac(1)) is None
        assert await tx.cases.by_public_id("AAAAAAA") is None
        assert await tx.cases.body("0" * 32) is None


async def test_cases_without_a_receipt_do_not_collide(storage) -> None:
    async with storage.write() as tx:
        for number in (1, 2):
            await tx.cases.add(a_case(number), a_body(b""), draft_mac(number))


async def test_a_changed_state_counts_as_a_revision(storage) -> None:
    case = await file_case(storage)
    async with storage.write() as tx:
        await tx.cases.set_state(case.id, CaseState.CLOSED)
    async with storage.read() as tx:
        assert await tx.cases.get(case.id) == replace(case, state=CaseState.CLOSED, rev=1)


async def test_two_cases_cannot_come_from_one_draft(database, opening) -> None:
    here, there = opening(database), opening(database)

    async def add(storage, number: int) -> None:
        async with storage.write() as tx:
            await tx.cases.add(a_case(number), a_body(b""), draft_mac(7))

    outcomes = await asyncio.gather(add(here, 1), add(there, 2), return_exceptions=True)
    assert [isinstance(outcome, REFUSED) for outcome in outcomes if outcome] == [True]
    assert database.value("SELECT count(*) FROM case_file") == 1


async def test_of_equal_sends_at_one_moment_all_but_one_find_the_case(database, opening) -> None:
    processes = [opening(database), opening(database)]

    async def send(number: int) -> str:
        async with processes[number % 2].write() as tx:
            case = await tx.cases.by_draft(draft_mac(7))
            if case is None:
                case = a_case(number)
                await tx.cases.add(case, a_body(b""), draft_mac(7))
            return case.id

    found = await asyncio.gather(*(send(number) for number in range(1, 11)))
    assert len(set(found)) == 1
    assert database.value("SELECT count(*) FROM case_file") == 1


async def test_drafts_of_other_people_do_not_wait_for_each_other(on_postgres, opening) -> None:
    here, there = opening(on_postgres), opening(on_postgres)
    async with here.write() as tx:
        assert await tx.cases.by_draft(draft_mac(1)) is None
        async with asyncio.timeout(10), there.write() as other:
            # A MAC is random; these two differ in their first bytes, as two such would.
            assert await other.cases.by_draft(draft_mac(2)[::-1]) is None


async def test_a_case_takes_everything_of_its_own_with_it(database, storage) -> None:
    duty = await file_duty(storage)
    case = a_case()
    async with storage.write() as tx:
        await tx.cards.add(a_card(case, duty_id=duty.id))
        await tx.duties.add_nudges([a_nudge(duty)])
        await tx.duties.put_seat(a_seat(duty))
        await tx.history.append(case.id, NOW, "desk", "opened", {})
        await tx.messages.add(case.id, Message(Author.DESK, NOW, "hello"))
    database.sql("DELETE FROM case_file")
    for table in ("case_key", "duty", "seat", "nudge", "card", "history", "message"):
        assert database.value(f"SELECT count(*) FROM {table}") == 0, table


# --- messages


async def test_messages_come_back_in_the_order_they_were_written(storage) -> None:
    case, other = await file_case(storage, 1), await file_case(storage, 2)
    written = [
        Message(Author.REPORTER, after(minutes=1), "こわかったです。"),
        Message(Author.DESK, after(minutes=1), ""),
        # A clock set back does not change who wrote first.
        Message(Author.REPORTER, NOW, "ありがとう\nございます 🙏"),
    ]
    async with storage.write() as tx:
        for message in written:
            await tx.messages.add(case.id, message)
        await tx.messages.add(other.id, Message(Author.DESK, NOW, "another case"))
    async with storage.read() as tx:
        assert await tx.messages.of_case(case.id) == written


async def test_processes_that_hold_the_case_write_one_after_the_other(database, opening) -> None:
    processes = [opening(database), opening(database)]
    case = await file_case(processes[0])

    async def write(number: int) -> None:
        async with processes[number % 2].write() as tx:
            await tx.cases.lock(case.id)
            await tx.messages.add(case.id, Message(Author.DESK, NOW, f"{number}"))

    await asyncio.gather(*map(write, range(10)))
    async with processes[0].read() as tx:
        found = [message.text for message in await tx.messages.of_case(case.id)]
    assert sorted(found) == [str(n) for n in range(10)]


# --- the web demo's channels


async def test_a_post_with_a_known_key_is_the_post_there_is(storage) -> None:
    async with storage.write() as tx:
        first = await tx.board.post("k", "desk", None, "one", NOW)
        assert await tx.board.post("k", "desk", None, "two", NOW) == first
        assert [post.content for post in await tx.board.posts("desk", 9)] == ["one"]


async def test_a_channel_shows_its_newest_posts_oldest_first_and_their_threads(storage) -> None:
    async with storage.write() as tx:
        top = await tx.board.post("1", "desk", None, "top", NOW)
        await tx.board.post("2", "elsewhere", None, "no", NOW)
        await tx.board.post("3", "desk", top, "reply", after(minutes=1))
        await tx.board.post("4", "desk", None, "last", after(minutes=2))
    async with storage.read() as tx:
        posts = await tx.board.posts("desk", 9)
        assert [(p.content, p.thread) for p in posts] == [
            ("top", None),
            ("reply", top),
            ("last", None),
        ]
        assert [p.content for p in await tx.board.posts("desk", 2)] == ["reply", "last"]


async def test_an_edited_post_says_when_and_an_unknown_one_says_no(storage) -> None:
    async with storage.write() as tx:
        post = await tx.board.post("1", "desk", None, "one", NOW)
        assert await tx.board.edit(post, "two", after(minutes=1))
        assert not await tx.board.edit("999", "two", NOW)
        (found,) = await tx.board.posts("desk", 9)
    assert (found.content, found.posted_at, found.edited_at) == ("two", NOW, after(minutes=1))


# --- draft keys


async def test_a_day_has_one_key(storage) -> None:
    async with storage.write() as tx:
        key = await tx.draft_keys.of_day(TODAY)
        assert await tx.draft_keys.of_day(TODAY) == key
        assert await tx.draft_keys.by_id(key.id) == key
        other = await tx.draft_keys.of_day(TODAY + timedelta(days=1))
    assert key.day == TODAY and other.key != key.key and other.id != key.id


async def test_two_processes_that_race_agree_on_the_days_key(database, opening) -> None:
    processes = [opening(database), opening(database)]

    async def of_day(number: int):
        async with processes[number % 2].write() as tx:
            return await tx.draft_keys.of_day(TODAY)

    found = await asyncio.gather(*map(of_day, range(10)))
    assert len({(key.id, key.key) for key in found}) == 1
    assert database.value("SELECT count(*) FROM draft_key") == 1


async def test_keys_before_a_day_are_destroyed_and_later_ones_are_not(storage) -> None:
    days = [TODAY + timedelta(days=n) for n in (-2, -1, 0)]
    async with storage.write() as tx:
        keys = [await tx.draft_keys.of_day(day) for day in days]
        assert await tx.draft_keys.destroy_before(TODAY) == 2
        assert await tx.draft_keys.destroy_before(TODAY) == 0
        left = [await tx.draft_keys.by_id(key.id) for key in keys]
    assert left == [None, None, keys[2]]


async def test_a_key_moved_to_another_day_does_not_open(database, storage) -> None:
    async with storage.write() as tx:
        key = await tx.draft_keys.of_day(TODAY)
    database.sql("UPDATE draft_key SET day = :day", day="2026-11-25")
    async with storage.read() as tx:
        with pytest.raises(Unopenable):
            await tx.draft_keys.by_id(key.id)


async def test_a_destroyed_keys_number_is_never_given_to_another(storage) -> None:
    async with storage.write() as tx:
        key = await tx.draft_keys.of_day(TODAY)
        await tx.draft_keys.destroy_before(TODAY + timedelta(days=1))
    async with storage.write() as tx:
        assert (await tx.draft_keys.of_day(TODAY + timedelta(days=1))).id != key.id


async def test_open_cases_with_a_card_of_a_kind_are_found_most_urgent_first(storage) -> None:
    first, second, closed, bare = [a_case(number) for number in (1, 2, 3, 4)]
    second = replace(second, urgency="U0")
    async with storage.write() as tx:
        for number, case in enumerate((first, second, closed, bare)):
            await tx.cases.add(case, a_body(b""), draft_mac(number))
            await tx.cases.set_state(case.id, CaseState.OPEN)
        for number, case in enumerate((first, second, closed)):
            await tx.cards.add(a_card(case, id=f"card{number}", kind="desk"))
        await tx.cards.add(a_card(bare, id="other", kind="care"))
        await tx.cases.set_state(closed.id, CaseState.CLOSED)
    async with storage.read() as tx:
        assert await tx.cases.open_at("desk", 10) == [second.id, first.id]
        assert await tx.cases.open_at("desk", 1) == [second.id]
        assert await tx.cases.to_do_at("desk", 10) == [second.id, first.id]


async def test_calls_that_are_over_come_last_and_are_no_part_of_what_is_to_do(storage) -> None:
    over, runs, waits = (replace(a_case(n), kind=CaseKind.HELP, urgency="U0") for n in (1, 2, 3))
    report = a_case(4)
    owed = {runs.id: DutyState.ANSWERED, waits.id: DutyState.EXHAUSTED}
    async with storage.write() as tx:
        for number, case in enumerate((over, runs, waits, report)):
            await tx.cases.add(case, a_body(b""), draft_mac(number))
            state = owed.get(case.id, DutyState.DONE)
            await tx.duties.add([replace(a_duty(case, "second_person"), state=state)])
            await tx.cards.add(a_card(case, id=f"card{number}", kind="desk"))
    async with storage.read() as tx:
        assert await tx.cases.to_do_at("desk", 10) == [runs.id, waits.id, report.id]
        assert await tx.cases.open_at("desk", 10) == [runs.id, waits.id, report.id, over.id]


async def test_care_that_the_desk_took_up_is_nothing_to_do_once_nobody_is_asked_for_it(
    storage,
) -> None:
    stand = {"exhausted done": False, "said_done done": False}
    stand |= {"exhausted open": True, "exhausted closed": True, "open done": True}
    calls = {name: replace(a_case(n), kind=CaseKind.HELP) for n, name in enumerate(stand)}
    async with storage.write() as tx:
        for number, (name, call) in enumerate(calls.items()):
            await tx.cases.add(call, a_body(b""), draft_mac(number))
            for kind, state in zip(("care", "take"), name.split(), strict=True):
                await tx.duties.add([replace(a_duty(call, kind), state=DutyState(state))])
            await tx.cards.add(a_card(call, id=f"card{number}", kind="desk"))
    async with storage.read() as tx:
        found = await tx.cases.to_do_at("desk", 10)
    assert found == [call.id for name, call in calls.items() if stand[name]]


async def test_open_cases_of_one_channel_are_found_however_many_another_has(storage) -> None:
    here, there = (replace(a_case(number), urgency=f"U{number}") for number in (1, 0))
    async with storage.write() as tx:
        for number, (case, address) in enumerate(((here, "chat:here"), (there, "chat:there"))):
            await tx.cases.add(case, a_body(b""), draft_mac(number))
            await tx.cases.set_state(case.id, CaseState.OPEN)
            await tx.cards.add(a_card(case, id=f"card{number}", kind="desk", address=address))
    async with storage.read() as tx:
        assert await tx.cases.to_do_at("desk", 1, "chat:here") == [here.id]


async def test_calls_of_the_last_hours_are_found_wherever_their_card_stands(storage) -> None:
    call, report = CaseKind.HELP, CaseKind.REPORT
    made = {"old": call, "newest": call, "late": call, "elsewhere": call, "report": report}
    cases = {name: replace(a_case(n), kind=kind) for n, (name, kind) in enumerate(made.items())}
    async with storage.write() as tx:
        for number, (name, case) in enumerate(cases.items()):
            await tx.cases.add(case, a_body(b""), draft_mac(number))
            began = after(hours=-number if name != "old" else -13)
            duty = replace(a_duty(case, "second_person"), started_at=began)
            await tx.duties.add([duty])
            address = "chat:there" if name == "elsewhere" else "chat:here"
            await tx.cards.add(a_card(case, id=f"card{number}", kind="help", address=address))
    async with storage.read() as tx:
        found = await tx.cases.called_since(after(hours=-12))
    assert found == [cases[name].id for name in ("newest", "late", "elsewhere")]


async def test_a_delivery_is_known_once_it_was_noted(storage) -> None:
    key = b"k" * 32
    async with storage.write() as tx:
        assert not await tx.inbox.knows(key)
        assert await tx.inbox.first(key, NOW) and not await tx.inbox.first(key, NOW)
        assert await tx.inbox.knows(key)
