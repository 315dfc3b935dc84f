"""The provisional result: never lowered by a worse answer, never more questions than needed."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import chain, combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.packs import builtin_pack
from flows.acts import SEVERE_CHIPS, Chip
from flows.assessment import (
    VERDICT_ORDER,
    AfterStop,
    Assessment,
    Demand,
    Effect,
    Facts,
    Length,
    Safety,
    Verdict,
    assess,
    questions_left,
)
from flows.checklist import talk
from flows.clocks import Urgency
from flows.conversation import Asking, replay
from flows.phrases import Own
from flows.scene import Scene, SiteOption

MILD_CHIPS = tuple(chip for chip in Chip if chip not in SEVERE_CHIPS)
STANDARD = builtin_pack("standard")
PER_SE = frozenset(chip for chip in STANDARD.shown_chips() if STANDARD.is_per_se(chip))
NO_EFFECT = frozenset({Effect.NONE})
BAD_DEMANDS = (Demand.NO_FAULT, Demand.NOT_OURS, Demand.BEYOND_RULES, Demand.NO_DEMAND)

WORSE_DEMAND = {
    Demand.OUR_FAULT: (Demand.UNKNOWN, *BAD_DEMANDS),
    Demand.UNKNOWN: BAD_DEMANDS,
}
WORSE_LENGTH = {
    Length.SHORT: (Length.AMBER_MINUTES, Length.RED_MINUTES, Length.SECOND_TIME, Length.THIRD_TIME),
    Length.AMBER_MINUTES: (Length.RED_MINUTES,),
    Length.SECOND_TIME: (Length.THIRD_TIME,),
}
WORSE_AFTER = {
    AfterStop.STOPPED: (AfterStop.COULD_NOT_SAY, AfterStop.WENT_ON),
    AfterStop.COULD_NOT_SAY: (AfterStop.WENT_ON,),
}
SOONEST_FIRST = tuple(Urgency)


def subsets(items: tuple[Chip, ...]) -> Iterator[frozenset[Chip]]:
    sizes = range(len(items) + 1)
    return (frozenset(some) for some in chain.from_iterable(combinations(items, n) for n in sizes))


@cache
def result(facts: Facts) -> Assessment:
    return assess(facts)


def worse(facts: Facts) -> Iterator[Facts]:
    """The same answers with one of them one step worse."""
    for chip in set(Chip) - facts.chips:
        yield replace(facts, chips=facts.chips | {chip})
    for effect in set(Effect) - {Effect.NONE} - (facts.effects or frozenset()):
        yield replace(facts, effects=(facts.effects or frozenset()) | {effect})
    for demand in WORSE_DEMAND.get(facts.demand, ()):
        yield replace(facts, demand=demand)
    for length in WORSE_LENGTH.get(facts.length, ()):
        yield replace(facts, length=length)
    for after in WORSE_AFTER.get(facts.after_stop, ()):
        yield replace(facts, after_stop=after)
    if not facts.injured:
        yield replace(facts, injured=True)


def assert_nothing_worse_lowers(facts: Facts) -> None:
    here = result(facts)
    for other in worse(facts):
        there = result(other)
        assert VERDICT_ORDER.index(there.verdict) >= VERDICT_ORDER.index(here.verdict), other
        assert SOONEST_FIRST.index(there.urgency) <= SOONEST_FIRST.index(here.urgency), other


def every_mild_answer_set() -> Iterator[Facts]:
    effects = (NO_EFFECT, frozenset({Effect.FEAR}))
    for chips in subsets(MILD_CHIPS):
        for effect, demand, length, after in product(effects, Demand, Length, AfterStop):
            yield Facts(Safety.OVER, chips, effect, demand, length, after, per_se=PER_SE)


ANY_FACTS = st.builds(
    Facts,
    safety=st.sampled_from(Safety),
    chips=st.frozensets(st.sampled_from(Chip)),
    effects=st.none() | st.frozensets(st.sampled_from(Effect), min_size=1),
    demand=st.none() | st.sampled_from(Demand),
    length=st.none() | st.sampled_from(Length),
    after_stop=st.none() | st.sampled_from(AfterStop),
    injured=st.booleans(),
    per_se=st.frozensets(st.sampled_from(Chip)),
)


def test_no_worse_answer_lowers_the_result_of_any_mild_answer_set() -> None:
    for facts in every_mild_answer_set():
        assert_nothing_worse_lowers(facts)
    result.cache_clear()


@settings(max_examples=300, deadline=None)
@given(ANY_FACTS)
def test_no_worse_answer_lowers_a_result_whatever_was_asked(facts: Facts) -> None:
    assert_nothing_worse_lowers(facts)


@settings(max_examples=300, deadline=None)
@given(ANY_FACTS)
def test_there_are_three_results_and_no_is_not_among_them(facts: Facts) -> None:
    assert assess(facts).verdict.value in {"not_clear", "possible", "strong"}


@settings(max_examples=200, deadline=None)
@given(ANY_FACTS, st.sampled_from(sorted(SEVERE_CHIPS)))
def test_a_severe_act_once_is_always_strong(facts: Facts, severe: Chip) -> None:
    assert assess(replace(facts, chips=facts.chips | {severe})).verdict is Verdict.STRONG


@settings(max_examples=200, deadline=None)
@given(ANY_FACTS, st.sampled_from([effect for effect in Effect if effect is not Effect.NONE]))
def test_any_harm_is_at_least_possible(facts: Facts, effect: Effect) -> None:
    harmed = replace(facts, effects=(facts.effects or frozenset()) | {effect})
    assert assess(harmed).verdict is not Verdict.NOT_CLEAR


@settings(max_examples=200, deadline=None)
@given(ANY_FACTS, st.sampled_from(Chip))
def test_an_act_over_the_line_by_itself_is_at_least_possible(facts: Facts, chip: Chip) -> None:
    listed = replace(facts, chips=facts.chips | {chip}, per_se=facts.per_se | {chip})
    assert assess(listed).verdict is not Verdict.NOT_CLEAR


def test_a_fair_complaint_made_once_without_harm_is_not_clear_yet() -> None:
    calm = Facts(
        Safety.OVER,
        frozenset({Chip.DEMAND}),
        NO_EFFECT,
        Demand.OUR_FAULT,
        Length.SHORT,
        AfterStop.STOPPED,
        per_se=PER_SE,
    )
    assert assess(calm).verdict is Verdict.NOT_CLEAR


def test_shouting_is_strong_with_harm_and_only_possible_when_the_complaint_is_fair() -> None:
    shouted = Facts(
        Safety.OVER,
        frozenset({Chip.ABUSE}),
        frozenset({Effect.DISTRESS}),
        Demand.OUR_FAULT,
        Length.SHORT,
        AfterStop.STOPPED,
    )
    assert assess(shouted).verdict is Verdict.POSSIBLE
    assert assess(replace(shouted, demand=Demand.UNKNOWN)).verdict is Verdict.STRONG
    assert assess(replace(shouted, after_stop=AfterStop.WENT_ON)).verdict is Verdict.STRONG
    assert assess(replace(shouted, length=Length.AMBER_MINUTES)).verdict is Verdict.STRONG
    assert assess(replace(shouted, chips=shouted.chips | {Chip.OTHER})).verdict is Verdict.STRONG


def test_holding_somebody_for_an_hour_is_strong_even_when_the_complaint_is_fair() -> None:
    held = Facts(
        Safety.OVER,
        frozenset({Chip.HOLDING}),
        frozenset({Effect.WORK_STOPPED}),
        Demand.OUR_FAULT,
        Length.RED_MINUTES,
        AfterStop.STOPPED,
    )
    assert assess(held).verdict is Verdict.STRONG
    assert assess(replace(held, length=Length.AMBER_MINUTES)).verdict is Verdict.POSSIBLE


@pytest.mark.parametrize(
    ("safety", "chips", "effect", "injured", "urgency"),
    [
        (Safety.DANGER, "", Effect.NONE, False, Urgency.U0),
        (Safety.ONGOING, "j", Effect.NONE, False, Urgency.U1),
        (Safety.ONGOING, "a", Effect.INJURY, True, Urgency.U1),
        (Safety.OVER, "a", Effect.NONE, False, Urgency.U2),
        (Safety.OVER, "b", Effect.NONE, False, Urgency.U2),
        (Safety.OVER, "d", Effect.NONE, False, Urgency.U2),
        (Safety.OVER, "e", Effect.NONE, False, Urgency.U2),
        (Safety.OVER, "h", Effect.NONE, False, Urgency.U2),
        (Safety.OVER, "k", Effect.INJURY, False, Urgency.U2),
        (Safety.OVER, "k", Effect.NONE, True, Urgency.U2),
        (Safety.OVER, "c", Effect.FEAR, False, Urgency.U3),
        (Safety.OVER, "j", Effect.FEAR, False, Urgency.U3),
        (Safety.OVER, "j", Effect.NONE, False, Urgency.U4),
    ],
)
def test_urgency_follows_the_table(
    safety: Safety, chips: str, effect: Effect, injured: bool, urgency: Urgency
) -> None:
    facts = Facts(
        safety,
        frozenset(Chip(chip) for chip in chips),
        frozenset({effect}),
        Demand.OUR_FAULT,
        Length.SHORT,
        AfterStop.STOPPED,
        injured,
        PER_SE,
    )
    assert assess(facts).urgency is urgency


# --- which questions are asked ---------------------------------------------------------------
#
# The flow itself is replayed here, and what it asked is judged by `assess` alone, so that the
# rule which chooses the questions is not the one which checks them.

SCENE = Scene(
    policy=STANDARD,
    sites=(SiteOption("store", Own(ja="店", en="Store"), Own(ja="市", en="Town"), "store"),),
)
QUESTIONS = ("effects", "demand", "length", "after_stop")
EFFECT_SETS = tuple(
    frozenset(some) for size in (1, 2) for some in combinations(tuple(Effect), size)
)
ANSWERS = {
    "effects": EFFECT_SETS,
    "demand": tuple(Demand),
    "length": tuple(Length),
    "after_stop": tuple(AfterStop),
}


def packed(question: str, value: object) -> str:
    if question == "effects":
        assert isinstance(value, frozenset)
        return "next/" + ".".join(effect.value for effect in Effect if effect in value)
    return str(value)


def first_facts(safety: Safety, chips: frozenset[Chip]) -> Facts:
    return Facts(safety, chips, per_se=PER_SE)


def opening(safety: Safety, chips: frozenset[Chip]) -> tuple[str, ...]:
    picked = ".".join(chip.value for chip in Chip if chip in chips)
    return ("check", safety.value, f"next/{picked}")


def step_after(answers: tuple[str, ...]) -> str:
    here = replay(talk, SCENE, answers)
    assert isinstance(here, Asking)
    return here.ask.step


def could_matter(facts: Facts, question: str) -> bool:
    """Whether two answers to `question` differ in the result under some later answers."""
    later = QUESTIONS[QUESTIONS.index(question) + 1 :]
    for endings in product(*(ANSWERS[name] for name in later)):
        ended = replace(facts, **dict(zip(later, endings, strict=True)))
        if len({result(replace(ended, **{question: value})) for value in ANSWERS[question]}) > 1:
            return True
    return False


SOME_CHIPS = st.frozensets(st.sampled_from(MILD_CHIPS), min_size=1, max_size=4) | st.frozensets(
    st.sampled_from(Chip), min_size=1
)


@settings(max_examples=120, deadline=None)
@given(st.data(), st.sampled_from((Safety.ONGOING, Safety.OVER)), SOME_CHIPS)
def test_every_question_asked_can_change_the_result_and_no_other_could(
    data: st.DataObject, safety: Safety, chips: frozenset[Chip]
) -> None:
    facts, answers = first_facts(safety, chips), opening(safety, chips)
    asked = []
    while (step := step_after(answers)) != "result":
        assert step in QUESTIONS and step not in asked
        assert could_matter(facts, step), (step, facts)
        asked.append(step)
        value = data.draw(st.sampled_from(ANSWERS[step]), label=step)
        facts = replace(facts, **{step: value})
        answers = (*answers, packed(step, value))
    assert asked == [question for question in QUESTIONS if question in asked]
    passed_over = [question for question in QUESTIONS if question not in asked]
    for values in product(*(ANSWERS[question] for question in passed_over)):
        told = replace(facts, **dict(zip(passed_over, values, strict=True)))
        assert result(told) == result(facts), "an answer that was not asked for would have counted"


@settings(max_examples=25, deadline=None)
@given(st.data(), SOME_CHIPS)
def test_the_screens_after_a_question_end_in_more_than_one_result(
    data: st.DataObject, chips: frozenset[Chip]
) -> None:
    """Replays every answer to one question, and every way on from there, through the screens."""
    facts, answers = first_facts(Safety.OVER, chips), opening(Safety.OVER, chips)
    while (step := step_after(answers)) not in ("length", "after_stop", "result"):
        value = data.draw(st.sampled_from(ANSWERS[step]), label=step)
        facts, answers = replace(facts, **{step: value}), (*answers, packed(step, value))
    if step == "result":
        return
    assert len(set(endings_of(facts, answers))) > 1


def endings_of(facts: Facts, answers: tuple[str, ...]) -> Iterator[Assessment]:
    step = step_after(answers)
    if step == "result":
        yield result(facts)
        return
    for value in ANSWERS[step]:
        yield from endings_of(replace(facts, **{step: value}), (*answers, packed(step, value)))


def test_a_severe_act_needs_no_further_question() -> None:
    for chip in SEVERE_CHIPS:
        assert step_after(opening(Safety.OVER, frozenset({chip}))) == "result"


@settings(max_examples=60, deadline=None)
@given(st.data(), SOME_CHIPS)
def test_at_most_as_many_questions_come_as_the_screen_said(
    data: st.DataObject, chips: frozenset[Chip]
) -> None:
    facts, answers = first_facts(Safety.OVER, chips), opening(Safety.OVER, chips)
    promised = questions_left(facts)
    asked = 0
    while (step := step_after(answers)) != "result":
        value = data.draw(st.sampled_from(ANSWERS[step]), label=step)
        facts, answers = replace(facts, **{step: value}), (*answers, packed(step, value))
        asked += 1
        assert asked + questions_left(facts) <= promised
