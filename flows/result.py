"""The result: what the policy says, why, and what the person may do now."""

from flows.acts import SEVERE_CHIPS, Chip, Runbook
from flows.assessment import Assessment, Effect, Facts, Length, Safety, Verdict
from flows.phrases import Listed, Phrase, listed, say
from flows.policy import Policy
from flows.policy_page import runbook_card, runbook_facts
from flows.screens import (
    Ask,
    Bullets,
    CallLine,
    Element,
    Fact,
    Group,
    Heading,
    Option,
    Paragraph,
    Style,
)
from flows.screens import Facts as FactList

MAX_CARDS = 2
"""Cards shown with a result: more than two and none is read."""

POLICE = "110"
_LONG_NUMBER = 6
"""Emergency and police numbers are shorter than this."""
_FOR_OTHERS = ("lawyer", "public")
"""Contacts that do not listen: the desk's adviser, and where customers complain."""
_OWN = ("desk", "physician", "experts")
"""Those who listen for the company."""
_FEW = 3
"""So many numbers leave room for a question on the first screen of a small phone."""


def ask_result(policy: Policy, facts: Facts, assessment: Assessment) -> Ask:
    """The result screen. It never closes a door: every result can be sent and ends in help.

    What to do now and the way on come first; why it is so stands below, for who wants it.
    """
    verdict = assessment.verdict.value
    now, later = _advice(policy, facts)
    return Ask(
        step="result",
        title=say(f"result.{verdict}.title"),
        body=(
            Paragraph(text=_lead(facts, assessment), strong=True),
            *_if_injured(facts),
            Heading(text=say("result.may_do")),
            *now,
            *_fair_complaint(policy, assessment),
        ),
        groups=_injury(facts),
        buttons=(
            Option(code="send", label=say("result.send"), style=Style.PRIMARY),
            Option(code="end", label=say("result.end"), style=Style.QUIET),
        ),
        after=(*later, *_reasons(policy, facts)),
        help_first=facts.safety is Safety.ONGOING,
    )


def _lead(facts: Facts, assessment: Assessment) -> Phrase:
    """Once it is over there is nothing left to handle, alone or not."""
    if facts.safety is Safety.OVER and assessment.verdict is Verdict.STRONG:
        return say("result.strong.over")
    return say(f"result.{assessment.verdict.value}.text")


def _advice(policy: Policy, facts: Facts) -> tuple[tuple[Element, ...], tuple[Element, ...]]:
    """What to say to the customer and when to step back; below, who ends it and other types.

    That somebody may end it themselves is no matter for below: it is what they may do now. To a
    customer who has gone there is nothing to say any more.
    """
    if facts.safety is Safety.OVER:
        return _now_it_is_over(policy), ()
    first, *further = runbooks_for(policy, facts.chips)[:MAX_CARDS]
    words, leaving, ending = runbook_facts(policy, first)
    cards = (element for card in further for element in runbook_card(policy, card))
    # Who is told to call the police has the number beneath the words, as a key.
    number = (police(),) if first is Runbook.VIOLENCE else ()
    if first in policy.may_end["staff"]:
        return (FactList(items=(words, leaving, ending)), *number), tuple(cards)
    return (FactList(items=(words, leaving)), *number), (FactList(items=(ending,)), *cards)


def _now_it_is_over(policy: Policy) -> tuple[Element, ...]:
    """Rest, what not to forget, and whom to ask besides us."""
    steps = (say("result.over.rest"), say("result.over.write"), say("result.over.police"))
    police = policy.contacts.get("police_advice")
    if police is None or not police.phone:
        return (Bullets(items=steps),)
    return (Bullets(items=steps), CallLine(label=police.name, phone=police.phone))


def _reasons(policy: Policy, facts: Facts) -> tuple[Element, ...]:
    return (
        Heading(text=say("result.reasons")),
        FactList(items=_elements(policy, facts)),
        *_acts(policy, facts),
        Paragraph(text=say("result.provisional")),
    )


