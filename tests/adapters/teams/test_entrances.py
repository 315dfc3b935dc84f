"""The ways in: what is written and pressed at any time, and the app coming, going and renewed."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from adapters.teams.references import TENANT, Reference, of_person
from tests.adapters.teams.play import PEOPLE, Play, playing, said
from tests.adapters.teams.test_typed_words import LONG, at_the_review, typed
from tests.adapters.teams.walks import receipt_on, reports
from tests.fake_teams.card_rules import read_text
from tests.fake_teams.client import Answered, Person
from tests.fake_teams.faults import Fault


@pytest.fixture
async def play(tmp_path: Path) -> AsyncIterator[Play]:
    async with playing(tmp_path) as made:
        yield made


class Away:
    """A database that nothing can be read from or written to."""

    async def __aenter__(self) -> Any:
        raise OSError("the database is away")

    async def __aexit__(self, *_error: object) -> None:
        pass


def loses_its_database(play: Play, patched: pytest.MonkeyPatch) -> None:
    """The service has just begun again, so that it knows no address, and its database is away."""
    play.references._seen.clear()
    for name in ("read", "write"):
        patched.setattr(type(play.world.service.work.storage), name, lambda _self: Away())


@pytest.mark.parametrize("who", ["employee", "tanaka"])
async def test_help_names_the_police_while_nothing_can_be_read(
    play: Play, monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    person = play.person(who)
    (card,) = await person.says("hello")
    loses_its_database(play, monkeypatch)
    dialog = await person.opens(card, said("ja", "first.help"))
    assert said("ja", "teams.failed") in dialog.text
    assert "110" in dialog.text


async def test_who_writes_while_nothing_can_be_read_is_named_the_police(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        loses_its_database(play, patched)
        (card,) = await play.person("employee").says("助けて、殴られた")
    assert "110" in read_text(card.card)
    dialog = await play.person("employee").opens(card, said("ja", "first.help"))
    assert said("ja", "site.title") in dialog.text


async def test_words_are_given_back_while_nothing_can_be_read(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialog = await at_the_review(play)
    with monkeypatch.context() as patched:
        loses_its_database(play, patched)
        await dialog.presses(said("ja", "review.send"))
    assert LONG in typed(dialog)
    assert said("ja", "problem.not_saved") in dialog.text
    await dialog.presses(said("ja", "typed.press_again"))
    assert receipt_on(dialog)


@pytest.mark.parametrize("order", [("remove", "add"), ("add", "remove")])
async def test_a_new_package_writes_to_nobody_and_forgets_nobody(
    play: Play, order: tuple[str, str]
) -> None:
    tanaka = play.person("tanaka")
    await tanaka.installs()
    before, key = len(tanaka.messages()), of_person(PEOPLE["tanaka"])
    right = Reference(play.connector.service_url, tanaka.chat)
    for address in (key, TENANT):
        await play.references.put(address, Reference("http://127.0.0.1:1/old/", tanaka.chat))
    for what in order:
        await tanaka.renews(what)
    assert len(tanaka.messages()) == before
    assert await play.references.find(key) == right
    assert await play.references.find(TENANT) == Reference(play.connector.service_url)


async def names_the_bot(person: Person, channel: str, text: str = "助けて、殴られた") -> Answered:
    """Writes to the bot in a thread of a channel, where everybody reads along."""
    activity = person.activity(
        "message",
        f"{channel};messageid=1700000000000",
        text=f"<at>Mamori</at> {text}",
        textFormat="plain",
    )
    return await person.teams.deliver(activity)


@pytest.mark.parametrize("who", ["employee", "tanaka"])
async def test_who_names_the_bot_in_a_channel_is_answered_in_their_own_chat(
    play: Play, who: str
) -> None:
    person, channel = play.person(who), play.channel("shinjuku")
    assert await names_the_bot(person, channel) == Answered(200, None)
    (card,) = person.messages()
    assert read_text(card.card).split("\n")[0] == said("ja", "safe.d")
    assert play.connector.tenant.shown(channel) == []
    dialog = await person.opens(card, said("ja", "first.check"))
    assert said("ja", "safe.title") in dialog.text
    if who == "employee":
        assert await play.references.find(of_person(PEOPLE[who])) is None


async def test_what_was_written_in_a_channel_is_said_to_be_read_by_everybody_there(
    play: Play,
) -> None:
    person = play.person("english")
    await names_the_bot(person, play.channel("shinjuku"), "My manager told me to apologise again")
    (card,) = person.messages()
    read = read_text(card.card)
    assert said("en", "first.in_channel") in read
    assert said("en", "first.not_sent") not in read
    assert said("en", "first.nothing_kept") not in read


async def test_the_bots_own_name_in_a_text_is_no_part_of_what_was_written(play: Play) -> None:
    person = play.person("english")
    await names_the_bot(person, play.channel("shinjuku"), "&nbsp;hello")
    (card,) = person.messages()
    assert said("en", "first.in_channel") not in read_text(card.card)


async def test_a_receipt_number_in_the_chat_is_answered_with_where_to_open_it(play: Play) -> None:
    receipt = receipt_on(await reports(play.person("employee"), "ja"))
    answers = []
    for number in (receipt, "1" * len(receipt)):  # whether it is one is not said
        (card,) = await play.person("employee").says(number)
        answers.append(read_text(card.card))
    assert said("ja", "first.receipt") in answers[0]
    assert said("ja", "first.receipt.chat") in answers[0]
    assert answers[0] == answers[1]


async def test_whose_own_chat_cannot_be_opened_is_told_to_open_it_and_nothing_else(
    play: Play,
) -> None:
    person, channel = play.person("english"), play.channel("shinjuku")
    person.user.installed = False
    assert await names_the_bot(person, channel) == Answered(200, None)
    (line,) = play.connector.tenant.shown(channel)
    assert read_text(line.card) == said("en", "teams.own_chat")
    assert line.conversation.startswith(f"{channel};messageid=")


async def test_what_teams_could_not_take_just_then_is_delivered_again(play: Play) -> None:
    play.connector.faults.add(*[Fault(429, "TooManyRequests", "5")] * 2)
    answered = await names_the_bot(play.person("employee"), play.channel("shinjuku"))
    assert answered.status == 503
