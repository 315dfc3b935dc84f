"""A call that its caller calls again: everybody reads so, in the order in which it happened."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from bot.endings import Endings
from bot.help_calls import call_help, come_back
from bot.messengers import Throttled
from bot.running_calls import caller_of
from bot.sealed_lists import Visitor
from bot.work_records import DutyState
from flows.phrases import At, Phrase, Say, dated, say
from flows.presses import Verb
from flows.scene import Called
from flows.screens import Card, Facts, Timeline
from tests.bot.test_who_is_there import TOKYO_NOON, Start, start

__all__ = ["start"]


def key(phrase: Phrase) -> str:
    return phrase.key if isinstance(phrase, Say) else ""


def timeline(card: Card) -> Timeline:
    (found,) = (each for each in (*card.body, *card.after) if isinstance(each, Timeline))
    return found


def facts(card: Card) -> list[tuple[Phrase, Phrase]]:
    shown = [fact for each in card.body if isinstance(each, Facts) for fact in each.items]
    return [(fact.label, fact.value) for fact in shown]


def happened(card: Card) -> list[str]:
    return [key(line.what) for line in timeline(card).items if line.done]


def titles(cards: Sequence[Card]) -> list[str]:
    return [key(card.title) for card in cards]


async def test_the_callers_page_tells_it_in_the_order_of_time(people, world) -> None:
    call = await people.call()
    await world.passes(minutes=11)  # nobody answered, and the desk was told
    await people.at_desk(Verb.TAKE, call)
    await world.passes(minutes=1)
    await people.answer("tanaka", Verb.COMING, call)
    await world.works_off()
    shown = timeline(await people.page(call))
    moments = [line.when.moment for line in shown.items if isinstance(line.when, At)]
    assert moments == sorted(moments)
    told = [key(line.what) for line in shown.items]
    assert told.index("help.desk_told") < told.index("help.desk_calls") < told.index("seat.coming")
    assert "help.sent_again" not in told


async def test_the_page_says_again_of_whom_it_asked_before(people, world) -> None:
    call = await people.call()
    await world.passes(minutes=76)
    assert "help.sent_again" not in repr(await people.page(call))
    await people.say(call, Verb.STILL_NEEDED)
    await world.works_off()
    told = happened(await people.page(call))
    after = told[told.index("help.you_asked_again") :]
    assert sorted(after[1:]) == ["help.desk_told_again", *["help.sent_again"] * 3]
    await world.passes(minutes=3)
    later = happened(await people.page(call))
    assert later.count("help.sent_again") == 3 and later.count("help.desk_told_again") == 1


async def test_the_desk_reads_on_that_nobody_has_looked_after_the_caller_once_they_say_so(
    people, world, platform
) -> None:
    call = await people.call()
    await world.passes(minutes=11)  # the desk was told
    await people.say(call, Verb.FINE_NOW)
    await world.passes(minutes=61)
    assert "desk.help.care" in repr(platform.cards("desk"))
    await people.say(call, Verb.CARE_NOT_YET)
    await world.works_off()
    assert "desk.help.care" in repr(platform.cards("desk"))


async def test_who_was_asked_for_care_reads_that_the_call_goes_on(people, world, platform) -> None:
    call = await people.call()
    await world.passes(minutes=1)
    for person in ("tanaka", "yamamoto"):
        await people.answer(person, Verb.HERE, call)
    await people.press("tanaka", Verb.OVER, (await people.duty(call, "second_person")).id)
    await world.works_off()
    await people.say(call, Verb.STILL_NEEDED)
    await world.works_off()
    assert "care.called_again" in repr(platform.channel("shinjuku"))
    assert "care.not_needed" not in repr(platform.channel("shinjuku"))


async def test_the_caller_reads_who_looks_after_them(people, world) -> None:
    call = await people.call()
    await people.say(call, Verb.FINE_NOW)
    await world.works_off()
    await people.answer("tanaka", Verb.TAKE_OVER, call, "care")
    assert "seat.gives_care" in repr(await people.page(call))


async def test_who_presses_help_at_the_last_question_has_time_to_answer_it(
    people, world, platform
) -> None:
    work = world.service.work
    visit = caller_of(work, Visitor("web", "web", "cookie"))
    call = await call_help(work, "shinjuku", b"s" * 16, "en", visit)
    await world.passes(minutes=30)
    for person in ("tanaka", "yamamoto"):
        await people.answer(person, Verb.HERE, call)
    await world.passes(minutes=44)
    assert await come_back(work, visit) is not None  # a minute before the desk is told
    await world.passes(minutes=14)
    assert (await people.duty(call, "second_person")).state is not DutyState.UNCONFIRMED
    assert "help.card.lapsed" not in repr(platform.cards("shinjuku"))
    page = await people.page(call)
    assert "help.last_question" in repr(page)
    assert {Verb.STILL_NEEDED, Verb.FINE_NOW} <= {each.press.verb for each in page.buttons}
    await world.passes(minutes=2)  # and without an answer the desk looks after it all the same
    assert (await people.duty(call, "second_person")).state is DutyState.UNCONFIRMED


async def test_the_site_and_the_desk_read_that_the_caller_asked_again(
    people, world, platform
) -> None:
    call = await people.call()
    await world.passes(minutes=76)
    assert "help.card.again" not in repr(platform.messages)
    await people.say(call, Verb.STILL_NEEDED)
    await world.works_off()
    assert titles(platform.beside("shinjuku"))[-1] == "nudge.help_again"
    for channel in ("shinjuku", "desk", "@tanaka"):
        assert "help.card.again" in repr(platform.channel(channel)), channel


async def test_once_it_is_over_nobody_reads_on_that_it_was_called_again(
    people, world, platform
) -> None:
    call = await people.call()
    await world.passes(minutes=76)
    await people.say(call, Verb.STILL_NEEDED)
    await world.works_off()
    await people.say(call, Verb.FINE_NOW)
    await world.works_off()
    for channel in ("shinjuku", "desk", "@tanaka"):
        shown = repr(platform.channel(channel))
        assert "help.card.again" not in shown and "nudge.help_again" not in shown, channel


async def test_whoever_is_there_is_not_offered_to_be_on_the_way(people, world, platform) -> None:
    call = await people.call()
    await people.answer("tanaka", Verb.COMING, call)
    await people.answer("tanaka", Verb.HERE, call)
    await world.works_off()

    def offered(channel: str) -> set[Verb]:
        return {button.press.verb for card in platform.cards(channel) for button in card.buttons}

    assert offered("@tanaka") == {Verb.OVER, Verb.CANNOT}
    # One more is needed, and the channel's card is everybody's.
    assert Verb.COMING in offered("@yamamoto") and Verb.COMING in offered("shinjuku")
    await people.say(call, Verb.FINE_NOW)
    await world.works_off()
    assert offered("@tanaka") & {Verb.OVER, Verb.COMING} == set()


async def test_where_nobody_answers_one_press_asks_everybody_again(people, world, platform) -> None:
    call = await people.call()
    await world.passes(minutes=9)
    assert Verb.STILL_NEEDED not in offered(await people.page(call)), "they are being asked"
    await world.passes(minutes=3)
    assert offered(await people.page(call))[0] is Verb.STILL_NEEDED
    before = set(platform.messages)
    assert (await people.say(call, Verb.STILL_NEEDED)).notice.key == "press.called_again"
    assert (await people.say(call, Verb.STILL_NEEDED)).notice.key == "press.already"
    await world.works_off()
    asked = {each.channel for ref, each in platform.messages.items() if ref not in before}
    assert {"shinjuku", "@tanaka", "@takahashi", "@watanabe", "@sato"} <= asked
    assert Verb.STILL_NEEDED not in offered(await people.page(call))


async def test_whoever_nobody_has_come_to_calls_everybody_again_though_people_answered(
    people, world, platform
) -> None:
    call = await people.call()
    await people.answer("tanaka", Verb.COMING, call, minutes=5)
    await people.answer("yamamoto", Verb.HERE, call)
    await world.works_off()
    assert (await people.duty(call, "second_person")).state is DutyState.ANSWERED
    page = await people.page(call)
    (button,) = (each for each in page.buttons if each.press.verb is Verb.STILL_NEEDED)
    assert button.under is not None and key(button.under) == "help.has_anybody_come"
    before = set(platform.messages)
    assert (await people.say(call, Verb.STILL_NEEDED)).notice.key == "press.called_again"
    assert (await people.say(call, Verb.STILL_NEEDED)).notice.key == "press.already"
    await world.works_off()
    asked = {each.channel for ref, each in platform.messages.items() if ref not in before}
    assert {"shinjuku", "@tanaka", "@yamamoto"} <= asked
    assert "help.nobody" in repr(await people.page(call))


async def test_a_caller_is_not_asked_whether_anybody_came_before_anybody_can_have(
    people, world
) -> None:
    call = await people.call()
    assert Verb.STILL_NEEDED not in offered(await people.page(call))
    await people.answer("tanaka", Verb.COMING, call, minutes=5)
    page = await people.page(call)
    assert Verb.STILL_NEEDED in offered(page) and offered(page)[0] is not Verb.STILL_NEEDED
    assert "help.has_anybody_come" not in repr(page)
    await world.passes(minutes=7)
    assert "help.has_anybody_come" in repr(await people.page(call))


@pytest.mark.parametrize(
    ("answers", "follows"),
    [
        ((), "help.next_none"),
        ((("tanaka", Verb.COMING),), "help.next_again"),
        ((("tanaka", Verb.HERE), ("yamamoto", Verb.COMING)), "help.next_again"),
        ((("tanaka", Verb.HERE), ("yamamoto", Verb.HERE)), "help.next_over"),
    ],
)
async def test_the_callers_list_always_says_what_comes_next(
    people, world, answers: Sequence[tuple[str, Verb]], follows: str
) -> None:
    call = await people.call()
    await world.passes(minutes=11)  # everybody was asked, and the desk was told
    for person, verb in answers:
        await people.answer(person, verb, call)
    last = timeline(await people.page(call)).items[-1]
    assert not last.done and key(last.what) == follows


async def test_a_caller_reads_that_the_desk_is_being_told_until_it_is(
    people, world, platform
) -> None:
    call = await people.call()
    await world.passes(minutes=9)
    platform.answers += [Throttled(world.clock.now() + timedelta(minutes=20))] * 20
    await world.passes(minutes=2)
    told = [key(line.what) for line in timeline(await people.page(call)).items if not line.done]
    assert told[-2:] == ["help.sending", "help.next_none"]


def offered(card: Card) -> list[Verb]:
    return [button.press.verb for button in card.buttons]


async def test_the_desk_does_not_read_that_nobody_cared_while_the_site_is_just_asked(
    people, world, platform
) -> None:
    call = await people.call()
    await world.passes(minutes=11)  # the desk was told
    for verb in (Verb.HERE, Verb.OVER):
        await people.answer("tanaka", verb, call)
    await people.say(call, Verb.CARE_NOT_YET)
    await world.works_off()
    assert "desk.help.care" in repr(platform.cards("desk"))
    await people.say(call, Verb.STILL_NEEDED)
    await people.say(call, Verb.FINE_NOW)
    await world.works_off()
    assert (await people.duty(call, "care")).state is DutyState.OPEN
    assert "desk.help.care" not in repr(platform.cards("desk"))
    await world.passes(minutes=61)  # and nobody answers
    assert "desk.help.care" in repr(platform.cards("desk"))


async def test_care_after_a_second_call_is_asked_of_the_desk_whatever_was_said_of_the_first(
    people, world, platform
) -> None:
    case = await people.call()
    await world.works_off()
    for verb in (Verb.COMING, Verb.HERE, Verb.OVER):
        await people.answer("tanaka", verb, case)
    await people.answer("tanaka", Verb.CARED, case, kind="care")
    await people.say(case, Verb.CARE_HAPPENED)
    await world.passes(minutes=5)
    assert (await people.say(case, Verb.STILL_NEEDED)).changed
    await world.passes(minutes=20)
    await people.at_desk(Verb.TAKE, case)
    await people.say(case, Verb.FINE_NOW)
    await world.works_off()
    before = len(platform.beside("desk"))
    await world.passes(hours=2)
    assert (await people.duty(case, "care")).state is DutyState.EXHAUSTED
    assert len(platform.beside("desk")) > before


async def test_who_looks_again_or_calls_again_keeps_the_one_person_who_is_there(
    people, world, platform, lists
) -> None:
    work = world.service.work
    visitor = Visitor(platform="web", tenant="t", actor="cookie", language="en")
    case = await call_help(work, "shinjuku", b"s" * 16, "en", caller_of(work, visitor))
    await world.works_off()
    await people.answer("tanaka", Verb.HERE, case)
    await world.passes(minutes=15)
    assert (await people.duty(case, "second_person")).state is DutyState.EXHAUSTED
    assert await Endings(work, lists).called(visitor) is Called.RUNS
    await come_back(work, caller_of(work, visitor))
    await world.works_off()
    assert "help.here" in repr(await people.page(case))


async def test_the_cards_of_a_call_say_when_it_was_made_however_often_it_is_called(
    people, world, platform
) -> None:
    """In the site's time, at the desk and at the site, while it runs and once it is over."""
    made = world.clock.now()
    call = await people.call()
    said = say("help.card.at"), dated(made, "Asia/Tokyo")
    for deed in (None, Verb.STILL_NEEDED, Verb.SAFE_NOW):
        await world.passes(minutes=76)
        if deed is not None:
            await people.say(call, deed)
            await world.works_off()
        for channel in ("desk", "shinjuku"):
            called = [card for card in platform.cards(channel) if said in facts(card)]
            assert len(called) == 1, (channel, deed)


def one_site_more(company: dict[str, Any]) -> None:
    more = {"id": "ueno", "channel": "chat:ueno", "name": {"ja": "上野店", "en": "Ueno store"}}
    company["sites"].append(company["sites"][0] | more)


async def test_who_called_at_three_sites_and_is_at_another_is_waited_for_there_alone(
    start: Start,
) -> None:
    people = start(one_site_more, TOKYO_NOON)
    work = people.world.service.work
    visit = caller_of(work, Visitor("web", "web", "somebody"))
    *posters, last = [site.id for site in work.company.sites]
    first = [await call_help(work, site, people.secret(), "ja", visit) for site in posters]
    call = await call_help(work, last, people.secret(), "ja", visit, moved=True)
    await people.world.works_off()
    for site, left in zip(posters, first, strict=True):
        assert (await people.duty(left, "second_person")).state is DutyState.CLOSED
        assert "help.card.moved" in repr(people.world.platform.channel(site))
    again = await come_back(work, visit)
    assert again is not None and again.case_id == call.case_id
