"""Cards, and the running lists that stand for many of them."""

from dataclasses import replace

import pytest

from bot.work_records import CardList, CardRow, CardState, DutyState, NewJob, NudgeState
from tests.storage.databases import (
    NOW,
    REFUSED,
    a_card,
    a_duty,
    a_nudge,
    after,
    file_case,
    file_duty,
)

DESK = "chat:desk"
LIST = CardList("list1", DESK, NOW)


async def file_card(storage, number: int, **other) -> CardRow:
    """A case that is so many minutes old, with its card."""
    case = await file_case(storage, number)
    card = a_card(case, **{"id": f"card{number}"} | other)
    async with storage.write() as tx:
        await tx.duties.add([replace(a_duty(case), started_at=after(minutes=-number))])
        await tx.cards.add(card)
    return card


async def test_a_card_comes_back_as_it_was_saved(storage) -> None:
    card = a_card(await file_case(storage))
    shown = replace(card, state=CardState.SHOWN, ref="1.2", shown="f" * 64, first_shown_at=NOW)
    async with storage.write() as tx:
        await tx.cards.add(card)
        assert await tx.cards.get(card.id) == card
        await tx.cards.save(shown)
    async with storage.read() as tx:
        assert await tx.cards.of_case(card.case_id) == [shown]
        assert await tx.cards.get("unknown") is None


async def test_a_case_has_one_card_of_a_kind_at_an_address(storage) -> None:
    card = a_card(await file_case(storage))
    async with storage.write() as tx:
        await tx.cards.add(card)
        await tx.cards.add(replace(card, id="1", kind="care"))
        await tx.cards.add(replace(card, id="2", address="chat:shinjuku"))
    with pytest.raises(REFUSED):
        async with storage.write() as tx:
            await tx.cards.add(replace(card, id="3"))


async def test_cards_that_no_platform_took_are_counted_while_they_are_tried_again(storage) -> None:
    card = a_card(await file_case(storage))
    async with storage.write() as tx:
        await tx.cards.add(card)
        await tx.jobs.enqueue([NewJob("card", card.id, NOW, f"card:{card.id}")])
        assert await tx.cards.failed() == 0
        await tx.cards.save(replace(card, state=CardState.FAILED))
        assert await tx.cards.failed() == 1
        await tx.jobs.cancel(card.id)
        assert await tx.cards.failed() == 0


# --- bursts


async def test_the_oldest_case_waits_first(storage) -> None:
    cards = {number: await file_card(storage, number) for number in (2, 3, 1)}
    async with storage.read() as tx:
        assert await tx.cards.waiting(DESK, "desk", 9) == [cards[3], cards[2], cards[1]]
        assert await tx.cards.waiting(DESK, "desk", 2) == [cards[3], cards[2]]


async def test_only_what_was_never_shown_anywhere_waits(storage) -> None:
    waiting = await file_card(storage, 1)
    await file_card(storage, 2, kind="care")
    await file_card(storage, 3, address="chat:shinjuku")
    await file_card(storage, 4, state=CardState.SHOWN, ref="1.2", first_shown_at=NOW)
    await file_card(storage, 5, state=CardState.FAILED)
    listed = await file_card(storage, 6)
    async with storage.write() as tx:
        await tx.cards.add_list(LIST)
        await tx.cards.put_on_list(LIST.id, [listed.id])
        assert await tx.cards.waiting(DESK, "desk", 9) == [waiting]


async def test_a_card_that_was_tried_waits_for_no_list_but_for_whoever_holds_it(storage) -> None:
    tried, waiting = await file_card(storage, 2), await file_card(storage, 1)
    async with storage.write() as tx:
        await tx.jobs.enqueue([NewJob("card", tried.id, NOW, f"card:{tried.id}", 2, pace=DESK)])
        assert await tx.cards.waiting(DESK, "desk", 9) == [tried, waiting]
        await tx.jobs.claim(NOW, 60, {})
        assert await tx.cards.waiting(DESK, "desk", 9) == [waiting]
        assert await tx.cards.waiting(DESK, "desk", 9, tried.id) == [tried, waiting]


