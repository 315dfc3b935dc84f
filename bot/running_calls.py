"""A call for help that is out already is come back to: from its own screen, or by its visit.

Only while people are still being asked, or are on their way. A call that is over, or that nobody
is left to answer, is not worth coming back to: pressing again must ask everybody again.
"""

from datetime import timedelta

from bot.bodies import site_of
from bot.case_records import Case, CaseKind
from bot.case_work import Work, body_of
from bot.ports import Transaction
from bot.rows import first_of
from bot.work_records import Duty, DutyState
from flows.commitments import DutyKind

JUST_CALLED = timedelta(seconds=10)
"""The same press that comes again within so long is the same thumb, whatever became of its call."""


async def call_duty(tx: Transaction, case_id: str) -> Duty | None:
    """What a call for help asks of people: that they come."""
    return first_of(await tx.duties.of_case(case_id), DutyKind.SECOND_PERSON)


async def runs(tx: Transaction, case: Case) -> bool:
    """Whether this is a call for which people are being asked, or are on their way."""
    if case.kind is not CaseKind.HELP:
        return False
    duty = await call_duty(tx, case.id)
    return duty is not None and duty.state in (DutyState.OPEN, DutyState.ANSWERED)


async def is_calling(tx: Transaction, caller: bytes) -> bool:
    """Whether this visit has a call for help that is still out."""
    case = await tx.cases.by_caller(caller)
    return case is not None and await runs(tx, case)


async def find_call(
    work: Work, tx: Transaction, secret: bytes, caller: bytes | None, site_id: str
) -> tuple[Case | None, bytes]:
    """The call to come back to, if there is one, and else of which draft a new one is.

    Everything is held until the transaction ends: of two equal presses at the same moment the
    second finds the first one's call, and a call that is ended meanwhile is not come back to.
    """
    # The visit first, always: who holds a call never waits for a visit.
    of_visit = await tx.cases.by_caller(caller) if caller else None
    of_screen, draft_mac = await _of_screen(work, tx, secret)
    if of_screen is not None or of_visit is None:
        return of_screen, draft_mac
    await tx.cases.lock(of_visit.id)
    body = await body_of(tx, of_visit.id)
    if body is not None and site_of(body) == site_id and await runs(tx, of_visit):
        return of_visit, draft_mac
    await tx.cases.forget_caller(of_visit.id)  # the new call will be the visit's
    return None, draft_mac


async def _of_screen(work: Work, tx: Transaction, secret: bytes) -> tuple[Case | None, bytes]:
    """The call that was made from a screen, or the mac by which its next one will be found."""
    draft_mac = work.index.draft_mac(b"help" + secret)
    while (case := await tx.cases.by_draft(draft_mac)) is not None:
        await tx.cases.lock(case.id)
        if await runs(tx, case) or await _is_new(work, tx, case):
            return case, draft_mac
        draft_mac = work.index.draft_mac(b"help" + secret + case.id.encode())
    return None, draft_mac


async def _is_new(work: Work, tx: Transaction, case: Case) -> bool:
    history = await tx.history.of_case(case.id)
    since = work.clock.now() - history[0].at if history else JUST_CALLED
    return timedelta(0) <= since < JUST_CALLED
