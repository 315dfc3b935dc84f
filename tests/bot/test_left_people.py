"""Whoever is in no roster any more cannot be the one who comes; under a new id one person stays."""

import asyncio
import io

import pytest

from bot.audits import audit
from bot.company import Person
from bot.directory import refresh
from bot.left_people import let_go_of_who_left
from bot.roster_commands import import_roster
from bot.work_records import DutyState
from bot.worker import run_forever
from flows.assessment import Safety
from flows.ladders import Role
from flows.phrases import Own
from flows.presses import Verb
from tests.bot.conftest import DESK, NotedPlatform, People
from tests.support.world import World


async def imported(world: World, *people: Person) -> None:
    work = world.service.work
    await import_roster(people, work.directory, work.storage, world.clock.now(), io.StringIO())


async def takes_up(world: World, *people: Person) -> None:
    """A new roster, and a running service's next look."""
    work = world.service.work
    await imported(world, *people)
    await refresh(work.directory, work.storage)
    await let_go_of_who_left(work)
    await world.works_off()


def staff(world: World, but: str = "", **changes: object) -> list[Person]:
    """The company's people, less one, or with one who changed."""
    known = world.service.work.company.people
    if not changes:
        return [person for person in known if person.id != but]
    return [each.model_copy(update=changes) if each.id == but else each for each in known]


@pytest.mark.parametrize("answer", [Verb.COMING, Verb.HERE])
async def test_the_seat_of_somebody_who_left_is_missing_at_once_and_people_are_asked_for_it(
    people: People, world: World, platform: NotedPlatform, answer: Verb
) -> None:
    call = await people.call()
    await world.works_off()
    for person in ("tanaka", "yamamoto"):
        await people.answer(person, answer, call)
    await world.works_off()
    assert (await people.duty(call, "second_person")).state is DutyState.ANSWERED
    before = set(platform.messages)
    await takes_up(world, *staff(world, but="tanaka"))
    assert (await people.duty(call, "second_person")).state is DutyState.OPEN
    (card,) = platform.channel("shinjuku")[:1]
    assert card.title.key == "help.card.title" and dict(card.title.values)["taken"] == 1
    asked = [each for ref, each in platform.messages.items() if ref not in before]
    assert asked and not any("tanaka" in (*each.alerted, each.channel) for each in asked)
    assert (await people.facts(call)).count("expired") == 1
    await takes_up(world, *staff(world, but="tanaka"))
    assert (await people.facts(call)).count("expired") == 1, "once is enough"


async def test_care_that_somebody_promised_who_left_is_asked_of_the_next(
    people: People, world: World
) -> None:
    case = await people.report()
    await world.works_off()
    await people.answer("tanaka", Verb.TAKE_OVER, case, "care")
    await takes_up(world, *staff(world, but="yamamoto"))
    assert (await people.duty(case, "care")).state is DutyState.ANSWERED, "who stays comes still"
    await takes_up(world, *staff(world, but="tanaka"))
    assert (await people.duty(case, "care")).state is DutyState.OPEN


@pytest.mark.parametrize(
    ("change", "stays"),
    [
        ({"email": "t@example.com"}, True),
        ({"slack_id": "U012AB3CD", "name": Own(ja="田中春", en="Haru Tanaka")}, True),
        ({"email": "t@example.com", "name": Own(ja="林", en="Hayashi")}, False),
        ({}, False),
    ],
)
async def test_one_person_under_a_new_id_keeps_their_seat(
    people: People, world: World, change: dict[str, object], stays: bool
) -> None:
    """By account, or by e-mail; a shop's e-mail that passes to somebody else makes them no one."""
    known = {"phone": "03-1"} | {name: each for name, each in change.items() if name != "name"}
    renamed = known | change | {"id": "t-2"}
    await takes_up(world, *staff(world, but="tanaka", **known))
    call = await people.call()
    await world.works_off()
    for person in ("tanaka", "yamamoto"):
        await people.answer(person, Verb.COMING, call)
    for _ in range(2):  # the id before is not forgotten with the next roster
        await takes_up(world, *staff(world, but="tanaka", **renamed))
    state = (await people.duty(call, "second_person")).state
    assert state is (DutyState.ANSWERED if stays else DutyState.OPEN)
    said = await people.answer("t-2", Verb.COMING, call)
    assert (said.notice.key == "press.already") is stays


@pytest.mark.parametrize("runs", [True, False])
async def test_a_service_looks_whenever_it_takes_up_a_roster_and_when_it_begins(
    people: People, world: World, runs: bool
) -> None:
    call = await people.call()
    await world.works_off()
    for person in ("tanaka", "yamamoto"):
        await people.answer(person, Verb.COMING, call)
    steps = [imported(world, *staff(world, but="tanaka"))]
    if not runs:
        await steps.pop()
    service, platform = world.service, world.platform
    loops = asyncio.create_task(run_forever(service.work, {"chat": platform}, service.bell))
    try:
        for step in steps:
            await asyncio.sleep(0.1)
            await step
        for _ in range(200):  # it looks once a second
            state = (await people.duty(call, "second_person")).state
            if state is DutyState.OPEN:
                break
            await asyncio.sleep(0.05)
        assert state is DutyState.OPEN
    finally:
        loops.cancel()
        await asyncio.gather(loops, return_exceptions=True)


