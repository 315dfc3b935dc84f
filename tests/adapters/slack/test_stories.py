"""What each person does in Slack, over signed HTTP, from the first message to the end."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.adapters.slack.office import DESK, SHINJUKU, TEAM, Office, an_office, said
from tests.adapters.slack.walks import (
    answers_the_checklist,
    chooses_the_site,
    files_without_a_name,
    reports,
    with_button,
)


@pytest.fixture(params=["http", "socket"])
async def office(
    tmp_path: Path, quick: None, request: pytest.FixtureRequest
) -> AsyncIterator[Office]:
    """The office, reached over signed HTTP, and over a connection of its own."""
    async with an_office(tmp_path, sockets=request.param == "socket") as office:
        yield office


LANGUAGE = pytest.mark.parametrize(("name", "language"), [("hanako", "ja"), ("john", "en")])


@LANGUAGE
async def test_an_unnamed_report_from_the_first_message_to_the_desks_answer(
    office: Office, name: str, language: str
) -> None:
    person = office.person(name)
    await person.writes("hello")
    assert said(language, "first.question") in person.chat[-1].read
    await person.taps_in(person.chat[-1], said(language, "first.check"))
    assert said(language, "safe.title") in person.modal.read
    await person.taps(said(language, "slack.back"))
    await answers_the_checklist(person, language)
    receipt = await files_without_a_name(person, language, words="He shouted <!channel> at me")
    await office.settles()

    desk = office.person("sato")
    card = with_button(office.messages(DESK), said("ja", "desk.take"))
    assert "<!channel>" not in card.read and name.lower() not in card.read.lower()
    await desk.taps_in(card, said("ja", "desk.take"))
    await desk.taps_in(card, said("ja", "desk.details"))
    assert "He shouted <!channel> at me" in desk.modal.read
    desk.types(said("ja", "talk.desk.label"), "いっしょに考えます")
    await desk.submits()
    desk.closes()

    person.closes()
    await person.opens_home()
    await person.taps_at_home(said(language, "slack.sent"))
    person.types(said(language, "slack.receipt.enter"), receipt)
    await person.submits()
    assert "いっしょに考えます" in person.modal.read


@LANGUAGE
@pytest.mark.parametrize("how", ["n", "d", "u"])
async def test_a_report_is_sent_with_a_name_with_it_for_the_desk_or_without(
    office: Office, name: str, language: str, how: str
) -> None:
    person = office.person(name)
    await reports(person, language, how, "words of mine", "" if how == "u" else "Ichijo Rin")
    await office.settles()
    card = with_button(office.messages(DESK), said("ja", "desk.take"))
    sites = "\n".join(message.read for message in office.messages(SHINJUKU))
    assert "words of mine" not in card.read + sites and "Ichijo" not in card.read
    assert ("Ichijo Rin" in sites) is (how == "n")
    await office.person("sato").taps_in(card, said("ja", "desk.details"))
    details = office.person("sato").modal.read
    assert "words of mine" in details and ("Ichijo Rin" in details) is (how != "u")


@LANGUAGE
async def test_help_is_two_taps_away_and_shows_who_comes(
    office: Office, name: str, language: str
) -> None:
    person = office.person(name)
    await person.commands("/mamori", "he is hitting me")
    await person.taps(said(language, "first.help"))
    await chooses_the_site(person, language)
    assert said(language, "help.title") in person.modal.read
    await office.settles()
    manager = office.person("tanaka")
    card = with_button(office.messages(SHINJUKU), said("ja", "answer.coming", minutes=2))
    assert "<@U0TANAKA>" in card.text
    assert name.title() in card.read and name.title() not in card.text
    assert said("ja", "help.card.poster") not in card.read
    await manager.taps_in(card, said("ja", "answer.coming", minutes=2))
    assert manager.told_only_me() == [said("ja", "press.recorded")]
    await person.taps(said(language, "slack.refresh"))
    assert said(language, "help.coming") in person.modal.read
    await person.taps(said(language, "help.fine"))
    assert said(language, "help.over.title") in person.modal.read


async def test_a_connection_that_ends_is_opened_again(tmp_path: Path, quick: None) -> None:
    async with an_office(tmp_path, sockets=True) as office:
        sockets = office.slack.sockets
        await sockets.drop()
        async with asyncio.timeout(20):
            await sockets.connected.wait()
        assert sockets.opened == 2
        await office.person("john").commands("/mamori")
        assert said("en", "first.question") in office.person("john").modal.read


async def test_an_envelope_that_comes_twice_has_one_effect(tmp_path: Path, quick: None) -> None:
    async with an_office(tmp_path, sockets=True) as office:
        john = office.person("john")
        await john.writes("hello")
        event = {"type": "message", "channel": "D0JOHN", "channel_type": "im", "user": "U0JOHN"}
        body = {
            "type": "event_callback", "team_id": TEAM, "event_id": "Ev1", "event": event,
        }  # fmt: skip
        office.clock.passes(seconds=2)
        for _ in range(2):
            await office.slack.sockets.sends("same", "events_api", body)
        assert office.calls("chat.postMessage") == ["chat.postMessage"] * 2
        assert await office.slack.sockets.sends("odd", "events_api", {"type": "x"}) == {}
        assert await office.slack.sockets.sends("odd", "disconnected", {}) == {}
