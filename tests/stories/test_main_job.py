"""The main job from end to end, over HTTP, without scripts, in both languages."""

import re

import pytest

from bot.catalogue import Catalogue
from flows.phrases import Phrase, listed, say
from tests.support.browser_free import Person
from tests.support.demo import Demo

LANGUAGES = ("ja", "en")
CATALOGUE = Catalogue.load()
WORDS = "He shouted <b>NAMAE</b> <!channel> for half an hour"


def said(language: str, key: str, **values: Phrase | int) -> str:
    return CATALOGUE.text(say(key, **values), language)


def asked(language: str, *roles: str) -> str:
    """The line that says to whom it went."""
    return said(language, "help.sent", roles=listed([say(f"role.{role}") for role in roles]))


STORE = ("manager", "deputy")


async def sees(demo: Demo, person: Person, path: str, words: str) -> None:
    """Looks at a page until these words stand on it."""

    async def there() -> bool:
        return words in (await person.opens(path)).text

    await demo.until(there)


async def looks_again(person: Person) -> str:
    """Looks at one's own case again."""
    fields = [("pass", person.page.hidden("pass")), ("lang", person.page.hidden("lang"))]
    return (await person.posts("/case", fields)).text


async def answers_the_checklist(employee: Person) -> None:
    """Shouted at, afraid, beyond our rules, still going on: a strong result."""
    await employee.presses_button(value="check")
    await employee.presses_button(value="o")
    await employee.presses_button(value="next", change={"g.acts": "c"})
    await employee.presses_button(value="next", change={"g.effects": "f"})
    await employee.presses_button(value="r")


async def files_without_a_name(employee: Person) -> None:
    """Sends at once, tells the site, and gives no name."""
    await employee.presses_button(value="send")
    await employee.presses_button(
        value="next", change={"g.visibility": "u", "g.site_may_know": "y"}
    )
    await employee.presses_button(value="send", change={"g.leaving": "now", "t.words": WORDS})


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_whole_story_from_the_checklist_to_the_second_person(
    demo: Demo, language: str
) -> None:
    desk_path, site_path = f"/demo/desk?lang={language}", f"/demo/site/shinjuku?lang={language}"
    async with (
        Person(demo.base, language) as employee,
        Person(demo.base, language) as desk,
        Person(demo.base, language) as managers,
    ):
        await employee.opens(demo.link("shinjuku"))
        await answers_the_checklist(employee)
        assert said(language, "result.strong.title") in employee.page.text
        await files_without_a_name(employee)

        # The desk gets a card without a word of the report, and takes the case.
        await sees(demo, desk, desk_path, said(language, "desk.take"))
        assert "NAMAE" not in desk.page.body
        await desk.presses_button(text=said(language, "desk.take"))
        await demo.until(lambda: _shows(employee, said(language, "step.taken")))
        assert said(language, "step.delivered") in employee.page.text

        # A manager is on the way; the same manager cannot fill the second seat.
        await managers.opens(f"{site_path}&as=tanaka")
        coming = said(language, "answer.coming", minutes=2)
        await sees(demo, managers, f"{site_path}&as=tanaka", coming)
        await managers.presses_button(text=coming)
        await demo.until(lambda: _shows(employee, said(language, "role.manager")))
        await sees(
            demo,
            managers,
            f"{site_path}&as=tanaka",
            said(language, "second.title", taken=1, needed=2),
        )
        await managers.presses_button(text=coming)
        assert said(language, "press.already") in managers.page.text

        # Nobody fills the second seat: the clock moves on and the area manager is asked.
        demo.passes(minutes=3)
        area = said(language, "role.area")
        await demo.until(lambda: _shows(employee, asked(language, "deputy", "area")))
        await managers.opens(f"{site_path}&as=takahashi")
        assert area in managers.page.text
        await managers.presses_button(text=coming)
        await sees(
            demo,
            managers,
            site_path,
            said(language, "second.title.full", taken=2, needed=2),
        )
        await demo.until(lambda: _shows(employee, area))


async def _shows(person: Person, words: str) -> bool:
    return words in await looks_again(person)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_desk_reads_and_answers_and_an_unnamed_reporter_reads_it_with_the_receipt(
    demo: Demo, language: str
) -> None:
    async with (
        Person(demo.base, language) as employee,
        Person(demo.base, language) as desk,
        Person(demo.base, language) as later,
    ):
        await employee.opens(demo.link("shinjuku"))
        await answers_the_checklist(employee)
        await files_without_a_name(employee)
        receipt = _receipt(employee)
        await sees(demo, desk, f"/demo/desk?lang={language}", said(language, "desk.details"))
        await desk.presses_button(text=said(language, "desk.details"))
        assert WORDS in desk.page.text
        assert "<b>NAMAE" not in desk.page.body
        await desk.presses_button(
            text=said(language, "talk.send"), change={"t.words": "We will help. ARIGATOU"}
        )
        # Another phone, another day: only the receipt leads back.
        await later.opens(f"/case/open?lang={language}")
        typed = "-".join(receipt[i : i + 5] for i in range(0, 25, 5))
        await later.presses_button(
            text=said(language, "web.receipt.open"), change={"receipt": typed}
        )
        assert "We will help. ARIGATOU" in later.page.text
        await later.presses_button(
            text=said(language, "talk.send"), change={"t.words": "Thank you, TASUKARU"}
        )
        assert "Thank you, TASUKARU" in later.page.text
        await sees(demo, desk, f"/demo/desk?lang={language}", said(language, "desk.wrote"))
        assert "TASUKARU" not in desk.page.body


