"""The main job as people see it: a real browser, scripts on, pages that change by themselves."""

from collections.abc import AsyncIterator
from functools import reduce
from zoneinfo import ZoneInfo

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, BrowserContext, Locator, Page, expect

from tests.stories.test_main_job import STORE, asked, said
from tests.support.browser import a_phone
from tests.support.demo import Demo
from tests.support.pictures import photo

LANGUAGES = ("ja", "en")
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


class Eyes:
    """One person's window. Anything the browser complains about fails the test."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.taps = 0
        self.complaints: list[str] = []
        page.on("console", self._hears)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", self._asks)

    def _hears(self, message: object) -> None:
        if getattr(message, "type", "") in ("error", "warning"):
            self.complaints.append(getattr(message, "text", ""))

    def _asks(self, request: object) -> None:
        url = getattr(request, "url", "")
        if not url.startswith(("http://127.0.0.1", "data:", "blob:")):
            self.complaints.append(f"asked {url}")

    async def taps_button(self, value: str) -> None:
        """Taps a button by its value and waits until another screen stands there."""
        before = await self.page.locator("h1").inner_text()
        await self.page.locator(f'button[value="{value}"]').last.click()
        self.taps += 1
        await self.page.wait_for_function(
            "before => document.querySelector('h1')?.innerText !== before", arg=before
        )

    async def taps_text(self, words: str) -> None:
        await self.page.get_by_role("button", name=words).first.click()
        self.taps += 1

    async def ticks(self, group: str, code: str) -> None:
        await self.page.locator(f'label:has(input[name="g.{group}"][value="{code}"])').click()
        self.taps += 1

    async def sees(self, words: str) -> None:
        """Waits until these words stand on the page, without touching it."""
        await expect(self.page.locator("body")).to_contain_text(words, timeout=15_000)


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def phone(browser: Browser, language: str) -> AsyncIterator[BrowserContext]:
    context = await a_phone(browser, language)
    yield context
    await context.close()


@pytest.fixture
async def employee(demo: Demo, browser: Browser) -> AsyncIterator[Eyes]:
    """Somebody at a store, who reads English on their phone."""
    context = await a_phone(browser, "en")
    yield await opens(context, f"{demo.base}{demo.link('shinjuku')}?lang=en")
    await context.close()


async def chooses(eyes: Eyes, *files: bytes) -> None:
    """Chooses files, as from the phone's album."""
    await eyes.page.locator("#file").set_input_files(
        [{"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": file} for file in files]
    )


async def opens(context: BrowserContext, url: str) -> Eyes:
    eyes = Eyes(await context.new_page())
    await eyes.page.goto(url)
    return eyes


async def test_the_story_plays_on_three_screens_that_change_by_themselves(
    demo: Demo, browser: Browser, phone: BrowserContext, language: str
) -> None:
    office = await browser.new_context()
    employee = await opens(phone, f"{demo.base}{demo.link('shinjuku')}?lang={language}")
    desk = await opens(office, f"{demo.base}/demo/desk?lang={language}&as=sato")
    site = await opens(office, f"{demo.base}/demo/site/shinjuku?lang={language}&as=tanaka")

    # The employee answers, at most nine taps, and files without a name.
    await employee.taps_button("check")
    await employee.taps_button("o")
    await employee.ticks("acts", "j")
    await employee.taps_button("next")
    await employee.ticks("effects", "f")
    await employee.taps_button("next")
    await employee.taps_button("m")
    await employee.taps_button("a")
    await employee.taps_button("w")
    await employee.sees(said(language, "result.strong.title"))
    assert employee.taps == 9
    # What to say now and the way on stand on the first screenful.
    for found in (
        employee.page.get_by_text(said(language, "policy.label.say")).first,
        employee.page.locator('button[value="send"]').last,
    ):
        await expect(found).to_be_in_viewport(ratio=1)
    await employee.taps_button("send")
    await employee.ticks("site_may_know", "y")
    await employee.taps_button("next")
    await employee.ticks("leaving", "now")
    await employee.page.locator("textarea").fill("NAMAE <img src=x onerror=alert(1)>")
    await employee.taps_button("send")

    # The desk sees the card, without a word of it, and takes it; the phone shows both.
    await desk.sees(said(language, "desk.take"))
    assert "NAMAE" not in await desk.page.content()
    await desk.taps_text(said(language, "desk.take"))
    await employee.sees(said(language, "step.taken"))
    await employee.sees(said(language, "step.delivered"))

    # The manager is on the way; then the clock moves, and the area manager is asked and comes.
    await site.sees(said(language, "answer.coming", minutes=2))
    await site.taps_text(said(language, "answer.coming", minutes=2))
    await employee.sees(said(language, "role.manager"))
    demo.passes(minutes=3)
    await employee.sees(said(language, "role.area"))
    area = await opens(office, f"{demo.base}/demo/site/shinjuku?lang={language}&as=takahashi")
    await area.taps_text(said(language, "answer.coming", minutes=5))
    await area.sees(said(language, "second.title.full", taken=2, needed=2))
    await site.sees(said(language, "second.title.full", taken=2, needed=2))
    for eyes in (employee, desk, site, area):
        assert eyes.complaints == []
    await office.close()


