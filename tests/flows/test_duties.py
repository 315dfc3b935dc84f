"""Which duties a report is born with, whose they are, and who is never asked."""

from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any

import pytest

from bot.packs import builtin_pack, builtin_pack_ids
from flows.acts import Chip
from flows.assessment import Safety
from flows.clocks import Urgency
from flows.commitments import COMMITMENTS, FACTS_FIRST, DutyKind
from flows.duties import (
    DutySpec,
    Owner,
    care,
    duties_for_report,
    not_alone,
    site_may_hear,
    without,
)
from flows.ladders import Role
from flows.outcomes import Report, Visibility
from flows.policy import Policy

NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
PACKS = {id: builtin_pack(id) for id in builtin_pack_ids()}
STANDARD = PACKS["standard"]
CHANNEL = frozenset({Role.MANAGER, Role.DEPUTY, Role.AREA, Role.HQ})
EVERY_PACK = pytest.mark.parametrize("policy", PACKS.values(), ids=list(PACKS))
ALWAYS = {DutyKind.TAKE, DutyKind.REPLY, DutyKind.CARE, DutyKind.SECOND_PERSON}


def report(**changes: Any) -> Report:
    given: dict[str, Any] = {
        "site_id": "store",
        "safety": Safety.OVER,
        "chips": (Chip.ABUSE,),
        "effects": None,
        "demand": None,
        "length": None,
        "after_stop": None,
        "injured": False,
        "per_se": (),
        "visibility": Visibility.NAMED,
        "site_may_know": True,
    }
    return Report(**{**given, **changes})


def born(
    policy: Policy = STANDARD, urgency: Urgency = Urgency.U3, **changes: Any
) -> dict[DutyKind, DutySpec]:
    specs = duties_for_report(policy, report(**changes), urgency, CHANNEL, NOW)
    assert len({spec.kind for spec in specs}) == len(specs)
    return {spec.kind: spec for spec in specs}


@EVERY_PACK
def test_four_duties_stand_on_every_report(policy: Policy) -> None:
    assert set(born(policy)) >= ALWAYS


@EVERY_PACK
def test_every_promise_of_a_policy_becomes_its_duties_and_nothing_else_does(
    policy: Policy,
) -> None:
    promised = {kind for id in policy.commitments for kind in COMMITMENTS[id].duties}
    if FACTS_FIRST in policy.criteria:
        promised.add(DutyKind.FACT_CHECK)
    assert set(born(policy)) == ALWAYS | promised


@EVERY_PACK
@pytest.mark.parametrize("urgency", Urgency)
def test_every_duty_falls_due_later_and_sooner_for_the_more_urgent(
    policy: Policy, urgency: Urgency
) -> None:
    duties = born(policy, urgency)
    assert all(spec.due_at > NOW for spec in duties.values())
    assert duties[DutyKind.TAKE].due_at <= born(policy, Urgency.U4)[DutyKind.TAKE].due_at


def test_the_standard_clocks_are_the_ones_that_were_promised() -> None:
    def due(urgency: Urgency, kind: DutyKind) -> timedelta:
        return born(urgency=urgency)[kind].due_at - NOW

    minutes = timedelta(minutes=1)
    assert due(Urgency.U0, DutyKind.TAKE) == 3 * minutes
    assert due(Urgency.U1, DutyKind.TAKE) == 15 * minutes
    assert due(Urgency.U1, DutyKind.REPLY) == 120 * minutes
    assert due(Urgency.U2, DutyKind.TAKE) == 120 * minutes
    assert due(Urgency.U2, DutyKind.REPLY) == timedelta(hours=8), "the end of the desk's day"
    assert due(Urgency.U3, DutyKind.TAKE) == timedelta(hours=32), "the end of the next day"
    assert due(Urgency.U4, DutyKind.REPLY) == timedelta(days=3, hours=8)


def test_every_duty_has_somebody_who_is_asked_when_it_falls_due() -> None:
    for kind, spec in born(safety=Safety.ONGOING).items():
        rungs = [(step.base, step.roles) for step in spec.ladder.steps]
        assert len(rungs) > 1, kind
        if spec.owner is Owner.DESK and kind is not DutyKind.TAKE:
            assert ("due", (Role.DESK,)) in rungs, kind


