"""A report is taken back, and sent after all: what is owed, and what never waits for either."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.audits import audit
from bot.case_records import CaseState
from bot.desk_list import list_for_desk
from bot.retention import Retention
from bot.rights import Reader
from bot.rows import ENDED, ladder_of
from bot.views import view_case
from bot.work_records import DutyState
from flows.assessment import Safety
from flows.outcomes import Visibility
from flows.presses import Verb
from flows.screens import Timeline

ME = "chat:@U0CANARY"
UNNAMED = {"visibility": Visibility.UNNAMED, "site_may_know": False}
DANGER = "I want to die"
OUTSIDE = "nudge.take.outside"


async def state_of(world, case) -> CaseState:
    async with world.service.work.storage.read() as tx:
        return (await tx.cases.get(case.case_id)).state


@pytest.mark.parametrize("waits", [True, False])
async def test_a_hint_of_self_harm_on_a_report_that_was_taken_back_reaches_the_desk(
    people, world, platform, waits
) -> None:
    case = await people.report(**UNNAMED, send_now=not waits)
    await world.works_off()
    await people.say(case, Verb.WITHDRAW)
    await people.say(case, Verb.WRITE, words=DANGER)
    await world.works_off()
    assert (await people.duty(case, "follow_up")).state is DutyState.OPEN
    assert "nudge.follow_up" in repr(platform.beside("desk"))
    assert await state_of(world, case) is CaseState.WITHDRAWN


async def test_the_desks_list_has_it_then_until_somebody_has_spoken_with_them(
    people, world
) -> None:
    async def listed() -> tuple:
        work = world.service.work
        return (await list_for_desk(work, work.directory.person("sato"))).lines

    case = await people.report(site_may_know=False)
    await people.say(case, Verb.WITHDRAW)
    await world.works_off()
    assert await listed() == ()
    await people.say(case, Verb.WRITE, words=DANGER)
    await world.works_off()
    (line,) = await listed()
    assert "desk.withdrawn" in repr(line.title)
    assert "desk.speak_now" in repr(line.owed) and "desk.owed.nothing" not in repr(line.owed)
    assert [button.press.verb for button in line.buttons] == [Verb.DETAILS]
    await people.at_desk(Verb.DUTY_DONE, await people.duty(case, "follow_up"))
    assert await listed() == ()


async def test_the_desk_has_a_card_to_open_then_though_somebody_had_deleted_it(
    people, world, platform
) -> None:
    case = await people.report(site_may_know=False)
    await world.works_off()
    platform.messages.clear()
    await people.say(case, Verb.WITHDRAW)
    await world.works_off()
    assert platform.cards("desk") == []
    await people.say(case, Verb.WRITE, words=DANGER)
    await world.works_off()
    (card,) = platform.cards("desk")
    assert "desk.speak_now" in repr(card) and card.buttons[0].press.verb is Verb.DETAILS


async def test_the_desk_has_its_card_then_once_its_channel_is_back(people, world, platform) -> None:
    platform.gone = {"desk"}
    case = await people.report(site_may_know=False)
    await people.say(case, Verb.WITHDRAW)
    await world.works_off()
    await people.say(case, Verb.WRITE, words=DANGER)
    await world.works_off()
    platform.gone = set()
    await world.leaps(hours=1, minutes=1)
    assert "desk.speak_now" in repr(platform.cards("desk"))


async def test_it_is_a_whole_report_once_it_is_sent_after_all(people, world, platform) -> None:
    case = await people.report(**UNNAMED, send_now=False)
    await people.say(case, Verb.WITHDRAW)
    await people.say(case, Verb.WRITE, words=DANGER)
    await world.works_off()
    await people.say(case, Verb.RESUME)
    await world.leaps(hours=3)
    duties = await people.duties(case)
    assert {"take", "care", "reply", "outcome", "check_in", "follow_up"} <= set(duties)
    assert len(platform.cards("desk")) == 1


async def test_a_desk_that_is_asked_to_speak_at_once_can_open_it_once_it_is_sent_after_all(
    people, world
) -> None:
    case = await people.report(**UNNAMED, send_now=False)
    await people.say(case, Verb.WITHDRAW)
    await people.say(case, Verb.WRITE, words=DANGER)
    await world.works_off()
    await people.say(case, Verb.RESUME)
    await world.works_off()
    assert await state_of(world, case) is CaseState.OPEN
    pressed = await people.at_desk(Verb.DETAILS, case)
    assert pressed.notice.key == "details.opened_is_logged"


async def test_who_is_to_take_it_then_is_alerted_though_its_card_stands_there_already(
    people, world, platform
) -> None:
    case = await people.report(**UNNAMED, send_now=False)
    await people.say(case, Verb.WITHDRAW)
    await people.say(case, Verb.WRITE, words=DANGER)
    await world.works_off()
    await people.at_desk(Verb.DUTY_DONE, await people.duty(case, "follow_up"))
    before = set(platform.messages)
    await people.say(case, Verb.RESUME)
    await world.works_off()
    new = [platform.messages[ref] for ref in platform.messages if ref not in before]
    assert any(each.channel == "desk" and "sato" in each.alerted for each in new)


async def test_taking_it_back_calls_off_nobody_who_speaks_with_somebody_in_danger(
    people, world
) -> None:
    case = await people.report(site_may_know=False)
    await world.works_off()
    await people.say(case, Verb.WRITE, words=DANGER)
    await world.works_off()
    await people.say(case, Verb.WITHDRAW)
    await world.passes(minutes=20)
    assert (await people.duty(case, "follow_up")).state not in ENDED


@pytest.mark.parametrize("spoken", [False, True])
async def test_who_took_it_back_in_danger_can_answer_what_the_desk_writes(
    people, world, platform, spoken
) -> None:
    case = await people.report(**UNNAMED, words=DANGER)
    await world.works_off()
    await people.say(case, Verb.WITHDRAW)
    assert (await people.at_desk(Verb.REPLY, case, words="Are you all right?")).changed
    if spoken:
        await people.at_desk(Verb.DUTY_DONE, await people.duty(case, "follow_up"))
    await world.works_off()
    page = await people.page(case)
    assert page.compose is not None and "sent.talk_now" in repr(page.body[0])
    assert ("own.withdrawn.talk" in repr(page)) is not spoken
    before = set(platform.messages)
    answered = await people.say(case, Verb.WRITE, words="A little better. Thank you.")
    assert answered.notice.key == "talk.sent"
    await world.works_off()
    new = [platform.messages[ref] for ref in platform.messages if ref not in before]
    assert any(each.channel == "desk" and each.alerted for each in new) is spoken
    (card,) = platform.cards("desk")
    assert "desk.wrote" in repr(card) and "desk.speak_now" in repr(card)
    assert {each.channel for each in new} <= {"desk", "@sato", "@suzuki", "@mori"}
    assert await state_of(world, case) is CaseState.WITHDRAWN
    await people.say(case, Verb.RESUME)
    assert (await people.duties(case))["reply"].state not in ENDED
    assert (await audit(world.service.work)).clean


async def test_what_is_written_on_a_report_that_was_taken_back_without_danger_waits(
    people, world, platform
) -> None:
    case = await people.report(**UNNAMED)
    await world.works_off()
    await people.say(case, Verb.WITHDRAW)
    answered = await people.say(case, Verb.WRITE, words="He came back today.")
    assert answered.notice.key == "talk.taken_back"
    await world.works_off()
    assert "desk.wrote" not in repr(platform.cards("desk"))
    assert "follow_up" not in await people.duties(case)


BY_THE_CLOCK = ("take", "care", "reply", "outcome", "next_contact", "recurrence")


async def dues(people, case) -> dict[str, datetime]:
    duties = await people.duties(case)
    return {kind: duties[kind].due_at for kind in BY_THE_CLOCK}


async def test_however_often_it_is_taken_back_each_duty_is_due_when_a_new_one_would_be(
    people, world
) -> None:
    case = await people.report()
    await world.works_off()
    for _ in range(3):
        await people.say(case, Verb.WITHDRAW)
        world.clock.passes(days=1)
        await people.say(case, Verb.RESUME)
    assert await dues(people, case) == await dues(people, await people.report())


async def test_an_urgent_report_of_the_weekend_that_is_sent_after_all_is_urgent_on_monday(
    people, world
) -> None:
    world.clock.present = datetime(2026, 11, 28, 2, 0, tzinfo=UTC)  # Saturday 11:00
    case = await people.report(site_may_know=False, safety=Safety.ONGOING)
    await world.works_off()
    await people.say(case, Verb.WITHDRAW)
    world.clock.present = datetime(2026, 11, 30, 1, 0, tzinfo=UTC)  # Monday 10:00
    await world.works_off()
    await people.say(case, Verb.RESUME)
    found = await dues(people, case)
    assert found["take"] == world.clock.present + timedelta(minutes=15)
    new = await people.report(site_may_know=False, safety=Safety.ONGOING)
    assert found == await dues(people, new)


async def test_what_is_promised_once_more_is_not_due_at_night(people, world) -> None:
    case = await people.report(site_may_know=False)
    await world.works_off()
    await people.say(case, Verb.WITHDRAW)
    world.clock.present = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)  # Friday 17:00
    await world.works_off()
    await people.say(case, Verb.RESUME)
    due = (await people.duty(case, "reply")).due_at
    assert due == datetime(2026, 11, 30, 9, 0, tzinfo=UTC), "as the desk closes on Monday"


async def test_another_answer_is_promised_once_more_as_soon_as_it_was(people, world) -> None:
    case = await people.report(site_may_know=False, safety=Safety.ONGOING)
    await world.works_off()
    await people.at_desk(Verb.REPLY, case, words="We are looking into it.")
    await people.say(case, Verb.WRITE, words="Thank you. And then?")
    before = (await people.duties(case))["reply"]
    await people.say(case, Verb.WITHDRAW)
    await people.say(case, Verb.RESUME)
    after = (await people.duties(case))["reply"]
    assert (after.id, after.due_at) == (before.id, before.due_at)
    assert after.part == 1


async def test_questions_whose_days_are_past_are_asked_once_and_not_all_at_once(
    people, world
) -> None:
    case = await people.report(site_may_know=False)
    await world.works_off()
    await people.say(case, Verb.WITHDRAW)
    await world.leaps(days=60)
    await people.say(case, Verb.RESUME)
    await world.leaps(days=1, minutes=5)
    async with world.service.work.storage.read() as tx:
        view = await view_case(world.service.work, tx, case.case_id, Reader.OWN_PAGE)
    asked = [(question.kind.value, question.part) for question in view.questions]
    assert asked == [("check_in", 30), ("no_reprisal_check", 30)]
    await world.leaps(days=31)
    async with world.service.work.storage.read() as tx:
        view = await view_case(world.service.work, tx, case.case_id, Reader.OWN_PAGE)
    assert [question.part for question in view.questions] == [90]


async def test_a_closed_report_is_not_taken_back_from_an_old_page(people, world) -> None:
    case = await people.report(site_may_know=False)
    await world.works_off()
    await people.works_through(case)
    assert (await people.at_desk(Verb.CLOSE, case)).changed
    assert not (await people.say(case, Verb.WITHDRAW)).changed
    assert await state_of(world, case) is CaseState.CLOSED
    await world.leaps(days=130)
    world.clock.present += timedelta(days=1826)
    assert (await Retention(world.service.work, None).purge()).total == 1


@pytest.mark.parametrize("visibility", [Visibility.UNNAMED, Visibility.DESK_ONLY])
async def test_head_office_which_reads_the_site_too_does_not_see_when_it_is_taken_back(
    people, world, platform, visibility: Visibility
) -> None:
    case = await people.report(visibility=visibility, safety=Safety.ONGOING)
    await world.passes(hours=3)
    (asked,) = [card for card in platform.direct("watanabe") if card.title.key == OUTSIDE]
    for verb in (Verb.WITHDRAW, Verb.RESUME):
        platform.notes.clear()
        await people.say(case, verb)
        await world.passes(minutes=9)
        assert {channel for _, channel in platform.notes} <= {"desk", "@sato", "@suzuki", "@mori"}
    await people.say(case, Verb.WITHDRAW)
    await world.passes(hours=2)
    assert asked not in platform.direct("watanabe"), "nobody is asked for ever"


async def test_a_site_that_knows_the_name_is_not_told_that_it_is_over(
    people, world, platform
) -> None:
    case = await people.report(safety=Safety.ONGOING)
    await world.works_off()
    await people.say(case, Verb.WITHDRAW)
    await world.works_off()
    titles = {card.title.key for card in platform.cards("shinjuku")}
    assert "second.title.ended" in titles and "second.title.over" not in titles


async def test_head_office_does_not_see_whether_it_was_taken_or_taken_back(
    people, world, platform
) -> None:
    taken, back = [
        await people.report(visibility=Visibility.UNNAMED, site_may_know=False) for _ in range(2)
    ]
    await world.leaps(days=3)
    assert len(platform.direct("watanabe")) == 2
    await people.at_desk(Verb.TAKE, taken)
    await people.say(back, Verb.WITHDRAW)
    await world.passes(hours=2)
    one, two = platform.direct("watanabe")
    assert one == two and one.title.key == "nudge.ended"


async def test_whoever_sends_it_late_is_told_of_the_last_question_too(
    people, world, platform
) -> None:
    case = await people.report(**UNNAMED, may_write=True, address=ME, send_now=False)
    await people.say(case, Verb.WITHDRAW)
    await world.leaps(days=60)
    await people.say(case, Verb.RESUME)
    await world.leaps(days=50)
    before = len(platform.direct("U0CANARY"))
    await world.leaps(days=45)
    assert len(platform.direct("U0CANARY")) > before


async def test_the_next_contact_is_planned_though_the_site_ended_it_meanwhile(
    people, world
) -> None:
    case = await people.report(visibility=Visibility.UNNAMED, safety=Safety.ONGOING)
    await world.works_off()
    await people.say(case, Verb.WITHDRAW)
    alone = await people.duty(case, "second_person")
    for verb in (Verb.HERE, Verb.OVER):
        await people.press("tanaka", verb, alone.id)
    await people.say(case, Verb.RESUME)
    await world.works_off()
    assert "next_contact" in await people.duties(case)


async def test_care_that_nobody_gave_meanwhile_is_the_desks_matter_after_all(people, world) -> None:
    case = await people.report(visibility=Visibility.UNNAMED)
    await world.works_off()
    await people.at_desk(Verb.TAKE, case)
    await people.say(case, Verb.WITHDRAW)
    await world.passes(hours=3)
    assert (await people.duty(case, "care")).state is DutyState.EXHAUSTED
    await people.say(case, Verb.RESUME)
    await world.passes(hours=3)
    assert "follow_up" in await people.duties(case)


async def test_what_the_desk_was_spared_meanwhile_is_never_said_to_have_been_sent_to_it(
    people, world
) -> None:
    """The desk's rung falls due while the report is taken back; later it is asked in earnest."""
    case = await people.report(visibility=Visibility.UNNAMED)
    await world.passes(minutes=15)
    await people.say(case, Verb.WITHDRAW)
    await world.passes(minutes=50)
    await people.say(case, Verb.RESUME)
    await world.works_off()
    assert await times_sent_to_desk(people, case) == 0
    await people.answer("tanaka", Verb.TAKE_OVER, case, "care")
    await world.passes(minutes=80)
    assert await times_sent_to_desk(people, case) == 1


