"""An employee, a manager and the desk in Microsoft's own client, with one bot between them.

That client draws cards and answers presses, but no dialogs: what happens in one is done by the
same invokes that Teams would send for it. Their cards are drawn by Microsoft's renderer alone,
in `test_drawn.py`.
"""

import json
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Page

from flows.phrases import Phrase
from tests.adapters.teams.play import said
from tests.adapters.teams.walks import SHINJUKU, receipt_on, reports
from tests.e2e.teams.stage import KEPT, Stage, set_up
from tests.fake_teams.card_rules import CARD, read_text
from tests.fake_teams.tenant import Message

WORDS = "KANARIA: he shouted for half an hour"
HELP = said("ja", "help.card.title", taken=0, needed=0).partition("：")[0]
COMING = said("ja", "answer.coming", minutes=2)


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """One for both: the clients start slowly."""
    async with set_up(tmp_path_factory.mktemp("playground")) as made:
        yield made


async def sees(page: Page, key: str, **values: Phrase | int) -> None:
    """Waits until the sentence stands on the page."""
    await page.get_by_text(said("ja", key, **values)).first.wait_for()


async def presses(page: Page, title: str, button: str) -> None:
    """Presses a button of the card with this title, and reads that it was taken."""
    cards = page.locator(".ac-adaptiveCard")
    await cards.filter(has_text=title).get_by_role("button", name=button).first.click()
    await cards.filter(has_text=said("ja", "press.recorded")).first.wait_for()


async def opens(page: Page, channel: str) -> None:
    await page.get_by_role("treeitem", name=channel).first.click()


def nothing_was_refused(stage: Stage) -> None:
    """Every request on the wire, both ways, was taken, and presses were answered with cards."""
    assert not [(one.call, one.answer) for one in stage.front.log if one.status >= 400]
    executed = [one for one in stage.front.log if one.call == "invoke adaptiveCard/action"]
    assert executed and all(one.answer["type"] == CARD for one in executed)


async def test_a_call_for_help_is_answered_in_the_manager_s_own_client(stage: Stage) -> None:
    employee, manager = stage.employee, stage.manager
    # The app is installed, and the first card comes into the chat by itself.
    await sees(employee.page, "first.question")
    await sees(manager.page, "first.question")
    calling = await employee.opens(employee.messages()[0], said("ja", "first.help"))
    await calling.presses(SHINJUKU["ja"])
    assert said("ja", "help.title") in calling.text
    await stage.works_off()

    await opens(manager.page, "shinjuku")
    await manager.page.get_by_role("button", name=COMING).first.wait_for()
    call = manager.page.locator(".ac-adaptiveCard").filter(has_text=HELP)
    await call.get_by_text(employee.user.name).first.wait_for()
    await manager.page.screenshot(path=KEPT / "help.png")
    await presses(manager.page, HELP, COMING)
    await calling.presses(said("ja", "teams.refresh"))
    assert said("ja", "help.coming") in calling.text
    # Everybody else sees it by the edit.
    await stage.works_off()
    assert [one for one in stage.front.log if one.way == "out" and one.call.startswith("PUT ")]
    await calling.presses(said("ja", "help.fine"))
    assert said("ja", "help.over.title") in calling.text
    await stage.works_off()
    nothing_was_refused(stage)


async def test_the_story_from_the_report_to_the_second_person(stage: Stage) -> None:
    employee, manager, desk = stage.employee, stage.manager, stage.desk
    await sees(employee.page, "first.question")
    await sees(desk.page, "first.question")
    mine = await reports(employee, "ja", WORDS)
    receipt = receipt_on(mine)
    await stage.works_off()

    # The desk's card, and the case is taken.
    await opens(desk.page, "Mamori - General")
    await desk.page.get_by_role("button", name=said("ja", "desk.take")).first.wait_for()
    await desk.page.screenshot(path=KEPT / "desk.png")
    await presses(desk.page, said("ja", "desk.where"), said("ja", "desk.take"))
    await stage.works_off()

    # The site's nudge, acknowledged; nobody fills the other seat, and the next is asked.
    await opens(manager.page, "shinjuku")
    await sees(manager.page, "second.title", taken=0, needed=2)
    await manager.page.screenshot(path=KEPT / "nudge.png")
    nudge = card_with(stage, said("ja", "second.title", taken=0, needed=2))
    await presses(manager.page, said("ja", "second.title", taken=0, needed=2), COMING)
    await stage.passes(4)
    await sees(manager.page, "role.area")
    await manager.page.screenshot(path=KEPT / "climb.png")

    # The second person, for whom no client stands, comes; the manager sees it.
    takahashi = stage.without_client("takahashi")
    shown = await takahashi.presses(nudge, COMING)
    assert said("ja", "press.recorded") in shown
    await stage.works_off()
    await sees(manager.page, "second.title.full", taken=2, needed=2)
    await manager.page.screenshot(path=KEPT / "second.png")

    # The reporter reads it, and neither words nor receipt were ever in a message.
    await mine.presses(said("ja", "teams.refresh"))
    assert said("ja", "step.taken") in mine.text
    sent = json.dumps([one.sent for one in stage.front.log if one.way == "out"])
    assert "KANARIA" not in sent and receipt not in sent and receipt[:10] not in sent
    nothing_was_refused(stage)


def card_with(stage: Stage, text: str) -> Message:
    """The message of a channel that holds this text."""
    return next(one for one in stage.front.threads() if text in read_text(one.card))
