"""The acts a policy names, the chips that ask for them, and the runbook each one opens.

Ids are the product's vocabulary: a company switches each act on or off and words it its
own way, but never invents an id. Sources are the five published policies, and for the
reserved ids the guideline and manuals behind the law.
"""

from dataclasses import dataclass
from enum import StrEnum


class Chip(StrEnum):
    """One answer to "what did they do?": a set of acts, in words a shaken person can tap."""

    VIOLENCE = "a"
    THREAT = "b"
    ABUSE = "c"
    DISCRIMINATION = "d"
    SEXUAL = "e"
    HOLDING = "f"
    HUMILIATION = "g"
    EXPOSURE = "h"
    REACH = "i"
    DEMAND = "j"
    OTHER = "k"


SEVERE_CHIPS = frozenset({Chip.VIOLENCE, Chip.THREAT, Chip.DISCRIMINATION, Chip.SEXUAL})
"""One such act, once, is enough for the strongest result."""


class Runbook(StrEnum):
    """How to answer a type of act: the ministry's nine reply types and three of our own."""

    VIOLENCE = "violence"
    THREAT = "threat"
    VERBAL = "verbal"
    DISCRIMINATION = "discrimination"
    SEXUAL = "sexual"
    RESTRAINT = "restraint"
    REPEAT = "repeat"
    AUTHORITY = "authority"
    OFF_PREMISES = "off_premises"
    ONLINE = "online"
    DEMAND = "demand"
    OTHER = "other"


@dataclass(frozen=True)
class Act:
    """One act id, where the checklist asks for it, and the card that answers it."""

    id: str
    chip: Chip | None
    """None: the act is an effect on the work, asked as "how did it affect the work?"."""
    runbook: Runbook
    reserved: bool = False
    """Named by the law or the manuals, not by any of the five published policies."""


def _acts(chip: Chip | None, runbook: Runbook, *ids: str, reserved: bool = False) -> list[Act]:
    return [Act(id, chip, runbook, reserved) for id in ids]


_ALL = [
    *_acts(
        Chip.VIOLENCE,
        Runbook.VIOLENCE,
        "physical.assault",
        "physical.injury",
        "physical.property_damage",
        "place.confinement",
    ),
    *_acts(
        Chip.VIOLENCE,
        Runbook.VIOLENCE,
        "physical.throw",
        "physical.bump",
        "physical.spit",
        "physical.approach",
        reserved=True,
    ),
    *_acts(Chip.THREAT, Runbook.THREAT, "threat.intimidation"),
    *_acts(
        Chip.THREAT,
        Runbook.THREAT,
        "threat.property",
        "threat.post_online",
        "threat.gang_hint",
        reserved=True,
    ),
    *_acts(
        Chip.ABUSE,
        Runbook.VERBAL,
        "verbal.abuse",
        "verbal.loud_voice",
        "verbal.insult",
        "verbal.deny_personhood",
        "verbal.defamation",
    ),
    *_acts(Chip.ABUSE, Runbook.VERBAL, "person.targeted", reserved=True),
    *_acts(Chip.DISCRIMINATION, Runbook.DISCRIMINATION, "discrimination.any"),
    *_acts(Chip.DISCRIMINATION, Runbook.DISCRIMINATION, "verbal.sogi", reserved=True),
    *_acts(
        Chip.SEXUAL,
        Runbook.SEXUAL,
        "sexual.any",
        "sexual.contact",
        "sexual.stalking",
        "sexual.ambush",
        "sexual.voyeurism",
    ),
    *_acts(
        Chip.HOLDING,
        Runbook.RESTRAINT,
        "time.prolonged_restraint",
        "time.after_hours_restraint",
        "time.calls_obstruct",
        "place.refuse_leave",
    ),
    *_acts(Chip.HOLDING, Runbook.REPEAT, "repeat.same", "repeat.insistent"),
    *_acts(Chip.HOLDING, Runbook.REPEAT, "repeat.pointless_questions", reserved=True),
    *_acts(
        Chip.HUMILIATION,
        Runbook.AUTHORITY,
        "coercion.dogeza",
        "coercion.apology",
        "coercion.punish_staff",
    ),
    *_acts(Chip.HUMILIATION, Runbook.AUTHORITY, "authority.written_apology", reserved=True),
    *_acts(
        Chip.EXPOSURE,
        Runbook.ONLINE,
        "privacy.infringe",
        "privacy.record_no_consent",
        "privacy.disclose",
        "online.defamation",
    ),
    *_acts(
        Chip.REACH,
        Runbook.OFF_PREMISES,
        "demand.face_to_face",
        "demand.after_hours",
        "place.summons",
    ),
    *_acts(
        Chip.DEMAND,
        Runbook.DEMAND,
        "demand.excessive",
        "demand.no_fault",
        "demand.unrelated",
        "demand.beyond_terms",
        "demand.not_offered",
        "demand.exchange",
        "demand.money",
    ),
    *_acts(
        Chip.DEMAND,
        Runbook.DEMAND,
        "demand.price_cut",
        "authority.privilege",
        reserved=True,
    ),
    *_acts(Chip.OTHER, Runbook.OTHER, "other.unlisted", "business.credibility"),
    *_acts(None, Runbook.RESTRAINT, "business.obstruct", "others.trouble"),
]

ACTS: dict[str, Act] = {act.id: act for act in _ALL}
"""Every act by id, in the order a policy lists them."""

ALWAYS_ACTIVE = "other.unlisted"
"""No policy's list is exhaustive and a desk must take unclear cases, so this one stays on."""
