"""Care ends on the employee's word, and then somebody asks how they are, past the manager."""

from datetime import timedelta

import pytest

from bot.audits import audit
from bot.case_records import CaseState
from bot.desk import open_details
from bot.work_records import DutyState
from flows.commitments import DutyKind
from flows.outcomes import Visibility
from flows.presses import Verb
from flows.screens import Timeline

SHINJUKU = "chat:shinjuku"


async def parts(people, case, kind: str) -> dict[int, DutyState]:
    async with people.world.service.work.storage.read() as tx:
        duties = await tx.duties.of_case(case.case_id)
    return {duty.part: duty.state for duty in duties if duty.kind == kind}


def asks_to_talk(card) -> bool:
    title = repr(card.title)
    return "nudge.follow_up" in title or "duty.follow_up" in title


def is_past(card) -> bool:
    return card.title.key in ("nudge.past", "nudge.ended")


def asks_for_talk(button) -> bool:
    return button.press.verb is Verb.WISH_TO_TALK


async def question_of(people, case) -> str | None:
    card = await people.page(case)
    texts = [getattr(element, "text", None) for element in card.body]
    keys = [text.key for text in texts if getattr(text, "key", "").startswith("ask.")]
    return next((key for key in keys if key not in ("ask.title", "ask.optional")), None)


async def test_the_employee_is_asked_on_the_third_the_fourteenth_and_the_thirtieth_day(
    people, world
) -> None:
    case = await people.report()
    await world.leaps(days=2)
    assert await question_of(people, case) is None
    asked = []
    for days, word in ((2, "well"), (11, "well"), (16, "well")):
        await world.leaps(days=days)
        asked.append(await question_of(people, case))
        assert (await people.answers(case, word)).notice.key == f"own.checked_in.{word}"
    assert asked == ["ask.sleep", "ask.work", "ask.still"]
    assert await parts(people, case, "check_in") == dict.fromkeys((3, 14, 30), DutyState.DONE)


async def test_in_every_company_they_are_asked_on_days_30_and_90_whether_anything_got_worse(
    anywhere,
) -> None:
    case = await anywhere.report()
    await anywhere.world.leaps(days=31)
    await anywhere.answers(case, "well")  # the check-in of the same day comes first
    assert await question_of(anywhere, case) == "ask.no_reprisal"
    await anywhere.answers(case, "well")
    await anywhere.world.leaps(days=60)
    assert await question_of(anywhere, case) == "ask.no_reprisal"


async def test_an_answer_goes_to_the_desk_and_never_to_the_site(people, world, platform) -> None:
    case = await people.report()
    await world.leaps(days=4)
    before = [card.model_dump_json() for card in platform.channel("shinjuku")]
    await people.answers(case, "hard")
    await world.works_off()
    assert [card.model_dump_json() for card in platform.channel("shinjuku")] == before


async def test_one_hard_answer_is_noted_and_the_second_brings_the_desk_and_the_doctor(
    people, world, platform
) -> None:
    case = await people.report()
    await people.say(case, Verb.CARE_HAPPENED)  # else the desk is asked for that each day
    await world.leaps(days=4)
    await people.answers(case, "hard")
    assert "follow_up" not in await people.duties(case)
    page = await people.page(case)
    assert page.body[0].text.key == "sent.talk_now", "the lines that listen come first"
    assert "sent.at_once" not in repr(page), "nobody at the desk was told"
    await world.leaps(days=11)
    await people.answers(case, "hard")
    await world.works_off()
    duties = await people.duties(case)
    assert {"follow_up", "physician"} <= set(duties)
    assert "desk.speak_now" in repr(platform.cards("desk")[0])
    assert any(card.title.key == "nudge.follow_up" for card in platform.beside("desk"))
    page = await people.page(case)
    assert "sent.at_once" in repr(page)


