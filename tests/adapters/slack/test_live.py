"""A caller's page that changes by itself stands over nothing that the caller opened meanwhile."""

from collections.abc import Awaitable, Callable

import pytest

from tests.adapters.slack.office import SHINJUKU, Office, said
from tests.adapters.slack.test_way_back import calls
from tests.adapters.slack.test_written_words import EN, WRITTEN, at_the_review, in_fields
from tests.adapters.slack.walks import with_button
from tests.fake_slack import Person


@pytest.fixture
async def john(office: Office) -> Person:
    """Somebody whose report waits beside a call, which a manager has just answered."""
    john = office.person("john")
    await at_the_review(john)
    await calls(john)
    await office.settles()
    card = with_button(office.messages(SHINJUKU), said("ja", "answer.take_over"))
    await office.person("tanaka").taps_in(card, said("ja", "answer.take_over"))
    return john


async def redraws_while(office: Office, happens: Callable[[], Awaitable[object]]) -> None:
    """The page is drawn anew, and before it is sent the caller does something."""
    show = office.site.live._talks.own.show

    async def slow(*given: object, **named: object) -> object:
        drawn = await show(*given, **named)
        own.__dict__.pop("show", None)
        await happens()
        return drawn

    own = office.site.live._talks.own
    own.__dict__["show"] = slow
    await office.site.live.refresh()


async def test_a_report_that_is_gone_on_with_is_not_covered(office: Office, john: Person) -> None:
    await redraws_while(office, john.submits)
    assert said(EN, "review.title") in john.modal.read
    john.types(said(EN, "review.words"), "in other words")
    await office.site.live.refresh()
    assert in_fields(john) == ["in other words"]


async def test_nor_is_one_that_another_process_put_there(office: Office, john: Person) -> None:
    await john.taps(said(EN, "slack.refresh"))  # from here on its state is known by name
    watched = dict(office.site.live._watched)

    async def elsewhere() -> None:
        await john.submits()
        office.site.live._watched.update(watched)  # this process was not told

    card = with_button(office.messages(SHINJUKU), said("ja", "answer.cannot"))
    await office.person("yamamoto").taps_in(card, said("ja", "answer.cannot"))
    await redraws_while(office, elsewhere)
    assert said(EN, "review.title") in john.modal.read
    assert in_fields(john) == [WRITTEN]


async def test_a_page_that_nobody_left_is_drawn_again_and_again(
    office: Office, john: Person
) -> None:
    await office.site.live.refresh()
    assert said(EN, "help.coming") in john.modal.read
    await john.taps(said(EN, "slack.refresh"))
    card = with_button(office.messages(SHINJUKU), said("ja", "answer.cannot"))
    await office.person("yamamoto").taps_in(card, said("ja", "answer.cannot"))
    before = john.modal.read
    await office.site.live.refresh()
    assert john.modal.read != before and in_fields(john) == [WRITTEN]