async def times_sent_to_desk(people, case) -> int:
    """How often their page says that the desk was asked."""
    lines = [
        line.what.model_dump_json()
        for part in (await people.page(case)).body
        if isinstance(part, Timeline)
        for line in part.items
    ]
    return sum('"help.sent' in line and '"role.desk"' in line for line in lines)


async def test_who_was_spoken_with_before_is_not_spoken_with_again_for_the_same(
    people, world
) -> None:
    case = await people.report(visibility=Visibility.UNNAMED)
    await world.works_off()
    await people.at_desk(Verb.TAKE, case)
    await world.leaps(hours=3)
    assert (await people.duty(case, "care")).state is DutyState.EXHAUSTED
    await people.at_desk(Verb.DUTY_DONE, await people.duty(case, "follow_up"))
    await people.say(case, Verb.WITHDRAW)
    await people.say(case, Verb.RESUME)
    async with world.service.work.storage.read() as tx:
        duties = await tx.duties.of_case(case.case_id)
    assert not [d for d in duties if d.kind == "follow_up" and d.state not in ENDED]


async def test_an_answer_that_was_written_meanwhile_is_not_owed_again(people, world) -> None:
    case = await people.report(site_may_know=False)
    await world.works_off()
    await people.say(case, Verb.WITHDRAW)
    assert (await people.at_desk(Verb.REPLY, case, words="We are here for you.")).changed
    await people.say(case, Verb.RESUME)
    assert (await people.duty(case, "reply")).state is DutyState.DONE


