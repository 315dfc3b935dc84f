"""What the desk may say is done, or not needed, and what keeps a case from being closed."""

from datetime import datetime, timedelta

from flows.commitments import DutyKind
from flows.duties import ASKED_KINDS, Owner

AFTERCARE = frozenset({DutyKind.CARE, *ASKED_KINDS, DutyKind.COMMITTEE_REPORT})
"""What goes on after the desk has closed the case."""


def is_owed_before_closing(
    kind: DutyKind, owner: Owner, *, said_done: bool, exhausted: bool
) -> bool:
    """Whether a duty that has not ended keeps its case from being closed.

    Care that the desk itself owes does until the desk says that it was given: nobody else gives
    it. The employee's own word on it may come later. So does a site's that nobody there gave.
    """
    if kind is DutyKind.CARE:
        return exhausted or (owner is Owner.DESK and not said_done)
    return kind not in AFTERCARE


ENDED_BY_DESK = frozenset(
    {
        DutyKind.CARE,  # said to be done; the employee's own word ends it
        DutyKind.NEXT_CONTACT,
        DutyKind.FOLLOW_UP,
        DutyKind.FACT_CHECK,
        DutyKind.PHYSICIAN,
        DutyKind.EXPERTS,
        DutyKind.LAWYER,
        DutyKind.COMMITTEE_REPORT,
    }
)
"""What a press of the desk ends. The others end by the deed: taking, writing, responding."""

FORGOTTEN_AFTER = timedelta(days=1)
"""People came, and none of them ever said that it is over."""


def is_ended_by_desk(
    kind: DutyKind, owner: Owner, *, exhausted: bool, due_at: datetime, now: datetime
) -> bool:
    """Whether a press of the desk's ends this duty.

    Of what a site answers only what nobody there is left to ask for, and the second person once
    the day is past: else a case whose people forgot to say that it is over could never be closed.
    """
    if owner is Owner.DESK:
        return kind in ENDED_BY_DESK
    if kind is DutyKind.CARE:
        return exhausted
    return kind is DutyKind.SECOND_PERSON and (exhausted or now - due_at >= FORGOTTEN_AFTER)


def was_ended_by_desk(kind: DutyKind, state: str) -> bool:
    """Whether a press of the desk's ended this duty, and one may say that it was wrong.

    Of care it may not: there the employee's own word counts.
    """
    if kind is DutyKind.CARE or kind not in ENDED_BY_DESK:
        return False
    return state == "done" or (state == "closed" and kind in MAY_BE_NEEDLESS)


def goes_on_in(case: str, kind: DutyKind, *, danger: bool) -> bool:
    """Whether what ended may be owed again in a case in this state.

    A talk that nobody had opens a closed case again. Of what was taken back nothing is owed but a
    talk with somebody in `danger`.
    """
    if case == "closed":
        return kind is DutyKind.FOLLOW_UP or kind in AFTERCARE
    return case == "open" or (case == "withdrawn" and kind is DutyKind.FOLLOW_UP and danger)


MAY_BE_NEEDLESS = frozenset(
    {DutyKind.NEXT_CONTACT, DutyKind.PHYSICIAN, DutyKind.EXPERTS, DutyKind.LAWYER}
)
"""What the desk may find that a case does not need."""
