"""A call for help and a report in Teams: from the call's own dialog, tied by a tick or a number."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from flows.outcomes import Visibility
from flows.phrases import Verbatim
from tests.adapters.teams.play import Play, playing, said
from tests.adapters.teams.walks import SHINJUKU, first, reports
from tests.fake_teams.card_rules import walk
from tests.fake_teams.client import Dialog


@pytest.fixture
async def play(tmp_path: Path) -> AsyncIterator[Play]:
    async with playing(tmp_path) as made:
        yield made


async def calls_and_is_fine(play: Play, name: str, language: str) -> tuple[Dialog, str]:
    """A call and its end, and its number."""
    dialog = await first(play.person(name), language, "first.help")
    await dialog.presses(SHINJUKU[language])
    await play.works_off()
    await dialog.presses(said(language, "help.fine"))
    async with play.world.service.work.storage.read() as tx:
        (number,) = (await tx.cases.public_ids()).values()
    assert number in dialog.text
    return dialog, number


async def desk_reads(play: Play) -> str:
    await play.works_off()
    card = next(m for m in play.shown("desk") if said("ja", "desk.take") in str(m.card))
    details = await play.person("sato").opens(card, said("ja", "desk.details"))
    return details.text


@pytest.mark.parametrize("ticks", [True, False])
async def test_from_the_calls_dialog_a_tick_ties_and_nothing_else_does(
    play: Play, ticks: bool
) -> None:
    dialog, number = await calls_and_is_fine(play, "employee", "ja")
    await dialog.presses(said("ja", "first.check"))
    await dialog.presses(said("ja", "safe.v"))
    await dialog.chooses(said("ja", "chip.c")).presses(said("ja", "button.next"))
    await dialog.chooses(said("ja", "effects.f")).presses(said("ja", "button.next"))
    await dialog.presses(said("ja", "demand.r"))
    await dialog.presses(said("ja", "result.send"))
    await dialog.presses(SHINJUKU["ja"])
    await dialog.presses(said("ja", "who.next"))
    (tie,) = (part for part in walk(dialog.card) if part.get("id") == "g.call_unnamed")
    assert tie["value"] == "" and number in str(tie["choices"])
    assert said("ja", "review.call.hint_unnamed") in str(tie["choices"])
    if ticks:
        dialog.chooses(said("ja", "review.tie.y", id=Verbatim(text=number)))
    await dialog.chooses(said("ja", "blur.now")).presses(said("ja", "review.send"))
    text = await desk_reads(play)
    assert (said("ja", "details.tied", id=Verbatim(text=number)) in text) is ticks
    assert (said("ja", "fact.help_over") in text) is ticks


async def test_a_number_can_be_typed_where_a_line_unfolds(play: Play) -> None:
    _, number = await calls_and_is_fine(play, "english", "en")
    named = Visibility.DESK_ONLY
    await reports(play.person("english"), "en", visibility=named, name="Rin", call=number.lower())
    assert said("ja", "details.tied", id=Verbatim(text=number)) in await desk_reads(play)
