"""The consultation desk: takes cases, reads them, answers, ends its duties, closes and reopens."""

from bot.desk import OpenedCase, open_details
from flows.presses import Press, Verb
from tests.simulation.chance import stream
from tests.simulation.client import Client, GaveUp
from tests.simulation.ledger import Reach
from tests.simulation.plan import HOUR
from tests.simulation.platform import Shown
from tests.simulation.presses import Presser, presses_on
from tests.simulation.world import World

CHANNEL = "desk"
THOROUGH = 0.3
"""Of cases taken in time: worked on until they can be closed."""
WAS_WRONG = 0.05
"""How often somebody finds that what was marked as done is not."""
REPLY = "desk-words"


class Desk:
    """Everybody at the desk: each new card in their channel is somebody's work."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._people = [p.id for p in world.company.people if p.role.value.startswith("desk")]

    def notice(self, shown: Shown) -> None:
        """A new card, or a running list, stands in the desk's channel."""
        if shown.channel != CHANNEL or len(shown.versions) > 1 or self._world.weather.calm:
            return
        if any(press.verb in (Verb.TAKE, Verb.OPEN_NEXT) for press in presses_on(shown.now)):
            chance = stream(self._world.plan.seed, "desk", shown.ref)
            person = chance.choice(self._people)
            self._world.act(DeskPerson(self._world, person, shown).work())


class DeskPerson(Presser):
    """One person's work on one case."""

    def __init__(self, world: World, person_id: str, shown: Shown) -> None:
        super().__init__(world, person_id, stream(world.plan.seed, "work", shown.ref))
        self._shown = shown

    async def work(self) -> None:
        """Takes the case, in time or late or never, and works on it over the next days."""
        prompt = self.chance.random() < self.world.plan.people.desk
        await self.wait(self.chance.choice((60, 300, 900)) if prompt else self._late())
        first = [p for p in presses_on(self.seen(self._shown)) if p.verb is not Verb.DETAILS]
        if not first or self.world.weather.calm:
            return
        await self.press(CHANNEL, first[0])
        if first[0].verb is Verb.OPEN_NEXT:
            await self._opens_more()
        else:
            await self._sessions(first[0].subject, prompt=prompt)

    def _late(self) -> float:
        return self.chance.choice((0.3, 1.5, 8, 30, 80)) * HOUR

    async def _opens_more(self) -> None:
        """Goes on with the list until it offers nothing more."""
        for _ in range(6):
            await self.wait(self.chance.choice((120, 600, 3600)))
            more = [p for p in presses_on(self._shown.now) if p.verb is Verb.OPEN_NEXT]
            if not more or self.world.weather.calm:
                return
            await self.press(CHANNEL, more[0])

    async def _sessions(self, case_id: str, *, prompt: bool) -> None:
        thorough = prompt and self.chance.random() < THOROUGH
        waits = (0.05, 1, 20, 30, 50, 100) if thorough else (self.chance.choice((1, 20, 100)),)
        for wait in waits:
            await self.wait(wait * HOUR * (0.5 + self.chance.random()))
            if self.world.weather.calm:
                return
            await self._session(case_id)

    async def _session(self, case_id: str) -> None:
        """Opens the details, which is logged, and does one or two things there."""
        details = Press(verb=Verb.DETAILS, subject=case_id)
        if await self.press(CHANNEL, details) is None:
            return
        try:
            opened = await Client(self.world, self.chance).send(
                Reach(), lambda doors: open_details(doors.work, case_id)
            )
        except GaveUp:
            return
        if opened is not None:
            for press in self._chosen(opened):
                await self.press(CHANNEL, press, self._words(press))

    def _chosen(self, opened: OpenedCase) -> list[Press]:
        """Some of what the details offer; closing last."""
        beside = [b.press for line in opened.duties for b in line.buttons]
        offered = [press for press in beside if self._presses(press)]
        for compose in opened.composes:
            also = (compose.also,) if compose.also is not None else ()
            offered += [button.press for button in (compose.button, *also)]
        offered += [
            b.press for b in self.chance.sample(opened.responses, min(1, len(opened.responses)))
        ]
        some = self.chance.sample(offered, min(len(offered), self.chance.choice((1, 3, 8, 20))))
        return [*some, *(b.press for b in opened.ending if self._ends(b.press))]

    def _presses(self, press: Press) -> bool:
        return press.verb is not Verb.NOT_DONE or self.chance.random() < WAS_WRONG

    def _ends(self, press: Press) -> bool:
        return self.chance.random() < (0.4 if press.verb is Verb.CLOSE else 0.15)

    def _words(self, press: Press) -> str:
        writes = (Verb.REPLY, Verb.TELL_OUTCOME, Verb.MEASURE)
        return f"{REPLY}-{self.chance.randbytes(4).hex()}" if press.verb in writes else ""
