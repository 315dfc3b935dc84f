"""Presses on cards: who may, what they change, and that people act once."""

import asyncio
import json
from datetime import timedelta

import pytest

from bot.desk import open_details
from bot.duties import press_in_channel
from bot.own_presses import press_on_own_page
from bot.work_records import DutyState, SeatRow
from flows.assessment import Safety
from flows.commitments import DutyKind
from flows.outcomes import Visibility
from flows.presses import DESK_VERBS, OWN_VERBS, SITE_VERBS, Press, Verb
from flows.screens import Card, Timeline

SHINJUKU, DESK = "chat:shinjuku", "chat:desk"
LATE, ALREADY, NOT_YOURS = "press.late", "press.already", "press.not_yours"
UNKNOWN, FULL, RECORDED = "press.unknown", "press.full", "press.recorded"


def title_key(card: Card) -> str:
    return card.title.key


def verbs(card: Card) -> set[Verb]:
    return {button.press.verb for button in card.buttons}


def as_json(cards: list[Card]) -> list[str]:
    return [card.model_dump_json() for card in cards]


def the_card(cards: list[Card], title: str) -> Card:
    (found,) = [card for card in cards if title_key(card).startswith(title)]
    return found


def timeline_of_caller(page: Card) -> list[str]:
    (found,) = (each for each in (*page.body, *page.after) if isinstance(each, Timeline))
    return [line.what.key for line in found.items]


async def seats(world, people, case) -> list[SeatRow]:
    duty = await people.duty(case, "second_person")
    async with world.service.work.storage.read() as tx:
        return list(await tx.duties.seats(duty.id))


async def take(people, case, person: str):
    return await people.press(person, Verb.TAKE, case.case_id, at=DESK)


# --- the desk ------------------------------------------------------------------------------


async def test_the_first_of_two_takes_the_case_and_the_second_hears_it_kindly(
    people, world, platform
) -> None:
    case = await people.report()
    await world.works_off()
    assert Verb.TAKE in verbs(platform.cards("desk")[0])
    first, second = await take(people, case, "sato"), await take(people, case, "suzuki")
    assert (first.notice.key, first.changed) == (RECORDED, True)
    assert (second.notice.key, second.changed) == ("press.taken", False)
    assert "佐藤" in repr(second.notice), "who has it, and not that it is over"
    assert (await take(people, case, "sato")).notice.key == ALREADY
    await world.works_off()
    (card,) = platform.cards("desk")
    assert Verb.TAKE not in verbs(card) and "佐藤" in repr(card) and "鈴木" not in repr(card)


async def test_two_who_take_at_the_same_moment_are_one_who_took(people) -> None:
    case = await people.report()
    takes = await asyncio.gather(*(take(people, case, who) for who in ("sato", "suzuki", "mori")))
    assert [pressed.changed for pressed in takes].count(True) == 1
    assert (await people.facts(case)).count("taken") == 1


async def test_whoever_takes_is_not_chased_any_more(people, world, platform) -> None:
    case = await people.report(site_may_know=False)
    await world.works_off()
    await take(people, case, "sato")
    await world.passes(days=2)
    assert not [card for card in platform.beside("desk") if title_key(card) == "nudge.take"]


async def test_each_opening_of_details_is_written_down(people) -> None:
    case = await people.report()
    for person in ("sato", "suzuki", "sato"):
        pressed = await people.press(person, Verb.DETAILS, case.case_id, at=DESK)
        assert pressed.notice.key == "details.opened_is_logged"
    opened = [e.detail["person"] for e in await people.history(case) if e.fact == "opened"]
    assert opened == ["sato", "suzuki", "sato"]


async def test_the_desk_ends_its_own_duties_and_no_other(people) -> None:
    case = await people.report()
    duties = await people.duties(case)
    for kind in ("care", "take", "reply"):
        pressed = await people.press("sato", Verb.DUTY_DONE, duties[kind].id, at=DESK)
        assert pressed.notice.key == NOT_YOURS, kind
    check = duties["fact_check"].id
    assert (await people.press("sato", Verb.DUTY_DONE, check, at=DESK)).changed
    again = await people.press("suzuki", Verb.DUTY_DONE, check, at=DESK)
    assert (again.notice.key, again.changed) == (LATE, False)
    assert (await people.duty(case, "fact_check")).state is DutyState.DONE


