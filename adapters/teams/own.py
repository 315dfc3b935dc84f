"""One's own case in a dialog: shown, pressed, written to, and found again by its receipt."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import structlog

from adapters.teams.dialog import Dialog
from adapters.teams.fields import FIELD, filled_in
from adapters.teams.inbound import Pressed
from adapters.teams.people import People
from adapters.teams.render import RECEIPT_FIELD, Dialogs
from adapters.teams.screens import CaseView, Kept, ReceiptView, text_in
from adapters.teams.way_back import (
    LEFT,
    LEFT_RECEIPT,
    LETTER,
    beside_report,
    leaving_report,
    off_own_page,
    waiting,
    way_back,
    with_room,
)
from bot.case_work import Work
from bot.own_case import OwnCases, opens_nothing
from bot.pressed import ALREADY
from bot.sealed_lists import Unopened, Visitor
from bot.typed_words import clean
from flows.phrases import Phrase, say
from flows.talk import WORDS

log = structlog.get_logger()

MOST_RECEIPT = 80
"""Characters of a wrong receipt that stand there again: more than any real one has."""
NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Own:
    """Shows a case to whoever started it, and to nobody else."""

    work: Work
    cases: OwnCases
    people: People
    dialogs: Dialogs

    async def show(
        self,
        visitor: Visitor,
        kept: Kept,
        notice: Phrase | None = None,
        typed: str = "",
        link: str = "",
        once: str = "",
        beside: Mapping[str, str] = NOTHING,
    ) -> Dialog:
        """The case behind a pass, as it stands; with a private link that was just made.

        What was `typed` stands there, and what waits `beside` it goes along.
        """
        try:
            shown = await self.cases.open(visitor, kept.pass_token)
        except Unopened:
            shown = None
        if shown is None:
            letter, along = off_own_page(typed, beside)
            number = kept.receipt[:MOST_RECEIPT]
            return await self._sent(visitor, say("receipt.again"), number, letter, along)
        index, case_id = self.work.index, shown.case_id
        view = CaseView(
            card=shown.card,
            kept=replace(kept, language=visitor.language, token="", opened=""),
            public_id=shown.public_id,
            press_codes=lambda press: index.seal_press(press, case_id),
            once=once or self.work.entropy.bytes(8).hex(),
            notice=notice,
            is_call=shown.is_call,
            calling=shown.calling,
            elsewhere=shown.elsewhere,
            listed=shown.listed,
            typed=typed,
            beside=with_room(beside, typed),
            link=link,
        )
        return self.dialogs.case(view, self.work.clock.now())

    async def again(self, pressed: Pressed) -> Dialog:
        """The same case: as it stands now, another part of it, or in another language."""
        visitor = self._visitor(pressed)
        kept = await self._with_its_receipt(visitor, pressed.kept)
        beside = waiting(pressed.data)
        return await self.show(visitor, kept, typed=_words(pressed), beside=beside)

    async def left(self, pressed: Pressed) -> Dialog:
        """The page of the report from which help was called, as it was left.

        From the page of another report that leads back here: where two were sent.
        """
        visitor, back = self._visitor(pressed), way_back(pressed.data)
        there = Kept(visitor.language, pass_token=back.get(LEFT, ""))
        there = replace(there, receipt=back.get(LEFT_RECEIPT, ""))
        there = await self._with_its_receipt(visitor, there)
        letter = filled_in(pressed.data).get(FIELD + LETTER, "")
        on_report = await self.is_report(visitor, pressed.kept.pass_token)
        along = waiting(pressed.data) if on_report else beside_report(pressed.data)
        here = {k: v for k, v in along.items() if k not in (LEFT, LEFT_RECEIPT, FIELD + LETTER)}
        if on_report:
            here |= leaving_report(pressed.kept, _words(pressed))
        return await self.show(visitor, there, typed=letter, beside=here)

    async def is_report(self, visitor: Visitor, pass_token: str) -> bool:
        """Whether a page is that of a report, which is come back to. A call is found again."""
        return bool(pass_token) and not await self.cases.call_of(visitor, pass_token)

    async def press(self, pressed: Pressed) -> Dialog:
        """A press on one's own case. Words are taken once, and stay until they are on disk."""
        visitor, code = self._visitor(pressed), text_in(pressed.data, "c")
        kept = await self._with_its_receipt(visitor, pressed.kept)
        words, beside = _words(pressed), waiting(pressed.data)
        try:
            sends = await self.cases.sends_words(visitor, kept.pass_token, code)
            done = await self.cases.press(
                visitor, kept.pass_token, code, clean(words), pressed.delivery(words)
            )
        except Unopened:
            return await self.show(visitor, kept, typed=words, beside=beside)
        except Exception as error:
            if not words:
                raise
            log.error("press_failed", error=type(error).__name__)
            once = text_in(pressed.data, "n")  # sent again, it is still one message
            problem = say("problem.not_saved")
            return await self.show(visitor, kept, problem, words, once=once, beside=beside)
        left = "" if sends and (done.changed or done == ALREADY) else words
        return await self.show(visitor, kept, done.notice, left, done.path, beside=beside)

    async def sent(self, pressed: Pressed) -> Dialog:
        """What somebody sent: with a name as a list, else by the receipt that is typed here."""
        letter, beside = _letter_beside(pressed)
        visitor, page = self._visitor(pressed), pressed.kept.page
        return await self._sent(visitor, None, _number(pressed), letter, beside, page)

    async def _sent(
        self,
        visitor: Visitor,
        problem: Phrase | None = None,
        typed: str = "",
        letter: str = "",
        beside: Mapping[str, str] = NOTHING,
        page: int = 0,
    ) -> Dialog:
        named, kept = await self.cases.named(visitor), Kept(visitor.language, page=page)
        along = with_room(beside, letter)
        call = await self.cases.last_call(visitor)
        view = ReceiptView(kept, problem, named, typed, letter, along, call)
        return self.dialogs.receipt(view, self.work.clock.now())

    async def by_receipt(self, pressed: Pressed) -> Dialog:
        """The case of a receipt, or one that was sent with a name."""
        visitor = self._visitor(pressed)
        letter, beside = _letter_beside(pressed)
        typed = _number(pressed)
        pass_token = pressed.kept.pass_token or await self.cases.by_receipt(visitor, typed)
        if pass_token is None:
            return await self._sent(visitor, opens_nothing(typed), typed, letter, beside)
        kept = Kept(visitor.language, pass_token=pass_token)
        return await self.show(visitor, kept, typed=letter, beside=beside_report(beside))

    async def _with_its_receipt(self, visitor: Visitor, kept: Kept) -> Kept:
        """The receipt that stood on the dialog goes on standing there, if it is the case's.

        Where the pass opens nothing any more, as after a night, it opens the case: it may be the
        only way to it, and nobody may have copied it.
        """
        receipt = kept.receipt
        if not receipt or await self.cases.is_its_receipt(visitor, kept.pass_token, receipt):
            return kept
        try:
            await self.cases.open(visitor, kept.pass_token)
        except Unopened:
            pass_token = await self.cases.by_receipt(visitor, receipt)
            return replace(kept, pass_token=pass_token or "")
        return replace(kept, receipt="")

    def _visitor(self, pressed: Pressed) -> Visitor:
        return self.people.visitor(pressed.source, pressed.kept.language)


def _words(pressed: Pressed) -> str:
    return filled_in(pressed.data).get(FIELD + WORDS, "")


def _number(pressed: Pressed) -> str:
    return clean(text_in(pressed.data, FIELD + RECEIPT_FIELD.id))[:MOST_RECEIPT]


def _letter_beside(pressed: Pressed) -> tuple[str, dict[str, str]]:
    """A letter that waits for a case to open, and what waits beside it.

    One that was left on the page of a report waits for that page alone.
    """
    words = _words(pressed)
    beside = {**waiting(pressed.data), **({FIELD + WORDS: words} if words else {})}
    letter = "" if LEFT in beside else beside.pop(FIELD + LETTER, "")
    return letter, beside