async def test_twice_hard_brings_the_doctor_though_the_desk_had_found_none_needed_at_first(
    people, world
) -> None:
    case = await people.report(site_may_know=False, wishes=("doctor",))
    await world.works_off()
    await people.at_desk(Verb.TAKE, case)
    await people.at_desk(Verb.NOT_NEEDED, await people.duty(case, "physician"))
    await world.leaps(days=3, hours=3)
    await people.answers(case, "hard")
    await world.leaps(days=11)
    await people.answers(case, "hard")
    states = {0: DutyState.CLOSED, 1: DutyState.OPEN}
    assert await parts(people, case, "physician") == states
    await world.leaps(days=16)
    await people.answers(case, "hard")
    assert set(await parts(people, case, "physician")) == set(states), "one at a time"


@pytest.mark.parametrize("closed", [False, True])
async def test_whoever_would_like_to_talk_need_not_wait_until_they_are_asked(
    people, world, platform, closed
) -> None:
    case = await people.report(visibility=Visibility.UNNAMED)
    await people.works_through(case)
    if closed:
        await people.at_desk(Verb.CLOSE, case)
    await people.say(case, Verb.CARE_HAPPENED)
    await world.passes(minutes=5)
    wish = next(each for each in (await people.page(case)).buttons if asks_for_talk(each))
    assert (await people.say(case, wish.press.verb)).notice.key == "own.checked_in.talk"
    await world.passes(minutes=1)
    assert (await people.duty(case, "follow_up")).state is DutyState.OPEN
    assert "desk.speak_now.check_in" in repr(platform.cards("desk"))
    page = await people.page(case)
    assert not any(asks_for_talk(button) for button in page.buttons), "once is enough"
    assert (await people.say(case, Verb.WISH_TO_TALK)).notice.key == "press.already"
    assert (await people.facts(case)).count("wished_to_talk") == 1
    await people.say(case, Verb.CARE_HAPPENED)
    assert (await people.duty(case, "follow_up")).state is DutyState.OPEN, "care is no talk"
    await people.at_desk(Verb.DUTY_DONE, await people.duty(case, "follow_up"))
    assert any(asks_for_talk(button) for button in (await people.page(case)).buttons)


async def test_no_wish_to_talk_tells_the_desk_of_a_report_that_has_not_left_for_it(
    people, world, platform
) -> None:
    case = await people.report(visibility=Visibility.UNNAMED, send_now=False)
    assert not any(asks_for_talk(button) for button in (await people.page(case)).buttons)
    assert (await people.say(case, Verb.WISH_TO_TALK)).notice.key == "press.unknown"
    await world.passes(minutes=1)
    assert not platform.cards("desk")


async def test_their_page_says_on_which_days_they_are_asked_also_once_the_case_is_closed(
    people, world
) -> None:
    def ahead(card) -> list[str]:
        lines = [line for each in card.body if isinstance(each, Timeline) for line in each.items]
        return [line.what.key for line in lines if line.what.key.startswith("step.asked")]

    case = await people.report()
    await people.works_through(case)
    await people.at_desk(Verb.CLOSE, case)
    await world.works_off()
    assert ahead(await people.page(case)) == ["step.asked.check_in", "step.asked_last"]
    await world.leaps(days=31)
    assert ahead(await people.page(case)) == ["step.asked_last"]
    await world.leaps(days=60)
    assert ahead(await people.page(case)) == []


async def test_a_first_hard_answer_brings_nobody_and_says_which_button_does(people, world) -> None:
    case = await people.report()
    await people.works_through(case)
    await people.say(case, Verb.CARE_HAPPENED)
    await world.leaps(days=3, hours=4)
    assert (await people.answers(case, "hard")).notice.key == "own.checked_in.hard_first"
    assert "follow_up" not in await people.duties(case)
    assert any(asks_for_talk(button) for button in (await people.page(case)).buttons)
    await world.leaps(days=11)
    assert (await people.answers(case, "hard")).notice.key == "own.checked_in.hard"
    assert (await people.duty(case, "follow_up")).state is DutyState.OPEN