async def test_an_answer_to_the_reporter_keeps_the_promise_to_answer(people, world) -> None:
    case = await people.report()
    work = world.service.work
    code = work.index.seal_press(Press(verb=Verb.REPLY, subject=case.case_id), DESK)
    await press_in_channel(work, DESK, code, "sato", "")
    assert (await people.duty(case, "reply")).state is DutyState.OPEN
    pressed, _ = await press_in_channel(work, DESK, code, "sato", "We are with you.")
    assert pressed.changed
    assert (await people.duty(case, "reply")).state is DutyState.DONE


# --- rights --------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", sorted((SITE_VERBS | OWN_VERBS) - DESK_VERBS))
async def test_the_desk_cannot_speak_for_others(people, verb: Verb) -> None:
    case = await people.report()
    care = await people.duty(case, "care")
    pressed = await people.press("sato", verb, care.id, at=DESK)
    assert (pressed.notice.key, pressed.changed) == (NOT_YOURS, False)


@pytest.mark.parametrize("verb", sorted((DESK_VERBS | OWN_VERBS) - SITE_VERBS))
async def test_a_site_cannot_do_what_is_the_desks_or_the_employees(people, verb: Verb) -> None:
    case = await people.report()
    before = await people.history(case)
    for subject in (case.case_id, (await people.duty(case, "care")).id):
        pressed = await people.press("tanaka", verb, subject)
        assert (pressed.notice.key, pressed.changed) == (NOT_YOURS, False)
    assert await people.history(case) == before


@pytest.mark.parametrize("person", ["sato", "kobayashi", "nobody", ""])
async def test_who_is_not_in_the_channel_now_changes_nothing(people, person: str) -> None:
    case = await people.call()
    pressed = await people.answer(person, Verb.COMING, case)
    assert (pressed.notice.key, pressed.changed) == (NOT_YOURS, False)


async def test_who_has_left_the_company_changes_nothing(people, world) -> None:
    case = await people.call()
    work = world.service.work
    stayed = tuple(person for person in work.company.people if person.id != "tanaka")
    work.directory.load(stayed, 1)
    assert (await people.answer("tanaka", Verb.COMING, case)).notice.key == NOT_YOURS
    assert (await people.answer("yamamoto", Verb.COMING, case)).changed


async def test_a_button_moved_to_another_channel_is_nothing(people) -> None:
    case = await people.call()
    duty = await people.duty(case, "second_person")
    pressed = await people.press(
        "kobayashi", Verb.COMING, duty.id, "2", at="chat:yotsuya", sealed_at=SHINJUKU
    )
    assert (pressed.notice.key, pressed.changed) == (UNKNOWN, False)


@pytest.mark.parametrize("code", ["", ".", "...", "coming", "take.x.y.z", "a.b.c.d.e", "あ.い.う"])
async def test_a_forged_button_is_nothing(world, code: str) -> None:
    pressed, press = await press_in_channel(world.service.work, SHINJUKU, code, "tanaka")
    assert (pressed.notice.key, pressed.changed, press) == (UNKNOWN, False, None)


@pytest.mark.parametrize("at", [SHINJUKU, DESK])
async def test_a_press_on_what_does_not_exist_is_nothing(people, at: str) -> None:
    for verb in SITE_VERBS if at == SHINJUKU else DESK_VERBS:
        person = "tanaka" if at == SHINJUKU else "sato"
        pressed = await people.press(person, verb, "0" * 32, "2", at=at)
        assert (pressed.notice.key, pressed.changed) == (UNKNOWN, False), verb


async def test_an_unnamed_channel_of_the_world_may_press_nothing(people) -> None:
    case = await people.call()
    duty = await people.duty(case, "second_person")
    pressed = await people.press("tanaka", Verb.COMING, duty.id, "2", at="chat:elsewhere")
    assert pressed.notice.key == NOT_YOURS


# --- a second person -----------------------------------------------------------------------


