"""The company file gives a desk or a site another channel: whatever runs comes along."""

from typing import Any

import pytest

from bot.audits import audit
from bot.called_lately import CalledLately
from bot.messengers import Ambiguous, Throttled
from bot.shut_channels import NEUTRAL
from bot.work_records import CardState
from flows.presses import Verb
from tests.bot.conftest import Later, People
from tests.support.world import World

NEW_DESK, NEW_SITE = "chat:newdesk", "chat:newshinjuku"


def desk_moves(company: dict[str, Any]) -> None:
    company["desk"]["channel"] = NEW_DESK


def site_moves(company: dict[str, Any]) -> None:
    company["sites"][0]["channel"] = NEW_SITE


def sites_swap(company: dict[str, Any]) -> None:
    first, second = company["sites"][:2]
    first["channel"], second["channel"] = second["channel"], first["channel"]


def goes_on_in_teams(company: dict[str, Any]) -> None:
    company["desk"]["channel"] = "teams:newdesk"


async def test_the_desk_takes_a_report_in_the_channel_that_it_has_now(
    people: People, later: Later
) -> None:
    case = await people.report()
    await people.world.works_off()
    people = await later(desk_moves)
    await people.world.works_off()
    (card,) = people.world.platform.cards("newdesk")
    assert case.public_id in repr(card) and card.mentions == ("sato", "suzuki")
    assert people.world.platform.cards("desk") == [NEUTRAL]
    assert (await people.press("sato", Verb.TAKE, case.case_id, at=NEW_DESK)).changed
    assert "channel_changed" in await people.facts(case)


async def test_reminders_say_nothing_any_more_where_the_desk_was_and_come_where_it_is(
    people: People, later: Later
) -> None:
    case = await people.report(site_may_know=False)
    due = (await people.duty(case, "take")).due_at
    await people.world.leaps(hours=(due - people.world.clock.present).total_seconds() / 3600)
    assert people.world.platform.beside("desk")
    people = await later(desk_moves)
    await people.world.leaps(hours=48)
    assert all(card == NEUTRAL for card in people.world.platform.channel("desk"))
    assert len(people.world.platform.cards("newdesk")) == 1
    assert people.world.platform.beside("newdesk")


async def test_a_report_that_failed_in_an_archived_channel_comes_to_the_corrected_one(
    people: People, later: Later
) -> None:
    people.world.platform.gone.add("desk")
    case = await people.report()
    await people.world.works_off()
    assert (await audit(people.world.service.work)).failed_cards == 1
    people = await later(desk_moves)
    await people.world.works_off()
    assert case.public_id in repr(people.world.platform.cards("newdesk"))
    assert (await audit(people.world.service.work)).clean


async def test_a_manager_answers_a_running_call_in_the_channel_that_the_site_has_now(
    people: People, later: Later
) -> None:
    call = await people.call()
    await people.world.passes(minutes=4)
    people = await later(site_moves)
    await people.world.works_off()
    platform, duty = people.world.platform, await people.duty(call, "second_person")
    assert call.public_id in repr(platform.cards("newshinjuku"))
    assert all(card == NEUTRAL for card in platform.channel("shinjuku"))
    assert (await people.press("tanaka", Verb.COMING, duty.id, "5", at=NEW_SITE)).changed


async def test_a_call_whose_channel_took_nothing_is_shown_in_the_corrected_one(
    people: People, later: Later
) -> None:
    people.world.platform.gone.add("shinjuku")
    call = await people.call()
    await people.world.works_off()
    people = await later(site_moves)
    await people.world.works_off()
    assert call.public_id in repr(people.world.platform.cards("newshinjuku"))


async def test_a_channel_that_is_another_sites_now_shows_nothing_of_the_first(
    people: People, later: Later
) -> None:
    call = await people.call()
    await people.world.works_off()
    people = await later(sites_swap)
    await people.world.works_off()
    assert call.public_id not in repr(people.world.platform.channel("shinjuku"))
    assert call.public_id in repr(people.world.platform.channel("yotsuya"))


