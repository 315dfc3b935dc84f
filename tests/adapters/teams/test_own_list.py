"""What somebody sent with a name is found again in Teams by their account, and nothing else."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from flows.outcomes import Visibility
from tests.adapters.teams.play import Play, playing, said
from tests.adapters.teams.walks import first, reports


@pytest.fixture
async def play(tmp_path: Path) -> AsyncIterator[Play]:
    async with playing(tmp_path) as made:
        yield made


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
