"""A client's connection to the service: what is lost, doubled or late, and how it tries again."""

import asyncio
from collections.abc import Awaitable, Callable
from random import Random
from typing import TypeVar

from tests.simulation.ledger import Reach
from tests.simulation.service import Doors
from tests.simulation.world import NoAnswer, World

T = TypeVar("T")
UseCase = Callable[[Doors], Awaitable[T]]

WAITS = (1.0, 3.0, 10.0, 30.0, 60.0, 120.0, 300.0)
"""Seconds between two tries of the same request."""

SOON = (0.0, 0.01, 5.0)
EVER = (0.0, 0.01, 5.0, 60.0, 7200.0)
"""How much later a request may arrive a second time. A press is not sent again for hours."""


class GaveUp(Exception):
    """The client tried again and again and stopped."""


class Client:
    """One person's device."""

    def __init__(self, world: World, chance: Random) -> None:
        self.world = world
        self.chance = chance

    async def send(self, reach: Reach, use_case: UseCase[T], again: tuple[float, ...] = SOON) -> T:
        """Sends a request until an answer comes, the same one each time. Raises GaveUp.

        `reach` notes when it arrived first and until when a copy of it may have worked.
        """
        for wait in WAITS:
            try:
                answer = await self._once(reach, use_case, again)
            except NoAnswer:
                await asyncio.sleep(wait * (0.5 + self.chance.random()))
            else:
                reach.answered = True
                return answer
        raise GaveUp

    async def _once(self, reach: Reach, use_case: UseCase[T], again: tuple[float, ...]) -> T:
        rates, weather, chance = self.world.plan.rates, self.world.weather, self.chance
        if weather.calm:
            return await self._arrive(reach, use_case)
        await asyncio.sleep(chance.random() * 0.1)
        if chance.random() < rates.request_lost:
            weather.note("request_lost")
            raise NoAnswer("lost")
        if chance.random() < rates.request_late:
            weather.note("request_late")
            await asyncio.sleep(chance.random() ** 3 * 7200)
        if chance.random() < rates.request_doubled:
            weather.note("request_doubled")
            self.world.act(self._copy(reach, chance.choice(again), use_case))
        answer = await self._arrive(reach, use_case)
        if chance.random() < rates.answer_lost:
            weather.note("answer_lost")
            raise NoAnswer("answer lost")
        return answer

    async def _arrive(self, reach: Reach, use_case: UseCase[T]) -> T:
        reach.begins(self.world.loop.time())
        try:
            return await self.world.ask(use_case)
        finally:
            reach.ends(self.world.loop.time())

    async def _copy(self, reach: Reach, wait: float, use_case: UseCase[object]) -> None:
        """The same request arrives once more; nobody waits for its answer."""
        await asyncio.sleep(wait)
        try:
            await self._arrive(reach, use_case)
        except NoAnswer:
            return
