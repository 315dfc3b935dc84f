"""Puts a view in front of a person, in the way that what they did allows."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any

from adapters.slack.api import Answer, Api, Lost, No, Slow
from adapters.slack.blocks import Block
from adapters.slack.inbound import Action, Source
from adapters.slack.screens import CALLING, Kept
from bot.ports import Clock

SLOW_FOR = timedelta(seconds=60)
"""How long screens take one button each after Slack said that updates come too fast."""
LONGEST_RETRY_SECONDS = 30.0
HELP = ("nav.help", "answer.help", "door.elsewhere")
"""What is pressed on a modal to call for help."""

Draw = Callable[[bool], Block]
"""A view, drawn so that each press is answered, or (True) so that only a submission is."""
Sleep = Callable[[float], Awaitable[None]]


class Stage:
    """Opens and updates views."""

    def __init__(self, api: Api, clock: Clock, sleep: Sleep = asyncio.sleep) -> None:
        self._api, self._clock, self._sleep = api, clock, sleep
        self._slow_until: datetime | None = None
        self._later: set[asyncio.Task[None]] = set()

    @property
    def by_submit(self) -> bool:
        """Whether presses cannot be answered one by one just now."""
        return self._slow_until is not None and self._clock.now() < self._slow_until

    async def open(self, source: Source, draw: Draw) -> Answer:
        """A new modal. The permission to open one is good once, for three seconds."""
        view = draw(self.by_submit)
        given = {"trigger_id": source.trigger, "view": view}
        return await self._api.call(source.team, "views.open", **given)

    async def lay_over(self, source: Source, view: Block) -> Answer:
        """Something to read above a modal, which stands there as it was once this is closed."""
        return await self._api.call(source.team, "views.push", trigger_id=source.trigger, view=view)

    async def after(self, action: Action, draw: Draw) -> Answer:
        """What follows a press: in the modal it was made on, else in a new one."""
        if action.shown is None or action.shown.is_home:
            return await self.open(action.source, draw)
        view = draw(self.by_submit)
        answer = await self._update(action, view)
        if isinstance(answer, Slow) and answer.seconds <= LONGEST_RETRY_SECONDS:
            self._soon(self._again(action, draw, answer.seconds))
        if isinstance(answer, No) and _is_for_help(action, view):
            return await self.open(action.source, draw)
        return answer

    async def _update(self, action: Action, view: Block) -> Answer:
        """The hash keeps an older screen from standing over a newer one; but no screen is newer
        than Help, and a call that went out is shown whatever stands there."""
        assert action.shown is not None
        team, given = action.source.team, {"view_id": action.shown.id, "view": view}
        answer = await self._api.call(team, "views.update", **given, hash=action.shown.hash)
        if isinstance(answer, No | Lost) and _is_for_help(action, view):
            answer = await self._api.call(team, "views.update", **given)
        return self._noted(answer)

    def _noted(self, answer: Answer) -> Answer:
        if isinstance(answer, Slow):
            self._slow_until = self._clock.now() + max(SLOW_FOR, timedelta(seconds=answer.seconds))
        return answer

    def _soon(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._later.add(task)
        task.add_done_callback(self._later.discard)

    async def _again(self, action: Action, draw: Draw, seconds: float) -> None:
        """The same screen once more; nothing is lost if the process ends meanwhile."""
        await self._sleep(seconds)
        await self._update(action, draw(True))

    async def settle(self) -> None:
        """Waits for what was put off; a test calls it, and nobody else."""
        while self._later:
            await asyncio.gather(*self._later)

    async def close(self) -> None:
        """Gives up what was put off."""
        for task in self._later:
            task.cancel()
        await asyncio.gather(*self._later, return_exceptions=True)


def _is_for_help(action: Action, view: Block) -> bool:
    """Whether somebody pressed Help, or what they pressed leads to a call that runs."""
    return action.id in HELP or is_call(view)


def is_call(view: Block) -> bool:
    """Whether a view shows a call for help that runs."""
    return Kept.unpack(view["private_metadata"], "").opened == CALLING
