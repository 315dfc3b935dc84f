"""Nothing is called sent before it was; what fails is tried again, said, or passed on."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot import nudge_deliveries
from bot.audits import audit
from bot.deliveries import Target, fingerprint, send
from bot.messengers import Ambiguous, Permanent, Sent, Throttled
from bot.rights import Reader
from bot.views import view_case
from bot.work_records import CardState, DutyState, Job, NewJob
from bot.worker import LEASE_SECONDS, reclaim, run_one_due
from flows.assessment import Safety
from flows.cards import desk_card
from flows.outcomes import Visibility
from flows.phrases import say
from flows.presses import Verb
from flows.screens import Card
from tests.bot.conftest import NotedPlatform


async def view(world, case):
    async with world.service.work.storage.read() as tx:
        found = await view_case(world.service.work, tx, case.case_id, Reader.REFRESH)
    assert found is not None
    return found


async def states(world, case) -> dict[str, CardState]:
    async with world.service.work.storage.read() as tx:
        return {card.address: card.state for card in await tx.cards.of_case(case.case_id)}


async def a_quiet_report(people):
    """A report with one card alone: the desk's."""
    return await people.report(site_may_know=False, visibility=Visibility.DESK_ONLY)


async def test_delivered_is_said_only_once_the_platform_has_it(people, world, platform) -> None:
    case = await a_quiet_report(people)
    assert (await view(world, case)).delivered_at is None
    platform.answers = [Ambiguous()]
    await world.works_off()
    assert (await view(world, case)).delivered_at is None
    assert "delivered" not in await people.facts(case)
    await world.passes(minutes=1)
    assert (await view(world, case)).delivered_at == world.clock.present
    assert (await people.facts(case)).count("delivered") == 1


async def test_later_edits_do_not_move_the_time_of_delivery(people, world, platform) -> None:
    case = await a_quiet_report(people)
    await world.works_off()
    delivered = (await view(world, case)).delivered_at
    await world.passes(minutes=5)
    await people.press("sato", Verb.TAKE, case.case_id, at="chat:desk")
    await world.works_off()
    assert ("edit", "desk") in platform.notes
    assert (await view(world, case)).delivered_at == delivered


async def test_a_throttled_card_waits_until_the_platform_wants_it(people, world, platform) -> None:
    case = await a_quiet_report(people)
    again = world.clock.present + timedelta(minutes=7)
    platform.answers = [Throttled(again)]
    await world.passes(minutes=6)
    assert platform.calls == 1 and not platform.channel("desk")
    assert (await states(world, case))["chat:desk"] is CardState.OWED
    await world.passes(minutes=1)
    assert platform.calls == 2 and len(platform.channel("desk")) == 1


async def test_a_throttled_card_waits_even_when_its_case_changes_meanwhile(
    people, world, platform
) -> None:
    case = await a_quiet_report(people)
    await world.works_off()
    again = world.clock.present + timedelta(minutes=7)
    platform.answers = [Throttled(again)]
    await people.press("sato", Verb.TAKE, case.case_id, at="chat:desk")
    await world.works_off()
    calls = platform.calls
    await people.say(case, Verb.WRITE, words="and then")
    await world.passes(minutes=6)
    assert platform.calls == calls
    await world.passes(minutes=1)
    assert platform.calls == calls + 2  # the card, and beside it that an answer is owed


async def test_a_create_whose_answer_was_lost_is_sent_again_and_shown_once(
    people, world, platform
) -> None:
    platform.reads_back = True
    await a_quiet_report(people)
    platform.answers = [Ambiguous()]
    await world.passes(minutes=2)
    assert platform.notes.count(("post", "desk")) == 1
    assert len(platform.channel("desk")) == 1


async def test_where_nobody_can_look_a_lost_case_card_comes_twice_and_both_say_the_same(
    people, world, platform
) -> None:
    await a_quiet_report(people)
    platform.answers = [Ambiguous()]
    await world.passes(minutes=2)
    # Which of the two counts is unknown, so an edit makes it the newest state.
    assert platform.notes == [("post", "desk")] * 2 + [("edit", "desk")]
    first, second = platform.channel("desk")
    assert first.title == second.title


