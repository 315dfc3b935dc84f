"""The address that a press on a message brings with it: good five times, for thirty minutes.

What is posted there costs no call of the workspace: a line for the presser alone, and the next
edits of the message that was pressed. Why that is safe: docs/decisions/0019.
"""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import structlog

from adapters.slack.api import Answer, Api, Done, Lost, No
from adapters.slack.blocks import escaped
from adapters.slack.cards import SlackMessage
from adapters.slack.inbound import Action, Source
from bot.ports import Clock

log = structlog.get_logger()

HOOKS_HOST = "hooks.slack.com"
USED_FOR = timedelta(minutes=25)
"""Slack takes it for thirty."""
MOST_EDITS = 3
"""Slack takes five posts: one is the line for the presser, and one more stays in hand."""
MOST_KNOWN = 1000
MISSED = No("no_hook")


@dataclass(frozen=True)
class HooksHost:
    """Where answers to a press on a message may be posted. Another address is for tests."""

    scheme: str = "https"
    netloc: str = HOOKS_HOST


@dataclass
class _Known:
    """One message's newest address."""

    url: str
    until: datetime
    left: int = MOST_EDITS


class Hooks:
    """Posts to the addresses of presses. Nothing is kept of them but in memory."""

    def __init__(self, api: Api, clock: Clock, host: HooksHost | None = None) -> None:
        self._api, self._clock, self._host = api, clock, host or HooksHost()
        self._known: OrderedDict[tuple[str, str], _Known] = OrderedDict()

    def note(self, action: Action) -> None:
        """The message that was pressed may be edited by the press's own address."""
        url = action.source.response_url
        if action.message and self._is_hook(url):
            where = (action.room, action.message)
            self._known[where] = _Known(url, self._clock.now() + USED_FOR)
            self._known.move_to_end(where)
            while len(self._known) > MOST_KNOWN:
                self._known.popitem(last=False)

    async def edit(self, room: str, ts: str, message: SlackMessage) -> Answer:
        """Puts something else in the place of a message that was pressed lately.

        `No`: nothing was done this way; whoever asked edits the message in the usual way. An
        address that failed once is used no more.
        """
        known = self._known.pop((room, ts), None)
        if known is None or known.until <= self._clock.now():
            return MISSED
        new = {"replace_original": True, "text": message.text, "blocks": message.blocks}
        answer = await self._post(known.url, new)
        known.left -= 1
        if isinstance(answer, Done) and known.left:
            # A later press has brought a newer address meanwhile, perhaps.
            self._known.setdefault((room, ts), known)
        return answer

    async def tell(self, source: Source, text: str) -> bool:
        """One line in the channel that only the presser sees; whether Slack took it."""
        if not self._is_hook(source.response_url):
            return False
        said = {"response_type": "ephemeral", "replace_original": False, "text": escaped(text)}
        return isinstance(await self._post(source.response_url, said), Done)

    async def _post(self, url: str, said: Mapping[str, Any]) -> Answer:
        try:
            async with self._api.session.post(url, json=said, allow_redirects=False) as response:
                if response.status == 200 and (await response.text()).strip() == "ok":
                    return Done({})
                log.warning("slack_answer_refused", status=response.status)
                return No("hook_refused")
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            log.warning("slack_answer_lost", error=type(error).__name__)
            return Lost()

    def _is_hook(self, url: str) -> bool:
        """Slack's own address and nobody else's, so that no press makes us call a stranger."""
        try:
            parts = urlsplit(url)
        except ValueError:
            return False
        right = (self._host.scheme, self._host.netloc)
        return url.isascii() and url.isprintable() and (parts.scheme, parts.netloc) == right