async def test_whoever_works_in_a_case_s_details_stays_there(demo: Demo) -> None:
    async with Person(demo.base, "en") as employee, Person(demo.base, "en") as desk:
        await employee.opens(demo.link("shinjuku"))
        await answers_the_checklist(employee)
        await files_without_a_name(employee)
        await sees(demo, desk, "/demo/desk?lang=en", said("en", "desk.details"))
        await desk.presses_button(text=said("en", "desk.details"))
        await desk.presses_button(text=said("en", "desk.done"))
        assert WORDS in desk.page.text


def _receipt(person: Person) -> str:
    found = re.search(r'class="code">(.*?)</p>', person.page.body, re.S)
    assert found is not None
    return "".join(re.findall(r"\d", re.sub(r"<[^>]+>", "", found[1])))


@pytest.mark.parametrize("language", LANGUAGES)
async def test_help_is_two_taps_from_anywhere_and_one_where_the_site_is_known(
    demo: Demo, language: str
) -> None:
    async with Person(demo.base, language) as employee, Person(demo.base, language) as managers:
        await employee.opens(f"/start?lang={language}")
        await employee.presses_button(value="help")
        await employee.presses_button(value="yotsuya")
        assert employee.presses == 2
        assert said(language, "help.title") in employee.page.text
        await demo.until(lambda: _shows(employee, said(language, "role.manager")))
        path = f"/demo/site/yotsuya?lang={language}&as=kobayashi"
        await sees(demo, managers, path, said(language, "answer.take_over"))
        await managers.presses_button(text=said(language, "answer.take_over"))
        assert await _shows(employee, said(language, "help.coming"))

        employee.presses = 0
        await employee.opens(demo.link("shinjuku"))
        await employee.presses_button(value="help")
        assert employee.presses == 1
        assert said(language, "help.title") in employee.page.text


async def test_a_reload_finds_the_call_that_is_still_out(demo: Demo) -> None:
    async with Person(demo.base, "en") as employee, Person(demo.base, "en") as stranger:
        first = demo.link("shinjuku")
        await employee.opens(first)
        await employee.presses_button(value="help")
        case = _letters(employee)
        # A reload, or the way home: the first card says that the call is out.
        await employee.opens(first)
        assert said("en", "first.calling") in employee.page.text
        await employee.presses_button(value="help")
        assert _letters(employee) == case
        # Somebody else's phone knows nothing of it.
        await stranger.opens(first)
        assert said("en", "first.calling") not in stranger.page.text
        await stranger.presses_button(value="help")
        assert _letters(stranger) != case
        # Over is over: the next press is a new call.
        await employee.presses_button(text=said("en", "help.fine"))
        await employee.opens(first)
        assert said("en", "first.calling") not in employee.page.text
        await employee.presses_button(value="help")
        assert _letters(employee) != case


async def test_help_pressed_again_where_nobody_is_left_to_answer_asks_everybody_again(
    demo: Demo,
) -> None:
    async with Person(demo.base, "en") as employee, Person(demo.base, "en") as desk:
        await employee.opens(demo.link("yotsuya"))
        await employee.presses_button(value="help")
        case = _letters(employee)
        await demo.until(lambda: _shows(employee, said("en", "role.manager")))
        for roles in ((*STORE, "area"), (*STORE, "area", "hq")):
            demo.passes(minutes=3)
            await demo.until(lambda roles=roles: _shows(employee, asked("en", *roles)))
        demo.passes(minutes=5)
        await demo.until(lambda: _shows(employee, said("en", "help.nobody.numbers")))
        await demo.until(lambda: _shows(employee, said("en", "help.desk_told")))
        # One of the desk takes it by name.
        await sees(demo, desk, "/demo/desk?lang=en&as=suzuki", said("en", "desk.take_call"))
        await desk.presses_button(text=said("en", "desk.take_call"))
        await sees(demo, desk, "/demo/desk?lang=en&as=suzuki", "Suzuki")
        # The page was closed: it is the same call, and everybody is asked for it anew.
        await employee.opens(demo.link("yotsuya"))
        assert said("en", "first.nobody_left") in employee.page.text
        await employee.presses_button(value="help")
        assert _letters(employee) == case
        assert said("en", "press.called_again") in employee.page.text
        assert said("en", "help.you_asked_again") in employee.page.text