async def test_two_different_people_are_needed_and_the_card_counts_them(
    people, world, platform
) -> None:
    case = await people.call()
    assert (await people.answer("tanaka", Verb.COMING, case)).changed
    await world.works_off()
    (card,) = platform.cards("shinjuku")
    assert (card.title.values["taken"], card.title.values["needed"]) == (1, 2)
    assert (await people.answer("yamamoto", Verb.TAKE_OVER, case)).changed
    await world.works_off()
    assert title_key(platform.cards("shinjuku")[0]).endswith(".full")
    assert (await people.duty(case, "second_person")).state is DutyState.ANSWERED


async def test_the_same_person_twice_fills_one_seat(people, world) -> None:
    case = await people.call()
    assert (await people.answer("tanaka", Verb.COMING, case)).notice.key == RECORDED
    assert (await people.answer("tanaka", Verb.COMING, case)).notice.key == ALREADY
    assert (await people.answer("tanaka", Verb.COMING, case, minutes=5)).notice.key == RECORDED
    assert (await people.answer("tanaka", Verb.TAKE_OVER, case)).notice.key == RECORDED
    assert (await people.duty(case, "second_person")).state is DutyState.OPEN
    assert len(await seats(world, people, case)) == 1


async def test_ten_equal_presses_at_once_are_one_answer(people) -> None:
    case = await people.call()
    presses = [people.answer("tanaka", Verb.COMING, case) for _ in range(10)]
    keys = [pressed.notice.key for pressed in await asyncio.gather(*presses)]
    assert sorted(keys) == [ALREADY] * 9 + [RECORDED]
    assert (await people.facts(case)).count("answered") == 1


async def test_who_is_held_up_says_the_same_again_and_it_counts_from_then(people, world) -> None:
    case = await people.call()
    await people.answer("tanaka", Verb.COMING, case, minutes=5)
    await world.passes(minutes=5)
    assert (await people.answer("tanaka", Verb.COMING, case, minutes=5)).notice.key == ALREADY
    await world.passes(minutes=2)
    assert (await people.answer("tanaka", Verb.COMING, case, minutes=5)).notice.key == RECORDED
    await world.passes(minutes=9)
    assert [seat.answer for seat in await seats(world, people, case)] == ["coming"]
    await world.passes(minutes=1)
    assert [seat.answer for seat in await seats(world, people, case)] == ["ran_out"]


@pytest.mark.parametrize("verb", [Verb.HERE, Verb.TAKE_OVER])
async def test_who_says_again_that_they_are_there_or_take_over_is_believed_for_longer(
    people, world, verb: Verb
) -> None:
    case = await people.call()
    await people.answer("tanaka", verb, case)
    world.clock.passes(seconds=50)
    assert (await people.answer("tanaka", verb, case)).notice.key == ALREADY
    (first,) = await seats(world, people, case)
    world.clock.passes(seconds=20)
    assert (await people.answer("tanaka", verb, case)).notice.key == RECORDED
    (again,) = await seats(world, people, case)
    assert again.expires_at - first.expires_at == timedelta(seconds=70)


async def test_who_cannot_come_says_so_once(people, world) -> None:
    case = await people.call()
    await people.answer("tanaka", Verb.CANNOT, case)
    world.clock.passes(minutes=5)
    assert (await people.answer("tanaka", Verb.CANNOT, case)).notice.key == ALREADY


async def test_three_people_are_enough_and_a_fourth_is_thanked(people) -> None:
    case = await people.call()
    came = ("tanaka", "yamamoto", "takahashi")
    assert [(await people.answer(who, Verb.COMING, case)).changed for who in came] == [True] * 3
    fourth = await people.answer("watanabe", Verb.COMING, case)
    assert (fourth.notice.key, fourth.changed) == (FULL, False)
    assert (await people.answer("watanabe", Verb.CANNOT, case)).changed


