"""One press of one person on a card in a channel, with everything that people do twice."""

import asyncio
from random import Random

from bot.duties import press_in_channel
from flows.presses import Press
from flows.screens import Card
from tests.simulation.client import Client, GaveUp
from tests.simulation.ledger import Act
from tests.simulation.platform import Shown
from tests.simulation.service import Doors
from tests.simulation.world import World


def presses_on(card: Card) -> list[Press]:
    """What a card offers to press."""
    return [button.press for button in card.buttons]


class Presser:
    """Somebody who presses buttons in channels."""

    def __init__(self, world: World, person_id: str, chance: Random) -> None:
        self.world = world
        self.person_id = person_id
        self.chance = chance

    def seen(self, shown: Shown) -> Card:
        """The card as it is; sometimes as it was a while ago, on a screen left open."""
        if self.chance.random() < self.world.plan.people.stale:
            return self.chance.choice(shown.versions).card
        return shown.now

    async def press(self, channel: str, press: Press, words: str = "") -> Act | None:
        """Presses, perhaps twice. None when no answer ever came."""
        act = Act(self.person_id, press.verb.value, press.subject, press.detail)
        self.world.ledger.acts.append(act)
        if self.chance.random() < self.world.plan.people.twice:
            self.world.weather.note("pressed_twice")
            self.world.act(self._again(channel, press, words))
        return await self._send(act, channel, press, words)

    async def _again(self, channel: str, press: Press, words: str) -> None:
        """Another press of the same button, not a copy of the first."""
        act = Act(self.person_id, press.verb.value, press.subject, press.detail)
        self.world.ledger.acts.append(act)
        await self._send(act, channel, press, f"{words}-again" if words else "")

    async def _send(self, act: Act, channel: str, press: Press, words: str) -> Act | None:
        address, delivery = f"chat:{channel}", self.chance.randbytes(16)

        async def pressed(doors: Doors) -> str:
            code = doors.work.index.seal_press(press, address)
            came, _ = await press_in_channel(
                doors.work, address, code, self.person_id, words, delivery
            )
            return came.notice.key

        client = Client(self.world, self.chance)
        try:
            act.notice = await client.send(act.reach, pressed)
        except GaveUp:
            return None
        self.world.trace("press", self.person_id, press.verb.value, act.notice)
        return act

    async def wait(self, seconds: float) -> None:
        """Does something else meanwhile."""
        await asyncio.sleep(max(0.0, seconds))