async def test_a_step_that_was_noted_meanwhile_is_not_owed_again(people, world) -> None:
    case = await people.report(site_may_know=False)
    await world.works_off()
    await people.say(case, Verb.WITHDRAW)
    assert (await people.at_desk(Verb.RESPOND, case, "warn")).changed
    await people.at_desk(Verb.MEASURE, case, words="Two people at the counter.")
    await people.say(case, Verb.RESUME)
    for kind in ("external_response", "recurrence"):
        assert (await people.duty(case, kind)).state is DutyState.DONE


@pytest.mark.parametrize("replied", [True, False])
async def test_what_was_written_meanwhile_is_owed_an_answer_after_all(
    people, world, replied
) -> None:
    case = await people.report(site_may_know=False)
    await world.works_off()
    await people.at_desk(Verb.REPLY, case, words="We will call you.")
    await people.say(case, Verb.WITHDRAW)
    await people.say(case, Verb.WRITE, words="He came back today. Please call me.")
    if replied:
        await people.at_desk(Verb.REPLY, case, words="We called the police.")
    await people.say(case, Verb.RESUME)
    assert ((await people.duties(case))["reply"].state in ENDED) is replied


async def test_one_talk_is_owed_though_one_went_with_the_report_and_one_came_meanwhile(
    people, world
) -> None:
    case = await people.report(site_may_know=False)
    await world.works_off()
    await people.at_desk(Verb.TAKE, case)
    await world.leaps(days=3, hours=3)
    await people.answers(case, "talk")
    await people.say(case, Verb.WITHDRAW)
    await people.say(case, Verb.WRITE, words=DANGER)
    await people.say(case, Verb.RESUME)
    async with world.service.work.storage.read() as tx:
        duties = await tx.duties.of_case(case.case_id)
    owed = [duty for duty in duties if duty.kind == "follow_up" and duty.state not in ENDED]
    assert [ladder_of(duty).quiet_hours for duty in owed] == [False]


