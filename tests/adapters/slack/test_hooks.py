"""A press's own address: it saves calls of the workspace, and the outbox stays the one truth."""

from dataclasses import replace

import pytest

from adapters.slack.hooks import MOST_EDITS
from adapters.slack.inbound import Action, Source
from flows.phrases import Verbatim, say
from flows.screens import Card
from tests.adapters.slack.office import DESK, TEAM, Office, said
from tests.adapters.slack.walks import files_by_hand
from tests.fake_slack import Fault, Kind, Message

HOOK = "response_url"


def changes(office: Office) -> int:
    """How many calls of the workspace changed what stands in a channel."""
    return len(office.calls("chat.update", "chat.postMessage", "chat.postEphemeral"))


async def takes(office: Office, card: Message) -> None:
    await office.person("sato").taps_in(card, said("ja", "desk.take"))


def is_taken(card: Message) -> bool:
    return said("ja", "desk.take") not in card.read


def numbered(number: int) -> Card:
    return Card(title=say("desk.title", id=Verbatim(text=f"NO{number}"), urgency=say("urgency.U1")))


async def shows(office: Office, card: Message, number: int) -> None:
    """The outbox wants the message to say something else."""
    await office.site.messenger.edit(DESK, f"/{DESK}/{card.ts}", numbered(number))
    assert f"NO{number}" in card.read


async def test_a_press_on_a_card_is_answered_without_a_call_of_the_workspace(
    office: Office,
) -> None:
    card = await files_by_hand(office)
    assert not office.slack.responses
    before = changes(office)
    await takes(office, card)
    assert office.person("sato").told_only_me() == [said("ja", "press.recorded")]
    assert not is_taken(card)  # it is the outbox that shows it, from what is on disk
    await office.settles()
    assert is_taken(card) and changes(office) == before


async def test_later_edits_go_the_same_way_as_often_as_it_is_good_and_then_by_calls(
    office: Office,
) -> None:
    card = await files_by_hand(office)
    await takes(office, card)
    for number in range(MOST_EDITS + 2):
        await shows(office, card, number)
    assert len(office.calls("chat.update")) == 2
    await office.person("suzuki").taps_in(card_as_it_was(card), "x")
    await shows(office, card, 9)
    assert len(office.calls("chat.update")) == 2


def card_as_it_was(card: Message) -> Message:
    """A screen on which an old button still stands."""
    button = {"type": "button", "action_id": "press.card.0", "text": {"text": "x"}, "value": "?"}
    return replace(card, blocks=[{"type": "actions", "block_id": "b", "elements": [button]}])


@pytest.mark.parametrize(
    "fault",
    [
        Fault(Kind.STATUS, HOOK, times=2, status=404),
        Fault(Kind.STATUS, HOOK, times=2, status=500),
        Fault(Kind.THROTTLED, HOOK, times=2),
        Fault(Kind.ERROR, HOOK, times=2),
        Fault(Kind.HTML, HOOK, times=2),
        Fault(Kind.DROPPED_BEFORE, HOOK, times=2),
        Fault(Kind.DROPPED_AFTER, HOOK, times=2),
    ],
    ids=lambda fault: f"{fault.kind}-{fault.status}",
)
async def test_what_the_address_does_not_surely_take_is_shown_by_a_call(
    office: Office, fault: Fault
) -> None:
    card = await files_by_hand(office)
    office.slack.faults.append(replace(fault))
    await takes(office, card)
    await office.settles()
    assert is_taken(card)
    assert len(office.calls("chat.update")) == 1


async def test_an_old_address_is_not_tried(office: Office) -> None:
    card = await files_by_hand(office)
    await takes(office, card)
    office.clock.passes(minutes=25)
    await office.site.watch.check()
    heard = len(office.slack.responses)
    await shows(office, card, 1)
    assert len(office.slack.responses) == heard and office.calls("chat.update")


async def test_a_message_in_a_thread_is_edited_by_a_call(office: Office) -> None:
    card = await files_by_hand(office)
    threaded = replace(card_as_it_was(card), thread_ts="1.000001")
    await office.person("sato").taps_in(threaded, "x")
    await shows(office, card, 1)
    assert len(office.calls("chat.update")) == 1
    await office.person("sato").taps_in(replace(threaded, thread_ts=card.ts), "x")
    await shows(office, card, 2)
    assert len(office.calls("chat.update")) == 1


async def test_a_desk_channel_that_became_public_gets_nothing_by_that_address_either(
    office: Office,
) -> None:
    card = await files_by_hand(office)
    await takes(office, card)
    office.slack.space.channels[DESK].private = False
    await office.site.watch.check()
    heard = len(office.slack.responses)
    await office.site.messenger.edit(DESK, f"/{DESK}/{card.ts}", numbered(1))
    assert len(office.slack.responses) == heard and "NO1" not in card.read


@pytest.mark.parametrize("url", ["https://evil.example/x", "http://hooks.slack.com/x", ""])
async def test_no_other_address_is_ever_called(office: Office, url: str) -> None:
    card = await files_by_hand(office)
    action = Action(Source(TEAM, "U0SATO", "1", url), "press.card.0", "", None, DESK, card.ts)
    await office.site.presses.channels.press(action)
    await shows(office, card, 1)
    assert len(office.calls("chat.update")) == 1 and not office.slack.responses
