"""Too many at once: a few cards, one running list, nothing refused, no danger folded away."""

from datetime import timedelta

import pytest

from bot.audits import audit
from bot.bursts import CALLS_ALONE, LONGEST_LIST, NEXT_AT_ONCE
from bot.case_work import card_job
from bot.messengers import Ambiguous, Delivery, Permanent
from bot.work_records import DutyState
from bot.worker import run_one_due
from flows.outcomes import Visibility
from flows.phrases import Verbatim
from flows.presses import Verb
from flows.screens import Card

DESK = "chat:desk"


async def paced(world, minutes: float) -> None:
    """Lets time pass second by second, as a platform with a pace wants it."""
    for _ in range(int(minutes * 60)):
        world.clock.passes(seconds=1)
        await world.works_off()


def lists(platform, channel: str = "desk"):
    return [c for c in platform.cards(channel) if c.title.key.startswith("list.")]


async def test_a_burst_of_reports_is_a_few_cards_and_a_list(people, world, platform) -> None:
    platform.gap_seconds = 1.0
    for _ in range(60):
        await people.report(site_may_know=False)
    await paced(world, 0.1)
    shown = platform.cards("desk")
    lines = sum(len(card.body[1].items) for card in lists(platform))
    alone = len(shown) - len(lists(platform))
    assert lines + alone == 60 and len(shown) <= 6
    assert (await audit(world.service.work)).clean


async def test_every_report_on_a_list_was_delivered_when_the_list_was(
    people, world, platform
) -> None:
    platform.gap_seconds = 1.0
    cases = [await people.report(site_may_know=False) for _ in range(20)]
    before = await people.page(cases[-1])
    assert "sent.delivered" not in repr(before)
    await paced(world, 0.1)
    for case in cases:
        assert "sent.delivered" in repr(await people.page(case))
        assert (await people.facts(case)).count("delivered") == 1


async def test_a_card_whose_answer_was_lost_stands_once_however_many_follow(
    people, world, platform
) -> None:
    platform.gap_seconds, platform.reads_back = 1.0, True
    platform.answers = [Ambiguous()]
    first = await people.report(site_may_know=False)
    await world.works_off()
    for _ in range(20):
        await people.report(site_may_know=False)
    await paced(world, 0.5)
    (running,) = lists(platform)
    assert first.public_id not in repr(running)
    mine = [c for c in platform.cards("desk") if c is not running and first.public_id in repr(c)]
    assert len(mine) == 1


async def test_nothing_is_called_delivered_by_a_list_from_before_it_came(
    people, world, platform
) -> None:
    platform.gap_seconds, platform.reads_back = 1.0, True
    for _ in range(20):
        await people.report(site_may_know=False)
    platform.answers = [Ambiguous()]  # the list is shown, and its answer is lost
    await world.works_off()
    (running,) = lists(platform)
    late = [await people.report(site_may_know=False) for _ in range(8)]
    assert all(case.public_id not in repr(running) for case in late)
    for _ in range(120):
        world.clock.passes(seconds=1)
        await world.works_off()
        for case in late:
            said = "sent.delivered" in repr(await people.page(case))
            assert not said or case.public_id in repr(platform.channel("desk"))
    for case in late:
        assert "sent.delivered" in repr(await people.page(case))


async def test_a_list_holds_only_so_many_lines(people, world, platform) -> None:
    platform.gap_seconds = 1.0
    for _ in range(LONGEST_LIST + 30):
        await people.report(site_may_know=False)
    await paced(world, 0.1)
    assert [len(card.body[1].items) <= LONGEST_LIST for card in lists(platform)] == [True, True]


async def test_a_second_wave_makes_no_list_longer_than_the_longest(people, world, platform) -> None:
    for wave in (LONGEST_LIST - 10, LONGEST_LIST):
        for _ in range(wave):
            await people.report(site_may_know=False)
        await world.passes(minutes=1)
    lines = [len(card.body[1].items) for card in lists(platform)]
    assert max(lines) <= LONGEST_LIST
    assert sum(lines) >= 2 * LONGEST_LIST - 15


async def test_the_desk_opens_the_next_cases_of_a_list_as_cards(people, world, platform) -> None:
    platform.gap_seconds = 1.0
    for _ in range(20):
        await people.report(site_may_know=False)
    await paced(world, 0.1)
    (running,) = lists(platform)
    before = len(platform.cards("desk"))
    (button,) = running.buttons
    pressed = await people.press("sato", Verb.OPEN_NEXT, button.press.subject, at=DESK)
    assert pressed.changed
    await paced(world, 0.2)
    assert len(platform.cards("desk")) == before + NEXT_AT_ONCE