async def test_a_create_whose_answer_was_lost_ends_up_showing_the_newest_state(
    people, world, platform
) -> None:
    case = await a_quiet_report(people)
    platform.reads_back = True
    platform.answers = [Ambiguous()]
    await world.works_off()
    await people.press("sato", Verb.TAKE, case.case_id, at="chat:desk")
    await world.passes(minutes=1)
    (card,) = platform.channel("desk")
    assert "佐藤" in repr(card)


async def test_a_lost_edit_is_repeated(people, world, platform) -> None:
    case = await a_quiet_report(people)
    await world.works_off()
    platform.answers = [Ambiguous()]
    await people.press("sato", Verb.TAKE, case.case_id, at="chat:desk")
    await world.passes(minutes=1)
    assert platform.notes == [("post", "desk"), ("edit", "desk"), ("edit", "desk")]
    assert "佐藤" in repr(platform.channel("desk"))


async def test_an_edit_whose_answer_was_lost_is_taken_back_where_it_is_true_no_more(
    people, world, platform
) -> None:
    case = await people.call()
    await people.say(case, Verb.PLACE, "reg")
    await world.works_off()

    def shown() -> list[str]:
        return [
            fingerprint(card) for card in platform.channel("shinjuku") + platform.direct("tanaka")
        ]

    before = shown()
    platform.answers = [Ambiguous()] * 9
    await people.say(case, Verb.PLACE, "back")
    await world.works_off()
    platform.answers.clear()
    assert shown() != before
    await people.say(case, Verb.PLACE, "reg")
    await world.passes(minutes=2)
    assert shown() == before


async def test_a_lost_nudge_is_sent_again_and_shown_once(people, world, platform) -> None:
    platform.reads_back = True
    await people.call()
    await world.passes(minutes=2)
    platform.answers = [Ambiguous()]
    await world.passes(minutes=2)
    assert len(platform.beside("shinjuku")) == 1
    assert platform.notes.count(("post", "shinjuku")) == 2


async def test_of_a_reminder_whose_answer_was_lost_nobody_reads_for_ever_that_it_is_going_out(
    people, world, platform
) -> None:
    case = await people.report()
    await world.works_off()
    care = await people.duty(case, "care")
    await people.press("tanaka", Verb.CARED, care.id, at="chat:shinjuku")
    await people.say(case, Verb.CARE_NOT_YET)
    platform.answers = [Ambiguous()]  # of the reminder: it goes before the edit of its card
    await world.passes(minutes=2)
    page = repr(await people.page(case))
    assert "help.unsure" in page and "help.sending" not in page


async def test_a_lost_nudge_that_nobody_needs_any_more_asks_nobody_any_more(
    people, world, platform
) -> None:
    platform.reads_back = True
    case = await people.call()
    await world.works_off()
    world.clock.passes(minutes=3, seconds=1)
    lost = Ambiguous()
    platform.answers = [lost]
    await world.works_off()
    await people.answer("tanaka", Verb.COMING, case, minutes=2)
    await people.answer("yamamoto", Verb.COMING, case, minutes=5)
    await world.passes(minutes=1)
    assert lost not in platform.answers
    assert {card.title.key for card in platform.beside("shinjuku")} == {"nudge.not_needed"}


async def test_a_message_first_tried_before_its_card_stood_there_is_found_and_not_sent_twice(
    platform,
) -> None:
    now = datetime(2026, 11, 24, tzinfo=UTC)
    card, job = Card(title=say("nudge.past")), Job(1, "nudge", "n", now, 1, "lease", "chat:x")
    platform.answers.append(Ambiguous())
    first = await send({"chat": platform}, Target("chat:x", "key", None, None), card, job)
    assert isinstance(first, Ambiguous)
    platform.reads_back = True
    again = Target("chat:x", "key", None, "the card")
    assert await send({"chat": platform}, again, card, replace(job, attempts=2)) == Sent("key")
    assert len(platform.channel("x")) == 1


