"""The ways in: what is written and pressed at any time, and the app coming, going and renewed."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from adapters.teams.references import TENANT, Reference, of_person
from tests.adapters.teams.play import PEOPLE, Play, playing, said
from tests.adapters.teams.test_typed_words import LONG, at_the_review, typed
from tests.adapters.teams.walks import receipt_on


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
