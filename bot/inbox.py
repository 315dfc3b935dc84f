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
    key = _key(work, delivery)
    return not await tx.inbox.first(key, work.clock.now())


async def was_answered(work: Work, delivery: bytes) -> bool:
    """Whether a delivery that is only answered, and changes nothing of ours, had its answer."""
    async with work.storage.read() as tx:
        return await tx.inbox.knows(_key(work, delivery))


async def note_answered(work: Work, delivery: bytes) -> None:
    """This delivery has its answer. Noted afterwards, so that whatever breaks before, the process
    too, somebody who asked is answered when it comes again: twice is better than never."""
    async with work.storage.write() as tx:
        await tx.inbox.first(_key(work, delivery), work.clock.now())


async def forget_old_deliveries(work: Work) -> None:
    """Lets go of what nobody brings again."""
    async with work.storage.write() as tx:
        await tx.inbox.forget_before(work.clock.now() - REMEMBERED)


def _key(work: Work, delivery: bytes) -> bytes:
    return work.index.mac("delivery", delivery)