@pytest.mark.parametrize("site_may_know", [True, False])
async def test_care_that_somebody_says_was_given_is_not_asked_for_again(
    people, world, platform, site_may_know: bool
) -> None:
    case = await people.report(site_may_know=site_may_know)
    await world.works_off()
    if site_may_know:
        await people.answer("tanaka", Verb.CARED, case, "care")
    else:
        await people.at_desk(Verb.DUTY_DONE, await people.duty(case, "care"))
    for verb in (Verb.WITHDRAW, Verb.RESUME):
        await world.works_off()
        await people.say(case, verb)
    before = set(platform.messages)
    await world.passes(minutes=40)
    care = await people.duty(case, "care")
    assert care.state is DutyState.SAID_DONE
    assert not {
        ref
        for ref, each in platform.messages.items()
        if ref not in before and "nudge.care" in repr(each.card)
    }
    assert "sent.care_said_done" in repr(await people.page(case))
    assert (await people.say(case, Verb.CARE_NOT_YET)).changed
    assert (await people.duty(case, "care")).state is DutyState.OPEN
    assert (await audit(world.service.work)).clean


@pytest.mark.parametrize(
    ("waits", "hours", "called"),
    [
        (False, 3, True),
        (False, 72, False),
        (True, 3, True),
        (True, 72, False),
    ],
)
async def test_nobody_is_called_to_come_at_once_for_what_went_on_days_ago(
    people, world, platform, waits: bool, hours: int, called: bool
) -> None:
    whose = Visibility.UNNAMED if waits else Visibility.NAMED
    case = await people.report(safety=Safety.ONGOING, visibility=whose, send_now=not waits)
    await people.say(case, Verb.WITHDRAW)
    await world.leaps(hours=hours)
    before = set(platform.messages)
    await people.say(case, Verb.RESUME)
    await world.passes(minutes=100)
    asked = repr([each for ref, each in platform.messages.items() if ref not in before])
    assert ("second.title" in asked or "nudge.second" in asked) is called
    duties = await people.duties(case)
    assert {"take", "care"} <= set(duties) and duties["take"].state is not DutyState.CLOSED
    assert ("next_contact" in duties) is not called
    assert ("sent.not_alone" in repr(await people.page(case))) is called
    assert (await audit(world.service.work)).clean


