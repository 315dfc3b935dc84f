"""A call for help takes nothing away: no report's only receipt, and nothing that was written."""

import pytest

from tests.adapters.slack.office import Office, said
from tests.adapters.slack.test_written_words import (
    EN,
    WRITTEN,
    at_the_review,
    in_fields,
    picked,
)
from tests.adapters.slack.walks import (
    answers_the_checklist,
    chooses_the_site,
    files_without_a_name,
    receipt_of,
    reports,
)
from tests.fake_slack import Person


@pytest.fixture
def john(office: Office) -> Person:
    return office.person("john")


async def calls(person: Person) -> None:
    """Help, from any modal, to the page of the call."""
    await person.taps(said(EN, "slack.help"))
    if said(EN, "site.title") in person.modal.read:
        await chooses_the_site(person, EN)
    assert said(EN, "help.title") in person.modal.read


async def test_a_report_is_gone_on_with_where_a_call_for_help_interrupted_it(
    office: Office, john: Person
) -> None:
    await at_the_review(john)
    await john.picks(said(EN, "blur.now"))
    await calls(john)
    await office.settles()
    await office.site.live.refresh()
    assert in_fields(john) == [WRITTEN]
    await john.taps(said(EN, "help.fine"))
    await john.picks("日本語")
    await john.picks("English")
    await john.taps(said(EN, "web.go_on"))
    assert said(EN, "review.title") in john.modal.read
    assert in_fields(john) == [WRITTEN]
    assert "now" in picked(john)
    await john.submits()
    assert receipt_of(john)
    assert in_fields(john) == []


async def test_answers_are_gone_on_with_where_nothing_was_written_yet(john: Person) -> None:
    await john.commands("/mamori")
    await answers_the_checklist(john, EN)
    await calls(john)
    await john.taps(said(EN, "help.mistake"))
    await john.taps(said(EN, "web.go_on"))
    assert said(EN, "result.send") in john.modal.read


async def test_the_button_of_the_modal_goes_on_with_what_is_written_in_it(john: Person) -> None:
    await at_the_review(john)
    await calls(john)
    await john.submits()
    assert said(EN, "review.title") in john.modal.read
    assert in_fields(john) == [WRITTEN]
    await calls(john)
    assert in_fields(john) == [WRITTEN]


async def test_what_called_for_help_by_itself_is_not_gone_on_with(john: Person) -> None:
    await john.commands("/mamori")
    await john.taps(said(EN, "first.check"))
    await john.taps(said(EN, "safe.d"))
    await chooses_the_site(john, EN)
    await john.taps(said(EN, "help.mistake"))
    await john.taps(said(EN, "first.check"))
    assert said(EN, "safe.title") in john.modal.read


async def test_the_only_receipt_is_not_lost_to_a_call_for_help(john: Person) -> None:
    receipt = await reports(john, EN, "u", "words of mine")
    john.types(said(EN, "talk.own.label"), WRITTEN)
    await calls(john)
    assert in_fields(john) == [WRITTEN]
    await john.taps(said(EN, "help.fine"))
    await john.taps(said(EN, "file.page.back"))
    assert receipt_of(john) == receipt
    assert in_fields(john) == [WRITTEN]
    await john.submits()
    assert WRITTEN.strip().split("\n")[0] in john.modal.read
    assert in_fields(john) == []


async def test_a_report_is_come_back_to_while_the_call_still_runs(john: Person) -> None:
    receipt = await reports(john, EN, "u", "words of mine")
    await calls(john)
    await john.taps(said(EN, "file.page.back"))
    assert receipt_of(john) == receipt
    await calls(john)
    await john.taps(said(EN, "file.page.back"))
    assert receipt_of(john) == receipt


async def test_a_report_is_come_back_to_after_a_second_one(john: Person) -> None:
    first = await reports(john, EN, "u", "words of mine")
    john.types(said(EN, "talk.own.label"), WRITTEN)
    await calls(john)
    await john.taps(said(EN, "help.fine"))
    await answers_the_checklist(john, EN)
    second = await files_without_a_name(john, EN)
    assert second != first
    john.types(said(EN, "talk.own.label"), "a second letter")
    for receipt, letters in (
        (first, [WRITTEN, "a second letter"]),
        (second, ["a second letter", WRITTEN]),
    ):
        await john.taps(said(EN, "file.page.back"))
        assert receipt_of(john) == receipt
        assert in_fields(john) == letters


async def test_the_only_receipt_stays_on_its_page_when_that_is_too_old(
    office: Office, john: Person
) -> None:
    receipt = await reports(john, EN, "u", "words of mine")
    john.types(said(EN, "talk.own.label"), WRITTEN)
    for tap in (said(EN, "slack.refresh"), said(EN, "care.not_yet"), said(EN, "slack.refresh")):
        office.clock.passes(hours=25)
        await john.taps(tap)
        assert receipt_of(john) == receipt
        assert in_fields(john) == [WRITTEN]
    office.clock.passes(hours=25)
    await john.picks("日本語")
    await john.submits()
    assert receipt_of(john) == receipt
    assert WRITTEN.strip().split("\n")[0] in john.modal.read
    assert in_fields(john) == []


async def test_the_only_receipt_is_not_lost_to_help_from_a_page_that_is_too_old(
    office: Office, john: Person
) -> None:
    receipt = await reports(john, EN, "u", "words of mine")
    office.clock.passes(hours=25)
    await calls(john)
    office.clock.passes(hours=25)
    await john.taps(said(EN, "file.page.back"))
    assert receipt_of(john) == receipt


async def test_a_report_that_waits_beside_a_call_is_not_lost_when_that_page_is_too_old(
    office: Office, john: Person
) -> None:
    await at_the_review(john)
    await calls(john)
    office.clock.passes(hours=25)
    await john.taps(said(EN, "slack.refresh"))
    assert in_fields(john) == [WRITTEN]
    await john.picks("日本語")
    await john.picks("English")
    assert in_fields(john) == [WRITTEN]
    await john.taps(said(EN, "web.go_on"))
    assert said(EN, "again.stale") in john.modal.read and in_fields(john) == [WRITTEN]
    await john.submits()
    assert said(EN, "first.check") in john.modal.read and in_fields(john) == [WRITTEN]


async def test_a_report_that_was_left_for_a_call_is_found_when_that_page_is_too_old(
    office: Office, john: Person
) -> None:
    receipt = await reports(john, EN, "u", "words of mine")
    john.types(said(EN, "talk.own.label"), WRITTEN)
    await calls(john)
    office.clock.passes(hours=25)
    for tap in ("slack.refresh", "slack.help"):
        await john.taps(said(EN, tap))
        assert in_fields(john) == [WRITTEN]
    if said(EN, "help.title") not in john.modal.read:
        await chooses_the_site(john, EN)
    await john.taps(said(EN, "file.page.back"))
    assert receipt_of(john) == receipt and in_fields(john) == [WRITTEN]
