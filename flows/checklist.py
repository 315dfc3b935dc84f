"""The checklist: safe, act, effect, demand, length, after "stop", result.

One question a screen, taps only. A question appears only if its answer can still change
the result or the urgency. Wording and order follow the checklist of the policy notes.
"""

from collections.abc import Callable, Generator
from dataclasses import replace
from enum import StrEnum

from flows.acts import Chip
from flows.assessment import (
    AfterStop,
    Assessment,
    Demand,
    Effect,
    Facts,
    Length,
    Safety,
    assess,
    next_question,
    questions_left,
)
from flows.conversation import Flow
from flows.given import Answer
from flows.help_now import help_now
from flows.outcomes import Ended
from flows.phrases import Phrase, say
from flows.policy import Policy
from flows.report import report
from flows.result import ask_result, length_phrase
from flows.scene import Called, Scene
from flows.screens import Ask, Group, Option, Paragraph, Style, buttons

Asking = Generator[Ask, Answer, Facts]


def talk(scene: Scene) -> Flow:
    """The whole conversation, from the first card on."""
    answer = yield _first_card(scene.called)
    if answer.button == "help":
        return (yield from help_now(scene))
    return (yield from checklist(scene))


def checklist(scene: Scene) -> Flow:
    """Am I being harassed? Ends in a report, a call for help, or nothing kept."""
    facts = yield from _ask_safety(scene.policy)
    if facts.safety is Safety.DANGER:
        return (yield from help_now(scene))
    facts = yield from _ask_acts(scene.policy, facts)
    while (question := next_question(facts)) is not None:
        facts = yield from _QUESTIONS[question](scene.policy, facts)
    return (yield from _show_result(scene, facts, assess(facts)))


def _show_result(scene: Scene, facts: Facts, assessment: Assessment) -> Flow:
    answer = yield ask_result(scene.policy, facts, assessment)
    if answer.button == "end":
        return Ended()
    if answer.button == "help":
        return (yield from help_now(scene))
    facts = replace(facts, injured=bool(answer.group(0)))
    return (yield from report(scene, facts, assess(facts)))


_CALLED = {
    Called.RUNS: say("first.calling"),
    Called.NOBODY_LEFT: say("first.nobody_left"),
    Called.ENDED: say("first.called"),
}


def _first_card(called: Called) -> Ask:
    told = _CALLED.get(called)
    # Of the call itself much is kept.
    kept = say("first.nothing_kept.called") if told else say("first.nothing_kept")
    return Ask(
        step="first",
        title=say("first.title"),
        body=(
            *((Paragraph(text=told, strong=True),) if told else ()),
            Paragraph(text=say("first.question"), strong=True),
        ),
        buttons=(
            Option(code="help", label=say("first.help"), style=Style.HELP),
            Option(code="check", label=say("first.check"), style=Style.PRIMARY),
        ),
        after=(Paragraph(text=kept),),
    )


def _ask_safety(policy: Policy) -> Asking:
    answer = yield Ask(
        step="safe",
        title=say("safe.title"),
        buttons=(
            Option(code=Safety.DANGER, label=say("safe.d"), style=Style.HELP),
            Option(code=Safety.ONGOING, label=say("safe.o")),
            Option(code=Safety.OVER, label=say("safe.v")),
        ),
    )
    return Facts(
        safety=Safety(answer.button),
        chips=frozenset(),
        per_se=frozenset(chip for chip in policy.shown_chips() if policy.is_per_se(chip)),
    )


def _ask_acts(policy: Policy, facts: Facts) -> Asking:
    options = tuple(
        Option(code=chip.value, label=say(f"chip.{chip.value}")) for chip in policy.shown_chips()
    )
    answer = yield Ask(
        step="acts",
        title=say("acts.title"),
        progress=_progress(facts),
        groups=(
            Group(
                id="acts",
                label=say("acts.label"),
                options=options,
                many=True,
                missing=say("acts.missing"),
            ),
        ),
        buttons=buttons(("next", "button.next"), style=Style.PRIMARY),
        help_first=facts.safety is Safety.ONGOING,
    )
    return replace(facts, chips=frozenset(Chip(code) for code in answer.group(0)))


def _ask_effects(policy: Policy, facts: Facts) -> Asking:
    answer = yield Ask(
        step="effects",
        title=say("effects.title"),
        progress=_progress(facts),
        groups=(
            Group(
                id="effects",
                label=say("acts.label"),
                options=_options("effects", Effect),
                many=True,
                missing=say("effects.missing"),
            ),
        ),
        buttons=buttons(("next", "button.next"), style=Style.PRIMARY),
        help_first=facts.safety is Safety.ONGOING,
    )
    chosen = frozenset(Effect(code) for code in answer.group(0))
    # "No effect" beside an injury says nothing, and the desk would read both.
    return replace(facts, effects=chosen - {Effect.NONE} or chosen)


def _ask_demand(policy: Policy, facts: Facts) -> Asking:
    answer = yield _one_tap(facts, "demand", _options("demand", Demand), note="demand.no_blame")
    return replace(facts, demand=Demand(answer.button))


def _ask_length(policy: Policy, facts: Facts) -> Asking:
    options = tuple(
        Option(code=length.value, label=length_phrase(policy, length)) for length in Length
    )
    answer = yield _one_tap(facts, "length", options)
    return replace(facts, length=Length(answer.button))


def _ask_after_stop(policy: Policy, facts: Facts) -> Asking:
    answer = yield _one_tap(facts, "after_stop", _options("after_stop", AfterStop))
    return replace(facts, after_stop=AfterStop(answer.button))


_QUESTIONS: dict[str, Callable[[Policy, Facts], Asking]] = {
    "effects": _ask_effects,
    "demand": _ask_demand,
    "length": _ask_length,
    "after_stop": _ask_after_stop,
}


def _one_tap(facts: Facts, step: str, options: tuple[Option, ...], note: str | None = None) -> Ask:
    return Ask(
        step=step,
        title=say(f"{step}.title"),
        progress=_progress(facts),
        body=(Paragraph(text=say(note)),) if note else (),
        buttons=options,
        help_first=facts.safety is Safety.ONGOING,
    )


def _options(step: str, answers: type[StrEnum]) -> tuple[Option, ...]:
    return tuple(Option(code=a.value, label=say(f"{step}.{a.value}")) for a in answers)


def _progress(facts: Facts) -> Phrase:
    """Where the person is, in words: "third, about two to go"."""
    asked = (facts.effects, facts.demand, facts.length, facts.after_stop)
    number = 2 + bool(facts.chips) + sum(answer is not None for answer in asked)
    left = questions_left(facts) - 1 if facts.chips else None
    if left is None:
        return say("progress.number", number=number)
    if left == 0:
        return say("progress.last", number=number)
    return say("progress.left", number=number, count=left)
