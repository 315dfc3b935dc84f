"""What is owed to a platform: rendered when it is sent, and never called sent before it was.

One function handles one row: read what is true now, send, write down what became of it.
No transaction is open while a platform is awaited.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

import structlog

from bot.case_work import PRIORITY, Work
from bot.messengers import Ambiguous, Delivery, Found, Messenger, NotThere, Permanent, Throttled
from bot.ports import Transaction
from bot.work_records import LONGEST_HOLD, Job
from flows.screens import Card

log = structlog.get_logger()

RETRY_SECONDS = (2, 5, 15, 60, 300)
"""After a lost answer; the last one repeats until the platform is back."""
DANGER_RETRY_SECONDS = 30
"""The longest of these for what is owed to somebody in danger: a platform that is back shows it
within a minute."""

Messengers = Mapping[str, Messenger]


@dataclass(frozen=True)
class Target:
    """Where one message stands or is to stand."""

    address: str
    key: str
    """Names the message for ever, so that a repeat can be recognised."""
    ref: str | None
    """The platform's name for it, once it has one."""
    thread: str | None = None
    failed: bool = False
    """It was tried in vain before, and its channel has taken nothing since."""
    list_thread: str | None = None
    """The running list beside which an earlier try may have put it, before there was a card."""


def fingerprint(card: Card) -> str:
    """Changes when anything a reader sees changes; whom the first message alerted is no part."""
    return sha256(card.model_dump_json(exclude={"mentions"}).encode()).hexdigest()


async def send(messengers: Messengers, target: Target, card: Card, job: Job) -> Delivery:
    """Shows `card` there, as a new message or an edit of the one there is.

    A create that was tried before may have been taken: where the platform lets us look, we
    look first, and create again only what is certainly not there.
    """
    platform, _, channel = target.address.partition(":")
    messenger = messengers.get(platform)
    if messenger is None:
        return Permanent("no_such_platform")
    if target.ref is not None:
        return await messenger.edit(channel, target.ref, card)
    found = await look(messengers, target, job)
    if found is not None and not isinstance(found, NotThere):
        return found
    return await messenger.post(channel, card, target.key, target.thread)


async def look(messengers: Messengers, target: Target, job: Job) -> Found | None:
    """What became of a create that was tried before; None where nobody can know.

    None too where nothing was tried yet.
    """
    platform, _, channel = target.address.partition(":")
    messenger = messengers.get(platform)
    if messenger is None or not messenger.reads_back or not may_be_older(target, job):
        return None
    # The first try may have gone before there was a card to stand beside.
    for thread in dict.fromkeys((target.thread, target.list_thread, None)):
        found = await messenger.find(channel, target.key, thread)
        if not isinstance(found, NotThere):
            break
    return found


def may_be_older(target: Target, job: Job) -> bool:
    """Whether what stands there may be an earlier try's: it shows what was true then."""
    return target.ref is None and (job.attempts > 1 or target.failed)


def is_known(job: Job) -> bool:
    """Whether what a message shows is what was written down: an edit that was tried before may
    have been taken, of what was true then and is not now."""
    return job.attempts <= 1


async def put_off(
    tx: Transaction, job: Job, target: Target, outcome: Throttled | Ambiguous, now: datetime
) -> None:
    """Not taken, or perhaps not: the row waits. A channel that says "wait" waits as a whole."""
    if isinstance(outcome, Throttled):
        # Both until then: what comes after a card stands beside it, and must not go before it.
        until = min(outcome.retry_at, now + LONGEST_HOLD)
        await tx.jobs.put_off(job, until)
        await tx.jobs.hold(target.address, until, now)
        return
    wait = RETRY_SECONDS[min(job.attempts, len(RETRY_SECONDS)) - 1]
    if job.priority == PRIORITY["danger"]:
        wait = min(wait, DANGER_RETRY_SECONDS)
    await tx.jobs.retry(job, now + timedelta(seconds=wait))


async def drop(work: Work, job: Job) -> None:
    """There is nothing to send any more; the next message of the channel need not wait for it."""
    async with work.storage.write() as tx:
        await tx.jobs.done(job)
        await tx.jobs.unspent(job, work.clock.now())
