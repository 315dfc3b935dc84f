"""Somebody calls for help, is fine, and reports: the two are read together if they say so."""

import pytest

from flows.phrases import Verbatim
from tests.stories.test_main_job import _letters, answers_the_checklist, said, sees
from tests.support.browser_free import Person
from tests.support.demo import Demo


async def calls_and_is_fine(demo: Demo, employee: Person, managers: Person, language: str) -> str:
    """A call that a manager answers, and its end. Gives its number."""
    await employee.opens(demo.link("shinjuku"))
    await employee.presses_button(value="help")
    number = _letters(employee)
    path = f"/demo/site/shinjuku?lang={language}&as=tanaka"
    await sees(demo, managers, path, said(language, "answer.take_over"))
    await managers.presses_button(text=said(language, "answer.take_over"))

    async def coming() -> bool:
        page = await employee.presses_button(text=said(language, "web.refresh"))
        return said(language, "help.coming") in page.text

    await demo.until(coming)
    await employee.presses_button(text=said(language, "help.fine"))
    return number


async def reaches_the_review(employee: Person, who: str) -> None:
    """From the first question to the screen that sends."""
    await employee.presses_button(value="o")
    await employee.presses_button(value="next", change={"g.acts": "c"})
    await employee.presses_button(value="next", change={"g.effects": "f"})
    await employee.presses_button(value="r")
    await employee.presses_button(value="send")
    await employee.presses_button(value="next", change={"g.visibility": who})


async def desk_reads(demo: Demo, desk: Person, language: str) -> str:
    """The details of the one report, less the gaps that set a typed text apart."""
    await sees(demo, desk, f"/demo/desk?lang={language}", said(language, "desk.details"))
    await desk.presses_button(text=said(language, "desk.details"))
    return squeezed(desk.page.text)


def squeezed(text: str) -> str:
    return "".join(text.split()).replace("\N{WORD JOINER}", "")


def reads(language: str, key: str, **values: str) -> str:
    """A sentence of the catalogue as it is found in a squeezed text."""
    return squeezed(said(language, key, **{gap: Verbatim(text=v) for gap, v in values.items()}))


@pytest.mark.parametrize(("language", "manager"), [("ja", "田中"), ("en", "Tanaka")])
async def test_from_the_calls_page_a_tick_ties_the_report_and_the_desk_reads_both(
    demo: Demo, language: str, manager: str
) -> None:
    async with (
        Person(demo.base, language) as employee,
        Person(demo.base, language) as managers,
        Person(demo.base, language) as desk,
    ):
        number = await calls_and_is_fine(demo, employee, managers, language)
        assert number in employee.page.text
        await employee.presses_button(value="check")
        await reaches_the_review(employee, "u")
        offered = reads(language, "review.tie.y", id=number)
        assert offered in squeezed(employee.page.text)
        assert said(language, "review.call.hint_unnamed") in employee.page.text
        assert "g.call_unnamed" not in dict(employee.page.form(0)[1]), "it stands there unticked"
        await employee.presses_button(
            value="send", change={"g.leaving": "now", "g.call_unnamed": "y"}
        )
        text = await desk_reads(demo, desk, language)
        assert reads(language, "details.tied", id=number) in text
        over = said(language, "fact.answered_take_over")
        answered = reads(language, "fact.by", what=over, who=manager)
        lines = [reads(language, "fact.help_called"), answered, reads(language, "fact.help_over")]
        places = [text.index(line) for line in lines]
        assert places == sorted(places)


async def test_a_number_that_was_noted_is_typed_on_another_phone_and_put_right(demo: Demo) -> None:
    async with (
        Person(demo.base, "en") as caller,
        Person(demo.base, "en") as managers,
        Person(demo.base, "en") as later,
        Person(demo.base, "en") as desk,
    ):
        number = await calls_and_is_fine(demo, caller, managers, "en")
        await later.opens(demo.link("shinjuku"))
        await answers_the_checklist(later)
        await later.presses_button(value="send")
        await later.presses_button(value="next", change={"g.visibility": "d"})
        assert said("en", "review.call.hint") in later.page.text
        assert number not in later.page.text
        mine = {"t.name": "Hana", "t.words": "He shouted."}
        await later.presses_button(value="send", change={**mine, "t.call": number[:-1]})
        assert said("en", "problem.call_number") in later.page.text
        assert later.page.hidden("t.call") == number[:-1]
        # Back and forward again, it is still there.
        await later.presses_button(value="back")
        await later.presses_button(value="next")
        assert later.page.hidden("t.call") == number[:-1]
        await later.presses_button(value="send", change={**mine, "t.call": number.lower()})
        text = await desk_reads(demo, desk, "en")
        assert reads("en", "details.tied", id=number) in text