async def test_a_card_no_platform_takes_fails_loudly_and_the_next_are_asked_now(
    people, world, platform
) -> None:
    case = await people.call()
    platform.answers = [Permanent("is_archived")]
    await world.works_off()
    assert (await states(world, case))["chat:shinjuku"] is CardState.FAILED
    found = await audit(world.service.work)
    assert not found.clean and found.failed_cards == 1
    assert [card.mentions for card in platform.channel("shinjuku")] == [("takahashi",)]
    assert "delivery_failed" in await people.facts(case)


async def test_a_card_whose_channel_is_gone_after_a_lost_answer_fails_and_is_found_later(
    people, world, platform
) -> None:
    case = await a_quiet_report(people)
    platform.reads_back = True
    platform.answers = [Ambiguous()]
    await world.works_off()
    platform.gone = {"desk"}
    await world.passes(minutes=1)
    assert (await states(world, case))["chat:desk"] is CardState.FAILED
    assert "delivery_failed" in await people.facts(case)
    platform.gone = set()
    await world.passes(minutes=61)
    assert (await states(world, case))["chat:desk"] is CardState.SHOWN
    assert [card.title.key for card in platform.channel("desk")].count("desk.title") == 1


async def test_a_channel_that_is_gone_brings_the_desk_in_at_once(people, world, platform) -> None:
    case = await people.call()
    platform.gone = {"shinjuku"}
    await world.works_off()
    assert (await people.duty(case, "second_person")).state is DutyState.EXHAUSTED
    (card,) = platform.channel("desk")
    assert card.title.key == "desk.help.title"


def told(platform: NotedPlatform, before: Iterable[str] = ()) -> set[str]:
    """Who got messages of their own since then."""
    new = (each.channel for ref, each in platform.messages.items() if ref not in before)
    return {channel for channel in new if channel.startswith("@")}


async def test_who_wishes_to_talk_is_heard_of_directly_where_the_desks_channel_is_gone(
    people, world, platform
) -> None:
    case = await people.report()
    await people.works_through(case, but="follow_up")
    await people.say(case, Verb.CARE_HAPPENED)
    await world.leaps(days=3, hours=5)
    platform.gone, before = {"desk"}, set(platform.messages)
    assert (await people.answers(case, "talk")).changed
    await world.works_off()
    assert told(platform, before) == {"@sato", "@suzuki"}
    assert (await people.duty(case, "follow_up")).state is DutyState.OPEN, "who has time to answer"
    await world.leaps(hours=2)
    assert "@mori" in told(platform, before), "the lead comes in their time"
    before = set(platform.messages)
    await world.leaps(days=3)
    assert told(platform, before) >= {"@sato", "@suzuki"}, "asked again on the next working day"


async def test_who_heard_directly_of_a_letter_is_reminded_directly_when_its_answer_is_due(
    people, world, platform
) -> None:
    case = await people.report()
    await people.works_through(case)
    await people.say(case, Verb.CARE_HAPPENED)
    await people.at_desk(Verb.REPLY, case, words="We are here.")
    await world.works_off()
    platform.gone = {"desk"}
    await people.say(case, Verb.WRITE, words="He came again.")
    await world.works_off()
    (first,) = platform.direct("sato")
    assert first.title.key == "nudge.reply"
    await world.leaps(days=2)
    assert [card.title.key for card in platform.direct("sato")] == ["nudge.past", "nudge.due"]


async def test_a_report_whose_card_stands_nowhere_calls_all_of_the_desk_and_head_office_at_once(
    people, world, platform
) -> None:
    platform.gone = {"desk"}
    await people.report(site_may_know=False)
    await world.works_off()
    assert told(platform) >= {"@sato", "@suzuki", "@mori", "@watanabe"}
    assert "nudge.nowhere" in repr(platform.direct("sato"))


