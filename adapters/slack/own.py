"""One's own case in a modal: shown, pressed, written to, and found again by its receipt."""

from dataclasses import dataclass, replace

from adapters.slack.inbound import Shown
from adapters.slack.parts import compose_block, composed
from adapters.slack.render import RECEIPT_FIELD, Reader, Views
from adapters.slack.screens import CALLING, CaseView, Held, Kept, ReceiptView
from adapters.slack.stage import Draw
from bot.case_work import Work
from bot.conversations import clean
from bot.own_case import OwnCases, opens_nothing
from bot.sealed_lists import Unopened, Visitor
from bot.talks import is_of_the_words
from flows.phrases import Phrase, say
from flows.presses import Press, Verb


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
        words: str = "",
    ) -> Draw:
        """The case behind a pass, as it stands; with a private link that was just made.

        `words` stand in the view, and Slack keeps them there; where it does not open, we do.
        """
        try:
            shown = await self.cases.open(visitor, kept.pass_token)
        except Unopened:
            shown = None
        if shown is None:
            return await self.sent(visitor, reader, say("receipt.again"), words)
        index, case_id = self.work.index, shown.case_id
        view = CaseView(
            card=shown.card,
            kept=replace(kept, language=visitor.language, opened=CALLING if shown.calling else ""),
            public_id=shown.public_id,
            press_codes=lambda press: index.seal_press(press, case_id),
            notice=notice,
            is_call=shown.is_call,
            calling=shown.calling,
            listed=shown.listed,
            link=link,
        )
        drawn = self.views.case(view, reader)
        return lambda _by_submit: drawn

    async def again(self, visitor: Visitor, shown: Shown, reader: Reader) -> Draw:
        """The same case, as it stands now or in another language."""
        kept = await self._with_its_receipt(visitor, shown.kept)
        return await self.show(visitor, kept, reader, words=letter(shown))

    async def press(
        self, visitor: Visitor, shown: Shown, code: str, reader: Reader, delivery: bytes
    ) -> Draw:
        """A press on one's own case."""
        kept = await self._with_its_receipt(visitor, shown.kept)
        try:
            pressed = await self.cases.press(visitor, kept.pass_token, code, "", delivery)
        except Unopened:
            return await self.sent(visitor, reader, say("receipt.again"), letter(shown))
        return await self.show(visitor, kept, reader, pressed.notice, pressed.path)

    async def write(
        self, visitor: Visitor, shown: Shown, reader: Reader, delivery: bytes
    ) -> Draw | Held:
        """Words to the desk. The field is empty again only once they are on disk."""
        kept = await self._with_its_receipt(visitor, shown.kept)
        try:
            code = await self._write_code(visitor, kept)
            words = clean(letter(shown))
            pressed = await self.cases.press(visitor, kept.pass_token, code, words, delivery)
        except Unopened:
            return await self.sent(visitor, reader, say("receipt.again"), letter(shown))
        if is_of_the_words(pressed, words):
            return Held(compose_block("0", kept), visitor.language, pressed.notice)
        if pressed.changed:
            kept = kept.emptied(composed("0"))
        return await self.show(visitor, kept, reader, pressed.notice)

    async def _write_code(self, visitor: Visitor, kept: Kept) -> str:
        shown = await self.cases.open(visitor, kept.pass_token)
        case_id = shown.case_id if shown else ""
        if not case_id:
            return ""
        press = Press(verb=Verb.WRITE, subject=case_id)
        return self.work.index.seal_press(press, case_id)

    async def _with_its_receipt(self, visitor: Visitor, kept: Kept) -> Kept:
        """The receipt that stood on the view goes on standing there, if it is the case's."""
        right = kept.receipt and await self.cases.is_its_receipt(
            visitor, kept.pass_token, kept.receipt
        )
        return kept if right else replace(kept, receipt="")

    async def sent(
        self,
        visitor: Visitor,
        reader: Reader,
        problem: Phrase | None = None,
        words: str = "",
    ) -> Draw:
        """What somebody sent: with a name as a list, else by the receipt that is typed here."""
        named = await self.cases.named(visitor)
        view = ReceiptView(Kept(visitor.language), problem, named, words)
        drawn = self.views.receipt(view, reader)
        return lambda _by_submit: drawn

    async def by_receipt(self, visitor: Visitor, shown: Shown, reader: Reader) -> Draw:
        """The case of a receipt."""
        typed = shown.typed.get(RECEIPT_FIELD.id, "")
        pass_token = await self.cases.by_receipt(visitor, typed)
        if pass_token is None:
            return await self.sent(visitor, reader, opens_nothing(typed), letter(shown))
        return await self.show(visitor, Kept(visitor.language, pass_token=pass_token), reader)


def letter(shown: Shown) -> str:
    """What is typed to the desk on a view."""
    return shown.typed.get(composed("0"), "")
