"""A conversation in dialogs: what follows each press, as the next dialog."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import structlog

from adapters.teams.fields import chosen_and_typed
from adapters.teams.inbound import Pressed, Source
from adapters.teams.own import Own
from adapters.teams.people import People
from adapters.teams.render import Dialog, Dialogs
from adapters.teams.screens import AskView, Kept, PageView, text_in
from bot.case_work import Work
from bot.conversations import Conversations, Next, Opened, Screen, StartAgain
from bot.sealed_lists import Visitor
from flows.phrases import Phrase, say
from flows.policy_page import policy_page
from flows.screens import CallLine, Element, Paragraph

log = structlog.get_logger()


VISIBILITY = "who"
"""The step where somebody chooses who learns their name."""


@dataclass(frozen=True)
class Filled:
    """What stood in the inputs of a screen."""

    chosen: Mapping[str, tuple[str, ...]] | None = None
    typed: Mapping[str, str] = field(default_factory=dict)


NOTHING = Filled()


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
        """The first question, from the card in the chat or from the page of a call."""
        visitor = self._visitor(pressed)
        call = await self.own.cases.call_of(visitor, pressed.kept.pass_token)
        first = await self.conversations.start(visitor, call=call)
        if isinstance(first, Screen):
            first = await self.conversations.press(visitor, first.token, "check", {}, {})
        return await self._draw(visitor, first)

    async def answer(self, pressed: Pressed) -> Dialog:
        """An answer on a screen. Whatever breaks, nothing that was written is lost."""
        visitor, kept = self._visitor(pressed), pressed.kept
        chosen, typed = chosen_and_typed(pressed.data)
        button = text_in(pressed.data, "b")
        try:
            following = await self.conversations.press(visitor, kept.token, button, chosen, typed)
        except Exception as error:  # noqa: BLE001  whatever broke, the words must not be lost
            log.error("press_failed", error=type(error).__name__)
            following = await self.conversations.show(visitor, kept.token)
            if isinstance(following, Screen):
                following = replace(following, problem=say("problem.not_saved"))
        if isinstance(following, Screen) and following.problem is not None:
            return await self._draw(visitor, following, Filled(chosen, typed))
        finding = isinstance(following, Screen) and following.ask.find is not None
        return await self._draw(visitor, following, Filled(None, typed) if finding else NOTHING)

    async def again(self, pressed: Pressed) -> Dialog:
        """The same screen, in another language or after a while; what was filled in stays."""
        visitor = self._visitor(pressed)
        chosen, typed = chosen_and_typed(pressed.data)
        following = await self.conversations.show(visitor, pressed.kept.token)
        return await self._draw(visitor, following, Filled(chosen or None, typed))

    async def back(self, pressed: Pressed) -> Dialog:
        """The screen before."""
        visitor = self._visitor(pressed)
        return await self._draw(visitor, await self.conversations.back(visitor, pressed.kept.token))

    async def help(self, pressed: Pressed) -> Dialog:
        """Help, from anywhere, with or without a conversation on the screen."""
        visitor, kept = self._visitor(pressed), pressed.kept
        if kept.pass_token and await self.own.cases.help_is_called(visitor, kept.pass_token):
            return await self.own.show(visitor, kept)
        return await self._draw(visitor, await self.conversations.help(visitor, kept.token))

    async def policy(self, pressed: Pressed) -> Dialog:
        """Our policy."""
        visitor = self._visitor(pressed)
        elements = policy_page(self.work.policy)
        kept = Kept(visitor.language, page=pressed.kept.page)
        return self._page(PageView(say("policy.page.title"), elements, kept, do="policy"))

    def later(self, source: Source, asked: str) -> Dialog:
        """What is left on the screen after the way back was put into the chat."""
        kept = Paragraph(text=say("teams.later.kept"))
        return self._message(self.people.language(source, asked), say("teams.later"), (kept,))

    def failed(self, source: Source, asked: str) -> Dialog:
        """It did not work, with whom to call."""
        text = Paragraph(text=say("teams.failed"), strong=True)
        lines = (text, CallLine(label=say("help.police"), phone="110", strong=True))
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
            receipt = following.filed.receipt or ""
            kept = Kept(visitor.language, pass_token=following.pass_token, receipt=receipt)
            return await self.own.show(visitor, kept)
        if isinstance(following, StartAgain):
            text, title = say(f"again.{following.refusal.value}"), say("again.title")
        else:
            text, title = say("ended.text"), say("ended.title")
        return self._message(visitor.language, title, (Paragraph(text=text),))

    def _ask(self, visitor: Visitor, screen: Screen, filled: Filled) -> Dialog:
        view = AskView(
            screen.ask,
            Kept(visitor.language, token=screen.token),
            screen.can_go_back,
            screen.problem,
            filled.typed,
            filled.chosen,
            self.web if screen.ask.step == VISIBILITY else "",
        )
        return self.dialogs.ask(view, self.work.clock.now())

    def _message(self, language: str, title: Phrase, elements: tuple[Element, ...]) -> Dialog:
        return self._page(PageView(title, elements, Kept(language)))

    def _page(self, view: PageView) -> Dialog:
        return self.dialogs.page(view, self.work.clock.now())
