"""Managers: they are alerted in a channel or directly, and answer, or decline, or do not."""

from flows.presses import Press, Verb
from tests.simulation.case_deeds import COMES
from tests.simulation.chance import stream
from tests.simulation.platform import Shown
from tests.simulation.presses import Presser, presses_on
from tests.simulation.world import World

MINUTE = 60.0
CHANGES_MIND = 0.15
"""Of those who said that they come: cannot after all."""
SAYS_HERE = 0.6
"""Of those who said that they come: presses again once they are there."""
CROWD = 0.3
"""Of answers given together: everybody in the channel presses."""


class Managers:
    """Everybody who reads a site's channel or is written to directly, as they react."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._members: dict[str, list[str]] = {}
        for site in world.company.sites:
            channel = site.channel.partition(":")[2]
            here = self._members.setdefault(channel, [])
            here += [
                person.id
                for person in world.company.people
                if (not person.sites or site.id in person.sites)
                and not person.role.value.startswith("desk")
                and person.id not in here
            ]
        self._reacted: dict[tuple[str, str], None] = {}

    def notice(self, shown: Shown) -> None:
        """Somebody's phone shows a message. Each person reacts once to each message."""
        if len(shown.versions) > 1 or self._world.weather.calm:
            return
        for person in self._alerted(shown):
            if (shown.ref, person) not in self._reacted:
                self._reacted[shown.ref, person] = None
                self._world.act(Manager(self._world, person, shown).react())

    def _alerted(self, shown: Shown) -> list[str]:
        if shown.channel.startswith("@"):
            return [shown.channel[1:]]
        here = self._members.get(shown.channel, [])
        return [person for person in here if person in shown.now.mentions]

    def others(self, channel: str, person: str) -> list[str]:
        """Who else reads this channel."""
        return [other for other in self._members.get(channel, []) if other != person]


class Manager(Presser):
    """One person's reaction to one message."""

    def __init__(self, world: World, person_id: str, shown: Shown) -> None:
        chance = stream(world.plan.seed, "manager", person_id, shown.ref)
        super().__init__(world, person_id, chance)
        self._shown = shown

    async def react(self) -> None:
        """Answers after a while, and later says what became of it."""
        people, draw = self.world.plan.people, self.chance.random()
        if draw < people.eager:
            await self._answers(COMES)
        elif draw < people.eager + people.declines:
            await self._answers((Verb.CANNOT,))

    def _card(self) -> Shown:
        """The message with the buttons: this one, or the one it stands beside."""
        root = self.world.platform.message(self._shown.thread or "")
        return root if root is not None and not self._shown.now.buttons else self._shown

    async def _answers(self, verbs: tuple[Verb, ...]) -> None:
        await self.wait(self.chance.choice((15, 40, 90, 200, 500)) * (0.5 + self.chance.random()))
        press = self._find(verbs)
        if press is None:
            return
        if self.chance.random() < self.world.plan.people.together:
            self._somebody_else(press)
        act = await self.press(self._card().channel, press)
        if act is not None and act.recorded and press.verb in COMES:
            await self._follows()

    def _find(self, verbs: tuple[Verb, ...]) -> Press | None:
        offered = [p for p in presses_on(self.seen(self._card())) if p.verb in verbs]
        return self.chance.choice(offered) if offered else None

    def _somebody_else(self, press: Press) -> None:
        """A colleague in the same channel presses in the same moment, or all of them do."""
        channel = self._card().channel
        others = self.world.managers.others(channel, self.person_id)
        if not others:
            return
        everybody = self.chance.random() < CROWD
        for other in others if everybody else [self.chance.choice(others)]:
            chance = stream(self.world.plan.seed, "together", other, self._shown.ref)
            self.world.weather.note("pressed_together")
            self.world.act(_press_only(Presser(self.world, other, chance), channel, press))

    async def _follows(self) -> None:
        """Having come: care was given, or the customer has gone; or they cannot after all."""
        await self.wait(self.chance.choice((3, 8, 20, 50)) * MINUTE)
        if self.world.weather.calm or self.chance.random() < 0.25:
            return
        mind = stream(self.world.plan.seed, "mind", self.person_id, self._shown.ref)
        if mind.random() < CHANGES_MIND:
            await self._says((Verb.CANNOT,))
            return
        if mind.random() < SAYS_HERE:
            await self._says((Verb.HERE,))
            await self.wait(mind.choice((2, 15, 90)) * MINUTE)
        await self._says((Verb.CARED, Verb.OVER))

    async def _says(self, verbs: tuple[Verb, ...]) -> None:
        press = None if self.world.weather.calm else self._find(verbs)
        if press is not None:
            await self.press(self._card().channel, press)


async def _press_only(presser: Presser, channel: str, press: Press) -> None:
    await presser.press(channel, press)
