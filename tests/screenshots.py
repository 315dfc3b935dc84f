"""Draws every employee screen at 360 px in each language, and the demo for the README.

make screenshots                 all of it, to .artefacts/screens
make screenshots ARGS=--readme   also the README's picture, docs/demo.png
"""

import asyncio
import shutil
import sys
import tempfile
from pathlib import Path

from playwright.async_api import Browser, BrowserContext, Page

from tests.support.browser import DESKTOP, a_browser, a_phone
from tests.support.demo import Demo, a_demo
from tests.support.pictures import photo

OUT = Path(".artefacts/screens")
LANGUAGES = ("ja", "ja_simple", "en")


class Camera:
    """Takes pictures of one person's pages, numbered in the order they were seen."""

    def __init__(self, page: Page, folder: Path) -> None:
        self.page = page
        self._folder = folder
        self._number = 0
        folder.mkdir(parents=True, exist_ok=True)

    async def shoots(self, name: str) -> None:
        """One picture of the whole page, however long it is."""
        self._number += 1
        path = self._folder / f"{self._number:02d}-{name}.png"
        await self.page.wait_for_load_state("load")
        height = await self.page.evaluate(
            "() => { const s = document.querySelector('#scroll');"
            " return s ? s.scrollHeight + window.innerHeight - s.clientHeight : 0; }"
        )
        size = self.page.viewport_size
        assert size is not None
        await self.page.set_viewport_size({"width": size["width"], "height": max(height, 740)})
        await self.page.screenshot(path=path, full_page=True)
        await self.page.set_viewport_size(size)

    async def presses(self, value: str) -> None:
        """Presses the button of this value and waits for the next screen."""
        before = await self.page.locator("h1").inner_text()
        await self.page.locator(f'button[value="{value}"]').last.click()
        await self.page.wait_for_function(
            "before => document.querySelector('h1')?.innerText !== before", arg=before
        )

    async def ticks(self, group: str, code: str) -> None:
        """Ticks one option."""
        await self.page.locator(f'label:has(input[name="g.{group}"][value="{code}"])').click()


async def the_story(demo: Demo, context: BrowserContext, language: str, folder: Path) -> None:
    """Every screen from the first card to the page after sending."""
    camera = Camera(await context.new_page(), folder)
    await camera.page.goto(f"{demo.base}{demo.link('shinjuku')}?lang={language}")
    await camera.shoots("first")
    await camera.presses("check")
    await camera.shoots("safe")
    await camera.presses("o")
    await camera.ticks("acts", "j")
    await camera.shoots("acts")
    await camera.presses("next")
    await camera.ticks("effects", "f")
    await camera.shoots("effects")
    await camera.presses("next")
    await camera.shoots("demand")
    await camera.presses("m")
    await camera.shoots("length")
    await camera.presses("a")
    await camera.shoots("after-stop")
    await camera.presses("w")
    await camera.shoots("result-strong")
    await camera.presses("send")
    await camera.ticks("site_may_know", "y")
    await camera.shoots("who")
    await camera.presses("next")
    await camera.ticks("leaving", "now")
    await camera.page.locator("textarea").fill("30分ほど、どなられました。")
    await camera.shoots("review")
    await camera.presses("send")
    await asyncio.sleep(0.8)
    await camera.shoots("sent")
    await the_files(demo, camera, language)


