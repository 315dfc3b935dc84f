"""A name for the desk alone: nothing that the site gets, nor what changes there, tells it."""

import pytest

from flows.assessment import Safety
from flows.outcomes import Visibility
from flows.presses import Verb
from flows.screens import Card
from tests.bot.conftest import NotedPlatform, People
from tests.support.world import World

DESK_ONLY = Visibility.DESK_ONLY
OWN_WORDS = [Verb.CARE_NOT_YET, Verb.CARE_HAPPENED, Verb.WITHDRAW, Verb.RESUME]


def as_json(cards: list[Card]) -> list[str]:
    return [card.model_dump_json() for card in cards]


def told_at_site(platform: NotedPlatform) -> list[tuple[str, bool, list[str]]]:
    """Each message outside the desk's channel: where, beside a card or not, who was alerted."""
    return sorted(
        (shown.channel, shown.thread is None, sorted(shown.alerted))
        for shown in platform.messages.values()
        if shown.channel != "desk"
    )


async def test_the_desk_looks_after_whoever_gave_it_alone_their_name(
    people: People, world: World, platform: NotedPlatform
) -> None:
    case = await people.report(visibility=DESK_ONLY)
    await world.passes(hours=3)
    assert (await people.duty(case, "care")).owner == "desk"
    assert platform.channel("shinjuku") == [], "it is over: there is nothing for the site to do"


async def test_while_it_goes_on_the_site_is_asked_to_stand_by_all_the_same(
    people: People, world: World, platform: NotedPlatform
) -> None:
    await people.report(visibility=DESK_ONLY, safety=Safety.ONGOING)
    await world.works_off()
    assert [card.title.key for card in platform.cards("shinjuku")] == ["second.title"]


async def test_what_they_say_on_their_own_page_touches_no_card_of_the_site(
    people: People, world: World, platform: NotedPlatform
) -> None:
    case = await people.report(visibility=DESK_ONLY, safety=Safety.ONGOING)
    await world.passes(minutes=2)
    before = as_json(platform.channel("shinjuku"))
    assert before
    for verb in OWN_WORDS:
        assert (await people.say(case, verb)).changed
        await world.works_off()
        assert as_json(platform.channel("shinjuku")) == before


@pytest.mark.parametrize("safety", [Safety.ONGOING, Safety.OVER])
async def test_whom_the_site_asks_does_not_tell_which_manager_reported(
    people: People, world: World, platform: NotedPlatform, safety: Safety
) -> None:
    await people.report(visibility=DESK_ONLY, safety=safety)
    await world.works_off()
    of_somebody = told_at_site(platform)
    platform.messages.clear()
    await people.report(visibility=DESK_ONLY, safety=safety, reporter_id="tanaka")
    await world.works_off()
    assert told_at_site(platform) == of_somebody


async def test_whoever_reported_fills_no_seat_beside_themselves(people: People) -> None:
    case = await people.report(visibility=DESK_ONLY, safety=Safety.ONGOING, reporter_id="tanaka")
    assert not (await people.answer("tanaka", Verb.COMING, case)).changed
    assert (await people.answer("yamamoto", Verb.COMING, case)).changed
