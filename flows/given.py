"""An answer to a screen: read from a press, and packed for a sealed list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from flows.phrases import Phrase
from flows.screens import Ask

T = TypeVar("T")


@dataclass(frozen=True)
class Answer:
    """One button and what was chosen with it, as short codes: "n" or "n/a.c/y"."""

    button: str
    chosen: tuple[tuple[str, ...], ...] = ()

    def pack(self) -> str:
        """The answer as text for a sealed list."""
        return "/".join([self.button, *(".".join(group) for group in self.chosen)])

    @classmethod
    def unpack(cls, text: str) -> "Answer":
        """The answer behind `text`; whether it fits a screen is for `read` to say."""
        button, *groups = text.split("/")
        return cls(button, tuple(tuple(filter(None, group.split("."))) for group in groups))

    def group(self, index: int) -> tuple[str, ...]:
        """What was chosen in the screen's group number `index`."""
        return self.chosen[index] if index < len(self.chosen) else ()


Picked = dict[str, tuple[str, ...]]
"""What was chosen, by the id of the screen's group."""


def picked(ask: Ask, answer: Answer) -> Picked:
    """What `answer` chose in each group of `ask`; every group is there, perhaps empty."""
    return {group.id: answer.group(index) for index, group in enumerate(ask.groups)}


def first(codes: Sequence[str], otherwise: T) -> str | T:
    """The one code that was chosen, or `otherwise`."""
    return codes[0] if codes else otherwise


class Unanswerable(Exception):
    """The press belongs to no button or option of this screen; it cannot be meant."""


@dataclass(frozen=True)
class Incomplete:
    """A normal answer that lacks something; the same screen comes back with these words."""

    problem: Phrase


def read(ask: Ask, button: str, chosen: Mapping[str, Sequence[str]]) -> Answer | Incomplete:
    """The answer a press gives to `ask`, or what is still missing from it.

    `chosen` maps group ids to option codes. Raises Unanswerable for anything that the
    screen never offered, so that a forged press gets no further.
    """
    if button not in {option.code for option in ask.buttons}:
        raise Unanswerable(ask.step)
    groups = []
    for group in ask.groups:
        picked = tuple(dict.fromkeys(chosen.get(group.id, ())))
        known = {option.code for option in group.options}
        if not set(picked) <= known or (len(picked) > 1 and not group.many):
            raise Unanswerable(ask.step)
        if not picked and group.missing is not None:
            return Incomplete(group.missing)
        groups.append(tuple(option.code for option in group.options if option.code in picked))
    return Answer(button, tuple(groups))
