"""The judge and the platform of the kills find what they are there to find."""

import random
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from aiohttp import ClientSession

from bot.messengers import Ambiguous, NotThere, Permanent, Sent, Throttled
from flows.phrases import Verbatim, listed, say
from flows.screens import Bullets, Card
from tests.chaos.judge import Verdict, judge_channels
from tests.chaos.messenger import HttpMessenger
from tests.chaos.platform import BURST, ChatPlatform, Faults, Shown
from tests.chaos.reporters import Acknowledged, Ledger
from tests.support.world import FakeClock

REPORT = Acknowledged("ABC1234", "123", "shinjuku", site_may_know=False)
CALL = Acknowledged("CAL1234", "", "yotsuya", site_may_know=True)


def a_card(key: str, *ids: str) -> Card:
    """A card with this title, and these cases in it."""
    return Card(title=say(key, id=listed([Verbatim(text=each) for each in ids])))


def a_list(*ids: str) -> Card:
    """A running list of these cases."""
    items = tuple(listed([Verbatim(text=each)]) for each in ids)
    return Card(title=say("list.reports.title", count=len(ids)), body=(Bullets(items=items),))


class Channels:
    """What people see, put there by a test."""

    def __init__(self) -> None:
        self.platform = ChatPlatform(random.Random(1))

    def show(self, channel: str, card: Card, key: str = "") -> None:
        ref = str(len(self.platform.messages) + 1)
        self.platform.messages[ref] = Shown(ref, channel, None, key or ref, card, 1, False)

    def judged(self, *acknowledged: Acknowledged) -> Verdict:
        return judge_channels(Ledger(list(acknowledged)), self.platform)


@pytest.fixture
def channels() -> Channels:
    return Channels()


def test_a_case_that_has_its_card_is_well(channels: Channels) -> None:
    channels.show("desk", a_card("desk.title", REPORT.public_id))
    assert channels.judged(REPORT).good


def test_a_case_that_is_one_line_of_a_list_is_well(channels: Channels) -> None:
    channels.show("desk", a_list("XYZ1234", REPORT.public_id))
    assert channels.judged(REPORT, replace(REPORT, public_id="XYZ1234")).good


def test_a_case_that_nobody_shows_is_lost(channels: Channels) -> None:
    assert channels.judged(REPORT).lost == ["ABC1234 at the desk"]


def test_two_cards_of_one_case_are_doubled_whatever_their_keys(channels: Channels) -> None:
    channels.show("desk", a_card("desk.title", REPORT.public_id))
    channels.show("desk", a_card("desk.title", REPORT.public_id))
    assert channels.judged(REPORT).doubled == ["ABC1234 at the desk"]


def test_a_case_that_nobody_was_told_of_is_broken(channels: Channels) -> None:
    channels.show("desk", a_card("desk.title", "XYZ1234"))
    assert channels.judged().broken == ["XYZ1234 is with the desk and nobody was told"]


def test_a_site_gets_as_many_cards_as_it_may_know_of(channels: Channels) -> None:
    channels.show("desk", a_card("desk.help.title", CALL.public_id))
    assert set(channels.judged(CALL).lost) == {
        "1 of 1 cards for care at yotsuya",
        "1 of 1 cards for help at yotsuya",
    }
    channels.show("yotsuya", a_card("care.title"))
    channels.show("yotsuya", a_card("help.card.title"))
    assert channels.judged(CALL).good
    channels.show("yotsuya", a_card("care.title"))
    assert channels.judged(CALL).doubled == ["1 cards for care beyond 1 at yotsuya"]


@pytest.fixture
async def base(channels: Channels) -> AsyncIterator[str]:
    async with channels.platform.served() as base:
        yield base


@pytest.fixture
async def messenger(base: str) -> AsyncIterator[HttpMessenger]:
    messenger = HttpMessenger(base, FakeClock(), gap_seconds=1.0, reads_back=False)
    yield messenger
    await messenger.close()


CARD = a_card("desk.title", REPORT.public_id)


async def posts(messenger: HttpMessenger, key: str = "key", channel: str = "desk") -> object:
    return await messenger.post(channel, CARD, key, None)


async def test_a_message_is_posted_edited_and_found(
    channels: Channels, messenger: HttpMessenger
) -> None:
    assert await messenger.find("desk", "key", None) == NotThere()
    assert await posts(messenger) == Sent("1")
    assert await messenger.find("desk", "key", None) == Sent("1")
    assert await messenger.edit("desk", "1", a_card("help.title")) == Sent("1")
    (shown,) = channels.platform.channel("desk")
    assert shown.card == a_card("help.title")


async def test_what_no_platform_forgives_is_refused_and_noted(
    channels: Channels, base: str, messenger: HttpMessenger
) -> None:
    assert await posts(messenger, channel="nowhere") == Permanent("channel_not_found")
    assert await messenger.edit("desk", "7", CARD) == Permanent("message_not_found")
    assert await messenger.post("desk", CARD, "key", "7") == Permanent("thread_not_found")
    async with ClientSession() as session, session.post(f"{base}/post", json={"key": 1}) as answer:
        assert answer.status == 400
    assert len(channels.platform.unforgiven) == 3
    assert not channels.judged().good


async def test_whoever_posts_too_fast_is_told_to_wait(messenger: HttpMessenger) -> None:
    outcomes = [await posts(messenger, key=str(number)) for number in range(3 * BURST)]
    assert isinstance(outcomes[0], Sent)
    assert any(isinstance(outcome, Throttled) for outcome in outcomes)


@pytest.mark.parametrize(
    ("faults", "shown"), [(Faults(answer_lost=1.0), 1), (Faults(never_arrived=1.0), 0)]
)
async def test_a_lost_answer_leaves_the_message_and_a_lost_call_does_not(
    channels: Channels, messenger: HttpMessenger, faults: Faults, shown: int
) -> None:
    channels.platform.faults = faults
    assert await posts(messenger) == Ambiguous()
    assert len(channels.platform.channel("desk")) == shown


async def test_a_repeat_is_forgiven_after_a_lost_answer_and_only_without_read_back(
    channels: Channels, base: str, messenger: HttpMessenger
) -> None:
    platform = channels.platform
    platform.faults = Faults(answer_lost=1.0)
    await posts(messenger)
    platform.faults = Faults()
    await posts(messenger)
    assert (platform.repeated, platform.doubled) == (["key"], [])
    await posts(messenger)  # the second answer was not lost
    assert (platform.repeated, platform.doubled) == (["key"], ["key"])
    platform.faults = Faults(answer_lost=1.0)
    await posts(messenger, key="other")
    platform.faults = Faults()
    looks = HttpMessenger(base, FakeClock(), gap_seconds=1.0, reads_back=True)
    await posts(looks, key="other")
    await looks.close()
    assert platform.doubled == ["key", "other"]


async def test_a_repeat_is_forgiven_after_whoever_posted_was_killed(
    channels: Channels, messenger: HttpMessenger
) -> None:
    await posts(messenger)
    (shown,) = channels.platform.channel("desk")
    channels.platform.killed.add(shown.posted_by)
    await posts(messenger)
    assert (channels.platform.repeated, channels.platform.doubled) == (["key"], [])


def test_a_reminder_that_stands_by_itself_is_no_second_card_and_no_card(
    channels: Channels,
) -> None:
    channels.show("desk", a_card("nudge.due", REPORT.public_id))
    assert channels.judged(REPORT).lost == ["ABC1234 at the desk"]
    channels.show("desk", a_card("desk.title", REPORT.public_id))
    assert channels.judged(REPORT).good