async def test_danger_is_two_taps_from_the_first_card_and_help_is_one(
    demo: Demo, phone: BrowserContext, language: str
) -> None:
    first = f"{demo.base}{demo.link('yotsuya')}?lang={language}"
    employee = await opens(phone, first)
    await employee.taps_button("check")
    await employee.taps_button("d")
    await employee.sees(said(language, "help.title"))
    assert employee.taps == 2
    # The call's own progress arrives by itself.
    await employee.sees(said(language, "role.manager"))
    again = await opens(phone, first)
    await again.taps_button("help")
    assert again.taps == 1
    await again.sees(said(language, "help.title"))
    assert employee.complaints == again.complaints == []


async def test_a_page_loaded_again_speaks_the_language_that_was_chosen(
    demo: Demo, phone: BrowserContext, language: str
) -> None:
    chosen = "en" if language == "ja" else "ja"
    eyes = await opens(phone, f"{demo.base}{demo.link('shinjuku')}?lang={language}")
    await eyes.page.locator(f'button[value="{chosen}"]').click()
    page = eyes.page.locator("html")
    await expect(page).to_have_attribute("lang", chosen)
    await eyes.page.reload()
    await expect(page).to_have_attribute("lang", chosen)


async def test_a_severe_act_is_four_taps_to_the_result(
    demo: Demo, phone: BrowserContext, language: str
) -> None:
    employee = await opens(phone, f"{demo.base}{demo.link('yotsuya')}?lang={language}")
    await employee.taps_button("check")
    await employee.taps_button("v")
    await employee.ticks("acts", "a")
    await employee.taps_button("next")
    assert employee.taps == 4
    await employee.sees(said(language, "result.strong.title"))


async def test_the_browsers_back_button_is_back_and_no_words_are_lost_offline(
    demo: Demo, phone: BrowserContext, language: str
) -> None:
    employee = await opens(phone, f"{demo.base}{demo.link('shinjuku')}?lang={language}")
    await employee.taps_button("check")
    await employee.taps_button("v")
    await employee.page.go_back()
    await employee.sees(said(language, "safe.title"))
    await employee.taps_button("v")
    await employee.ticks("acts", "a")
    await employee.taps_button("next")
    await employee.taps_button("send")
    await employee.taps_button("next")
    await employee.page.locator("textarea").fill("KEEP THIS")
    await phone.set_offline(True)
    await employee.page.locator('button[value="send"]').last.click()
    await employee.sees(said(language, "web.trouble"))
    assert await employee.page.locator("textarea").input_value() == "KEEP THIS"
    await phone.set_offline(False)
    await employee.taps_button("send")
    await employee.sees(said(language, "web.receipt"))


async def test_a_page_left_open_says_that_it_has_closed_and_keeps_what_was_written(
    demo: Demo, employee: Eyes
) -> None:
    await sends_a_report(employee)
    await employee.page.locator("textarea").fill("not sent yet")
    demo.passes(minutes=25 * 60)
    await employee.sees(said("en", "receipt.again"))
    kept = employee.page.locator('[name="t.words"]')
    assert await kept.input_value() == "not sent yet"
    assert employee.complaints == []