@pytest.mark.parametrize("unasked", [False, True])
async def test_a_hard_answer_after_a_wish_to_talk_is_a_second_sign(people, world, unasked) -> None:
    case = await people.report(site_may_know=False)
    await people.works_through(case)
    await world.leaps(days=3, hours=4)
    await (people.say(case, Verb.WISH_TO_TALK) if unasked else people.answers(case, "talk"))
    await people.at_desk(Verb.DUTY_DONE, await people.duty(case, "follow_up"))
    await world.leaps(days=11)
    await people.answers(case, "hard")
    assert await parts(people, case, "follow_up") == {0: DutyState.DONE, 1: DutyState.OPEN}


async def test_a_hard_answer_after_a_hint_of_self_harm_is_a_second_sign(people, world) -> None:
    case = await people.report(site_may_know=False, words="もう死にたいです")
    await people.works_through(case)
    await world.leaps(days=3, hours=4)
    await people.answers(case, "hard")
    assert await parts(people, case, "follow_up") == {0: DutyState.DONE, 1: DutyState.OPEN}
    assert "physician" in await people.duties(case)
    await people.say(case, Verb.CARE_HAPPENED)
    assert (await parts(people, case, "follow_up"))[1] is DutyState.OPEN, "care is no talk"


async def test_whoever_is_well_after_a_hint_of_self_harm_is_not_spoken_with_once_more(
    people, world
) -> None:
    case = await people.report(site_may_know=False, words="もう死にたいです")
    await people.works_through(case)
    await world.leaps(days=3, hours=4)
    await people.answers(case, "well")
    assert await parts(people, case, "follow_up") == {0: DutyState.DONE}


async def test_who_found_it_hard_can_still_say_that_they_would_like_to_talk(
    people, world, platform
) -> None:
    case = await people.report()
    await people.say(case, Verb.CARE_HAPPENED)  # else the desk is to speak with them anyway
    await world.leaps(days=4)
    await people.answers(case, "hard")
    (talk,) = [each for each in (await people.page(case)).buttons if asks_for_talk(each)]
    said = await people.say(case, talk.press.verb, of=talk.press.subject)
    assert said.notice.key == "own.checked_in.talk" and said.changed
    await world.works_off()
    assert "desk.speak_now" in repr(platform.cards("desk")[0])
    page = await people.page(case)
    assert not any(map(asks_for_talk, page.buttons)) and "sent.talk_by" in repr(page)
    assert not (await people.say(case, talk.press.verb, of=talk.press.subject)).changed
    assert (await audit(world.service.work)).clean


async def test_whoever_is_well_again_is_offered_no_talk_besides_writing(people, world) -> None:
    case = await people.report()
    for days, word in ((4, "hard"), (11, "well")):
        await world.leaps(days=days)
        await people.answers(case, word)
    assert not any(map(asks_for_talk, (await people.page(case)).buttons))


async def test_still_hard_after_a_month_brings_the_desk_and_the_doctor(people, world) -> None:
    """Nobody is asked again after that: one hard answer is enough."""
    case = await people.report(site_may_know=False)
    await people.works_through(case)
    await people.at_desk(Verb.CLOSE, case)
    await world.leaps(days=30, hours=4)
    await people.answers(case, "hard")
    assert {"follow_up", "physician"} <= set(await people.duties(case))
    # Care that comes does not call off what they asked for themselves.
    await people.say(case, Verb.CARE_HAPPENED)
    assert (await people.duty(case, "follow_up")).state is DutyState.OPEN


async def test_a_question_stands_directly_above_its_answers(people, world) -> None:
    case = await people.report()
    await world.leaps(days=4)
    page = await people.page(case)
    assert page.body[-2].text.key == "ask.sleep"
    assert [button.press.verb for button in page.buttons[:3]] == [Verb.CHECKED_IN] * 3


async def test_a_closed_case_is_open_again_when_its_reporter_wants_to_talk(people, world) -> None:
    case = await people.report()
    await world.leaps(days=4)
    async with world.service.work.storage.write() as tx:
        await tx.cases.set_state(case.case_id, CaseState.CLOSED)
    await people.answers(case, "talk")
    async with world.service.work.storage.read() as tx:
        found = await tx.cases.get(case.case_id)
    assert found.state is CaseState.OPEN


