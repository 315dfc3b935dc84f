"""The ways in: a message to the bot, App Home, the shortcut, the command.

What somebody types to the bot is answered with the first card and kept nowhere. Words of
danger bring help or the lines that listen before everything else.
"""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from adapters.slack.api import Answer, Api, Done, Lost, Slow
from adapters.slack.blocks import actions, button, header
from adapters.slack.cards import SlackMessage, first_message
from adapters.slack.elements import draw
from adapters.slack.home import HomeTab
from adapters.slack.inbound import Action, Source, home_kept
from adapters.slack.outage import Outage
from adapters.slack.parts import first_card, problem_line
from adapters.slack.render import Views
from adapters.slack.screens import CHOSEN, Kept
from adapters.slack.talks import Talks
from adapters.slack.words import Words
from bot.catalogue import Catalogue
from bot.inbox import note_answered, was_answered
from flows.danger_words import hints_at_others
from flows.greeting import greeting
from flows.phrases import Phrase, say
from flows.screens import CallLine, Element, Paragraph


class TryAgain(Exception):
    """Slack took nothing, or did not say; it sends an event again by itself, and marks a press."""


@dataclass(frozen=True)
class Entrances:
    """Answers whoever comes in."""

    talks: Talks
    api: Api
    views: Views
    catalogue: Catalogue
    tab: HomeTab
    outage: Outage

    async def message(self, team: str, event: Mapping[str, Any], event_id: str) -> None:
        """Somebody wrote to the bot. Once answered it is answered no second time, to whichever
        process and after a restart too; whatever broke before that, it may come again."""
        source, delivery = Source(team, str(event["user"])), f"slack|event|{event_id}".encode()
        try:
            if await was_answered(self.talks.work, delivery):
                return
            await self._answer(source, event)
        except TryAgain:
            raise
        except Exception as error:
            if hints_at_others(str(event.get("text") or "")):
                await self.outage.in_chat(source, error)  # each time anew, until the card comes
            raise
        await note_answered(self.talks.work, delivery)

    async def _answer(self, source: Source, event: Mapping[str, Any]) -> None:
        visitor, screen = await self.talks.first_screen(source)
        words = self._words(visitor.language)
        wrote = str(event.get("text") or "")
        before, ask = greeting(self.talks.work.policy, screen.ask, wrote)
        blocks = first_card(words, ask, before)
        message = first_message(words, blocks, words.text(say("first.title")))
        answer = await self._write(source, message)
        if isinstance(answer, Slow | Lost):  # a second card does no harm, and none may
            raise TryAgain

    async def home(self, team: str, event: Mapping[str, Any]) -> None:
        """Somebody opened the app."""
        if event.get("tab") == "home":
            kept = home_kept(event)
            await self.publish(Source(team, str(event["user"])), kept.chosen if kept else "")

    async def publish(self, source: Source, asked: str = "", notice: Phrase | None = None) -> None:
        """App Home: the first card, in the language that was chosen, and what this person's part
        in the company brings, with what came of a press there first."""
        chosen = asked or self.talks.people.chosen(source.team, source.user)
        visitor, screen = await self.talks.first_screen(source, chosen)
        reader = await self.talks.reader(source)
        words = self.views.words(reader, visitor.language)
        more = [*problem_line(words, notice), *await self.tab.blocks(source, words)]
        kept = Kept(visitor.language, opened=CHOSEN if chosen else "")
        view = self.views.home(screen.ask, kept, reader, more)
        answer = await self.api.call(source.team, "views.publish", user_id=source.user, view=view)
        if isinstance(answer, Slow):
            raise TryAgain

    async def carry(self, source: Source) -> None:
        """A language that was chosen in a modal is App Home's from then on, as far as Slack
        takes it: the modal itself has it already."""
        with contextlib.suppress(TryAgain):
            await self.publish(source)

    async def put_aside(self, action: Action) -> bool:
        """A neutral card in the chat with the way back to a conversation: nothing readable.

        False where Slack did not say that it stands there: it would be the only way back.
        """
        assert action.shown is not None
        kept, words = action.shown.kept, self._words(action.shown.kept.language)
        title = words.text(say("first.title"))
        blocks = [
            *header(title),
            *draw(words, [Paragraph(text=say("slack.later.card"))]),
            *actions(
                [button(words.text(say("slack.later.open")), "door.resume", kept.token)], "ways"
            ),
        ]
        message = first_message(words, blocks, title)
        return isinstance(await self._write(action.source, message), Done)

    async def say_failed(self, source: Source) -> None:
        """That a press could not be shown in a modal, with the first card to press again."""
        await self._say(source, (Paragraph(text=say("slack.failed"), strong=True),))

    async def say_called(self, source: Source) -> None:
        """That help is called, where no modal can show it: the first card leads to the call."""
        await self._say(source, ())

    async def _say(self, source: Source, first: tuple[Element, ...]) -> None:
        visitor, screen = await self.talks.first_screen(source)
        words = self._words(visitor.language)
        police = CallLine(label=say("help.police"), phone="110")
        blocks = first_card(words, screen.ask, (*first, police))
        message = first_message(words, blocks, words.text(say("first.title")))
        if not isinstance(await self._write(source, message), Done):
            raise TryAgain  # Slack itself marks a press that was not answered

    async def _write(self, source: Source, message: SlackMessage) -> Answer:
        return await self.api.call(
            source.team,
            "chat.postMessage",
            channel=source.user,
            text=message.text,
            blocks=message.blocks,
        )

    def _words(self, language: str) -> Words:
        return Words(self.catalogue, language, self.talks.work.clock.now())
