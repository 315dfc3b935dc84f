"""Which duties a case is born with: the published policy, made concrete.

Seven duties stand on every report whatever the pack says, because the law asks for them:
somebody takes it, the person is cared for, nobody meets the customer alone, the reporter is
answered, is told what came of it, and is asked later whether anything got worse for them since;
and something keeps it from happening again. The pack's commitments add the rest.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from flows.acts import SEVERE_CHIPS, Chip
from flows.aftercare import Aftercare
from flows.assessment import Safety
from flows.clocks import OpenHours, Span, Urgency
from flows.commitments import COMMITMENTS, DutyKind, ResponseStep
from flows.ladders import Ladder, Role, Side
from flows.outcomes import Report, Visibility
from flows.phrases import Frozen
from flows.policy import Policy

DOCTOR = "doctor"
"""A reporter's wish that calls for somebody, and is more than a line in the details."""


class Owner(StrEnum):
    """Whose channel is asked first."""

    DESK = "desk"
    SITE = "site"


class DutySpec(Frozen):
    """A duty to be born: who owes it, by when, and who is asked if nobody answers."""

    kind: DutyKind
    owner: Owner
    due_at: datetime
    ladder: Ladder
    part: int = 0
    at_once_up_to: int = 0
    """The last rung that is asked as it is born: those up to it had been asked before."""


class Place(Frozen):
    """What a site brings to its duties: its channel's readers, its hours, its zone."""

    channel_roles: frozenset[Role] = frozenset()
    shut: bool = False
    """Somebody whom the reporter kept out by name reads its channel."""
    zone: str
    hours: OpenHours | None = None
    """None: the site never closes."""

    def holding(self, policy: Policy) -> dict[Side, OpenHours]:
        """The hours that hold a ladder of this site's cases."""
        desk = {Side.DESK: policy.desk_hours}
        return desk if self.hours is None else {**desk, Side.SITE: self.hours}


ASKED_KINDS = (DutyKind.CHECK_IN, DutyKind.NO_REPRISAL_CHECK)
"""Duties that are a question to the employee on a day."""

_ALWAYS = (
    DutyKind.TAKE,
    DutyKind.CARE,
    DutyKind.SECOND_PERSON,
    DutyKind.NEXT_CONTACT,
    DutyKind.REPLY,
    DutyKind.OUTCOME,
    DutyKind.RECURRENCE,
    *ASKED_KINDS,
)


def site_may_hear(report: Report, channel_roles: frozenset[Role]) -> bool:
    """Whether the site's channel may get anything about this report.

    It needs the reporter's consent, and a channel that holds an excluded person gets
    nothing at all.
    """
    return report.site_may_know and not channel_roles & frozenset(report.excluded)


def duties_for_report(
    policy: Policy,
    report: Report,
    urgency: Urgency,
    place: Place,
    now: datetime,
    *,
    past: bool = False,
) -> tuple[DutySpec, ...]:
    """The duties of a report that becomes the desk's at `now`.

    `past`: what went on when it was written does no more. Their ladders stand in the clear:
    whoever is kept out is left out when people are asked.
    """
    heard = site_may_hear(report, place.channel_roles) and not place.shut
    owner = Owner.SITE if heard else Owner.DESK
    # Only the desk has the name: were the site to look after people, its card would have to show
    # whether the one who reported was among them.
    carer = Owner.DESK if report.visibility is Visibility.DESK_ONLY else owner
    return (
        take(policy, urgency, place, now),
        reply(policy, urgency, place, now),
        by_a_day(policy, DutyKind.OUTCOME, place, now),
        by_a_day(policy, DutyKind.RECURRENCE, place, now),
        care(policy, carer, place, now),
        _not_alone(policy, report, owner, place, now, past=past),
        *(by_a_day(policy, kind, place, now) for kind in _promised(policy, report)),
        *_aftercare(policy, policy.aftercare, place, now),
    )


def take(policy: Policy, urgency: Urgency, place: Place, now: datetime) -> DutySpec:
    """Somebody at the desk puts their name to it. In danger no opening hour counts."""
    span, ladder = policy.clocks.take[urgency], policy.ladders.take
    if urgency is Urgency.U0:
        due, ladder = now + timedelta(minutes=span.minutes), ladder.at_once()
    else:
        due = policy.desk_hours.due(now, span)
    return DutySpec(
        kind=DutyKind.TAKE,
        owner=Owner.DESK,
        due_at=due,
        ladder=ladder.held_by(place.holding(policy)).promising(span),
    )


def reply(policy: Policy, urgency: Urgency, place: Place, now: datetime, part: int = 0) -> DutySpec:
    """The answer that the reporter was promised."""
    span = policy.clocks.answer[urgency]
    return by_a_day(policy, DutyKind.REPLY, place, now, span=span, part=part)


def by_a_day(
    policy: Policy,
    kind: DutyKind,
    place: Place,
    now: datetime,
    *,
    span: Span | None = None,
    part: int = 0,
) -> DutySpec:
    """What the desk owes by a day."""
    span = span or policy.clocks.span(kind)
    return DutySpec(
        kind=kind,
        owner=Owner.DESK,
        due_at=policy.desk_hours.due(now, span),
        ladder=policy.ladders.desk.held_by(place.holding(policy)).promising(span),
        part=part,
    )


