"""A shop of five: whoever leads it is also its desk, and is one person all the same."""

from typing import Any

import pytest

from bot.company import Person
from bot.company_records import OnDuty
from bot.desk_list import list_for_desk
from bot.filing import Filed
from bot.on_duty import go_on_duty
from bot.own_case import OwnCases
from bot.sealed_lists import SealedLists, Visitor
from bot.work_records import DutyState
from flows.ladders import Role
from flows.outcomes import Visibility
from flows.phrases import Own
from flows.presses import Press, Verb
from flows.screens import CallLine, Card
from tests.bot.conftest import DESK, People
from tests.support.world import World


def somebody(id: str, role: Role, **facts: Any) -> Person:
    return Person(id=id, name=Own(ja=id, en=id), role=role, **facts)


OWNER = somebody(
    "owner", Role.MANAGER, second_role=Role.DESK, sites=("shinjuku",), phone="03-0000-0001"
)
SECOND = somebody("second", Role.DEPUTY, sites=("shinjuku",))
FIVE = (OWNER, SECOND, *(somebody(f"s{n}", Role.STAFF, sites=("shinjuku",)) for n in range(3)))


@pytest.fixture
def shop(people: People, world: World) -> People:
    """Five people, two of whom can be asked."""
    world.service.work.directory.load(FIVE, 1)
    return people


def alerted(world: World, channel: str) -> list[set[str]]:
    shown = world.platform.messages.values()
    return [set(each.alerted) for each in shown if each.channel == channel and each.alerted]


async def test_they_are_asked_to_come_and_to_take_what_is_reported(
    shop: People, world: World
) -> None:
    await shop.call()
    await world.works_off()
    assert alerted(world, "shinjuku")[0] == {"owner", "second"}
    case = await shop.report(site_may_know=False)
    await world.works_off()
    assert alerted(world, "desk")[-1] == {"owner"}
    assert (await shop.press("owner", Verb.TAKE, case.case_id, at=DESK)).changed
    owner = world.service.work.directory.person("owner")
    assert owner is not None
    assert len((await list_for_desk(world.service.work, owner)).lines) == 1


async def test_two_roles_fill_one_seat(shop: People, world: World) -> None:
    case = await shop.call()
    await world.works_off()
    await shop.answer("owner", Verb.HERE, case)
    assert (await shop.duty(case, "second_person")).state is DutyState.OPEN
    await shop.answer("second", Verb.HERE, case)
    assert (await shop.duty(case, "second_person")).state is DutyState.ANSWERED


async def test_the_caller_reads_them_as_who_comes_and_finds_their_number_once(
    shop: People, world: World
) -> None:
    case = await shop.call()
    await world.passes(minutes=11)  # the desk is asked as well
    page = await shop.page(case)
    lines = [line for line in (*page.body, *page.after) if isinstance(line, CallLine)]
    assert [line.phone for line in lines].count("03-0000-0001") == 1


@pytest.mark.parametrize("lead", [True, False])
async def test_whoever_is_all_of_the_desk_is_not_told_that_the_desk_was(
    shop: People, world: World, own_cases: OwnCases, lists: SealedLists, lead: bool
) -> None:
    hq = somebody("hq", Role.HQ)
    world.service.work.directory.load((*FIVE, hq) if lead else FIVE, 2)
    told = "own_desk.next" if lead else "own_desk.nobody"
    report = await shop.report(site_may_know=False, reporter_id="owner")
    call = await shop.call(caller_id="owner")
    await world.passes(minutes=12)
    for case in (report, call):
        page = repr(await page_of("owner", case, own_cases, lists))
        assert told in page and "CallLine" in page
        assert "desk_told" not in page and "sent.care_desk" not in page
        assert "step.take" not in page and "sent.answer_by" not in page
        other = repr(await page_of("s1", case, own_cases, lists))
        assert "own_desk" not in other


async def test_whoever_is_all_of_the_desk_is_not_told_that_it_will_look_after_their_call(
    shop: People, world: World, own_cases: OwnCases, lists: SealedLists
) -> None:
    call = await shop.call(caller_id="owner")
    await world.passes(minutes=61)
    for who, asked in (("owner", "help.question_alone"), ("s1", "help.last_question")):
        assert f"key='{asked}'" in repr(await page_of(who, call, own_cases, lists))
    await world.passes(minutes=15)
    page = repr(await page_of("owner", call, own_cases, lists))
    assert "help.lapsed_alone" in page and "own_desk.nobody" in page and "CallLine" in page
    assert "'help.lapsed'" not in page and "role.desk" not in page
    assert "care.next_here" in page
    assert "'help.lapsed'" in repr(await page_of("s1", call, own_cases, lists))


