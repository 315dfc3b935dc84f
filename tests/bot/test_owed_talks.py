"""Whom the desk is to speak with is asked about until it has, whatever else comes in between."""

import pytest

from bot.desk import open_details
from bot.filing import Filed
from bot.rows import ENDED, ladder_of
from bot.work_records import Duty, DutyState
from flows.outcomes import Visibility
from flows.phrases import say
from flows.presses import Verb
from flows.screens import Paragraph
from tests.bot.conftest import NotedPlatform, People
from tests.support.world import World

DANGER = "I want to die"
UNNAMED = {"visibility": Visibility.UNNAMED, "site_may_know": False}


async def talks(people: People, case: Filed) -> list[Duty]:
    async with people.world.service.work.storage.read() as tx:
        duties = [d for d in await tx.duties.of_case(case.case_id) if d.kind == "follow_up"]
    return sorted(duties, key=lambda duty: duty.part)


async def asked(people: People, case: Filed, kind: str = "follow_up") -> int:
    """How many messages so far ask somebody for a duty of this kind."""
    async with people.world.service.work.storage.read() as tx:
        duties = [d for d in await tx.duties.of_case(case.case_id) if d.kind == kind]
        return sum([len(await tx.duties.nudges(duty.id)) for duty in duties])


async def is_asked_within(people: People, case: Filed, **time: float) -> bool:
    before = await asked(people, case)
    await people.world.leaps(**time)
    return await asked(people, case) > before


async def worked_through(people: People, **chosen: object) -> Filed:
    """A report of which nothing is owed, but for a talk."""
    case = await people.report(**chosen)
    await people.works_through(case, but="follow_up")
    await people.say(case, Verb.CARE_HAPPENED)
    return case


@pytest.mark.parametrize("hours", [13, 14.5, 16])  # 23:00, 0:30, 2:00
async def test_of_danger_at_night_the_desk_is_asked_again_as_it_opens_that_morning(
    people: People, world: World, hours: float
) -> None:
    case = await worked_through(people)
    await world.leaps(hours=hours)
    await people.say(case, Verb.WRITE, words=DANGER)
    await world.leaps(hours=22.5 - hours)  # 8:30, and nobody answered in the night
    assert await is_asked_within(people, case, hours=8)


async def test_a_night_before_a_weekend_costs_nobody_the_friday(
    people: People, world: World
) -> None:
    case = await worked_through(people)
    await world.leaps(days=2, hours=13)  # Thursday, 23:00
    await people.say(case, Verb.WRITE, words=DANGER)
    await world.leaps(hours=9.5)
    assert await is_asked_within(people, case, hours=8)


async def test_to_write_again_ends_nothing_for_who_took_it_back_in_danger(
    people: People, world: World
) -> None:
    case = await people.report(**UNNAMED, words=DANGER)
    await world.works_off()
    await people.say(case, Verb.WITHDRAW)
    await world.leaps(hours=10)  # nobody at the desk answered the whole day
    pressed = await people.say(case, Verb.WRITE, words="Is anybody there?")
    assert pressed.notice.key == "talk.sent"
    await world.leaps(days=2)
    assert await is_asked_within(people, case, days=7)


@pytest.mark.parametrize("word", [Verb.WITHDRAW, Verb.CARE_HAPPENED])
async def test_care_that_nobody_gave_makes_no_lesser_talk_of_one_for_danger(
    people: People, world: World, word: Verb
) -> None:
    case = await people.report(words=DANGER, site_may_know=False)
    await world.leaps(days=1, hours=3)  # the desk opened again, and is asked for care as well
    talk = (await talks(people, case))[-1]
    assert not ladder_of(talk).quiet_hours
    await people.say(case, word)
    assert (await talks(people, case))[-1].state not in ENDED, "nobody has spoken with them"
    assert await is_asked_within(people, case, days=7)


async def test_nor_does_a_wish_to_talk(people: People, world: World) -> None:
    case = await worked_through(people, words=DANGER)
    await world.leaps(days=3, hours=10)
    assert (await people.answers(case, "talk")).changed
    await people.say(case, Verb.WITHDRAW)
    assert await is_asked_within(people, case, days=7)


async def test_nor_does_not_yet(people: People, world: World) -> None:
    case = await people.report(visibility=Visibility.UNNAMED, words=DANGER)
    await world.leaps(hours=9)
    assert (await talks(people, case))[-1].state is DutyState.EXHAUSTED
    await people.say(case, Verb.CARE_NOT_YET)
    assert not ladder_of((await talks(people, case))[-1]).quiet_hours


async def late_care(people: People, world: World) -> Filed:
    """A report whose first talk, for care that nobody had given, was called off by care."""
    case = await people.report(site_may_know=False)
    await people.at_desk(Verb.TAKE, case)
    await world.leaps(days=1, hours=1)
    assert await talks(people, case)
    await people.works_through(case, but="follow_up")
    await people.say(case, Verb.CARE_HAPPENED)
    return case


