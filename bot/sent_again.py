"""A report that is sent again after its answer was lost, and what was changed in between.

The first press made the case, and its reporter never learned of it. They may have written more
meanwhile, or chosen otherwise: nothing of that is dropped without a word.
"""

from bot.bodies import Identity, ReportBody, pack
from bot.case_records import Author, Case, CaseState
from bot.case_work import Work, refresh_case, report_of, said_at
from bot.ports import Transaction
from bot.rights import Reader
from bot.talks import SENT, write
from flows.case_view import opened
from flows.duties import DOCTOR
from flows.outcomes import Report
from flows.phrases import Phrase, say

CORRECTED = ("when", "name_site", "spot")
"""What a report only shows. Other choices have had their effect when it was sent."""
_ENDS = (".", "!", "?", "…", "。", "．", "！", "？", "」")


async def take_up(
    work: Work, case_id: str, report: Report, words: str, name: str, call: str
) -> Phrase | None:
    """Takes up what differs from what was sent first, and what to say about it; None: nothing.

    Words that were added become a message to the desk, as if written on the report's page. What
    the report only shows is put right. The rest stands as it was sent, and that is said.
    """
    async with work.storage.write() as tx:
        case = await tx.cases.lock(case_id)
        body = await report_of(tx, case_id, Reader.SENT_AGAIN)
        if case is None or body is None:
            return None
        wanted = _wanted(body, report, name, call)
        right = await _put_right(work, tx, case, body, wanted)
        added = await _added(tx, case_id, body.words, words)
        told = SENT
        if added:
            told = (await write(work, tx, case_id, Author.REPORTER, added)).notice
    if told != SENT:
        return told
    if right != wanted or not words.strip().startswith(body.words.strip()):
        return say("sent_again.rest")
    return say("sent_again.taken") if added or right != body else None


def _wanted(body: ReportBody, report: Report, name: str, call: str) -> ReportBody:
    """The report as it would stand, had the first press never arrived."""
    named = Identity(person_id=opened(body.identity).person_id, name=name)
    sender = body.identity if report.unnamed else named
    return body.model_copy(update={"report": report, "call": call, "identity": sender})


async def _put_right(
    work: Work, tx: Transaction, case: Case, body: ReportBody, wanted: ReportBody
) -> ReportBody:
    """The report as it stands from now on; of one that is over nothing is changed."""
    if case.state not in (CaseState.KEPT, CaseState.OPEN):
        return body
    shown = list(CORRECTED)
    if (DOCTOR in body.report.wishes) == (DOCTOR in wanted.report.wishes):
        shown.append("wishes")
    choices = {each: getattr(wanted.report, each) for each in shown}
    report = body.report.model_copy(update=choices)
    right = wanted.model_copy(update={"report": report})
    if right != body:
        now = work.clock.now()
        await tx.cases.set_body(case.id, pack(right))
        at = said_at(work, body, now)
        await tx.history.append(case.id, at, "reporter", "corrected", {})
        await refresh_case(tx, case.id, now)
    return right


async def _added(tx: Transaction, case_id: str, first: str, words: str) -> str:
    """What of these words the desk was not told yet; all of them, where they were rewritten."""
    messages = await tx.messages.of_case(case_id)
    told = [first, *(each.text for each in messages if each.author is Author.REPORTER)]
    rest = words.strip()
    for text in told:
        rest = _after(text.strip(), rest)
    return "" if any(rest in text for text in told) else rest


def _after(text: str, words: str) -> str:
    """What follows `text` in `words`, where a reader can tell the two apart."""
    rest = words.removeprefix(text)
    if not text or rest == words:
        return words
    return rest.strip() if not rest or rest[0].isspace() or text.endswith(_ENDS) else words