async def test_a_call_that_nobody_ended_is_come_back_to_from_what_was_sent(demo: Demo) -> None:
    async with Person(demo.base, "en") as employee, Person(demo.base, "en") as stranger:
        await employee.opens(demo.link("shinjuku"))
        await employee.presses_button(value="help")
        case = _letters(employee)
        demo.passes(minutes=61)
        await demo.until(lambda: _shows(employee, said("en", "help.last_question")))
        demo.passes(minutes=16)
        await demo.until(lambda: _shows(employee, said("en", "help.lapsed")))
        await employee.opens(demo.link("shinjuku"))
        assert said("en", "first.called") in employee.page.text
        await employee.opens("/case/open?lang=en")
        await employee.presses_button(value=_pass_of(employee))
        assert _letters(employee) == case and said("en", "help.lapsed") in employee.page.text
        await employee.presses_button(text=said("en", "help.still_needed"))
        assert said("en", "press.called_again") in employee.page.text
        await stranger.opens("/case/open?lang=en")
        assert not _pass_of(stranger)


def _pass_of(person: Person) -> str:
    """What the button of the newest call carries."""
    return person.page.body.partition('name="pass" value="')[2].partition('"')[0]


async def test_a_message_that_asked_for_more_people_says_when_it_is_settled(demo: Demo) -> None:
    async with Person(demo.base, "en") as employee, Person(demo.base, "en") as managers:
        await employee.opens(demo.link("shinjuku"))
        await employee.presses_button(value="help")
        await demo.until(lambda: _shows(employee, said("en", "role.manager")))
        demo.passes(minutes=3)
        await demo.until(lambda: _shows(employee, asked("en", *STORE, "area")))
        await employee.presses_button(text=said("en", "help.fine"))
        everybody = listed([say(f"role.{role}") for role in (*STORE, "area")])
        settled = said("en", "nudge.not_needed", roles=everybody)
        await sees(demo, managers, "/demo/site/shinjuku?lang=en", settled)


def _letters(person: Person) -> str:
    """The public id of the case on a page."""
    return person.page.body.partition('class="letters">')[2].partition("<")[0]


async def test_a_press_on_the_page_after_sending_leaves_the_receipt_there(demo: Demo) -> None:
    async with Person(demo.base, "en") as employee, Person(demo.base, "en") as stranger:
        await employee.opens(demo.link("shinjuku"))
        await answers_the_checklist(employee)
        await files_without_a_name(employee)
        receipt = _receipt(employee)
        await demo.until(lambda: _shows(employee, said("en", "step.delivered")))
        fields = [(name, employee.page.hidden(name)) for name in ("pass", "lang")]
        await employee.posts("/case", [*fields, ("receipt", receipt)])
        assert _receipt(employee) == receipt
        # A number that is not this case's is not shown back.
        await stranger.posts("/case", [*fields, ("receipt", "1" * 25)])
        assert "11111" not in stranger.page.text


async def test_nobody_answers_a_call_for_help_and_the_caller_is_told_so_first(demo: Demo) -> None:
    async with Person(demo.base, "en") as employee, Person(demo.base, "en") as desk:
        await employee.opens(demo.link("shinjuku"))
        await employee.presses_button(value="help")
        await demo.until(
            lambda: _shows(employee, said("en", "help.sent", roles=say("role.manager"))[:10])
        )
        demo.passes(minutes=3)
        await demo.until(lambda: _shows(employee, asked("en", *STORE, "area")))
        demo.passes(minutes=3)
        await demo.until(lambda: _shows(employee, asked("en", *STORE, "area", "hq")))
        demo.passes(minutes=5)
        await demo.until(lambda: _shows(employee, said("en", "help.nobody.numbers")))
        text = employee.page.text
        assert text.index(said("en", "help.nobody.numbers")) < text.index(said("en", "role.hq"))
        assert "110" in text
        await sees(demo, desk, "/demo/desk?lang=en", "Shinjuku")


async def test_a_report_with_the_defaults_waits_and_says_when_it_leaves(demo: Demo) -> None:
    async with Person(demo.base, "en") as employee, Person(demo.base, "en") as desk:
        await employee.opens(demo.link("callcentre"))
        await answers_the_checklist(employee)
        employee.presses = 0
        await employee.presses_button(value="send")
        await employee.presses_button(value="next")
        await employee.presses_button(value="send")
        assert employee.presses <= 3
        assert (
            said("en", "sent.kept", by=say("button.next")).split("{")[0][:5] in employee.page.text
        )
        assert said("en", "step.deliver") in employee.page.text
        await desk.opens("/demo/desk?lang=en")
        assert said("en", "desk.take") not in [button["text"] for button in desk.page.buttons]
        demo.passes(minutes=91)
        await sees(demo, desk, "/demo/desk?lang=en", said("en", "desk.take"))
