"""The ladder climbs while nobody answers, chases only who is missing, and never ends silent."""

from datetime import timedelta

import pytest

from bot.audits import audit
from bot.duties import press_in_channel
from bot.filing import Filed
from bot.nudges import climb, climb_now
from bot.work_records import DutyState
from flows.outcomes import Visibility
from flows.phrases import Say
from flows.presses import Press, Verb
from flows.screens import Card
from tests.bot.conftest import NotedPlatform, People

AREA, HQ, DESK = ("takahashi",), ("watanabe",), ("sato", "suzuki")
MANAGERS = ("tanaka", "yamamoto")


def title_key(card: Card) -> str:
    assert isinstance(card.title, Say)
    return card.title.key


def asked(cards: list[Card]) -> list[tuple[str, ...]]:
    return [card.mentions for card in cards]


async def test_the_first_rung_is_alerted_by_the_card_itself(people, world, platform) -> None:
    await people.call()
    await world.works_off()
    (card,) = platform.channel("shinjuku")
    assert set(card.mentions) == {"tanaka", "yamamoto"}


async def test_nobody_answers_and_help_climbs_on_the_minute(people, world, platform) -> None:
    case = await people.call()
    await world.passes(minutes=2)
    assert asked(platform.beside("shinjuku")) == []
    await world.passes(minutes=1)
    # One buzz in a pocket is easily missed: who has not answered is asked again.
    assert asked(platform.beside("shinjuku")) == [MANAGERS + AREA]
    await world.passes(minutes=2)
    assert asked(platform.beside("shinjuku")) == [MANAGERS + AREA, MANAGERS + AREA + HQ]
    assert platform.notes.count(("post", "@tanaka")) == 3
    await world.passes(minutes=4)
    assert (await people.duty(case, "second_person")).state is DutyState.OPEN
    assert platform.channel("desk") == []
    await world.passes(minutes=1)
    assert (await people.duty(case, "second_person")).state is DutyState.EXHAUSTED
    (card,) = platform.channel("desk")
    assert card.title.key == "desk.help.title"


async def test_after_the_end_nobody_is_asked_again(people, world, platform) -> None:
    await people.call()
    await world.passes(minutes=10)
    posts = platform.notes.count(("post", "shinjuku"))
    await world.passes(minutes=60)
    assert platform.notes.count(("post", "shinjuku")) == posts == 3


async def test_an_answer_after_the_end_still_counts(people, world) -> None:
    case = await people.call()
    await world.passes(minutes=11)
    assert (await people.answer("tanaka", Verb.COMING, case)).changed
    assert (await people.duty(case, "second_person")).state is DutyState.EXHAUSTED
    assert (await people.answer("yamamoto", Verb.COMING, case)).changed
    assert (await people.duty(case, "second_person")).state is DutyState.ANSWERED


async def test_only_the_missing_seat_is_chased(people, world, platform) -> None:
    case = await people.call()
    await people.answer("tanaka", Verb.COMING, case)
    await world.passes(minutes=3)
    (nudge,) = platform.beside("shinjuku")
    assert nudge.title.values["missing"] == 1
    assert nudge.mentions == ("yamamoto", *AREA)  # tanaka has answered


async def test_enough_people_end_the_chase(people, world, platform) -> None:
    case = await people.call()
    for person in ("tanaka", "yamamoto"):
        await people.answer(person, Verb.COMING, case, minutes=5)
    await world.passes(minutes=9)
    assert platform.beside("shinjuku") == [] and platform.channel("desk") == []


async def test_everybody_asked_cannot_and_the_next_are_asked_at_once(
    people, world, platform
) -> None:
    case = await people.call()
    await world.works_off()
    await people.answer("tanaka", Verb.CANNOT, case)
    await world.works_off()
    assert platform.beside("shinjuku") == []
    await people.answer("yamamoto", Verb.CANNOT, case)
    await world.works_off()
    assert asked(platform.beside("shinjuku")) == [AREA]
    await people.answer("takahashi", Verb.CANNOT, case)
    await world.works_off()
    assert asked(platform.beside("shinjuku")) == [AREA, HQ]
    await people.answer("watanabe", Verb.CANNOT, case)
    await world.works_off()
    assert (await people.duty(case, "second_person")).state is DutyState.EXHAUSTED
    assert len(platform.cards("desk")) == 1


