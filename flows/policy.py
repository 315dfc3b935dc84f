"""A policy pack: one company's published promise, as data the product acts on.

A pack says what customer harassment means here, which acts it names and how, what the
company promised, how fast, who may end what without asking, and whom to call. A company
edits it; `mamori policy check` says what is wrong with it and how to put it right.
"""

import hashlib
import json
from datetime import date
from difflib import get_close_matches
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from flows.acts import ACTS, ALWAYS_ACTIVE, Act, Chip, Runbook
from flows.aftercare import Aftercare
from flows.clocks import OpenHours, Span, SpanText, Urgency
from flows.commitments import COMMITMENTS, DutyKind
from flows.definition import CRITERIA, DEFINITION_ELEMENTS, FACTS_FIRST, REQUIRED_ELEMENTS
from flows.ladders import Ladder, Role
from flows.phrases import Frozen, Own, Phrase, say


def _known(kind: str, ids: tuple[str, ...]) -> AfterValidator:
    def check(value: str) -> str:
        if value in ids:
            return value
        near = get_close_matches(value, ids, n=1)
        hint = f'; did you mean "{near[0]}"?' if near else f"; known ids: {', '.join(ids)}"
        raise ValueError(f'"{value}" is no {kind} id{hint}')

    return AfterValidator(check)


ElementId = Annotated[str, _known("definition element", DEFINITION_ELEMENTS)]
CriterionId = Annotated[str, _known("criterion", CRITERIA)]
ActId = Annotated[str, _known("act", tuple(ACTS))]
CommitmentId = Annotated[str, _known("commitment", tuple(COMMITMENTS))]


class Tier(StrEnum):
    """How grave the policy itself calls an act."""

    ORDINARY = "ordinary"
    MALICIOUS = "malicious"


class ActWording(Frozen):
    """One act as this company names it, or switched off."""

    on: bool = True
    name: Own | None = None
    """The company's own wording; the product's plain wording stands in."""
    tier: Tier = Tier.ORDINARY


class CommitmentWording(Frozen):
    """One promise as this company words it."""

    name: Own


class Header(Frozen):
    """Who stands behind the policy and since when."""

    established: date | None = None
    owner: Own | None = None
    """The officer answerable for the policy, by office, not by name."""
    signed_by: Own | None = None


class Contact(Frozen):
    """Somebody to call. A pack lists every helper that its promises name."""

    name: Own
    phone: str | None = Field(default=None, pattern=r"^[#+0-9][-0-9 ]{1,19}$")
    note: Own | None = None
    address: Own | None = None


class Thresholds(Frozen):
    """When holding on or coming back turns amber and red: a company's own yardstick.

    No law fixes these figures. A company may only be more protective than the defaults.
    """

    amber_minutes: int = Field(default=30, ge=1, le=30)
    red_minutes: int = Field(default=60, ge=2, le=60)
    amber_count: int = Field(default=2, ge=2, le=2)
    red_count: int = Field(default=3, ge=3, le=3)

    @model_validator(mode="after")
    def _amber_before_red(self) -> Self:
        if self.amber_minutes >= self.red_minutes:
            raise ValueError("amber_minutes must be less than red_minutes")
        return self


DEFAULT_SPANS = {
    DutyKind.CARE: Span(minutes=15),
    DutyKind.SECOND_PERSON: Span(minutes=5),
    DutyKind.FOLLOW_UP: Span(minutes=15),
    DutyKind.NEXT_CONTACT: Span(working_days=1),
    DutyKind.PHYSICIAN: Span(working_days=5),
    DutyKind.EXPERTS: Span(working_days=5),
    DutyKind.LAWYER: Span(working_days=5),
    DutyKind.FACT_CHECK: Span(working_days=5),
    DutyKind.OUTCOME: Span(working_days=5),
    DutyKind.EXTERNAL_RESPONSE: Span(working_days=5),
    DutyKind.RECURRENCE: Span(working_days=20),
    DutyKind.COMMITTEE_REPORT: Span(working_days=20),
}
"""How long each duty may take where a pack does not say. No law fixes these figures."""


class Clocks(Frozen):
    """How soon a case is taken and answered, by urgency."""

    take: dict[Urgency, SpanText]
    answer: dict[Urgency, SpanText]
    duties: dict[DutyKind, SpanText]
    """When each further duty falls due, from the filing; `DEFAULT_SPANS` stand in."""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        for name, table in (("take", self.take), ("answer", self.answer)):
            missing = [u for u in Urgency if u not in table]
            if missing:
                raise ValueError(f"{name} has no time for {', '.join(missing)}")
        return self

    def span(self, kind: DutyKind) -> Span:
        """How long a duty of this kind may take."""
        return self.duties.get(kind, DEFAULT_SPANS[kind])


class Ladders(Frozen):
    """Who is asked next when nobody answers, for each duty that cannot wait."""

    take: Ladder
    care: Ladder
    desk_care: Ladder
    """For care that the desk gives itself, where the site may not know."""
    second_person: Ladder
    help: Ladder
    desk: Ladder
    """For every duty that the desk owes by a day."""
    follow_up: Ladder
    """For speaking with somebody for whom it got worse."""


class Retention(Frozen):
    """How many days a case is kept once it has ended, before every byte of it is deleted.

    No law of Japan fixes these figures. Five years cover the longest duty to keep records that
    we know of (California, LC 6401.9); a lodging house keeps its refusals for three.
    """

    closed_days: int = Field(default=1825, ge=30, le=3650)
    withdrawn_days: int = Field(default=90, ge=30, le=3650)
    help_days: int = Field(default=365, ge=30, le=3650)
    """Calls for help, from the day on which they were over."""


