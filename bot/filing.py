"""Filing: the only step that writes, and the same step however often it is sent."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.births import bear_duties
from bot.bodies import Health, Identity, ReportBody, pack
from bot.case_records import Case, CaseKind, CaseState
from bot.case_work import (
    PRIORITY,
    CardKind,
    Work,
    owe_card,
    place_of,
    refresh_case,
    report_of,
    said_at,
    site_by,
)
from bot.day_parts import day_part
from bot.exclusions import desk_of, exclusion_of, known_to_be_out, shuts
from bot.keys import new_id, new_public_id
from bot.ports import Transaction
from bot.return_address import keep_address, new_pointer, pointer_for
from bot.rights import Reader
from bot.rows import first_of
from bot.work_records import NewJob
from flows import duties as rules
from flows.case_view import opened
from flows.clocks import Urgency
from flows.commitments import DutyKind
from flows.danger_words import hints_at_self_harm
from flows.outcomes import Filing
from flows.scene import DELAY_MINUTES

GOES_ON_FOR = timedelta(hours=12)
"""So long what goes on when a report is written may go on: longer than any shift."""
HALF_A_DAY = timedelta(hours=12)


@dataclass(frozen=True)
class Filed:
    """A report that is on disk."""

    case_id: str
    public_id: str
    receipt: str | None
    """How the reporter comes back, named or not; None for a call for help."""
    again: bool = field(default=False, compare=False)
    """It was sent before: what is on disk is what was sent then."""
    called_anew: bool = field(default=False, compare=False)
    """A call that was out already, for which everybody is asked anew."""


async def file_report(
    work: Work,
    filing: Filing,
    secret: bytes,
    words: str,
    name: str,
    language: str,
    reporter_id: str | None = None,
    address: str = "",
    call: str = "",
) -> Filed:
    """Writes the report, or finds the case that this same draft became before.

    Commits before it returns: what it returns may be called received. `reporter_id` is who
    sends it, where a platform knows; of an unnamed report it is dropped unread.
    `address` is where the bot could write to them; kept only where they have a name or wish it.
    A report with a name is found again by it, too.
    `call` is the number of a call for help to which the reporter ties it; it is not looked up.
    """
    draft_mac = work.index.draft_mac(secret)
    receipt = work.index.receipt(secret)
    now = work.clock.now()
    async with work.storage.write() as tx:
        case = await tx.cases.by_draft(draft_mac)
        again = case is not None
        if case is None:
            body = _body(work, filing, words, call, language, now)
            if not filing.report.unnamed:
                sender = Identity(person_id=reporter_id, name=name)
                found_again = await pointer_for(work, tx, address)
                body = body.model_copy(update={"identity": sender, "vault": found_again})
            case = _case(work, body)
            receipt_mac = work.index.receipt_mac(receipt)
            await tx.cases.add(case, pack(body), draft_mac, receipt_mac=receipt_mac)
            await tx.history.append(case.id, said_at(work, body, now), "reporter", "filed", {})
            await keep_address(work, tx, case.id, body, address, now)
            await _send_off(work, tx, case, body, now)
    return Filed(case.id, case.public_id, receipt, again)


def _body(
    work: Work, filing: Filing, words: str, call: str, language: str, now: datetime
) -> ReportBody:
    site = work.company.site(filing.report.site_id)
    assert site is not None
    hint = hints_at_self_harm(words)
    urgency = filing.assessment.urgency
    body = ReportBody(
        report=filing.report,
        verdict=filing.assessment.verdict,
        # A hint of self-harm is care now, whatever the answers were.
        urgency=min(urgency, Urgency.U1) if hint else urgency,
        words=words,
        call=call,
        language=language,
        day_part=day_part(now, site.zone),
        identity=Identity(name=""),
        health=Health(self_harm_hint=hint),
        vault=new_pointer(work.entropy),
    )
    return known_to_be_out(work, body)


def _waits(body: ReportBody) -> bool:
    """Whether its reporter wants a report to leave at some time that tells nobody anything."""
    return not body.report.send_now and not opened(body.health).self_harm_hint


def _case(work: Work, body: ReportBody) -> Case:
    waits = _waits(body) or not work.directory.known
    return Case(
        id=new_id(work.entropy),
        public_id=new_public_id(work.entropy),
        kind=CaseKind.REPORT,
        state=CaseState.KEPT if waits else CaseState.OPEN,
        urgency=body.urgency.value,
        policy_id=work.policy_digest,
        rev=0,
    )


async def _send_off(
    work: Work, tx: Transaction, case: Case, body: ReportBody, now: datetime
) -> None:
    if case.state is CaseState.OPEN:
        await open_report(work, tx, case.id, body, now)
    elif _waits(body):
        await leave_later(work, tx, case.id, now)
    else:
        await leave_now(work, tx, case.id, now)


async def leave_later(work: Work, tx: Transaction, case_id: str, now: datetime) -> None:
    """The report stays here for a random while before it leaves for the desk."""
    leaves = now + timedelta(minutes=work.entropy.between(*DELAY_MINUTES))
    await tx.jobs.enqueue([_leaves(case_id, leaves)])


def _leaves(case_id: str, at: datetime) -> NewJob:
    return NewJob("release", case_id, at, dedup=f"release:{case_id}", priority=PRIORITY["case"])


async def leave_now(work: Work, tx: Transaction, case_id: str, now: datetime) -> None:
    """A report that waits leaves for the desk before its time.

    As soon as it is known who works here, for before that nobody knows whose eyes it must not
    meet: the clock does it then.
    """
    if not work.directory.known:
        await tx.jobs.enqueue([_leaves(case_id, now)])
        return
    await tx.jobs.cancel(case_id, ("release",))
    await release(work, tx, case_id, now)


async def open_report(
    work: Work, tx: Transaction, case_id: str, body: ReportBody, now: datetime
) -> None:
    """Hands the report to the desk: its duties are born and its cards are owed."""
    body = await _known_again(work, tx, case_id, body)
    site, out = site_by(work, body), exclusion_of(body)
    # Of a site that is gone the desk stands in, and gives care itself.
    shut = work.company.site(site.id) is None or shuts(work, out, site.channel)
    place = place_of(work, site).model_copy(update={"shut": shut})
    past = await is_long_past(tx, case_id, body, now)
    specs = rules.duties_for_report(work.policy, body.report, body.urgency, place, now, past=past)
    talk = first_of(await tx.duties.of_case(case_id), DutyKind.FOLLOW_UP)
    if talk is None and opened(body.health).self_harm_hint:
        specs = (*specs, rules.follow_up(work.policy, place, now, 0, danger=True))
    # The desk may have been asked to speak with them already, and has its card since then.
    asked = any(card.kind == CardKind.DESK for card in await tx.cards.of_case(case_id))
    if asked:
        await refresh_case(tx, case_id, now)
    else:
        level = "danger" if body.urgency in (Urgency.U0, Urgency.U1) else "case"
        desk = desk_of(work, out) or work.company.desk.channel
        await owe_card(work, tx, case_id, CardKind.DESK, desk, now, level=level)
    await bear_duties(work, tx, case_id, body, specs, now, at_desk_already=asked)


async def _known_again(work: Work, tx: Transaction, case_id: str, body: ReportBody) -> ReportBody:
    """Who is kept out, as far as it is known now: when it was sent, perhaps nobody was yet."""
    known = known_to_be_out(work, body)
    if known.kept_out != body.kept_out:
        await tx.cases.set_body(case_id, pack(known))
    return known


async def is_long_past(tx: Transaction, case_id: str, body: ReportBody, now: datetime) -> bool:
    """Whether a report was taken back and is sent after all so late that what went on when it was
    written does no more. Nobody asked its reporter, and nobody is to come at once for it.

    Of what an unnamed one did the day alone is known, as its noon.
    """
    lines = await tx.history.of_case(case_id)
    filed = next((line.at for line in lines if line.fact == "filed"), now)
    lasts = GOES_ON_FOR + (HALF_A_DAY if body.report.unnamed else timedelta(0))
    return now - filed > lasts and any(line.fact == "resumed" for line in lines)


async def release(work: Work, tx: Transaction, case_id: str, now: datetime) -> None:
    """The random wait of an unnamed report is over: it leaves for the desk."""
    case = await tx.cases.lock(case_id)
    body = await report_of(tx, case_id, Reader.RELEASE)
    if case is None or body is None or case.state is not CaseState.KEPT:
        return
    await tx.cases.set_state(case_id, CaseState.OPEN)
    await tx.history.append(case_id, now, "system", "released", {})
    await open_report(work, tx, case_id, body, now)
