"""What goes on still: whom its reporter can phone, from their own page."""

import io

import pytest

from bot.directory import refresh
from bot.roster_commands import import_roster
from flows.assessment import Safety
from flows.ladders import Role
from flows.outcomes import Visibility
from flows.screens import CallLine, Card
from tests.bot.conftest import People
from tests.support.world import World

MANAGER, DEPUTY, AREA = "03-0000-0101", "03-0000-0102", "03-0000-0401"


def to_phone(card: Card) -> list[str]:
    """The numbers that stand before what happened, in order."""
    return [element.phone for element in card.body if isinstance(element, CallLine)]


@pytest.mark.parametrize("visibility", Visibility)
async def test_who_reports_what_goes_on_can_phone_everybody_who_was_asked_to_come(
    people: People, world: World, visibility: Visibility
) -> None:
    case = await people.report(safety=Safety.ONGOING, visibility=visibility)
    await world.works_off()
    assert to_phone(await people.page(case)) == ["110", MANAGER, DEPUTY]
    await world.passes(minutes=5)
    page = await people.page(case)
    assert to_phone(page)[:4] == ["110", MANAGER, DEPUTY, AREA]
    unnamed = visibility is not Visibility.NAMED
    assert ("sent.asked.hidden" in repr(page)) is unnamed, "a voice is a name"


async def test_what_is_over_or_was_told_to_no_site_gives_nobodys_number(
    people: People, world: World
) -> None:
    over = await people.report()
    apart = await people.report(safety=Safety.ONGOING, site_may_know=False)
    await world.works_off()
    assert to_phone(await people.page(over)) == []
    assert to_phone(await people.page(apart)) == ["110"]


async def test_nobody_who_is_kept_out_is_shown_as_somebody_to_phone(
    people: People, world: World
) -> None:
    """Nor somebody who was asked, once the roster has given them what is kept out."""
    case = await people.report(safety=Safety.ONGOING, excluded=(Role.DESK,))
    await world.works_off()
    assert to_phone(await people.page(case))[:3] == ["110", MANAGER, DEPUTY]
    work = world.service.work
    roster = [
        person.model_copy(update={"second_role": Role.DESK}) if person.id == "yamamoto" else person
        for person in work.company.people
    ]
    await import_roster(roster, work.directory, work.storage, world.clock.now(), io.StringIO())
    await refresh(work.directory, work.storage)
    shown = to_phone(await people.page(case))
    assert MANAGER in shown and DEPUTY not in shown
