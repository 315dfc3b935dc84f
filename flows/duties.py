"""Which duties a case is born with: the published policy, made concrete.

Four duties stand on every report whatever the pack says, because the law asks for them:
somebody takes it, the person is cared for, nobody stays alone with the customer, and the
reporter is answered. The pack's commitments add the rest.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from flows.assessment import Safety
from flows.clocks import Urgency
from flows.commitments import COMMITMENTS, DutyKind
from flows.ladders import Ladder, Role, Step
from flows.outcomes import Report
from flows.phrases import Frozen
from flows.policy import Policy


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
    channel_roles: frozenset[Role],
    now: datetime,
) -> tuple[DutySpec, ...]:
    """The duties of a report that becomes the desk's at `now`."""
    hours, clocks = policy.desk_hours, policy.clocks
    owner = Owner.SITE if site_may_hear(report, channel_roles) else Owner.DESK
    take_due = hours.due(now, clocks.take[urgency])
    desk_ladder = without(policy.ladders.desk, report.excluded)
    specs = [
        DutySpec(
            kind=DutyKind.TAKE,
            owner=Owner.DESK,
            due_at=take_due,
            ladder=without(policy.ladders.take, report.excluded),
        ),
        DutySpec(
            kind=DutyKind.REPLY,
            owner=Owner.DESK,
            due_at=hours.due(now, clocks.answer[urgency]),
            ladder=desk_ladder,
        ),
        care(policy, owner, now, report.excluded),
        _second_person(policy, report, owner, now),
    ]
    born = {spec.kind for spec in specs}
    for kind in _promised(policy):
        if kind not in born:
            due = hours.due(now, clocks.duties[kind])
            specs.append(DutySpec(kind=kind, owner=Owner.DESK, due_at=due, ladder=desk_ladder))
    return tuple(specs)


def _promised(policy: Policy) -> tuple[DutyKind, ...]:
    """The further duties of this pack, each once, in the order of the vocabulary."""
    kinds = [kind for id in COMMITMENTS if policy.promises(id) for kind in COMMITMENTS[id].duties]
    if policy.facts_first():
        kinds.append(DutyKind.FACT_CHECK)
    return tuple(dict.fromkeys(kinds))


def care(policy: Policy, owner: Owner, now: datetime, excluded: Iterable[Role] = ()) -> DutySpec:
    """Care first. The desk owes it itself where the site may not know."""
    due = policy.desk_hours.due(now, policy.clocks.duties[DutyKind.CARE])
    ladder = policy.ladders.care if owner is Owner.SITE else policy.ladders.desk
    return DutySpec(kind=DutyKind.CARE, owner=owner, due_at=due, ladder=without(ladder, excluded))


def _second_person(policy: Policy, report: Report, owner: Owner, now: datetime) -> DutySpec:
    """A duty of now while it goes on; afterwards the desk plans it for the next contact."""
    if report.safety is Safety.ONGOING and owner is Owner.SITE:
        return not_alone(policy, policy.ladders.second_person, now, report.excluded)
    due = policy.desk_hours.due(now, policy.clocks.answer[Urgency.U3])
    ladder = without(policy.ladders.desk, report.excluded)
    return DutySpec(kind=DutyKind.SECOND_PERSON, owner=Owner.DESK, due_at=due, ladder=ladder)


def not_alone(
    policy: Policy, ladder: Ladder, now: datetime, excluded: Iterable[Role] = ()
) -> DutySpec:
    """Two different people, now. Minutes here ignore every opening hour."""
    minutes = policy.clocks.duties[DutyKind.SECOND_PERSON].minutes or 5
    return DutySpec(
        kind=DutyKind.SECOND_PERSON,
        owner=Owner.SITE,
        due_at=now + timedelta(minutes=minutes),
        ladder=without(ladder, excluded),
    )


def without(ladder: Ladder, excluded: Iterable[Role]) -> Ladder:
    """The ladder less the excluded roles. A rung left empty is passed over at once."""
    gone = frozenset(excluded)
    if not gone:
        return ladder
    steps = [
        step.model_copy(update={"roles": tuple(role for role in step.roles if role not in gone)})
        for step in ladder.steps
    ]
    kept = [step for step in steps if step.roles]
    if not kept:
        return ladder.model_copy(update={"steps": (_desk_instead(ladder),)})
    first = kept[0].model_copy(update={"after_minutes": 0, "base": "start"})
    return ladder.model_copy(update={"steps": (first, *kept[1:])})


def _desk_instead(ladder: Ladder) -> Step:
    """Everybody on the ladder is excluded: the desk is asked at once."""
    return ladder.steps[0].model_copy(
        update={"after_minutes": 0, "base": "start", "roles": (Role.DESK,)}
    )