def test_while_it_goes_on_a_second_person_is_wanted_at_the_site_within_minutes() -> None:
    now = born(safety=Safety.ONGOING)[DutyKind.SECOND_PERSON]
    assert (now.owner, now.due_at) == (Owner.SITE, NOW + timedelta(minutes=5))
    assert now.ladder.quorum == 2
    later = born(safety=Safety.OVER)[DutyKind.SECOND_PERSON]
    assert (later.owner, later.ladder) == (Owner.DESK, STANDARD.ladders.desk)


@pytest.mark.parametrize("safety", [Safety.ONGOING, Safety.OVER])
def test_where_the_site_may_not_know_everything_is_the_desks(safety: Safety) -> None:
    for changes in ({"site_may_know": False}, {"excluded": (Role.MANAGER,)}):
        duties = born(safety=safety, **changes)
        assert {spec.owner for spec in duties.values()} == {Owner.DESK}
        roles = {role for step in duties[DutyKind.CARE].ladder.steps for role in step.roles}
        assert roles == {Role.DESK, Role.DESK_LEAD}


def test_the_site_hears_only_with_consent_and_with_nobody_kept_out_among_its_readers() -> None:
    assert site_may_hear(report(), CHANNEL)
    assert not site_may_hear(report(site_may_know=False), CHANNEL)
    for role in CHANNEL:
        assert not site_may_hear(report(excluded=(role,)), CHANNEL)
    assert site_may_hear(report(excluded=(Role.HQ,)), CHANNEL - {Role.HQ})


EXCLUDED = [some for size in range(5) for some in combinations(sorted(CHANNEL), size)]


@EVERY_PACK
@pytest.mark.parametrize("excluded", EXCLUDED, ids="+".join)
def test_nobody_kept_out_stands_on_any_ladder(policy: Policy, excluded: tuple[Role, ...]) -> None:
    ladders = policy.ladders
    for ladder in (ladders.take, ladders.care, ladders.second_person, ladders.help):
        shorter = without(ladder, excluded)
        roles = [role for step in shorter.steps for role in step.roles]
        assert roles and not set(roles) & set(excluded)
        again = type(ladder).model_validate_json(shorter.model_dump_json())
        assert again == shorter, "what was shortened is still a ladder that can be read"
        assert shorter.step_due(0, NOW, NOW) == NOW, "somebody is asked at once"


@pytest.mark.parametrize("excluded", EXCLUDED, ids="+".join)
def test_those_who_stay_are_asked_no_later_than_before(excluded: tuple[Role, ...]) -> None:
    ladder = STANDARD.ladders.second_person
    shorter = without(ladder, excluded)

    def asked_after(steps: Any) -> dict[Role, int]:
        return {role: step.after_minutes for step in steps for role in step.roles}

    before, after = asked_after(ladder.steps), asked_after(shorter.steps)
    for role, minutes in after.items():
        assert minutes <= before.get(role, 0)
    assert set(after) >= set(before) - set(excluded)


def test_where_nobody_is_kept_out_the_ladder_is_as_it_was() -> None:
    assert without(STANDARD.ladders.care, ()) == STANDARD.ladders.care


def test_where_everybody_is_kept_out_the_desk_is_asked_at_once() -> None:
    ladder = without(STANDARD.ladders.second_person, CHANNEL)
    (step,) = ladder.steps
    assert (step.roles, step.after_minutes, step.base) == ((Role.DESK,), 0, "start")


def test_minutes_for_a_second_person_run_at_any_hour() -> None:
    night = datetime(2026, 11, 21, 18, 0, tzinfo=UTC)
    spec = not_alone(STANDARD, STANDARD.ladders.help, night)
    assert spec.due_at == night + timedelta(minutes=5)


def test_care_climbs_among_the_desk_or_among_the_sites_managers() -> None:
    assert care(STANDARD, Owner.DESK, NOW).ladder == STANDARD.ladders.desk
    at_site = care(STANDARD, Owner.SITE, NOW, [Role.MANAGER])
    assert all(Role.MANAGER not in step.roles for step in at_site.ladder.steps)
