"""A case in each state that it can be in, with every button that it ever had.

The buttons are those of a fresh case, kept as an old screen keeps them.
"""

import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from flows.presses import DESK_VERBS, Press, Verb
from tests.adapters.teams.play import Play, playing, said
from tests.adapters.teams.walks import reports
from tests.fake_teams.card_rules import read_text, walk
from tests.fake_teams.client import Answered, Person
from tests.fake_teams.tenant import Message

WORDS = "He shouted KANARIA at me"


@dataclass(frozen=True)
class Action:
    """A button as some screen keeps it, with the message it belongs to."""

    press: Press
    data: dict[str, Any]
    message: Message

    @property
    def at_desk(self) -> bool:
        return self.press.verb in DESK_VERBS

    def with_words(self, words: str, once: str) -> "Action":
        """The same button beside other words, on a dialog that was opened anew."""
        name = f"t.{self.data.get('f', '')}"
        return replace(self, data={**self.data, name: words, "n": once})

    async def by(self, person: Person) -> str:
        """Pressed by somebody; gives all that they read then."""
        if "do" in self.data and self.data["do"] in ("details", "work"):
            name = "task/fetch" if self.data["do"] == "details" else "task/submit"
            value: dict[str, Any] = {"data": self.data}
        else:
            action = {"type": "Action.Execute", "verb": "press", "data": self.data}
            name, value = "adaptiveCard/action", {"action": action}
        return read(await self._sent(person, name, value))

    async def _sent(self, person: Person, name: str, value: dict[str, Any]) -> Answered:
        where = self.message.conversation
        activity = person.activity(
            "invoke", where, name=name, value=value, replyToId=self.message.id
        )
        return await person.teams.deliver(activity)


def read(answered: Answered) -> str:
    """All that stands on an answer to a press."""
    assert answered.status == 200, answered
    if "task" in answered.body:
        return read_text(answered.body["task"]["value"]["card"]["content"])
    value = answered.body["value"]
    return value if isinstance(value, str) else read_text(value)


@dataclass
class Office:
    """A case in some state, and every button that it ever had."""

    play: Play
    actions: list[Action]

    def all_of(self, verb: Verb, where: str, duty: str = "") -> list[Action]:
        """The buttons of a channel's cards; `duty` is a piece of the card's title."""
        id_ = self.play.channel(where)
        return [
            one
            for one in self.actions
            if one.press.verb is verb
            and one.message.conversation.startswith(id_)
            and duty in read_text(one.message.card)
        ]

    def action(self, verb: Verb, where: str, duty: str = "") -> Action:
        """The first of them."""
        return self.all_of(verb, where, duty)[0]

    def present(self, verb: Verb) -> Action:
        """A button as it stands in a channel now."""
        shown = self.play.connector.tenant.messages
        found = (one for message in shown for one in buttons(self.play, message.card, message))
        return next(one for one in found if one.press.verb is verb)

    def one_of_each(self) -> list[Action]:
        """One button for every verb and what it acts on."""
        return list({(one.press.verb, one.press.subject): one for one in self.actions}.values())

    async def presses(self, name: str, action: Action) -> str:
        return await action.by(self.play.person(name))

    async def kept(self) -> list[Any]:
        """Everything that is written down about the cases."""
        async with self.play.world.service.work.storage.read() as tx:
            ids = list(await tx.cases.public_ids())
            cases = [await tx.cases.get(id_) for id_ in ids]
            rows = [(*await tx.history.of_case(id_), *await tx.duties.of_case(id_)) for id_ in ids]
            return [*cases, *rows, *[await tx.messages.of_case(id_) for id_ in ids]]


SECOND = said("ja", "second.title", taken=0, needed=2)


def buttons(play: Play, card: dict[str, Any], message: Message) -> Iterator[Action]:
    index = play.world.service.work.index
    address = "teams:" + message.conversation.partition(";")[0]
    for part in walk(card):
        data = part.get("data") or {}
        press = index.open_press(str(data.get("c", "")), address)
        if press is not None and part.get("type") in ("Action.Execute", "Action.Submit"):
            yield Action(press, data, message)


async def details(play: Play, desk: Message) -> list[Action]:
    """The buttons beside a case's details."""
    opened = await play.person("sato").opens(desk, said("ja", "desk.details"))
    assert "KANARIA" in opened.text
    return list(buttons(play, opened.card, desk))


async def fresh(folder: Path) -> AsyncIterator[Office]:
    async with playing(folder) as play:
        await reports(play.person("employee"), "ja", WORDS)
        await play.works_off()
        old = [
            Message(one.id, one.conversation, json.loads(json.dumps(one.activity)))
            for one in play.connector.tenant.messages
            if one.conversation.startswith("19:")
        ]
        actions = [action for one in old for action in buttons(play, one.card, one)]
        desk = next(one for one in old if one.conversation.startswith(play.channel("desk")))
        actions += await details(play, desk)
        yield Office(play, actions)


async def nothing(_office: Office) -> None:
    """The case as it came."""


async def answered(office: Office) -> None:
    """The desk took it, and one of two is on the way."""
    await office.presses("suzuki", office.action(Verb.TAKE, "desk"))
    await office.presses("tanaka", office.action(Verb.COMING, "shinjuku", SECOND))
    await office.play.works_off()


async def full(office: Office) -> None:
    """Both seats are taken."""
    await answered(office)
    await office.presses("takahashi", office.action(Verb.TAKE_OVER, "shinjuku", SECOND))
    await office.play.works_off()


async def climbed(office: Office) -> None:
    """Nobody answered, and nobody is left to ask."""
    await office.play.passes(45)


async def closed(office: Office) -> None:
    """The desk did everything that the policy promises, and closed the case."""
    await full(office)
    await office.presses("tanaka", office.present(Verb.HERE))
    await office.play.works_off()
    await office.presses("tanaka", office.present(Verb.OVER))
    for number, (verb, words) in enumerate(DESK_WORK.items()):
        action = office.action(verb, "desk").with_words(words, str(number))
        await office.presses("sato", action)
    (desk,) = office.play.shown("desk")
    for action in await details(office.play, desk):
        if action.press.verb is Verb.DUTY_DONE:
            await office.presses("sato", action)
    shown = await office.presses("sato", office.action(Verb.CLOSE, "desk"))
    assert said("ja", "press.recorded") in shown, shown
    await office.play.works_off()


DESK_WORK = {
    Verb.REPLY: "We read it.",
    Verb.TELL_OUTCOME: "It was harassment.",
    Verb.MEASURE: "Two at the counter.",
    Verb.RESPOND: "",
}


STATES = (nothing, answered, full, climbed, closed)
