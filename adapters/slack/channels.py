"""Presses on cards of the desk's and the sites' channels, and the details behind them.

Rights are looked up at every press, from who is in the channel at that moment, and nothing
happens where Slack does not say.
"""

from dataclasses import dataclass, replace
from functools import partial

from adapters.slack.api import Done
from adapters.slack.composing import compose_block, composed
from adapters.slack.hooks import Hooks
from adapters.slack.inbound import Action, Shown, Source, Submission
from adapters.slack.people import People
from adapters.slack.places import PLATFORM, Places
from adapters.slack.render import Views
from adapters.slack.screens import DetailsView, Held, Kept, PageView
from adapters.slack.stage import Draw, Stage
from adapters.slack.words import Words
from bot.case_work import Work
from bot.catalogue import Catalogue
from bot.desk import open_details
from bot.duties import press_in_channel
from bot.pressed import NOT_YOURS, UNKNOWN, Pressed
from bot.talks import is_of_the_words
from bot.typed_words import clean
from flows.phrases import Phrase, say
from flows.presses import Press, Verb
from flows.screens import Paragraph

OPENS_DETAILS = (Verb.DETAILS, Verb.REPLY)
WRITES = (Verb.REPLY, Verb.TELL_OUTCOME, Verb.MEASURE)
"""Presses that take what was typed, and leave an empty place to write."""
NOT_CHECKED = Pressed(say("slack.not_checked"), False)
NOT_OPENED = Pressed(say("slack.failed"), False)


@dataclass(frozen=True)
class Channels:
    """Everything that is pressed in a channel."""

    work: Work
    people: People
    stage: Stage
    hooks: Hooks
    views: Views
    catalogue: Catalogue

    @property
    def places(self) -> Places:
        """The company's channels."""
        return Places(self.work.company)

    async def press(self, action: Action) -> Phrase | None:
        """A press on a card of a channel or of direct messages, or in the desk's list.

        What is still to be said to whoever pressed: that the details did not open, or that nothing
        changed, where it could not be said beside a card.
        """
        source = action.source
        self.hooks.note(action)  # first: whoever edits the message may be quicker than this
        address = await self._address(source, action.room)
        pressed, press = await self._pressed(source, action.room, address, action.value, "")
        if press is not None and press.verb in OPENS_DETAILS and pressed.changed:
            kept = Kept(await self._language(source), channel=action.room, opened=action.value)
            draw = await self._details(source, address, press.subject, kept, None)
            if draw is not None:
                if isinstance(await self.stage.open(source, draw), Done):
                    return None
                pressed = NOT_OPENED
        told = await self.hooks.tell(source, await self._said(source, pressed.notice))
        return None if told or pressed.changed else pressed.notice

    async def press_in_details(self, action: Action, shown: Shown) -> Draw | None:
        """A press beside the details: a duty is done, a step is taken, words are sent."""
        place = composed(action.what)
        following = await self._in_details(action.source, shown, action.value, place)
        if not isinstance(following, Held):
            return following
        page = PageView(
            say("problem.title"),
            (Paragraph(text=following.why, strong=True),),
            Kept(shown.kept.language),
            start_again=False,
        )
        reader = await self.people.reader(action.source.team, action.source.user)
        await self.stage.lay_over(action.source, self.views.page(page, reader))
        return None

    async def reply(self, submission: Submission) -> Draw | Held | None:
        """Words to the reporter."""
        source, shown = submission.source, submission.shown
        address = await self._address(source, shown.kept.channel)
        opened = self.work.index.open_press(shown.kept.opened, address)
        if opened is None:
            return _held(shown, UNKNOWN)
        press = Press(verb=Verb.REPLY, subject=opened.subject)
        code = self.work.index.seal_press(press, address)
        return await self._in_details(source, shown, code, composed("0"))

    async def _in_details(
        self, source: Source, shown: Shown, code: str, place: str
    ) -> Draw | Held | None:
        """The details as they stand now; held as they were, with every word, where nothing changed
        and they may not be drawn again."""
        kept, words = shown.kept, clean(shown.typed.get(place, ""))
        address = await self._address(source, kept.channel)
        opened = self.work.index.open_press(kept.opened, address)
        if opened is None:
            return _held(shown, UNKNOWN)
        pressed, press = await self._pressed(source, kept.channel, address, code, words)
        writes = press is not None and press.verb in WRITES
        if pressed in (NOT_CHECKED, NOT_YOURS) or (writes and is_of_the_words(pressed, words)):
            return _held(shown, pressed)
        if writes and pressed.changed:
            kept = kept.emptied(place)
        drawing = opened.subject, kept, pressed.notice, pressed.path
        at_end = press is not None and press.verb is Verb.CLOSE and not pressed.changed
        draw = await self._details(source, address, *drawing, at_end=at_end)
        return _held(shown, pressed) if draw is None and not pressed.changed else draw

    async def show_details(self, source: Source, shown: Shown, language: str) -> Draw | None:
        """The same details again, for whoever may still see them."""
        kept = replace(shown.kept, language=language)
        address = await self._address(source, kept.channel)
        opened = self.work.index.open_press(kept.opened, address)
        if opened is None or not await self._may(source, kept.channel):
            return None
        return await self._details(source, address, opened.subject, kept, None)

    async def _address(self, source: Source, room: str) -> str:
        """The company's address of a room; direct messages are their reader's own."""
        alone = await self.people.alone()
        named = self.places.address(source.team, room, alone=alone)
        if named is None and room.startswith("D"):
            person = await self.people.person(source.team, source.user)
            account = self.work.directory.account(person, PLATFORM) if person else None
            return f"{PLATFORM}:@{account or source.user}"
        return named or f"{PLATFORM}:{room}"

    async def _may(self, source: Source, room: str) -> bool | None:
        """Whether somebody may press in a room now; None when Slack does not say."""
        return await self.people.is_member(source.team, room, source.user)

    async def _pressed(
        self, source: Source, room: str, address: str, code: str, words: str
    ) -> tuple[Pressed, Press | None]:
        may = await self._may(source, room)
        if may is None:
            return NOT_CHECKED, None
        person = await self.people.person(source.team, source.user)
        if not may or person is None:
            return NOT_YOURS, None
        return await press_in_channel(self.work, address, code, person.id, words, source.delivery)

    async def _details(
        self,
        source: Source,
        address: str,
        case_id: str,
        kept: Kept,
        notice: Phrase | None,
        link: str = "",
        *,
        at_end: bool = False,
    ) -> Draw | None:
        person = await self.people.person(source.team, source.user)
        if person is None or self.work.directory.reader(address, person.id) is None:
            return None  # the channel still has them, and the desk has not
        opened = await open_details(self.work, case_id, person)
        if opened is None:
            return None
        reader = await self.people.reader(source.team, source.user)
        index = self.work.index
        codes = partial(index.seal_press, place=address)
        view = DetailsView(opened, kept, codes, notice, link, at_end)
        drawn = self.views.details(view, reader)
        return lambda _by_submit: drawn

    async def _language(self, source: Source) -> str:
        return await self.people.language(source.team, source.user)

    async def _said(self, source: Source, notice: Phrase) -> str:
        words = Words(self.catalogue, await self._language(source), self.work.clock.now())
        return words.text(notice)


def _held(shown: Shown, pressed: Pressed) -> Held:
    """The details as they stand, and why at their first place to write."""
    return Held(compose_block("0", shown.kept), shown.kept.language, pressed.notice)
