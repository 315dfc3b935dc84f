"""The web pages over HTTP: what strangers, old pages and broken requests get."""

import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import ClientSession, FormData, web

from bot.serving import listen, running
from bot.wiring import build
from flows.phrases import Verbatim
from flows.screens import Card
from tests.stories.test_main_job import (
    answers_the_checklist,
    files_without_a_name,
    looks_again,
    said,
    sees,
)
from tests.support.browser_free import Person
from tests.support.demo import Demo
from tests.support.world import FakeClock, settings


async def rows(demo: Demo) -> int:
    """How many cases there are."""
    async with demo.service.work.storage.read() as tx:
        return len(await tx.cases.public_ids())


async def at_the_review(demo: Demo, employee: Person) -> None:
    await employee.opens(demo.link("shinjuku"))
    await answers_the_checklist(employee)
    await employee.presses_button(value="send")
    await employee.presses_button(value="next")


async def test_outside_the_demo_only_the_employees_pages_exist(tmp_path: Path) -> None:
    service = build(settings(tmp_path), clock=FakeClock())
    paths = {resource.canonical for resource in service.app.router.resources()}
    assert not [path for path in paths if "demo" in path or "desk" in path]
    assert "/start" not in paths
    async with (
        running(service, listen("127.0.0.1", 0)) as port,
        Person(f"http://127.0.0.1:{port}") as any_,
    ):
        for path in ("/demo/desk", "/demo/site/shinjuku", "/demo/live", "/demo/clock"):
            assert (await any_.opens(path)).status == 404
            assert (await any_.posts(path, [("minutes", "3")])).status == 404
        assert (await any_.opens("/")).status == 200
    assert service.messengers == {}


async def test_every_page_forbids_scripts_and_frames_of_others_and_is_kept_nowhere(
    demo: Demo,
) -> None:
    async with ClientSession() as session:
        for path in ("/", "/start", demo.link("yotsuya"), "/policy", "/memo", "/nowhere"):
            async with session.get(demo.base + path) as answer:
                policy = answer.headers["Content-Security-Policy"]
                assert "default-src 'none'" in policy
                assert "unsafe" not in policy
                assert answer.headers["Cache-Control"] == "no-store"
                assert answer.headers["Referrer-Policy"] == "no-referrer"
                assert "Traceback" not in await answer.text()


async def test_the_demo_answers_only_to_names_of_this_machine(demo: Demo) -> None:
    async with (
        ClientSession() as session,
        session.get(f"{demo.base}/demo/desk", headers={"Host": "evil.example"}) as answer,
    ):
        assert answer.status == 421


async def test_a_page_of_somebody_else_cannot_press_anything(demo: Demo) -> None:
    async with ClientSession() as session:
        for headers in (
            {"Origin": "https://evil.example"},
            {"Origin": "null"},
            {"Sec-Fetch-Site": "cross-site"},
        ):
            data = {"site": demo.link("shinjuku")[3:]}
            async with session.post(f"{demo.base}/help", data=data, headers=headers) as answer:
                assert answer.status == 403
    assert await rows(demo) == 0


async def test_a_stale_forged_or_foreign_page_gets_a_friendly_start_again(demo: Demo) -> None:
    async with Person(demo.base, "en") as employee, Person(demo.base, "en") as other:
        await employee.opens(demo.link("shinjuku"))
        token = employee.page.hidden("token")
        for wrong in ("", "x", token[:-1], token[:-5] + "AAAAA", "あ" * 467, "A" * 467):
            page = await employee.posts("/press", [("token", wrong), ("button", "check")])
            assert page.status == 200
            assert said("en", "again.title") in page.text
        await other.opens(demo.link("shinjuku"))
        page = await other.posts("/press", [("token", token), ("button", "check")])
        assert said("en", "again.title") in page.text
        page = await employee.posts("/press", [("token", token), ("button", "no-such")])
        assert said("en", "again.unknown") in page.text
    assert await rows(demo) == 0


