"""The page of a report is come back to from a call for help, with all that stood on it."""

from tests.stories.test_main_job import answers_the_checklist, files_without_a_name, said
from tests.support.browser_free import Person
from tests.support.demo import Demo
from tests.support.pictures import photo

TYPED = "MONOGATARI\n\u3000それから \u201c<b>"


def in_the_field(employee: Person) -> str:
    """What stands in the page, to be sent; a browser leaves out the first empty line."""
    return employee.page.hidden("t.words").strip("\n")


async def test_the_only_receipt_is_not_lost_to_a_call_for_help(employee: Person) -> None:
    receipt = employee.page.hidden("receipt")
    await employee.presses_button(value="help", change={"t.words": TYPED})
    assert said("en", "help.title") in employee.page.text
    await employee.presses_button(text=said("en", "help.fine"))
    await employee.presses_button(text=said("en", "file.page.back"))
    assert employee.page.hidden("receipt") == receipt
    assert in_the_field(employee) == TYPED
    await employee.presses_button(text=said("en", "talk.send"))
    assert said("en", "talk.sent") in employee.page.text


async def test_a_report_is_come_back_to_while_the_call_still_runs(employee: Person) -> None:
    receipt = employee.page.hidden("receipt")
    await employee.presses_button(value="help")
    await employee.presses_button(text=said("en", "file.page.back"))
    assert employee.page.hidden("receipt") == receipt
    await employee.presses_button(value="help")
    assert said("en", "help.fine") in employee.page.text


async def test_a_call_leads_to_another_site_and_from_there_back_to_the_report(
    employee: Person,
) -> None:
    receipt = employee.page.hidden("receipt")
    await employee.presses_button(value="help")
    await employee.presses_button(text=said("en", "help.elsewhere"))
    assert said("en", "site.for_help_elsewhere") in employee.page.text
    await employee.presses_button(value="yotsuya")
    assert said("en", "help.title") in employee.page.text
    await employee.presses_button(text=said("en", "file.page.back"))
    assert employee.page.hidden("receipt") == receipt


async def test_whoever_asks_for_another_site_goes_back_to_the_call_that_goes_on(
    employee: Person,
) -> None:
    receipt = employee.page.hidden("receipt")
    await employee.presses_button(value="help")
    await employee.presses_button(text=said("en", "help.elsewhere"))
    await employee.presses_button(value="ja")
    await employee.presses_button(text=said("ja", "web.back"))
    assert said("ja", "help.title") in employee.page.text
    assert said("ja", "help.fine") in employee.page.text, "it goes on"
    await employee.presses_button(text=said("ja", "file.page.back"))
    assert employee.page.hidden("receipt") == receipt


async def test_a_report_is_come_back_to_after_a_second_one(employee: Person) -> None:
    first = employee.page.hidden("receipt")
    await employee.presses_button(value="help", change={"t.words": TYPED})
    await employee.presses_button(text=said("en", "help.fine"))
    await answers_the_checklist(employee)
    await files_without_a_name(employee)
    second = employee.page.hidden("receipt")
    assert second != first
    assert in_the_field(employee) == ""
    for receipt in (first, second, first):
        await employee.presses_button(text=said("en", "file.page.back"))
        assert employee.page.hidden("receipt") == receipt
    assert in_the_field(employee) == TYPED


async def test_a_report_is_come_back_to_where_nothing_more_is_sent(employee: Person) -> None:
    receipt = employee.page.hidden("receipt")
    await employee.presses_button(value="help")
    await employee.presses_button(text=said("en", "help.fine"))
    await employee.presses_button(text=said("en", "first.check"))
    await employee.posts("/press", [("token", "nothing"), ("left", employee.page.hidden("left"))])
    assert employee.page.hidden("receipt") == receipt


async def test_a_way_back_that_no_page_of_ours_wrote_leads_nowhere(employee: Person) -> None:
    for left in ("", "{", "[" * 10_000, '[{"pass_token": 1}]'):
        await employee.posts("/case/left", [("left", left)])
        assert said("en", "receipt.again") in employee.page.text


async def test_a_report_is_come_back_to_after_files_were_added(employee: Person) -> None:
    await employee.presses_button(value="help")
    await employee.presses_button(text=said("en", "help.fine"))
    await answers_the_checklist(employee)
    await files_without_a_name(employee)
    left = employee.page.hidden("left")
    await employee.presses_button(text=said("en", "file.add"))
    await employee.adds(photo())
    assert employee.page.hidden("left") == left


async def test_the_first_screen_leads_to_the_call_that_runs_and_asks_nobody_anew(
    employee: Person, demo: Demo
) -> None:
    home = f"{demo.link('yotsuya')}?lang=en"
    await employee.opens(home)
    assert said("en", "first.nothing_kept") in employee.page.text
    await employee.presses_button(value="help")
    demo.passes(minutes=30)  # nobody is left to ask
    await employee.opens(home)
    assert said("en", "first.nothing_kept") not in employee.page.text, "of the call much is kept"
    assert said("en", "first.nothing_kept.called") in employee.page.text
    await employee.presses_button(text=said("en", "web.call"))
    assert said("en", "help.title") in employee.page.text
    assert said("en", "help.you_asked_again") not in employee.page.text


async def test_where_a_caller_is_stands_beside_the_places_and_moves_nothing(
    employee: Person,
) -> None:
    await employee.presses_button(value="help")
    assert said("en", "web.where") in employee.page.text
    await employee.presses_button(text="Register")
    assert "Where you are: Register" in employee.page.text
    assert said("en", "web.where") not in employee.page.text
    assert said("en", "press.recorded") not in employee.page.text