async def test_a_press_in_the_details_loses_nothing_that_is_being_written_there(
    demo: Demo, employee: Eyes
) -> None:
    await sends_a_report(employee)
    desk = await opens(employee.page.context, f"{demo.base}/demo/desk?lang=en&as=sato")
    await desk.taps_text(said("en", "desk.details"))
    fields = desk.page.locator("textarea")
    await fields.first.fill("half a reply")
    count = await fields.count()
    await fields.last.fill("half a measure")
    await desk.taps_text(said("en", "response.warn"))
    await desk.sees(said("en", "web.channel.only_you"))
    assert [await fields.nth(n).input_value() for n in (0, count - 1)] == [
        "half a reply",
        "half a measure",
    ]


async def test_while_it_goes_on_110_is_the_first_that_is_seen_above_the_receipt(
    demo: Demo, browser: Browser
) -> None:
    context = await a_low_window(browser, 360, 640, 16)
    employee = await opens(context, f"{demo.base}{demo.link('shinjuku')}?lang=en")
    await sends_a_report(employee, "o")
    police = employee.page.locator('#live [href="tel:110"]')
    await expect(police).to_be_in_viewport(ratio=1)
    await expect(employee.page.locator(".keep .code")).to_be_in_viewport(ratio=1)
    down = await classes_down_the_page(police, employee.page.locator(".keep"))
    assert [each == "keep" for each in down] == [False, True]
    await context.close()


async def test_who_listens_stands_with_its_sentence_above_the_receipt(employee: Eyes) -> None:
    await sends_a_report(employee, at_site=True)
    await employee.page.locator('button[value^="care_not_yet."]').click()
    await employee.sees(said("en", "sent.talk_now"))
    words = employee.page.locator("#live").get_by_text(said("en", "sent.talk_now"), exact=True)
    lines = employee.page.locator("#live .call")
    await expect(lines).not_to_have_count(0)
    first, *between, last = await classes_down_the_page(
        words, lines, employee.page.locator(".keep")
    )
    assert first != "call" and set(between) == {"call"} and last == "keep"


async def test_a_report_that_is_come_back_to_from_a_call_is_read_from_its_top(
    employee: Eyes,
) -> None:
    await sends_a_report(employee)
    await employee.page.locator("textarea").fill("not sent yet")
    await employee.taps_button("help")
    await employee.taps_text(said("en", "file.page.back"))  # it stands at the call's foot
    await employee.sees(said("en", "web.receipt"))
    await expect(employee.page.locator("h1")).to_be_in_viewport(ratio=1)
    assert await employee.page.locator("textarea").input_value() == "not sent yet"


async def test_a_report_is_taken_back_by_the_yes_of_a_question_that_a_tap_unfolds(
    demo: Demo, employee: Eyes
) -> None:
    await sends_a_report(employee)
    page, question = employee.page, employee.page.get_by_text(said("en", "own.withdraw.question"))
    summary = page.locator(".confirm > summary")
    yes = page.get_by_role("button", name=said("en", "own.withdraw.yes"))
    await expect(question).to_be_hidden()
    await summary.click()
    await expect(question).to_be_in_viewport()
    await expect(yes).to_be_in_viewport()
    # Meanwhile the desk takes the case: whoever is asked goes on reading.
    desk = await opens(page.context, f"{demo.base}/demo/desk?lang=en&as=sato")
    await desk.taps_text(said("en", "desk.take"))
    await employee.sees(said("en", "step.taken"))
    await expect(question).to_be_visible()
    await employee.taps_text(said("en", "own.withdraw.back"))
    await expect(question).to_be_hidden()
    await expect(page.locator("h1")).not_to_have_text(said("en", "own.withdrawn.title"))
    await summary.click()
    await yes.click()
    await expect(page.locator("h1")).to_have_text(said("en", "own.withdrawn.title"))
    assert employee.complaints == []


async def test_the_key_at_the_foot_has_one_height_from_screen_to_screen(employee: Eyes) -> None:
    heights = set()
    for value in ("", "check", "o", "help"):
        if value:
            await employee.taps_button(value)
        box = await employee.page.locator(".keys .key").last.bounding_box()
        heights.add(box and round(box["height"]))
    assert len(heights) == 1, heights


