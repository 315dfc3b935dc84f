"""The verdict, from what people were told and what the channels show. Never from our tables."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.chaos.platform import ChatPlatform, Shown
from tests.chaos.reporters import Acknowledged, Ledger, Reporter
from tests.stories.test_main_job import said

SITES = ("shinjuku", "yotsuya", "callcentre")


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
    verdict.doubled += platform.doubled
    verdict.repeated = len(platform.repeated)
    desk = _cards(platform, "desk")
    acknowledged = {each.public_id: each for each in ledger.acknowledged}
    for public_id in acknowledged:
        shown = {card.key for card in desk if public_id in card.card.title.model_dump_json()}
        if not shown:
            verdict.lost.append(f"{public_id} at the desk")
        if len(shown) > 1:
            verdict.doubled.append(f"{public_id} at the desk")
    for card in desk:
        if not any(public_id in card.card.title.model_dump_json() for public_id in acknowledged):
            verdict.broken.append("a case at the desk that nobody was told of")
    for site in SITES:
        _judge_site(site, ledger.acknowledged, _cards(platform, site), verdict)
    return verdict


def _judge_site(
    site: str, acknowledged: Sequence[Acknowledged], cards: Sequence[Shown], verdict: Verdict
) -> None:
    """A site's cards name no case, so they are counted: one that asks for care a report."""
    here = [each for each in acknowledged if each.site == site and each.site_may_know]
    for title, owed in (
        ("care.", sum(1 for each in here if each.receipt)),
        ("help.card.", sum(1 for each in here if not each.receipt)),
    ):
        shown = {
            card.key for card in cards if f'"key":"{title}' in card.card.title.model_dump_json()
        }
        if len(shown) < owed:
            verdict.lost.append(f"{owed - len(shown)} of {owed} {title} at {site}")
        if len(shown) > owed:
            verdict.doubled.append(f"{len(shown) - owed} beyond {owed} {title} at {site}")


def _cards(platform: ChatPlatform, channel: str) -> list[Shown]:
    """The messages of a channel that stand in no thread."""
    return [shown for shown in platform.channel(channel) if shown.thread is None]


async def judge_receipts(bases: list[str], ledger: Ledger, verdict: Verdict) -> None:
    """Every receipt leads to its case, and the page says that the desk has it."""
    waiting = [each for each in ledger.acknowledged if each.receipt]

    async def look() -> None:
        async with Reporter(bases, Ledger(), random.Random(1)) as reporter:
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