@pytest.mark.parametrize("order", [1, -1])
async def test_one_comes_and_the_other_cannot_so_the_next_are_asked_at_once(
    people, world, platform, order
) -> None:
    case = await people.call()
    answers = (("tanaka", Verb.COMING), ("yamamoto", Verb.CANNOT))
    for person, answer in answers[::order]:
        await people.answer(person, answer, case)
    await world.works_off()
    assert asked(platform.beside("shinjuku")) == [AREA]


async def test_who_said_yes_and_then_cannot_frees_the_seat(people, world, platform) -> None:
    case = await people.call()
    for person in ("tanaka", "yamamoto"):
        await people.answer(person, Verb.COMING, case)
    await world.passes(minutes=4)
    await people.answer("tanaka", Verb.CANNOT, case)
    assert (await people.duty(case, "second_person")).state is DutyState.OPEN
    await world.works_off()
    assert asked(platform.beside("shinjuku")) == [AREA]
    assert (await audit(world.service.work)).clean


@pytest.mark.parametrize("says_so", [True, False])
async def test_the_only_one_who_came_after_the_end_gives_up_and_everybody_is_asked_again(
    people, world, platform, says_so: bool
) -> None:
    case = await people.call()
    await world.passes(minutes=11)
    await people.at_desk(Verb.TAKE, case)
    await people.answer("tanaka", Verb.COMING, case, minutes=5)
    await world.works_off()
    before = len(platform.beside("shinjuku"))
    if says_so:
        await people.answer("tanaka", Verb.CANNOT, case)
        await world.works_off()
    else:
        await world.passes(minutes=10)
    again = ("yamamoto",) if says_so else MANAGERS
    assert asked(platform.beside("shinjuku"))[before:] == [again]
    assert (await people.duty(case, "second_person")).state is DutyState.OPEN
    assert (await audit(world.service.work)).clean


async def test_who_gives_up_after_the_end_where_enough_came_has_site_and_desk_asked_again(
    people, world, platform
) -> None:
    case = await people.call()
    await world.passes(minutes=11)
    await people.at_desk(Verb.TAKE, case)
    for person in MANAGERS:
        await people.answer(person, Verb.COMING, case, minutes=20)
    await world.works_off()
    before, desk = len(platform.beside("shinjuku")), len(platform.beside("desk"))
    await people.answer("tanaka", Verb.CANNOT, case)
    await world.passes(minutes=3)
    assert AREA in asked(platform.beside("shinjuku"))[before:]
    assert len(platform.beside("desk")) > desk


async def test_who_never_came_and_cannot_after_the_end_has_nobody_asked_again(
    people, world, platform
) -> None:
    case = await people.call()
    await world.passes(minutes=11)
    before = len(platform.beside("shinjuku"))
    await people.answer("tanaka", Verb.CANNOT, case)
    await world.passes(minutes=5)
    assert len(platform.beside("shinjuku")) == before


async def test_who_left_the_roster_during_a_call_is_not_waited_for(people, world, platform) -> None:
    case = await people.call()
    await world.works_off()
    directory = world.service.work.directory
    directory.load([each for each in directory.company.people if each.id != "yamamoto"], 1)
    await people.answer("tanaka", Verb.CANNOT, case)
    await world.works_off()
    assert asked(platform.beside("shinjuku")) == [AREA]


async def test_an_acceptance_with_nothing_after_it_runs_out(people, world, platform) -> None:
    case = await people.call()
    await people.answer("tanaka", Verb.COMING, case, minutes=2)
    await people.answer("yamamoto", Verb.COMING, case, minutes=5)
    await world.passes(minutes=6)
    assert platform.beside("shinjuku") == []
    await world.passes(minutes=1)
    assert (await people.duty(case, "second_person")).state is DutyState.OPEN
    # Not yamamoto, whose five minutes and five more still run.
    assert asked(platform.beside("shinjuku")) == [("tanaka",)]
    await world.passes(minutes=3)
    assert {"tanaka", *AREA} <= set(asked(platform.beside("shinjuku"))[-1])