@pytest.mark.parametrize("edited", [True, False])
async def test_nobody_is_sent_to_a_card_whose_channel_takes_nothing_any_more(
    people, world, platform, edited: bool
) -> None:
    """Also where only the reminder found it out, since the card had nothing new to say."""
    case = await a_quiet_report(people)
    await people.at_desk(Verb.TAKE, case)
    await world.works_off()
    platform.gone = {"desk"}
    if edited:
        await people.say(case, Verb.CARE_NOT_YET)
    await world.leaps(days=2)
    asked = [card for card in platform.direct("sato") if card.title.key == "nudge.due"]
    assert asked and "nudge.shut" in repr(asked) and "nudge.in_channel" not in repr(asked)
    (lead, *_) = [card for card in platform.direct("mori") if card.title.key == "nudge.due"]
    assert "nudge.shut" in repr(lead)
    assert "nudge.nowhere" not in repr(platform.direct("sato"))


async def test_a_channel_that_takes_cards_again_is_where_they_go_on(
    people, world, platform
) -> None:
    await a_quiet_report(people)
    await world.works_off()
    platform.gone = {"desk"}
    await world.leaps(hours=3)
    assert "nudge.shut" in repr([*platform.direct("sato"), *platform.direct("mori")])
    platform.gone = set()
    await world.leaps(days=1)
    (*_, last) = platform.direct("sato")
    assert "nudge.shut" not in repr(last)


@pytest.mark.parametrize("visibility", list(Visibility))
async def test_whose_report_stands_nowhere_is_not_told_that_the_desk_was_told_or_reminded(
    people, world, platform, visibility: Visibility
) -> None:
    platform.gone = {"desk"}
    ongoing = Safety.ONGOING if visibility is Visibility.NAMED else Safety.OVER
    case = await people.report(visibility=visibility, safety=ongoing)
    await world.passes(minutes=5)
    said = [await people.say(case, Verb.CARE_NOT_YET)]
    await world.leaps(days=4)
    pages = [repr(await people.page(case))]
    said.append(await people.answers(case, "talk"))
    await world.leaps(days=20)
    pages.append(repr(await people.page(case)))
    assert {each.notice.key for each in said} == {"own.care_not_yet_next", "own.checked_in.hard"}
    promised = ("sent.care_not_yet'", "sent.care_desk", "sent.care_late", "help.next_desk")
    for page in pages:
        assert "sent.not_shown" in page
        assert not [key for key in (*promised, "step.outcome") if key in page]
    platform.gone = set()
    await world.leaps(hours=2)
    assert "step.outcome" in repr(await people.page(case)), "as soon as it stands there"


async def test_who_is_safe_now_reads_nothing_of_a_desk_that_cannot_read_it(
    people, world, platform
) -> None:
    platform.gone = {"desk"}
    case = await people.report(visibility=Visibility.UNNAMED, safety=Safety.ONGOING)
    await world.passes(minutes=1)
    asked = await people.duty(case, "second_person")
    said = await people.say(case, Verb.SAFE_NOW, of=asked.id)
    assert said.notice.key == "own.over_later.noted"


async def test_managers_whose_channel_is_gone_are_asked_for_care_directly_and_have_their_time(
    people, world, platform
) -> None:
    platform.gone = {"shinjuku"}
    case = await people.report()
    await world.works_off()
    assert told(platform) >= {"@tanaka", "@yamamoto"}
    care = await people.duty(case, "care")
    pressed = await people.press("tanaka", Verb.COMING, care.id, "5", at="chat:@tanaka")
    assert pressed.changed and care.state is DutyState.OPEN


async def test_a_failed_card_is_not_tried_again_by_later_changes(people, world, platform) -> None:
    case = await people.call()
    platform.gone = {"shinjuku"}
    await world.works_off()
    platform.notes.clear()
    await people.say(case, Verb.PLACE, "reg")
    await world.works_off()
    assert ("post", "shinjuku") not in platform.notes


async def test_a_channel_that_is_back_gets_what_it_would_not_take_and_is_bothered_once_an_hour(
    people, world, platform
) -> None:
    platform.gone = {"desk"}
    case = await a_quiet_report(people)
    await world.passes(hours=3, minutes=5)
    assert (await people.facts(case)).count("delivery_failed") == 1
    assert 2 <= platform.notes.count(("post", "desk")) <= 8  # the card, and reminders beside it
    platform.gone = set()
    await world.passes(hours=1)
    (card,) = platform.cards("desk")
    assert card.title.key == "desk.title"
    assert "delivered" in await people.facts(case)
    assert (await audit(world.service.work)).clean


