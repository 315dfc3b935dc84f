"""What stood in the inputs of a screen, as it goes along to the next one."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from adapters.teams.fields import FIELD, HELD, chosen_and_typed, held
from adapters.teams.screens import Kept
from adapters.teams.way_back import (
    DRAFT,
    LETTER,
    RESUME,
    TYPED,
    leaving_report,
    way_back,
    with_room,
)
from flows.report import WORDS
from flows.screens import Ask


@dataclass(frozen=True)
class Filled:
    """What stood in the inputs of a screen."""

    chosen: Mapping[str, tuple[str, ...]] | None = None
    typed: Mapping[str, str] = field(default_factory=dict)
    held: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What was chosen on screens that were gone back from."""
    back: Mapping[str, str] = field(default_factory=dict)
    """What leads back to what a call for help interrupted, by the ids of its inputs."""

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> "Filled":
        """What a press brought along."""
        chosen, typed = chosen_and_typed(data)
        return cls(chosen, typed, held(data), way_back(data))

    @property
    def without_choices(self) -> "Filled":
        """The same for another screen, which has choices of its own."""
        return replace(self, chosen=None)

    @property
    def holding(self) -> "Filled":
        """The same for another screen, where what is chosen on this one was no answer yet."""
        return replace(self, chosen=None, held={**self.held, **(self.chosen or {})})

    @property
    def resumed(self) -> "Filled":
        """The same after what a call for help interrupted was gone on with."""
        return replace(self, back={n: t for n, t in self.back.items() if n != RESUME})

    def leaving_report(self, kept: Kept) -> "Filled":
        """The same off the page of a report, where what is typed is a letter."""
        left = leaving_report(kept, self.typed.get(WORDS, ""))
        typed = {**self.typed, WORDS: self.back.get(DRAFT, "")}
        if left:
            typed[LETTER] = left.pop(FIELD + LETTER, "")
        back = {name: text for name, text in self.back.items() if name != DRAFT}
        return replace(self, chosen=None, typed=typed, back={**back, **left})

    def elsewhere(self, ask: Ask) -> dict[str, str]:
        """What belongs on other screens than this one, by the ids of its inputs."""
        fields, groups = {one.id for one in ask.fields}, {one.id for one in ask.groups}
        here = {*(FIELD + name for name in fields), *(HELD + name for name in groups)}
        seen = "".join(self.typed.get(name, "") for name in fields)
        elsewhere = {name: text for name, text in self.all().items() if name not in here}
        return with_room(elsewhere, seen)

    def all(self) -> dict[str, str]:
        """Everything but what is chosen on this very screen, by the ids of its inputs."""
        typed = {FIELD + name: self.typed.get(name, "") for name in TYPED}
        held = {HELD + name: ",".join(codes) for name, codes in self.held.items()}
        return {**typed, **held, **self.back}

    def chosen_on(self, ask: Ask) -> Mapping[str, tuple[str, ...]] | None:
        """What is chosen on a screen: just now, or before it was gone back from."""
        if self.chosen is not None or not any(one.id in self.held for one in ask.groups):
            return self.chosen
        return {one.id: self.held.get(one.id, one.chosen) for one in ask.groups}


NOTHING = Filled()
