"""A conversation is its list of answers.

A flow is a plain generator: it yields an `Ask`, is sent the `Answer`, and returns an
outcome. `replay` runs it from the start over a list of answers; going back is the list
without its last answer, resuming is the list itself. Nothing else is kept anywhere.
"""

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, replace

from flows.given import Answer, Incomplete, Unanswerable, picked, read
from flows.outcomes import Outcome
from flows.phrases import Phrase
from flows.scene import Scene
from flows.screens import Ask

Flow = Generator[Ask, Answer, Outcome]
StartFlow = Callable[[Scene], Flow]


@dataclass(frozen=True)
class Asking:
    """The conversation waits at a screen, after these answers."""

    ask: Ask
    answers: tuple[str, ...]
    problem: Phrase | None = None
    """What was missing from the last press; the screen is the same one again."""


@dataclass(frozen=True)
class Ending:
    """The conversation is over."""

    outcome: Outcome
    answers: tuple[str, ...]


def replay(start: StartFlow, scene: Scene, answers: Sequence[str]) -> Asking | Ending:
    """The screen that follows `answers`, or the outcome they lead to.

    Raises Unanswerable when an answer does not fit the screen it was given to, which can
    only happen to a list that this flow, with this policy, never produced.
    """
    flow = start(scene)
    try:
        ask = next(flow)
        for text in answers:
            answer = _fitting(ask, text)
            ask = flow.send(answer)
    except StopIteration as stop:
        return Ending(stop.value, tuple(answers))
    return Asking(ask, tuple(answers))


def _fitting(ask: Ask, text: str) -> Answer:
    answer = Answer.unpack(text)
    chosen = {group.id: picked for group, picked in zip(ask.groups, answer.chosen, strict=False)}
    fitting = read(ask, answer.button, chosen)
    if isinstance(fitting, Incomplete) or fitting.pack() != text:
        raise Unanswerable(ask.step)
    return fitting


def advance(
    start: StartFlow,
    scene: Scene,
    answers: Sequence[str],
    button: str,
    chosen: Mapping[str, Sequence[str]],
) -> Asking | Ending:
    """What follows when `button` is pressed on the screen that `answers` lead to.

    A button that goes back shows the screen before as it was left.
    """
    here = replay(start, scene, answers)
    if isinstance(here, Ending):
        return here
    answer = read(here.ask, button, chosen)
    if isinstance(answer, Incomplete):
        return Asking(here.ask, here.answers, answer.problem)
    if any(option.code == button and option.goes_back for option in here.ask.buttons):
        return back(start, scene, here.answers)
    return replay(start, scene, (*here.answers, answer.pack()))


def back(start: StartFlow, scene: Scene, answers: Sequence[str]) -> Asking | Ending:
    """The screen before this one, as it was left, or the first one."""
    here = replay(start, scene, tuple(answers)[:-1])
    if isinstance(here, Ending) or not answers:
        return here
    left = picked(here.ask, Answer.unpack(answers[-1]))
    return replace(here, ask=here.ask.with_chosen(left))