async def test_a_talk_that_was_called_off_shortens_no_later_one(
    people: People, world: World
) -> None:
    case = await late_care(people, world)
    await world.leaps(days=90)
    assert (await people.answers(case, "hard")).changed  # "worse for you since?" of day 90
    await world.leaps(days=2)
    assert await is_asked_within(people, case, days=7)


@pytest.mark.parametrize("taken_back", [False, True])
async def test_nor_one_for_danger_weeks_later(
    people: People, world: World, taken_back: bool
) -> None:
    case = await late_care(people, world)
    await world.leaps(days=60)
    if taken_back:
        await people.say(case, Verb.WITHDRAW)
    await people.say(case, Verb.WRITE, words=DANGER)
    await world.leaps(days=2)
    assert await is_asked_within(people, case, days=7)


async def test_weeks_in_which_nobody_answered_shorten_it_no_more(
    people: People, world: World
) -> None:
    case = await people.report()  # nobody at the site or at the desk ever answers
    await world.leaps(days=28)
    await people.say(case, Verb.WRITE, words=DANGER)
    await world.leaps(days=14)
    assert await is_asked_within(people, case, days=5)


async def test_who_answers_the_desk_on_what_they_took_back_is_listened_to(
    people: People, world: World
) -> None:
    case = await people.report(**UNNAMED, words=DANGER)
    await world.works_off()
    await people.say(case, Verb.WITHDRAW)
    await people.at_desk(Verb.DUTY_DONE, (await talks(people, case))[0])
    pressed = await people.say(case, Verb.WRITE, words="Please call me.")
    assert pressed.notice.key == "talk.sent"
    await world.leaps(days=2)
    assert await is_asked_within(people, case, days=7)


async def test_a_letter_on_what_was_sent_after_all_rings_at_the_desk_that_has_taken_it(
    people: People, world: World
) -> None:
    case = await people.report(site_may_know=False)
    await world.works_off()
    await people.at_desk(Verb.TAKE, case)
    for press in (Verb.WITHDRAW, Verb.RESUME):
        await people.say(case, press)
    await world.works_off()
    await people.say(case, Verb.WRITE, words="They came back today.")
    await world.passes(minutes=30)
    assert await asked(people, case, "reply") > 0


@pytest.mark.parametrize("spoken_after", [5, 40])
async def test_a_talk_before_care_was_given_up_is_no_care_on_the_next_days(
    people: People, world: World, spoken_after: int
) -> None:
    await world.leaps(days=1)
    case = await people.report(words=DANGER)
    await world.works_off()
    await people.at_desk(Verb.TAKE, case)
    await world.passes(minutes=spoken_after)
    (talk,) = await talks(people, case)
    assert (await people.at_desk(Verb.DUTY_DONE, talk)).changed
    await world.leaps(minutes=70 - spoken_after)
    assert (await people.duty(case, "care")).state is DutyState.EXHAUSTED
    assert len(await talks(people, case)) == 2, "the desk is asked once, as nobody was left to ask"
    for _ in range(2):
        assert await is_asked_within(people, case, days=1)


async def test_a_talk_since_care_was_given_up_is_care_on_the_next_days(
    people: People, world: World
) -> None:
    await world.leaps(days=1)
    case = await people.report(words=DANGER)
    await people.at_desk(Verb.TAKE, case)
    await world.leaps(minutes=70)
    assert (await people.duty(case, "care")).state is DutyState.EXHAUSTED
    await people.at_desk(Verb.DUTY_DONE, (await talks(people, case))[-1])
    assert not await is_asked_within(people, case, days=2)


async def test_card_and_details_say_the_same_of_how_late_a_talk_is(
    people: People, world: World, platform: NotedPlatform
) -> None:
    case = await worked_through(people)
    await people.say(case, Verb.WISH_TO_TALK)
    await world.leaps(days=4)
    assert len(await talks(people, case)) > 1, "it was asked for on further days"
    shown = await open_details(world.service.work, case.case_id)
    assert shown is not None
    (line,) = (line for line in shown.duties if line.name.key == "duty.follow_up")
    (card,) = platform.cards("desk")
    said = [each.text for each in card.body if isinstance(each, Paragraph)]
    assert say("desk.speak_now", by=line.due) in said


async def test_care_that_nobody_gave_is_asked_for_each_day_after_a_talk_that_nobody_had(
    people: People, world: World
) -> None:
    case = await people.report()
    await people.at_desk(Verb.TAKE, case)
    await world.leaps(minutes=70)
    assert (await people.at_desk(Verb.DUTY_DONE, (await talks(people, case))[-1])).changed
    await world.leaps(days=1)  # the day on which care would have been asked for again
    assert (await people.at_desk(Verb.NOT_DONE, (await talks(people, case))[-1])).changed
    for _ in range(2):
        before = len(await talks(people, case))
        await world.leaps(days=1)
        assert len(await talks(people, case)) > before