@pytest.mark.parametrize("trouble", ["lost", "later"])
async def test_an_old_channel_that_gives_no_answer_holds_no_call_up(
    people: People, later: Later, trouble: str
) -> None:
    call = await people.call()
    await people.world.works_off()
    people = await later(site_moves)
    world = people.world
    wait = Throttled(world.clock.now().replace(year=2027))
    world.platform.answers = [Ambiguous() if trouble == "lost" else wait] * 3
    for _ in range(6):
        await world.works_off()
        world.clock.passes(seconds=5)
    assert call.public_id in repr(world.platform.cards("newshinjuku"))


async def test_a_rung_that_is_reached_before_its_card_moved_is_asked_in_the_new_channel(
    people: People, later: Later, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It falls due as the service begins, before anybody has looked at the cards."""

    async def not_yet(_work: object) -> None: ...

    monkeypatch.setattr("bot.watch.owe_what_was_left", not_yet)
    call = await people.call()
    await people.world.works_off()
    people.world.clock.passes(minutes=4)
    people = await later(site_moves)
    await people.world.passes(minutes=1)
    platform = people.world.platform
    assert len(platform.channel("newshinjuku")) == 2, "the card, and the message of the next rung"
    assert call.public_id in repr(platform.cards("newshinjuku"))
    assert platform.channel("shinjuku") == [NEUTRAL]
    assert platform.direct("takahashi")


async def test_what_is_over_stays_where_it_was(people: People, later: Later) -> None:
    call = await people.call()
    await people.world.works_off()
    await people.say(call, Verb.FINE_NOW)
    await people.answer("tanaka", Verb.CARED, call, "care")
    await people.say(call, Verb.CARE_HAPPENED)
    await people.world.works_off()
    people = await later(site_moves)
    await people.world.passes(minutes=5)
    assert people.world.platform.channel("newshinjuku") == []


async def test_the_desk_has_one_card_of_a_call_though_its_channel_changed_before_the_end(
    people: People, later: Later
) -> None:
    call = await people.call()
    await people.world.passes(minutes=12)
    assert people.world.platform.cards("desk")
    people = await later(desk_moves)
    await people.say(call, Verb.STILL_NEEDED)
    await people.world.passes(minutes=15)
    cards = [
        each for each in people.world.platform.cards("newdesk") if call.public_id in repr(each)
    ]
    assert len(cards) == 1


async def test_many_cards_come_along_as_a_list_and_no_list_is_left_behind(
    people: People, later: Later
) -> None:
    cases = [await people.report(site_may_know=False) for _ in range(8)]
    await people.world.works_off()
    people = await later(desk_moves)
    await people.world.works_off()
    assert all(card == NEUTRAL for card in people.world.platform.channel("desk"))
    shown = repr(people.world.platform.channel("newdesk"))
    assert all(case.public_id in shown for case in cases)
    assert len(people.world.platform.cards("newdesk")) < len(cases)


async def test_a_desk_that_goes_on_with_another_platform_asks_people_there(
    people: People, later: Later, world: World
) -> None:
    case = await people.report(site_may_know=False)
    await world.works_off()
    people = await later(goes_on_in_teams)
    await people.world.works_off()
    async with people.world.service.work.storage.read() as tx:
        (card,) = await tx.cards.of_case(case.case_id)
    # No such platform is joined here: it is an alarm at its new address, not at the old one.
    assert (card.address, card.state) == ("teams:newdesk", CardState.FAILED)


async def test_that_a_site_called_lately_is_known_though_its_channel_was_changed(
    people: People, later: Later
) -> None:
    call = await people.call()
    await people.say(call, Verb.FINE_NOW)
    await people.world.works_off()
    people = await later(site_moves)
    people.world.clock.passes(hours=1)
    for site, called in (("shinjuku", True), ("yotsuya", False)):
        lately = CalledLately(people.world.service.work)
        lately(site)
        await lately.look_up()
        assert lately(site) is called


async def test_a_start_with_the_same_file_moves_nothing(people: People, later: Later) -> None:
    await people.report()
    await people.call()
    await people.world.works_off()
    before = dict(people.world.platform.messages)
    people = await later(lambda company: None)
    await people.world.works_off()
    assert people.world.platform.messages == before
    assert people.world.platform.calls == 0
