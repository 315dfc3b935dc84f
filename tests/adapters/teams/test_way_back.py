"""Neither a call for help nor a night takes anything away: no report's only receipt, and nothing
that was written."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.adapters.teams.play import Play, playing, said
from tests.adapters.teams.test_typed_words import (
    LONG,
    at_the_review,
    own_page,
    to_the_review,
    typed,
)
from tests.adapters.teams.walks import SHINJUKU, first, receipt_on, reports
from tests.fake_teams.card_rules import walk
from tests.fake_teams.client import Dialog


@pytest.fixture
async def play(tmp_path: Path) -> AsyncIterator[Play]:
    async with playing(tmp_path) as made:
        yield made


async def calls(dialog: Dialog) -> None:
    """Help, from any dialog, to the page of the call."""
    await dialog.presses(said("ja", "teams.help"))
    if said("ja", "site.title") in dialog.text:
        await dialog.presses(SHINJUKU["ja"])
    assert said("ja", "help.title") in dialog.text


def leaving(dialog: Dialog) -> list[str]:
    """When the report is to leave, as it is chosen."""
    return [p["value"] for p in walk(dialog.card) if p.get("id") == "g.leaving"]


async def test_a_report_is_gone_on_with_where_a_call_for_help_interrupted_it(play: Play) -> None:
    dialog = await at_the_review(play)
    dialog.chooses(said("ja", "blur.now"))
    await calls(dialog)
    await dialog.presses(said("ja", "help.fine"))
    await dialog.presses("English")
    await dialog.presses("日本語")
    await dialog.presses(said("ja", "web.go_on"))
    assert said("ja", "review.title") in dialog.text
    assert LONG in typed(dialog) and leaving(dialog) == ["now"]
    await dialog.presses(said("ja", "review.send"))
    assert receipt_on(dialog)
    assert LONG not in typed(dialog)
    assert said("ja", "file.page.back") not in dialog.text


async def test_what_called_for_help_by_itself_is_not_gone_on_with(play: Play) -> None:
    dialog = await first(play.person("employee"), "ja", "first.check")
    await dialog.presses(said("ja", "safe.d"))
    await dialog.presses(SHINJUKU["ja"])
    await dialog.presses(said("ja", "help.mistake"))
    await dialog.presses(said("ja", "first.check"))
    assert said("ja", "safe.title") in dialog.text


async def test_the_only_receipt_is_not_lost_to_a_call_for_help(play: Play) -> None:
    dialog = await own_page(play)
    receipt = receipt_on(dialog)
    await calls(dialog)
    await dialog.presses(said("ja", "help.fine"))
    await dialog.presses(said("ja", "file.page.back"))
    assert receipt_on(dialog) == receipt
    assert typed(dialog) == [LONG]
    await dialog.presses(said("ja", "talk.send"))
    assert said("ja", "talk.sent") in dialog.text
    assert typed(dialog) == []


async def test_a_report_is_come_back_to_while_the_call_still_runs(play: Play) -> None:
    dialog = await reports(play.person("employee"), "ja")
    receipt = receipt_on(dialog)
    for _ in range(2):
        await calls(dialog)
        await dialog.presses(said("ja", "file.page.back"))
        assert receipt_on(dialog) == receipt


async def test_a_report_is_come_back_to_after_a_second_one(play: Play) -> None:
    dialog = await own_page(play)
    one = receipt_on(dialog)
    await calls(dialog)
    await dialog.presses(said("ja", "help.fine"))
    await dialog.presses(said("ja", "first.check"))
    await dialog.presses(said("ja", "safe.v"))
    await dialog.chooses(said("ja", "chip.c")).presses(said("ja", "button.next"))
    await dialog.chooses(said("ja", "effects.f")).presses(said("ja", "button.next"))
    await dialog.presses(said("ja", "demand.r"))
    await dialog.presses(said("ja", "result.send"))
    await dialog.presses(SHINJUKU["ja"])
    await dialog.presses(said("ja", "who.next"))
    await dialog.presses(said("ja", "review.send"))
    two = receipt_on(dialog)
    dialog.fills(said("ja", "talk.own.label"), "次の手紙")
    for receipt, letter in ((one, LONG), (two, "次の手紙")):
        await dialog.presses(said("ja", "file.page.back"))
        assert receipt_on(dialog) == receipt
        assert next(p["value"] for p in walk(dialog.card) if p.get("id") == "t.words") == letter


def sleeps_on_it(play: Play) -> None:
    """The dialog stays open until the next day."""
    play.world.clock.passes(minutes=25 * 60)


async def test_the_only_receipt_stays_on_the_screen_after_a_night(play: Play) -> None:
    dialog = await reports(play.person("employee"), "ja")
    receipt = receipt_on(dialog)
    for press in ("teams.refresh", "file.add", "own.withdraw.yes"):
        sleeps_on_it(play)
        await dialog.presses(said("ja", press))
        assert receipt_on(dialog) == receipt
    assert said("ja", "own.withdrawn.unseen") in dialog.text


async def test_a_letter_beside_its_receipt_is_sent_after_a_night(play: Play) -> None:
    dialog = await own_page(play)
    sleeps_on_it(play)
    await dialog.presses(said("ja", "talk.send"))
    assert said("ja", "talk.sent") in dialog.text
    assert typed(dialog) == []


async def test_a_report_that_help_was_called_from_is_come_back_to_after_a_night(play: Play) -> None:
    dialog = await own_page(play)
    receipt = receipt_on(dialog)
    await calls(dialog)
    sleeps_on_it(play)
    await dialog.presses(said("ja", "teams.refresh"))
    await dialog.presses("English")
    await dialog.presses(said("en", "file.page.back"))
    assert receipt_on(dialog) == receipt
    assert typed(dialog) == [LONG]


@pytest.mark.parametrize("way", ["teams.help", "teams.home"])
async def test_a_report_beside_a_call_is_not_lost_after_a_night(play: Play, way: str) -> None:
    dialog = await at_the_review(play)
    await calls(dialog)
    sleeps_on_it(play)
    await dialog.presses(said("ja", "teams.refresh"))
    assert LONG in typed(dialog)
    await dialog.presses(said("ja", way))
    if way == "teams.help":
        await dialog.presses(said("ja", "help.fine"))  # the call that runs still
        await dialog.presses(said("ja", "web.go_on"))
        assert said("ja", "again.stale") in dialog.text
        await dialog.presses(said("ja", "teams.home"))
    await to_the_review(dialog)
    assert LONG in typed(dialog)