async def test_a_case_taken_from_its_card_is_taken_on_the_list_too(people, world, platform) -> None:
    platform.gap_seconds = 1.0
    cases = [await people.report(site_may_know=False) for _ in range(12)]
    await paced(world, 0.1)
    await people.at_desk(Verb.TAKE, cases[-1])
    await paced(world, 0.1)
    (running,) = lists(platform)
    assert "list.taken" in repr(running)


async def test_who_may_be_in_danger_is_never_folded_into_a_list(people, world, platform) -> None:
    platform.gap_seconds = 1.0
    for _ in range(20):
        await people.report(site_may_know=False)
    urgent = await people.report(site_may_know=False, words="死にたい")
    await paced(world, 0.5)
    named = [card.title.values.get("id") for card in platform.cards("desk")]
    assert Verbatim(text=urgent.public_id) in named


async def test_who_writes_in_danger_into_a_report_that_waits_is_not_folded_into_a_list_either(
    people, world, platform
) -> None:
    unnamed = {"visibility": Visibility.UNNAMED, "site_may_know": False}
    case = await people.report(**unnamed, send_now=False)
    await people.say(case, Verb.WRITE, words="I want to die")
    for _ in range(6):
        await people.report(site_may_know=False)
    await world.works_off()
    alone = [card for card in platform.cards("desk") if case.public_id in repr(card.title)]
    assert [card.title.values["urgency"].key for card in alone] == ["urgency.U1"]


async def test_a_flood_of_calls_from_one_site_is_a_few_cards_and_a_list(
    people, world, platform
) -> None:
    cases = [await people.call() for _ in range(12)]
    await world.works_off()
    assert len(platform.cards("shinjuku")) == CALLS_ALONE + 1
    (running,) = lists(platform, "shinjuku")
    assert len(running.body[1].items) == 12 - CALLS_ALONE
    for case in cases:
        assert (await people.duty(case, "second_person")).state is DutyState.OPEN
        page = await people.page(case)
        assert "help.sent" in repr(page), "the list alerted them: it went out"


async def test_the_lines_of_a_list_of_calls_differ_by_their_number(people, world, platform) -> None:
    calls = [await people.call() for _ in range(8)]
    await paced(world, 1)
    (running,) = lists(platform, "shinjuku")
    lines = [repr(line) for line in running.body[1].items]
    named = [call.public_id for call in calls if any(call.public_id in line for line in lines)]
    assert len(set(lines)) == len(lines) == len(named) == 5


async def test_calls_that_were_pressed_by_mistake_make_no_flood(people, world, platform) -> None:
    for _ in range(CALLS_ALONE):
        mistaken = await people.call()
        await world.works_off()
        await people.say(mistaken, Verb.MISTAKE)
    real = await people.call()
    await world.passes(minutes=9)
    duty = await people.duty(real, "second_person")
    asked = [s for s in platform.messages.values() if duty.id in repr(s.card.buttons)]
    assert {"shinjuku", "@tanaka", "@takahashi", "@watanabe"} <= {each.channel for each in asked}


async def test_in_a_flood_whoever_was_not_alerted_again_and_again_is_alerted(
    people, world, platform
) -> None:
    for _ in range(CALLS_ALONE):
        running = await people.call()
        for who in ("tanaka", "yamamoto"):
            await people.answer(who, Verb.COMING, running, minutes=5)
    await world.works_off()
    folded = await people.call()
    await world.passes(minutes=9)
    duty = await people.duty(folded, "second_person")
    alerted = {s.channel for s in platform.messages.values() if duty.id in repr(s.card.buttons)}
    assert {"@takahashi", "@watanabe"} <= alerted, "they had no message of those before"


async def test_in_a_flood_nobodys_phone_rings_more_than_some_times_for_the_next_rung(
    people, world, platform
) -> None:
    cases = [await people.call() for _ in range(CALLS_ALONE + 2)]
    await world.passes(minutes=4)
    assert len(platform.direct("takahashi")) == CALLS_ALONE
    assert "help.sending" not in repr(await people.page(cases[-1]))


async def test_who_calls_again_after_a_flood_has_everybody_asked(people, world, platform) -> None:
    for _ in range(CALLS_ALONE):
        await people.call()
    folded = await people.call()
    await world.passes(minutes=76)
    before = set(platform.messages)
    await people.say(folded, Verb.STILL_NEEDED)
    await world.works_off()
    after = {each.channel for ref, each in platform.messages.items() if ref not in before}
    assert {"@tanaka", "@yamamoto"} <= after


