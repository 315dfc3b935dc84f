"""What somebody typed stays in their page until it is sent, whatever else is pressed or breaks."""

from typing import Any

import pytest

from tests.stories.test_main_job import answers_the_checklist, said
from tests.support.browser_free import Person
from tests.support.demo import Demo
from tests.support.pictures import photo

TYPED = "MONOGATARI\n\u3000それから"


async def presses(employee: Person, key: str, typed: str = TYPED) -> None:
    await employee.presses_button(text=said("en", key), change={"t.words": typed})


def in_the_field(employee: Person) -> str:
    """What stands in the page, to be sent; a browser leaves out the first empty line."""
    return employee.page.hidden("t.words").strip("\n")


async def broken(*_args: Any, **_more: Any) -> Any:
    raise OSError("disk full")


async def test_a_message_that_is_too_long_comes_back_with_every_word(employee: Person) -> None:
    words = ("MONOGATARI " * 2000).strip()
    await presses(employee, "talk.send", words)
    assert in_the_field(employee) == words
    await presses(employee, "talk.send", "shorter")
    assert said("en", "talk.sent") in employee.page.text
    assert in_the_field(employee) == ""


async def test_words_to_the_desk_stay_in_another_language(employee: Person) -> None:
    await employee.presses_button(value="ja", change={"t.words": TYPED})
    assert in_the_field(employee) == TYPED


async def test_a_line_break_stays_one_however_often_the_page_is_drawn(employee: Person) -> None:
    for language in ("ja", "en", "ja"):
        posted = in_the_field(employee) or TYPED
        sent = posted.replace("\n", "\r\n")  # as browsers post it
        await employee.presses_button(value=language, change={"t.words": sent})
        assert in_the_field(employee) == TYPED


async def test_words_to_the_desk_stay_beside_another_press(employee: Person) -> None:
    await presses(employee, "web.refresh")
    assert in_the_field(employee) == TYPED
    await employee.presses_button(text=said("en", "own.withdraw.yes"))
    # Taken back, a report has no place to write; taken up again, the words are there again.
    await employee.presses_button(text=said("en", "own.resume"))
    assert in_the_field(employee) == TYPED


async def test_words_to_the_desk_wait_while_files_are_added(employee: Person) -> None:
    long = "あ" * 45_000  # too long to send, and yet the writer's
    await presses(employee, "file.add", long)
    await employee.adds(photo())
    assert said("en", "file.page.held", count=1) in employee.page.text
    await employee.presses_button(text=said("en", "file.page.back"))
    assert in_the_field(employee) == long


