"""One event loop for a whole world: virtual time, seeded order, no sockets and no threads."""

import asyncio
import heapq
from asyncio import base_events
from collections.abc import Awaitable
from random import Random
from typing import Any, TypeVar

T = TypeVar("T")


class Stuck(Exception):
    """Nothing is ready and no timer runs: whoever still waits would wait for ever."""


class Died(BaseException):
    """The process this ran in is no more. Nothing may catch it as an error of its own."""


class SimTask(asyncio.Task[Any]):
    """A task whose place in a set depends on when it was made, and not on where it lies in memory:
    a group that is cancelled walks through a set of its tasks."""

    def __init__(self, doing: Any, *, number: int, **options: Any) -> None:
        self._number = number  # first: a task is put into a set as it is made
        super().__init__(doing, **options)

    def __hash__(self) -> int:
        return self._number


class SimLoop(base_events.BaseEventLoop):
    """Runs what is ready in a seeded order, and jumps to the next timer when nothing is.

    Time starts at 0 and not at the epoch: a float that large could not tell two microseconds
    apart, and a timer would be due for ever.
    """

    def __init__(self, chance: Random) -> None:
        super().__init__()
        self._moment = 0.0
        self._chance = chance
        self.failures: list[BaseException] = []
        """What nobody caught: a task that broke after everybody stopped waiting for it."""
        self.set_exception_handler(_keep)
        self._made = 0
        self.set_task_factory(self._make)

    def time(self) -> float:
        """Seconds since the world began."""
        return self._moment

    def run(self, main: Awaitable[T]) -> T:
        """Runs until `main` ends, and ends too. Raises Stuck when it never can."""
        asyncio.set_event_loop(self)
        try:
            return self.run_until_complete(main)
        finally:
            asyncio.set_event_loop(None)
            self.close()

    def _make(self, loop: asyncio.AbstractEventLoop, doing: Any, **options: Any) -> SimTask:
        self._made += 1
        return SimTask(doing, number=self._made, loop=loop, **options)

    def _run_once(self) -> None:
        timers, ready = self._scheduled, self._ready  # type: ignore[attr-defined]
        while timers and (timers[0]._cancelled or (not ready and timers[0]._when > self._moment)):
            if timers[0]._cancelled:
                heapq.heappop(timers)._scheduled = False
            else:
                self._moment = timers[0]._when
        while timers and timers[0]._when <= self._moment:
            timer = heapq.heappop(timers)
            timer._scheduled = False
            if not timer._cancelled:
                ready.append(timer)
        if not ready:
            raise Stuck
        if len(ready) > 1:
            mixed = list(ready)
            self._chance.shuffle(mixed)
            ready.clear()
            ready.extend(mixed)
        for _ in range(len(ready)):
            handle = ready.popleft()
            if not handle._cancelled:
                handle._run()

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        """Cancelled timers are thrown away when their time comes."""

    def _write_to_self(self) -> None:
        raise RuntimeError("a thread spoke to the loop; a world has no threads")

    def run_in_executor(self, *_: Any) -> Any:
        """No threads: their order is not ours to choose."""
        raise RuntimeError("a world has no threads")

    async def shutdown_asyncgens(self) -> None:
        """Nothing is left to shut down: a world ends when nobody looks any more."""


def _keep(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    assert isinstance(loop, SimLoop)
    error = context.get("exception") or RuntimeError(context["message"])
    if not _is_death(error):
        loop.failures.append(error)


def _is_death(error: BaseException) -> bool:
    """The end of a life, alone or as a group of tasks passes it on."""
    if isinstance(error, BaseExceptionGroup):
        return error.split(Died)[1] is None
    return isinstance(error, Died)
