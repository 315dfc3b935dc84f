"""What stands on somebody's screen when Slack draws a view late, or not at all."""

import copy
from dataclasses import replace

import pytest

from tests.adapters.slack.office import Office, said
from tests.adapters.slack.walks import answers_the_checklist, files_by_hand
from tests.fake_slack import Fault, Kind, Person

EN = "en"


@pytest.fixture
def john(office: Office) -> Person:
    return office.person("john")


async def calls_out(office: Office) -> int:
    """How many cases there are; here each is a call for help."""
    async with office.service.work.storage.read() as tx:
        return len(await tx.cases.public_ids())


async def is_asked_one_by_one(office: Office, person: Person, label: str) -> None:
    """A press after which screens take the modal's own button, for Slack is asked too often."""

    async def at_once(seconds: float) -> None:
        pass

    office.site.stage._sleep = at_once
    office.slack.faults.append(Fault(Kind.THROTTLED, "views.update", retry_after="2"))
    await person.taps(label)
    await office.site.stage.settle()


async def test_where_nothing_was_chosen_no_answer_is_given_for_anybody(
    office: Office, john: Person
) -> None:
    await john.commands("/mamori")
    await is_asked_one_by_one(office, john, said(EN, "first.check"))
    await john.submits()
    assert said(EN, "safe.title") in john.modal.read
    assert said(EN, "who.missing") in john.modal.read
    await john.picks(said(EN, "safe.v"))
    await john.submits()
    assert said(EN, "acts.title") in john.modal.read


async def test_nobody_is_called_to_a_workplace_that_was_not_chosen(
    office: Office, john: Person
) -> None:
    await john.commands("/mamori")
    await is_asked_one_by_one(office, john, said(EN, "first.help"))
    for _ in range(2):
        assert said(EN, "site.for_help") in john.modal.read
        assert said(EN, "slack.help") not in john.modal.read, "it would only draw this again"
        assert said(EN, "slack.later") not in john.modal.read
        await john.submits()
    assert await calls_out(office) == 0
    await john.picks("Shinjuku store · Shinjuku area")
    await john.submits()
    assert await calls_out(office) == 1


async def test_a_screen_with_one_way_on_keeps_it_on_the_modals_own_button(
    office: Office, john: Person
) -> None:
    await john.commands("/mamori")
    await john.taps(said(EN, "first.check"))
    await is_asked_one_by_one(office, john, said(EN, "safe.v"))
    assert not any("by_submit" in block["block_id"] for block in john.modal.shown["blocks"])
    await john.picks(said(EN, "chip.c"))
    await john.submits()
    assert said(EN, "effects.title") in john.modal.read


async def test_a_result_with_something_to_choose_goes_nowhere_by_itself(
    office: Office, john: Person
) -> None:
    """Two answers stand there, and the modal's own button is neither."""
    await john.commands("/mamori")
    await answers_the_checklist(john, EN)
    await john.taps(said(EN, "slack.back"))
    await is_asked_one_by_one(office, john, said(EN, "length.q"))
    assert said(EN, "result.send") in john.modal.read
    await john.submits()
    assert said(EN, "who.missing") in john.modal.read


@pytest.mark.parametrize("before", ["safe.v", "safe.o"])
async def test_help_pressed_while_the_next_screen_is_on_its_way_is_shown(
    office: Office, before: str
) -> None:
    """Somebody of one site taps an answer and at once Help, on the screen that still stands."""
    yamamoto = office.person("yamamoto")
    await yamamoto.commands("/mamori")
    await yamamoto.taps(said("ja", "first.check"))
    still = copy.deepcopy(yamamoto.modal)
    await yamamoto.taps(said("ja", before))
    await yamamoto.taps(said("ja", "slack.help"), still)
    assert await calls_out(office) == 1
    assert said("ja", "help.title") in yamamoto.modal.read


async def test_help_where_the_workplace_is_asked_first_stands_over_the_next_screen(
    office: Office, john: Person
) -> None:
    await john.commands("/mamori")
    await john.taps(said(EN, "first.check"))
    still = copy.deepcopy(john.modal)
    await john.taps(said(EN, "safe.v"))
    await john.taps(said(EN, "slack.help"), still)
    assert said(EN, "site.for_help") in john.modal.read


async def test_an_answer_that_comes_after_help_does_not_take_the_call_away(office: Office) -> None:
    yamamoto = office.person("yamamoto")
    await yamamoto.commands("/mamori")
    await yamamoto.taps(said("ja", "first.check"))
    still = copy.deepcopy(yamamoto.modal)
    await yamamoto.taps(said("ja", "slack.help"))
    await yamamoto.taps(said("ja", "safe.v"), still)
    assert said("ja", "help.title") in yamamoto.modal.read