LETTERS = ("I want to die", "He has a knife and follows me")


@pytest.mark.parametrize("words", LETTERS)
@pytest.mark.parametrize("hours", [0, 24])
async def test_what_was_taken_back_before_it_left_is_whole_once_it_is_sent_though_danger_came_first(
    people, world, platform, words, hours
) -> None:
    case = await people.report(**UNNAMED, send_now=False)
    await people.say(case, Verb.WITHDRAW)
    await people.say(case, Verb.WRITE, words=words)
    await world.works_off()
    await world.leaps(hours=hours)  # nobody at the desk answers the letter
    assert "take" not in await people.duties(case), "nobody takes what was taken back"
    await people.say(case, Verb.RESUME)
    await world.leaps(hours=3)
    assert len(platform.cards("desk")) == 1
    owed = {"take", "care", "reply", "outcome", "check_in", "follow_up"}
    assert owed <= set(await people.duties(case))


async def test_nothing_is_erased_a_day_after_a_letter_of_danger(people, world) -> None:
    work = world.service.work
    case = await people.report()
    await world.works_off()
    await people.say(case, Verb.WITHDRAW)
    await world.leaps(days=work.policy.retention.withdrawn_days - 1)
    await people.say(case, Verb.WRITE, words=LETTERS[0])
    await world.leaps(days=2)
    await Retention(work, None).purge()
    async with work.storage.read() as tx:
        assert await tx.cases.get(case.case_id) is not None
    # Asked for on each day since then, it is kept no longer for that.
    await world.leaps(days=work.policy.retention.withdrawn_days)
    await Retention(work, None).purge()
    async with work.storage.read() as tx:
        assert await tx.cases.get(case.case_id) is None


