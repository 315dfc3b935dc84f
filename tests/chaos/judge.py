"""The verdict, from what people were told and what the channels show. Never from our tables."""

import asyncio
import random
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from flows.screens import Bullets, Card
from tests.chaos.platform import ChatPlatform, Shown
from tests.chaos.reporters import Acknowledged, Ledger, Reporter
from tests.stories.test_main_job import said

SITES = ("shinjuku", "yotsuya", "callcentre")
PUBLIC_ID = re.compile(r'"text":"([A-Z0-9]{7})"')


@dataclass
class Verdict:
    """What a run comes to. Everything but `repeated` must be empty."""

    lost: list[str] = field(default_factory=list)
    """Acknowledged, and not with the desk, the site or behind its receipt."""
    doubled: list[str] = field(default_factory=list)
    """Shown twice to the same people, although it could be known that it is there."""
    broken: list[str] = field(default_factory=list)
    """Other promises: what was never acknowledged but stands there, what no platform forgives."""
    repeated: int = 0
    """Shown once more after a lost answer, where nothing could be looked up."""

    @property
    def good(self) -> bool:
        return not (self.lost or self.doubled or self.broken)


def judge_channels(ledger: Ledger, platform: ChatPlatform) -> Verdict:
    """What the desk and the sites see, against what people were told."""
    verdict = Verdict(broken=[*ledger.broken, *platform.unforgiven])
    verdict.doubled += [f"message {key}" for key in platform.doubled]
    verdict.repeated = len(platform.repeated)
    _judge_desk(ledger.acknowledged, _beside_none(platform, "desk"), verdict)
    for site in SITES:
        _judge_site(site, ledger.acknowledged, _beside_none(platform, site), verdict)
    return verdict


def _judge_desk(
    acknowledged: Sequence[Acknowledged], shown: Sequence[Shown], verdict: Verdict
) -> None:
    """Every case has one card, or one line of one list; and nobody was told of no other."""
    # A reminder names the case too, and stands by itself where its card's answer was lost again.
    cards = [(each.key, id_) for each in shown if _is_card(each) for id_ in _ids(each.card.title)]
    lines = [(each.key, id_) for each in shown for part in _lists(each.card) for id_ in _ids(part)]
    for each in acknowledged:
        alone = {key for key, public_id in cards if public_id == each.public_id}
        listed = {key for key, public_id in lines if public_id == each.public_id}
        if not alone and not listed:
            verdict.lost.append(f"{each.public_id} at the desk")
        if len(alone) > 1 or len(listed) > 1:
            verdict.doubled.append(f"{each.public_id} at the desk")
    told = {each.public_id for each in acknowledged}
    for stranger in {public_id for _, public_id in (*cards, *lines)} - told:
        verdict.broken.append(f"{stranger} is with the desk and nobody was told")


def _is_card(shown: Shown) -> bool:
    return getattr(shown.card.title, "key", "").startswith("desk.")


def _judge_site(
    site: str, acknowledged: Sequence[Acknowledged], shown: Sequence[Shown], verdict: Verdict
) -> None:
    """A site's cards name no case, so they are counted: one for each that the site may know."""
    here = [each for each in acknowledged if each.site == site and each.site_may_know]
    calls = sum(1 for each in here if not each.receipt)
    lines = {each.key: len(part.items) for each in shown for part in _lists(each.card)}
    for what, owed, there in (
        ("care", len(here), _count(shown, "care.")),  # a call that ended unanswered owes it too
        ("help", calls, _count(shown, "help.card.") + sum(lines.values())),
    ):
        if there < owed:
            verdict.lost.append(f"{owed - there} of {owed} cards for {what} at {site}")
        if there > owed:
            verdict.doubled.append(f"{there - owed} cards for {what} beyond {owed} at {site}")


def _count(shown: Sequence[Shown], title: str) -> int:
    """How many different messages have such a title; a repeat is judged by the platform."""
    return len(
        {each.key for each in shown if getattr(each.card.title, "key", "")[: len(title)] == title}
    )


def _lists(card: Card) -> Iterable[Bullets]:
    """The running list in a message, if it is one."""
    if getattr(card.title, "key", "").startswith("list."):
        yield from (part for part in card.body if isinstance(part, Bullets))


def _ids(part: Bullets | object) -> set[str]:
    """The public ids that stand in a part of a message."""
    return set(PUBLIC_ID.findall(part.model_dump_json()))  # type: ignore[attr-defined]


def _beside_none(platform: ChatPlatform, channel: str) -> list[Shown]:
    """The messages of a channel that stand in no thread."""
    return [shown for shown in platform.channel(channel) if shown.thread is None]


async def judge_receipts(base: str, ledger: Ledger, verdict: Verdict) -> None:
    """Every receipt leads to its case, and the page says that the desk has it."""
    waiting = [each for each in ledger.acknowledged if each.receipt]

    async def look() -> None:
        async with Reporter(base, Ledger(), random.Random(1)) as reporter:
            while waiting:
                each = waiting.pop()
                await reporter.opens("/case/open?lang=en")
                await reporter.presses_button(
                    text=said("en", "web.receipt.open"), change={"receipt": each.receipt}
                )
                if each.public_id not in reporter.page.body:
                    verdict.lost.append(f"{each.public_id} behind its receipt")
                elif said("en", "step.delivered") not in reporter.page.text:
                    verdict.broken.append(f"{each.public_id} is not called delivered")

    await asyncio.gather(*(look() for _ in range(4)))
