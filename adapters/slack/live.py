"""A caller's modal changes by itself while people are on their way.

Only running calls for help, and only in memory: after a restart the button "show the latest"
is still there. A view that was closed is forgotten at the next change.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from adapters.slack.api import Api, Done, Slow
from adapters.slack.blocks import Block
from adapters.slack.fields import initially
from adapters.slack.inbound import Source
from adapters.slack.screens import CALLING, Kept
from adapters.slack.talks import Talks
from bot.bell import Bell

log = structlog.get_logger()

WATCHED_FOR = timedelta(minutes=60)
"""As long as a call lasts before its last question."""
LOOK_SECONDS = 5.0
GAP_SECONDS = 2.0
MOST = 200
"""Calls watched at once; whoever comes after these has the button."""


@dataclass
class Watched:
    """One modal of one caller."""

    source: Source
    kept: Kept
    since: datetime
    shown: str
    typed: dict[str, str]
    """What waits in the modal to be gone on with: Slack wants it drawn again each time."""
    hash: str = ""
    """Slack's name of what is shown, where it was told: nothing newer is drawn over."""


class LiveCalls:
    """Keeps callers' modals up to date."""

    def __init__(self, api: Api, talks: Talks) -> None:
        self._api, self._talks = api, talks
        self._watched: dict[str, Watched] = {}

    def note(self, source: Source, view_id: str, view: Block, hash_: str = "") -> None:
        """Something was put on a screen; a running call is watched from here on."""
        kept = Kept.unpack(view["private_metadata"], "")
        if kept.opened != CALLING or len(self._watched) >= MOST:
            self._watched.pop(view_id, None)
            return
        now = self._talks.work.clock.now()
        self._watched[view_id] = Watched(
            source, kept, now, json.dumps(view), initially(view), hash_
        )

    async def refresh(self) -> None:
        """Draws every call that changed."""
        for view_id, watched in list(self._watched.items()):
            try:
                await self._redraw(view_id, watched)
            except Exception as error:  # noqa: BLE001  one caller must not stop the others
                log.error("live_call_failed", error=type(error).__name__)

    async def _redraw(self, view_id: str, watched: Watched) -> None:
        talks, source = self._talks, watched.source
        if talks.work.clock.now() - watched.since > WATCHED_FOR:
            self._watched.pop(view_id, None)
            return
        visitor = await talks.visitor(source, watched.kept.language)
        reader = await talks.reader(source)
        draw = await talks.own.show(visitor, watched.kept, reader, typed=watched.typed)
        view = draw(False)
        if json.dumps(view) == watched.shown or self._watched.get(view_id) is not watched:
            return  # nothing new, or the caller went on while this was drawn
        given = {
            "view_id": view_id,
            "view": view,
            **({"hash": watched.hash} if watched.hash else {}),
        }
        answer = await self._api.call(source.team, "views.update", **given)
        if isinstance(answer, Slow) or self._watched.get(view_id) is not watched:
            return  # the next look shows what is true then
        if isinstance(answer, Done):
            self.note(source, view_id, view, str(answer.data["view"]["hash"]))
        else:
            self._watched.pop(view_id, None)

    async def run(
        self, bell: Bell, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        """Looks after every change, and now and then for those of other processes."""
        while not bell.closed:
            await bell.wait(LOOK_SECONDS)
            if self._watched:
                await self.refresh()
                await sleep(GAP_SECONDS)
