"""Help now: goes out at once, nothing asked first; kept apart from any report."""

from bot.bodies import HelpBody, pack, unpack
from bot.case_work import Work, bear_duties, refresh_cards
from bot.company import Site
from bot.filing import Filed
from bot.keys import new_id, new_public_id
from bot.ports import Transaction
from bot.records import Case, CaseKind, CaseState, Duty, DutyState
from bot.rows import ENDED, end_duty
from flows.clocks import Urgency
from flows.commitments import DutyKind
from flows.duties import Owner, care, not_alone


async def call_help(
    work: Work, site_id: str, secret: bytes, language: str, caller: bytes | None = None
) -> Filed:
    """Calls people to the site. The same press sent twice is one call.

    `caller` is this visit, as a keyed hash that is kept only while the call runs: pressing
    again, after a reload for example, comes back to the call that is out already.
    """
    draft_mac = work.index.draft_mac(b"help" + secret)
    site = work.company.site(site_id)
    if site is None:
        raise LookupError("no such site")
    async with work.storage.write() as tx:
        case = await tx.cases.by_draft(draft_mac) or await _running(tx, caller, site_id)
        if case is None:
            case = await _new_call(work, tx, site, language, draft_mac, caller)
    return Filed(case.id, case.public_id, None)


async def _running(tx: Transaction, caller: bytes | None, site_id: str) -> Case | None:
    """The visit's call to this site, while people are still being asked or are on their way.

    A call that nobody is left to answer is not worth coming back to: pressing again must
    ask everybody again.
    """
    case = await tx.cases.by_caller(caller) if caller else None
    if case is None:
        return None
    body = await _body(tx, case.id)
    called = await _called(tx, case.id)
    still = called is not None and called.state in (DutyState.OPEN, DutyState.ANSWERED)
    if still and body.site_id == site_id:
        return case
    await tx.cases.forget_caller(case.id)
    return None


async def is_calling(tx: Transaction, caller: bytes) -> bool:
    """Whether this visit has a call for help that is still out."""
    case = await tx.cases.by_caller(caller)
    called = await _called(tx, case.id) if case else None
    return called is not None and called.state in (DutyState.OPEN, DutyState.ANSWERED)


async def _called(tx: Transaction, case_id: str) -> Duty | None:
    duties = await tx.duties.of_case(case_id)
    return next((duty for duty in duties if duty.kind == DutyKind.SECOND_PERSON), None)


async def _new_call(
    work: Work, tx: Transaction, site: Site, language: str, draft_mac: bytes, caller: bytes | None
) -> Case:
    now = work.clock.now()
    case = Case(
        id=new_id(work.entropy),
        public_id=new_public_id(work.entropy),
        kind=CaseKind.HELP,
        state=CaseState.OPEN,
        urgency=Urgency.U0.value,
        policy_id=work.policy.digest(),
        rev=0,
    )
    body = HelpBody(site_id=site.id, language=language)
    await tx.cases.add(case, pack(body), draft_mac, caller_mac=caller)
    await tx.history.append(case.id, now, "caller", "help_called", {})
    spec = not_alone(work.policy, work.policy.ladders.help, now)
    await bear_duties(work, tx, case.id, site, [spec], now)
    return case


async def name_place(work: Work, tx: Transaction, case_id: str, spot: str) -> None:
    """The caller says where in the building they are."""
    body = await _body(tx, case_id)
    site = work.company.site(body.site_id)
    location = work.policy.locations.get(site.location) if site else None
    if location is None or spot not in {known.id for known in location.spots}:
        return
    now = work.clock.now()
    await tx.cases.set_body(case_id, pack(body.model_copy(update={"spot": spot})))
    await tx.history.append(case_id, now, "caller", "place_named", {})
    await refresh_cards(tx, case_id, now)


async def end_help(work: Work, tx: Transaction, case_id: str, *, mistaken: bool) -> None:
    """The caller is fine, or pressed by mistake. Fine means that care is owed from here on."""
    body = await _body(tx, case_id)
    now = work.clock.now()
    called = await _called(tx, case_id)
    if called is None or called.state in ENDED:
        return
    await end_duty(tx, called, DutyState.CLOSED if mistaken else DutyState.DONE, now)
    await tx.cases.forget_caller(case_id)
    for duty in await tx.duties.of_case(case_id):
        if duty.kind == DutyKind.TAKE and duty.state not in ENDED:
            await end_duty(tx, duty, DutyState.CLOSED, now)
    fact = "help_mistake" if mistaken else "help_over"
    await tx.history.append(case_id, now, "caller", fact, {})
    if mistaken:
        await tx.cases.set_body(case_id, pack(body.model_copy(update={"mistaken": True})))
    else:
        site = work.company.site(body.site_id)
        assert site is not None
        await bear_duties(work, tx, case_id, site, [care(work.policy, Owner.SITE, now)], now)
    await refresh_cards(tx, case_id, now)


async def _body(tx: Transaction, case_id: str) -> HelpBody:
    data = await tx.cases.body(case_id)
    body = unpack(data) if data else None
    if not isinstance(body, HelpBody):
        raise LookupError("not a call for help")
    return body