@pytest.mark.parametrize("word", ["hard", "talk"])
async def test_anything_worse_since_the_report_brings_the_desk_at_once(
    people, world, word: str
) -> None:
    case = await people.report()
    await people.say(case, Verb.CARE_HAPPENED)  # else the desk is asked for that each day
    await world.leaps(days=31)
    await people.answers(case, "well")
    await people.answers(case, word)
    assert (await people.duty(case, "follow_up")).state is DutyState.OPEN


async def test_a_question_nobody_answers_ends_by_itself_and_is_counted_apart(people, world) -> None:
    case = await people.report()
    await world.leaps(days=12)
    assert await parts(people, case, "check_in") == {
        3: DutyState.UNCONFIRMED,
        14: DutyState.OPEN,
        30: DutyState.OPEN,
    }
    assert await question_of(people, case) is None


async def test_the_desk_reads_of_a_question_nobody_answered_that_it_was_asked_on_the_page(
    people, world
) -> None:
    case = await people.report()
    await world.leaps(days=11)
    opened = await open_details(world.service.work, case.case_id)
    third = [line for line in opened.duties if line.name.values.get("day") == 3]
    (asked,) = (line.due for line in third if "check_in" in repr(line.name))
    assert asked.key == "duty.unanswered", "nobody spoke with them"


async def test_a_question_is_answered_once(people, world) -> None:
    case = await people.report()
    await world.leaps(days=4)
    async with world.service.work.storage.read() as tx:
        duties = await tx.duties.of_case(case.case_id)
    third = next(d for d in duties if (d.kind, d.part) == ("check_in", 3))
    assert (await people.says(case, third, "well")).changed
    assert (await people.says(case, third, "hard")).notice.key == "press.late"
    later = next(d for d in duties if (d.kind, d.part) == ("check_in", 14))
    assert (await people.says(case, later, "well")).notice.key == "press.late", "not asked yet"


async def test_care_that_a_manager_gave_and_nobody_confirmed_ends_as_offered(people, world) -> None:
    case = await people.report()
    care = await people.duty(case, "care")
    await people.press("tanaka", Verb.CARED, care.id)
    await world.leaps(days=36)
    assert (await people.duty(case, "care")).state is DutyState.SAID_DONE
    await world.leaps(days=2)
    assert (await people.duty(case, "care")).state is DutyState.UNCONFIRMED
    assert (await audit(world.service.work)).clean


async def test_the_desks_own_word_does_not_end_care_either(people) -> None:
    case = await people.report(site_may_know=False)
    care = await people.duty(case, "care")
    assert (await people.at_desk(Verb.DUTY_DONE, care)).changed
    assert (await people.duty(case, "care")).state is DutyState.SAID_DONE
    assert (await people.at_desk(Verb.DUTY_DONE, care)).notice.key == "press.late"
    await people.say(case, Verb.CARE_HAPPENED)
    assert (await people.duty(case, "care")).state is DutyState.DONE


async def test_care_that_the_desk_says_it_gave_is_not_called_late_on_its_card(
    people, world, platform
) -> None:
    case = await people.report(site_may_know=False)
    await people.works_through(case)
    await people.at_desk(Verb.CLOSE, case)
    await people.say(case, Verb.WRITE, words="Thank you.")
    await people.at_desk(Verb.REPLY, case, words="You are welcome.")
    await world.leaps(days=4)
    (card,) = platform.cards("desk")
    assert "duty.said_done" in repr(card) and "duty.overdue" not in repr(card)


async def test_words_that_hint_at_self_harm_bring_the_desk_at_any_hour(
    people, world, platform
) -> None:
    case = await people.report()
    world.clock.passes(hours=14)  # midnight in Tokyo
    await world.works_off()
    await people.say(case, Verb.WRITE, words="もう死にたいです")
    follow_up = await people.duty(case, "follow_up")
    assert follow_up.due_at == world.clock.present + timedelta(minutes=15)
    await world.works_off()
    (nudge,) = [card for card in platform.beside("desk") if card.title.key == "nudge.follow_up"]
    assert set(nudge.mentions) == {"sato", "suzuki"}
    await world.passes(minutes=15)
    asked = [card for card in platform.beside("desk") if card.title.key == "nudge.follow_up"]
    assert asked[-1].mentions == ("mori",)


