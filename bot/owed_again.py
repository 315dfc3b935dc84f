"""What could not be delivered while our app was not at home somewhere is owed again, once.

A card or message that a platform will never take has failed: that was said, and others were
asked. When the app is at home there again, it is owed as at first; whether it is still needed,
and what it says, is decided when it is sent.
"""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from bot.case_work import CardKind, Work, card_job, nudge_address, nudge_job, refresh_case
from bot.ports import Transaction
from bot.rows import ENDED, message_level
from bot.work_records import CardRow, CardState, NudgeRow, NudgeState

log = structlog.get_logger()

KINDS = (CardKind.DESK, CardKind.CARE, CardKind.SECOND_PERSON)
MOST_LOOKED_AT = 1000
"""Open cases whose messages are looked at again: some were not edited meanwhile."""

AtHome = Callable[[str], Awaitable[bool]]
"""Whether an address is one where the app was away, and is at home now."""


@dataclass(frozen=True)
class Away:
    """What a platform's adapter knows of such an absence."""

    at_home: AtHome
    reasons: frozenset[str]
    """Why a card failed, where that was because the app was away."""


async def owe_again(work: Work, away: Away) -> None:
    """Owes what failed because the app was away, and looks at every open case again."""
    async with work.storage.read() as tx:
        failed = [card.case_id for card in await tx.cards.all_failed()]
        failed += await tx.duties.with_failed_nudges()
        opened = [id for kind in KINDS for id in await tx.cases.open_at(kind, MOST_LOOKED_AT)]
    again = 0
    for case_id in dict.fromkeys([*failed, *opened]):
        again += await _case_again(work, away, case_id)
    log.info("owed_again", count=again)


async def _case_again(work: Work, away: Away, case_id: str) -> int:
    async with work.storage.read() as tx:
        whole = await tx.cases.whole(case_id)
    if whole is None:
        return 0
    of_duty = [(duty, whole.nudges.get(duty.id, ())) for duty in whole.duties]
    addresses = {card.address for card in whole.cards}
    addresses |= {nudge_address(work, whole.cards, n) for _, rows in of_duty for n in rows}
    home = {each for each in addresses if each and await away.at_home(each)}
    now = work.clock.now()
    async with work.storage.write() as tx:
        await tx.cases.lock(case_id)
        cards = await _cards_again(tx, away, case_id, home, now)
        present = await tx.cards.of_case(case_id)
        nudges = await _nudges_again(work, tx, case_id, present, home, now)
        await refresh_case(tx, case_id, now)
    return cards + nudges


async def _cards_again(
    tx: Transaction, away: Away, case_id: str, home: set[str], now: datetime
) -> int:
    reasons = {entry.detail.get("reason") for entry in await tx.history.of_case(case_id)}
    if not reasons & away.reasons:
        return 0
    failed = [
        card
        for card in await tx.cards.of_case(case_id)
        if card.state is CardState.FAILED and card.address in home
    ]
    for card in failed:
        owed = replace(card, state=CardState.OWED, list_id=card.list_id if card.ref else None)
        await tx.cards.save(owed)
        await tx.jobs.cancel(card.id)  # it would be tried again too, but later
        await tx.jobs.enqueue([card_job(owed, now, "case")])
    return len(failed)


async def _nudges_again(
    work: Work,
    tx: Transaction,
    case_id: str,
    cards: Iterable[CardRow],
    home: set[str],
    now: datetime,
) -> int:
    again = 0
    for duty in await tx.duties.of_case(case_id):
        if duty.state in ENDED:
            continue
        level = message_level(duty)
        for nudge in _newest(await tx.duties.nudges(duty.id)):
            address = nudge_address(work, cards, nudge)
            if nudge.state is NudgeState.FAILED and address in home:
                await tx.duties.set_nudge(nudge.id, NudgeState.OWED)
                await tx.jobs.enqueue([nudge_job(nudge, level, address, now)])
                again += 1
    return again


def _newest(nudges: Iterable[NudgeRow]) -> list[NudgeRow]:
    """The last message to each reader: it speaks for those before it."""
    newest = {(row.direct, row.people if row.direct else ()): row for row in nudges}
    return list(newest.values())
