"""The card of a message as the case stands at this moment, for whoever has just pressed on it.

Everybody else gets the same by the edit that the press has owed.
"""

from bot.case_work import Work
from bot.ports import Transaction
from bot.views import view_of
from flows.cards import desk_card
from flows.commitments import DutyKind
from flows.ladders import Role
from flows.presses import Press
from flows.screens import Card
from flows.site_cards import direct_card, nudge_card, site_card


async def card_now(work: Work, press: Press, ref: str) -> Card | None:
    """What the message `ref` has to show now; None where it shows no single case."""
    async with work.storage.read() as tx:
        case_id = await _case_of(tx, press)
        whole = await tx.cases.whole(case_id) if case_id else None
    view = view_of(work, whole) if whole else None
    if whole is None or view is None:
        return None
    for row in whole.cards:
        if row.ref == ref:
            if row.duty_id is None:
                return desk_card(work.policy, view)
            return site_card(work.policy, view, DutyKind(row.kind))
    duties = {duty.id: duty for duty in view.duties}
    for duty_id, rows in whole.nudges.items():
        for nudge in rows:
            if nudge.ref == ref and duty_id in duties:
                roles = tuple(Role(role) for role in nudge.roles)
                if nudge.direct:
                    return direct_card(work.policy, view, duties[duty_id], roles)
                return nudge_card(work.policy, view, duties[duty_id], roles, ())
    return None


async def _case_of(tx: Transaction, press: Press) -> str | None:
    """The case that a press is about: named itself, or by a duty of it."""
    duty = await tx.duties.get(press.subject)
    if duty is not None:
        return duty.case_id
    case = await tx.cases.get(press.subject)
    return case.id if case is not None else None