KNIFE = "いま、ナイフを持って店に来ています。助けて"


async def test_a_letter_of_danger_from_others_brings_the_desk_at_any_hour(
    people, world, platform
) -> None:
    case = await people.report()
    await people.at_desk(Verb.TAKE, case)
    world.clock.passes(hours=14)  # midnight in Tokyo
    await world.works_off()
    await people.say(case, Verb.WRITE, words=KNIFE)
    assert (await people.duty(case, "follow_up")).due_at == world.clock.present + timedelta(
        minutes=15
    )
    await world.works_off()
    (nudge,) = [card for card in platform.beside("desk") if card.title.key == "nudge.follow_up"]
    assert set(nudge.mentions) == {"sato", "suzuki"}
    (card,) = platform.cards("desk")
    assert "desk.danger" in repr(card) and "ナイフ" not in repr(card)


async def test_whoever_writes_of_danger_reads_110_and_help_first_until_the_desk_has_spoken(
    people,
) -> None:
    case = await people.report()
    await people.say(case, Verb.WRITE, words=KNIFE)
    danger, police, told, *_ = (await people.page(case)).body
    assert danger.text.key == "sent.danger" and danger.strong
    assert police.phone == "110" and police.strong and told.text.key == "sent.at_once"
    assert (await people.at_desk(Verb.DUTY_DONE, await people.duty(case, "follow_up"))).changed
    assert "sent.danger" not in repr(await people.page(case))
    await people.say(case, Verb.WRITE, words="死にたい")
    assert (await people.page(case)).body[0].text.key == "sent.talk_now"
    await people.say(case, Verb.WRITE, words=KNIFE)
    first = (await people.page(case)).body
    assert first[0].text.key == "sent.danger" and "sent.talk_now" in repr(first[2])


async def test_once_the_desk_has_spoken_with_them_their_page_promises_no_new_talk(
    people, world
) -> None:
    case = await people.report(visibility=Visibility.UNNAMED, site_may_know=False)
    await world.works_off()
    await people.say(case, Verb.WRITE, words="もう死にたいです")
    promised = {"sent.at_once", "sent.at_once.here"}
    assert promised <= set(repr(await people.page(case)).split("'"))
    await people.at_desk(Verb.DUTY_DONE, await people.duty(case, "follow_up"))
    # Care is the desk's here: until it says that it gave it, it is asked for that each day.
    await people.at_desk(Verb.DUTY_DONE, await people.duty(case, "care"))
    await world.leaps(days=40)
    page = await people.page(case)
    assert not promised & set(repr(page).split("'"))
    assert page.body[0].text.key == "sent.talk_now", "the lines that listen stay first"


async def test_two_promises_of_the_desk_on_one_page_do_not_contradict_each_other(people) -> None:
    """Whoever is to be spoken with at once reads of no answer by tomorrow; once that is done, the
    answer that is owed still is promised again."""
    case = await people.report(site_may_know=False)
    assert "sent.answer_by" in repr(await people.page(case))
    await people.say(case, Verb.WRITE, words=KNIFE)
    page = repr(await people.page(case))
    assert "sent.at_once" in page and "sent.answer_by" not in page
    await people.at_desk(Verb.DUTY_DONE, await people.duty(case, "follow_up"))
    assert "sent.answer_by" in repr(await people.page(case))


@pytest.mark.parametrize("words", ["消えたい", KNIFE])
async def test_a_hint_in_an_unnamed_report_that_still_waits_sends_it_at_once(
    people, world, words: str
) -> None:
    case = await people.report(visibility=Visibility.UNNAMED, send_now=False)
    await people.say(case, Verb.WRITE, words=words)
    async with world.service.work.storage.read() as tx:
        assert (await tx.cases.get(case.case_id)).state is CaseState.OPEN
    assert {"follow_up", "take"} <= set(await people.duties(case))