async def test_a_fourth_is_let_go_while_none_of_the_three_has_arrived(
    people, world, platform
) -> None:
    case = await people.call()
    await world.passes(minutes=6)
    for who in ("tanaka", "yamamoto", "takahashi"):
        await people.answer(who, Verb.COMING, case, minutes=2)
    await world.passes(minutes=2)
    assert (await people.answer("watanabe", Verb.COMING, case)).notice.key == FULL
    await world.passes(minutes=2)
    assert "help.overdue" in repr(await people.page(case))
    for card in (*platform.cards("shinjuku"), platform.direct("watanabe")[-1]):
        assert {Verb.COMING, Verb.HERE} <= {button.press.verb for button in card.buttons}
    assert (await people.answer("watanabe", Verb.COMING, case)).changed
    assert "help.coming" in repr(await people.page(case))


async def test_whoever_is_there_says_so_however_many_only_come(people, world, platform) -> None:
    case = await people.call()
    for who in ("tanaka", "yamamoto", "takahashi"):
        await people.answer(who, Verb.COMING, case)
    assert (await people.answer("watanabe", Verb.HERE, case)).changed
    await world.works_off()
    (card,) = platform.cards("shinjuku")
    assert (card.title.key, card.title.values["taken"]) == ("help.card.title.full", 4)
    (timeline,) = (each for each in card.body if isinstance(each, Timeline))
    said = sorted(line.what.key for line in timeline.items)
    assert said == ["seat.coming", "seat.coming", "seat.coming", "seat.here"]
    assert timeline_of_caller(await people.page(case)).count("seat.here") == 1
    # Whoever sets out now would make a crowd; whoever is on the way is held up all the same.
    assert (await people.answer("watanabe", Verb.COMING, case)).notice.key == FULL
    world.clock.passes(minutes=4)
    assert (await people.answer("tanaka", Verb.COMING, case)).changed


async def test_only_whoever_is_there_says_that_it_is_over(people, world, platform) -> None:
    case = await people.call()
    assert (await people.answer("tanaka", Verb.OVER, case)).notice.key == NOT_YOURS
    await people.answer("tanaka", Verb.COMING, case)
    early = await people.answer("tanaka", Verb.OVER, case)
    assert (early.notice.key, early.changed) == ("press.not_there", False)
    assert (await people.duty(case, "second_person")).state is DutyState.OPEN
    await people.answer("tanaka", Verb.HERE, case)
    assert (await people.answer("tanaka", Verb.OVER, case)).changed
    assert (await people.duty(case, "second_person")).state is DutyState.DONE
    late = await people.answer("yamamoto", Verb.COMING, case)
    assert (late.notice.key, late.changed) == (LATE, False)


async def test_a_late_press_changes_no_card_and_no_row(people, world, platform) -> None:
    case = await people.call()
    await people.answer("tanaka", Verb.HERE, case)
    await people.answer("tanaka", Verb.OVER, case)
    await people.say(case, Verb.CARE_HAPPENED)  # else care is asked for meanwhile
    await world.works_off()
    history, cards = await people.history(case), as_json(platform.channel("shinjuku"))
    for verb in SITE_VERBS - {Verb.OPEN_NEXT}:
        assert (await people.answer("yamamoto", verb, case)).notice.key == LATE
    await world.passes(minutes=30)
    assert await people.history(case) == history
    assert as_json(platform.channel("shinjuku")) == cards


async def test_coming_needs_minutes_that_are_minutes(people) -> None:
    case = await people.call()
    duty = await people.duty(case, "second_person")
    for detail in ("", "soon", "x2"):
        pressed = await people.press("tanaka", Verb.COMING, duty.id, detail)
        assert (pressed.notice.key, pressed.changed) == (UNKNOWN, False)


async def test_care_and_a_second_person_are_two_cards_and_answered_apart(
    people, world, platform
) -> None:
    case = await people.report(safety=Safety.ONGOING)
    await world.works_off()
    assert len(platform.cards("shinjuku")) == 2
    await people.answer("tanaka", Verb.COMING, case, "care")
    assert (await people.duty(case, "care")).state is DutyState.ANSWERED
    assert (await people.duty(case, "second_person")).state is DutyState.OPEN
    await world.passes(minutes=4)
    asked = [title_key(card) for card in platform.beside("shinjuku")]
    assert asked == ["nudge.second_person"]


# --- care: the employee's own word ------------------------------------------------------------


