"""The card of a message as the case stands at this moment, for whoever has just pressed on it.

Everybody else gets the same by the edit that the press has owed.
"""

from bot.case_work import Work
from bot.company import Person
from bot.crowds import crowd_of
from bot.exclusions import exclusion_of, keeps_from_messages
from bot.messages import card_of, message_of, message_reader_of, reader_of
from bot.ports import Transaction
from bot.rights import OPENS, Reader
from bot.views import view_of
from bot.whole_case import WholeCase
from flows.presses import Press
from flows.screens import Card


async def card_now(work: Work, press: Press, ref: str, reader: Person | None) -> Card | None:
    """What the message `ref` has to show now, to whoever pressed; None where it shows no single
    case, or one that they are kept out of: the message leaves that channel, and is not drawn anew.
    """
    async with work.storage.read() as tx:
        case_id = await _case_of(tx, press)
        whole = await _whole(tx, case_id, ref) if case_id else None
        there = await crowd_of(work, tx, whole) if whole else None
    view = view_of(there, whole) if there and whole else None
    if whole is None or view is None or reader is None:
        return None
    if keeps_from_messages(work, exclusion_of(whole.content, whole.cards), reader):
        return None
    for row in whole.cards:
        if row.ref == ref:
            return card_of(work, row, view, whole)
    for duty in whole.duties:
        for nudge in whole.nudges.get(duty.id, ()):
            if nudge.ref == ref:
                return message_of(work, nudge, duty, view, whole)
    return None


async def _whole(tx: Transaction, case_id: str, ref: str) -> WholeCase | None:
    """The case, with as much of it opened as this message shows."""
    reader = await _reader(tx, case_id, ref)
    return await tx.cases.whole(case_id, OPENS[reader])


async def _reader(tx: Transaction, case_id: str, ref: str) -> Reader:
    card = next((row for row in await tx.cards.of_case(case_id) if row.ref == ref), None)
    if card is not None:
        return reader_of(card)
    nudges = await tx.duties.nudges_of_case(case_id)
    duty_id = next((nudge.duty_id for nudge in nudges if nudge.ref == ref), None)
    duty = await tx.duties.get(duty_id) if duty_id else None
    return message_reader_of(duty) if duty else Reader.CONTENT


async def _case_of(tx: Transaction, press: Press) -> str | None:
    """The case that a press is about: named itself, or by a duty of it."""
    duty = await tx.duties.get(press.subject)
    if duty is not None:
        return duty.case_id
    case = await tx.cases.get(press.subject)
    return case.id if case is not None else None
