"""What a conversation ends in: a call for help, a report, or nothing that is kept."""

from dataclasses import dataclass

from bot.case_work import Work
from bot.filing import Filed, file_report
from bot.help_calls import call_help, come_back
from bot.keys import read_public_id
from bot.pressed import CALLED_AGAIN
from bot.running_calls import caller_of, newest_call, nobody_is_left, runs
from bot.sealed_lists import AnswerList, SealedLists, Visitor
from bot.sent_again import take_up
from bot.typed_words import call_number, name_mark
from flows.outcomes import Filing, HelpWanted, Outcome
from flows.own_names import hidden, name_parts
from flows.phrases import Phrase
from flows.report import NAME, WORDS
from flows.scene import Called


@dataclass(frozen=True)
class Opened:
    """A case was written, or found again; here is the way to it."""

    filed: Filed
    pass_token: str
    notice: Phrase | None = None
    """What became of what was changed since it was sent first, where that was lost on the way; of
    a call that was out already, that everybody is asked anew."""


@dataclass(frozen=True)
class Finished:
    """The person finished without sending. Nothing was kept."""


class Endings:
    """Carries out what a flow ended with. Sent twice with one secret, it is one case."""

    def __init__(self, work: Work, lists: SealedLists) -> None:
        self._work = work
        self._lists = lists

    async def reach(
        self,
        visitor: Visitor,
        list_: AnswerList,
        outcome: Outcome,
        typed: dict[str, str],
    ) -> Opened | Finished:
        """Writes what was to be sent, and the way to it; nothing for whoever sends nothing."""
        if isinstance(outcome, HelpWanted):
            return await self._opened(visitor, await self._call(visitor, outcome, list_.secret))
        if isinstance(outcome, Filing):
            filed, notice = await self._file(visitor, outcome, list_, typed)
            return await self._opened(visitor, filed, notice)
        return Finished()

    async def _call(self, visitor: Visitor, wanted: HelpWanted, secret: bytes) -> Filed:
        return await call_help(
            self._work,
            wanted.site_id,
            secret,
            visitor.language,
            caller_of(self._work, visitor),
            visitor.person_id,
            visitor.name,
            moved=wanted.moved,
        )

    async def _file(
        self, visitor: Visitor, filing: Filing, list_: AnswerList, typed: dict[str, str]
    ) -> tuple[Filed, Phrase | None]:
        words, name = typed.get(WORDS, ""), typed.get(NAME, "")
        call = list_.call if filing.tied else read_public_id(call_number(filing, typed)) or ""
        if filing.hide_name:
            words = hidden(words, own_names(self._work, visitor), name_mark(visitor.language))
        filed = await file_report(
            self._work,
            filing,
            list_.secret,
            words,
            name,
            visitor.language,
            visitor.person_id,
            visitor.push,
            call,
        )
        if not filed.again:
            return filed, None
        return filed, await take_up(self._work, filed.case_id, filing.report, words, name, call)

    async def running(self, visitor: Visitor) -> Opened | None:
        """The call for help of this visit that runs already, for whoever wants help."""
        filed = await come_back(self._work, caller_of(self._work, visitor))
        return None if filed is None else await self._opened(visitor, filed)

    async def _opened(self, visitor: Visitor, filed: Filed, notice: Phrase | None = None) -> Opened:
        if filed.called_anew:
            notice = CALLED_AGAIN.notice
        return Opened(filed, await self._lists.seal_pass(visitor, filed.case_id), notice)

    async def called(self, visitor: Visitor) -> Called:
        """What became of the newest call for help of this visit."""
        async with self._work.storage.read() as tx:
            case = await newest_call(self._work, tx, caller_of(self._work, visitor))
            if case is None:
                return Called.NOT
            if not await runs(tx, case):
                return Called.ENDED
            left = await nobody_is_left(self._work, tx, case)
        return Called.NOBODY_LEFT if left else Called.RUNS


def own_names(work: Work, visitor: Visitor) -> tuple[str, ...]:
    """What this visitor is called, as far as the platform or the roster knows."""
    person = work.directory.person(visitor.person_id) if visitor.person_id else None
    roster = (person.name.ja, person.name.en) if person else ()
    return name_parts(name for name in (visitor.name, *roster) if name)