async def cared_for(people, world, visibility: Visibility = Visibility.NAMED):
    case = await people.report(visibility=visibility)
    await world.works_off()
    await people.answer("tanaka", Verb.COMING, case, "care")
    await people.answer("tanaka", Verb.CARED, case, "care")
    await world.works_off()
    return case


async def test_a_managers_word_does_not_end_care(people, world) -> None:
    case = await cared_for(people, world)
    assert (await people.duty(case, "care")).state is DutyState.SAID_DONE
    again = await people.answer("yamamoto", Verb.CARED, case, "care")
    assert (again.notice.key, again.changed) == (LATE, False)


async def test_the_employees_yes_ends_care(people, world) -> None:
    case = await cared_for(people, world)
    assert (await people.say(case, Verb.CARE_HAPPENED)).changed
    assert (await people.duty(case, "care")).state is DutyState.DONE
    assert (await people.say(case, Verb.CARE_NOT_YET)).notice.key == LATE


async def test_the_employees_not_yet_opens_care_again_one_rung_higher(
    people, world, platform
) -> None:
    case = await cared_for(people, world)
    assert (await people.say(case, Verb.CARE_NOT_YET)).changed
    duty = await people.duty(case, "care")
    assert (duty.state, duty.step) == (DutyState.OPEN, 1)
    await world.works_off()
    (asked,) = platform.beside("shinjuku")
    assert asked.mentions == ("takahashi",)


async def test_after_not_yet_the_ladder_is_climbed_to_its_end(people, world, platform) -> None:
    case = await cared_for(people, world)
    await people.say(case, Verb.CARE_NOT_YET)
    # Asked one rung higher, the ladder goes on from there in its own time.
    await world.passes(minutes=19)
    assert (await people.duty(case, "care")).step == 1
    await world.passes(minutes=1)
    assert (await people.duty(case, "care")).step == 2
    await world.passes(minutes=30)
    assert (await people.duty(case, "care")).state is DutyState.EXHAUSTED


FOR_SITE = {"visibility": Visibility.NAMED}
FOR_DESK = {"visibility": Visibility.UNNAMED, "site_may_know": False}
"""Care that the site owes, and care that the desk owes."""


@pytest.mark.parametrize("whose", [FOR_SITE, FOR_DESK])
async def test_two_taps_of_not_yet_are_one_word_and_a_later_one_is_another(
    people, world, whose
) -> None:
    case = await people.report(**whose)
    await world.passes(minutes=1)
    assert (await people.say(case, Verb.CARE_NOT_YET)).changed
    world.clock.passes(seconds=20)
    assert (await people.say(case, Verb.CARE_NOT_YET)).notice.key == ALREADY
    world.clock.passes(seconds=20)
    assert (await people.say(case, Verb.CARE_NOT_YET)).changed
    assert (await people.facts(case)).count("care_not_yet") == 2


async def test_not_yet_is_a_new_word_once_somebody_has_said_since_that_they_looked_after_them(
    people, world
) -> None:
    case = await people.report(**FOR_SITE)
    await world.works_off()
    assert (await people.say(case, Verb.CARE_NOT_YET)).changed
    world.clock.passes(seconds=5)
    care = await people.duty(case, "care")
    assert (await people.press("tanaka", Verb.CARED, care.id, at="chat:shinjuku")).changed
    world.clock.passes(seconds=5)
    assert (await people.say(case, Verb.CARE_NOT_YET)).changed
    assert (await people.duty(case, "care")).state is DutyState.OPEN
    assert (await people.say(case, Verb.CARE_NOT_YET)).notice.key == ALREADY
    assert (await people.facts(case)).count("care_not_yet") == 2


@pytest.mark.parametrize("visibility", [Visibility.NAMED, Visibility.UNNAMED])
async def test_a_first_not_yet_is_heard_just_after_somebody_else_was_asked(
    people, world, visibility: Visibility
) -> None:
    case = await people.report(visibility=visibility)
    await world.works_off()
    await people.answer("tanaka", Verb.COMING, case, "care", minutes=5)
    await world.passes(minutes=35)  # it ran out, and people are asked anew
    duty = await people.duty(case, "care")
    assert duty.climb and duty.asked_at == world.clock.present
    assert (await people.say(case, Verb.CARE_NOT_YET)).changed
    assert "care_not_yet" in await people.facts(case)