async def test_a_case_whose_taker_left_is_open_to_be_taken_and_the_desk_is_asked_anew(
    people: People, world: World, platform: NotedPlatform
) -> None:
    case = await people.report()
    await people.at_desk(Verb.TAKE, case)
    await world.works_off()
    before = set(platform.messages)
    await world.leaps(days=1)
    await takes_up(world, *staff(world, but="suzuki"))
    assert (await people.duty(case, "take")).state is DutyState.DONE, "who has it is there still"
    await takes_up(world, *staff(world, but="sato"))
    take = await people.duty(case, "take")
    assert take.state is DutyState.OPEN and take.due_at > world.clock.now()
    (card,) = platform.cards("desk")
    pressed = [each.press.verb for each in card.buttons if each.press is not None]
    assert Verb.TAKE in pressed and "desk.taken_by" not in repr(card)
    asked = [each.card for ref, each in platform.messages.items() if ref not in before]
    assert [each.title.key for each in asked].count("nudge.take_over") == 1
    page = repr(await people.page(case))
    assert "step.taken" not in page and "step.take_later" in page
    assert "taker_left" in await people.facts(case)
    assert (await audit(world.service.work)).clean


async def test_so_is_one_whose_taker_is_at_the_desk_no_more_but_elsewhere_in_the_company(
    people: People, world: World, platform: NotedPlatform
) -> None:
    case = await people.report()
    await people.at_desk(Verb.TAKE, case)
    await world.works_off()
    await takes_up(world, *staff(world, but="sato", role=Role.DESK_LEAD))
    assert (await people.duty(case, "take")).state is DutyState.DONE, "they are still there"
    await takes_up(world, *staff(world, but="sato", role=Role.MANAGER, sites=("shinjuku",)))
    assert (await people.duty(case, "take")).state is DutyState.OPEN
    assert not (await people.press("sato", Verb.TAKE, case.case_id, at=DESK)).changed
    assert (await people.press("suzuki", Verb.TAKE, case.case_id, at=DESK)).changed
    await world.works_off()
    (card,) = platform.cards("desk")
    assert "desk.taken_by" in repr(card) and "Suzuki" in repr(card)


async def test_who_takes_it_next_has_it_and_nobody_is_asked_again(
    people: People, world: World, platform: NotedPlatform
) -> None:
    case = await people.report()
    await people.at_desk(Verb.TAKE, case)
    await takes_up(world, *staff(world, but="sato"))
    assert (await people.press("suzuki", Verb.TAKE, case.case_id, at=DESK)).changed
    await takes_up(world, *staff(world, but="sato"))
    await world.works_off()
    (card,) = platform.cards("desk")
    assert "desk.taken_by" in repr(card) and "Suzuki" in repr(card)
    assert (await people.facts(case)).count("taker_left") == 1
    assert "nudge.take_over" not in repr([each.title for each in platform.beside("desk")])


async def test_nobody_is_woken_to_take_what_was_danger_once(people: People, world: World) -> None:
    case = await people.report(safety=Safety.ONGOING)
    await people.at_desk(Verb.TAKE, case)
    ends = await people.duty(case, "second_person")
    await people.say(case, Verb.SAFE_NOW, of=ends.id)
    await world.works_off()
    world.clock.present = world.clock.present.replace(hour=15)  # midnight in Tokyo
    await takes_up(world, *staff(world, but="sato"))
    take = await people.duty(case, "take")
    assert take.state is DutyState.OPEN and take.asked_at is None
    await world.leaps(hours=12)
    assert (await people.duty(case, "take")).asked_at is not None


async def test_what_was_taken_back_is_asked_of_somebody_new_once_it_is_sent_after_all(
    people: People, world: World
) -> None:
    case = await people.report()
    await people.at_desk(Verb.TAKE, case)
    await people.say(case, Verb.WITHDRAW)
    await takes_up(world, *staff(world, but="sato"))
    assert (await people.duty(case, "take")).state is DutyState.CLOSED
    await people.say(case, Verb.RESUME)
    assert (await people.duty(case, "take")).state is DutyState.OPEN


async def test_a_closed_case_asks_for_nobody_new(people: People, world: World) -> None:
    case = await people.report()
    await people.works_through(case)
    await people.say(case, Verb.CARE_HAPPENED)
    assert (await people.at_desk(Verb.CLOSE, case)).changed
    await takes_up(world, *staff(world, but="sato"))
    assert "taker_left" not in await people.facts(case)
