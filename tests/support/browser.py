"""A real browser for tests and screenshots: headless, and speaking to this machine only."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, BrowserContext, async_playwright

from tests.support import chromium

PHONE = {"width": 360, "height": 740}
SMALL_PHONE = {"width": 320, "height": 640}
DESKTOP = {"width": 1440, "height": 1140}

# Without these Chromium talks to its maker's servers at every start.
QUIET = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    "--no-sandbox",
]


@asynccontextmanager
async def a_browser() -> AsyncIterator[Browser]:
    """A browser; found as `tests.support.chromium` says."""
    path = chromium.find()
    assert path is not None, chromium.NO_CHROMIUM
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=QUIET)
        try:
            yield browser
        finally:
            await browser.close()


async def a_phone(browser: Browser, language: str, *, small: bool = False) -> BrowserContext:
    """A phone-sized window of somebody who reads `language`."""
    return await browser.new_context(
        viewport=SMALL_PHONE if small else PHONE,  # type: ignore[arg-type]
        device_scale_factor=2,
        locale="ja-JP" if language.startswith("ja") else "en-GB",
        reduced_motion="reduce",
        has_touch=True,
    )
