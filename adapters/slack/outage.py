"""What stands on the screen where a press broke: that it did not work, Help once more, and 110.

Fixed words, for which nothing is read or written: the database may be away, and somebody may be
in danger.
"""

from dataclasses import dataclass

import structlog

from adapters.slack.api import Api, Done
from adapters.slack.blocks import actions, button, header
from adapters.slack.cards import first_message
from adapters.slack.elements import draw
from adapters.slack.inbound import Action, Source
from adapters.slack.people import People
from adapters.slack.render import Views
from adapters.slack.screens import FAILED, Kept, PageView
from adapters.slack.stage import Draw, Stage
from flows.phrases import say
from flows.screens import CallLine, Paragraph

log = structlog.get_logger()

LINES = (
    Paragraph(text=say("slack.failed"), strong=True),
    CallLine(label=say("help.police"), phone="110", strong=True),
)


@dataclass(frozen=True)
class Outage:
    """Says it wherever Slack takes it."""

    api: Api
    stage: Stage
    people: People
    views: Views

    async def after(self, action: Action, error: Exception) -> None:
        """Lays the page over the modal that was pressed, where every word stays as it is.

        Where nothing of this could be shown Slack marks the press, by what is raised.
        """
        log.error("slack_press_failed", error=type(error).__name__)
        source, shown = action.source, action.shown
        draw = await self.page(source, shown.kept.language if shown else "")
        if shown is not None and shown.kept.opened == FAILED:  # pressed on the page itself
            answer = await self.stage.after(action, draw)
        elif shown is not None and not shown.is_home:
            answer = await self.stage.lay_over(source, draw(False))
        else:
            answer = await self.stage.open(source, draw)
        if not isinstance(answer, Done):
            await self.in_chat(source, error)

    async def at_start(self, source: Source, error: Exception) -> None:
        """The same where no modal stands yet."""
        log.error("slack_start_failed", error=type(error).__name__)
        draw = await self.page(source, "")
        if not isinstance(await self.stage.open(source, draw), Done):
            await self.in_chat(source, error)

    async def page(self, source: Source, asked: str) -> Draw:
        """The page, in somebody's language."""
        language = await self.people.language(source.team, source.user, asked)
        kept = Kept(language, opened=FAILED)
        view = PageView(say("problem.title"), LINES, kept, start_again=False)
        drawn = self.views.page(view, await self.people.reader(source.team, source.user))
        return lambda _by_submit: drawn

    async def in_chat(self, source: Source, error: Exception) -> None:
        """In the chat, for whoever wrote there, and where a modal came too late.

        Raises what broke where Slack does not take that either.
        """
        language = await self.people.language(source.team, source.user)
        words = self.views.words(await self.people.reader(source.team, source.user), language)
        title = words.text(say("first.title"))
        help_ = button(words.text(say("slack.help")), "door.help", "help", primary=True)
        blocks = [*header(title), *draw(words, LINES), *actions([help_], "answers")]
        message = first_message(words, blocks, title)
        answer = await self.api.call(
            source.team,
            "chat.postMessage",
            channel=source.user,
            text=message.text,
            blocks=message.blocks,
        )
        if not isinstance(answer, Done):
            raise error