_LINE = """() => {
    const line = document.querySelector(".timeline li");
    const [when, said] = [".when", ".said"].map((part) => line.querySelector(part));
    const [first, second] = [when, said].map((each) => each.getBoundingClientRect());
    return first.width > 0 && %s;
}"""
_BESIDE = _LINE % "second.x > first.right"
"""Whether what happened stands beside when it did."""
_BELOW = _LINE % "second.x === first.x && second.y > first.y"
"""Whether it stands below."""


async def test_what_happened_on_another_day_has_the_whole_width_of_a_phone(
    demo: Demo, browser: Browser
) -> None:
    context = await a_phone(browser, "ja")
    employee = await opens(context, f"{demo.base}{demo.link('shinjuku')}?lang=ja")
    await employee.taps_button("help")
    line = employee.page.locator(".timeline li").first
    when = line.locator(".when")
    await expect(when).not_to_be_empty()  # it was sent
    today = await when.inner_text()
    await employee.page.wait_for_function(_BESIDE)
    local = demo.clock.now().astimezone(ZoneInfo("Asia/Tokyo"))
    demo.passes(minutes=24 * 60 - local.hour * 60 - local.minute)  # it is tomorrow
    await expect(when).not_to_have_text(today)  # its date is there
    # In one look, and again until it is so: the page may be drawn anew between two.
    await employee.page.wait_for_function(_BELOW)
    await context.close()


async def sends_a_report(employee: Eyes, safety: str = "v", *, at_site: bool = False) -> None:
    """Without a name, and at once. `at_site`: the site may know that care is needed."""
    await employee.taps_button("check")
    await employee.taps_button(safety)
    await employee.ticks("acts", "a")
    for button in ("next", "send"):
        await employee.taps_button(button)
    if at_site:
        await employee.ticks("site_may_know", "y")
    await employee.taps_button("next")
    await employee.ticks("leaving", "now")
    await employee.taps_button("send")
    await employee.sees(said("en", "web.receipt"))


_DOWN = """all => all
    .map((each) => [each.getBoundingClientRect(), each.className])
    .filter(([place]) => place.width > 0)
    .sort(([one], [other]) => one.top - other.top)
    .map(([, name]) => name)"""


async def classes_down_the_page(*places: Locator) -> list[str]:
    """The classes of what is found and shown, from the top of the page down.

    In one look: the page may be drawn anew between two.
    """
    return list(await reduce(Locator.or_, places).evaluate_all(_DOWN))


async def taps_twice(eyes: Eyes, value: str) -> None:
    """Two hurried taps at one place, the second as soon as the next screen stands there."""
    page = eyes.page
    box = await page.locator(f'button[value="{value}"]:visible').last.bounding_box()
    assert box is not None
    place = box["x"] + box["width"] / 2, box["y"] + box["height"] / 4
    before = await page.locator("h1").inner_text()
    await page.wait_for_timeout(700)  # no screen makes anybody wait longer than that
    await page.touchscreen.tap(*place)
    await page.wait_for_function(
        "was => document.querySelector('h1').innerText !== was", arg=before
    )
    await page.wait_for_timeout(150)
    await page.touchscreen.tap(*place)
    await page.wait_for_timeout(700)


async def test_the_second_of_two_hurried_taps_answers_nothing_on_the_next_screen(
    employee: Eyes,
) -> None:
    await employee.page.evaluate(
        "addEventListener('click', (e) => { window.dialled ||= !!e.target.closest('[href]'); })"
    )
    await taps_twice(employee, "check")
    await employee.sees(said("en", "safe.title"))
    await taps_twice(employee, "v")
    await employee.sees(said("en", "acts.title"))
    assert await employee.page.locator(":checked").count() == 0
    await taps_twice(employee, "help")
    await employee.sees(said("en", "help.title"))
    assert not await employee.page.evaluate("window.dialled")