async def test_two_signs_at_once_are_one_follow_up(people, world) -> None:
    case = await people.report()
    await people.say(case, Verb.WRITE, words="死にたい")
    await people.say(case, Verb.WRITE, words="死にたい")
    async with world.service.work.storage.read() as tx:
        duties = await tx.duties.of_case(case.case_id)
    kinds = [d.state for d in duties if d.kind == DutyKind.FOLLOW_UP]
    assert kinds.count(DutyState.OPEN) == 1


@pytest.mark.parametrize("closed", [False, True])
async def test_an_unnamed_person_whom_nobody_looked_after_has_the_desk_asked(
    people, world, platform, closed: bool
) -> None:
    case = await people.report(visibility=Visibility.UNNAMED)
    await people.works_through(case)
    if closed:
        assert (await people.at_desk(Verb.CLOSE, case)).changed
    await world.passes(minutes=70)
    at_site = [card.model_dump_json() for card in platform.cards("shinjuku")]
    said = await people.say(case, Verb.CARE_NOT_YET)
    # As nobody at the site was left to ask, the desk of an open case was asked of itself.
    assert said.notice.key == f"own.care_not_yet_{'desk' if closed else 'known'}"
    await world.works_off()
    assert "nudge.follow_up" in repr(platform.beside("desk"))
    assert "desk.care_not_yet" in repr(platform.cards("desk"))
    assert [card.model_dump_json() for card in platform.cards("shinjuku")] == at_site


async def test_not_yet_says_that_somebody_is_asked_again_only_where_it_is_so(
    people, world, platform
) -> None:
    case = await people.report(visibility=Visibility.UNNAMED)
    await world.passes(minutes=5)
    said = await people.say(case, Verb.CARE_NOT_YET)
    assert said.notice.key == "own.care_not_yet_desk"
    await world.passes(minutes=2)
    before = set(platform.messages)
    said = await people.say(case, Verb.CARE_NOT_YET)
    await world.works_off()
    assert said.notice.key == "own.care_not_yet_known", "the desk was asked already"
    assert set(platform.messages) == before
    await people.at_desk(Verb.DUTY_DONE, await people.duty(case, "follow_up"))
    said = await people.say(case, Verb.CARE_NOT_YET)
    await world.works_off()
    assert said.notice.key == "own.care_not_yet_desk"
    assert set(platform.messages) > before


async def test_a_wish_to_talk_is_passed_on_again_when_nobody_answered_the_first(
    people, world, platform
) -> None:
    case = await people.report(site_may_know=False)
    await people.works_through(case)
    await world.leaps(days=3, hours=3)
    await people.answers(case, "talk")
    await world.leaps(days=12)
    before = await parts(people, case, "follow_up")
    assert before[max(before)] is DutyState.EXHAUSTED
    await people.answers(case, "talk")
    after = await parts(people, case, "follow_up")
    assert (after[max(before)], after[max(after)]) == (DutyState.CLOSED, DutyState.OPEN)


async def test_what_is_asked_again_is_nowhere_said_to_be_needed_no_more(
    people, world, platform
) -> None:
    case = await people.report(site_may_know=False)
    await people.works_through(case)
    await world.leaps(days=3, hours=3)
    await people.answers(case, "talk")
    await world.leaps(days=12)
    await people.answers(case, "talk")
    await world.passes(minutes=2)
    keys = [card.title.key for card in platform.beside("desk") if asks_to_talk(card)]
    assert "nudge.again" in keys and "nudge.dropped" not in keys
    assert keys[-1] == "nudge.follow_up"
    shown = await open_details(world.service.work, case.case_id)
    (talk,) = [line.due for line in shown.duties if line.name.key == "duty.follow_up"]
    assert "duty.not_needed" not in repr(talk) and shown.duties[0].due == talk, "first, and once"
    await people.say(case, Verb.WITHDRAW)
    await world.passes(minutes=2)
    keys = [card.title.key for card in platform.beside("desk") if asks_to_talk(card)]
    assert set(keys) == {"nudge.dropped"}, "now nothing is asked again"


