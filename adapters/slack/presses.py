"""What follows a press, a submission or a start, by what was pressed on which view."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import structlog

from adapters.slack.api import Answer, Done
from adapters.slack.channels import NOT_OPENED, Channels
from adapters.slack.composing import composed
from adapters.slack.entrances import Entrances, TryAgain
from adapters.slack.inbound import (
    Action,
    Shown,
    Source,
    Submission,
    read_action,
    read_command,
    read_shortcut,
    read_submission,
)
from adapters.slack.live import LiveCalls
from adapters.slack.outage import Outage
from adapters.slack.own import Own
from adapters.slack.people import People
from adapters.slack.render import CASE, DETAILS, PAGE, RECEIPT, TALK
from adapters.slack.screens import FAILED, LATER, Held
from adapters.slack.stage import Draw, Stage, is_call
from adapters.slack.talks import POLICY, Talks
from flows.phrases import Phrase, say

log = structlog.get_logger()

LANGUAGE = "nav.language"

Handler = Callable[[Action], Awaitable[Draw | None]]


@dataclass(frozen=True)
class Presses:
    """The table."""

    talks: Talks
    own: Own
    channels: Channels
    entrances: Entrances
    stage: Stage
    people: People
    live: LiveCalls
    outage: Outage

    async def action(self, payload: Mapping[str, Any]) -> None:
        """A press on a message, a modal or App Home."""
        action = read_action(payload)
        handler = self._handlers().get(action.kind)
        if handler is None:  # a choice that only a later press reads
            return
        try:
            draw = await handler(action)
        except TryAgain:
            raise
        except Exception as error:
            if not _may_need_help(action):
                raise
            await self.outage.after(action, error)
            return
        if draw is not None:
            answer = await self.stage.after(action, draw)
            stands = action.shown is not None and not action.shown.is_home
            await self._seen(action.source, draw, answer, stands=stands)
            if action.id == LANGUAGE:
                await self.entrances.carry(action.source)

    async def _seen(self, source: Source, draw: Draw, answer: Answer, *, stands: bool) -> None:
        """Where no modal could be opened, the chat says so: nobody waits for nothing.

        Where one `stands`, it can be pressed again; but a call that went out is said at once.
        """
        if isinstance(answer, Done):
            shown = answer.data["view"]
            view = draw(False) if is_call(shown) else shown
            self.live.note(source, str(shown["id"]), view, str(shown["hash"]))
        elif is_call(draw(False)):
            await self.entrances.say_called(source)
        elif not stands:
            await self.entrances.say_failed(source)

    def _handlers(self) -> dict[str, Handler]:
        return {
            "answer": self._answer,
            "nav": self._nav,
            "door": self._door,
            "press": self._press,
            "write": self._press,
            "case": self._refresh,
            "desk": self._desk,
            "duty": self._duty,
        }

    async def _answer(self, action: Action) -> Draw | None:
        if action.shown is None or action.shown.name != TALK:
            return None
        return await self.talks.press(action, action.shown, action.what)

    async def _nav(self, action: Action) -> Draw | None:
        shown = action.shown
        if action.what == "help":
            return await self.talks.help(action)
        if shown is None:
            return None
        if action.what == "back":
            return await self.talks.back(action, shown)
        if action.what == "later":
            return await self._later(action, shown)
        return await self._language(action, shown) if action.what == "language" else None

    async def _later(self, action: Action, shown: Shown) -> Draw:
        source, language = action.source, shown.kept.language
        if await self.entrances.put_aside(action):
            return await self.talks.later(source, shown, language)
        return await self.talks.again(source, shown, language, say("problem.not_kept"))

    async def _language(self, action: Action, shown: Shown) -> Draw | None:
        source, language = action.source, action.value
        self.people.choose(source.team, source.user, language)
        if shown.is_home:
            await self.entrances.publish(source, language)
            return None
        if shown.name == TALK:
            return await self.talks.again(source, shown, language)
        if shown.name == DETAILS:
            return await self.channels.show_details(source, shown, language)
        if shown.name == RECEIPT:
            return await self.talks.sent(source, language, shown)
        if shown.name == CASE:
            visitor = await self.talks.visitor(source, language)
            return await self.own.again(visitor, shown, await self.talks.reader(source))
        if shown.kept.opened == FAILED:
            return await self.outage.page(source, language)
        if shown.kept.opened == POLICY:
            return await self.talks.policy(source, language, shown)
        if shown.kept.opened == LATER:
            return await self.talks.later(source, shown, language)
        return await self.talks.first(source, language, shown)

    async def _door(self, action: Action) -> Draw:
        source, shown = action.source, action.shown
        asked = shown.kept.language if shown else ""
        match action.what:
            case "first":
                return await self.talks.first(source, asked, shown)
            case "sent":
                return await self.talks.sent(source, asked, shown)
            case "policy":
                return await self.talks.policy(source, asked, shown)
            case "resume":
                return await self.talks.resume(source, action.value, asked)
            case "elsewhere" if shown is not None:
                return await self.talks.elsewhere(source, shown)
            case "left" if shown is not None:
                return await self.talks.come_back(source, shown)
        if action.what.startswith("own.") and shown is not None:
            visitor = await self.talks.visitor(source, asked)
            reader = await self.talks.reader(source)
            return await self.own.opened(visitor, shown, action.value, reader)
        return await self.talks.door(source, action.what, shown)

    async def _press(self, action: Action) -> Draw | None:
        shown = action.shown
        if shown is None:
            await self._in_channel(action)
            return None
        if shown.name == DETAILS:
            return await self.channels.press_in_details(action, shown)
        if shown.name != CASE:
            return None
        visitor = await self.talks.visitor(action.source, shown.kept.language)
        reader = await self.talks.reader(action.source)
        return await self.own.press(visitor, shown, action.value, reader, action.source.delivery)

    async def _desk(self, action: Action) -> Draw | None:
        """A press in the desk's list, as good as one on the case's card."""
        if action.shown is None or not action.shown.is_home:
            return None
        in_list = replace(action, room=self.entrances.tab.desk_room)
        unsaid = await self._in_channel(in_list)
        await self.entrances.publish(action.source, action.shown.kept.chosen, unsaid)
        return None

    async def _in_channel(self, action: Action) -> Phrase | None:
        """What is left to be said; that the details did not open is said in the chat."""
        unsaid = await self.channels.press(action)
        if unsaid == NOT_OPENED.notice:
            await self.entrances.say_failed(action.source)
            return None
        return unsaid

    async def _duty(self, action: Action) -> Draw | None:
        if action.shown is None or not action.shown.is_home:
            return None
        await self.entrances.tab.goes_on_or_off(action.source, action.value)
        await self.entrances.publish(action.source, action.shown.kept.chosen)
        return None

    async def _refresh(self, action: Action) -> Draw | None:
        if action.shown is None or action.shown.name != CASE:
            return None
        visitor = await self.talks.visitor(action.source, action.shown.kept.language)
        return await self.own.again(visitor, action.shown, await self.talks.reader(action.source))

    async def submission(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        """What a modal's own button is answered: another view, an end, or what is wrong."""
        submission = read_submission(payload)
        following = await self._submitted(submission)
        if following is None:
            return {"response_action": "clear"}
        if isinstance(following, Held):
            reader = await self.talks.reader(submission.source)
            words = self.talks.views.words(reader, following.language)
            errors = {following.block_id: words.text(following.why)}
            return {"response_action": "errors", "errors": errors}
        view = following(self.stage.by_submit)
        self.live.note(submission.source, submission.shown.id, view)
        return {"response_action": "update", "view": view}

    async def _submitted(self, submission: Submission) -> Draw | Held | None:
        source, shown = submission.source, submission.shown
        if shown.name == TALK:
            return await self.talks.submit(submission)
        if shown.name == DETAILS:
            return await self.channels.reply(submission)
        if shown.name == PAGE and shown.kept.opened == LATER:
            token, language = shown.kept.token, shown.kept.language
            return await self.talks.resume(source, token, language, shown)
        if shown.name == PAGE:
            return await self.talks.first(source, shown.kept.language, shown)
        if shown.name == CASE and composed("0") not in shown.typed:  # no place to write to the desk
            return await self.talks.go_on(submission)
        if shown.name not in (CASE, RECEIPT):
            return None
        visitor = await self.talks.visitor(source, shown.kept.language)
        reader = await self.talks.reader(source)
        if shown.name == RECEIPT:
            return await self.own.by_receipt(visitor, shown, reader)
        return await self.own.write(visitor, shown, reader, source.delivery)

    async def start(self, payload: Mapping[str, Any]) -> None:
        """The shortcut or the command: the first screen. What is typed after it is kept nowhere;
        words of danger bring help first, as in the chat."""
        source = read_command(payload) if "command" in payload else read_shortcut(payload)
        try:
            draw = await self.talks.greeted(source, str(payload.get("text") or ""))
        except Exception as error:  # noqa: BLE001  somebody may wait for help
            await self.outage.at_start(source, error)
            return
        await self._seen(source, draw, await self.stage.open(source, draw), stands=False)


def _may_need_help(action: Action) -> bool:
    """Whether it was pressed on what employees see: no card of a channel, no work of the desk."""
    if action.shown is None:
        return action.kind == "door"
    return action.shown.name != DETAILS and action.kind not in ("desk", "duty")