class Spot(Frozen):
    """A place inside a site that can be named with one tap."""

    id: str = Field(pattern=r"^[a-z0-9]{1,8}$")
    name: Own


class Location(Frozen):
    """A kind of workplace: its spots and its house rules."""

    name: Own
    spots: tuple[Spot, ...] = Field(default=(), max_length=8)
    house_rules: tuple[Own, ...] = ()


class RunbookWording(Frozen):
    """A company's own card for one type of act; what it leaves out stays the product's."""

    say: Own | None = None
    step_back: Own | None = None


class Policy(Frozen):
    """The whole pack. `digest` pins its wording to every conversation and case."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]{1,31}$")
    company: Own
    title: Own
    introduction: Own
    header: Header = Header()
    definition: dict[ElementId, Own]
    criteria: dict[CriterionId, Own] = Field(default_factory=dict)
    acts: dict[ActId, ActWording]
    per_se: tuple[ActId, ...] = ()
    """Acts over the line even if the demand is fair."""
    commitments: dict[CommitmentId, CommitmentWording]
    thresholds: Thresholds = Thresholds()
    clocks: Clocks
    ladders: Ladders
    aftercare: Aftercare = Aftercare()
    retention: Retention = Retention()
    desk_hours: OpenHours
    contacts: dict[str, Contact]
    locations: dict[str, Location]
    may_end: dict[str, tuple[Runbook, ...]]
    """Role, or "staff" for everybody: the types of act they may end without asking."""
    runbooks: dict[Runbook, RunbookWording] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        problems = [
            *self._missing_elements(),
            *self._missing_acts(),
            *self._missing_settings(),
            *self._given_up_too_soon(),
        ]
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def _given_up_too_soon(self) -> list[str]:
        """Whoever is to be spoken with is asked for more than once, and is not erased before."""
        problems = []
        if not self.ladders.follow_up.repeats:
            problems.append("ladders: follow_up must have repeats 1 or more; it may be a life")
        least = max(self.aftercare.check_in_days) + self.aftercare.answer_days + 1
        if self.retention.withdrawn_days < least:
            problems.append(
                f"retention: withdrawn_days must be {least} or more; for so long the desk is asked"
                " to speak with who took a report back in danger"
            )
        return problems

    def _missing_elements(self) -> list[str]:
        return [
            f"definition: {element} is missing; say in one sentence what your policy means by it"
            for element in REQUIRED_ELEMENTS
            if element not in self.definition
        ]

    def _missing_acts(self) -> list[str]:
        problems = []
        if not self.is_active(ALWAYS_ACTIVE):
            problems.append(
                f"acts: {ALWAYS_ACTIVE} must stay on; a consultation desk also takes unclear cases"
            )
        off = [act for act in self.per_se if not self.is_active(act)]
        if off:
            problems.append(f"per_se: {', '.join(off)} not switched on under acts")
        return problems

    def _missing_settings(self) -> list[str]:
        problems = [
            f"contacts: {id} promises a helper; add contacts.{COMMITMENTS[id].contact}"
            for id in self.commitments
            if COMMITMENTS[id].contact and COMMITMENTS[id].contact not in self.contacts
        ]
        if "desk" not in self.contacts:
            problems.append("contacts: add contacts.desk, the desk people can call")
        if "in.owner" in self.commitments and self.header.owner is None:
            problems.append("header: in.owner promises a responsible officer; add header.owner")
        if "staff" not in self.may_end:
            problems.append("may_end: add staff, even if the list is empty")
        unknown = set(self.may_end) - {"staff", *Role}
        if unknown:
            problems.append(f"may_end: unknown role {', '.join(sorted(unknown))}")
        if not self.locations:
            problems.append("locations: add at least one kind of workplace")
        return problems

    def is_active(self, act_id: str) -> bool:
        """Whether this policy names the act and has it switched on."""
        wording = self.acts.get(act_id)
        return wording is not None and wording.on

    def active_acts(self, chip: Chip) -> tuple[Act, ...]:
        """The acts of this policy behind one chip, in the vocabulary's order."""
        return tuple(act for act in ACTS.values() if act.chip is chip and self.is_active(act.id))

    def shown_chips(self) -> tuple[Chip, ...]:
        """The chips with at least one active act; "other" is always among them."""
        return tuple(chip for chip in Chip if self.active_acts(chip))

    def act_name(self, act_id: str) -> Phrase:
        """The act by this policy's name for it, or by the product's plain name."""
        wording = self.acts.get(act_id)
        return wording.name if wording and wording.name else say(f"act.{act_id}")

    def is_malicious(self, act_id: str) -> bool:
        """Whether the policy puts the act into its graver tier."""
        return self.acts[act_id].tier is Tier.MALICIOUS

    def is_per_se(self, chip: Chip) -> bool:
        """Whether the chip holds an act that is over the line even if the demand is fair."""
        return any(act.id in self.per_se for act in self.active_acts(chip))

    def promises(self, *ids: str) -> bool:
        """Whether the policy makes any of these commitments."""
        return any(id in self.commitments for id in ids)

    def facts_first(self) -> bool:
        """Whether the policy promises to check facts, own fault included, before judging."""
        return FACTS_FIRST in self.criteria

    def digest(self) -> str:
        """Sixteen hex digits that change with any word of the pack."""
        canonical = json.dumps(self.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(canonical.encode()).hexdigest()[:16]
