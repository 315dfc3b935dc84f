"""A conversation in a modal: what follows each press, as a view to draw."""

from dataclasses import dataclass, replace

import structlog

from adapters.slack.composing import LETTER
from adapters.slack.field_errors import at_the_field
from adapters.slack.inbound import Action, Shown, Source, Submission
from adapters.slack.own import Own
from adapters.slack.parts import main_answer
from adapters.slack.people import People
from adapters.slack.render import Reader, Views
from adapters.slack.screens import LATER, AskView, Held, Kept, PageView
from adapters.slack.stage import Draw
from adapters.slack.way_back import (
    holding,
    leaving_letter,
    leaving_report,
    letter,
    way_back,
    written,
)
from bot.case_work import Work
from bot.company import Person
from bot.conversations import Conversations, Next, Screen, StartAgain, left_alone
from bot.endings import Opened
from bot.sealed_lists import Visitor
from flows.greeting import greeted
from flows.help_now import FIND
from flows.phrases import Phrase, say
from flows.policy_page import policy_page
from flows.screens import Paragraph

log = structlog.get_logger()

PLATFORM = "slack"
POLICY = "policy"
"""Marks the policy's page among the pages to read."""


@dataclass(frozen=True)
class Talks:
    """Leads a person through the flows, in their language."""

    work: Work
    conversations: Conversations
    own: Own
    people: People
    views: Views

    async def visitor(self, source: Source, asked: str = "") -> Visitor:
        """Whom a token is bound to: an account of a workspace."""
        language = await self.people.language(source.team, source.user, asked)
        person = await self.people.person(source.team, source.user)
        habits = await self.people.habits(source.team, source.user)
        return Visitor(
            platform=PLATFORM,
            tenant=source.team,
            actor=source.user,
            site_id=only_site(person),
            language=language,
            person_id=person.id if person else None,
            name=habits.name,
            push=f"{PLATFORM}:@{source.team}.{source.user}",
        )

    async def first(self, source: Source, asked: str = "", shown: Shown | None = None) -> Draw:
        """The first screen, with what was written on one that was left or became too old."""
        visitor = await self.visitor(source, asked)
        if shown is not None and letter(shown.typed):
            shown = await self._stepping_out(visitor, shown)
        return await self.draw(source, visitor, await self.conversations.start(visitor), shown)

    async def greeted(self, source: Source, wrote: str) -> Draw:
        """The first screen, after something was typed behind the command."""
        visitor, screen = await self.first_screen(source)
        ask = greeted(self.work.policy, screen.ask, wrote)
        return await self.draw(source, visitor, replace(screen, ask=ask))

    async def first_screen(self, source: Source, asked: str = "") -> tuple[Visitor, Screen]:
        """The first screen as such, for the places where it is no modal."""
        visitor = await self.visitor(source, asked)
        screen = await self.conversations.start(visitor)
        assert isinstance(screen, Screen)
        return visitor, screen

    async def door(self, source: Source, code: str, shown: Shown | None) -> Draw:
        """An answer to the first card, given where there is no modal yet, or beside a case."""
        visitor = await self.visitor(source, shown.kept.language if shown else "")
        if code == "help":
            return await self.draw(source, visitor, await self.conversations.start(visitor, "help"))
        if code == "check" and shown and (shown.kept.pass_token or shown.kept.resume):
            return await self._check(source, visitor, shown)
        first = await self.conversations.start(visitor)
        return await self.draw(source, visitor, await self._answered(visitor, first, code))

    async def _answered(self, visitor: Visitor, first: Next, code: str) -> Next:
        if isinstance(first, Screen) and code in {one.code for one in first.ask.buttons}:
            return await self.conversations.press(visitor, first.token, code, {}, {})
        return first

    async def _check(self, source: Source, visitor: Visitor, shown: Shown) -> Draw:
        """The checklist, from the page of a call: where the call interrupted it, or anew."""
        call = await self.own.cases.call_of(visitor, shown.kept.pass_token)
        if shown.kept.resume:
            following = await self.conversations.resume(visitor, shown.kept.resume, call)
        else:
            first = await self.conversations.start(visitor, call=call)
            following = await self._answered(visitor, first, "check")
        shown = replace(shown, kept=replace(shown.kept, resume=""))
        return await self.draw(source, visitor, following, shown)

    async def go_on(self, submission: Submission) -> Draw:
        """The button of a call's page on which something is written: where that belongs."""
        source, shown = submission.source, submission.shown
        if shown.kept.left_pass and not shown.kept.resume:
            return await self.come_back(source, shown)
        visitor = await self.visitor(source, shown.kept.language)
        if not shown.kept.resume and set(written(shown.typed)) == {LETTER}:
            return await self.sent(source, shown.kept.language, shown)
        return await self._check(source, visitor, shown)

    async def come_back(self, source: Source, shown: Shown) -> Draw:
        """The page of a report that was left to call for help."""
        visitor = await self.visitor(source, shown.kept.language)
        return await self.own.come_back(visitor, shown, await self.reader(source))

    async def resume(
        self, source: Source, token: str, asked: str = "", shown: Shown | None = None
    ) -> Draw:
        """The screen somebody left, with what they had written if it still stands on a view."""
        visitor = await self.visitor(source, asked)
        following = await self.conversations.show(visitor, token)
        if shown is None:  # from the chat
            following = left_alone(following)
        return await self.draw(source, visitor, following, shown)

    async def press(self, action: Action, shown: Shown, code: str) -> Draw:
        """An answer on a screen. Whatever breaks, nothing that was written is lost."""
        visitor = await self.visitor(action.source, shown.kept.language)
        following = await self._pressed(visitor, shown, code)
        return await self.draw(action.source, visitor, following, shown)

    async def submit(self, submission: Submission) -> Draw | Held:
        """The modal's own button: the answer that goes on, or the one that was chosen."""
        shown = submission.shown
        visitor = await self.visitor(submission.source, shown.kept.language)
        following = await self._submitted(visitor, shown)
        held = at_the_field(following, shown)
        if held is not None:
            return held
        return await self.draw(submission.source, visitor, following, shown)

    async def _submitted(self, visitor: Visitor, shown: Shown) -> Next:
        """What was chosen, else what the modal's own button says; never an answer of ours."""
        if shown.answer:
            return await self._pressed(visitor, shown, shown.answer)
        here = await self.conversations.show(visitor, shown.kept.token)
        if not isinstance(here, Screen):
            return here
        if here.ask.find:
            return await self._pressed(visitor, shown, FIND)
        main = main_answer(here.ask) if shown.answer is None else None
        if main is None:
            return replace(here, problem=say("who.missing"))
        return await self._pressed(visitor, shown, main.code)

    async def _pressed(self, visitor: Visitor, shown: Shown, code: str) -> Next:
        token = shown.kept.token
        try:
            return await self.conversations.press(visitor, token, code, shown.chosen, shown.typed)
        except Exception as error:  # noqa: BLE001  whatever broke, the words must not be lost
            log.error("press_failed", error=type(error).__name__)
            here = await self.conversations.show(visitor, token)
            problem = say("problem.not_saved")
            return replace(here, problem=problem) if isinstance(here, Screen) else here

    async def help(self, action: Action) -> Draw:
        """Help, from any view, with or without a conversation on it."""
        source, shown = action.source, action.shown
        kept = shown.kept if shown else Kept("")
        visitor = await self.visitor(source, kept.language)
        if shown and await self.own.cases.help_is_called(visitor, kept.pass_token):
            return await self.own.show(visitor, kept, await self.reader(source), typed=shown.typed)
        following = await self.conversations.help(visitor, kept.token)
        stays = await self._stepping_out(visitor, shown) if shown else None
        return await self.draw(source, visitor, following, stays)

    async def elsewhere(self, source: Source, shown: Shown) -> Draw:
        """Where else help is to come, from the page of a call that runs."""
        visitor = await self.visitor(source, shown.kept.language)
        following = await self.conversations.elsewhere(visitor)
        stays = await self._stepping_out(visitor, shown)
        return await self.draw(source, visitor, following, stays)

    async def _stepping_out(self, visitor: Visitor, shown: Shown) -> Shown:
        """What goes along to a call for help, to be come back to."""
        kept = shown.kept
        if await self.own.is_report(visitor, kept):
            return leaving_report(shown)
        resume = await self.conversations.interrupted(visitor, kept.token) or kept.resume
        return holding(leaving_letter(replace(shown, kept=replace(kept, resume=resume))))

    async def back(self, action: Action, shown: Shown) -> Draw:
        """The screen before; what was written stays, and what was chosen is there again."""
        visitor = await self.visitor(action.source, shown.kept.language)
        following = await self.conversations.back(visitor, shown.kept.token)
        return await self.draw(action.source, visitor, following, holding(shown))

    async def again(
        self, source: Source, shown: Shown, language: str, problem: Phrase | None = None
    ) -> Draw:
        """The same screen, in another language or with what did not work; what was chosen and
        typed stays."""
        visitor = await self.visitor(source, language)
        following = await self.conversations.show(visitor, shown.kept.token)
        if isinstance(following, Screen):
            following = replace(following, problem=problem)
        return await self.draw(source, visitor, following, shown)

    async def policy(self, source: Source, asked: str = "", shown: Shown | None = None) -> Draw:
        """Our policy; what was written where somebody came from waits below it."""
        language = await self.people.language(source.team, source.user, asked)
        kept = holding(shown).kept.aside if shown else Kept("")
        kept = replace(kept, language=language, opened=POLICY)
        words, elements = written(shown.typed) if shown else {}, policy_page(self.work.policy)
        view = PageView(say("policy.page.title"), elements, kept, written=words)
        drawn = self.views.page(view, await self.reader(source))
        return lambda _by_submit: drawn

    async def sent(self, source: Source, asked: str = "", shown: Shown | None = None) -> Draw:
        """Where somebody finds what they sent; what was written before waits there."""
        visitor, reader = await self.visitor(source, asked), await self.reader(source)
        if shown is None:
            return await self.own.sent(visitor, reader)
        return await self.own.sent(visitor, reader, None, holding(shown).kept, shown.typed)

    async def later(self, source: Source, shown: Shown, language: str) -> Draw:
        """What is left on the screen after the way back was put into the chat: what was written
        stands on it alone."""
        lines, words = [Paragraph(text=say("slack.later.kept"))], written(shown.typed)
        if words:
            lines.append(Paragraph(text=say("typed.not_in_chat"), strong=True))
        kept = replace(holding(shown).kept, language=language, opened=LATER)
        view = PageView(say("slack.later"), tuple(lines), kept, written=words)
        drawn = self.views.page(view, await self.reader(source))
        return lambda _by_submit: drawn

    async def draw(
        self, source: Source, visitor: Visitor, following: Next, shown: Shown | None = None
    ) -> Draw:
        """What came of a press, as a view."""
        reader = await self.reader(source)
        if isinstance(following, Screen):
            return self._ask(following, visitor, shown, reader)
        if isinstance(following, Opened):
            return await self._opened(visitor, following, shown, reader)
        if isinstance(following, StartAgain):
            view = _start_again(following, visitor, shown)
        else:
            text = Paragraph(text=say("ended.text"))
            view = PageView(say("ended.title"), (text,), way_back(visitor, shown))
        drawn = self.views.page(view, reader)
        return lambda _by_submit: drawn

    async def _opened(
        self, visitor: Visitor, opened: Opened, shown: Shown | None, reader: Reader
    ) -> Draw:
        """The page of what was just sent. A call takes along what it interrupted."""
        receipt = opened.filed.receipt
        if shown and receipt is None:
            shown = await self._stepping_out(visitor, shown)
        kept = replace(way_back(visitor, shown), pass_token=opened.pass_token)
        typed = shown.typed if shown else {}
        if receipt is None:
            kept = kept.holding(shown.kept.held if shown else {})
        else:  # what was written is in the report now
            kept = replace(kept, receipt=receipt, resume="")
            typed = {name: text for name, text in typed.items() if name == LETTER}
        return await self.own.show(visitor, kept, reader, opened.notice, typed=typed)

    def _ask(self, screen: Screen, visitor: Visitor, shown: Shown | None, reader: Reader) -> Draw:
        held = shown.kept.held if shown is not None else {}
        here = {one.id for one in screen.ask.groups}
        elsewhere = {name: codes for name, codes in held.items() if name not in here}
        kept = replace(way_back(visitor, shown), token=screen.token).holding(elsewhere)
        typed = shown.typed if shown is not None and screen.ask.find else None
        view = AskView(
            screen.ask.with_chosen(held),
            kept,
            screen.can_go_back,
            screen.problem,
            typed,
            written=written(shown.typed) if shown else {},
        )

        def draw(by_submit: bool) -> dict[str, object]:
            return self.views.ask(replace(view, by_submit=by_submit), reader)

        return draw

    async def reader(self, source: Source) -> Reader:
        """Whoever reads it."""
        return await self.people.reader(source.team, source.user)


def _start_again(following: StartAgain, visitor: Visitor, shown: Shown | None) -> PageView:
    """The screen opens nothing any more; what was written on it is shown, and goes along."""
    words = written(shown.typed) if shown else {}
    lines = [Paragraph(text=say(f"again.{following.refusal.value}"))]
    if words:
        lines.append(Paragraph(text=say("typed.stays"), strong=True))
    kept = way_back(visitor, shown)
    return PageView(say("again.title"), tuple(lines), kept, written=words)


def only_site(person: Person | None) -> str | None:
    """The one site where somebody works, so that help needs no second tap."""
    return person.sites[0] if person is not None and len(person.sites) == 1 else None
