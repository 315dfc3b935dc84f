"""A delivery that comes twice has one effect: platforms repeat themselves, and so do thumbs."""

from datetime import timedelta

from bot.case_work import Work
from bot.ports import Transaction

REMEMBERED = timedelta(days=2)
"""Longer than any platform repeats a delivery, and than a page stays good for a press."""


async def is_repeated(work: Work, tx: Transaction, delivery: bytes | None) -> bool:
    """Whether this delivery had its effect before. Noted in the transaction of the effect.

    Only a keyed hash is kept. Filing needs none: a draft's own secret makes it one case.
    """
    if delivery is None:
        return False
    key = work.index.mac("delivery", delivery)
    return not await tx.inbox.first(key, work.clock.now())


async def is_news(work: Work, delivery: bytes) -> bool:
    """Whether a delivery that is only answered, and changes nothing of ours, is new."""
    async with work.storage.write() as tx:
        return not await is_repeated(work, tx, delivery)


async def let_come_again(work: Work, delivery: bytes) -> None:
    """The answer to this delivery was certainly not taken."""
    async with work.storage.write() as tx:
        await tx.inbox.forget(work.index.mac("delivery", delivery))


async def forget_old_deliveries(work: Work) -> None:
    """Lets go of what nobody brings again."""
    async with work.storage.write() as tx:
        await tx.inbox.forget_before(work.clock.now() - REMEMBERED)