async def test_whoever_takes_over_is_on_their_way_until_they_are_late(
    people, world, platform
) -> None:
    case = await people.call()
    await world.works_off()
    for person in ("tanaka", "yamamoto"):
        assert (await people.answer(person, Verb.TAKE_OVER, case)).changed
    await world.passes(minutes=5)
    assert platform.beside("shinjuku") == []
    assert "help.coming" in repr(await people.page(case))
    await world.passes(minutes=1)
    assert "help.overdue" in repr(await people.page(case))
    assert {"tanaka", "yamamoto"} <= set(asked(platform.beside("shinjuku"))[-1])


async def test_an_answer_that_ran_out_stays_in_sight_and_can_still_become_an_arrival(
    people, world, platform
) -> None:
    case = await people.call()
    await people.answer("tanaka", Verb.COMING, case, minutes=2)
    await world.passes(minutes=8)
    (card,) = platform.cards("shinjuku")
    assert "seat.ran_out" in repr(card) and card.title.values["taken"] == 0
    assert {Verb.COMING, Verb.HERE} <= {button.press.verb for button in card.buttons}
    page = repr(await people.page(case))
    assert "help.overdue" in page and "seat.ran_out" in page
    assert (await people.answer("tanaka", Verb.HERE, case)).changed
    await world.works_off()
    (card,) = platform.cards("shinjuku")
    assert "seat.ran_out" not in repr(card) and card.title.values["taken"] == 1


async def test_who_is_there_is_not_asked_again_after_ten_minutes(people, world, platform) -> None:
    case = await people.call()
    await people.answer("tanaka", Verb.COMING, case, minutes=2)
    await people.answer("yamamoto", Verb.COMING, case, minutes=2)
    await world.passes(minutes=2)
    for person in ("tanaka", "yamamoto"):
        assert (await people.answer(person, Verb.HERE, case)).changed
    await world.passes(minutes=40)
    assert platform.beside("shinjuku") == []
    assert (await people.duty(case, "second_person")).state is DutyState.ANSWERED


async def two_are_there_for_an_hour(people, world) -> Filed:
    call = await people.call()
    await world.passes(minutes=1)
    for person in ("tanaka", "yamamoto"):
        await people.answer(person, Verb.HERE, call)
    await world.passes(minutes=61)
    return call


async def test_of_whom_nothing_is_heard_for_an_hour_everybody_reads_that_they_were_there(
    people, world, platform
) -> None:
    call = await two_are_there_for_an_hour(people, world)
    page, (card,) = repr(await people.page(call)), platform.cards("shinjuku")
    assert "help.was_there" in page and "seat.was_there" in page and "help.overdue" not in page
    assert "arrival.was_there" in repr(card) and "arrival.overdue" not in repr(card)
    assert card.title.values["taken"] == 0, "they are asked again"
    assert {Verb.HERE, Verb.OVER} <= {button.press.verb for button in card.buttons}
    assert (await people.answer("tanaka", Verb.OVER, call)).changed
    assert (await people.duty(call, "second_person")).state is DutyState.DONE


async def test_who_comes_after_them_and_is_late_is_asked_whether_they_are_there(
    people, world, platform
) -> None:
    call = await two_are_there_for_an_hour(people, world)
    for person in ("takahashi", "watanabe"):
        await people.answer(person, Verb.COMING, call, minutes=2)
    await world.works_off()
    assert "help.coming" in repr(await people.page(call))
    await world.passes(minutes=3)
    assert "help.was_there" in repr(await people.page(call))
    assert "help.card.title.overdue" in repr(platform.cards("shinjuku"))
    told = repr([platform.direct("tanaka"), platform.beside("shinjuku")])
    assert "nudge.was_there" in told and "nudge.overdue" not in told


