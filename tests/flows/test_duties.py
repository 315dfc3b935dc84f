"""Which duties a report is born with, whose they are, and who is never asked."""

from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any

import pytest

from bot.packs import builtin_pack, builtin_pack_ids
from flows.acts import Chip
from flows.assessment import Safety
from flows.clocks import Urgency
from flows.commitments import COMMITMENTS, DutyKind
from flows.definition import FACTS_FIRST
from flows.duties import (
    ASKED_KINDS,
    DutySpec,
    Owner,
    Place,
    care,
    duties_for_report,
    follow_up,
    response_steps,
    second_person,
    site_may_hear,
    take,
)
from flows.ladders import Role, Side, Step
from flows.outcomes import Report, Visibility
from flows.policy import Policy

NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
PACKS = {id: builtin_pack(id) for id in builtin_pack_ids()}
STANDARD = PACKS["standard"]
CHANNEL = frozenset({Role.MANAGER, Role.DEPUTY, Role.AREA, Role.HQ})
EVERY_PACK = pytest.mark.parametrize("policy", PACKS.values(), ids=list(PACKS))
PLACE = Place(channel_roles=CHANNEL, zone="Asia/Tokyo")
ALWAYS = {
    *(DutyKind.TAKE, DutyKind.REPLY, DutyKind.CARE, DutyKind.NEXT_CONTACT),
    *(DutyKind.OUTCOME, DutyKind.RECURRENCE, DutyKind.CHECK_IN, DutyKind.NO_REPRISAL_CHECK),
}
ON_CALL = {DutyKind.PHYSICIAN, DutyKind.EXPERTS, DutyKind.LAWYER}
"""Owed only where the report calls for them."""


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
    specs = duties_for_report(policy, report(**changes), urgency, PLACE, NOW)
    assert len({(spec.kind, spec.part) for spec in specs}) == len(specs)
    return {spec.kind: spec for spec in reversed(specs)}


@EVERY_PACK
def test_seven_duties_and_the_check_ins_stand_on_every_report(policy: Policy) -> None:
    silent = policy.model_copy(update={"commitments": {}, "criteria": {}})
    assert set(born(silent)) == ALWAYS
    assert set(born(policy)) >= ALWAYS


@EVERY_PACK
def test_every_promise_of_a_policy_becomes_its_duties_and_nothing_else_does(
    policy: Policy,
) -> None:
    promised = {kind for id in policy.commitments for kind in COMMITMENTS[id].duties}
    if FACTS_FIRST in policy.criteria:
        promised.add(DutyKind.FACT_CHECK)
    promised -= {DutyKind.SECOND_PERSON}  # of now only: see below
    assert set(born(policy)) == ALWAYS | (promised - ON_CALL)
    for_all = born(policy, chips=(Chip.VIOLENCE,), wishes=("doctor",))
    assert set(for_all) == ALWAYS | promised


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
        if spec.owner is Owner.DESK and kind is not DutyKind.TAKE and kind not in ASKED_KINDS:
            assert ("due", (Role.DESK,)) in rungs, kind


def test_while_it_goes_on_a_second_person_is_wanted_at_the_site_within_minutes() -> None:
    now = born(safety=Safety.ONGOING)[DutyKind.SECOND_PERSON]
    assert (now.owner, now.due_at) == (Owner.SITE, NOW + timedelta(minutes=5))
    assert now.ladder.quorum == 2
    assert now.ladder.hours == {} and not now.ladder.quiet_hours, "danger waits for nobody's hours"
    over = born(safety=Safety.OVER)
    assert DutyKind.SECOND_PERSON not in over
    assert over[DutyKind.NEXT_CONTACT].owner is Owner.DESK


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
def test_nobody_kept_out_is_asked_by_any_rung(policy: Policy, excluded: tuple[Role, ...]) -> None:
    ladders = policy.ladders
    for ladder in (ladders.take, ladders.care, ladders.second_person, ladders.help):
        asked = [ladder.asked(step, excluded) for step in range(len(ladder.steps))]
        stay = [tuple(r for r in step.roles if r not in excluded) for step in ladder.steps]
        assert any(asked), "somebody is asked"
        assert asked == (stay if any(stay) else [(Role.DESK,), *stay[1:]])
        assert asked[ladder.last_asked(excluded)] and not any(
            asked[ladder.last_asked(excluded) + 1 :]
        )


def test_which_roles_a_reporter_keeps_out_is_read_from_no_ladder() -> None:
    """It stands in the clear."""
    everybody, kept_out = (
        {kind: spec.ladder for kind, spec in born(site_may_know=False, excluded=each).items()}
        for each in ((), (Role.AREA, Role.HQ))
    )
    assert everybody == kept_out


def test_where_everybody_is_kept_out_the_desk_is_asked_at_once() -> None:
    ladder = STANDARD.ladders.second_person
    assert ladder.asked(0, CHANNEL) == (Role.DESK,)
    assert ladder.last_asked(CHANNEL) == 0
    held = STANDARD.ladders.care.held_by({Side.DESK: STANDARD.desk_hours})
    night = datetime(2026, 11, 21, 18, 0, tzinfo=UTC)
    assert held.held_until(night, 0, CHANNEL) == STANDARD.desk_hours.next_opening(night)


