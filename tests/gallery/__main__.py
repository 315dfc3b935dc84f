"""Draws every screen of Slack at a phone's width, in Japanese and English.

make gallery-slack                to .artefacts/slack/ja and .artefacts/slack/en
make gallery-slack ARGS=--docs    also the pictures of docs/slack.md

Needs Node for the package that draws blocks. The pictures are like Slack's, and not Slack's.
"""

import asyncio
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.async_api import Browser

from tests.gallery.walk import NAMES, Screens, walk
from tests.support.browser import a_browser

PACKAGES = ("slack-blocks-to-jsx@1.1.1", "react@18.3.1", "react-dom@18.3.1")
FOLDER = Path(".artefacts/blocks")
OUT = Path(".artefacts/slack")
DOCS = Path("docs/slack")
DOCS_LANGUAGE = "en"
WIDTH = 390
SHOWN = ("home", "result", "who-sees-it", "desk-card", "help-card")
"""The pictures of docs/slack.md."""


def drawn(screens: Screens) -> dict[str, str]:
    """Each screen as a page of HTML."""
    if not (FOLDER / "node_modules/react-dom").exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        npm = ["npm", "install", "--prefix", str(FOLDER), "--no-audit", "--no-fund", *PACKAGES]
        subprocess.run(npm, check=True, stdout=subprocess.DEVNULL)
    with tempfile.NamedTemporaryFile("w", suffix=".json") as given:
        json.dump(screens, given)
        given.flush()
        script = Path(__file__).with_name("draw.mjs")
        node = ["node", str(script), str(FOLDER.resolve()), given.name]
        told = subprocess.run(node, check=True, stdout=subprocess.PIPE)
    return json.loads(told.stdout)


async def shoot(browser: Browser, pages: dict[str, str], folder: Path) -> None:
    """A picture of each page."""
    context = await browser.new_context(viewport={"width": WIDTH, "height": 200})
    page = await context.new_page()
    for name, html in pages.items():
        await page.set_content(html)
        await page.screenshot(path=folder / f"{name}.png", full_page=True)
    await context.close()


async def main(to_docs: bool) -> None:
    async with a_browser() as browser:
        for language in NAMES:
            with tempfile.TemporaryDirectory() as folder:
                pages = drawn(await walk(Path(folder), language))
            await shoot(browser, pages, OUT / language)
            if to_docs and language == DOCS_LANGUAGE:
                named = {name[3:]: html for name, html in pages.items()}
                await shoot(browser, {name: named[name] for name in SHOWN}, DOCS)
    print(f"pictures: {OUT}")


if __name__ == "__main__":
    asyncio.run(main("--docs" in sys.argv))
