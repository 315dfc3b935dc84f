"""What somebody typed stays in the open dialog until it is sent, whatever is pressed or breaks."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from adapters.teams.fields import FIELD, INPUT_CHARACTERS
from adapters.teams.screens import AskView, Kept, PageView, ReceiptView
from adapters.teams.way_back import LEFT, LEFT_RECEIPT, RESUME, with_room
from bot.own_case import OwnLine
from bot.packs import builtin_pack
from flows.checklist import talk
from flows.help_now import help_now
from flows.phrases import say
from flows.policy_page import policy_page
from tests.adapters.teams.drawn import screens
from tests.adapters.teams.play import Play, playing, said
from tests.adapters.teams.test_screens import DIALOGS, NOW, TOKEN, ask, taken
from tests.adapters.teams.walks import SHINJUKU, first, receipt_on, reports
from tests.fake_teams.card_rules import walk
from tests.fake_teams.client import Dialog
from tests.fake_teams.faults import Fault

LONG = "We looked into it and spoke with the manager.\n「お待ちください」 " * 40
FAULTS = [Fault(429, "TooManyRequests", "5"), Fault(500, "ServiceError")]


@pytest.fixture
async def play(tmp_path: Path) -> AsyncIterator[Play]:
    async with playing(tmp_path) as made:
        yield made


async def broken(*_args: Any, **_more: Any) -> Any:
    raise OSError("disk full")


def typed(dialog: Dialog) -> list[str]:
    """What stands in the fields of a dialog, seen or not."""
    fields = (part for part in walk(dialog.card) if part.get("type") == "Input.Text")
    return [part["value"] for part in fields if part.get("value")]


def label(dialog: Dialog) -> str:
    return str(next(p["label"] for p in walk(dialog.card) if p.get("type") == "Input.Text"))


async def details(play: Play) -> Dialog:
    """The desk has half a message written."""
    await reports(play.person("employee"), "ja")
    await play.works_off()
    (card,) = play.shown("desk")
    dialog = await play.person("sato").opens(card, said("ja", "desk.details"))
    return dialog.fills(label(dialog), LONG)


async def own_page(play: Play) -> Dialog:
    """A reporter has half a message written."""
    dialog = await reports(play.person("employee"), "ja")
    return dialog.fills(said("ja", "talk.own.label"), LONG)


async def to_the_review(dialog: Dialog, now: str = "safe.v") -> None:
    """From the first screen, or from the first question."""
    if said("ja", "first.question") in dialog.text:
        await dialog.presses(said("ja", "first.check"))
    await dialog.presses(said("ja", now))
    await dialog.chooses(said("ja", "chip.c")).presses(said("ja", "button.next"))
    await dialog.chooses(said("ja", "effects.f")).presses(said("ja", "button.next"))
    await dialog.presses(said("ja", "demand.r"))
    await dialog.presses(said("ja", "result.send"))
    await dialog.presses(SHINJUKU["ja"])
    await dialog.presses(said("ja", "who.next"))


async def at_the_review(play: Play, now: str = "safe.v") -> Dialog:
    """Words of a report are written, and not sent."""
    dialog = await first(play.person("employee"), "ja", "first.check")
    await to_the_review(dialog, now)
    return dialog.fills(said("ja", "review.words"), LONG)


async def test_the_desks_half_written_answer_stays_in_another_language(play: Play) -> None:
    dialog = await details(play)
    await dialog.presses("English")
    assert typed(dialog) == [LONG]


@pytest.mark.parametrize("fault", FAULTS, ids=str)
async def test_the_desks_answer_stays_when_teams_cannot_say_who_may_press(
    play: Play, fault: Fault
) -> None:
    dialog = await details(play)
    play.connector.faults.add(fault)
    await dialog.presses(said("ja", "talk.send"))
    assert typed(dialog) == [LONG]
    assert said("ja", "teams.not_checked") in dialog.text
    await dialog.presses(said("ja", "typed.press_again"))
    assert said("ja", "talk.sent") in dialog.text
    assert typed(dialog) == []


async def test_the_desks_answer_stays_beside_another_press(play: Play) -> None:
    dialog = await details(play)
    await dialog.presses(said("ja", "desk.done"))
    assert typed(dialog) == [LONG]


@pytest.mark.parametrize("also", [(), ("adapters.teams.channels.open_details",)])
async def test_the_desks_answer_stays_when_it_could_not_be_saved(
    play: Play, monkeypatch: pytest.MonkeyPatch, also: tuple[str, ...]
) -> None:
    dialog = await details(play)
    with monkeypatch.context() as patched:
        for name in ("adapters.teams.channels.press_in_channel", *also):
            patched.setattr(name, broken)
        await dialog.presses(said("ja", "talk.send"))
    assert said("ja", "problem.not_saved") in dialog.text
    assert typed(dialog) == [LONG]
    await dialog.presses(said("ja", "typed.press_again" if also else "talk.send"))
    assert said("ja", "talk.sent") in dialog.text


@pytest.mark.parametrize("also", [(), ("bot.own_case.view_case",)])
async def test_a_reporters_words_stay_when_they_could_not_be_saved(
    play: Play, monkeypatch: pytest.MonkeyPatch, also: tuple[str, ...]
) -> None:
    dialog = await own_page(play)
    receipt = receipt_on(dialog)
    with monkeypatch.context() as patched:
        for name in ("bot.own_case.press_on_own_page", *also):
            patched.setattr(name, broken)
        await dialog.presses(said("ja", "talk.send"))
    assert said("ja", "problem.not_saved") in dialog.text
    assert typed(dialog) == [LONG]
    await dialog.presses(said("ja", "typed.press_again" if also else "talk.send"))
    assert said("ja", "talk.sent") in dialog.text
    assert receipt_on(dialog) == receipt


async def test_a_reporters_words_stay_beside_another_press(play: Play) -> None:
    dialog = await own_page(play)
    await dialog.presses(said("ja", "file.add"))
    assert typed(dialog) == [LONG]
    await dialog.presses(said("ja", "own.withdraw.yes"))
    await dialog.presses(said("ja", "own.resume"))
    assert typed(dialog) == [LONG]
    await dialog.presses(said("ja", "talk.send"))
    assert typed(dialog) == []


async def test_a_reporters_words_wait_for_the_receipt_when_the_dialog_is_too_old(
    play: Play,
) -> None:
    receipt = receipt_on(await reports(play.person("employee"), "ja"))
    dialog = await first(play.person("employee"), "ja", "teams.sent")
    dialog.fills(said("ja", "teams.receipt.enter"), receipt)
    await dialog.presses(said("ja", "teams.receipt.open"))
    dialog.fills(said("ja", "talk.own.label"), LONG)
    play.world.clock.passes(minutes=25 * 60)
    await dialog.presses(said("ja", "talk.send"))
    assert said("ja", "receipt.again") in dialog.text
    assert typed(dialog) == [LONG]
    await dialog.presses("English")
    dialog.fills(said("en", "teams.receipt.enter"), receipt)
    await dialog.presses(said("en", "teams.receipt.open"))
    assert typed(dialog) == [LONG]


async def test_going_back_loses_nothing_that_was_written_or_chosen(play: Play) -> None:
    dialog = await at_the_review(play)
    await dialog.chooses(said("ja", "blur.now")).presses(said("ja", "teams.back"))
    await dialog.presses(said("ja", "teams.back"))
    assert LONG in typed(dialog)
    await dialog.presses(SHINJUKU["ja"])
    await dialog.presses(said("ja", "who.next"))
    assert LONG in typed(dialog)
    leaving = [p for p in walk(dialog.card) if p.get("id") == "g.leaving"]
    assert [part["value"] for part in leaving] == ["now"]


async def test_what_was_written_on_a_screen_that_got_old_goes_along_to_the_new_start(
    play: Play,
) -> None:
    dialog = await at_the_review(play)
    play.world.clock.passes(minutes=25 * 60)
    await dialog.presses(said("ja", "review.send"))
    assert said("ja", "again.stale") in dialog.text
    assert typed(dialog) == [LONG]
    await dialog.presses(said("ja", "teams.home"))
    await dialog.presses(said("ja", "first.check"))
    assert typed(dialog) == [LONG]


async def test_words_stay_where_somebody_goes_on_later_and_are_put_into_no_chat(play: Play) -> None:
    dialog = await at_the_review(play)
    dialog.chooses(said("ja", "blur.now"))
    await dialog.presses(said("ja", "teams.later"))
    assert said("ja", "typed.not_in_chat") in dialog.text
    assert LONG in typed(dialog)
    chat = play.connector.tenant.shown(play.person("employee").chat)
    assert LONG[:20] not in repr(chat)
    await dialog.presses(said("ja", "teams.later.open"))
    assert said("ja", "review.title") in dialog.text
    assert LONG in typed(dialog)
    assert [p["value"] for p in walk(dialog.card) if p.get("id") == "g.leaving"] == ["now"]


async def to_the_first_screen(dialog: Dialog) -> None:
    while said("ja", "first.question") not in dialog.text:
        await dialog.presses(said("ja", "teams.back"))


@pytest.mark.parametrize("door", ["teams.policy", "teams.sent"])
async def test_a_report_stays_behind_each_door_of_the_first_screen(play: Play, door: str) -> None:
    dialog = await at_the_review(play)
    dialog.chooses(said("ja", "blur.now"))
    await to_the_first_screen(dialog)
    await dialog.presses(said("ja", door))
    await dialog.presses("English")
    assert LONG in typed(dialog)
    await dialog.presses("日本語")
    await dialog.presses(said("ja", "teams.home"))
    await to_the_review(dialog)
    assert LONG in typed(dialog)
    assert [p["value"] for p in walk(dialog.card) if p.get("id") == "g.leaving"] == ["now"]


async def test_a_report_that_waits_is_no_letter_to_the_desk_about_another(play: Play) -> None:
    receipt = receipt_on(await reports(play.person("employee"), "ja"))
    dialog = await at_the_review(play)
    await to_the_first_screen(dialog)
    await dialog.presses(said("ja", "teams.sent"))
    dialog.fills(said("ja", "teams.receipt.enter"), receipt)
    await dialog.presses(said("ja", "teams.receipt.open"))
    letter = [p for p in walk(dialog.card) if p.get("id") == f"{FIELD}words"]
    assert [part["value"] for part in letter] == [""]
    dialog.fills(said("ja", "talk.own.label"), "手紙")
    await dialog.presses(said("ja", "teams.home"))
    await to_the_review(dialog)
    assert next(p["value"] for p in walk(dialog.card) if p.get("id") == f"{FIELD}words") == LONG
    await to_the_first_screen(dialog)
    await dialog.presses(said("ja", "teams.sent"))
    await dialog.presses(said("ja", "file.page.back"))
    assert next(p["value"] for p in walk(dialog.card) if p.get("id") == f"{FIELD}words") == "手紙"


async def test_a_letter_goes_home_with_its_report_and_no_other(play: Play) -> None:
    dialog = await own_page(play)
    receipt = receipt_on(dialog)
    await dialog.presses(said("ja", "teams.home"))
    await dialog.presses(said("ja", "teams.sent"))
    await dialog.presses(said("ja", "file.page.back"))
    assert receipt_on(dialog) == receipt
    assert typed(dialog) == [LONG]


@pytest.mark.parametrize("script", ["a", "語"])
def test_with_the_longest_words_of_another_screen_every_screen_still_fits(script: str) -> None:
    filled = {f"{FIELD}{name}": script * INPUT_CHARACTERS for name in ("words", "letter")}
    filled |= {f"{FIELD}name": script * 80, RESUME: TOKEN, LEFT: TOKEN, LEFT_RECEIPT: "1" * 25}
    along = with_room(filled)
    assert {f"{FIELD}words", f"{FIELD}name", RESUME, LEFT, LEFT_RECEIPT} <= set(along)
    for flow, sites in ((talk, 3), (talk, 200), (help_now, 200)):
        for here, before in screens(flow, sites):
            if here.ask.step != "review":
                ask(AskView(here.ask, Kept("ja_simple", TOKEN), before, elsewhere=along))
    policy = policy_page(builtin_pack("standard"))
    kept, title = Kept("ja_simple", pass_token=TOKEN), say("policy.page.title")
    taken(DIALOGS.page(PageView(title, policy, kept, do="policy", filled=along), NOW))
    many = (OwnLine(say("first.title"), TOKEN),) * 50
    problem = say("receipt.again")
    taken(DIALOGS.receipt(ReceiptView(kept, problem, many, "1" * 80, beside=along), NOW))


async def test_words_that_were_added_after_a_lost_answer_reach_the_desk(play: Play) -> None:
    dialog = await at_the_review(play)
    review = replace(dialog, filled=dict(dialog.filled))
    await dialog.presses(said("ja", "review.send"))
    receipt = receipt_on(dialog)
    review.fills(said("ja", "review.words"), f"{LONG}\n刃物も見えました。")
    await review.presses(said("ja", "review.send"))
    assert said("ja", "sent_again.taken") in review.text
    assert receipt_on(review) == receipt
    assert "刃物も見えました。" in review.text
