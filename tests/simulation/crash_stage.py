"""A small world in which only lives end, each exactly where it is told to, and its people."""

import asyncio
import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TypeVar

from bot.own_case import OwnCase
from flows.presses import Press, Verb
from flows.screens import Ask, Group
from tests.simulation.chance import stream
from tests.simulation.employees import WORDS, Employee
from tests.simulation.plan import HOUR, People, Plan, Rates, Start
from tests.simulation.platform import Shown
from tests.simulation.presses import Presser, presses_on
from tests.simulation.world import World

T = TypeVar("T")

RESTART_SECONDS = 1.0
"""Short, so that nobody in a script is asked for no other reason than that time passed."""
LONGEST_SCRIPT = 6 * HOUR
_UNSURE = "SELECT id FROM nudge WHERE state = 'unsure'"


def quiet_plan(*, reads_back: bool) -> Plan:
    """A Tuesday morning on which nothing goes wrong by itself."""
    return Plan(
        seed="crashes",
        days=1,
        rest=0,
        began="2026-11-24T01:00:00+00:00",
        reads_back=reads_back,
        company="small",
        rates=Rates(),
        people=People(twice=0.0, stale=0.0),
        starts=(),
        faults=(),
    )


class CrashWorld(World):
    """Ends a life at each await whose number, counted from the beginning, it was given."""

    def __init__(self, folder: Path, crash_at: tuple[int, ...], *, reads_back: bool) -> None:
        super().__init__(quiet_plan(reads_back=reads_back), folder)
        self.crash_at = crash_at
        self.crashed: list[str] = []
        """At what kind of await each life ended."""
        self.may_repeat: Counter[str] = Counter()
        """How often a message may stand there once more: taken, and not written down."""
        self.may_miss: set[str] = set()
        """Reminders that may never come: they were on their way as a life ended, and are not said
        again where nobody can look."""
        self.unsure: set[str] = set()
        """Reminders of which nobody knows whether they came: those, and some that did."""
        self.ended: Callable[[], None] = lambda: None
        """Called when a life ends."""
        self._looked_at = 0

    def due(self, kind: str) -> bool:
        """Whether the life that reached this fault point ends there."""
        self.awaits += 1
        if self.awaits not in self.crash_at:
            return False
        self.crash(kind)
        return True

    def crash(self, where: str) -> None:
        """The present life ends here; what it had posted and not written down is noted."""
        super().crash(where)
        self.crashed.append(where)
        messages = self.platform.messages()
        posted = {message.key for message in messages[self._looked_at :]}
        self._looked_at = len(messages)
        with closing(sqlite3.connect(self.database)) as rows:
            for table in ("card", "nudge"):
                found = rows.execute(
                    f"SELECT id FROM {table} WHERE ref IS NULL AND state <> 'unsure'"
                )
                self.may_repeat.update(posted & {row[0] for row in found})
            unsure = {row[0] for row in rows.execute(_UNSURE)}
        self.unsure |= unsure
        self.may_miss |= unsure - {message.key for message in messages}
        self.ended()

    async def _restart(self) -> None:
        await asyncio.sleep(RESTART_SECONDS)
        self.start()


class Reporter(Employee):
    """An employee who answers each screen as the script says, else with what stands first."""

    def __init__(self, world: World, number: int, kind: str, chosen: dict[str, str]) -> None:
        super().__init__(world, Start(number, 0.0, kind))
        self._chosen = chosen

    async def says_it(self) -> None:
        """Calls or reports, until it is acknowledged. Raises GaveUp."""
        await (self._call() if self.begun.kind == "help" else self._report())

    async def page(self) -> OwnCase | None:
        """What their own page shows."""
        return await self._open()

    async def presses(self, verb: Verb) -> None:
        """Opens their page and presses there. Raises NotOffered when it is not there."""
        own = await self._open()
        offered = [] if own is None else [p for p in presses_on(own.card) if p.verb is verb]
        if own is None or not offered:
            raise NotOffered(verb)
        await self._does(own, offered[0])

    def _choose(self, group: Group) -> list[str]:
        if group.id in self._chosen:
            return [self._chosen[group.id]]
        return [group.options[0].code] if group.missing is not None else list(group.chosen)

    def _press(self, ask: Ask) -> str:
        wanted = {"first": "check", "result": "send", "safe": "v"}.get(ask.step)
        codes = [option.code for option in ask.buttons]
        return wanted if wanted in codes else codes[0]

    def _type(self, field: str) -> str:
        return f"{WORDS}-{field}"


class NotOffered(Exception):
    """A button that the script needs is not there."""


class Stage:
    """Where a script is played: its people, and what they wait for."""

    def __init__(self, world: CrashWorld) -> None:
        self.world = world
        self.reporters: list[Reporter] = []
        self.own_part_from = 1
        """The await at which what is the scenario's own begins; before it is another's."""
        self._moved = asyncio.Event()
        world.noticed, world.ended = [lambda _: self._moved.set()], self._moved.set

    def begins(self) -> None:
        """From here on it is the scenario's own part."""
        self.own_part_from = self.world.awaits + 1

    async def employee(self, kind: str = "report", **chosen: str) -> Reporter:
        """Somebody who calls or reports, and was told that it is there."""
        reporter = Reporter(self.world, len(self.reporters), kind, chosen)
        self.reporters.append(reporter)
        await reporter.says_it()
        return reporter

    async def until(self, find: Callable[[], T | None]) -> T:
        """What `find` gives, once a channel shows it."""
        while (found := find()) is None:
            self._moved.clear()
            await self._moved.wait()
        return found

    async def offered(self, channel: str, *verbs: Verb) -> Press:
        """The first such button in a channel, once somebody sees it."""
        return await self.until(lambda: self._offered(channel, verbs))

    def _offered(self, channel: str, verbs: tuple[Verb, ...]) -> Press | None:
        for message in reversed(self.world.platform.channel(channel).messages):
            for press in presses_on(message.now):
                if press.verb in verbs:
                    return press
        return None

    async def told(self, *people: str) -> None:
        """Until each of them has a message of their own."""

        def all_told() -> list[Shown] | None:
            direct = [self.world.platform.channel(f"@{person}").messages for person in people]
            return [messages[0] for messages in direct] if all(direct) else None

        await self.until(all_told)

    async def alerted(self, channel: str, person: str) -> None:
        """Until a message in a channel alerts somebody, or may never do so."""
        messages = self.world.platform.channel(channel).messages

        def told() -> bool | None:
            alerts = any(person in each.first.card.mentions for each in messages)
            return alerts or bool(self.world.may_miss) or None

        await self.until(told)

    def person(self, person_id: str) -> Presser:
        """Somebody at the desk or a site."""
        return Presser(self.world, person_id, stream("crashes", "presser", person_id))
