"""A case changes: what says something else now is edited, and nothing else is touched."""

from collections.abc import Awaitable, Callable

import pytest

from bot import bursts, refreshes
from bot.case_work import refresh_case
from bot.messengers import Delivery
from bot.worker import run_one_due
from flows.presses import Verb
from flows.screens import Card
from tests.support.world import FakePlatform


class Meanwhile(FakePlatform):
    """A platform during whose next call something happens."""

    happens: Callable[[], Awaitable[object]] | None = None

    async def _now(self) -> None:
        happens, self.happens = self.happens, None
        if happens is not None:
            await happens()

    async def post(self, channel: str, card: Card, key: str, thread: str | None) -> Delivery:
        await self._now()
        return await super().post(channel, card, key, thread)

    async def edit(self, channel: str, ref: str, card: Card) -> Delivery:
        await self._now()
        return await super().edit(channel, ref, card)


@pytest.fixture
def slow(world) -> Meanwhile:
    world.platform = Meanwhile()
    return world.platform


def titles(cards: list[Card]) -> list[str]:
    return [card.title.key for card in cards]


async def test_a_message_of_an_earlier_climb_asks_nobody_and_says_when_it_has_ended(
    people, world, platform
) -> None:
    case = await people.call()
    await world.works_off()
    first = titles(platform.direct("tanaka"))
    await people.answer("tanaka", Verb.COMING, case, minutes=2)
    await people.answer("yamamoto", Verb.COMING, case, minutes=2)
    await world.passes(minutes=7)
    assert first == ["help.card.title"]
    assert titles(platform.direct("tanaka")) == ["nudge.past", "help.card.title"]
    platform.notes.clear()
    await people.say(case, Verb.FINE_NOW)
    await world.works_off()
    assert titles(platform.direct("tanaka")) == ["nudge.ended", "help.card.over"]
    assert platform.notes.count(("edit", "@tanaka")) == 2


async def test_what_has_ended_never_changes_again(people, world, platform) -> None:
    case = await people.call()
    await world.works_off()
    for person in ("tanaka", "yamamoto"):
        await people.answer(person, Verb.COMING, case, minutes=2)
    await world.passes(minutes=7)
    await people.answer("tanaka", Verb.HERE, case)
    await people.answer("tanaka", Verb.OVER, case)
    await world.works_off()
    assert titles(platform.direct("tanaka")) == ["nudge.ended", "help.card.called_over"]
    platform.notes.clear()
    await people.say(case, Verb.STILL_NEEDED)
    await world.works_off()
    first, *_, last = titles(platform.direct("tanaka"))
    assert (first, last) == ("nudge.ended", "help.card.title")


async def test_what_nobody_sees_changed_is_not_even_owed(people, world) -> None:
    case = await people.call()
    await people.say(case, Verb.PLACE, "reg")
    await world.works_off()
    await people.say(case, Verb.PLACE, "reg")
    assert await world.works_off() == 1, "one look at the case, and no message"


async def test_a_change_that_is_taken_back_while_its_edit_is_on_the_way(
    people, world, slow
) -> None:
    case = await people.call()
    await people.say(case, Verb.PLACE, "reg")
    await world.works_off()
    before = slow.channel("shinjuku")[0]

    async def back() -> None:
        await people.say(case, Verb.PLACE, "reg")
        assert await run_one_due(world.service.work, {"chat": slow}), "the look at the case"

    await people.say(case, Verb.PLACE, "floor")
    slow.happens = back
    await world.works_off()
    assert slow.channel("shinjuku")[0] == before.model_copy(update={"mentions": ()})


async def test_enough_came_while_somebody_was_being_asked(people, world, slow) -> None:
    case = await people.call()
    await world.works_off()

    async def enough() -> None:
        for person in ("tanaka", "yamamoto"):
            await people.answer(person, Verb.COMING, case, minutes=5)
        assert await run_one_due(world.service.work, {"chat": slow}), "the look at the case"

    world.clock.passes(minutes=3)
    slow.happens = enough
    await world.works_off()
    assert "nudge.not_needed" in titles(slow.channel("shinjuku"))
    assert "nudge.help" not in titles(slow.channel("shinjuku"))


async def test_a_card_that_is_put_on_a_list_meanwhile_is_not_posted_by_itself(
    people, world, platform, monkeypatch
) -> None:
    case, work = await people.report(), world.service.work
    async with work.storage.write() as tx:
        (card,) = [each for each in await tx.cards.of_case(case.case_id) if each.kind == "desk"]
        await tx.jobs.cancel(card.id)
        await refresh_case(tx, case.case_id, work.clock.now())
    read = refreshes._left_out

    async def and_then_it_is_folded(tx, whole):
        left_out = await read(tx, whole)
        monkeypatch.setattr(refreshes, "_left_out", read)
        async with work.storage.write() as other:
            running, _ = await bursts._open_list(work, other, card.address, work.clock.now())
            await other.cards.put_on_list(running.id, [card.id])
        return left_out

    monkeypatch.setattr(refreshes, "_left_out", and_then_it_is_folded)
    await world.works_off()
    async with work.storage.read() as tx:
        now = await tx.cards.get(card.id)
    assert now.list_id is not None and now.ref is None
    assert not platform.cards("desk"), "the list is to show it"