async def test_help_works_from_a_page_that_is_too_old_for_anything_else(demo: Demo) -> None:
    async with Person(demo.base, "en") as employee:
        fields = [("token", "rubbish"), ("site", demo.link("shinjuku")[3:]), ("lang", "en")]
        page = await employee.posts("/help", fields)
        assert said("en", "help.title") in page.text
    assert await rows(demo) == 1


async def test_pressing_help_twice_on_one_page_is_one_call(demo: Demo) -> None:
    async with Person(demo.base, "en") as employee:
        await employee.opens(demo.link("shinjuku"))
        fields = [(n, employee.page.hidden(n)) for n in ("token", "site", "lang")]
        await employee.posts("/help", fields)
        await employee.posts("/help", fields)
        assert await rows(demo) == 1
        # And the bar's Help on the page of a running call shows that call.
        fields = [(n, employee.page.hidden(n)) for n in ("pass", "site", "lang")]
        page = await employee.posts("/help", fields)
        assert said("en", "help.title") in page.text
    assert await rows(demo) == 1


async def test_sending_twice_makes_one_case_with_one_receipt(demo: Demo) -> None:
    async with Person(demo.base, "en") as employee:
        await at_the_review(demo, employee)
        review = employee.page
        await employee.presses_button(value="send")
        first = receipt_of(employee.page.body)
        employee.page = review
        await employee.presses_button(value="send", change={"t.words": "again"})
        assert receipt_of(employee.page.body) == first
    assert await rows(demo) == 1


async def test_what_was_changed_after_a_lost_answer_is_taken_up(demo: Demo) -> None:
    async with Person(demo.base, "en") as employee, Person(demo.base, "en") as desk:
        await at_the_review(demo, employee)
        review, now = employee.page, {"g.leaving": "now", "t.words": "He shouted."}
        await employee.presses_button(value="send", change={**now, "g.place": "site"})
        receipt = receipt_of(employee.page.body)
        employee.page = review
        more = {**now, "g.place": "area", "t.words": "He shouted. A knife in his hand."}
        await employee.presses_button(value="send", change=more)
        assert said("en", "sent_again.taken") in employee.page.text
        assert receipt_of(employee.page.body) == receipt
        assert "A knife in his hand." in employee.page.text
        await sees(demo, desk, "/demo/desk?lang=en", "Shinjuku area")
        assert "Shinjuku store" not in desk.page.text
        await desk.presses_button(text=said("en", "desk.details"))
        assert "A knife in his hand." in desk.page.text
    assert await rows(demo) == 1


def receipt_of(body: str) -> str:
    found = re.search(r'class="code">(.*?)</p>', body, re.S)
    assert found is not None
    return found[1]


async def test_who_goes_back_finds_everything_as_they_left_it(demo: Demo) -> None:
    async with Person(demo.base, "en") as employee:
        await employee.opens(demo.link("shinjuku"))
        await answers_the_checklist(employee)
        await employee.presses_button(value="send")
        chosen = {"g.visibility": "n", "g.site_may_know": "y", "g.excluded": "manager"}
        await employee.presses_button(value="next", change=chosen)
        typed = {"t.words": 'He said "no"', "t.name": "Hana", "g.wishes": "listen"}
        await employee.presses_button(value="back", change=typed)
        page = employee.page.body
        for code in chosen.values():
            assert f'value="{code}" checked' in page
        assert '<details class="fold" open>' in page
        await employee.presses_button(value="next")
        page = employee.page.body
        assert "He said &#34;no&#34;</textarea>" in page and 'value="Hana"' in page
        assert 'value="listen" checked' in page
    assert await rows(demo) == 0


@pytest.mark.parametrize("characters", [20_001, 350_000])
async def test_too_many_words_come_back_with_every_word_still_there(
    demo: Demo, characters: int
) -> None:
    words = "言" * characters
    async with Person(demo.base, "en") as employee:
        await at_the_review(demo, employee)
        page = await employee.presses_button(value="send", change={"t.words": words})
        assert page.status == 200
        assert words in page.body
        assert "20,000" in page.text or "20000" in page.text
        assert await rows(demo) == 0
        # Shortened on the same page, it is sent.
        await employee.presses_button(value="send", change={"t.words": words[:20_000]})
    assert await rows(demo) == 1


