"""What somebody sent with a name is found again in Teams by their account, and nothing else."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.filing import file_report
from bot.return_address import MOST_OWN
from flows.assessment import assess
from flows.outcomes import Filing, Visibility
from tests.adapters.teams.play import PEOPLE, Play, playing, said
from tests.adapters.teams.walks import first, reports
from tests.fake_teams.card_rules import walk
from tests.fake_teams.client import Dialog
from tests.support.reports import named_report


@pytest.fixture
async def play(tmp_path: Path) -> AsyncIterator[Play]:
    async with playing(tmp_path) as made:
        yield made


async def a_named_report(play: Play, which: int) -> str:
    """One more report with a name, a minute after the one before. Gives its number."""
    report = named_report()
    filing = Filing(report=report, assessment=assess(report.facts()))
    work, secret = play.world.service.work, which.to_bytes(16, "big")
    account = f"teams:@{PEOPLE['employee']}"
    filed = await file_report(work, filing, secret, "words", "Rin", "ja", None, account)
    play.world.clock.passes(minutes=1)
    return filed.public_id


def buttons(card: object) -> list[str]:
    """The titles of a dialog's buttons, in order."""
    return [part["title"] for part in walk(card) if part.get("type") == "Action.Submit"]


def listed(page: Dialog) -> list[str]:
    """The numbers of the reports on one page of the list."""
    parts = (part for part in walk(page.card) if part.get("type") == "Action.Submit")
    opens = (part for part in parts if part["data"]["do"] == "open" and "p" in part["data"])
    return [part["title"][:7] for part in opens]


async def test_a_call_whose_page_was_closed_is_come_back_to_although_nobody_ended_it(
    play: Play,
) -> None:
    employee = play.person("employee")
    call = await first(employee, "ja", "first.help")
    await call.presses("新宿店")
    await play.passes(minutes=76)
    sent = await first(employee, "ja", "teams.sent")
    (line,) = [text for text in sent.text.split("\n") if said("ja", "list.call") in text]
    await sent.presses(line)
    assert line[:7] in sent.text and said("ja", "help.lapsed") in sent.text
    await sent.presses(said("ja", "help.still_needed"))
    assert said("ja", "press.called_again") in sent.text
    others = await first(play.person("tanaka"), "ja", "teams.sent")
    assert said("ja", "list.call") not in others.text


async def test_a_report_with_a_name_is_listed_and_opens_without_a_receipt(play: Play) -> None:
    employee = play.person("employee")
    received = await reports(employee, "ja", visibility=Visibility.NAMED, name="一条りん")
    assert said("ja", "own.list.also") in received.text
    await play.works_off()
    listed = await first(employee, "ja", "teams.sent")
    (line,) = [text for text in listed.text.split("\n") if said("ja", "own.list.open") in text]
    await listed.presses(line)
    assert line[:7] in listed.text and said("ja", "sent.title") in listed.text
    others = await first(play.person("tanaka"), "ja", "teams.sent")
    assert said("ja", "own.list.title") not in others.text


async def test_everything_that_is_found_without_a_receipt_is_listed_however_much(
    play: Play,
) -> None:
    numbers = [await a_named_report(play, which) for which in range(MOST_OWN)]
    numbers.reverse()
    page = await first(play.person("employee"), "ja", "teams.sent")
    seen = listed(page)
    while any(said("ja", "teams.more") in title for title in buttons(page.card)):
        await page.presses(next(t for t in buttons(page.card) if said("ja", "teams.more") in t))
        seen += listed(page)
    assert seen == numbers
    await page.presses("English")
    last = next(title for title in buttons(page.card) if title.startswith(numbers[-1]))
    await page.presses(last)
    assert said("en", "sent.title") in page.text and numbers[-1] in page.text


async def test_the_number_of_a_call_is_told_what_it_is_for(play: Play) -> None:
    page = await first(play.person("employee"), "ja", "teams.sent")
    for typed in ("ABC3467", "wwwwwww"):
        page = page.fills(said("ja", "teams.receipt.enter"), typed)
        await page.presses(said("ja", "teams.receipt.open"))
        assert said("ja", "receipt.short_number", digits=25) in page.text


@pytest.mark.parametrize("back", ["back.r", "back.w"])
async def test_a_report_without_a_name_is_not(play: Play, back: str) -> None:
    employee = play.person("employee")
    received = await reports(employee, "ja", back=back)
    assert said("ja", "teams.receipt.only_way") in received.text
    await play.works_off()
    listed = await first(employee, "ja", "teams.sent")
    assert said("ja", "own.list.title") not in listed.text
    assert said("ja", "teams.receipt.enter") in listed.text