async def test_cards_that_run_and_were_shown_by_themselves_are_counted_with_whom_they_asked(
    storage,
) -> None:
    async def shown(number: int, state: DutyState = DutyState.OPEN, **other) -> None:
        usual = {"state": CardState.SHOWN, "ref": f"{number}", "first_shown_at": NOW}
        duty = await file_duty(storage, number, state=state)
        asked = a_nudge(duty, number, direct=True, people=("tanaka",), sent_at=NOW)
        card = a_card(
            await file_case(storage, number + 50), **usual | {"id": f"card{number}"} | other
        )
        async with storage.write() as tx:
            await tx.cards.add(replace(card, case_id=duty.case_id, duty_id=duty.id))
            await tx.duties.add_nudges([asked])

    await shown(1)
    await shown(2, DutyState.EXHAUSTED, first_shown_at=after(minutes=1))
    await shown(3, first_shown_at=after(minutes=-1))
    await shown(4, ref=None)  # by a list
    await shown(5, kind="care")
    await shown(6, address="chat:shinjuku")
    await shown(7, DutyState.CLOSED)
    async with storage.read() as tx:
        assert await tx.cards.running_since(DESK, "desk", NOW) == 2
        assert await tx.cards.alerted_since(DESK, "desk", NOW) == [("tanaka",)] * 2


async def test_a_list_comes_back_as_it_was_saved(storage) -> None:
    shown = replace(LIST, ref="1.2", shown="f" * 64)
    async with storage.write() as tx:
        assert await tx.cards.get_list(LIST.id) is None
        await tx.cards.add_list(LIST)
        assert await tx.cards.get_list(LIST.id) == LIST
        await tx.cards.save_list(shown)
    async with storage.read() as tx:
        assert await tx.cards.get_list(LIST.id) == shown


async def test_the_newest_list_of_a_channel_is_found(storage) -> None:
    async with storage.write() as tx:
        assert await tx.cards.newest_list(DESK) is None
        newest = CardList("list2", DESK, after(minutes=1))
        for row in (LIST, newest, CardList("list3", "chat:shinjuku", after(minutes=2))):
            await tx.cards.add_list(row)
        assert await tx.cards.newest_list(DESK) == newest


async def test_cards_stand_on_a_list_in_the_order_they_were_put_there(storage) -> None:
    cards = {number: await file_card(storage, number) for number in (1, 2, 3, 4)}
    async with storage.write() as tx:
        await tx.cards.add_list(LIST)
        await tx.cards.put_on_list(LIST.id, [cards[2].id, cards[4].id])
        await tx.cards.put_on_list(LIST.id, [])
        await tx.cards.put_on_list(LIST.id, [cards[1].id, cards[3].id])
        # A card that is shown, or whose case changed, keeps its place.
        await tx.cards.save(replace(cards[2], list_id=LIST.id, state=CardState.SHOWN))
    async with storage.read() as tx:
        found = await tx.cards.of_list(LIST.id)
    assert [row.id for row in found] == [cards[n].id for n in (2, 4, 1, 3)]
    assert {row.list_id for row in found} == {LIST.id}


# --- what the self-audit asks


async def test_an_owed_card_without_a_job_is_counted(storage) -> None:
    await file_card(storage, 1, state=CardState.FAILED)
    await file_card(storage, 2, state=CardState.SHOWN, ref="1.2", first_shown_at=NOW)
    owed = await file_card(storage, 3)
    async with storage.write() as tx:
        assert await tx.cards.unscheduled() == 1
        await tx.jobs.enqueue([NewJob("card", owed.id, NOW, dedup="card")])
        assert await tx.cards.unscheduled() == 0


async def test_an_owed_card_on_a_list_waits_for_the_list_or_for_itself(storage) -> None:
    card = await file_card(storage, 1)
    async with storage.write() as tx:
        await tx.cards.add_list(LIST)
        await tx.cards.put_on_list(LIST.id, [card.id])
        assert await tx.cards.unscheduled() == 1
        await tx.jobs.enqueue([NewJob("list", LIST.id, NOW, dedup="list")])
        assert await tx.cards.unscheduled() == 0
        await tx.jobs.cancel(LIST.id)
        await tx.jobs.enqueue([NewJob("card", card.id, NOW, dedup="card")])
        assert await tx.cards.unscheduled() == 0


async def test_an_owed_message_without_a_job_is_counted(storage) -> None:
    duty = await file_duty(storage)
    rows = [a_nudge(duty, n, step=n, state=state) for n, state in enumerate(NudgeState)]
    owed = next(row for row in rows if row.state is NudgeState.OWED)
    async with storage.write() as tx:
        await tx.duties.add_nudges(rows)
        assert await tx.cards.unscheduled() == 1
        await tx.jobs.enqueue([NewJob("nudge", owed.id, NOW, dedup="nudge")])
        assert await tx.cards.unscheduled() == 0