async def test_more_than_two_megabytes_are_turned_away_in_words(demo: Demo) -> None:
    async with Person(demo.base, "en") as employee:
        await at_the_review(demo, employee)
        page = await employee.presses_button(value="send", change={"t.words": "x" * 2_200_000})
        assert page.status == 413
        assert said("en", "problem.too_large")[:20] in page.text
    assert await rows(demo) == 0


@pytest.mark.parametrize(
    "words",
    [
        "<script>alert(1)</script>",
        "<!channel> <@U123> @everyone <https://evil.example|返信する>",
        "{{7*7}} %s {0} ${x}",
        "\x00\x1b[31m\x07 bell",
        "\u202egnirts \u2066x",
        "\ud83d half a pair",
        "ゼ" + "\u0301" * 500,
    ],
)
async def test_hostile_words_are_kept_as_plain_text_and_act_nowhere(demo: Demo, words: str) -> None:
    sent = words.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    async with Person(demo.base, "en") as employee, Person(demo.base, "en") as desk:
        await employee.opens(demo.link("shinjuku"))
        await answers_the_checklist(employee)
        await employee.presses_button(value="send")
        await employee.presses_button(value="next", change={"g.site_may_know": "y"})
        change = {"g.leaving": "now", "t.words": sent}
        await employee.presses_button(value="send", change=change)
        assert employee.page.status == 200

        async def there() -> bool:
            await desk.opens("/demo/desk?lang=en")
            return said("en", "desk.details") in desk.page.text

        await demo.until(there)
        for path in ("/demo/desk?lang=en", "/demo/site/shinjuku?lang=en"):
            assert "evil.example" not in (await desk.opens(path)).body
        await desk.opens("/demo/desk?lang=en")
        page = await desk.presses_button(text=said("en", "desk.details"))
        assert "<script>alert" not in page.body
        assert "\x1b" not in page.body
        assert not [b for b in page.buttons if "evil" in str(b)]