@pytest.mark.parametrize("kind", [Kind.STATUS, Kind.DROPPED_BEFORE, Kind.DROPPED_AFTER])
async def test_a_call_is_shown_though_slack_lost_the_first_try(office: Office, kind: Kind) -> None:
    yamamoto = office.person("yamamoto")
    await yamamoto.commands("/mamori")
    office.slack.faults.append(Fault(kind, "views.update"))
    await yamamoto.taps(said("ja", "first.help"))
    assert await calls_out(office) == 1
    assert said("ja", "help.title") in yamamoto.modal.read


async def test_a_call_whose_modal_was_closed_meanwhile_is_shown_in_a_new_one(
    office: Office,
) -> None:
    yamamoto = office.person("yamamoto")
    await yamamoto.commands("/mamori")
    still = copy.deepcopy(yamamoto.modal)
    yamamoto.closes()
    await yamamoto.taps(said("ja", "first.help"), still)
    assert said("ja", "help.title") in yamamoto.modal.read


DOES_NOT_OPEN = [
    Fault(Kind.ERROR, "views.open", error="expired_trigger_id"),
    Fault(Kind.ERROR, "views.open", error="view_too_large"),
    Fault(Kind.THROTTLED, "views.open"),
    Fault(Kind.STATUS, "views.open"),
    Fault(Kind.DROPPED_BEFORE, "views.open"),
]


def faults() -> pytest.MarkDecorator:
    """Each way in which a modal does not open."""
    return pytest.mark.parametrize(
        "fault", DOES_NOT_OPEN, ids=lambda fault: f"{fault.kind}-{fault.error}"
    )


@faults()
async def test_a_modal_that_does_not_open_is_said_in_the_chat(
    office: Office, john: Person, fault: Fault
) -> None:
    await john.writes("hello")
    office.clock.passes(seconds=1)
    office.slack.faults.append(replace(fault))
    await john.taps_in(john.chat[-1], said(EN, "first.help"))
    assert not john.has_modal
    assert said(EN, "slack.failed") in john.chat[-1].read


@faults()
async def test_a_command_whose_modal_does_not_open_is_answered_in_the_chat(
    office: Office, john: Person, fault: Fault
) -> None:
    office.slack.faults.append(replace(fault))
    await john.commands("/mamori")
    assert said(EN, "slack.failed") in john.chat[-1].read


@faults()
async def test_a_call_that_went_out_is_not_said_to_have_failed(
    office: Office, fault: Fault
) -> None:
    yamamoto = office.person("yamamoto")
    await yamamoto.writes("hello")
    office.clock.passes(seconds=1)
    office.slack.faults.append(replace(fault))
    await yamamoto.taps_in(yamamoto.chat[-1], said("ja", "first.help"))
    assert await calls_out(office) == 1
    card = yamamoto.chat[-1]
    assert said("ja", "first.calling") in card.read and "110" in card.read
    assert said("ja", "slack.failed") not in card.read
    await yamamoto.taps_in(card, said("ja", "first.help"))
    assert said("ja", "help.title") in yamamoto.modal.read
    assert await calls_out(office) == 1


async def test_where_the_chat_takes_nothing_either_slack_marks_the_press(
    office: Office, john: Person
) -> None:
    await john.writes("hello")
    office.clock.passes(seconds=1)
    office.slack.faults += [
        Fault(Kind.STATUS, "views.open"),
        Fault(Kind.STATUS, "chat.postMessage"),
    ]
    reply = await john.taps_in(john.chat[-1], said(EN, "first.help"))
    assert reply.status == 503


@faults()
async def test_details_that_do_not_open_are_said_to_whoever_pressed(
    office: Office, fault: Fault
) -> None:
    card = await files_by_hand(office)
    sato = office.person("sato")
    office.slack.faults.append(replace(fault))
    await sato.taps_in(card, said("ja", "desk.details"))
    assert not sato.has_modal
    assert sato.told_only_me() == [said("ja", "slack.failed")]


async def test_details_that_do_not_open_from_the_desks_list_are_said_in_the_chat(
    office: Office,
) -> None:
    await files_by_hand(office)
    sato = office.person("sato")
    await sato.opens_home()
    office.slack.faults.append(Fault(Kind.THROTTLED, "views.open"))
    await sato.taps_at_home(said("ja", "desk.details"))
    assert said("ja", "slack.failed") in sato.chat[-1].read
