"""What came of a press: one friendly line for the presser, and whether anything changed."""

from dataclasses import dataclass

from bot.case_work import Work
from bot.ports import Transaction
from bot.records import Author
from bot.talks import NothingWritten, TooManyWords, write_message
from flows.phrases import Say, say
from flows.report import MAX_WORDS


@dataclass(frozen=True)
class Pressed:
    """What came of a press: one friendly line, and whether anything changed."""

    notice: Say
    changed: bool


LATE = Pressed(say("press.late"), False)
ALREADY = Pressed(say("press.already"), False)
NOT_YOURS = Pressed(say("press.not_yours"), False)
UNKNOWN = Pressed(say("press.unknown"), False)
FULL = Pressed(say("press.full"), False)
RECORDED = Pressed(say("press.recorded"), True)


async def write(
    work: Work, tx: Transaction, case_id: str, author: Author, words: str, person: str = ""
) -> Pressed:
    """Adds a message to a case, and words what came of it."""
    try:
        await write_message(work, tx, case_id, author, words, person)
    except TooManyWords:
        return Pressed(say("problem.words_too_long", max=MAX_WORDS, count=len(words)), False)
    except NothingWritten:
        return Pressed(say("problem.nothing_written"), False)
    except LookupError:
        return UNKNOWN
    return RECORDED