async def test_each_call_of_a_flood_can_be_answered_from_the_list(people, world, platform) -> None:
    cases = [await people.call() for _ in range(CALLS_ALONE + 2)]
    await world.works_off()
    (running,) = lists(platform, "shinjuku")
    (button,) = running.buttons
    await people.say(cases[-1], Verb.MISTAKE)
    pressed = await people.press("tanaka", Verb.OPEN_NEXT, button.press.subject)
    assert pressed.changed
    await world.works_off()
    assert len([c for c in platform.cards("shinjuku") if c.title.key == "help.card.title"]) == 4
    assert (await people.answer("tanaka", Verb.COMING, cases[-2], minutes=2)).changed


async def test_a_flood_at_one_site_hides_no_call_of_another(people, world, platform) -> None:
    for _ in range(12):
        await people.call()
    await people.call("yotsuya")
    await world.works_off()
    (card,) = platform.cards("yotsuya")
    assert card.title.key == "help.card.title"


async def test_a_list_that_no_platform_takes_fails_loudly_for_each_of_its_cases(
    people, world, platform
) -> None:
    for _ in range(8):
        await people.report(site_may_know=False)
    platform.answers = [Permanent("channel_not_found")]
    await world.works_off()
    found = await audit(world.service.work)
    assert found.failed_cards == 8 and not found.clean


@pytest.mark.parametrize("reports", [1, 7])
async def test_where_the_desks_channel_takes_nothing_everybody_there_is_asked_directly_once(
    people, world, platform, reports: int
) -> None:
    platform.gone.add("desk")
    for _ in range(reports):
        await people.report(site_may_know=False)
    await world.works_off()
    for person in ("sato", "suzuki"):
        (asked,) = platform.direct(person)
        assert "nudge.nowhere" in repr(asked), "nobody is sent to what stands nowhere"


async def test_a_list_that_somebody_deleted_is_posted_again(people, world, platform) -> None:
    platform.gap_seconds = 1.0
    cases = [await people.report(site_may_know=False) for _ in range(12)]
    await paced(world, 0.2)
    (ref,) = [r for r, s in platform.messages.items() if s.card.title.key.startswith("list.")]
    del platform.messages[ref]
    for case in cases:
        await people.at_desk(Verb.TAKE, case)
    await paced(world, 1)
    (running,) = lists(platform)
    assert "list.taken" in repr(running)
    assert (await audit(world.service.work)).failed_cards == 0


async def test_a_card_that_is_asked_for_while_its_list_is_sent_is_delivered_once(
    people, world, platform, monkeypatch
) -> None:
    platform.gap_seconds = 1.0
    for _ in range(8):
        await people.report(site_may_know=False)
    await paced(world, 0.2)
    late = [await people.report(site_may_know=False) for _ in range(7)]
    edit, pressed = platform.edit, []

    async def meanwhile(channel: str, ref: str, card: Card) -> Delivery:
        """Another process posts a card of the list, before this one has written down its edit."""
        outcome = await edit(channel, ref, card)
        if late[-1].public_id in repr(card) and not pressed:
            button = card.buttons[0].press
            pressed.append(await people.press("sato", button.verb, button.subject, at=DESK))
            for _ in range(20):
                world.clock.passes(seconds=1)
                await run_one_due(world.service.work, {"chat": platform})
        return outcome

    monkeypatch.setattr(platform, "edit", meanwhile)
    await paced(world, 1)
    assert pressed and pressed[0].changed
    for case in late:
        assert (await people.facts(case)).count("delivered") == 1


async def test_a_card_that_somebody_deleted_comes_back_by_itself_in_a_burst_too(
    people, world, platform
) -> None:
    platform.gap_seconds = 1.0
    case = await people.report(site_may_know=False)
    await paced(world, 0.2)
    platform.messages.clear()
    await people.say(case, Verb.WRITE, words="Is anybody there?")
    await world.works_off()  # the edit finds nothing
    for _ in range(9):
        await people.report(site_may_know=False)
    await paced(world, 3)
    assert [card for card in platform.cards("desk") if case.public_id in repr(card.title)]
    assert (await audit(world.service.work)).clean


def asked_of_list(platform, duty: str) -> list[Card]:
    """The messages that ask about this duty for a list as a whole."""
    shown = [each.card for each in platform.messages.values()]
    about = [card for card in shown if card.title.key.startswith("nudge.list")]
    return [card for card in about if card.title.values["duty"].key == f"duty.{duty}"]


async def a_list_that_nobody_took(people, world, platform, reports: int = 12) -> list:
    """The reports of a burst, three days later."""
    platform.gap_seconds = 1.0
    cases = [await people.report(site_may_know=False) for _ in range(reports)]
    await paced(world, 0.5)
    await world.leaps(hours=60, pause_seconds=1)
    return [case for case in cases if case.public_id in repr(lists(platform))]


