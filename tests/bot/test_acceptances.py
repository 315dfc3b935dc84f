"""Acceptances that nothing follows: whoever accepts again and again holds nobody else off."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from bot.audits import audit
from bot.filing import Filed
from bot.messengers import Throttled
from bot.work_records import DutyState, SeatRow
from bot.worker import run_one_due
from flows.phrases import dated, on_day_at, say
from flows.presses import Verb
from flows.screens import Timeline
from tests.bot.conftest import NotedPlatform, People
from tests.bot.test_who_is_there import TOKYO_NOON, Start, hours, start
from tests.support.world import World

__all__ = ["start"]

BOTH, AREA, HQ = {"tanaka", "yamamoto"}, {"takahashi"}, {"watanabe"}
DESK, LEAD = {"sato", "suzuki"}, {"mori"}


class Waiting:
    """Some people accept, and nothing comes of it; each time, who was asked because of that."""

    def __init__(self, people: People, case: Filed, kind: str) -> None:
        self._people, self._case, self._kind = people, case, kind

    async def in_vain(self, *who: str, after: int = 0) -> list[set[str]]:
        """After so many minutes they accept. Whom each message in the channel named as that had run
        out, with those of the desk, who read no such channel and got one of their own."""
        people, kind = self._people, self._kind
        await people.world.passes(minutes=after)
        for person in who:
            assert (await people.answer(person, Verb.COMING, self._case, kind, minutes=5)).changed
        seen = set(people.world.platform.messages)
        while (await people.duty(self._case, kind)).state is not DutyState.OPEN:
            await people.world.passes(minutes=1)
        new = [each for ref, each in people.world.platform.messages.items() if ref not in seen]
        desk = {name for name in DESK | LEAD if any(each.channel == f"@{name}" for each in new)}
        return [
            set(each.card.mentions) | desk
            for each in new
            if each.channel == "shinjuku" and each.thread
        ]


async def test_care_that_is_accepted_in_vain_again_and_again_reaches_everybody_and_the_desk(
    people: People, platform: NotedPlatform
) -> None:
    case = await people.report()
    await people.at_desk(Verb.TAKE, case)
    await people.world.works_off()
    care = Waiting(people, case, "care")
    assert await care.in_vain("tanaka") == [BOTH]
    assert await care.in_vain("tanaka") == [BOTH | AREA]
    assert await care.in_vain("tanaka") == [BOTH | AREA | DESK]
    assert await care.in_vain("tanaka") == [BOTH | AREA | DESK | LEAD]
    assert "follow_up" not in await people.duties(case)
    assert await care.in_vain("tanaka") == [BOTH | AREA | DESK | LEAD]
    facts = await people.facts(case)
    assert facts.count("exhausted") == 1 and "follow_up" in await people.duties(case)
    assert (await audit(people.world.service.work)).clean


async def test_until_when_somebody_is_believed_stands_on_the_card_and_on_the_page(
    people: People, world: World
) -> None:
    case = await people.report()
    await world.works_off()
    await people.answer("tanaka", Verb.COMING, case, "care", minutes=5)
    await world.works_off()
    (card,) = world.platform.cards("shinjuku")
    page = await people.page(case)
    (row,) = await seats_of(people, case)
    until = row.expires_at
    assert until is not None
    assert say("chase.care.anew", at=dated(until, "Asia/Tokyo")) in card.footer.items
    (line,) = [
        each
        for timeline in page.body
        if isinstance(timeline, Timeline)
        for each in timeline.items
        if each.what == say("care.next_anew")
    ]
    assert line.when == on_day_at(until, "Asia/Tokyo") and not line.done
    world.clock.present = until
    assert "care.next_anew" not in repr(await people.page(case)), "that time is past"
    await world.works_off()
    (card,) = [each for each in world.platform.cards("shinjuku") if each.title.key == "care.title"]
    assert "chase.care.anew" not in repr(card) and "care.again" in repr(card)


async def seats_of(people: People, case: Filed) -> list[SeatRow]:
    """Who answered about care."""
    care = await people.duty(case, "care")
    async with people.world.service.work.storage.read() as tx:
        return list(await tx.duties.seats(care.id))


async def presses(people: People, case: Filed, person: str, verb: Verb, *, every: int) -> None:
    """The same answer about care again and again, for two hours."""
    for _ in range(0, 120, every):
        await people.answer(person, verb, case, "care")
        await people.world.passes(minutes=every)


async def asked_for_care(people: People, case: Filed) -> set[str]:
    """The roles that were ever asked for it."""
    lines = [each.detail for each in await people.history(case) if each.fact == "asked"]
    return {role for line in lines if line["duty"] == "care" for role in line["roles"].split()}


@pytest.mark.parametrize("verb", [Verb.TAKE_OVER, Verb.COMING])
async def test_whoever_says_it_again_before_their_time_is_over_keeps_nobody_from_being_asked(
    people: People, platform: NotedPlatform, verb: Verb
) -> None:
    case = await people.report()
    await people.world.works_off()
    await presses(people, case, "tanaka", verb, every=25)
    assert "area" in await asked_for_care(people, case)
    await presses(people, case, "tanaka", verb, every=25)
    assert "desk" in await asked_for_care(people, case) and platform.direct("sato")
    assert (await audit(people.world.service.work)).clean


async def test_whoever_is_held_up_has_their_time_anew_once(people: People) -> None:
    case = await people.report()
    await people.world.works_off()
    for minutes in (25, 25, 4):
        await people.answer("tanaka", Verb.TAKE_OVER, case, "care")
        await people.world.passes(minutes=minutes)
    assert (await people.duty(case, "care")).state is DutyState.ANSWERED
    await people.world.passes(minutes=1)
    assert (await people.duty(case, "care")).state is DutyState.OPEN


@pytest.mark.parametrize("between", [Verb.CANNOT, Verb.CARE_NOT_YET])
async def test_what_somebody_says_after_people_were_asked_anew_is_their_first_answer_again(
    people: People, between: Verb
) -> None:
    case = await people.report()
    await people.world.works_off()
    for _ in range(2):
        for _ in range(2):
            await people.answer("tanaka", Verb.TAKE_OVER, case, "care")
            await people.world.passes(minutes=25)
        if between is Verb.CANNOT:
            await people.answer("tanaka", Verb.CANNOT, case, "care")
        else:
            await people.say(case, between)
    assert "expired" not in await people.facts(case)


async def test_who_is_on_the_way_to_a_call_is_believed_however_often_they_are_held_up(
    people: People,
) -> None:
    case = await people.call()
    await people.world.works_off()
    await people.answer("yamamoto", Verb.HERE, case)
    for _ in range(4):
        await people.answer("tanaka", Verb.COMING, case, minutes=5)
        await people.world.passes(minutes=8)
    assert "expired" not in await people.facts(case)


async def test_a_call_whose_helpers_never_arrive_reaches_everybody_and_the_desk(
    people: People, platform: NotedPlatform
) -> None:
    case = await people.call()
    await people.world.works_off()
    call = Waiting(people, case, "second_person")
    await call.in_vain(*BOTH)
    assert (await people.duty(case, "second_person")).step == 0
    for asked in (BOTH | AREA, BOTH | AREA | HQ):
        assert (await call.in_vain(*sorted(BOTH)))[0] == asked
    assert not platform.channel("desk")
    await call.in_vain(*sorted(BOTH))
    assert platform.channel("desk")[0].mentions
    page = repr(await people.page(case))
    assert "help.desk_told" in page and "help.overdue" in page
    assert (await audit(people.world.service.work)).clean


async def test_the_rung_above_is_the_one_above_the_highest_that_was_ever_asked(
    people: People,
) -> None:
    case = await people.report()
    await people.world.works_off()
    care = Waiting(people, case, "care")
    assert await care.in_vain("tanaka", after=11) == [BOTH]
    assert await care.in_vain("tanaka") == [BOTH | AREA | DESK]


async def test_what_follows_a_rung_asked_at_once_keeps_its_distance_and_cards_say_so(
    people: People, platform: NotedPlatform
) -> None:
    case = await people.report()
    await people.world.works_off()
    care = Waiting(people, case, "care")
    for _ in range(2):
        await care.in_vain("tanaka")
    duty = await people.duty(case, "care")
    (card,) = platform.cards("shinjuku")
    following = duty.asked_at + timedelta(minutes=20)
    said = re.search(r'"chase.care.next".*?role.\w+', card.model_dump_json())
    assert said and said[0].endswith("role.desk") and f"{following:%Y-%m-%dT%H:%M}" in said[0]
    await people.world.passes(minutes=19)
    assert (await people.duty(case, "care")).step == duty.step == 1
    await people.world.passes(minutes=1)
    assert (await people.duty(case, "care")).step == 2


async def test_one_acceptance_too_many_that_ran_out_is_no_reason_to_hurry(
    people: People,
) -> None:
    case = await people.call()
    await people.world.works_off()
    await people.answer("takahashi", Verb.COMING, case, minutes=2)
    for person in sorted(BOTH):
        await people.answer(person, Verb.COMING, case, minutes=15)
    await people.world.passes(minutes=21)
    assert (await people.facts(case)).count("expired") >= 2
    duty = await people.duty(case, "second_person")
    assert (duty.climb, duty.step) == (1, 0)


async def test_what_is_closed_then_is_asked_as_it_opens_each_in_its_time(start: Start) -> None:
    people = start(hours("Asia/Tokyo", "10:00-13:05"), TOKYO_NOON)
    case = await people.report()
    await people.world.works_off()
    care = Waiting(people, case, "care")
    await care.in_vain("tanaka")
    assert await care.in_vain("tanaka") == []
    duty = await people.duty(case, "care")
    assert (duty.step, duty.asked_at) == (-1, None)
    (card,) = people.world.platform.cards("shinjuku")
    assert "2026-11-26T01:00" in card.model_dump_json()
    await people.world.leaps(hours=20, minutes=55)
    assert (await people.duty(case, "care")).step == 0
    assert (await audit(people.world.service.work)).clean


async def test_a_rung_that_is_closed_has_its_time_after_the_one_below_and_the_card_names_it(
    start: Start,
) -> None:
    people = start(lambda company: None, datetime(2026, 11, 24, 22, 0, tzinfo=UTC))
    case = await people.report()
    await people.world.works_off()
    care = Waiting(people, case, "care")
    for asked in (BOTH, BOTH | AREA, BOTH | AREA):  # the last at 8:45: the desk opens at nine
        assert await care.in_vain("tanaka") == [asked]
    (card,) = people.world.platform.cards("shinjuku")
    assert "2026-11-25T00:05" in card.model_dump_json()
    await people.world.passes(minutes=19)
    assert (await people.duty(case, "care")).step == 1
    await people.world.passes(minutes=1)
    assert (await people.duty(case, "care")).step == 2


async def reaches(people: People, case: Filed, kind: str, step: int) -> None:
    """Works off until a rung is reached: what it owes is not sent yet."""
    while (await people.duty(case, kind)).step < step:
        assert await run_one_due(people.world.service.work, {"chat": people.world.platform})


async def cannot_after_all(people: People, case: Filed, kind: str = "second_person") -> None:
    for person in sorted(BOTH):
        assert (await people.answer(person, Verb.CANNOT, case, kind)).changed


async def enough_come_as_head_office_is_reached(people: People) -> Filed:
    """A call to which a second person answers before the message to head office has left."""
    case = await people.call()
    await people.world.passes(minutes=4)
    await people.answer("tanaka", Verb.COMING, case, minutes=5)
    people.world.clock.passes(minutes=1)
    await reaches(people, case, "second_person", 2)
    await people.answer("yamamoto", Verb.COMING, case, minutes=5)
    await people.world.works_off()
    return case


async def test_who_was_not_asked_as_enough_were_coming_is_asked_once_those_cannot(
    people: People, platform: NotedPlatform
) -> None:
    case = await enough_come_as_head_office_is_reached(people)
    assert not platform.direct("watanabe")
    people.world.clock.passes(seconds=30)
    await cannot_after_all(people, case)
    await people.world.works_off()
    assert len(platform.direct("watanabe")) == 1
    assert "watanabe" in platform.beside("shinjuku")[-1].mentions
    await people.world.passes(minutes=3)
    assert len(platform.direct("watanabe")) == 1 and not platform.channel("desk")
    assert (await audit(people.world.service.work)).clean


async def test_whoever_answered_before_their_message_left_is_not_asked_by_it_later(
    people: People, platform: NotedPlatform
) -> None:
    case = await enough_come_as_head_office_is_reached(people)
    await people.answer("watanabe", Verb.CANNOT, case)
    await cannot_after_all(people, case)
    await people.world.works_off()
    assert not platform.direct("watanabe")


async def area_manager_is_put_off(people: People) -> Filed:
    """Care for which the platform takes the message to the area manager only later, as somebody
    has taken it over."""
    case, world = await people.report(), people.world
    await world.passes(minutes=9)
    world.clock.passes(minutes=1)
    world.platform.answers = [Throttled(world.clock.now() + timedelta(seconds=50))] * 3
    await world.works_off()
    world.platform.answers = []
    await people.answer("tanaka", Verb.TAKE_OVER, case, "care")
    await world.passes(minutes=2)
    return case


async def test_who_was_put_off_and_then_not_needed_is_asked_for_care_once_nobody_gives_it(
    people: People, platform: NotedPlatform
) -> None:
    case = await area_manager_is_put_off(people)
    assert not platform.direct("takahashi")
    await cannot_after_all(people, case, "care")
    await people.world.works_off()
    assert platform.beside("shinjuku")[-1].mentions == ("takahashi",)


async def test_whose_doors_have_closed_meanwhile_is_asked_for_it_as_they_open(
    start: Start,
) -> None:
    people = start(hours("Asia/Tokyo", "07:00-18:05"), datetime(2026, 11, 24, 8, 52, tzinfo=UTC))
    case, world = await area_manager_is_put_off(people), people.world
    await world.passes(minutes=8)
    await cannot_after_all(people, case, "care")
    await world.leaps(hours=12, minutes=47)
    (_,) = world.platform.channel("shinjuku")
    await world.passes(minutes=2)
    assert world.platform.beside("shinjuku")[0].mentions == ("takahashi",)
    assert (await audit(world.service.work)).clean