async def test_who_wishes_to_talk_from_an_old_page_of_it_can_read_and_write_there(
    people, world
) -> None:
    case = await people.report(**UNNAMED)
    await people.works_through(case)
    await people.say(case, Verb.CARE_HAPPENED)
    await world.leaps(days=4)
    await people.answers(case, "hard")
    wish = next(
        b.press for b in (await people.page(case)).buttons if b.press.verb is Verb.WISH_TO_TALK
    )
    await people.say(case, Verb.WITHDRAW)
    await people.say(case, wish.verb, of=wish.subject)
    page = await people.page(case)
    assert "sent.at_once.here" in repr(page) and page.compose is not None


async def test_what_an_old_page_of_it_brings_is_the_talk_alone(people, world) -> None:
    case = await people.report(site_may_know=False)
    await world.leaps(days=3, hours=3)
    await people.answers(case, "hard")
    await world.leaps(days=11)
    async with world.service.work.storage.read() as tx:
        duties = await tx.duties.of_case(case.case_id)
    asked = next(duty for duty in duties if (duty.kind, duty.part) == ("check_in", 14))
    await people.say(case, Verb.WITHDRAW)
    await people.says(case, asked, "hard")  # on a page that stood open
    async with world.service.work.storage.read() as tx:
        owed = {d.kind for d in await tx.duties.of_case(case.case_id) if d.state not in ENDED}
    assert owed == {"follow_up"}
