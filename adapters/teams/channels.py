"""Presses on cards of the desk's and the sites' channels, and the details behind them.

Rights are looked up at every press, from who is in the channel at that moment, and nothing
happens where Teams does not say.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog

from adapters.teams.cards import OPENS_DETAILS, channel_card
from adapters.teams.dialog import Dialog
from adapters.teams.fields import chosen_and_typed
from adapters.teams.inbound import Pressed, Source
from adapters.teams.parts import CARD
from adapters.teams.people import People
from adapters.teams.places import Places
from adapters.teams.present import card_now
from adapters.teams.render import Dialogs
from adapters.teams.screens import DetailsView, Kept, text_in
from adapters.teams.words import Words
from bot.case_work import Work
from bot.company import Person
from bot.desk import open_details
from bot.duties import press_in_channel
from bot.pressed import ALREADY, NOT_YOURS
from bot.pressed import Pressed as Outcome
from bot.typed_words import clean
from flows.phrases import Phrase, say
from flows.presses import Press

log = structlog.get_logger()

NOT_CHECKED = Outcome(say("teams.not_checked"), False)
MESSAGE = "application/vnd.microsoft.activity.message"


@dataclass(frozen=True)
class Refused:
    """No dialog: one friendly line instead."""

    notice: Phrase


@dataclass(frozen=True)
class Channels:
    """Everything that is pressed in a channel or on a direct message."""

    work: Work
    people: People
    places: Places
    dialogs: Dialogs

    async def execute(self, pressed: Pressed) -> Mapping[str, Any]:
        """A press, answered with the card as it stands then and one line for the presser."""
        code = text_in(pressed.data, "c")
        outcome, press = await self._carry_out(pressed.source, code, "")
        reader = self._reader(pressed.source)
        card = await card_now(self.work, press, pressed.ref, reader) if press is not None else None
        if card is None:
            return self._line(pressed, outcome.notice)
        words, index, address = self._words(pressed), self.work.index, pressed.source.address
        value = channel_card(
            words, card, lambda one: index.seal_press(one, address), notice=outcome.notice
        )
        return {"statusCode": 200, "type": CARD, "value": value}

    def failed(self, pressed: Pressed) -> Mapping[str, Any]:
        """One line: it did not work."""
        return self._line(pressed, say("teams.failed"))

    def _line(self, pressed: Pressed, notice: Phrase) -> Mapping[str, Any]:
        return {"statusCode": 200, "type": MESSAGE, "value": self._words(pressed).text(notice)}

    def _words(self, pressed: Pressed) -> Words:
        language = self.places.language(pressed.source.address)
        return self.dialogs.words(language, self.work.clock.now())

    async def open(self, pressed: Pressed) -> Dialog | Refused:
        """A case's details: from the card that names it, or the same ones again."""
        code = pressed.kept.opened
        if code:
            _, typed = chosen_and_typed(pressed.data)
            return await self._show(pressed, code, None, typed)
        code = text_in(pressed.data, "c")
        outcome, press = await self._carry_out(pressed.source, code, "")
        if press is None or press.verb not in OPENS_DETAILS or not outcome.changed:
            return Refused(outcome.notice)
        return await self._draw(pressed, press, code, None, {})  # the details say it themselves

    async def work_on(self, pressed: Pressed) -> Dialog | Refused:
        """A press beside the details: a duty is done, words are sent, a case is closed."""
        name = text_in(pressed.data, "f")
        _, typed = chosen_and_typed(pressed.data)
        words = typed.get(name, "")
        code, delivery = text_in(pressed.data, "c"), pressed.delivery(words)
        try:
            outcome, _ = await self._carry_out(pressed.source, code, clean(words), delivery)
        except Exception as error:
            if not words:
                raise
            log.error("press_failed", error=type(error).__name__)
            problem, once = say("problem.not_saved"), text_in(pressed.data, "n")
            return await self._show(pressed, pressed.kept.opened, problem, typed, once=once)
        if outcome in (NOT_YOURS, NOT_CHECKED):
            return Refused(outcome.notice)
        if outcome.changed or outcome == ALREADY:
            typed.pop(name, None)
        notice, link = outcome.notice, outcome.path
        return await self._show(pressed, pressed.kept.opened, notice, typed, link)

    async def _show(
        self,
        pressed: Pressed,
        code: str,
        notice: Phrase | None,
        typed: Mapping[str, str],
        link: str = "",
        once: str = "",
    ) -> Dialog | Refused:
        """The details again, for whoever may still see them."""
        source = pressed.source
        press = self.work.index.open_press(code, source.address)
        may = await self._may(source)
        if may is None:
            return Refused(NOT_CHECKED.notice)
        if press is None or press.verb not in OPENS_DETAILS or not may:
            return Refused(NOT_YOURS.notice)
        return await self._draw(pressed, press, code, notice, typed, link, once)

    async def _may(self, source: Source) -> bool | None:
        """Whether somebody reads this channel now, by Teams and by the company's own list."""
        if self._reader(source) is None:
            return False
        return await self.people.is_member(source)

    def _reader(self, source: Source) -> Person | None:
        """Whoever pressed, if the company's own list has them read this channel now."""
        person = self.people.person(source)
        return self.work.directory.reader(source.address, person.id) if person else None

    async def _carry_out(
        self, source: Source, code: str, words: str, delivery: bytes | None = None
    ) -> tuple[Outcome, Press | None]:
        person, member = self.people.person(source), await self.people.is_member(source)
        if member is None:
            return NOT_CHECKED, None
        if person is None or not member:
            return NOT_YOURS, None
        return await press_in_channel(self.work, source.address, code, person.id, words, delivery)

    async def _draw(
        self,
        pressed: Pressed,
        press: Press,
        code: str,
        notice: Phrase | None,
        typed: Mapping[str, str],
        link: str = "",
        once: str = "",
    ) -> Dialog | Refused:
        person = self._reader(pressed.source)
        if person is None:
            return Refused(NOT_YOURS.notice)
        opened = await open_details(self.work, press.subject, person)
        if opened is None:
            return Refused(say("press.unknown"))
        index, address = self.work.index, pressed.source.address
        language = self.people.language(pressed.source, pressed.kept.language)
        view = DetailsView(
            opened=opened,
            kept=Kept(language, opened=code, page=pressed.kept.page),
            press_codes=lambda one: index.seal_press(one, address),
            once=once or self.work.entropy.bytes(8).hex(),
            notice=notice,
            typed=typed,
            link=link,
        )
        return self.dialogs.details(view, self.work.clock.now())