async def test_the_desk_does_not_read_that_nobody_got_there_where_two_did(
    people, world, platform
) -> None:
    await two_are_there_for_an_hour(people, world)
    await world.passes(minutes=79)  # the call lapsed, and nobody at the site gave care
    assert "desk.help.care" in repr(platform.cards("desk"))
    assert "desk.help.nobody_came" not in repr(platform.cards("desk"))


async def test_a_promise_that_has_passed_is_said_so_at_once_in_every_message(
    people, world, platform
) -> None:
    case = await people.call()
    await world.passes(minutes=3)
    for person in ("tanaka", "yamamoto"):
        await people.answer(person, Verb.COMING, case, minutes=2)
    await world.passes(minutes=2)
    channels = ("shinjuku", "@tanaka", "@yamamoto", "@takahashi")
    assert not any(".overdue" in repr(platform.channel(each)) for each in channels)
    await world.passes(minutes=1)
    for each in channels:
        live = [card for card in platform.channel(each) if title_key(card) != "nudge.past"]
        assert live and all(".overdue" in repr(card) for card in live), each
    (reminder,) = platform.beside("shinjuku")
    assert reminder.buttons[0].press.verb is Verb.HERE
    await people.answer("tanaka", Verb.HERE, case)
    await world.works_off()
    assert not any(".overdue" in repr(platform.channel(each)) for each in channels)


async def test_one_person_has_one_message_that_asks(people, world, platform) -> None:
    case = await people.call()
    await world.passes(minutes=3)

    def titles(person: str) -> list[str]:
        return [title_key(card) for card in platform.channel(f"@{person}")]

    assert titles("tanaka") == ["nudge.past", "help.card.title"]
    await world.passes(minutes=2)
    assert titles("tanaka") == ["nudge.past", "nudge.past", "help.card.title"]
    assert titles("watanabe") == ["help.card.title"]
    platform.notes.clear()
    await people.say(case, Verb.FINE_NOW)
    await world.works_off()
    assert titles("tanaka") == ["nudge.ended", "nudge.ended", "help.card.over_alone"]
    assert platform.notes.count(("edit", "@tanaka")) == 3


async def test_nothing_is_looked_at_again_once_somebody_is_there_or_it_is_over(
    people, world, platform
) -> None:
    for word in (Verb.HERE, None):
        case = await people.call()
        for person in ("tanaka", "yamamoto"):
            await people.answer(person, Verb.COMING, case, minutes=2)
        if word is not None:
            await people.answer("tanaka", word, case)
        else:
            await people.say(case, Verb.MISTAKE)
        await world.works_off()
        platform.notes.clear()
        await world.passes(minutes=5)
        assert platform.notes == [], word
        await people.say(case, Verb.MISTAKE)


async def test_whoever_cannot_come_is_not_asked_again(people, world, platform) -> None:
    case = await people.call()
    await people.answer("tanaka", Verb.CANNOT, case)
    await world.passes(minutes=5)
    assert asked(platform.beside("shinjuku")) == [("yamamoto", *AREA), ("yamamoto", *AREA, *HQ)]


async def test_who_is_held_up_says_so_although_enough_are_coming(people, world, platform) -> None:
    case = await people.call()
    await people.answer("tanaka", Verb.COMING, case, minutes=2)
    await people.answer("yamamoto", Verb.COMING, case, minutes=2)
    await world.works_off()
    (card,) = platform.channel("shinjuku")
    assert [button.press.verb for button in card.buttons] == [Verb.HERE, Verb.CANNOT]
    assert (await people.answer("tanaka", Verb.CANNOT, case)).changed
    assert (await people.duty(case, "second_person")).state is DutyState.OPEN
    await world.passes(minutes=4)
    assert AREA in asked(platform.beside("shinjuku"))


async def test_a_second_acceptance_that_runs_out_does_not_put_the_next_rung_off(
    people, world, platform
) -> None:
    case = await people.call()
    await people.answer("tanaka", Verb.COMING, case, minutes=2)
    await people.answer("yamamoto", Verb.COMING, case, minutes=4)
    await world.passes(minutes=8)
    assert (await people.duty(case, "second_person")).climb == 1
    await world.passes(minutes=2)
    assert set(AREA) <= set(asked(platform.beside("shinjuku"))[-1])
    duty = await people.duty(case, "second_person")
    assert (duty.climb, duty.step) == (1, 1)
    assert (await audit(world.service.work)).clean


