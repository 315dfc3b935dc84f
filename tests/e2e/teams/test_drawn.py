"""Every card drawn by Microsoft's own renderer: nothing wider than a phone, nothing that acts.

The renderer is the one that Teams' clients are built on; Teams' own settings of it are not
published, so ours stand in. It is installed from npm when it is needed, and kept nowhere.
"""

import shutil
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, async_playwright

from adapters.teams.cards import first_card, later_card
from adapters.teams.render import Dialogs
from adapters.teams.screens import AskView, Kept, PageView, ReceiptView
from adapters.teams.words import Words
from flows.checklist import talk
from flows.help_now import help_now
from flows.phrases import Verbatim, say
from flows.policy_page import policy_page
from flows.screens import Fact, Facts, Paragraph, Said
from tests.adapters.teams.drawn import scene, screens
from tests.adapters.teams.play import CATALOGUE
from tests.adapters.teams.test_cards import Played, Seen, channel_cards, much_happens, own_pages
from tests.adapters.teams.test_screens import PAYLOADS, TOKEN
from tests.e2e.teams.needs import needed
from tests.support.chromium import find
from tests.support.world import START, a_world

HERE = Path(__file__).parent
KEPT = Path(".artefacts/renderer").absolute()
PACKAGES = ("adaptivecards@3.0.6", "markdown-it@14")
WIDTHS, THEMES, LANGUAGES = (320, 360, 440), ("light", "dark"), ("ja", "ja_simple", "en")
DIALOGS = Dialogs(CATALOGUE)
COMPANY = Path(__file__).parents[2] / "adapters/teams/company.yaml"


def scripts() -> list[Path] | None:
    """The renderer's files, installed if need be; None without Node."""
    if shutil.which("npm") is None:
        return None
    found = [
        KEPT / "node_modules/markdown-it/dist/markdown-it.js",
        KEPT / "node_modules/adaptivecards/dist/adaptivecards.min.js",
        HERE / "draw.js",
    ]
    if not all(path.exists() for path in found):
        KEPT.mkdir(parents=True, exist_ok=True)
        command = ["npm", "install", "--silent", "--no-fund", "--no-audit", *PACKAGES]
        subprocess.run(command, cwd=KEPT, check=True, timeout=300)
    return found


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    files, chromium = needed(scripts()), needed(find())
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        made = await browser.new_page(viewport={"width": 480, "height": 900})
        await made.set_content("<body><div id='root'></div></body>")
        for path in files:
            await made.add_script_tag(path=path)
        yield made
        await browser.close()


async def drawn(page: Page, content: dict[str, Any], name: str = "") -> str:
    """The card in every width and theme; gives what stands on it."""
    text = ""
    for width in WIDTHS:
        for theme in THEMES:
            made = await page.evaluate("([c, t, w]) => drawCard(c, t, w)", [content, theme, width])
            assert not made["problems"], (width, theme, made["problems"][:3])
            text = made["text"]
            if name and (width, theme) in ((320, "light"), (360, "dark")):
                at = KEPT / f"{name}-{width}-{theme}.png"
                await page.locator("#root").screenshot(path=at)
    return str(text)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_screen_of_a_conversation_fits_a_phone(page: Page, language: str) -> None:
    seen = 0
    for flow in (talk, help_now):
        for here, before in screens(flow, 3):
            view = AskView(here.ask, Kept(language, TOKEN), before, say("acts.missing"))
            name = f"{here.ask.step}-{language}" if seen < 14 else ""
            text = await drawn(page, DIALOGS.ask(view, START).content, name)
            assert CATALOGUE.text(here.ask.title, language, START) in text
            seen += 1
    assert seen >= 10


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_other_page_fits_a_phone(page: Page, language: str) -> None:
    kept = Kept(language)
    elements = policy_page(scene(1).policy)
    await drawn(
        page,
        DIALOGS.page(PageView(say("policy.page.title"), elements, kept, "policy"), START).content,
    )
    await drawn(page, DIALOGS.receipt(ReceiptView(kept, say("receipt.not_found")), START).content)
    words = Words(CATALOGUE, language, START)
    first = next(here for here, _ in screens(talk, 3))
    await drawn(page, first_card(words, first.ask), f"chat-{language}")
    await drawn(page, later_card(words, TOKEN))


@pytest.mark.parametrize("language", ["ja", "en"])
async def test_what_a_case_becomes_fits_a_phone(page: Page, tmp_path: Path, language: str) -> None:
    world = a_world(tmp_path, company=COMPANY)
    played = Played(world, Seen())
    cases = await much_happens(played)
    made = [*channel_cards(played, language), *await own_pages(played, cases, language)]
    await world.service.work.storage.close()
    assert len(made) > 15
    for number, content in enumerate(made):
        await drawn(page, content, f"case{number}-{language}" if number % 4 == 0 else "")


@pytest.mark.parametrize("payload", [one for one in PAYLOADS if len(one) < 1000 and one.strip()])
async def test_nothing_that_a_person_wrote_acts_when_it_is_drawn(page: Page, payload: str) -> None:
    name = Verbatim(text=payload)
    elements = (
        Paragraph(text=say("care.who.typed", name=name)),
        Facts(items=(Fact(label=say("care.who"), value=name),)),
        Said(who=say("talk.own.desk"), when=None, text=name),
    )
    view = PageView(say("details.title", id=name), elements, Kept("en"))
    text = await drawn(page, DIALOGS.page(view, START).content)
    readable = [line for line in payload.split("\n") if line.isprintable()]
    assert all(line in text.replace("\N{WORD JOINER}", "") for line in readable)
