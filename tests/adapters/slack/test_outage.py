"""While nothing can be read or written, whoever presses for help reads so, and of 110."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.adapters.slack.installing import both, two_places
from tests.adapters.slack.office import Office, said
from tests.adapters.slack.test_screens import comes_again
from tests.adapters.slack.test_stage import calls_out
from tests.adapters.slack.test_written_words import EN, WRITTEN, at_the_review, in_fields
from tests.adapters.slack.walks import chooses_the_site, files_by_hand
from tests.fake_slack import Fault, Kind, Person


@pytest.fixture
def john(office: Office) -> Person:
    return office.person("john")


@pytest.fixture
async def two(tmp_path: Path, quick: None) -> AsyncIterator[Office]:
    async with two_places(tmp_path) as office:
        yield office


@contextmanager
def nothing_kept(office: Office) -> Iterator[None]:
    """The database is away."""

    def away() -> None:
        raise OSError

    with pytest.MonkeyPatch.context() as patch:
        for way in ("read", "write"):
            patch.setattr(type(office.service.work.storage), way, lambda _storage: away())
        yield


def is_told(read: str, language: str = EN) -> bool:
    return "110" in read and said(language, "slack.failed") in read


async def test_help_pressed_meanwhile_names_110_and_every_word_stays(
    office: Office, john: Person
) -> None:
    await at_the_review(john)
    review = john.modal
    with nothing_kept(office):
        for _ in range(4):  # Slack lays three over each other, and no more
            assert (await john.taps(said(EN, "slack.help"))).status == 200
            assert is_told(john.modal.read) and john.modal is not review
    assert in_fields_of(john, review) == [WRITTEN]
    await john.taps(said(EN, "slack.help"))
    await chooses_the_site(john, EN)
    assert said(EN, "help.title") in john.modal.read


def in_fields_of(john: Person, view: object) -> list[str]:
    """What stands in the places to write of a modal below."""
    stack = john.space.stacks[john.id]
    assert stack[-2] is view
    above = stack.pop()
    found = in_fields(john)
    stack.append(above)
    return found


async def test_any_way_to_help_leads_to_110(office: Office, john: Person) -> None:
    await john.writes("hello")
    await john.opens_home()
    with nothing_kept(office):
        await john.taps_at_home(said(EN, "first.help"))
        assert is_told(john.modal.read)
        john.closes()
        await john.taps_in(john.chat[-1], said(EN, "first.help"))
        assert is_told(john.modal.read)
        john.closes()
        assert (await john.commands("/mamori")).status == 200
        assert is_told(john.modal.read)
        await john.picks("日本語")
        assert is_told(john.modal.read, "ja")


@pytest.mark.parametrize("way", ["help", "start"])
async def test_where_the_modal_comes_too_late_the_chat_names_110(
    office: Office, john: Person, way: str
) -> None:
    await john.commands("/mamori")
    await john.taps(said(EN, "first.check"))
    for method in ("views.open", "views.push"):
        office.slack.faults.append(Fault(Kind.ERROR, method, error="expired_trigger_id"))
    with nothing_kept(office):
        if way == "help":
            await john.taps(said(EN, "slack.help"))
        else:
            await john.commands("/mamori")
    assert is_told(john.chat[-1].read)
    office.slack.faults.clear()
    await john.taps_in(john.chat[-1], said(EN, "slack.help"))
    assert said(EN, "site.for_help") in john.modal.read


@pytest.mark.parametrize(("text", "told"), [("助けて 殴られた", True), ("good morning", False)])
async def test_words_of_danger_are_answered_with_110_meanwhile_and_with_the_card_afterwards(
    office: Office, john: Person, text: str, told: bool
) -> None:
    with nothing_kept(office):
        assert (await john.writes(text)).status == 503
        assert is_told(john.chat[-1].read) is told
    office.clock.passes(minutes=1)
    assert await comes_again(office) == 200
    assert said(EN, "first.check") in john.chat[-1].read


async def test_where_nothing_can_be_shown_slack_marks_the_press(
    office: Office, john: Person
) -> None:
    await john.commands("/mamori")
    await john.taps(said(EN, "first.check"))
    office.slack.faults += [
        Fault(Kind.STATUS, "views.push"),
        Fault(Kind.STATUS, "chat.postMessage"),
    ]
    with nothing_kept(office):
        assert (await john.taps(said(EN, "slack.help"))).status == 503
    await john.taps(said(EN, "slack.help"))
    await chooses_the_site(john, EN)
    assert await calls_out(office) == 1


async def test_a_press_of_the_desk_is_marked_by_slack_alone(office: Office) -> None:
    card = await files_by_hand(office)
    sato = office.person("sato")
    with nothing_kept(office):
        assert (await sato.taps_in(card, said("ja", "desk.details"))).status == 503
    assert not sato.has_modal


async def test_of_several_workspaces_none_needs_the_database_for_it(two: Office) -> None:
    await both(two)
    john = two.person("john")
    await john.commands("/mamori")
    await john.taps(said(EN, "first.check"))
    two.clock.passes(minutes=2)  # what is known of the installations is old
    with nothing_kept(two):
        await john.taps(said(EN, "slack.help"))
    assert is_told(john.modal.read)
