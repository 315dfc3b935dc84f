"""What somebody wrote and did not send stays in their modal, whichever way they go."""

from copy import deepcopy

import pytest

from tests.adapters.slack.office import Office, said
from tests.adapters.slack.walks import answers_the_checklist, chooses_the_site, receipt_of, reports
from tests.fake_slack import Person

WRITTEN = "many words\n「お待ちください」 " * 90
EN = "en"


@pytest.fixture
def john(office: Office) -> Person:
    return office.person("john")


def in_fields(person: Person) -> list[str]:
    """What stands in the places to write of the modal."""
    states = [state for block in person.modal.values.values() for state in block.values()]
    return [state["value"] for state in states if state.get("value")]


def picked(person: Person) -> list[str]:
    """What is chosen on the modal."""
    states = [state for block in person.modal.values.values() for state in block.values()]
    return [one["value"] for state in states if (one := state.get("selected_option"))]


async def chooses_to_stay_unknown(john: Person) -> None:
    await john.picks(said(EN, "who.u"))
    await john.picks(said(EN, "who.site.y"))
    await john.submits()


async def at_the_review(john: Person) -> None:
    """Words of a report are written, and not sent."""
    await john.commands("/mamori")
    await answers_the_checklist(john, EN)
    await john.taps(said(EN, "result.send"))
    await chooses_the_site(john, EN)
    await chooses_to_stay_unknown(john)
    john.types(said(EN, "review.words"), WRITTEN)


async def test_going_back_loses_nothing_that_was_written_or_chosen(john: Person) -> None:
    await at_the_review(john)
    await john.picks(said(EN, "blur.now"))
    await john.taps(said(EN, "slack.back"))
    await john.picks("日本語")
    await john.picks("English")
    await john.taps(said(EN, "slack.back"))
    assert in_fields(john) == [WRITTEN]
    await chooses_the_site(john, EN)
    await john.submits()  # who may know is chosen as before
    assert in_fields(john) == [WRITTEN]
    assert "now" in picked(john)
    john.types(said(EN, "review.words"), "")  # into the review's own field
    assert in_fields(john) == []


async def test_words_beside_a_question_answer_nothing_by_themselves(john: Person) -> None:
    await at_the_review(john)
    await john.taps(said(EN, "slack.back"))
    await john.taps(said(EN, "slack.back"))
    await john.submits()
    assert said(EN, "who.missing") in john.modal.read
    assert in_fields(john) == [WRITTEN]


async def test_words_on_a_screen_that_got_old_go_along_to_the_new_start(
    office: Office, john: Person
) -> None:
    await at_the_review(john)
    office.clock.passes(hours=25)
    await john.submits()
    assert said(EN, "again.stale") in john.modal.read
    assert in_fields(john) == [WRITTEN]
    await john.picks("日本語")
    assert in_fields(john) == [WRITTEN]
    await answers_the_checklist(john, "ja")
    assert in_fields(john) == [WRITTEN]


async def test_the_button_of_the_screen_that_got_old_leads_to_the_start(
    office: Office, john: Person
) -> None:
    await at_the_review(john)
    office.clock.passes(hours=25)
    await john.taps(said(EN, "slack.back"))
    assert said(EN, "again.stale") in john.modal.read
    await john.submits()
    assert said(EN, "first.check") in john.modal.read
    assert in_fields(john) == [WRITTEN]


async def test_words_stay_where_somebody_goes_on_later_and_are_put_into_no_chat(
    john: Person,
) -> None:
    await at_the_review(john)
    await john.picks(said(EN, "blur.now"))
    await john.taps(said(EN, "slack.later"))
    await john.picks("日本語")
    assert said("ja", "typed.not_in_chat") in john.modal.read
    await john.picks("English")
    assert in_fields(john) == [WRITTEN]
    assert "many words" not in "".join(message.read for message in john.chat)
    await john.submits()
    assert said(EN, "review.title") in john.modal.read
    assert in_fields(john) == [WRITTEN] and "now" in picked(john)


async def test_who_wrote_nothing_and_goes_on_later_reads_nothing_about_words(john: Person) -> None:
    await john.commands("/mamori")
    await answers_the_checklist(john, EN)
    await john.taps(said(EN, "slack.later"))
    assert said(EN, "slack.later.kept") in john.modal.read
    assert said(EN, "typed.not_in_chat") not in john.modal.read


async def opens_by_receipt(john: Person, receipt: str) -> None:
    await john.commands("/mamori")
    await john.taps(said(EN, "slack.sent"))
    john.types(said(EN, "slack.receipt.enter"), receipt)
    await john.submits()
    assert said(EN, "sent.title") in john.modal.read


