"""Help now: goes out at once, nothing asked first; kept apart from any report."""

from datetime import timedelta

from bot.births import bear_duties
from bot.bodies import Health, HelpBody, Identity, pack
from bot.call_ends import UNANSWERED_AFTER, CallEnd, end_help, help_body, last_question
from bot.case_records import Case, CaseKind, CaseState
from bot.case_work import (
    Work,
    refresh_case,
    site_by,
)
from bot.filing import Filed
from bot.keys import new_id, new_public_id
from bot.nudges import ask_desk_anew, ask_everybody_anew
from bot.ports import Transaction
from bot.return_address import keep_address, new_pointer
from bot.rows import ENDED, answers_to, end_duty, first_of
from bot.running_calls import (
    STILL_NEEDED,
    call_duty,
    find_call,
    lead_back,
    nobody_is_left,
    others_of_visit,
    running_call,
    runs,
)
from bot.work_records import DutyState
from flows.clocks import Urgency
from flows.commitments import DutyKind
from flows.duties import second_person
from flows.ladders import taken_seats

LAST_QUESTION_AFTER = timedelta(minutes=60)
"""A call that nobody ended is asked about once."""
_NOBODY_IS_ASKED = (*ENDED, DutyState.ANSWERED, DutyState.EXHAUSTED)


async def call_help(
    work: Work,
    site_id: str,
    secret: bytes,
    language: str,
    caller: bytes | None = None,
    caller_id: str | None = None,
    caller_name: str | None = None,
    *,
    moved: bool = False,
) -> Filed:
    """Calls people to the site. The same press sent twice is one call.

    `caller` is this visit, as a keyed hash: pressing again, after a reload for example, comes
    back to the call that is out already; where nobody is left to ask for it, everybody is asked
    anew.
    `caller_id` is who called, where a platform knows it: they are never asked to come.
    `caller_name` is how a platform names the caller, so that whoever comes knows whom to look
    for; "" where it did not say, None from the page, which knows nobody.
    `moved`: the caller says that they are not where this visit called help before. Nobody need go
    there any more. So it is where they choose another site on the same screen.
    """
    site = work.company.site(site_id)
    if site is None:
        raise LookupError("no such site")
    async with work.storage.write() as tx:
        found = await find_call(work, tx, secret, caller, site.id, moved=moved)
        case, draft_mac, caller_mac, has_moved = found
        left = await _leave(work, tx, caller, case) if has_moved and caller is not None else ()
        if case is None:
            body = HelpBody(
                site_id=site.id,
                language=language,
                identity=Identity(person_id=caller_id, name=caller_name),
                health=Health(),
            )
            case = await _new_call(work, tx, body, draft_mac, caller_mac)
            anew = False
        else:
            anew = await _call_anew(work, tx, case)
        if left:
            await _stand_for(tx, case.id, left)
    return Filed(case.id, case.public_id, None, called_anew=anew)


async def come_back(work: Work, caller: bytes) -> Filed | None:
    """The call of this visit that is out already, for whoever wants help and names no site."""
    async with work.storage.write() as tx:
        case = await running_call(work, tx, caller)
        if case is None:
            return None
        await tx.cases.lock(case.id)
        if not await runs(tx, case):  # it was ended just now
            return None
        anew = await _call_anew(work, tx, case)
    return Filed(case.id, case.public_id, None, called_anew=anew)


async def _call_anew(work: Work, tx: Transaction, case: Case) -> bool:
    """Calling once more is never less than a call of its own."""
    if await nobody_is_left(work, tx, case):
        return await still_needed(work, tx, case.id)
    if (await help_body(tx, case.id)).asked_last:
        # Whoever calls is there. The page that opens asks the question, with time to answer it.
        await tx.jobs.enqueue([last_question(case.id, work.clock.now() + UNANSWERED_AFTER)])
    return False