async def test_a_photo_reaches_the_desk_from_a_phone_without_scripts(
    demo: Demo, browser: Browser
) -> None:
    context = await browser.new_context(java_script_enabled=False, locale="en-US")
    employee = await opens(context, f"{demo.base}{demo.link('shinjuku')}?lang=en")

    async def taps(value: str) -> None:
        await employee.page.locator(f'button[value="{value}"]:visible').last.click()

    await taps("check")
    await taps("v")
    await employee.page.locator('label:has(input[value="a"])').click()
    await taps("next")
    await taps("send")
    await taps("next")
    await employee.page.locator('label:has(input[name="g.leaving"][value="now"])').click()
    await taps("send")
    await employee.sees(said("en", "web.receipt"))
    await employee.taps_text(said("en", "file.add"))
    await chooses(employee, photo(300))
    await employee.taps_text(said("en", "file.page.send"))
    await employee.sees(said("en", "file.added.picture"))
    desk = await opens(context, f"{demo.base}/demo/desk?lang=en&as=sato")
    await desk.taps_text(said("en", "desk.details"))
    await desk.page.locator('[id^="opens-"]').first.click()
    await desk.page.get_by_role("link", name=said("en", "file.link.see")).click()
    await desk.taps_text(said("en", "file.door.go"))
    drawn = desk.page.locator("img.evidence")
    await expect(drawn).to_be_visible()
    assert await drawn.get_attribute("src", timeout=1_000)
    async with desk.page.expect_download() as download:
        await desk.taps_text(said("en", "file.see.download"))
    path = await (await download.value).path()
    assert path.read_bytes() == photo(300)
    await context.close()


async def test_each_file_is_named_beside_what_became_of_it_and_a_heic_is_pointed_at_before(
    demo: Demo, phone: BrowserContext, language: str
) -> None:
    employee = await opens(phone, f"{demo.base}{demo.link('shinjuku')}?lang={language}")
    for value in ("check", "v"):
        await employee.taps_button(value)
    await employee.ticks("acts", "a")
    for value in ("next", "send", "next", "send"):
        await employee.taps_button(value)
    await employee.taps_text(said(language, "file.add"))
    field = employee.page.locator("#file")
    heic = {"name": "IMG_7.HEIC", "mimeType": "", "buffer": b"\0\0\0\x18ftypheic" + bytes(90)}
    await field.set_input_files([heic, {**heic, "name": "a.exe", "buffer": b"MZ"}])
    await expect(employee.page.locator("#heic")).to_have_class("said problem")
    await employee.taps_text(said(language, "file.page.send"))
    kept = employee.page.locator(".kept")
    await expect(kept).to_have_text(f"IMG_7.HEIC{said(language, 'file.added.heic')}")
    refused = employee.page.locator(".refused")
    await expect(refused).to_have_text(f"a.exe{said(language, 'file.wrong_type')}")
    assert not employee.complaints


async def a_low_window(browser: Browser, width: int, height: int, letters: int) -> BrowserContext:
    """A phone on its side, or one whose reader set the letters to that many pixels."""
    context = await browser.new_context(
        viewport={"width": width, "height": height},
        locale="en-GB",
        reduced_motion="reduce",
        has_touch=True,
    )

    async def enlarges(page: Page) -> None:
        session = await context.new_cdp_session(page)
        sizes = {"standard": letters, "fixed": letters}
        await session.send("Page.setFontSizes", {"fontSizes": sizes})

    context.on("page", enlarges)
    return context


@pytest.mark.parametrize(
    ("width", "height", "letters"), [(844, 390, 16), (320, 568, 32), (390, 844, 32)]
)
async def test_on_a_low_window_a_new_screen_starts_at_its_top_and_help_stays_in_sight(
    demo: Demo, browser: Browser, width: int, height: int, letters: int
) -> None:
    context = await a_low_window(browser, width, height, letters)
    employee = await opens(context, f"{demo.base}{demo.link('shinjuku')}?lang=en")

    async def looks() -> None:
        await expect(employee.page.locator(".top")).to_be_in_viewport(ratio=1)
        await expect(employee.page.locator(".keys .key").last).to_be_in_viewport(ratio=1)
        assert await parted_words(employee.page) == []

    await looks()
    for value in ("check", "o"):
        await employee.taps_button(value)
        await looks()
    await employee.ticks("acts", "a")
    await employee.taps_button("next")
    await looks()
    await employee.taps_button("help")
    await looks()
    await expect(employee.page.locator('.keys [href="tel:110"]')).to_be_in_viewport(ratio=1)
    await context.close()


