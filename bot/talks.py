"""The reporter and the desk write to each other. The words are sealed and never leave the case."""

from bot.bodies import ReportBody, pack, unpack
from bot.case_work import Work, refresh_cards, said_at
from bot.ports import Transaction
from bot.records import Author, DutyState, Message
from bot.rows import ENDED, end_duty
from flows.commitments import DutyKind
from flows.danger_words import hints_at_self_harm
from flows.report import MAX_WORDS


class TooManyWords(Exception):
    """More than a message may hold. The page comes back with every word still there."""


class NothingWritten(Exception):
    """There is no word in the message."""


async def write_message(
    work: Work, tx: Transaction, case_id: str, author: Author, text: str, person: str = ""
) -> None:
    """Adds a message to a case and tells the other side.

    The desk's first message is the answer that the reporter was promised. Raises
    NothingWritten, TooManyWords, and LookupError for a case that nobody can write to.
    """
    if len(text) > MAX_WORDS:
        raise TooManyWords
    case = await tx.cases.lock(case_id)
    data = await tx.cases.body(case_id) if case else None
    body = unpack(data) if data else None
    if not isinstance(body, ReportBody):
        raise LookupError("no report to write to")
    if not text.strip():
        raise NothingWritten
    now = work.clock.now()
    by_desk = author is Author.DESK
    at = now if by_desk else said_at(work, body, now)
    await tx.messages.add(case_id, Message(author, at, text))
    await tx.history.append(
        case_id, at, author.value, "replied" if by_desk else "wrote", {"person": person}
    )
    if by_desk:
        for duty in await tx.duties.of_case(case_id):
            if duty.kind == DutyKind.REPLY and duty.state not in ENDED:
                await end_duty(tx, duty, DutyState.DONE, now)
    elif hints_at_self_harm(text):
        changed = body.model_copy(update={"self_harm_hint": True})
        await tx.cases.set_body(case_id, pack(changed))
    await refresh_cards(tx, case_id, now)
