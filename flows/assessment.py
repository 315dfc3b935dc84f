"""What the answers add up to: very likely, maybe, or not clear yet, and never "no".

The law's test has three elements and people decide it; this only sorts, so that a person
knows what they may do now and the desk knows how soon to move. Three properties hold for
every set of answers and are tested as such: no worse answer lowers a result, a severe act
is always strong, and any harm is at least possible.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from itertools import product
from typing import Any

from flows.acts import SEVERE_CHIPS, Chip
from flows.clocks import Urgency


class Safety(StrEnum):
    """Are you safe right now?"""

    DANGER = "d"
    ONGOING = "o"
    OVER = "v"


class Effect(StrEnum):
    """How did it affect you or the work?"""

    INJURY = "i"
    FEAR = "f"
    DISTRESS = "s"
    WORK_STOPPED = "w"
    OTHERS_DISTURBED = "o"
    NONE = "n"


class Demand(StrEnum):
    """What do you know about their complaint?"""

    OUR_FAULT = "m"
    NO_FAULT = "x"
    NOT_OURS = "u"
    BEYOND_RULES = "r"
    NO_DEMAND = "z"
    UNKNOWN = "q"


class Length(StrEnum):
    """How long, how often? Minutes and counts are the company's own thresholds."""

    SHORT = "s"
    SECOND_TIME = "2"
    AMBER_MINUTES = "a"
    RED_MINUTES = "r"
    THIRD_TIME = "3"
    UNKNOWN = "q"


class AfterStop(StrEnum):
    """After you said "please stop" or "we cannot"?"""

    STOPPED = "s"
    WENT_ON = "w"
    COULD_NOT_SAY = "c"


class Verdict(StrEnum):
    """Ordered from the least to the most certain. There is no "no"."""

    NOT_CLEAR = "not_clear"
    POSSIBLE = "possible"
    STRONG = "strong"


VERDICT_ORDER = tuple(Verdict)


@dataclass(frozen=True)
class Facts:
    """What the person answered. None: the question was not needed."""

    safety: Safety
    chips: frozenset[Chip]
    effects: frozenset[Effect] | None = None
    demand: Demand | None = None
    length: Length | None = None
    after_stop: AfterStop | None = None
    injured: bool = False
    per_se: frozenset[Chip] = frozenset()
    """The chips this policy holds to be over the line whatever the demand."""

    @property
    def severe(self) -> bool:
        """One such act is enough."""
        return bool(self.chips & SEVERE_CHIPS)

    @property
    def harmed(self) -> bool:
        """Any effect counts; a severe act harms an ordinary worker by itself."""
        return self.severe or bool((self.effects or frozenset()) - {Effect.NONE})

    @property
    def hurt(self) -> bool:
        """An injury, from whichever question it came."""
        return self.injured or Effect.INJURY in (self.effects or frozenset())


@dataclass(frozen=True)
class Assessment:
    """The provisional result and how soon somebody must move."""

    verdict: Verdict
    urgency: Urgency


_LONG = frozenset({Length.AMBER_MINUTES, Length.RED_MINUTES, Length.THIRD_TIME})
_VERY_LONG = frozenset({Length.RED_MINUTES, Length.THIRD_TIME})
_FIRM_CHIPS = frozenset({Chip.ABUSE, Chip.HUMILIATION, Chip.EXPOSURE, Chip.REACH, Chip.HOLDING})
_BAD_DEMANDS = frozenset({Demand.NO_FAULT, Demand.NOT_OURS, Demand.BEYOND_RULES, Demand.NO_DEMAND})


def _degree(facts: Facts) -> int:
    """How far the manner goes, 0 to 3. Source: the checklist logic of the policy notes."""
    if facts.severe:
        return 3
    very_long = facts.length in _VERY_LONG
    degree = 1 if facts.chips & _FIRM_CHIPS else 0
    if Chip.HOLDING in facts.chips and very_long:
        degree = 2
    if Chip.DEMAND in facts.chips:
        if very_long:
            degree = 2
        elif facts.length in _LONG or facts.length is Length.SECOND_TIME:
            degree = max(degree, 1)
    return degree