async def test_words_to_the_desk_wait_for_the_receipt_when_the_modal_is_too_old(
    office: Office, john: Person
) -> None:
    receipt = await reports(john, EN, "u", "words of mine")
    await opens_by_receipt(john, receipt)  # on such a page it stands no more
    john.types(said(EN, "talk.own.label"), WRITTEN)
    office.clock.passes(hours=25)
    await john.submits()
    assert said(EN, "receipt.again") in john.modal.read
    assert in_fields(john) == [WRITTEN]
    john.types(said(EN, "slack.receipt.enter"), receipt)
    await john.submits()
    assert said(EN, "sent.title") in john.modal.read
    assert in_fields(john) == [WRITTEN]


async def test_words_that_were_added_after_a_lost_answer_reach_the_desk(john: Person) -> None:
    await at_the_review(john)
    review = deepcopy(vars(john.modal))
    await john.submits()
    receipt = receipt_of(john)
    vars(john.modal).update(review)  # as if the answer never came
    john.types(said(EN, "review.words"), f"{WRITTEN}\nA knife in his hand.")
    await john.submits()
    assert said(EN, "sent_again.taken") in john.modal.read
    assert receipt_of(john) == receipt
    assert "A knife in his hand." in john.modal.read


async def goes_back_to_the_first_screen(john: Person) -> None:
    while said(EN, "slack.policy") not in john.modal.read:
        await john.taps(said(EN, "slack.back"))


@pytest.mark.parametrize("door", ["slack.policy", "slack.sent"])
async def test_words_and_choices_stay_where_a_door_of_the_first_screen_is_opened(
    john: Person, door: str
) -> None:
    await at_the_review(john)
    await goes_back_to_the_first_screen(john)
    await john.taps(said(EN, door))
    await john.picks("日本語")
    await john.picks("English")
    assert in_fields(john) == [WRITTEN]
    if door == "slack.policy":  # its own button leads to the start, with the words
        await john.submits()
    else:
        await john.taps(said(EN, "slack.home"))
    assert in_fields(john) == [WRITTEN]
    await john.taps(said(EN, "first.check"))
    await john.taps(said(EN, "safe.v"))
    await john.submits()  # what happened is chosen as before
    assert not john.errors and said(EN, "effects.title") in john.modal.read
    assert in_fields(john) == [WRITTEN]


async def test_words_wait_beside_a_report_that_is_opened_meanwhile(john: Person) -> None:
    receipt = await reports(john, EN, "u", "words of mine")
    john.closes()
    await at_the_review(john)
    await goes_back_to_the_first_screen(john)
    await john.taps(said(EN, "slack.sent"))
    john.types(said(EN, "slack.receipt.enter"), receipt)
    await john.submits()
    assert said(EN, "sent.title") in john.modal.read and in_fields(john) == [WRITTEN]
    await john.taps(said(EN, "slack.home"))
    assert in_fields(john) == [WRITTEN]


async def has_a_letter_without_its_page(office: Office, john: Person) -> str:
    """A letter to the desk waits until its report is opened again."""
    receipt = await reports(john, EN, "u", "words of mine")
    await opens_by_receipt(john, receipt)
    john.types(said(EN, "talk.own.label"), WRITTEN)
    office.clock.passes(hours=25)
    await john.taps(said(EN, "slack.refresh"))
    assert said(EN, "receipt.again") in john.modal.read and in_fields(john) == [WRITTEN]
    return receipt


async def test_a_letter_that_waits_for_its_receipt_goes_along_to_help_and_back(
    office: Office, john: Person
) -> None:
    receipt = await has_a_letter_without_its_page(office, john)
    await john.taps(said(EN, "slack.help"))
    await chooses_the_site(john, EN)
    assert said(EN, "help.title") in john.modal.read and in_fields(john) == [WRITTEN]
    await john.submits()  # to where receipts are typed
    assert in_fields(john) == [WRITTEN]
    john.types(said(EN, "slack.receipt.enter"), receipt)
    await john.submits()
    assert said(EN, "sent.title") in john.modal.read and in_fields(john) == [WRITTEN]
    await john.submits()
    assert in_fields(john) == []


@pytest.mark.parametrize("waits", [False, True])
async def test_a_letter_goes_along_to_the_start_and_back(
    office: Office, john: Person, waits: bool
) -> None:
    if waits:
        receipt = await has_a_letter_without_its_page(office, john)
    else:
        receipt = await reports(john, EN, "u", "words of mine")
        john.types(said(EN, "talk.own.label"), WRITTEN)
    await john.taps(said(EN, "slack.home"))
    assert said(EN, "first.check") in john.modal.read and in_fields(john) == [WRITTEN]
    await john.taps(said(EN, "slack.sent"))
    assert in_fields(john) == [WRITTEN]
    if waits:
        john.types(said(EN, "slack.receipt.enter"), receipt)
        await john.submits()
    else:
        await john.taps(said(EN, "file.page.back"))
        assert receipt_of(john) == receipt
    assert said(EN, "sent.title") in john.modal.read and in_fields(john) == [WRITTEN]
