"""Files in Slack: a private link to the web page, and never Slack's own files."""

import json
import re
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer

from tests.adapters.slack.office import DESK, an_office, said
from tests.adapters.slack.walks import reports, with_button
from tests.support.browser_free import Person as WebPerson
from tests.support.pictures import photo

LINK = re.compile(r"https://mamori\.example(/(?:add|see)/[a-z2-7]{32})\?lang=\w+")


def link_in(read: object) -> str:
    """The one link that stands there."""
    (path,) = set(LINK.findall(json.dumps(read)))
    return str(path)


@pytest.mark.parametrize(("name", "language"), [("hanako", "ja"), ("john", "en")])
async def test_a_photo_goes_by_the_web_page_and_the_desk_opens_it_there(
    tmp_path: Path, quick: None, name: str, language: str
) -> None:
    async with an_office(tmp_path) as office, TestServer(office.service.app) as server:
        base = str(server.make_url("")).rstrip("/")
        person = office.person(name)
        await reports(person, language, "u", "words of mine")
        await person.taps(said(language, "file.add"))
        path = link_in(person.modal.shown)
        async with WebPerson(base, language) as phone:
            await phone.opens(f"{path}?lang={language}")
            await phone.presses_button(text=said(language, "file.door.go"))
            assert "words of mine" not in phone.page.text
            page = await phone.adds(photo())
            assert said(language, "file.added.picture") in page.text
        await office.settles()
        desk = office.person("sato")
        card = with_button(office.messages(DESK), said("ja", "desk.details"))
        assert said("ja", "file.count", count=1) in card.read
        await desk.taps_in(card, said("ja", "desk.details"))
        assert said("ja", "file.name.picture", number=1) in desk.modal.read
        await desk.taps(said("ja", "file.open"))
        async with WebPerson(base, "ja") as browser:
            await browser.opens(link_in(desk.modal.shown))
            await browser.presses_button(text=said("ja", "file.door.go"))
            assert "data:image/jpeg;base64," in browser.page.body
            await browser.opens(link_in(desk.modal.shown))
            await browser.presses_button(text=said("ja", "file.door.go"))
            assert said("ja", "file.door.over") in browser.page.text
        # No message of any room or chat holds a link, and nothing was uploaded to Slack.
        for room in office.slack.space.channels:
            for message in office.messages(room):
                assert not LINK.search(json.dumps([message.told(with_metadata=True)]))
        assert office.calls("files.upload", "files.getUploadURLExternal") == []