def _demand_bad(facts: Facts) -> bool:
    return facts.demand in _BAD_DEMANDS or Chip.HUMILIATION in facts.chips


def _strong(facts: Facts) -> bool:
    if facts.severe:
        return True
    if not facts.harmed:
        return False
    went_on = facts.after_stop is AfterStop.WENT_ON
    degree = _degree(facts)
    if degree >= 2:
        return True
    if degree == 1 and (_demand_bad(facts) or went_on):
        return True
    demand_ok = facts.demand is Demand.OUR_FAULT and not _demand_bad(facts)
    return Chip.ABUSE in facts.chips and (
        not demand_ok or facts.length in _LONG or went_on or len(facts.chips) > 1
    )


def _possible(facts: Facts) -> bool:
    if facts.harmed or facts.chips & facts.per_se:
        return True
    went_on = facts.after_stop is AfterStop.WENT_ON
    degree = _degree(facts)
    return degree >= 2 or (degree == 1 and (_demand_bad(facts) or went_on))


_SAME_SHIFT = frozenset({Chip.VIOLENCE, Chip.THREAT, Chip.SEXUAL})


def assess(facts: Facts) -> Assessment:
    """The provisional result of these answers; unanswered questions count as "don't know"."""
    if _strong(facts):
        verdict = Verdict.STRONG
    elif _possible(facts):
        verdict = Verdict.POSSIBLE
    else:
        verdict = Verdict.NOT_CLEAR
    return Assessment(verdict, _urgency(facts, verdict))


def _urgency(facts: Facts, verdict: Verdict) -> Urgency:
    if facts.safety is Safety.DANGER:
        return Urgency.U0
    if facts.safety is Safety.ONGOING:
        return Urgency.U1
    if facts.severe or facts.hurt or Chip.EXPOSURE in facts.chips:
        return Urgency.U2
    return Urgency.U4 if verdict is Verdict.NOT_CLEAR else Urgency.U3


EFFECT_ANSWERS = tuple(frozenset({effect}) for effect in Effect)
"""One effect at a time is enough to find out whether the question matters."""


@lru_cache(maxsize=65536)
def can_matter(facts: Facts, question: str) -> bool:
    """Whether some answer to `question` can still change the result or the urgency.

    Tries every answer together with every way in which the later questions may end. With a
    few hundred cases it is quicker to try them all than to be clever.
    """
    later = _QUESTIONS[_ORDER.index(question) + 1 :]
    for endings in product(*(answers for _, answers in later)):
        filled: dict[str, Any] = {
            name: value for (name, _), value in zip(later, endings, strict=True)
        }
        results = {
            assess(replace(facts, **filled, **{question: answer}))
            for answer in dict(_QUESTIONS)[question]
        }
        if len(results) > 1:
            return True
    return False


_QUESTIONS: tuple[tuple[str, tuple[Any, ...]], ...] = (
    ("effects", EFFECT_ANSWERS),
    ("demand", tuple(Demand)),
    ("length", tuple(Length)),
    ("after_stop", tuple(AfterStop)),
)
_ORDER = [name for name, _ in _QUESTIONS]


def next_question(facts: Facts) -> str | None:
    """The next question worth asking after these answers, or None when the result stands."""
    answered = [index for index, name in enumerate(_ORDER) if getattr(facts, name) is not None]
    # A question passed over stays passed over: only the ones after the last answer are left.
    left = _ORDER[max(answered, default=-1) + 1 :]
    return next((name for name in left if can_matter(facts, name)), None)


@lru_cache(maxsize=65536)
def questions_left(facts: Facts) -> int:
    """At most how many more questions may come, for "about two to go"."""
    question = next_question(facts)
    if question is None:
        return 0
    answers = dict(_QUESTIONS)[question]
    return 1 + max(questions_left(replace(facts, **{question: answer})) for answer in answers)