async def test_a_card_that_could_not_be_edited_says_what_is_true_once_its_channel_is_back(
    people, world, platform
) -> None:
    case = await people.call()
    await people.answer("tanaka", Verb.COMING, case)
    await world.works_off()
    platform.gone = {"shinjuku"}
    await people.say(case, Verb.FINE_NOW)
    await world.works_off()
    assert platform.cards("shinjuku")[0].buttons
    platform.gone = set()
    await world.passes(hours=1)
    assert platform.cards("shinjuku")[0].title.key == "help.card.over"
    assert (await states(world, case))["chat:shinjuku"] is CardState.SHOWN


async def test_a_call_that_is_over_is_not_put_into_a_channel_that_is_back(
    people, world, platform
) -> None:
    platform.gone = {"shinjuku"}
    case = await people.call()
    await world.works_off()
    await people.say(case, Verb.MISTAKE)
    platform.gone = set()
    await world.passes(hours=2)
    assert platform.cards("shinjuku") == []


@pytest.mark.parametrize(("days", "over"), [(1, True), (9, False)])
async def test_a_call_that_ended_while_its_channel_was_away_calls_nobody_once_it_is_back(
    people, world, platform, days, over
) -> None:
    """For a week; then nobody reads it any more, and it is no alarm."""
    case = await people.call()
    await world.works_off()
    platform.gone = {"shinjuku", "@tanaka", "@yamamoto"}
    await people.say(case, Verb.MISTAKE)
    await world.leaps(days=days)
    platform.gone = set()
    assert (await audit(world.service.work)).clean is not over
    await world.passes(hours=2)
    shown = platform.cards("shinjuku")
    assert ("help.card.mistake" in repr(shown)) is over
    assert (await audit(world.service.work)).clean


async def test_a_report_sent_after_all_comes_once_its_channel_is_back(
    people, world, platform
) -> None:
    platform.gone = {"desk"}
    case = await a_quiet_report(people)
    await world.works_off()
    await people.say(case, Verb.WITHDRAW)
    await world.passes(hours=2)
    await people.say(case, Verb.RESUME)
    await world.works_off()
    platform.gone = set()
    await world.leaps(hours=2)
    assert "desk.title" in [card.title.key for card in platform.cards("desk")]


async def test_a_call_that_is_called_again_comes_once_its_channel_is_back(
    people, world, platform
) -> None:
    platform.gone = {"shinjuku"}
    case = await people.call()
    await world.leaps(hours=3)  # it lapsed, and the hourly try that found it over was the last
    platform.gone = set()
    await people.say(case, Verb.STILL_NEEDED)
    await world.works_off()
    assert any(card.title.key.startswith("help.card") for card in platform.cards("shinjuku"))


async def test_a_closed_case_bothers_no_channel_any_more(people, world, platform) -> None:
    case = await people.report(site_may_know=False)
    await world.works_off()
    platform.gone = {"desk"}
    await people.works_through(case)
    await people.at_desk(Verb.CLOSE, case)
    await world.passes(hours=2)
    platform.notes.clear()
    await world.passes(hours=5)
    assert ("edit", "desk") not in platform.notes


async def test_a_platform_nobody_set_up_is_a_failed_card_and_no_crash(people, world) -> None:
    case = await a_quiet_report(people)
    while await run_one_due(world.service.work, {}):
        pass
    assert (await states(world, case))["chat:desk"] is CardState.FAILED
    assert not (await audit(world.service.work)).clean


async def test_a_card_that_breaks_its_adapter_stops_no_other(people, world, platform) -> None:
    platform.poison = {"shinjuku"}
    await people.call()
    await people.report()
    await people.call("yotsuya")
    await world.works_off()
    assert platform.channel("shinjuku") == []
    assert platform.channel("desk") and platform.channel("yotsuya")
    await world.passes(minutes=10)
    tries = platform.notes.count(("post", "shinjuku"))
    platform.poison = set()
    await world.passes(minutes=20)
    assert 2 <= tries < 40, "tried again, and ever more seldom"
    assert platform.channel("shinjuku")