def own(platform: NotedPlatform, person: str) -> list[list[Verb]]:
    """What can be pressed in each message to one person."""
    return [[b.press.verb for b in card.buttons] for card in platform.channel(f"@{person}")]


async def both_are_on_their_way(people: People) -> Filed:
    """A call to which one says when they come, and the other that they take over."""
    case = await people.call()
    await people.world.works_off()
    await people.answer("tanaka", Verb.COMING, case, minutes=5)
    await people.answer("yamamoto", Verb.TAKE_OVER, case)
    return case


async def test_whoever_is_on_the_way_keeps_their_message_when_the_other_falls_silent(
    people, world, platform
) -> None:
    case = await both_are_on_their_way(people)
    await world.passes(minutes=7)
    assert (await people.duty(case, "second_person")).climb == 1
    ((arrives, *more),) = own(platform, "tanaka")
    assert arrives is Verb.HERE and Verb.CANNOT in more
    await people.answer("tanaka", Verb.HERE, case)
    await world.passes(minutes=1)
    assert own(platform, "tanaka") == [[Verb.OVER, Verb.CANNOT]]


async def test_whoever_falls_silent_while_others_are_asked_is_asked_with_the_next_of_them(
    people, world, platform
) -> None:
    await both_are_on_their_way(people)
    await world.passes(minutes=10)
    assert own(platform, "tanaka")[0], "until the next message is there, this one asks"
    await world.passes(minutes=1)
    assert "tanaka" in asked(platform.beside("shinjuku"))[-1]
    past, anew = own(platform, "tanaka")
    assert past == [] and Verb.COMING in anew
    assert (await audit(world.service.work)).clean


async def test_whoever_falls_silent_after_the_last_were_asked_is_asked_at_once_with_everybody(
    people, world, platform
) -> None:
    case = await people.call()
    await world.passes(minutes=2)
    await people.answer("tanaka", Verb.COMING, case, minutes=2)
    await world.passes(minutes=6)
    assert (await people.duty(case, "second_person")).step == 2
    assert ("yamamoto", *AREA, *HQ) == asked(platform.beside("shinjuku"))[-1]
    await world.passes(minutes=1)
    assert {"tanaka", "yamamoto"} <= set(asked(platform.beside("shinjuku"))[-1])
    assert platform.channel("desk"), "and the desk hears of it"
    assert (await audit(world.service.work)).clean


async def test_one_acceptance_too_many_may_run_out_unnoticed(people, world, platform) -> None:
    case = await people.call()
    await people.answer("tanaka", Verb.COMING, case, minutes=2)
    for person in ("yamamoto", "takahashi"):
        await people.answer(person, Verb.COMING, case, minutes=5)
    await world.passes(minutes=8)
    assert (await people.duty(case, "second_person")).state is DutyState.ANSWERED
    assert platform.beside("shinjuku") == []
    assert (await audit(world.service.work)).clean


async def test_an_acceptance_runs_out_after_the_end_and_the_ladder_starts_again(
    people, world
) -> None:
    case = await people.call()
    await world.passes(minutes=11)
    for person in ("tanaka", "yamamoto"):
        await people.answer(person, Verb.COMING, case, minutes=2)
    await world.passes(minutes=7)
    duty = await people.duty(case, "second_person")
    assert (duty.state, duty.step) == (DutyState.OPEN, 0)
    assert (await audit(world.service.work)).clean


async def test_care_climbs_to_the_desk_and_says_when_nobody_answered(
    people, world, platform
) -> None:
    case = await people.report(visibility=Visibility.NAMED)
    await world.passes(minutes=10)
    assert asked(platform.beside("shinjuku")) == [AREA]
    await world.passes(minutes=20)
    # The site reads that the desk was asked; whoever is there has messages of their own.
    message = platform.beside("shinjuku")[-1]
    assert message.title.key == "nudge.care_desk" and not message.mentions
    assert platform.direct("sato") and platform.direct("suzuki")
    await world.passes(minutes=30)
    assert (await people.duty(case, "care")).state is DutyState.EXHAUSTED
    assert "duty.nobody" in platform.cards("desk")[0].model_dump_json()


