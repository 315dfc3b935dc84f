"""A call for help and a report in Slack: from the call's own modal, tied by a tick or a number."""

import pytest

from flows.phrases import Verbatim
from tests.adapters.slack.office import DESK, SHINJUKU, Office, said
from tests.adapters.slack.walks import (
    answers_the_checklist,
    chooses_the_site,
    reports,
    with_button,
)
from tests.fake_slack import Person


async def calls_and_is_fine(office: Office, person: Person, language: str) -> str:
    """A call that a manager answers, and its end. Gives its number."""
    await person.commands("/mamori")
    await person.taps(said(language, "first.help"))
    await chooses_the_site(person, language)
    await office.settles()
    coming = said("ja", "answer.coming", minutes=2)
    await office.person("tanaka").taps_in(with_button(office.messages(SHINJUKU), coming), coming)
    await person.taps(said(language, "slack.refresh"))
    await person.taps(said(language, "help.fine"))
    async with office.service.work.storage.read() as tx:
        (number,) = (await tx.cases.public_ids()).values()
    assert number in person.modal.read
    return number


async def desk_reads(office: Office) -> str:
    await office.settles()
    card = with_button(office.messages(DESK), said("ja", "desk.take"))
    await office.person("sato").taps_in(card, said("ja", "desk.details"))
    return office.person("sato").modal.read


@pytest.mark.parametrize(("name", "language"), [("hanako", "ja"), ("john", "en")])
@pytest.mark.parametrize("ticks", [True, False])
async def test_from_the_calls_modal_a_tick_ties_and_nothing_else_does(
    office: Office, name: str, language: str, ticks: bool
) -> None:
    person = office.person(name)
    number = await calls_and_is_fine(office, person, language)
    await answers_the_checklist(person, language)
    await person.taps(said(language, "result.send"))
    await chooses_the_site(person, language)
    await person.submits()
    assert said(language, "review.call.hint_unnamed") in person.modal.read
    if ticks:
        await person.picks(said(language, "review.tie.y", id=Verbatim(text=number)))
    await person.picks(said(language, "blur.now"))
    await person.submits()
    text = await desk_reads(office)
    assert (said("ja", "details.tied", id=Verbatim(text=number)) in text) is ticks
    assert (said("ja", "fact.help_over") in text) is ticks
    assert name.title() not in text


async def test_a_number_can_be_typed_in_a_report_of_its_own(office: Office) -> None:
    john = office.person("john")
    number = await calls_and_is_fine(office, john, "en")
    john.closes()
    await reports(john, "en", "d", name="John", call=number.lower())
    assert said("ja", "details.tied", id=Verbatim(text=number)) in await desk_reads(office)
