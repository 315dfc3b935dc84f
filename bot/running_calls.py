"""A call for help that is out already is come back to: from its own screen, or by its visit.

For as long as nobody ended it: also once nobody is left to ask for it. Who then calls for help
comes back to it too, and everybody is asked anew at once (`bot/help_calls.py`).
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from bot.bodies import Body, HelpBody, site_of
from bot.case_records import Case, CaseKind
from bot.case_work import Work, body_of
from bot.ports import Transaction
from bot.rows import ENDED, answers_to, first_of
from bot.sealed_lists import Visitor
from bot.work_records import Duty, DutyState
from flows.commitments import DutyKind
from flows.ladders import taken_seats

JUST_CALLED = timedelta(seconds=10)
"""The same press that comes again within so long is the same thumb, whatever became of its call."""

STILL_NEEDED = "still_needed"
CALLED = ("help_called", STILL_NEEDED)
"""How the history says that everybody was to be asked."""

WAY_BACK = timedelta(days=1)
"""So long after others ended a call, whoever closed its page finds it among what they sent."""

MOST_CALLS = 3
"""Of one visit at a time, each to another site."""


async def call_duty(tx: Transaction, case_id: str) -> Duty | None:
    """What a call for help asks of people: that they come."""
    return first_of(await tx.duties.of_case(case_id), DutyKind.SECOND_PERSON)


async def runs(tx: Transaction, case: Case) -> bool:
    """Whether this is a call for help that nobody has ended."""
    if case.kind is not CaseKind.HELP:
        return False
    duty = await call_duty(tx, case.id)
    return duty is not None and duty.state not in ENDED


async def nobody_is_left(work: Work, tx: Transaction, case: Case) -> bool:
    """Whether calling once more must ask everybody anew: nobody is left to ask for this call, and
    nobody comes.

    Not at the same press that comes again, whoever could not be asked by the first one.
    """
    duty = await call_duty(tx, case.id)
    if duty is None or duty.state is not DutyState.EXHAUSTED:
        return False
    if taken_seats(await answers_to(work, tx, duty)):
        return False
    called = [line.at for line in await tx.history.of_case(case.id) if line.fact in CALLED]
    return not _is_now(work, max(called, default=None))


def caller_of(work: Work, visitor: Visitor) -> bytes:
    """A visit as a keyed hash; a visit is a random cookie, so it leads to nobody."""
    who = f"{visitor.platform}|{visitor.tenant}|{visitor.actor}"
    return work.index.mac("caller", who.encode("utf-8", "replace"))


def macs_of(work: Work, caller: bytes) -> tuple[bytes, ...]:
    """Under what the calls of one visit are found: one each for as many as may run at a time."""
    others = (work.index.mac("caller", caller + bytes([n])) for n in range(1, MOST_CALLS))
    return (caller, *others)


async def running_call(work: Work, tx: Transaction, caller: bytes) -> Case | None:
    """The newest call for help of this visit that is still out."""
    return await _newest_running(tx, await _calls(work, tx, caller))


async def newest_call(work: Work, tx: Transaction, caller: bytes) -> Case | None:
    """The call that is still out, or else the newest that others ended within a day.

    One that the caller ended leads nowhere any more: nothing is kept that would.
    """
    calls = await _calls(work, tx, caller)
    running = await _newest_running(tx, calls)
    if running is not None:
        return running
    ended = []
    for case in calls:
        duty = await call_duty(tx, case.id)
        at = duty.ended_at if duty is not None else None
        if at is not None and work.clock.now() - at < WAY_BACK:
            ended.append((at, case.id, case))
    return max(ended)[2] if ended else None


async def _calls(work: Work, tx: Transaction, caller: bytes) -> list[Case]:
    found = [await tx.cases.by_caller(mac) for mac in macs_of(work, caller)]
    return [case for case in found if case is not None]


async def _newest_running(tx: Transaction, calls: list[Case]) -> Case | None:
    running = []
    for case in calls:
        if await runs(tx, case):
            history = await tx.history.of_case(case.id)
            running.append((history[0].at, case.id, case))
    return max(running)[2] if running else None


async def others_of_visit(work: Work, tx: Transaction, caller: bytes, but: str) -> tuple[Case, ...]:
    """The calls of this visit that are still out, less one; each is held."""
    running = []
    for mac in macs_of(work, caller):
        case = await tx.cases.by_caller(mac)
        if case is not None and case.id != but:
            await tx.cases.lock(case.id)
            if await runs(tx, case):
                running.append(case)
    return tuple(running)


class Found(NamedTuple):
    """The call to come back to, if there is one, and else under what a new one is found."""

    case: Case | None
    draft_mac: bytes
    caller_mac: bytes | None
    moved: bool
    """Whoever calls is not where they called help before."""


async def find_call(
    work: Work,
    tx: Transaction,
    secret: bytes,
    caller: bytes | None,
    site_id: str,
    *,
    moved: bool = False,
) -> Found:
    """The call to come back to, or of which draft and visit a new one is.

    Whoever is not at a site comes back from there to where they are, unless they have `moved`: by
    their own word, or as their screen called another site before.

    Everything is held until the transaction ends: of two equal presses at the same moment the
    second finds the first one's call, and a call that is ended meanwhile is not come back to.
    """
    # The visit first, always: who holds a call never waits for a visit.
    macs = macs_of(work, caller) if caller else ()
    of_visit = {mac: await tx.cases.by_caller(mac) for mac in macs}
    of_screen, draft_mac, corrects = await _of_screen(work, tx, secret, site_id)
    moved = moved or corrects
    if of_screen is not None or not of_visit:
        return Found(of_screen, draft_mac, caller, moved)
    free = [mac for mac, case in of_visit.items() if case is None]
    for mac, case in of_visit.items():
        if case is None:
            continue
        await tx.cases.lock(case.id)
        running, body = await runs(tx, case), await body_of(tx, case.id)
        if running and body is not None and site_id in _sites(body, moved=moved):
            return Found(case, draft_mac, mac, moved)
        if not running:  # what runs at another site is still this visit's, too
            await tx.cases.forget_caller(case.id)
            free.append(mac)
    if not (free or moved) and (first := of_visit[macs[0]]) is not None:
        await tx.cases.forget_caller(first.id)  # else each is ended, and none is missed
    return Found(None, draft_mac, free[0] if free else macs[0], moved)


async def hold_visit(work: Work, tx: Transaction, caller: bytes) -> None:
    """Before a call of it is held: who holds a call never waits for a visit."""
    for mac in macs_of(work, caller):
        await tx.cases.by_caller(mac)


async def lead_back(work: Work, tx: Transaction, caller: bytes, case_id: str) -> None:
    """The visit, which is held, comes back to this call: nothing leads to one that it ended."""
    of_visit = {mac: await tx.cases.by_caller(mac) for mac in macs_of(work, caller)}
    if any(case is not None and case.id == case_id for case in of_visit.values()):
        return
    free = [mac for mac, case in of_visit.items() if case is None]
    ended = [mac for mac, case in of_visit.items() if case and not await runs(tx, case)]
    mac = (*free, *ended, caller)[0]
    if (other := of_visit[mac]) is not None:
        await tx.cases.forget_caller(other.id)
    await tx.cases.note_caller(case_id, mac)


def _sites(body: Body, *, moved: bool) -> tuple[str, ...]:
    """From where a call is come back to."""
    left = body.instead_of if isinstance(body, HelpBody) and not moved else ()
    return (site_of(body), *left)


async def _of_screen(
    work: Work, tx: Transaction, secret: bytes, site_id: str
) -> tuple[Case | None, bytes, bool]:
    """The call to a site that was made from a screen, or the mac by which its next one will be
    found; and whether one that was made from it still runs at another site.

    Two taps on one list of sites are no double tap where they name two of them.
    """
    corrects = False
    draft_mac = work.index.draft_mac(b"help" + secret)
    while (case := await tx.cases.by_draft(draft_mac)) is not None:
        await tx.cases.lock(case.id)
        running, body = await runs(tx, case), await body_of(tx, case.id)
        # What its caller left once is no call to come back to: they may be there after all.
        stands = isinstance(body, HelpBody) and body.site_id == site_id and not body.moved
        if stands and (running or await _is_new(work, tx, case)):
            return case, draft_mac, corrects
        corrects = corrects or (running and not stands)
        draft_mac = work.index.draft_mac(b"help" + secret + case.id.encode())
    return None, draft_mac, corrects


async def _is_new(work: Work, tx: Transaction, case: Case) -> bool:
    history = await tx.history.of_case(case.id)
    return _is_now(work, history[0].at if history else None)


def _is_now(work: Work, at: datetime | None) -> bool:
    return at is not None and timedelta(0) <= work.clock.now() - at < JUST_CALLED
