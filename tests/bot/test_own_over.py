"""A report that was sent while it went on: its reporter says with one tap that it is over."""

from datetime import timedelta

import pytest

from bot.audits import audit
from bot.bodies import unpack
from bot.own_presses import press_on_own_page
from bot.work_records import DutyState
from flows.assessment import Safety
from flows.outcomes import Visibility
from flows.presses import Press, Verb


async def says_over(people, case):
    duty = await people.duty(case, "second_person")
    code = people.world.service.work.index.seal_press(
        Press(verb=Verb.SAFE_NOW, subject=duty.id), case.case_id
    )
    return await press_on_own_page(people.world.service.work, case.case_id, code)


async def offers(people, case) -> bool:
    page = await people.page(case)
    return any(button.press.verb is Verb.SAFE_NOW for button in page.buttons)


async def test_one_tap_of_whose_name_the_site_knows_ends_what_the_site_is_asked(
    people, world, platform
) -> None:
    case = await people.report(safety=Safety.ONGOING)
    await world.works_off()
    assert await offers(people, case)
    assert (await says_over(people, case)).notice.key == "own.over"
    await world.works_off()
    duties = await people.duties(case)
    assert duties["second_person"].state is DutyState.DONE
    assert "next_contact" in duties, "nobody meets them alone the next time"
    assert "second.title.over" in repr(platform.cards("shinjuku"))
    assert "desk.own_over" in repr(platform.cards("desk"))
    assert "own_over" in await people.facts(case)
    assert not await offers(people, case)
    assert not (await says_over(people, case)).changed
    assert (await audit(world.service.work)).clean


@pytest.mark.parametrize("visibility", [Visibility.UNNAMED, Visibility.DESK_ONLY])
async def test_the_site_does_not_notice_at_once_that_one_of_its_people_said_so(
    people, world, platform, visibility: Visibility
) -> None:
    case = await people.report(safety=Safety.ONGOING, visibility=visibility)
    await world.works_off()
    at_site = repr(platform.channel("shinjuku"))
    assert (await says_over(people, case)).notice.key == "own.over_later"
    await world.works_off()
    assert repr(platform.channel("shinjuku")) == at_site
    assert "desk.own_over" in repr(platform.cards("desk"))
    assert not await offers(people, case)
    assert not (await says_over(people, case)).changed
    pressed = world.clock.present
    await world.passes(minutes=9)
    assert "second.title.over" not in repr(platform.cards("shinjuku"))
    await world.passes(minutes=82)
    duty = await people.duty(case, "second_person")
    assert duty.state is DutyState.DONE
    assert timedelta(minutes=10) <= duty.ended_at - pressed <= timedelta(minutes=90)
    said = [entry.at for entry in await people.history(case) if entry.fact == "own_over"]
    assert (said == [pressed]) is (visibility is not Visibility.UNNAMED), "of them the day alone"


async def test_hours_later_the_page_asks_whether_it_goes_on_and_orders_nobody_to_call(
    people, world
) -> None:
    case = await people.report(safety=Safety.ONGOING)
    await world.passes(minutes=60)
    assert "help.nobody" in repr((await people.page(case)).body)
    await world.leaps(hours=4)
    page = repr((await people.page(case)).body)
    assert "help.nobody" not in page and "sent.still_on" in page
    assert await offers(people, case)
    await world.leaps(days=4)
    assert "help.nobody" not in repr((await people.page(case)).body)


async def test_what_is_over_has_no_such_button(people, world) -> None:
    case = await people.report(safety=Safety.OVER)
    await world.works_off()
    assert not await offers(people, case)
    async with world.service.work.storage.read() as tx:
        assert not unpack(await tx.cases.body(case.case_id, frozenset())).over_said


async def test_nobody_at_the_desk_is_woken_for_what_its_reporter_says_is_over(
    people, world, platform
) -> None:
    world.clock.present += timedelta(hours=16, minutes=30)  # 02:30 in Tokyo
    case = await people.report(safety=Safety.ONGOING, visibility=Visibility.DESK_ONLY)
    await people.at_desk(Verb.TAKE, case)
    await world.works_off()
    await says_over(people, case)
    await world.works_off()
    before = {ref for ref, each in platform.messages.items() if "desk" in each.channel}
    await world.passes(minutes=12)
    assert before == {ref for ref, each in platform.messages.items() if "desk" in each.channel}
    assert "follow_up" not in await people.duties(case)