async def test_words_to_the_desk_stay_when_they_could_not_be_saved(
    employee: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("bot.own_case.press_on_own_page", broken)
        await presses(employee, "talk.send")
    assert employee.page.status == 503
    assert said("en", "problem.not_saved") in employee.page.text
    assert in_the_field(employee) == TYPED
    await employee.presses_button(text=said("en", "talk.send"))
    assert said("en", "talk.sent") in employee.page.text


async def test_words_to_the_desk_stay_when_the_report_cannot_even_be_read(
    employee: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("bot.own_case.press_on_own_page", broken)
        patched.setattr("bot.own_case.view_case", broken)
        await presses(employee, "talk.send")
        assert employee.page.status == 503
        assert in_the_field(employee) == TYPED
    await employee.presses_button(text=said("en", "web.refresh"))
    assert in_the_field(employee) == TYPED
    await employee.presses_button(text=said("en", "talk.send"))
    assert said("en", "talk.sent") in employee.page.text


async def test_words_to_the_desk_wait_for_the_receipt_when_the_page_is_too_old(
    demo: Demo, employee: Person
) -> None:
    receipt = employee.page.hidden("receipt")
    demo.passes(minutes=25 * 60)
    await presses(employee, "talk.send")
    assert said("en", "receipt.again") in employee.page.text
    assert in_the_field(employee) == TYPED
    open_ = said("en", "web.receipt.open")
    await employee.presses_button(text=open_, change={"receipt": "1"})
    assert in_the_field(employee) == TYPED
    await employee.presses_button(text=open_, change={"receipt": receipt})
    assert in_the_field(employee) == TYPED


@pytest.mark.parametrize("pressed", ["send", "back", "ja"])
async def test_what_was_written_on_a_page_that_got_old_goes_along_to_the_new_start(
    demo: Demo, pressed: str
) -> None:
    async with Person(demo.base, "en") as person:
        await person.opens(demo.link("shinjuku"))
        await answers_the_checklist(person)
        await person.presses_button(value="send")
        await person.presses_button(value="next")
        demo.passes(minutes=25 * 60)
        await person.presses_button(value=pressed, change={"t.words": TYPED})
        language = "ja" if pressed == "ja" else "en"
        assert said(language, "again.stale") in person.page.text
        assert in_the_field(person) == TYPED
        await person.presses_button(text=said(language, "web.home"))
        await answers_the_checklist(person)
        await person.presses_button(value="send")
        await person.presses_button(value="next")
        assert in_the_field(person) == TYPED
        await person.presses_button(value="send")
        assert 'class="code"' in person.page.body


async def test_words_that_wait_beside_files_stay_when_the_page_is_too_old(
    demo: Demo, employee: Person
) -> None:
    receipt = employee.page.hidden("receipt")
    await presses(employee, "file.add")
    demo.passes(minutes=25 * 60)
    await employee.adds(photo())
    assert said("en", "receipt.again") in employee.page.text
    assert in_the_field(employee) == TYPED
    open_ = said("en", "web.receipt.open")
    await employee.presses_button(text=open_, change={"receipt": receipt})
    assert in_the_field(employee) == TYPED


async def test_words_that_wait_beside_files_stay_when_a_file_could_not_be_saved(
    employee: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    await presses(employee, "file.add")
    with monkeypatch.context() as patched:
        patched.setattr("bot.evidence.Evidence.add", broken)
        await employee.adds(photo())
    assert employee.page.status == 503
    assert said("en", "file.no_room") in employee.page.text
    assert in_the_field(employee) == TYPED
    await employee.adds(photo())
    assert said("en", "file.page.held", count=1) in employee.page.text


async def test_words_that_wait_beside_files_stay_when_nothing_can_be_read(
    employee: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    await presses(employee, "file.add")
    with monkeypatch.context() as patched:
        patched.setattr("bot.evidence.Evidence.kept", broken)
        await employee.adds(photo())
    assert employee.page.status == 503
    assert in_the_field(employee) == TYPED
    await employee.presses_button(text=said("en", "web.refresh"))
    assert in_the_field(employee) == TYPED


async def test_who_calls_for_help_in_the_middle_goes_on_where_they_were(demo: Demo) -> None:
    async with Person(demo.base, "en") as person:
        await person.opens(demo.link("shinjuku"))
        await answers_the_checklist(person)
        await person.presses_button(value="send")
        await person.presses_button(value="next", change={"g.visibility": "n"})
        typed = {"t.words": TYPED, "t.name": "Hana", "g.wishes": "listen"}
        await person.presses_button(value="help", change=typed)
        assert said("en", "help.title") in person.page.text
        assert said("en", "web.go_on") not in person.page.text
        await person.presses_button(value="ja")
        await person.presses_button(value="en")
        await person.presses_button(text=said("en", "help.fine"))
        await person.presses_button(text=said("en", "web.go_on"))
        assert said("en", "review.title") in person.page.text
        assert in_the_field(person) == TYPED
        assert person.page.hidden("t.name") == "Hana"
        assert 'value="listen" checked' in person.page.body
        await person.presses_button(value="send")
        assert 'class="code"' in person.page.body


async def test_where_help_is_to_come_is_asked_on_the_way_and_not_gone_on_with(
    demo: Demo,
) -> None:
    async with Person(demo.base, "en") as person:
        await person.opens("/start")
        await answers_the_checklist(person)
        await person.presses_button(value="help")
        await person.presses_button(value="shinjuku")
        await person.presses_button(text=said("en", "help.mistake"))
        await person.presses_button(text=said("en", "web.go_on"))
        assert said("en", "result.strong.title") in person.page.text


async def test_what_called_for_help_by_itself_is_not_gone_on_with(demo: Demo) -> None:
    async with Person(demo.base, "en") as person:
        await person.opens("/start")
        await person.presses_button(value="check")
        await person.presses_button(value="d")
        await person.presses_button(value="shinjuku")
        await person.presses_button(text=said("en", "help.mistake"))
        assert said("en", "web.go_on") not in person.page.text


async def test_help_can_be_called_again_before_going_on(demo: Demo) -> None:
    async with Person(demo.base, "en") as person:
        await person.opens(demo.link("shinjuku"))
        await answers_the_checklist(person)
        await person.presses_button(value="help")
        await person.presses_button(text=said("en", "help.fine"))
        await person.presses_button(value="help")
        assert said("en", "help.title") in person.page.text
        await person.presses_button(text=said("en", "help.fine"))
        await person.presses_button(text=said("en", "web.go_on"))
        assert said("en", "result.strong.title") in person.page.text


async def test_what_was_sent_as_a_report_is_no_message_as_well(employee: Person) -> None:
    assert in_the_field(employee) == ""