async def the_files(demo: Demo, camera: Camera, language: str) -> None:
    """Where files are added, what became of each, and what the desk sees of one."""
    await camera.page.locator('button[value^="add_files."]').click()
    await camera.page.locator("#file").wait_for()
    await camera.shoots("add-files")
    sent = [
        {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": photo(900)},
        {"name": "b.exe", "mimeType": "image/jpeg", "buffer": b"MZ"},
    ]
    await camera.page.locator("#file").set_input_files(sent)  # type: ignore[arg-type]
    await camera.shoots("files-chosen")
    await camera.page.locator('button[form="add"]').click()
    await camera.page.locator("#notice").wait_for()
    await camera.shoots("files-added")
    await camera.page.locator("main button:not([form])").click()
    await camera.page.locator("#live").wait_for()
    await camera.shoots("sent-with-files")
    await camera.page.goto(f"{demo.base}/demo/desk?lang={language}&as=sato")
    await camera.page.locator('button[value^="details."]').first.click()
    await camera.page.locator('[id^="opens-"]').first.click()
    await camera.page.locator('a[href^="/see/"]').click()
    await camera.shoots("link")
    await camera.page.locator("main button").click()
    await camera.page.locator("img.evidence").wait_for()
    await camera.shoots("desk-sees-photo")


async def other_screens(demo: Demo, context: BrowserContext, language: str, folder: Path) -> None:
    """The other results, help, the policy, coming back, and what stands when things go wrong."""
    camera = Camera(await context.new_page(), folder)
    first = f"{demo.base}{demo.link('yotsuya')}?lang={language}"
    for name, acts, effect in (("severe", ["a"], None), ("unclear", ["k"], "n")):
        await camera.page.goto(first)
        await camera.presses("check")
        await camera.presses("v")
        for act in acts:
            await camera.ticks("acts", act)
        await camera.presses("next")
        if effect:
            await camera.ticks("effects", effect)
            await camera.presses("next")
        for _ in range(3):
            step = await camera.page.locator("body").get_attribute("data-step")
            if step == "result":
                break
            last = {"demand": "m", "length": "s", "after_stop": "s"}[step or ""]
            await camera.presses(last)
        await camera.shoots(f"result-{name}")
    await camera.presses("end")
    await camera.shoots("ended")
    await camera.page.goto(first)
    await camera.presses("help")
    await asyncio.sleep(0.8)
    await camera.shoots("help")
    demo.passes(minutes=4)
    await asyncio.sleep(0.8)
    await camera.shoots("help-next-rung")
    for minutes in (4, 6):
        demo.passes(minutes=minutes)
        await asyncio.sleep(0.8)
    await asyncio.sleep(0.8)
    await camera.shoots("help-nobody")
    for name, path in (
        ("site", "/start"),
        ("policy", "/policy"),
        ("come-back", "/case/open"),
        ("memo", "/memo"),
        ("not-found", "/nowhere"),
    ):
        await camera.page.goto(f"{demo.base}{path}?lang={language}")
        if name == "site":
            await camera.presses("help")
        await camera.shoots(name)


async def the_demo(demo: Demo, browser: Browser, language: str, path: Path) -> None:
    """The demo's page in the middle of a story."""
    context = await browser.new_context(viewport=DESKTOP)  # type: ignore[arg-type]
    page = await context.new_page()
    await page.goto(f"{demo.base}/?lang={language}")
    phone = page.frame_locator("iframe").first
    await phone.locator('button[value="check"]').click()
    await phone.locator('button[value="o"]').click()
    await phone.locator('label:has(input[value="c"])').click()
    await phone.locator('button[value="next"]').last.click()
    await phone.locator('label:has(input[value="f"])').click()
    await phone.locator('button[value="next"]').last.click()
    await phone.locator('button[value="r"]').click()
    await phone.locator('button[value="send"]').last.click()
    await phone.locator('label:has(input[name="g.site_may_know"][value="y"])').click()
    await phone.locator('button[value="next"]').last.click()
    await phone.locator('label:has(input[name="g.leaving"][value="now"])').click()
    await phone.locator('button[value="send"]').last.click()
    await asyncio.sleep(1.5)
    await page.screenshot(path=path)
    await context.close()


async def main() -> None:
    """Draws everything."""
    async with a_browser() as browser:
        for language in LANGUAGES:
            with tempfile.TemporaryDirectory() as folder:
                async with a_demo(Path(folder)) as demo:
                    context = await a_phone(browser, language)
                    await the_story(demo, context, language, OUT / language)
                    await other_screens(demo, context, language, OUT / language / "more")
                    await context.close()
            with tempfile.TemporaryDirectory() as folder:
                async with a_demo(Path(folder)) as demo:
                    shown = OUT / language / "demo.png"
                    await the_demo(demo, browser, language, shown)
    if "--readme" in sys.argv:
        shutil.copyfile(OUT / "en" / "demo.png", "docs/demo.png")
    print(f"drawn to {OUT}")


if __name__ == "__main__":
    asyncio.run(main())
