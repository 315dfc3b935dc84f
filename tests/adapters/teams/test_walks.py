"""A report in Teams with a name, with the name for the desk alone, and without one."""

import json
from pathlib import Path

import pytest

from flows.outcomes import Visibility
from tests.adapters.teams.play import playing, said
from tests.adapters.teams.walks import receipt_on, reports

NAME = "山田KANARIA"


@pytest.mark.parametrize("visibility", Visibility)
async def test_the_name_is_read_by_whom_the_reporter_chose(
    tmp_path: Path, visibility: Visibility
) -> None:
    async with playing(tmp_path) as play:
        dialog = await reports(play.person("employee"), "ja", "x", visibility, NAME)
        assert len(receipt_on(dialog)) == 25
        await play.works_off()
        (card,) = play.shown("desk")
        details = await play.person("sato").opens(card, said("ja", "desk.details"))
        assert (NAME in details.text) is (visibility is not Visibility.UNNAMED)
        site = [message.activity for message in play.shown("shinjuku")]
        assert site
        told = NAME in json.dumps(site, ensure_ascii=False)
        assert told is (visibility is Visibility.NAMED)