async def test_whoever_is_all_of_the_desk_is_not_told_that_the_desk_was_once_they_press(
    shop: People, world: World, own_cases: OwnCases, lists: SealedLists
) -> None:
    case = await shop.report(
        visibility=Visibility.DESK_ONLY, site_may_know=False, reporter_id="owner"
    )
    await world.works_off()
    visitor = Visitor("chat", "T1", "owner", person_id="owner")
    token = await lists.seal_pass(visitor, case.case_id)
    press = Press(verb=Verb.CARE_NOT_YET, subject=(await shop.duty(case, "care")).id)
    code = world.service.work.index.seal_press(press, case.case_id)
    pressed = await own_cases.press(visitor, token, code, "")
    assert pressed.changed and pressed.notice.key == "own.care_not_yet_alone"
    page = repr(await page_of("owner", case, own_cases, lists))
    assert "own_desk" in page and "sent.care_not_yet_alone" in page
    assert not {"sent.care_not_yet", "sent.care_desk"} & set(page.split("'"))


async def page_of(who: str, case: Filed, own_cases: OwnCases, lists: SealedLists) -> Card:
    visitor = Visitor("chat", "T1", who, person_id=who)
    opened = await own_cases.open(visitor, await lists.seal_pass(visitor, case.case_id))
    assert opened is not None
    return opened.card


async def test_who_keeps_managers_out_has_nothing_shown_to_them_as_the_desk(
    shop: People, world: World
) -> None:
    await shop.report(excluded=(Role.MANAGER,), excluded_people=())
    await world.passes(minutes=20)
    said = [
        card for name in ("desk", "shinjuku", "@owner") for card in world.platform.channel(name)
    ]
    assert said == []
    directory = world.service.work.directory
    assert directory.desk_roles >= {Role.MANAGER, Role.DESK}


async def test_who_keeps_the_desk_out_has_nothing_shown_at_the_site_that_they_lead(
    shop: People, world: World
) -> None:
    await shop.report(excluded=(Role.DESK,))
    await world.passes(minutes=20)
    assert world.platform.channel("shinjuku") == [] == world.platform.channel("desk")


async def test_on_duty_at_their_shop_they_are_still_the_desk_of_every_other(
    shop: People, world: World
) -> None:
    work = world.service.work
    await go_on_duty(work, "owner", "shinjuku")
    await shop.report(site_id="yotsuya", site_may_know=False)
    await world.works_off()
    assert alerted(world, "desk")[-1] == {"owner"}
    declared = [OnDuty("second", "shinjuku", world.clock.present.replace(year=2099))]
    elsewhere = next(site for site in work.company.sites if site.id == "yotsuya")
    assert not work.directory.on_shift(SECOND, elsewhere, world.clock.present, declared)


@pytest.mark.parametrize(
    "pair", [(Role.DESK, Role.DESK), (Role.DESK, Role.DESK_LEAD), (Role.STAFF, Role.HQ)]
)
def test_a_second_role_is_one_at_the_desk_beside_one_at_the_sites(pair: tuple[Role, Role]) -> None:
    with pytest.raises(ValueError, match="second_role must be desk or desk_lead"):
        somebody("x", pair[0], second_role=pair[1])


@pytest.mark.parametrize("second", [None, Role.DESK])
async def test_a_manager_who_is_on_duty_elsewhere_is_not_waited_for_in_danger(
    people: People, world: World, second: Role | None
) -> None:
    work = world.service.work
    boss = somebody("boss", Role.MANAGER, second_role=second, sites=("shinjuku", "yotsuya"))
    area = somebody("area", Role.AREA, sites=("shinjuku", "yotsuya"))
    work.directory.load((boss, area, somebody("desk", Role.DESK)), 1)
    await go_on_duty(work, "boss", "yotsuya")
    case = await people.call("shinjuku")
    await world.works_off()
    assert (await people.duty(case, "second_person")).step >= 1, "nobody of the first rung is there"
