"""One process of the service: it is born, it may die at any await, and nothing of it outlives it.

Dying is a flag: from then on every fault point refuses, whatever `finally` blocks still run.
What was not committed is rolled back, for the connections are closed first.
"""

import asyncio
from collections.abc import Coroutine
from random import Random
from typing import Any, Protocol, TypeVar

from tests.simulation.driver import Driver
from tests.simulation.loop import Died

T = TypeVar("T")

SUSPENDED = 0.06
"""How often a database call really waits, so that others run in between."""
SLOWEST_CALL = 0.05


class Fates(Protocol):
    """Says at which fault point a life ends, and when its database fails or is slow."""

    def due(self, kind: str) -> bool: ...

    def failing(self) -> bool: ...

    def commit_seconds(self) -> float: ...


class Life:
    """One process of the service."""

    def __init__(self, number: int, chance: Random, fates: Fates) -> None:
        self.number = number
        self.dead = False
        self.driver = Driver(self.reach, fates.failing, self.sync)
        self._chance = chance
        self._fates = fates
        self._tasks: dict[asyncio.Task[Any], None] = {}

    async def reach(self, kind: str) -> None:
        """A fault point: whoever awaits it may never come back."""
        self.check(kind)
        if self._chance.random() < SUSPENDED:
            await asyncio.sleep(self._chance.random() * SLOWEST_CALL)
            if self.dead:
                raise Died

    async def sync(self) -> None:
        """What was committed is on the disk, which may be slow."""
        seconds = self._fates.commit_seconds()
        if seconds:
            await asyncio.sleep(seconds)
            if self.dead:
                raise Died

    def check(self, kind: str) -> None:
        """A fault point that takes no time."""
        if self.dead:
            raise Died
        if self._fates.due(kind):
            self.end()
            raise Died

    def spawn(self, work: Coroutine[Any, Any, T]) -> "asyncio.Task[T]":
        """Runs something inside this life."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks[task] = None
        task.add_done_callback(self._tasks.pop)
        return task

    def end(self) -> None:
        """Kills the process: open transactions roll back, and every task is dropped."""
        if self.dead:
            return
        self.dead = True
        self.driver.kill()
        for task in self._tasks:
            task.cancel()