def test_the_hours_of_those_kept_out_hold_nobody_up() -> None:
    both = STANDARD.ladders.take.model_copy(
        update={
            "steps": (Step(after_minutes=0, roles=(Role.DESK, Role.HQ)),),
            "hours": {Side.DESK: STANDARD.desk_hours},
        }
    )
    night = datetime(2026, 11, 21, 18, 0, tzinfo=UTC)
    assert both.held_until(night, 0) == night, "head office has no hours here, and is asked"
    assert both.held_until(night, 0, {Role.HQ}) > night


def test_minutes_for_a_second_person_run_at_any_hour() -> None:
    night = datetime(2026, 11, 21, 18, 0, tzinfo=UTC)
    spec = second_person(STANDARD, STANDARD.ladders.help, night)
    assert spec.due_at == night + timedelta(minutes=5)


def test_care_climbs_among_the_desk_or_among_the_sites_managers() -> None:
    desk = STANDARD.ladders.desk_care.held_by({Side.DESK: STANDARD.desk_hours})
    by_the_desk = care(STANDARD, Owner.DESK, PLACE, NOW)
    assert by_the_desk.ladder == desk.promising(STANDARD.clocks.span(DutyKind.CARE))
    at_site = care(STANDARD, Owner.SITE, PLACE, NOW)
    assert at_site.ladder.steps == STANDARD.ladders.care.steps


FRIDAY_EVENING = datetime(2026, 11, 27, 11, 0, tzinfo=UTC)
MONDAY_OPENING = datetime(2026, 11, 30, 0, 0, tzinfo=UTC)


def test_outside_the_desks_hours_its_promises_count_from_the_next_opening() -> None:
    urgent = take(STANDARD, Urgency.U1, PLACE, FRIDAY_EVENING)
    assert urgent.due_at == MONDAY_OPENING + timedelta(minutes=15)
    assert urgent.ladder.hours == {Side.DESK: STANDARD.desk_hours}


def test_danger_counts_at_any_hour() -> None:
    called = take(STANDARD, Urgency.U0, PLACE, FRIDAY_EVENING)
    assert called.due_at == FRIDAY_EVENING + timedelta(minutes=3)
    assert not called.ladder.quiet_hours
    hurt = follow_up(STANDARD, PLACE, FRIDAY_EVENING, 0, danger=True)
    assert hurt.due_at == FRIDAY_EVENING + timedelta(minutes=15)
    assert not hurt.ladder.quiet_hours


def test_the_employee_is_asked_at_noon_of_the_days_of_the_pack() -> None:
    specs = duties_for_report(STANDARD, report(), Urgency.U3, PLACE, NOW)
    asked = [(s.kind, s.part, s.due_at.isoformat()) for s in specs if s.kind in ASKED_KINDS]
    assert asked == [
        (DutyKind.CHECK_IN, 3, "2026-11-27T12:00:00+09:00"),
        (DutyKind.CHECK_IN, 14, "2026-12-08T12:00:00+09:00"),
        (DutyKind.CHECK_IN, 30, "2026-12-24T12:00:00+09:00"),
        (DutyKind.NO_REPRISAL_CHECK, 30, "2026-12-24T12:00:00+09:00"),
        (DutyKind.NO_REPRISAL_CHECK, 90, "2027-02-22T12:00:00+09:00"),
    ]


def test_the_desk_owns_care_where_it_alone_has_the_name() -> None:
    duties = born(visibility=Visibility.DESK_ONLY, safety=Safety.ONGOING)
    assert duties[DutyKind.CARE].owner is Owner.DESK
    assert duties[DutyKind.SECOND_PERSON].owner is Owner.SITE
    assert born(visibility=Visibility.UNNAMED)[DutyKind.CARE].owner is Owner.SITE


@pytest.mark.parametrize(
    ("changes", "owed"),
    [
        ({}, set()),
        ({"wishes": ("doctor",)}, {DutyKind.PHYSICIAN}),
        ({"injured": True}, {DutyKind.PHYSICIAN}),
        ({"chips": (Chip.THREAT,)}, {DutyKind.EXPERTS, DutyKind.LAWYER}),
        ({"chips": (Chip.EXPOSURE,)}, {DutyKind.LAWYER}),
    ],
)
def test_helpers_from_outside_are_owed_where_the_report_calls_for_them(
    changes: dict[str, Any], owed: set[DutyKind]
) -> None:
    assert set(born(**changes)) & ON_CALL == owed


@EVERY_PACK
def test_the_desk_chooses_among_the_steps_that_the_policy_announces(policy: Policy) -> None:
    steps = set(response_steps(policy))
    for id, commitment in COMMITMENTS.items():
        if commitment.steps:
            assert bool(set(commitment.steps) <= steps) == policy.promises(id), id


@EVERY_PACK
def test_a_policy_that_announces_steps_towards_customers_owes_a_word_on_each_case(
    policy: Policy,
) -> None:
    assert DutyKind.EXTERNAL_RESPONSE in born(policy)
    announced = [id for id in policy.commitments if COMMITMENTS[id].steps]
    for id in announced:
        alone = policy.model_copy(update={"commitments": {id: policy.commitments[id]}})
        assert DutyKind.EXTERNAL_RESPONSE in born(alone), id