async def test_a_burst_of_changes_is_one_edit(people, world, platform) -> None:
    case = await people.call()
    await world.works_off()
    platform.notes.clear()
    await people.answer("tanaka", Verb.COMING, case, minutes=2)
    await people.answer("tanaka", Verb.COMING, case, minutes=5)
    await people.say(case, Verb.PLACE, "floor")
    await people.say(case, Verb.PLACE, "reg")
    await people.answer("yamamoto", Verb.TAKE_OVER, case)
    await world.works_off()
    # One edit of the card, and one of each message that asked somebody directly.
    edits = [("edit", "shinjuku"), ("edit", "@tanaka"), ("edit", "@yamamoto")]
    assert sorted(platform.notes) == sorted(edits)


async def test_a_change_that_no_reader_sees_is_no_call(people, world, platform) -> None:
    case = await people.call()
    await people.say(case, Verb.PLACE, "reg")
    await world.works_off()
    platform.notes.clear()
    await people.say(case, Verb.PLACE, "reg")
    await world.works_off()
    assert platform.notes == []


async def test_a_row_whose_worker_died_comes_back_after_its_lease(people, world, platform) -> None:
    await a_quiet_report(people)
    work = world.service.work
    async with work.storage.write() as tx:
        held = await tx.jobs.claim(world.clock.present, LEASE_SECONDS, {})
    assert held is not None and held.kind == "card"
    await world.works_off()
    assert platform.channel("desk") == []
    world.clock.passes(seconds=LEASE_SECONDS - 1)
    await world.works_off()
    assert platform.channel("desk") == []
    world.clock.passes(seconds=1)
    await world.works_off()
    assert len(platform.channel("desk")) == 1
    async with work.storage.write() as tx:
        assert not await tx.jobs.done(held), "the dead worker's lease ends nothing any more"


async def test_a_worker_that_died_after_sending_shows_nothing_twice(
    people, world, platform
) -> None:
    await a_quiet_report(people)
    work = world.service.work
    async with work.storage.write() as tx:
        held = await tx.jobs.claim(world.clock.present, LEASE_SECONDS, {})
    assert held is not None
    async with work.storage.read() as tx:
        row = await tx.cards.get(held.subject)
    assert row is not None
    async with work.storage.read() as tx:
        shown = await view_case(work, tx, row.case_id, Reader.REFRESH)
    assert shown is not None
    platform.reads_back = True
    await platform.post("desk", desk_card(work.policy, shown), row.id, None)
    await world.passes(minutes=2)
    assert len(platform.channel("desk")) == 1
    assert (await audit(work)).clean


async def test_what_a_dead_process_held_goes_on_at_the_next_start(people, world, platform) -> None:
    await a_quiet_report(people)
    work = world.service.work
    async with work.storage.write() as tx:
        await tx.jobs.claim(world.clock.present, LEASE_SECONDS, {})
    await reclaim(work)
    await world.works_off()
    assert len(platform.channel("desk")) == 1


async def test_a_job_of_no_known_kind_is_parked_and_stops_nothing(people, world, platform) -> None:
    async with world.service.work.storage.write() as tx:
        due = world.clock.present
        await tx.jobs.enqueue([NewJob("dance", "x", due, dedup="dance:x", priority=0)])
    await a_quiet_report(people)
    await world.works_off()
    assert len(platform.channel("desk")) == 1


async def test_a_card_of_a_site_that_the_company_closed_comes_all_the_same(
    people, world, platform
) -> None:
    case = await a_quiet_report(people)
    work = world.service.work
    gone = work.company.model_copy(update={"sites": ()})
    world.service = replace(world.service, work=replace(work, company=gone))
    await world.works_off()
    assert case.public_id in repr(platform.channel("desk"))
    assert (await states(world, case))["chat:desk"] is CardState.SHOWN


