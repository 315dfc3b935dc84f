"""What follows each thing that Teams tells of, by what was pressed where."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import structlog

from adapters.teams.channels import Channels, Refused
from adapters.teams.dialog import Dialog
from adapters.teams.entrances import Entrances
from adapters.teams.fields import filled_in
from adapters.teams.inbound import (
    Asked,
    Executed,
    Incoming,
    Installed,
    Pressed,
    Renewed,
    Submitted,
    Wrote,
)
from adapters.teams.own import Own
from adapters.teams.talks import Talks
from adapters.teams.transport import Reply
from flows.phrases import say

log = structlog.get_logger()

Handler = Callable[[Pressed], Awaitable[Dialog | Refused]]


@dataclass(frozen=True)
class Presses:
    """The table."""

    talks: Talks
    own: Own
    channels: Channels
    entrances: Entrances

    async def handle(self, incoming: Incoming) -> Reply:
        """What is answered. Nothing a client sends is an error; what fails is said in a dialog."""
        match incoming:
            case Wrote(source):
                await self.entrances.note(source)
                await self.entrances.wrote(incoming)
            case Installed(source):
                await self.entrances.note(source)
                await self.entrances.installed(incoming)
            case Renewed(source):
                await self.entrances.note(source)
            case Asked(pressed):
                self.talks.people.choose(pressed.source, pressed.kept.language)
                await self.entrances.note(pressed.source)
                return Reply(200, (await self._asked(pressed)).task())
            case Executed(pressed):
                await self.entrances.note(pressed.source)
                return Reply(200, await self._executed(pressed))
            case Submitted(pressed):
                await self._executed(pressed)
        return Reply()

    async def _executed(self, pressed: Pressed) -> Mapping[str, Any]:
        try:
            return await self.channels.execute(pressed)
        except Exception as error:  # noqa: BLE001  whoever pressed reads that it did not work
            log.error("teams_press_failed", error=type(error).__name__)
            return self.channels.failed(pressed)

    async def _asked(self, pressed: Pressed) -> Dialog:
        language = pressed.kept.language
        try:
            handler = self._handlers().get(pressed.do, self._first)
            answer = await handler(pressed)
        except Exception as error:  # noqa: BLE001  somebody waits in front of an open dialog
            log.error("teams_dialog_failed", error=type(error).__name__)
            if filled_in(pressed.data):
                return self.talks.to_press_again(pressed, say("problem.not_saved"))
            return self.talks.failed(pressed.source, language)
        if isinstance(answer, Refused):
            if filled_in(pressed.data):
                return self.talks.to_press_again(pressed, answer.notice)
            return self.talks.refused(pressed.source, language, answer.notice)
        return answer

    def _handlers(self) -> dict[str, Handler]:
        return {
            "help": self.talks.help,
            "elsewhere": self.talks.elsewhere,
            "anew": self.talks.anew,
            "check": self.talks.check,
            "answer": self.talks.answer,
            "again": self.talks.again,
            "resume": self.talks.resume,
            "back": self.talks.back,
            "policy": self.talks.policy,
            "later": self._later,
            "sent": self.own.sent,
            "open": self.own.by_receipt,
            "case": self.own.again,
            "left": self.own.left,
            "press": self.own.press,
            "details": self.channels.open,
            "work": self.channels.work_on,
        }

    async def _first(self, pressed: Pressed) -> Dialog:
        return await self.talks.first(pressed.source, pressed.kept.language)

    async def _later(self, pressed: Pressed) -> Dialog:
        if await self.entrances.put_aside(pressed):
            return self.talks.later(pressed)
        return await self.talks.again(pressed, say("problem.not_kept"))
