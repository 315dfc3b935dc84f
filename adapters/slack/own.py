"""One's own case in a modal: shown, pressed, written to, and found again by its receipt."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from adapters.slack.composing import LETTER, compose_block, composed
from adapters.slack.inbound import Shown
from adapters.slack.render import RECEIPT_FIELD, Reader, Views
from adapters.slack.screens import CALLING, CaseView, Held, Kept, ReceiptView
from adapters.slack.stage import Draw
from adapters.slack.way_back import (
    back_on_report,
    letter,
    letter_alone,
    to_the_other_report,
    written,
)
from bot.case_work import Work
from bot.own_case import OwnCase, OwnCases, opens_nothing
from bot.sealed_lists import Unopened, Visitor
from bot.talks import is_of_the_words
from bot.typed_words import clean
from flows.phrases import Phrase, say
from flows.presses import Press, Verb

NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Own:
    """Shows a case to whoever started it, and to nobody else."""

    work: Work
    cases: OwnCases
    views: Views

    async def show(
        self,
        visitor: Visitor,
        kept: Kept,
        reader: Reader,
        notice: Phrase | None = None,
        link: str = "",
        typed: Mapping[str, str] = NOTHING,
    ) -> Draw:
        """The case behind a pass, as it stands; with a private link that was just made.

        What was `typed` stands there again, wherever it was typed.
        """
        shown = await self._opened(visitor, kept.pass_token)
        if shown is None:
            return await self.sent(visitor, reader, say("receipt.again"), kept, typed)
        index, case_id = self.work.index, shown.case_id
        view = CaseView(
            card=shown.card,
            kept=replace(kept, language=visitor.language, opened=CALLING if shown.calling else ""),
            public_id=shown.public_id,
            press_codes=lambda press: index.seal_press(press, case_id),
            notice=notice,
            is_call=shown.is_call,
            calling=shown.calling,
            elsewhere=shown.elsewhere,
            listed=shown.listed,
            link=link,
            letter=letter(typed),
            written=written(typed),
        )
        drawn = self.views.case(view, reader)
        return lambda _by_submit: drawn

    async def again(self, visitor: Visitor, shown: Shown, reader: Reader) -> Draw:
        """The same case, as it stands now or in another language."""
        kept = await self._with_its_receipt(visitor, shown.kept)
        return await self.show(visitor, kept, reader, typed=shown.typed)

    async def press(
        self, visitor: Visitor, shown: Shown, code: str, reader: Reader, delivery: bytes
    ) -> Draw:
        """A press on one's own case."""
        kept = await self._with_its_receipt(visitor, shown.kept)
        try:
            pressed = await self.cases.press(visitor, kept.pass_token, code, "", delivery)
        except Unopened:
            return await self.sent(visitor, reader, say("receipt.again"), kept, shown.typed)
        return await self.show(visitor, kept, reader, pressed.notice, pressed.path, shown.typed)

    async def write(
        self, visitor: Visitor, shown: Shown, reader: Reader, delivery: bytes
    ) -> Draw | Held:
        """Words to the desk. The field is empty again only once they are on disk."""
        kept = await self._with_its_receipt(visitor, shown.kept)
        try:
            code = await self._write_code(visitor, kept)
            words = clean(letter(shown.typed))
            pressed = await self.cases.press(visitor, kept.pass_token, code, words, delivery)
        except Unopened:
            return await self.sent(visitor, reader, say("receipt.again"), kept, shown.typed)
        if is_of_the_words(pressed, words):
            return Held(compose_block("0", kept), visitor.language, pressed.notice)
        typed = dict(shown.typed)
        if pressed.changed:
            kept = kept.emptied(composed("0"))
            typed.pop(composed("0"))
        return await self.show(visitor, kept, reader, pressed.notice, typed=typed)

    async def come_back(self, visitor: Visitor, shown: Shown, reader: Reader) -> Draw:
        """The page of the report from which help was called, as it was left."""
        on_report = await self.is_report(visitor, shown.kept)
        there = to_the_other_report(shown) if on_report else back_on_report(shown)
        kept = await self._with_its_receipt(visitor, there.kept)
        return await self.show(visitor, kept, reader, typed=there.typed)

    async def _write_code(self, visitor: Visitor, kept: Kept) -> str:
        shown = await self.cases.open(visitor, kept.pass_token)
        case_id = shown.case_id if shown else ""
        if not case_id:
            return ""
        press = Press(verb=Verb.WRITE, subject=case_id)
        return self.work.index.seal_press(press, case_id)

    async def _with_its_receipt(self, visitor: Visitor, kept: Kept) -> Kept:
        """The receipt that stood on the view goes on standing there, if it is the case's.

        Where the pass became too old the receipt gives a new one: nobody may have copied it yet.
        """
        token, receipt = kept.pass_token, kept.receipt
        if not receipt or await self.cases.is_its_receipt(visitor, token, receipt):
            return kept
        opens = await self._opened(visitor, token) is not None
        fresh = None if opens else await self.cases.by_receipt(visitor, receipt)
        return replace(kept, pass_token=fresh) if fresh else replace(kept, receipt="")

    async def is_report(self, visitor: Visitor, kept: Kept) -> bool:
        """Whether a view is the page of a report, be it one that only its receipt opens still."""
        if kept.receipt:
            return True
        shown = await self._opened(visitor, kept.pass_token)
        return shown is not None and not shown.is_call

    async def _opened(self, visitor: Visitor, pass_token: str) -> OwnCase | None:
        try:
            return await self.cases.open(visitor, pass_token) if pass_token else None
        except Unopened:
            return None

    async def sent(
        self,
        visitor: Visitor,
        reader: Reader,
        problem: Phrase | None = None,
        kept: Kept | None = None,
        typed: Mapping[str, str] = NOTHING,
    ) -> Draw:
        """What somebody sent: with a name as a list, else by the receipt that is typed here.

        What they carried when they came stays with them.
        """
        named = await self.cases.named(visitor)
        kept = replace((kept or Kept("")).aside, language=visitor.language)
        words, waiting = letter_alone(kept, typed), written(typed)
        if words == waiting.get(LETTER):
            del waiting[LETTER]
        call = await self.cases.last_call(visitor)
        view = ReceiptView(kept, problem, named, words, waiting, call)
        drawn = self.views.receipt(view, reader)
        return lambda _by_submit: drawn

    async def by_receipt(self, visitor: Visitor, shown: Shown, reader: Reader) -> Draw:
        """The case of a receipt."""
        typed = shown.typed.get(RECEIPT_FIELD.id, "")
        pass_token = await self.cases.by_receipt(visitor, typed)
        if pass_token is None:
            why = opens_nothing(typed)
            return await self.sent(visitor, reader, why, shown.kept, shown.typed)
        return await self.opened(visitor, shown, pass_token, reader)

    async def opened(self, visitor: Visitor, shown: Shown, pass_token: str, reader: Reader) -> Draw:
        """A case from where receipts are typed, with what waited there."""
        kept = replace(shown.kept.aside, pass_token=pass_token)
        return await self.show(visitor, kept, reader, typed=shown.typed)