async def test_nobodys_phone_rings_for_each_report_on_a_list(people, world, platform) -> None:
    listed = await a_list_that_nobody_took(people, world, platform, reports=30)
    assert len(listed) > 20
    each = [card for card in platform.beside("desk") if card.title.key == "nudge.due"]
    assert len(each) <= 5 * (30 - len(listed))
    for duty in ("care", "take", "reply", "next_contact"):
        assert 1 <= len(asked_of_list(platform, duty)) <= 3, "each of its rungs once"
    assert (await audit(world.service.work)).clean


async def test_the_one_reminder_stands_beside_the_list_and_opens_its_next_cases(
    people, world, platform
) -> None:
    await a_list_that_nobody_took(people, world, platform)
    reminder = next(each for each in platform.messages.values() if "nudge.list" in repr(each))
    assert reminder.thread and "list.reports" in repr(platform.messages[reminder.thread].card)
    (button,) = reminder.card.buttons
    assert (await people.press("sato", Verb.OPEN_NEXT, button.press.subject, at=DESK)).changed


async def test_a_reminder_of_a_list_asks_until_the_last_report_is_taken(
    people, world, platform
) -> None:
    listed = await a_list_that_nobody_took(people, world, platform)
    for case in listed[:-1]:
        await people.at_desk(Verb.TAKE, case)
    await paced(world, 1)
    assert {card.title.key for card in asked_of_list(platform, "take")} == {"nudge.list"}
    await people.at_desk(Verb.TAKE, listed[-1])
    await paced(world, 1)
    asked = asked_of_list(platform, "take")
    assert {card.title.key for card in asked} == {"nudge.list_done"}
    assert not any(card.buttons for card in asked)
    assert {card.title.key for card in asked_of_list(platform, "reply")} == {"nudge.list"}


async def test_whoever_took_a_report_from_a_list_is_reminded_of_it_by_its_number(
    people, world, platform
) -> None:
    platform.gap_seconds = 1.0
    cases = [await people.report(site_may_know=False) for _ in range(12)]
    await paced(world, 0.2)
    mine = next(case for case in cases if case.public_id in repr(lists(platform)))
    await people.at_desk(Verb.TAKE, mine)
    await world.leaps(hours=60, pause_seconds=1)
    due = [card for card in platform.beside("desk") if card.title.key == "nudge.due"]
    assert Verbatim(text=mine.public_id) in [card.title.values["id"] for card in due]


async def test_what_is_taken_from_its_own_card_is_taken_on_the_list_too(
    people, world, platform
) -> None:
    platform.gap_seconds = 1.0
    cases = [await people.report(site_may_know=False) for _ in range(8)]
    await paced(world, 0.2)
    (running,) = lists(platform)
    await people.press("sato", Verb.OPEN_NEXT, running.buttons[0].press.subject, at=DESK)
    await paced(world, 0.2)
    opened = [case for case in cases if case.public_id in repr(running)][:5]
    await people.at_desk(Verb.TAKE, opened[0])
    await paced(world, 0.2)
    (running,) = lists(platform)
    assert repr(running).count("list.taken") == 1


async def opens_card_of(world, nudge_id: str) -> None:
    """As a press on the list does for the case about which this message came to be."""
    async with world.service.work.storage.write() as tx:
        duty = await tx.duties.get((await tx.duties.nudge(nudge_id)).duty_id)
        (card,) = await tx.cards.of_case(duty.case_id)
        await tx.jobs.enqueue([card_job(card, world.clock.present)])


async def test_a_reminder_whose_answer_was_lost_asks_nobody_on_once_its_case_has_its_own_card(
    people, world, platform
) -> None:
    platform.gap_seconds, platform.reads_back = 1.0, True
    cases = [await people.report(site_may_know=False) for _ in range(8)]
    await paced(world, 0.5)
    world.clock.present = (await people.duty(cases[0], "take")).due_at - timedelta(seconds=30)
    await paced(world, 0.3)
    before = len(platform.messages)
    while len(platform.messages) == before:
        platform.answers = [Ambiguous()]  # the reminder is there, and its answer is lost
        await paced(world, 1 / 60)
    (reminder,) = list(platform.messages.values())[before:]
    assert reminder.card.title.key == "nudge.list"
    await opens_card_of(world, reminder.key)
    for case in cases:
        await people.at_desk(Verb.TAKE, case)
    world.clock.passes(seconds=5)  # the card goes first, before the reminder is looked for
    await paced(world, 1)
    assert reminder.card.title.key == "nudge.done" and not reminder.card.buttons