async def parted_words(page: Page) -> list[str]:
    """The words and numbers of the keys that do not stand on one line."""
    found: list[str] = await page.evaluate(
        """() => [...document.querySelectorAll(".keys .key, .keys b")].flatMap((key) => {
          const node = document.createTreeWalker(key, NodeFilter.SHOW_TEXT);
          const parted = [];
          while (node.nextNode())
            for (const word of node.currentNode.data.matchAll(/[A-Za-z0-9]+/g)) {
              const range = document.createRange();
              range.setStart(node.currentNode, word.index);
              range.setEnd(node.currentNode, word.index + word[0].length);
              if (range.getClientRects().length > 1) parted.push(word[0]);
            }
          return parted;
        })"""
    )
    return found


async def faults_of(page: Page) -> dict[str, str]:
    """What axe complains of, by the page's colours: in the dark nothing changes but these."""
    found = {}
    for colours, looked_for in (
        ("light", {"type": "tag", "values": WCAG}),
        ("dark", {"type": "rule", "values": ["color-contrast"]}),
    ):
        await page.emulate_media(color_scheme=colours)
        result = await Axe().run(page, options={"runOnly": looked_for})
        if result.violations_count:
            found[colours] = result.generate_report()
    return found


async def test_no_employee_page_has_an_accessibility_fault(
    demo: Demo, browser: Browser, language: str
) -> None:
    context = await a_phone(browser, language, small=True)
    employee = await opens(context, f"{demo.base}{demo.link('yotsuya')}?lang={language}")
    faults: dict[str, str] = {}

    async def looks(name: str) -> None:
        for colours, report in (await faults_of(employee.page)).items():
            faults[f"{name} {colours}"] = report
        overflow = await employee.page.evaluate(
            "() => document.documentElement.scrollWidth > window.innerWidth"
        )
        if overflow:
            faults[f"{name} sideways"] = "the page is wider than a 320 px screen"

    await looks("first")
    await employee.taps_button("check")
    await looks("safe")
    await employee.taps_button("o")
    await looks("acts")
    await employee.ticks("acts", "j")
    await employee.taps_button("next")
    await looks("effects")
    await employee.ticks("effects", "f")
    await employee.taps_button("next")
    await looks("demand")
    await employee.taps_button("m")
    await looks("length")
    await employee.taps_button("a")
    await looks("after stop")
    await employee.taps_button("w")
    await looks("result")
    await employee.taps_button("send")
    await employee.page.locator("details").first.locator("summary").click()
    await looks("who")
    await employee.ticks("visibility", "n")
    await employee.taps_button("next")
    # Sent without the name that this choice needs: the screen says so.
    await employee.page.locator('button[value="send"]').last.click()
    await employee.sees(said(language, "problem.name_missing"))
    await employee.page.locator('details:has([name="t.call"]) summary').click()
    await looks("review with a problem")
    await employee.page.locator('input[name="t.name"]').fill("Hanako")
    await employee.taps_button("send")
    await looks("sent")
    await employee.taps_text(said(language, "file.add"))
    await employee.page.locator("#file").wait_for()
    await looks("add files")
    await chooses(employee, photo(300), b"no photo")
    await employee.taps_text(said(language, "file.page.send"))
    await employee.sees(said(language, "file.added.picture"))
    await looks("files added")
    await employee.taps_text(said(language, "file.page.back"))
    await employee.sees(said(language, "file.yours", count=1))
    await looks("sent with a file")
    for name, path in (
        ("private link", "/add/" + "a" * 32),
        ("site", "/start"),
        ("policy", "/policy"),
        ("receipt", "/case/open"),
        ("memo", "/memo"),
        ("not found", "/nowhere"),
    ):
        await employee.page.goto(f"{demo.base}{path}?lang={language}")
        await looks(name)
    await employee.page.goto(f"{demo.base}/start?lang={language}")
    await employee.taps_button("help")
    await looks("which site")
    await employee.taps_button("yotsuya")
    await looks("help")
    for roles in ((*STORE, "area"), (*STORE, "area", "hq")):
        demo.passes(minutes=4)  # each rung keeps its distance to the one before
        await employee.sees(asked(language, *roles))
    demo.passes(minutes=6)
    await employee.sees(said(language, "help.nobody.numbers"))
    await looks("nobody answered")
    assert faults == {}
    await context.close()
