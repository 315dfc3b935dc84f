"""The ways in: what is written to the bot, and the app being installed.

What somebody types to the bot is answered with the first card and kept nowhere. Words of
danger bring help or the lines that listen before everything else.
"""

from dataclasses import dataclass, replace

import structlog

from adapters.teams.cards import failed_card, first_card, later_card, message, own_chat_card
from adapters.teams.inbound import Installed, Pressed, Source, Wrote
from adapters.teams.parts import Part
from adapters.teams.references import TENANT, Reference, References, of_person
from adapters.teams.talks import Talks
from adapters.teams.transport import Lost, Place, Refused, Transport, Unsent
from adapters.teams.words import Words
from flows.greeting import Written, greeting
from flows.phrases import say

log = structlog.get_logger()


@dataclass(frozen=True)
class Entrances:
    """Answers whoever comes in."""

    talks: Talks
    transport: Transport
    references: References

    async def wrote(self, wrote: Wrote) -> None:
        """Somebody wrote to the bot. Whoever did in a channel is answered in their own chat: there
        others read along."""
        chat, answer = _here(wrote.source), await self._answer(wrote)
        if not wrote.source.channel:
            await self.transport.send(chat, answer)
            return
        try:
            own = await self.transport.open_personal(chat, wrote.source.account)
            await self.transport.send(replace(chat, conversation=own), answer)
        except (Refused, Unsent, Lost) as error:
            log.warning("teams_own_chat_not_opened", error=type(error).__name__)
            words = self._words(self.talks.people.language(wrote.source))
            made = message(own_chat_card(words), words.text(say("teams.own_chat")))
            await self.transport.send(chat, made)

    async def installed(self, event: Installed) -> None:
        """The app is there: its addresses are noted, and a person is shown the first card."""
        source = event.source
        if event.removed:
            await self._forget(source)
            return
        # Of people only those who can be asked to come: nobody's opening of the bot is noted.
        person = self.talks.people.person(source)
        if not source.channel and person is not None and person.may_be_asked:
            chat = Reference(source.service_url, source.conversation)
            await self.references.put(of_person(source.user), chat)
        if not source.channel:
            await self.transport.send(_here(source), await self._first_card(source))

    async def note(self, source: Source) -> None:
        """Takes up an address of the Bot Connector that has changed, whatever was done.

        Nothing that somebody does fails because of it: the next press brings the same address.
        """
        try:
            await self._note(source)
        except Exception as error:  # noqa: BLE001  Help must answer while nothing can be read
            log.error("teams_address_not_noted", error=type(error).__name__)

    async def _note(self, source: Source) -> None:
        await self.references.put(TENANT, Reference(source.service_url))
        if not source.channel and self.talks.people.person(source) is not None:
            chat = Reference(source.service_url, source.conversation)
            await self.references.refresh(of_person(source.user), chat)

    async def _forget(self, source: Source) -> None:
        if not source.channel:
            await self.references.drop(of_person(source.user))

    async def _answer(self, wrote: Wrote) -> Part:
        try:
            return await self._first_card(wrote.source, wrote.text)
        except Exception as error:  # noqa: BLE001  somebody may be in danger, and reads 110
            log.error("teams_first_card_failed", error=type(error).__name__)
            words = self._words(self.talks.people.language(wrote.source))
            return message(failed_card(words), words.text(say("problem.title")))

    async def _first_card(self, source: Source, wrote: str = "") -> Part:
        visitor, screen = await self.talks.first_screen(source)
        words = self._words(visitor.language)
        where = Written.CHANNEL if source.channel else Written.CHAT
        before, ask = greeting(self.talks.work.policy, screen.ask, wrote, where)
        return message(first_card(words, ask, before), words.text(say("first.title")))

    async def put_aside(self, pressed: Pressed) -> bool:
        """A neutral card in the chat with the way back to a conversation. False: it is not."""
        source, kept = pressed.source, pressed.kept
        if source.channel:
            return False
        words = self._words(self.talks.people.language(source, kept.language))
        made = message(later_card(words, kept.token), words.text(say("first.title")))
        try:
            await self.transport.send(_here(source), made)
        except (Refused, Unsent, Lost):
            return False
        return True

    def _words(self, language: str) -> Words:
        talks = self.talks
        return Words(talks.dialogs.catalogue, language, talks.work.clock.now())


def _here(source: Source) -> Place:
    """The conversation in which it was done: a personal chat, or the thread of a channel."""
    return Place(source.service_url, source.conversation, source.bot, source.tenant)