async def test_a_case_that_nobody_takes_climbs_at_its_promised_time(
    people, world, platform
) -> None:
    case = await people.report(site_may_know=False, chips="a")
    take = await people.duty(case, "take")
    assert take.due_at == world.clock.present + timedelta(hours=2)
    # Care is the desk's here, and is said to be due first.
    await world.passes(minutes=119)
    care = asked(platform.beside("desk"))
    assert care == [DESK, ("mori",)]
    await world.passes(minutes=1)
    assert asked(platform.beside("desk")) == [*care, ("mori",)]
    await world.passes(minutes=30)
    # Head office does not read the desk's channel: it is asked in messages of its own.
    assert asked(platform.beside("desk")) == [*care, ("mori",), ()]
    assert all(len(platform.direct(who)) == 1 for who in HQ)
    await world.passes(minutes=30)
    assert (await people.duty(case, "take")).state is DutyState.EXHAUSTED


async def test_a_promise_to_answer_is_never_missed_in_silence(people, world, platform) -> None:
    case = await people.report(visibility=Visibility.NAMED)
    await people.press("sato", Verb.TAKE, case.case_id, at="chat:desk")
    reply = await people.duty(case, "reply")
    await world.passes(minutes=(reply.due_at - world.clock.present).total_seconds() / 60 - 1)
    before = len(platform.beside("desk"))
    await world.passes(minutes=1)
    await world.passes(seconds=1)
    due = platform.beside("desk")[before:]
    (number,) = [n for n, card in enumerate(due) if "duty.reply" in card.model_dump_json()]
    assert due[number].mentions == DESK
    await world.passes(minutes=1440)
    assert ("mori",) in asked(platform.beside("desk"))
    assert "duty.overdue" in platform.cards("desk")[0].model_dump_json()
    # Answered late is answered: what was said to be due says so.
    code = world.service.work.index.seal_press(
        Press(verb=Verb.REPLY, subject=case.case_id), "chat:desk"
    )
    await press_in_channel(world.service.work, "chat:desk", code, "sato", "お待たせしました")
    await world.passes(minutes=1)
    assert (await people.duty(case, "reply")).state is DutyState.DONE
    assert "nudge.done" in platform.beside("desk")[before + number].model_dump_json()


async def test_a_clock_that_fires_twice_asks_once(people, world, platform) -> None:
    case = await people.call()
    await world.passes(minutes=3)
    duty = await people.duty(case, "second_person")
    async with world.service.work.storage.write() as tx:
        await tx.jobs.cancel(duty.id)
    for _ in range(2):
        async with world.service.work.storage.write() as tx:
            await climb_now(tx, duty, world.clock.present)
    await world.works_off()
    # Two rungs in one moment: nobody is asked by both.
    assert asked(platform.beside("shinjuku")) == [MANAGERS + AREA, HQ]
    async with world.service.work.storage.write() as tx:
        await climb(world.service.work, tx, "0" * 32, world.clock.present)


async def test_everything_owed_has_a_clock_at_every_minute_of_a_call(people, world) -> None:
    case = await people.call()
    for minute in range(30):
        if minute == 4:
            await people.answer("tanaka", Verb.COMING, case)
        if minute == 6:
            await people.answer("yamamoto", Verb.COMING, case, minutes=5)
        if minute == 8:
            await people.answer("tanaka", Verb.CANNOT, case)
        await world.passes(minutes=1)
        assert (await audit(world.service.work)).clean, minute


async def test_everything_owed_has_a_clock_after_the_employee_said_not_yet(people, world) -> None:
    case = await people.report()
    await people.answer("tanaka", Verb.COMING, case, "care")
    await people.answer("tanaka", Verb.CARED, case, "care")
    await people.say(case, Verb.CARE_NOT_YET)
    for _ in range(8):
        await world.passes(minutes=10)
        assert (await audit(world.service.work)).clean