@pytest.mark.parametrize("outcome", [Ambiguous(), Permanent("gone")])
async def test_a_nudge_is_not_called_sent_before_it_was(people, world, platform, outcome) -> None:
    case = await people.call()
    await world.works_off()
    duty = await people.duty(case, "second_person")
    world.clock.passes(minutes=3)
    platform.answers = [outcome]
    await run_one_due(world.service.work, {"chat": platform})  # the clock
    await run_one_due(world.service.work, {"chat": platform})  # the message, or the card's edit
    async with world.service.work.storage.read() as tx:
        asked = [nudge for nudge in await tx.duties.nudges(duty.id) if nudge.step == 1]
    assert asked and all(nudge.sent_at is None for nudge in asked)


async def test_a_card_that_somebody_deleted_comes_back_while_anything_is_to_be_done(
    people, world, platform
) -> None:
    case = await a_quiet_report(people)
    await world.works_off()
    platform.messages.clear()
    await people.say(case, Verb.WRITE, words="Is anybody there?")
    await world.works_off()
    (card,) = platform.cards("desk")
    assert case.public_id in repr(card) and card.buttons
    assert (await states(world, case))["chat:desk"] is CardState.SHOWN


async def test_a_card_that_somebody_deleted_once_it_was_over_stays_away(
    people, world, platform
) -> None:
    case = await a_quiet_report(people)
    await people.works_through(case)
    await people.at_desk(Verb.CLOSE, case)
    await world.works_off()
    platform.messages.clear()
    await people.say(case, Verb.WITHDRAW)
    await world.works_off()
    assert platform.cards("desk") == []


async def test_a_card_that_somebody_deleted_comes_back_once_a_closed_case_is_taken_up_again(
    people, world, platform
) -> None:
    case = await a_quiet_report(people)
    await world.works_off()
    await people.works_through(case)
    await world.works_off()
    platform.messages.clear()
    assert (await people.at_desk(Verb.CLOSE, case)).changed
    await world.works_off()
    await people.say(case, Verb.WRITE, words="It happened again.")
    await world.works_off()
    assert [card.title.key for card in platform.cards("desk")] == ["desk.title"]


async def test_a_card_that_somebody_deleted_comes_back_once_a_report_is_sent_after_all(
    people, world, platform
) -> None:
    case = await a_quiet_report(people)
    await world.works_off()
    platform.messages.clear()
    await people.say(case, Verb.WITHDRAW)
    await world.works_off()
    await people.say(case, Verb.RESUME)
    await world.works_off()
    assert [card.title.key for card in platform.cards("desk")] == ["desk.title"]


async def test_that_the_message_of_a_call_that_is_over_was_deleted_is_no_fault_of_the_service(
    people, world, platform
) -> None:
    case = await people.call()
    for verb in (Verb.HERE, Verb.OVER):
        await people.answer("tanaka", verb, case)
    await people.say(case, Verb.CARE_HAPPENED)
    await world.works_off()
    platform.messages.clear()
    await people.say(case, Verb.FINE_NOW)
    await world.leaps(days=1)
    assert (await audit(world.service.work)).clean
    assert 1 <= platform.notes.count(("edit", "?")) < 5


async def test_what_is_needed_again_while_it_is_being_left_out_is_sent(
    people, world, platform, monkeypatch
) -> None:
    case = await people.call()
    await world.passes(minutes=2)
    await people.answer("tanaka", Verb.COMING, case)
    read = nudge_deliveries._read
    happened = []

    async def someone_comes_and_goes(work, messengers, nudge_id: str):
        found = await read(work, messengers, nudge_id)
        if happened or found is None or found.nudge.people != ("takahashi",):
            return found
        happened.append(await people.answer("yamamoto", Verb.COMING, case))
        found = await read(work, messengers, nudge_id)
        happened.append(await people.answer("yamamoto", Verb.CANNOT, case))
        return found

    monkeypatch.setattr(nudge_deliveries, "_read", someone_comes_and_goes)
    await world.passes(minutes=1)
    assert [pressed.changed for pressed in happened] == [True, True]
    assert len(platform.channel("@takahashi")) == 1