def _elements(policy: Policy, facts: Facts) -> tuple[Fact, ...]:
    """The definition's elements one by one, each that was asked with what was answered."""
    manner: list[Phrase] = [say(f"chip.short.{chip.value}") for chip in sorted(facts.chips)]
    if facts.length:
        manner.append(length_phrase(policy, facts.length))
    if facts.after_stop:
        manner.append(say(f"result.after_stop.{facts.after_stop.value}"))
    effects = [say(f"effects.{e.value}") for e in Effect if e in (facts.effects or ())]
    rows: list[tuple[str, Phrase | None]] = [
        ("demand", say(f"demand.{facts.demand.value}") if facts.demand else None),
        ("means", listed(manner)),
        ("work", listed(effects) if effects else None),
    ]
    return tuple(
        Fact(label=say(f"result.element.{element}"), value=value)
        for element, value in rows
        if value is not None
    )


def length_phrase(policy: Policy, length: Length) -> Phrase:
    """How long or how often, in the company's own figures."""
    limits = policy.thresholds
    values = {
        Length.AMBER_MINUTES: {"minutes": limits.amber_minutes},
        Length.RED_MINUTES: {"minutes": limits.red_minutes},
        Length.SECOND_TIME: {"times": limits.amber_count},
        Length.THIRD_TIME: {"times": limits.red_count},
    }
    return say(f"length.{length.value}", **values.get(length, {}))


def _acts(policy: Policy, facts: Facts) -> tuple[Element, ...]:
    """The acts by the policy's own names. A chip is "one of" its acts; only people fix which."""
    rows = []
    for chip in Chip:
        if chip not in facts.chips:
            continue
        names = Listed(items=tuple(policy.act_name(act.id) for act in policy.active_acts(chip)))
        label = "result.one_of" if len(names.items) > 1 else "result.named"
        rows.append(Fact(label=say(label), value=names))
    heading = Heading(text=say("result.acts", policy=policy.title))
    return (heading, FactList(items=tuple(rows))) if rows else ()


def runbooks_for(policy: Policy, chips: frozenset[Chip]) -> tuple[Runbook, ...]:
    """The cards these acts open, the gravest first, each once."""
    order = sorted(chips, key=lambda chip: (chip not in SEVERE_CHIPS, chip))
    found = (act.runbook for chip in order for act in policy.active_acts(chip))
    return tuple(dict.fromkeys(found))


def _fair_complaint(policy: Policy, assessment: Assessment) -> tuple[Element, ...]:
    """A complaint that may be fair is for the company to fix, and for someone else to take."""
    if assessment.verdict is not Verdict.NOT_CLEAR:
        return ()
    lines: list[Element] = [Paragraph(text=say("result.hand_over"))]
    if policy.promises("in.good_service", "ex.listen"):
        lines.append(Paragraph(text=say("result.service_fix")))
    return tuple(lines)


def _if_injured(facts: Facts) -> tuple[Element, ...]:
    """After violence, or an injury that was named: treatment before anything else."""
    if Chip.VIOLENCE not in facts.chips and not facts.hurt:
        return ()
    return (
        Paragraph(text=say("injury.first"), strong=True),
        CallLine(label=say("injury.ambulance"), phone="119"),
    )


def _injury(facts: Facts) -> tuple[Group, ...]:
    if not facts.severe:
        return ()
    return (
        Group(
            id="injured",
            label=say("result.injury"),
            options=(Option(code="i", label=say("result.injured")),),
            many=True,
        ),
    )


def helplines(policy: Policy) -> tuple[CallLine, ...]:
    """Whom to call, the company's own lines first."""
    return tuple(
        CallLine(label=contact.name, phone=contact.phone)
        for contact in policy.contacts.values()
        if contact.phone
    )


def police() -> CallLine:
    """The police, for whoever may be in danger: before everything else, and large."""
    return CallLine(label=say("help.police"), phone=POLICE, strong=True)


def listening_lines(policy: Policy) -> tuple[CallLine, ...]:
    """Whom to call, those who listen before all others."""
    listen = _listeners(policy)
    return (*listen, *(line for line in helplines(policy) if line not in listen))


def nearest_lines(policy: Policy) -> tuple[CallLine, ...]:
    """The few to call first: lines outside the company, which answer whoever works for it and
    when nobody there does; else its own."""
    outside = _listeners(policy, but=(*_FOR_OTHERS, *_OWN))
    return (outside or _listeners(policy))[:_FEW]


def _listeners(policy: Policy, but: tuple[str, ...] = _FOR_OTHERS) -> tuple[CallLine, ...]:
    return tuple(
        CallLine(label=contact.name, phone=contact.phone)
        for id, contact in policy.contacts.items()
        if contact.phone and len(contact.phone) >= _LONG_NUMBER and id not in but
    )