async def test_who_was_asked_at_night_reads_in_the_morning_that_it_is_asked_again_and_not_over(
    people, world, platform
) -> None:
    case = await people.report(site_may_know=False)
    await people.works_through(case)
    world.clock.passes(hours=14)  # midnight in Tokyo
    await world.works_off()
    await people.say(case, Verb.WRITE, words="もう死にたいです")
    await world.passes(hours=4)
    assert "sent.talk_late.closed" in repr(await people.page(case)), "when it is asked again"
    last = len(platform.beside("desk")), len(platform.direct("sato"))
    await world.leaps(hours=6)
    for shown, before in ((platform.beside("desk"), last[0]), (platform.direct("sato"), last[1])):
        night = {card.title.key for card in shown[:before] if asks_to_talk(card) or is_past(card)}
        assert night == {"nudge.again"} and len(shown) > before


async def test_of_what_an_unnamed_person_said_the_day_alone_is_kept(people, world) -> None:
    case = await people.report(visibility=Visibility.UNNAMED, site_may_know=False)
    await people.works_through(case)
    await people.at_desk(Verb.CLOSE, case)
    await world.leaps(days=3, hours=5, minutes=23)
    await people.answers(case, "well")
    await people.say(case, Verb.CARE_HAPPENED)
    await people.say(case, Verb.WRITE, words="One thing more.")
    await people.say(case, Verb.WITHDRAW)
    now = world.clock.present
    assert now not in {entry.at for entry in await people.history(case)}
    async with world.service.work.storage.read() as tx:
        assert now not in {duty.ended_at for duty in await tx.duties.of_case(case.case_id)}
    shown = await open_details(world.service.work, case.case_id)
    (care,) = (line for line in shown.duties if line.name.key == "duty.care")
    assert care.due.values["at"].style == "day"


async def test_whoever_writes_in_danger_again_and_again_does_not_put_off_who_is_asked_next(
    people, world, platform
) -> None:
    case = await people.report()
    await world.works_off()
    for _ in range(6):
        await people.say(case, Verb.WRITE, words="死にたい")
        await world.passes(minutes=10)
    asked = [card.mentions for card in platform.beside("desk") if "follow_up" in card.title.key]
    assert any("mori" in mentions for mentions in asked)


@pytest.mark.parametrize("danger", [True, False])
async def test_a_talk_that_nobody_had_is_asked_for_on_each_working_day_while_aftercare_lasts(
    people, world, platform, danger
) -> None:
    case = await people.report()
    await people.works_through(case)
    await people.say(case, Verb.CARE_HAPPENED)
    await world.leaps(days=4)
    if danger:
        await people.say(case, Verb.WITHDRAW)
        await people.say(case, Verb.WRITE, words="I want to die")
    else:
        await people.answers(case, "talk")

    def asked() -> int:
        return sum(map(asks_to_talk, (shown.card for shown in platform.messages.values())))

    await world.leaps(days=1)
    for _ in range(2):
        before = asked()
        await world.leaps(days=4)
        assert asked() > before
    await world.leaps(days=60)
    before = asked()
    await world.leaps(days=7)
    assert asked() == before, "it ends with the aftercare"


@pytest.mark.parametrize(("first", "late"), [("hard", "talk"), (None, "talk"), (None, "hard")])
async def test_a_page_that_is_out_of_date_still_brings_that_it_is_hard_or_the_wish_to_talk(
    people, world, first, late
) -> None:
    """They had pressed "hard" and went back; or the page stood open until the question ran out."""
    case = await people.report()
    await people.works_through(case, but="follow_up")
    await people.say(case, Verb.CARE_HAPPENED)
    await world.leaps(days=3, hours=3)
    async with world.service.work.storage.read() as tx:
        duties = await tx.duties.of_case(case.case_id)
    third = next(d for d in duties if (d.kind, d.part) == ("check_in", 3))
    if first:
        assert (await people.says(case, third, first)).changed
    else:
        await world.leaps(days=8)
    pressed = await people.says(case, third, late)
    notice = {"hard": "own.checked_in.hard_first", "talk": "own.checked_in.talk"}[late]
    assert pressed.notice.key == notice
    talks = await parts(people, case, "follow_up")
    assert list(talks.values()) == ([DutyState.OPEN] if late == "talk" else [])
    assert (await people.says(case, third, late)).notice.key == "press.late", "once is enough"
