"""Each rung has its time: also where it was held, or where what it counts from has passed."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.rows import ENDED
from bot.work_records import DutyState
from flows.assessment import Safety
from flows.outcomes import Visibility
from flows.phrases import At
from flows.presses import Verb

TUESDAY_1755 = datetime(2026, 11, 24, 8, 55, tzinfo=UTC)
"""Five minutes before the desk closes."""
WEDNESDAY_9 = datetime(2026, 11, 25, 0, 0, tzinfo=UTC)
FRIDAY_1755 = TUESDAY_1755 + timedelta(days=3)
MONDAY_9 = datetime(2026, 11, 30, 0, 0, tzinfo=UTC)
DANGER = "死にたい"


async def climbs(people, case, kind: str) -> list[tuple[int, int, datetime]]:
    """The messages to the channel about a duty: round, rung and when."""
    async with people.world.service.work.storage.read() as tx:
        duty = next(d for d in reversed(await tx.duties.of_case(case.case_id)) if d.kind == kind)
        rows = await tx.duties.nudges(duty.id)
    return [(row.climb, row.step, row.sent_at) for row in rows if not row.direct]


async def test_what_was_due_after_closing_is_asked_rung_by_rung_in_the_morning(
    people, world
) -> None:
    world.clock.present = TUESDAY_1755
    case = await people.report(site_may_know=False, safety=Safety.ONGOING)
    await world.leaps(hours=15, minutes=6)
    assert (await people.duty(case, "take")).state is DutyState.OPEN
    await world.leaps(minutes=30)
    lead, head_office = (at for _, step, at in await climbs(people, case, "take") if step)
    assert (lead, head_office) == (WEDNESDAY_9, WEDNESDAY_9 + timedelta(minutes=30))
    assert (await people.duty(case, "take")).state is DutyState.OPEN
    await world.leaps(minutes=30)
    assert (await people.duty(case, "take")).state is DutyState.EXHAUSTED


async def test_a_wish_to_talk_on_friday_evening_is_not_given_up_as_the_desk_opens_on_monday(
    people, world
) -> None:
    case = await people.report(site_may_know=False)
    await world.works_off()
    await people.at_desk(Verb.TAKE, case)
    await people.at_desk(Verb.DUTY_DONE, await people.duty(case, "care"))
    await world.leaps(days=3)
    world.clock.present = FRIDAY_1755
    await world.works_off()
    await people.answers(case, "talk")
    await world.leaps(days=2, hours=15, minutes=6)
    assert (await people.duty(case, "follow_up")).state is DutyState.OPEN
    await world.leaps(minutes=76)
    rungs = [(step, at) for _, step, at in await climbs(people, case, "follow_up")]
    after = timedelta(minutes=60)
    second = [(0, MONDAY_9 + after), (1, MONDAY_9 + after + timedelta(minutes=15))]
    assert rungs == [(0, FRIDAY_1755), (1, MONDAY_9), *second]


async def test_the_lead_who_is_asked_on_monday_for_what_was_due_on_friday_has_a_day(
    people, world
) -> None:
    world.clock.present = datetime(2026, 11, 26, 1, 0, tzinfo=UTC)
    case = await people.report(site_may_know=False)  # an answer is due on Friday as they close
    await world.works_off()
    await people.at_desk(Verb.TAKE, case)
    world.clock.present = FRIDAY_1755
    await world.leaps(days=2, hours=15, minutes=10)
    assert (await people.duty(case, "reply")).state is DutyState.OPEN
    await world.leaps(days=1)
    assert (await people.duty(case, "reply")).state is DutyState.EXHAUSTED


async def test_a_climb_that_begins_again_has_the_same_distances(people, world) -> None:
    case = await people.report(site_may_know=False)
    await world.works_off()
    start = world.clock.present
    await people.say(case, Verb.WRITE, words=DANGER)
    await world.passes(minutes=149)
    rungs = [(step, at - start) for _, step, at in await climbs(people, case, "follow_up")]
    expected = ((0, 0), (1, 15), (0, 75), (1, 90))
    assert rungs == [(step, timedelta(minutes=after)) for step, after in expected]
    assert (await people.duty(case, "follow_up")).state is DutyState.OPEN
    await world.passes(minutes=2)
    assert (await people.duty(case, "follow_up")).state is DutyState.EXHAUSTED


async def test_whoever_is_not_cared_for_after_all_has_the_desk_asked_and_soon_its_lead_days_later(
    people, world
) -> None:
    case = await people.report(site_may_know=False)
    await world.works_off()
    await people.at_desk(Verb.TAKE, case)
    await people.at_desk(Verb.DUTY_DONE, await people.duty(case, "care"))
    await world.leaps(days=6)
    said = world.clock.present
    await people.say(case, Verb.CARE_NOT_YET)
    await world.works_off()
    assert (await people.duty(case, "care")).state is DutyState.OPEN
    await world.leaps(days=1, minutes=1)
    asked = [at - said for climb, _, at in await climbs(people, case, "care") if climb]
    assert asked == [timedelta(), timedelta(minutes=15), timedelta(minutes=30)]
    # Nobody came: on the next day of the desk it is asked to speak with them.
    assert (await people.duty(case, "care")).state is DutyState.EXHAUSTED
    assert (await people.duty(case, "follow_up")).state not in ENDED


async def test_not_cared_for_and_the_desk_shut_they_read_when_it_is_asked(people, world) -> None:
    case = await people.report(site_may_know=False)
    await world.passes(minutes=600)  # eight in the evening
    read = await people.say(case, Verb.CARE_NOT_YET)
    assert read.notice.key == "own.care_not_yet_later"
    (opens,) = (value for value in read.notice.values.values() if isinstance(value, At))
    assert opens.moment == world.clock.present.replace(day=25, hour=0, minute=0)
    await world.passes(minutes=781)
    assert (await people.duty(case, "care")).asked_at == opens.moment


async def test_with_a_name_for_the_desk_it_reads_that_nobody_has_looked_after_them_until_it_has(
    people, world, platform
) -> None:
    case = await people.report(visibility=Visibility.DESK_ONLY)
    await world.works_off()
    await people.at_desk(Verb.TAKE, case)
    await people.say(case, Verb.CARE_NOT_YET)
    await world.works_off()
    assert "desk.care_not_yet" in repr(platform.cards("desk"))
    assert "sent.care_not_yet" in repr(await people.page(case))
    await people.at_desk(Verb.DUTY_DONE, await people.duty(case, "care"))
    await world.works_off()
    assert "desk.care_not_yet" not in repr(platform.cards("desk"))
    assert "sent.care_said_done.desk" in repr(await people.page(case))


@pytest.mark.parametrize("taken", [True, False])
async def test_care_that_the_desk_owes_is_asked_for_on_the_next_day_though_nobody_took_the_case(
    people, world, taken: bool
) -> None:
    case = await people.report(site_may_know=False)
    await world.works_off()
    if taken:
        await people.at_desk(Verb.TAKE, case)
    await world.leaps(hours=24)  # past nine on the next day
    assert (await people.duty(case, "follow_up")).asked_at is not None


async def test_whoever_writes_in_danger_again_has_everybody_asked_again_and_given_time(
    people, world, platform
) -> None:
    case = await people.report(site_may_know=False)
    await world.works_off()
    await people.at_desk(Verb.TAKE, case)
    await people.say(case, Verb.WRITE, words=DANGER)
    await world.passes(minutes=74)
    again = world.clock.present
    await people.say(case, Verb.WRITE, words=DANGER)
    await world.passes(minutes=2)
    asked = platform.beside("desk")[-1]
    assert asked.title.key == "nudge.follow_up" and set(asked.mentions) == {
        "sato",
        "suzuki",
        "mori",
    }
    assert (await climbs(people, case, "follow_up"))[-1] == (0, 1, again)
    await world.passes(minutes=70)
    async with world.service.work.storage.read() as tx:
        states = [d.state for d in await tx.duties.of_case(case.case_id) if d.kind == "follow_up"]
    assert states == [DutyState.CLOSED, DutyState.OPEN]
