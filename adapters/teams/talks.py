"""A conversation in dialogs: what follows each press, as the next dialog."""

from dataclasses import dataclass, replace

import structlog

from adapters.teams.cards import POLICE
from adapters.teams.dialog import Dialog
from adapters.teams.fields import FIELD, filled_in
from adapters.teams.filled import NOTHING, Filled
from adapters.teams.inbound import Pressed, Source
from adapters.teams.navigation import carried
from adapters.teams.own import Own
from adapters.teams.people import People
from adapters.teams.render import Dialogs
from adapters.teams.screens import AskView, Kept, PageView, text_in
from adapters.teams.way_back import (
    LEFT,
    LEFT_RECEIPT,
    LETTER,
    RESUME,
    TYPED,
    waiting,
    with_room,
)
from bot.case_work import Work
from bot.conversations import Conversations, Next, Screen, StartAgain, left_alone
from bot.endings import Opened
from bot.sealed_lists import Visitor
from flows.phrases import Phrase, say
from flows.policy_page import policy_page
from flows.report import WORDS
from flows.screens import Element, Paragraph

log = structlog.get_logger()

VISIBILITY = "who"
"""The step where somebody chooses who learns their name."""


@dataclass(frozen=True)
class Talks:
    """Leads a person through the flows, in their language."""

    work: Work
    conversations: Conversations
    own: Own
    people: People
    dialogs: Dialogs
    web: str
    """The address of the web page, the same one for everybody."""

    async def first(self, source: Source, asked: str = "") -> Dialog:
        """The first screen."""
        visitor = self.people.visitor(source, asked)
        return await self._draw(visitor, await self.conversations.start(visitor))

    async def first_screen(self, source: Source) -> tuple[Visitor, Screen]:
        """The first screen as such, for the chat, where it is no dialog."""
        visitor = self.people.visitor(source)
        screen = await self.conversations.start(visitor)
        assert isinstance(screen, Screen)
        return visitor, screen

    async def check(self, pressed: Pressed) -> Dialog:
        """The first question, from the card in the chat or from the page of a call; or whatever
        the call interrupted."""
        visitor, filled = self._visitor(pressed), Filled.read(pressed.data)
        call = await self.own.cases.call_of(visitor, pressed.kept.pass_token)
        if filled.back.get(RESUME):
            following = await self.conversations.resume(visitor, filled.back[RESUME], call)
            return await self._draw(visitor, following, filled.resumed.without_choices)
        first = await self.conversations.start(visitor, call=call)
        if isinstance(first, Screen):
            first = await self.conversations.press(visitor, first.token, "check", {}, {})
        return await self._draw(visitor, first, filled.without_choices)

    async def answer(self, pressed: Pressed) -> Dialog:
        """An answer on a screen. Whatever breaks, nothing that was written is lost."""
        visitor, kept = self._visitor(pressed), pressed.kept
        filled, button = Filled.read(pressed.data), text_in(pressed.data, "b")
        chosen, typed = filled.chosen or {}, filled.typed
        try:
            following = await self.conversations.press(visitor, kept.token, button, chosen, typed)
        except Exception as error:  # noqa: BLE001  whatever broke, the words must not be lost
            log.error("press_failed", error=type(error).__name__)
            following = await self.conversations.show(visitor, kept.token)
            if isinstance(following, Screen):
                following = replace(following, problem=say("problem.not_saved"))
        stays = isinstance(following, Screen) and following.problem is not None
        if isinstance(following, Opened) and following.filed.receipt is None:
            filled = await self._stepping_out(visitor, pressed)
        return await self._draw(visitor, following, filled if stays else filled.without_choices)

    async def again(self, pressed: Pressed, problem: Phrase | None = None) -> Dialog:
        """The same screen, in another language, after a while or with what did not work; what
        was filled in stays."""
        visitor, filled = self._visitor(pressed), Filled.read(pressed.data)
        following = await self.conversations.show(visitor, pressed.kept.token)
        if isinstance(following, Screen):
            following = replace(following, problem=problem)
        return await self._draw(
            visitor, following, filled if filled.chosen else filled.without_choices
        )

    async def resume(self, pressed: Pressed) -> Dialog:
        """The screen that somebody left, from the chat; what was chosen on it is not there."""
        visitor = self._visitor(pressed)
        following = await self.conversations.show(visitor, pressed.kept.token)
        return await self._draw(visitor, left_alone(following))

    async def back(self, pressed: Pressed) -> Dialog:
        """The screen before. What was filled in here is there again when somebody comes forward."""
        visitor, filled = self._visitor(pressed), Filled.read(pressed.data)
        following = await self.conversations.back(visitor, pressed.kept.token)
        return await self._draw(visitor, following, filled.holding)

    async def help(self, pressed: Pressed) -> Dialog:
        """Help, from anywhere, with or without a conversation on the screen."""
        visitor, kept = self._visitor(pressed), pressed.kept
        if kept.pass_token and await self.own.cases.help_is_called(visitor, kept.pass_token):
            return await self.own.again(pressed)
        following = await self.conversations.help(visitor, kept.token)
        return await self._draw(visitor, following, await self._stepping_out(visitor, pressed))

    async def elsewhere(self, pressed: Pressed) -> Dialog:
        """Where else help is to come, from the page of a call that runs."""
        visitor = self._visitor(pressed)
        following = await self.conversations.elsewhere(visitor)
        return await self._draw(visitor, following, await self._stepping_out(visitor, pressed))

    async def _stepping_out(self, visitor: Visitor, pressed: Pressed) -> Filled:
        """What goes along to a call for help, to be come back to."""
        kept, filled = pressed.kept, Filled.read(pressed.data)
        if await self.own.is_report(visitor, kept.pass_token):
            return filled.leaving_report(kept)
        resume = await self.conversations.interrupted(visitor, kept.token)
        back = {**filled.back, RESUME: resume} if resume else filled.back
        return replace(filled.holding, back=back)

    async def policy(self, pressed: Pressed) -> Dialog:
        """Our policy, with whatever was written before beside it."""
        visitor, filled = self._visitor(pressed), Filled.read(pressed.data).holding
        elements = policy_page(self.work.policy)
        kept = Kept(visitor.language, page=pressed.kept.page)
        along = with_room({name: text for name, text in filled.all().items() if text})
        title = say("policy.page.title")
        return self._page(PageView(title, elements, kept, do="policy", filled=along))

    def later(self, pressed: Pressed) -> Dialog:
        """What is left on the screen after the way back was put into the chat: what was written
        stands on it alone."""
        kept, filled = pressed.kept, Filled.read(pressed.data).holding
        lines = [Paragraph(text=say("teams.later.kept"))]
        language = self.people.language(pressed.source, kept.language)
        if not any(text.strip() for text in filled.typed.values()):
            return self._message(language, say("teams.later"), tuple(lines))
        lines.append(Paragraph(text=say("typed.not_in_chat"), strong=True))
        return self._page(
            PageView(
                say("teams.later"),
                tuple(lines),
                Kept(language, token=kept.token),
                start_again=False,
                filled=with_room({name: text for name, text in filled.all().items() if text}),
                retry=carried(Kept(language, token=kept.token), "again"),
                again=say("teams.later.open"),
            )
        )

    async def anew(self, pressed: Pressed) -> Dialog:
        """The first screen, with whatever was written before."""
        visitor, kept, filled = self._visitor(pressed), pressed.kept, Filled.read(pressed.data)
        first = await self.conversations.start(visitor)
        if kept.pass_token:  # a report is left for good where no letter on its page waits
            filled = filled.leaving_report(kept if filled.typed.get(WORDS) else Kept())
        return await self._draw(visitor, first, filled.without_choices)

    def to_press_again(self, pressed: Pressed, notice: Phrase) -> Dialog:
        """Nothing came of a press beside which something was filled in: all of it, and the button
        to press again."""
        filled = filled_in(pressed.data)
        button = {k: v for k, v in pressed.data.items() if k not in filled and k != "msteams"}
        view = PageView(
            say("problem.title"),
            (Paragraph(text=notice, strong=True), POLICE),
            Kept(self.people.language(pressed.source, pressed.kept.language)),
            filled=filled,
            retry=button,
        )
        return self._page(view)

    def failed(self, source: Source, asked: str) -> Dialog:
        """It did not work, with whom to call."""
        text = Paragraph(text=say("teams.failed"), strong=True)
        lines = (text, POLICE)
        return self._message(self.people.language(source, asked), say("problem.title"), lines)

    def refused(self, source: Source, asked: str, notice: Phrase) -> Dialog:
        """One friendly line, and nothing behind it."""
        line = Paragraph(text=notice)
        return self._message(self.people.language(source, asked), say("problem.title"), (line,))

    def _visitor(self, pressed: Pressed) -> Visitor:
        return self.people.visitor(pressed.source, pressed.kept.language)

    async def _draw(self, visitor: Visitor, following: Next, filled: Filled = NOTHING) -> Dialog:
        if isinstance(following, Screen):
            return self._ask(visitor, following, filled)
        if isinstance(following, Opened):
            return await self._opened(visitor, following, filled)
        if isinstance(following, StartAgain):
            return self._start_again(visitor, following, filled)
        text, kept = Paragraph(text=say("ended.text")), Kept(visitor.language)
        return self._page(PageView(say("ended.title"), (text,), kept, filled=filled.back))

    async def _opened(self, visitor: Visitor, opened: Opened, filled: Filled) -> Dialog:
        """The page of what was just sent. A call takes along what it interrupted."""
        receipt, words = opened.filed.receipt, filled.typed.get(WORDS, "")
        beside = waiting(filled.all())
        if receipt is not None:  # what was written is in the report now
            words, along = "", (LEFT, LEFT_RECEIPT, FIELD + LETTER)
            beside = {name: text for name, text in beside.items() if name in along}
        kept = Kept(visitor.language, pass_token=opened.pass_token, receipt=receipt or "")
        return await self.own.show(visitor, kept, opened.notice, typed=words, beside=beside)

    def _start_again(self, visitor: Visitor, following: StartAgain, filled: Filled) -> Dialog:
        """The screen opens nothing any more; what was written on it is shown, and goes along."""
        typed = {name: filled.typed.get(name, "") for name in TYPED}
        written = {FIELD + name: text for name, text in typed.items() if text.strip()}
        lines = [Paragraph(text=say(f"again.{following.refusal.value}"))]
        if written:
            lines.append(Paragraph(text=say("typed.stays"), strong=True))
        kept, filled_in = Kept(visitor.language), {**written, **filled.back}
        return self._page(PageView(say("again.title"), tuple(lines), kept, filled=filled_in))

    def _ask(self, visitor: Visitor, screen: Screen, filled: Filled) -> Dialog:
        view = AskView(
            screen.ask,
            Kept(visitor.language, token=screen.token),
            screen.can_go_back,
            screen.problem,
            filled.typed,
            filled.chosen_on(screen.ask),
            self.web if screen.ask.step == VISIBILITY else "",
            filled.elsewhere(screen.ask),
        )
        return self.dialogs.ask(view, self.work.clock.now())

    def _message(self, language: str, title: Phrase, elements: tuple[Element, ...]) -> Dialog:
        return self._page(PageView(title, elements, Kept(language)))

    def _page(self, view: PageView) -> Dialog:
        return self.dialogs.page(view, self.work.clock.now())
