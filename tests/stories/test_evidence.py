"""Files from the employee's phone to the eyes of the desk, over HTTP, without scripts."""

import asyncio
import base64
import re

import pytest
from aiohttp import ClientSession
from yarl import URL

from tests.stories.test_main_job import (
    LANGUAGES,
    answers_the_checklist,
    files_without_a_name,
    said,
    sees,
)
from tests.support.browser_free import Page, Person
from tests.support.demo import Demo
from tests.support.pictures import GPS_MARK, MAKER_MARK, pdf, photo, recording


async def reports(demo: Demo, employee: Person) -> None:
    """Without a name, to the desk, at once."""
    await employee.opens(demo.link("shinjuku"))
    await answers_the_checklist(employee)
    await files_without_a_name(employee)


async def adds(employee: Person, language: str, *files: bytes) -> str:
    """From the page of the report to the page for files, and sends these."""
    await employee.presses_button(text=said(language, "file.add"))
    return (await employee.adds(*files)).text


async def asks_for_the_link(
    desk: Person, language: str, number: int, details: str | None = None
) -> str:
    """At the desk, from the card to the link of one file."""
    text = None if details else said(language, "desk.details")
    await desk.presses_button(value=details, text=text)
    opens = [each for each in desk.page.buttons if each.get("id", "").startswith("opens-")]
    await desk.presses_button(value=opens[number]["value"])
    found = re.search(r'href="(/see/[a-z2-7]+)\?', desk.page.body)
    assert found, desk.page.text
    return found[1]


async def goes_through(person: Person, path: str, language: str) -> str:
    """Opens a link and presses what stands in front of it."""
    await person.opens(f"{path}?lang={language}")
    return (await person.presses_button(text=said(language, "file.door.go"))).body


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_photo_reaches_the_desk_without_its_place_and_opens_once(
    demo: Demo, language: str
) -> None:
    sent = photo()
    async with Person(demo.base, language) as employee, Person(demo.base, language) as desk:
        await reports(demo, employee)
        receipt = employee.page.hidden("receipt")
        text = await adds(employee, language, sent, recording(), pdf(), b"MZ\x90 a program", b"")
        for key in ("added.picture", "added.recording", "added.pdf", "wrong_type", "empty"):
            assert said(language, f"file.{key}") in text
        assert said(language, "file.page.held", count=3) in text
        # The receipt is still there, on this page and after the way back.
        assert employee.page.hidden("receipt") == receipt
        await employee.presses_button(text=said(language, "file.page.back"))
        assert said(language, "file.yours", count=3) in employee.page.text
        assert employee.page.hidden("receipt") == receipt

        await sees(demo, desk, f"/demo/desk?lang={language}", said(language, "file.count", count=3))
        link = await asks_for_the_link(desk, language, 0)
        for _ in range(3):  # whoever only looks at the link does not use it up
            await desk.opens(link)
        page = await goes_through(desk, link, language)
        shown = re.search(r'src="data:image/jpeg;base64,([^"]+)"', page)
        assert shown
        copy = base64.b64decode(shown[1])
        assert copy.startswith(b"\xff\xd8\xff")
        assert b"Exif" not in copy and GPS_MARK not in copy and MAKER_MARK not in copy
        token = desk.page.hidden("token")
        assert await originals(demo, desk, token) == sent
        assert said(language, "file.door.over") in await goes_through_again(desk, link, language)

        await desk.opens(f"/demo/desk?lang={language}")
        await desk.presses_button(text=said(language, "desk.details"))
        for fact in ("file_added", "file_opened", "original_taken"):
            assert said(language, f"fact.{fact}") in desk.page.text


async def taps_the_door_again(person: Person, door: Page, language: str) -> str:
    """The same drawing of a door once more, as a thumb does it or somebody who goes back to it."""
    person.page = door
    return (await person.presses_button(text=said(language, "file.door.go"))).text


async def test_a_door_that_is_tapped_twice_opens_once_and_for_nobody_else(demo: Demo) -> None:
    over = said("en", "file.door.over")
    async with (
        Person(demo.base, "en") as employee,
        Person(demo.base, "en") as desk,
        Person(demo.base, "en") as other,
    ):
        await reports(demo, employee)
        await adds(employee, "en", photo())
        await sees(demo, desk, "/demo/desk?lang=en", said("en", "file.count", count=1))
        link = await asks_for_the_link(desk, "en", 0)
        door = await desk.opens(f"{link}?lang=en")
        await other.opens(f"{link}?lang=en")
        taps = (taps_the_door_again(desk, door, "en") for _ in range(2))
        both = await asyncio.gather(*taps)
        assert not any(over in text for text in both)
        assert over not in await taps_the_door_again(desk, door, "en")
        assert over in await taps_the_door_again(other, door, "en")
        demo.passes(minutes=1)
        assert over in await taps_the_door_again(desk, door, "en")
        await desk.opens("/demo/desk?lang=en")
        await desk.presses_button(text=said("en", "desk.details"))
        opened = [f for f in desk.page.text.split(said("en", "fact.file_opened"))]
        assert len(opened) == 2  # in the history it stands once


async def goes_through_again(person: Person, path: str, language: str) -> str:
    await goes_through(person, path, language)
    return person.page.text


async def originals(demo: Demo, desk: Person, token: str) -> bytes:
    """Downloads, and looks at what a browser is told about it."""
    session: ClientSession = desk._session
    url = URL(f"{demo.base}/see/original")
    async with session.post(url, data={"token": token, "lang": "en"}) as answer:
        assert answer.headers["Content-Type"] == "application/octet-stream"
        assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "no-store"
        return await answer.read()


async def test_sound_and_pdf_are_never_shown_only_handed_over(demo: Demo) -> None:
    async with Person(demo.base, "en") as employee, Person(demo.base, "en") as desk:
        await reports(demo, employee)
        await adds(employee, "en", pdf(b"<script>alert(1)</script>"))
        await sees(demo, desk, "/demo/desk?lang=en", said("en", "file.count", count=1))
        page = await goes_through(desk, await asks_for_the_link(desk, "en", 0), "en")
        assert said("en", "file.see.no_copy") in desk.page.text
        assert "<img" not in page and "alert(1)" not in page
        name = said("en", "file.name.pdf", number=1)
        assert name in desk.page.text


async def test_what_is_taken_back_takes_nothing_more_and_says_so(demo: Demo) -> None:
    async with Person(demo.base, "en") as employee:
        await reports(demo, employee)
        await employee.presses_button(text=said("en", "file.add"))
        fields = employee.page.apart("add")
        await employee.presses_button(text=said("en", "file.page.back"))
        await employee.presses_button(text=said("en", "own.withdraw.yes"))
        employee.page._read.apart["add"] = fields  # the page for files, still open elsewhere
        page = await employee.adds(photo())
        assert said("en", "file.not_now") in page.text


async def test_a_page_that_is_too_old_or_not_ones_own_adds_nothing(demo: Demo) -> None:
    async with Person(demo.base, "en") as employee, Person(demo.base, "en") as other:
        await reports(demo, employee)
        await employee.presses_button(text=said("en", "file.add"))
        other.page._read.apart = dict(employee.page._read.apart)
        page = await other.adds(photo())
        # Nobody gave a link here: whoever holds the receipt goes on with that.
        assert said("en", "receipt.again") in page.text
        async with demo.service.work.storage.read() as tx:
            assert await tx.files.count() == 0