@pytest.mark.parametrize("whose", [FOR_SITE, FOR_DESK])
async def test_a_clock_that_was_set_back_swallows_no_not_yet(people, world, whose) -> None:
    case = await people.report(**whose)
    await world.passes(minutes=1)
    await people.say(case, Verb.CARE_NOT_YET)
    world.clock.present -= timedelta(hours=1)
    assert (await people.say(case, Verb.CARE_NOT_YET)).changed


@pytest.mark.parametrize("word", [Verb.CARE_HAPPENED, Verb.CARE_NOT_YET])
@pytest.mark.parametrize("cared", [True, False])
async def test_an_unnamed_reporters_word_never_touches_a_card_of_the_site(
    people, world, platform, word: Verb, cared: bool
) -> None:
    case = await people.report(visibility=Visibility.UNNAMED)
    await world.works_off()
    if cared:
        await people.answer("tanaka", Verb.CARED, case, "care")
        await world.works_off()
    before, duty = as_json(platform.channel("shinjuku")), await people.duty(case, "care")
    platform.notes.clear()
    assert (await people.say(case, word)).changed
    await world.works_off()
    assert before and as_json(platform.channel("shinjuku")) == before
    assert await people.duty(case, "care") == duty
    assert {channel for _, channel in platform.notes} <= {"desk"}, "even an equal edit is a sign"


@pytest.mark.parametrize("words", ["", "more words"])
async def test_what_an_unnamed_reporter_writes_never_touches_a_card_of_the_site(
    people, world, platform, words: str
) -> None:
    case = await people.report(visibility=Visibility.UNNAMED)
    await world.works_off()
    platform.notes.clear()
    await people.say(case, Verb.WRITE, words=words)
    await world.works_off()
    assert {channel for _, channel in platform.notes} <= {"desk"}


async def test_an_unnamed_reporters_not_yet_reaches_the_desks_card(people, world, platform) -> None:
    case = await people.report(visibility=Visibility.UNNAMED)
    await world.works_off()
    before = as_json(platform.cards("desk"))
    await people.say(case, Verb.CARE_NOT_YET)
    await world.works_off()
    assert as_json(platform.cards("desk")) != before
    assert "desk.care_not_yet" in as_json(platform.cards("desk"))[0]
    await people.say(case, Verb.CARE_HAPPENED)
    await world.works_off()
    assert "desk.care_not_yet" not in as_json(platform.cards("desk"))[0]


async def test_an_unnamed_reporters_yes_is_read_by_the_desk(people, world) -> None:
    case = await people.report(visibility=Visibility.UNNAMED)
    await people.say(case, Verb.CARE_HAPPENED)
    details = await open_details(world.service.work, case.case_id)
    assert details is not None and "fact.care_confirmed" in repr(details.since)


# --- the employee's own page -----------------------------------------------------------------


async def test_the_desk_is_not_called_for_care_that_its_reporter_says_has_happened(
    people, world, platform
) -> None:
    case, other = [await people.report(visibility=Visibility.UNNAMED) for _ in range(2)]
    await world.works_off()
    for each in (case, other):
        await people.at_desk(Verb.TAKE, each)
    await people.say(case, Verb.CARE_HAPPENED)
    await world.passes(hours=3)
    asked = [shown.card for shown in platform.messages.values() if "@s" in shown.channel]
    assert len(asked) == 2, "sato and suzuki, about the other report alone"
    assert "follow_up" in await people.duties(other)
    assert "follow_up" not in await people.duties(case)
    one, two = [json.loads(card) for card in as_json(platform.cards("shinjuku"))]
    assert one["footer"] == two["footer"] and one["title"] == two["title"]


async def test_who_says_after_all_that_nobody_has_looked_after_them_is_heard(people, world) -> None:
    case = await people.report(visibility=Visibility.UNNAMED)
    await world.works_off()
    await people.at_desk(Verb.TAKE, case)
    for word in (Verb.CARE_HAPPENED, Verb.CARE_NOT_YET):
        await people.say(case, word)
    await world.works_off()
    assert "follow_up" in await people.duties(case)


