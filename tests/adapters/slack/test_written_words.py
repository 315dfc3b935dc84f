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
