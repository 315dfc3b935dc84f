"""Files in Teams: a private link to the web page, and never Teams' own files."""

import json
import re
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer

from tests.adapters.teams.play import playing, said
from tests.adapters.teams.walks import WORDS, reports
from tests.fake_teams.client import Dialog
from tests.support.browser_free import Person as WebPerson
from tests.support.pictures import pdf

LINK = re.compile(r"https://mamori\.example(/(?:add|see)/[a-z2-7]{32})\?lang=\w+")


def link_on(dialog: Dialog) -> str:
    """The one link that stands there."""
    (path,) = set(LINK.findall(json.dumps(dialog.card)))
    return str(path)


@pytest.mark.parametrize(("name", "language"), [("employee", "ja"), ("english", "en")])
async def test_a_pdf_goes_by_the_web_page_and_the_desk_opens_it_there(
    tmp_path: Path, name: str, language: str
) -> None:
    async with playing(tmp_path) as play, TestServer(play.world.service.app) as server:
        base = str(server.make_url("")).rstrip("/")
        dialog = await reports(play.person(name), language)
        await dialog.presses(said(language, "file.add"))
        async with WebPerson(base, language) as phone:
            await phone.opens(f"{link_on(dialog)}?lang={language}")
            await phone.presses_button(text=said(language, "file.door.go"))
            assert WORDS not in phone.page.text
            page = await phone.adds(pdf())
            assert said(language, "file.added.pdf") in page.text
        await play.works_off()
        (card,) = play.shown("desk")
        assert said("ja", "file.count", count=1) in json.dumps(card.card, ensure_ascii=False)
        details = await play.person("sato").opens(card, said("ja", "desk.details"))
        await details.presses(said("ja", "file.open"))
        async with WebPerson(base, "ja") as browser:
            await browser.opens(link_on(details))
            await browser.presses_button(text=said("ja", "file.door.go"))
            assert said("ja", "file.see.no_copy") in browser.page.text
        messages = [message.activity for message in play.connector.tenant.messages]
        assert not LINK.search(json.dumps(messages))