async def test_the_place_in_the_building_is_read_on_the_card(people, world, platform) -> None:
    case = await people.call()
    await world.works_off()
    assert (await people.say(case, Verb.PLACE, "reg")).changed
    await world.works_off()
    assert "レジ" in repr(platform.cards("shinjuku")[0])
    await people.say(case, Verb.PLACE, "moon")
    await world.works_off()
    assert "レジ" in repr(platform.cards("shinjuku")[0])


@pytest.mark.parametrize(
    ("caller_id", "caller_name", "shown", "of_page"),
    [
        (None, None, None, True),
        (None, "<!here> Hana", "<!here> Hana", False),
        (None, "", None, False),
        ("tanaka", "Somebody", "田中", False),
    ],
)
async def test_a_call_names_its_caller_where_known_and_never_from_a_poster(
    people, world, platform, caller_id, caller_name, shown, of_page
) -> None:
    case = await people.call(caller_id=caller_id, caller_name=caller_name)
    await world.works_off()
    (card,) = platform.cards("shinjuku")
    assert ("help.card.who" in repr(card)) is (shown is not None)
    assert shown is None or shown in repr(card.body)
    assert ("help.card.poster" in repr(card)) is of_page
    await people.say(case, Verb.FINE_NOW)
    await world.works_off()
    assert not any("help.card.who" in repr(card) for card in platform.cards("shinjuku"))


async def test_pressed_by_mistake_ends_it_and_asks_nobody_further(people, world, platform) -> None:
    case = await people.call()
    await world.works_off()
    assert (await people.say(case, Verb.MISTAKE)).changed
    await world.passes(minutes=15)
    (card,) = platform.cards("shinjuku")
    assert title_key(card) == "help.card.mistake" and not card.buttons
    assert not platform.beside("shinjuku") and not platform.channel("desk")
    assert set(await people.duties(case)) == {"second_person"}


async def test_fine_now_ends_the_call_and_care_is_owed_from_then(people, world, platform) -> None:
    case = await people.call()
    await world.passes(minutes=1)
    assert (await people.say(case, Verb.FINE_NOW)).changed
    await world.works_off()
    duties = await people.duties(case)
    assert duties["second_person"].state is DutyState.DONE
    assert duties["care"].started_at == world.clock.present
    assert title_key(the_card(platform.cards("shinjuku"), "care")) == "care.title"


async def test_fine_now_twice_or_after_a_mistake_changes_nothing_more(people, world) -> None:
    case = await people.call()
    await people.say(case, Verb.FINE_NOW)
    history = await people.history(case)
    await people.say(case, Verb.FINE_NOW)
    await people.say(case, Verb.MISTAKE)
    assert await people.history(case) == history


async def test_a_button_of_ones_own_page_is_good_for_that_case_alone(people, world) -> None:
    one, other = await people.call(), await people.call()
    work = world.service.work
    code = work.index.seal_press(Press(verb=Verb.MISTAKE, subject=one.case_id), one.case_id)
    assert (await press_on_own_page(work, other.case_id, code)).notice.key == UNKNOWN
    assert (await people.duty(other, "second_person")).state is DutyState.OPEN


@pytest.mark.parametrize("verb", sorted(DESK_VERBS | SITE_VERBS))
async def test_ones_own_page_does_nothing_that_is_others_to_do(people, world, verb: Verb) -> None:
    case = await people.report()
    work, before = world.service.work, await people.history(case)
    for subject in (case.case_id, (await people.duty(case, "care")).id):
        code = work.index.seal_press(Press(verb=verb, subject=subject), case.case_id)
        assert (await press_on_own_page(work, case.case_id, code, "words")).notice.key == UNKNOWN
    assert await people.history(case) == before


async def test_care_cannot_be_confirmed_on_a_case_without_it(people, world) -> None:
    case = await people.call()
    work, duty = world.service.work, await people.duty(case, DutyKind.SECOND_PERSON)
    code = work.index.seal_press(Press(verb=Verb.CARE_HAPPENED, subject=duty.id), case.case_id)
    assert (await press_on_own_page(work, case.case_id, code)).notice.key == UNKNOWN