async def test_broken_requests_get_a_plain_answer_and_write_nothing(demo: Demo) -> None:
    async with ClientSession() as session:
        for data, kind in (
            (b"\xff\xfe=%zz", "application/x-www-form-urlencoded"),
            (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
            (b"no boundary", "multipart/form-data"),
            (b"[" * 100_000, "application/json"),
            (b"", "text/plain"),
        ):
            for path in ("/press", "/help", "/case", "/case/open", "/back", "/language"):
                async with session.post(
                    demo.base + path, data=data, headers={"Content-Type": kind}
                ) as answer:
                    assert answer.status < 500, (path, kind)
                    assert "Traceback" not in await answer.text()
        form = FormData()
        form.add_field("token", b"x", filename="x.exe")
        async with session.post(f"{demo.base}/press", data=form) as answer:
            assert answer.status == 400
    assert await rows(demo) == 0


@pytest.mark.parametrize("charset", ["raw_unicode_escape", "unicode_escape"])
@pytest.mark.parametrize(
    "path", ["/press", "/help", "/case", "/case/open", "/back", "/language", "/check", "/again"]
)
async def test_half_a_character_is_refused_and_calls_nobody(
    demo: Demo, path: str, charset: str
) -> None:
    site = demo.link("shinjuku").removeprefix("/s/")
    data = f"site={site}&token=x&pass=x&receipt=x&t.words=\\ud800abc".encode()
    kind = f"application/x-www-form-urlencoded; charset={charset}"
    async with (
        ClientSession(headers={"Content-Type": kind}) as session,
        session.post(demo.base + path, data=data) as answer,
    ):
        assert answer.status == 400
    assert await rows(demo) == 0


async def test_a_press_that_was_forged_moved_or_is_not_yours_changes_nothing(demo: Demo) -> None:
    async with Person(demo.base, "en") as employee, Person(demo.base, "en") as desk:
        await employee.opens(demo.link("shinjuku"))
        await answers_the_checklist(employee)
        await files_without_a_name(employee)

        async def there() -> bool:
            await desk.opens("/demo/desk?lang=en")
            return said("en", "desk.take") in desk.page.text

        await demo.until(there)
        take = desk.finds(text=said("en", "desk.take"))["value"]
        moved = await desk.posts(
            "/demo/site/shinjuku/press", [("press", take), ("as", "tanaka"), ("lang", "en")]
        )
        assert said("en", "press.unknown") in moved.text
        forged = take[:-1] + ("a" if take[-1] != "a" else "b")
        for press in (forged, "", "take", "take.x.y.z", "あ"):
            page = await desk.posts(
                "/demo/desk/press", [("press", press), ("as", "sato"), ("lang", "en")]
            )
            assert said("en", "press.unknown") in page.text
        stranger = await desk.posts(
            "/demo/desk/press", [("press", take), ("as", "tanaka"), ("lang", "en")]
        )
        assert said("en", "press.not_yours") in stranger.text
        assert said("en", "step.taken") not in await looks_again(employee)


async def test_a_revoked_poster_asks_for_the_site_instead_of_refusing(demo: Demo) -> None:
    async with Person(demo.base, "en") as employee:
        page = await employee.opens("/s/shinjuku-aaaaaaaaaaaa")
        assert page.status == 200
        await employee.presses_button(value="help")
        assert "yotsuya" in [button.get("value") for button in employee.page.buttons]


async def test_a_wrong_receipt_gets_the_same_answer_as_an_unknown_one(demo: Demo) -> None:
    async with Person(demo.base, "en") as employee:
        await employee.opens("/case/open?lang=en")
        answers = set()
        for typed in ("1" * 25, "not a number", "９" * 25, "1" * 5000):
            page = await employee.posts("/case/open", [("receipt", typed), ("lang", "en")])
            assert page.status == 200
            again = f'value="{typed[:80]}"'
            assert again in page.body  # to be looked at and put right
            answers.add(page.body.replace(again, 'value=""'))
        assert len(answers) == 1
        page = await employee.posts("/case/open", [("receipt", ""), ("lang", "en")])
        assert "Please enter your receipt number." in page.body  # nothing was typed


@pytest.mark.parametrize("language", ["en", "ja"])
async def test_the_number_of_a_call_is_told_what_it_is_for_and_not_whether_it_is_one(
    demo: Demo, language: str
) -> None:
    async with Person(demo.base, language) as employee:
        await employee.opens(demo.link("shinjuku"))
        call = await employee.presses_button(value="help")
        number = call.body.partition('class="letters">')[2][:7]
        answers = set()
        for typed in (number, "WWWWWWW"):
            page = await employee.posts("/case/open", [("receipt", typed), ("lang", language)])
            assert said(language, "receipt.short_number", digits=25) in page.text
            answers.add(page.body.replace(typed, ""))
        assert len(answers) == 1


async def test_after_a_call_one_press_leads_to_the_checklist(demo: Demo) -> None:
    async with Person(demo.base, "en") as employee:
        await employee.opens(demo.link("shinjuku") + "?lang=en")
        await employee.presses_button(value="help")
        await employee.presses_button(text=said("en", "help.fine"))
        assert said("en", "help.over.title") in employee.page.text
        await employee.presses_button(value="check")
        assert said("en", "safe.title") in employee.page.text


async def test_the_health_checks_answer_without_a_word_about_any_case(demo: Demo) -> None:
    async with ClientSession() as session:
        for name, body in (
            ("live", {"live": True}),
            ("ready", {"ready": True}),
        ):
            async with session.get(f"{demo.base}/health/{name}") as answer:
                assert answer.status == 200
                assert await answer.json() == body

        async def audited() -> bool:
            async with session.get(f"{demo.base}/health/audit") as answer:
                return answer.status == 200

        await demo.until(audited)
        async with session.get(f"{demo.base}/health/audit") as answer:
            found = await answer.json()
        assert found["good"] and not any(found["findings"].values())


async def test_each_press_on_the_demos_clock_shows_the_time_it_led_to(demo: Demo) -> None:
    async with ClientSession() as session:
        for _ in range(3):
            request = session.post(f"{demo.base}/demo/clock?lang=en", data={"minutes": "1440"})
            async with request as answer:
                found = re.search(r'<time datetime="([^"]+)"', await answer.text())
            assert found, "what the browser draws the clock from"
            shown = datetime.fromisoformat(found[1])
            assert abs(demo.clock.now() - shown) < timedelta(minutes=1)


async def test_a_day_on_the_demos_clock_passes_through_the_desks_hours(demo: Demo) -> None:
    """From one evening to the next: what waited for the morning was asked in between."""
    day, hours = timedelta(days=1), demo.service.work.policy.desk_hours

    def evening_before_a_working_day() -> bool:
        now = demo.clock.now()
        shut = not hours.is_open(now) and not hours.is_open(now + day)
        return shut and hours.next_opening(now) < now + day - timedelta(hours=4)

    while not evening_before_a_working_day():
        demo.clock.move(30)
    async with Person(demo.base, "en") as employee, Person(demo.base, "en") as desk:
        await employee.opens(demo.link("shinjuku") + "?lang=en")
        await answers_the_checklist(employee)
        await files_without_a_name(employee)
        await sees(demo, desk, "/demo/desk?lang=en", said("en", "desk.take"))
        assert "@Mori" not in desk.page.text
        pressed = demo.clock.now()
        await desk.posts("/demo/clock?lang=en", [("minutes", "1440")])
        assert abs(demo.clock.now() - pressed - day) < timedelta(minutes=1)
        await sees(demo, desk, "/demo/desk?lang=en", "@Mori")


async def test_an_old_message_of_the_demo_is_found_behind_a_link(demo: Demo) -> None:
    async with demo.service.work.storage.write() as tx:
        for number in range(130):
            card = Card(title=Verbatim(text=f"Post-{number:03}"))
            now = demo.clock.now()
            await tx.board.post(f"k{number}", "desk", None, card.model_dump_json(), now)
    async with Person(demo.base, "en") as desk:
        await desk.opens("/demo/desk?lang=en")
        assert "Post-129" in desk.page.text and "Post-069" not in desk.page.text
        for _ in range(2):
            (link,) = re.findall(r'class="earlier"><a href="([^"]+)"', desk.page.body)
            await desk.opens(link.replace("&amp;", "&"))
        assert "Post-000" in desk.page.text and 'class="earlier"' not in desk.page.body
        await desk.opens("/demo/desk?lang=en&shown=x")
        assert "Post-129" in desk.page.text and "Post-069" not in desk.page.text


async def test_a_card_of_the_demo_with_weeks_of_reminders_under_it_is_still_shown(
    demo: Demo,
) -> None:
    async with demo.service.work.storage.write() as tx:
        now, root = demo.clock.now(), Card(title=Verbatim(text="The root"))
        ref = await tx.board.post("root", "desk", None, root.model_dump_json(), now)
        for number in range(200):
            card = Card(title=Verbatim(text=f"Reminder-{number:03}"))
            await tx.board.post(f"r{number}", "desk", ref, card.model_dump_json(), now)
    async with Person(demo.base, "en") as desk:
        await desk.opens("/demo/desk?lang=en")
        assert "The root" in desk.page.text and "Reminder-199" in desk.page.text


async def test_the_clock_of_the_demo_moves_only_forward_and_by_numbers(demo: Demo) -> None:
    async with ClientSession() as session:
        for minutes in ("", "-5", "0", "x", "９９９９９９９９", "1e9", "²", "①", "9" * 5000):
            async with session.post(
                f"{demo.base}/demo/clock", data={"minutes": minutes}, allow_redirects=False
            ) as answer:
                assert answer.status == web.HTTPBadRequest.status_code