def follow_up(
    policy: Policy, place: Place, now: datetime, part: int, *, danger: bool = False
) -> DutySpec:
    """The desk speaks with the person now: it got worse, or they asked for it.

    A hint that somebody may hurt themselves waits for no opening hour.
    """
    ladder, span = policy.ladders.follow_up, policy.clocks.span(DutyKind.FOLLOW_UP)
    if danger:
        due, ladder = now + timedelta(minutes=span.minutes), ladder.at_once()
    else:
        due = policy.desk_hours.due(now, span)
    return DutySpec(
        kind=DutyKind.FOLLOW_UP,
        owner=Owner.DESK,
        due_at=due,
        ladder=ladder.held_by(place.holding(policy)).promising(span),
        part=part,
    )


def due_anew(
    policy: Policy, kind: DutyKind, owner: Owner, urgency: Urgency, place: Place, now: datetime
) -> datetime:
    """By when something is due that is promised once more, as if it were for the first time."""
    match kind:
        case DutyKind.TAKE:
            spec = take(policy, urgency, place, now)
        case DutyKind.REPLY:
            spec = reply(policy, urgency, place, now)
        case DutyKind.CARE:
            spec = care(policy, owner, place, now)
        case DutyKind.SECOND_PERSON:
            spec = second_person(policy, policy.ladders.second_person, now)
        case DutyKind.FOLLOW_UP:
            spec = follow_up(policy, place, now, 0)
        case _:
            spec = by_a_day(policy, kind, place, now)
    return spec.due_at


def _promised(policy: Policy, report: Report) -> tuple[DutyKind, ...]:
    """The further duties of this pack on this report, each once, in the vocabulary's order."""
    kinds = [kind for id in COMMITMENTS if policy.promises(id) for kind in COMMITMENTS[id].duties]
    if policy.facts_first():
        kinds.append(DutyKind.FACT_CHECK)
    return tuple(
        kind for kind in dict.fromkeys(kinds) if kind not in _ALWAYS and _called_for(kind, report)
    )


def _called_for(kind: DutyKind, report: Report) -> bool:
    """A helper from outside is owed where the report calls for one; the rest always."""
    severe = bool(SEVERE_CHIPS & set(report.chips))
    if kind is DutyKind.PHYSICIAN:
        return DOCTOR in report.wishes or report.facts().hurt
    if kind is DutyKind.EXPERTS:
        return severe
    if kind is DutyKind.LAWYER:
        return severe or Chip.EXPOSURE in report.chips
    return True


def care(policy: Policy, owner: Owner, place: Place, now: datetime) -> DutySpec:
    """Care first. The desk owes it itself where the site may not know, or not who it was."""
    span = policy.clocks.span(DutyKind.CARE)
    at_site = owner is Owner.SITE
    hours = place.hours if at_site else policy.desk_hours
    due = hours.due(now, span) if hours else now + timedelta(minutes=span.minutes)
    ladder = policy.ladders.care if at_site else policy.ladders.desk_care
    return DutySpec(
        kind=DutyKind.CARE,
        owner=owner,
        due_at=due,
        ladder=ladder.held_by(place.holding(policy)).promising(span),
    )


def _not_alone(
    policy: Policy, report: Report, owner: Owner, place: Place, now: datetime, *, past: bool
) -> DutySpec:
    """A duty of now while it goes on; afterwards the desk plans it for the next contact."""
    if report.safety is Safety.ONGOING and owner is Owner.SITE and not past:
        return second_person(policy, policy.ladders.second_person, now)
    return next_contact(policy, place, now)


def next_contact(policy: Policy, place: Place, now: datetime, part: int = 0) -> DutySpec:
    """Nobody meets this customer alone the next time either: the desk plans how."""
    return by_a_day(policy, DutyKind.NEXT_CONTACT, place, now, part=part)


def second_person(policy: Policy, ladder: Ladder, now: datetime) -> DutySpec:
    """Two different people, now. Minutes here ignore every opening hour."""
    span = policy.clocks.span(DutyKind.SECOND_PERSON)
    return DutySpec(
        kind=DutyKind.SECOND_PERSON,
        owner=Owner.SITE,
        due_at=now + timedelta(minutes=span.minutes),
        ladder=ladder.at_once().promising(span),
    )


def _aftercare(
    policy: Policy, aftercare: Aftercare, place: Place, now: datetime
) -> Iterable[DutySpec]:
    """The questions of the coming days: how they are, and whether anything got worse since."""
    for kind in ASKED_KINDS:
        for day in aftercare.days(kind):
            yield DutySpec(
                kind=kind,
                owner=Owner.DESK,
                due_at=aftercare.asked_at(now, day, place.zone),
                ladder=policy.ladders.desk,
                part=day,
            )


def response_steps(policy: Policy) -> tuple[ResponseStep, ...]:
    """The steps towards the customer that this policy announces; a warning and none always."""
    promised = {step for id in COMMITMENTS if policy.promises(id) for step in COMMITMENTS[id].steps}
    always = {ResponseStep.WARN, ResponseStep.NONE}
    return tuple(step for step in ResponseStep if step in promised | always)
