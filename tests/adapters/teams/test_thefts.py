"""What whoever takes Teams' messages, our log or the database learns of an unnamed report."""

import json
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.adapters.teams.play import PEOPLE, Play, playing, said
from tests.adapters.teams.walks import first, receipt_on, reports
from tests.fake_teams.card_rules import read_text
from tests.fake_teams.client import Dialog

REPORTED, REPLIED, WROTE = "KANARIA-REPORT", "KANARIA-REPLY", "KANARIA-WROTE"


@pytest.fixture
async def play(tmp_path: Path) -> AsyncIterator[Play]:
    async with playing(tmp_path) as made:
        yield made


def on_disk(folder: Path) -> bytes:
    """Every byte that the database keeps, its log included."""
    return b"".join(path.read_bytes() for path in sorted(folder.glob("mamori.db*")))


async def everything_happens(play: Play) -> tuple[Dialog, str]:
    """An unnamed report, its details, words both ways, and a climb. Gives the receipt too."""
    employee, desk = play.person("employee"), play.person("sato")
    await employee.installs()
    dialog = await reports(employee, "ja", REPORTED)
    receipt = receipt_on(dialog)
    await play.works_off()
    (card,) = play.shown("desk")
    await desk.presses(card, said("ja", "desk.take"))
    details = await desk.opens(card, said("ja", "desk.details"))
    await details.fills(said("ja", "talk.desk.label"), REPLIED).presses(said("ja", "talk.send"))
    await dialog.presses(said("ja", "teams.refresh"))
    assert REPLIED in dialog.text
    await dialog.fills(said("ja", "talk.own.label"), WROTE).presses(said("ja", "talk.send"))
    await play.passes(6)
    return dialog, receipt


async def test_no_message_of_teams_holds_a_word_or_a_receipt(play: Play) -> None:
    _, receipt = await everything_happens(play)
    assert len(play.connector.tenant.messages) >= 4
    taken = json.dumps([m.activity for m in play.connector.tenant.messages], ensure_ascii=False)
    for canary in (REPORTED, REPLIED, WROTE, receipt, receipt[:10]):
        assert canary not in taken


async def test_the_channels_do_not_say_who_reported(play: Play) -> None:
    await everything_happens(play)
    employee = play.person("employee").user
    channels = [m for m in play.connector.tenant.messages if m.conversation.startswith("19:")]
    taken = json.dumps([m.activity for m in channels], ensure_ascii=False)
    for name in (employee.entra_id, employee.name, employee.account(play.connector.tenant.bot)):
        assert name not in taken


async def test_an_answer_in_a_dialog_is_never_a_message_or_an_edit(play: Play) -> None:
    employee = play.person("employee")
    dialog = await first(employee, "ja", "first.check")
    before = len(play.connector.calls)
    await dialog.presses(said("ja", "safe.o"))
    await dialog.chooses(said("ja", "chip.c")).presses(said("ja", "button.next"))
    assert len(play.connector.calls) == before
    (card,) = employee.messages()
    assert said("ja", "safe.title") not in read_text(card.card)


async def test_neither_the_log_nor_the_database_names_the_reporter(
    play: Play,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    await everything_happens(play)
    employee = play.person("employee").user
    logged = capsys.readouterr().out + capsys.readouterr().err + caplog.text
    kept = on_disk(tmp_path)
    account = employee.account(play.connector.tenant.bot)
    for name in (employee.entra_id, employee.name, account, play.person("employee").chat):
        assert name.encode() not in kept
        assert name not in logged
    for canary in (REPORTED, REPLIED, WROTE):
        assert canary.encode() not in kept
        assert canary not in logged
    assert PEOPLE["employee"] == employee.entra_id