async def _new_call(
    work: Work, tx: Transaction, body: HelpBody, draft_mac: bytes, caller: bytes | None
) -> Case:
    now = work.clock.now()
    case = Case(
        id=new_id(work.entropy),
        public_id=new_public_id(work.entropy),
        kind=CaseKind.HELP,
        state=CaseState.OPEN,
        urgency=Urgency.U0.value,
        policy_id=work.policy_digest,
        rev=0,
    )
    body = body.model_copy(update={"vault": new_pointer(work.entropy)})
    await tx.cases.add(case, pack(body), draft_mac, caller_mac=caller)
    await keep_address(work, tx, case.id, body, "", now)
    await tx.history.append(case.id, now, "caller", "help_called", {})
    spec = second_person(work.policy, work.policy.ladders.help, now)
    await bear_duties(work, tx, case.id, body, [spec], now)
    await tx.jobs.enqueue([last_question(case.id, now + LAST_QUESTION_AFTER)])
    return case


async def _leave(work: Work, tx: Transaction, caller: bytes, case: Case | None) -> tuple[str, ...]:
    """Ends what the visit called elsewhere than in this call, or the one to come; the sites, and
    those that were left for them."""
    left: list[str] = []
    for earlier in await others_of_visit(work, tx, caller, case.id if case else ""):
        body = await help_body(tx, earlier.id)
        left += (body.site_id, *body.instead_of)
        await end_help(work, tx, earlier.id, CallEnd.MOVED)
    return tuple(left)


async def _stand_for(tx: Transaction, case_id: str, left: tuple[str, ...]) -> None:
    """This call takes the place of those that its caller left."""
    body = await help_body(tx, case_id)
    sites = tuple(dict.fromkeys((*body.instead_of, *left)))
    instead = body.model_copy(update={"instead_of": sites})
    await tx.cases.set_body(case_id, pack(instead))


async def name_place(work: Work, tx: Transaction, case_id: str, spot: str) -> bool:
    """The caller says where in the building they are. False where the site knows no such place."""
    body = await help_body(tx, case_id)
    location = work.policy.locations.get(site_by(work, body).location)
    if location is None or spot not in {known.id for known in location.spots}:
        return False
    now = work.clock.now()
    await tx.cases.set_body(case_id, pack(body.model_copy(update={"spot": spot})))
    await tx.history.append(case_id, now, "caller", "place_named", {})
    await refresh_case(tx, case_id, now, "danger")
    return True


async def still_needed(
    work: Work, tx: Transaction, case_id: str, caller: bytes | None = None
) -> bool:
    """The answer to the last question is "no, I am not fine": everybody is asked again.

    Also when the answer comes after the call was taken to be over, or called over by somebody
    who came, and while it runs once nobody is left to ask: nobody is too late for help. Their
    visit, `caller`, comes back to it from then on, although they had ended it themselves. And once
    anybody has answered: whether somebody really came only they can see.
    False where everybody is being asked already.
    """
    body = await help_body(tx, case_id)
    called = await call_duty(tx, case_id)
    if called is None:
        return False
    comes = taken_seats(await answers_to(work, tx, called))
    if not (comes or body.asked_last or called.state in _NOBODY_IS_ASKED):
        return False
    now = work.clock.now()
    said = ("asked_last", "mistaken", "moved", "called_over", "not_cared_for")
    again = body.model_copy(update={**dict.fromkeys(said, False), "again_at": now})
    await tx.cases.set_body(case_id, pack(again))
    await tx.endings.end(case_id, None)
    if caller is not None:
        await lead_back(work, tx, caller, case_id)
    await tx.history.append(case_id, now, "caller", STILL_NEEDED, {})
    await tx.jobs.enqueue([last_question(case_id, now + LAST_QUESTION_AFTER)])
    await ask_everybody_anew(work, tx, called, now)
    # The desk too, where it had been told: who said "I am calling them now" may not be any more.
    duties = await tx.duties.of_case(case_id)
    told, care_owed = first_of(duties, DutyKind.TAKE), first_of(duties, DutyKind.CARE)
    if told is not None:
        await ask_desk_anew(work, tx, told, body, now)
    if care_owed is not None and care_owed.state not in ENDED:
        # Whoever reads the channel is to come first. Care is owed anew when the call ends.
        await end_duty(tx, care_owed, DutyState.CLOSED, now)
    await refresh_case(tx, case_id, now, "danger")
    return True
