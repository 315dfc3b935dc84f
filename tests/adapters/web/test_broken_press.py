"""While the database is away no press takes anything with it, in a browser without scripts too."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from storage.pools import Pool
from tests.stories.test_main_job import answers_the_checklist, said
from tests.support.browser_free import Person
from tests.support.demo import Demo
from tests.support.pictures import photo

TYPED = "MONOGATARI\n\u3000それから"
BESIDE = {
    "help": {"value": "help"},
    "another language": {"value": "ja"},
    "a look": {"text": said("en", "web.refresh")},
    "files": {"text": said("en", "file.add")},
    "taking it back": {"text": said("en", "own.withdraw.yes")},
    "sending": {"text": said("en", "talk.send")},
}


@contextmanager
def away() -> Iterator[None]:
    """No database answers."""

    async def gone(*_args: Any, **_more: Any) -> Any:
        raise OSError("gone")

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Pool, "begin", gone)
        yield


def in_the_field(employee: Person) -> str:
    """What stands in the page, to be sent; a browser leaves out the first empty line."""
    return employee.page.hidden("t.words").strip("\n")


@pytest.mark.parametrize("typed", [TYPED, ""], ids=["a letter", "no letter"])
@pytest.mark.parametrize("press", BESIDE)
async def test_letter_receipt_and_way_back_stand_on_what_is_said_of_a_press_that_broke(
    employee: Person, press: str, typed: str
) -> None:
    receipt = employee.page.hidden("receipt")
    with away():
        await employee.presses_button(**BESIDE[press], change={"t.words": typed})
    language = "ja" if press == "another language" else "en"
    assert employee.page.status == 503
    assert receipt in employee.page.text.replace(" ", "").replace("-", "")
    await employee.presses_button(text=said(language, "web.refresh"))
    assert employee.page.status == 200
    assert employee.page.hidden("receipt") == receipt
    assert in_the_field(employee) == typed


async def test_whoever_called_for_help_reads_that_it_may_not_have_gone_out(
    employee: Person,
) -> None:
    with away():
        await employee.presses_button(value="help", change={"t.words": TYPED})
    assert said("en", "web.trouble.help") in employee.page.text
    await employee.presses_button(value="help")
    assert said("en", "help.title") in employee.page.text
    await employee.presses_button(text=said("en", "file.page.back"))
    assert in_the_field(employee) == TYPED


async def test_whoever_called_for_help_in_the_middle_finds_everything_again(demo: Demo) -> None:
    async with Person(demo.base, "en") as person:
        await person.opens(demo.link("shinjuku"))
        await answers_the_checklist(person)
        await person.presses_button(value="send")
        await person.presses_button(value="next", change={"g.visibility": "n"})
        typed = {"t.words": TYPED, "t.name": "Hana", "g.wishes": "listen"}
        with away():
            await person.presses_button(value="help", change=typed)
        assert person.page.status == 503
        await person.presses_button(text=said("en", "web.go_on"))
        assert said("en", "review.title") in person.page.text
        assert in_the_field(person) == TYPED
        assert person.page.hidden("t.name") == "Hana"
        assert 'value="listen" checked' in person.page.body


async def test_the_way_back_from_a_call_is_not_lost(demo: Demo, employee: Person) -> None:
    receipt = employee.page.hidden("receipt")
    await employee.presses_button(value="help", change={"t.words": TYPED})
    with away():
        await employee.presses_button(text=said("en", "file.page.back"))
    await employee.presses_button(text=said("en", "web.refresh"))
    await employee.presses_button(text=said("en", "file.page.back"))
    assert employee.page.hidden("receipt") == receipt
    assert in_the_field(employee) == TYPED


async def test_a_receipt_that_could_not_be_looked_up_is_there_to_be_tried_again(
    demo: Demo, employee: Person
) -> None:
    receipt = employee.page.hidden("receipt")
    async with Person(demo.base, "en") as person:
        await person.opens("/case/open")
        with away():
            open_ = said("en", "web.receipt.open")
            await person.presses_button(text=open_, change={"receipt": receipt})
        assert person.page.status == 503
        await person.presses_button(text=said("en", "web.refresh"))
        assert said("en", "file.add") in person.page.text


async def test_the_only_receipt_stays_where_no_file_can_be_taken(employee: Person) -> None:
    receipt = employee.page.hidden("receipt")
    await employee.presses_button(text=said("en", "file.add"))
    with away():
        await employee.adds(photo())
    assert employee.page.hidden("receipt") == receipt
    await employee.presses_button(text=said("en", "web.refresh"))
    assert employee.page.hidden("receipt") == receipt
