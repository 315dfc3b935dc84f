"""Ladders: rungs in order, different people, and a moment when nobody is left to ask."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from flows.clocks import OpenHours, Span
from flows.ladders import (
    AnswerKind,
    Ladder,
    Role,
    Seat,
    Side,
    Step,
    all_declined,
    missing_seats,
    taken_seats,
)

START = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
DUE = START + timedelta(hours=2)


def step(after: int, role: Role = Role.MANAGER, base: str = "start") -> Step:
    return Step(after_minutes=after, roles=(role,), base=base)


def ladder(*steps: Step, **changes: Any) -> Ladder:
    steps = steps or (step(0), step(3, Role.AREA), step(5, Role.HQ))
    return Ladder(**{"steps": steps, "quorum": 2, "exhausted_after_minutes": 10, **changes})


def seat(person: str, answer: AnswerKind = AnswerKind.COMING) -> Seat:
    return Seat(person_id=person, answer=answer, at=START)


def after(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def test_rungs_fall_due_after_the_start_and_then_comes_the_end() -> None:
    three = ladder()
    assert three.next_at(-1, START, DUE, None) == START
    assert three.next_at(0, START, DUE, START) == after(3)
    assert three.next_at(1, START, DUE, after(3)) == after(5)
    assert three.next_at(2, START, DUE, after(5)) == after(10)


def test_a_rung_that_was_asked_late_keeps_its_distance_to_the_next() -> None:
    assert ladder().next_at(1, START, DUE, after(60)) == after(62)


def test_a_rung_that_was_asked_early_leaves_the_next_one_its_time() -> None:
    assert ladder().next_at(1, START, DUE, after(1)) == after(5)


def test_rungs_and_the_end_may_wait_for_the_promised_time_instead() -> None:
    late = ladder(
        step(0), step(30, Role.HQ, "due"), exhausted_base="due", exhausted_after_minutes=60
    )
    assert late.next_at(0, START, DUE, START) == DUE + timedelta(minutes=30)
    asked = DUE + timedelta(minutes=30)
    assert late.next_at(1, START, DUE, asked) == DUE + timedelta(minutes=60)


def test_what_counts_from_a_due_time_that_has_passed_keeps_its_distance_too() -> None:
    late = ladder(
        step(0),
        step(0, Role.AREA, "due"),
        step(30, Role.HQ, "due"),
        exhausted_base="due",
        exhausted_after_minutes=60,
    ).promising(Span(minutes=15))
    held = DUE + timedelta(hours=15)
    assert late.next_at(1, START, DUE, held) == held + timedelta(minutes=30)
    assert late.next_at(2, START, DUE, held) == held + timedelta(minutes=30)
    again = DUE + timedelta(minutes=60)
    assert late.next_at(0, again, DUE, again) == again + timedelta(minutes=15)
    just_before = DUE - timedelta(minutes=1)
    assert late.next_at(0, just_before, DUE, just_before) == DUE, "a time ahead is kept"


@pytest.mark.parametrize(
    ("span", "minutes"),
    [(Span(minutes=120), 120), (Span(working_days=3), 3 * 1440), (Span(end_of_day=True), 1440)],
)
def test_a_ladder_knows_how_long_its_promise_takes(span: Span, minutes: int) -> None:
    assert ladder().promising(span).promise_minutes == minutes


OFFICE = OpenHours(open={day: "09:00-18:00" for day in ("mon", "tue", "wed", "thu", "fri")})
NIGHT = datetime(2026, 11, 27, 14, 0, tzinfo=UTC)
"""Friday, eleven at night in Tokyo."""
MONDAY = datetime(2026, 11, 30, 0, 0, tzinfo=UTC)


def test_a_rung_waits_until_those_it_asks_are_open() -> None:
    held = ladder().held_by({Side.SITE: OFFICE})
    assert held.held_until(NIGHT, 0) == MONDAY
    assert held.next_at(0, NIGHT, NIGHT, NIGHT) == MONDAY
    assert held.next_at(1, NIGHT, NIGHT, MONDAY) == MONDAY + timedelta(minutes=2)


def test_a_rung_is_held_by_the_hours_of_those_it_asks_and_by_no_others() -> None:
    mixed = ladder(step(0), step(3, Role.DESK), quorum=1).held_by({Side.DESK: OFFICE})
    assert mixed.held_until(NIGHT, 0) == NIGHT, "the site never closes"
    assert mixed.held_until(NIGHT, 1) == MONDAY


def test_danger_is_held_by_nobodys_hours() -> None:
    danger = ladder(quiet_hours=False).held_by({Side.SITE: OFFICE})
    assert danger.hours == {} and danger.held_until(NIGHT, 0) == NIGHT
    assert ladder().held_by({Side.SITE: OFFICE}).at_once().held_until(NIGHT, 0) == NIGHT


def test_what_falls_due_as_the_doors_close_is_asked_then() -> None:
    held = ladder().held_by({Side.SITE: OFFICE})
    closing = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
    assert held.held_until(closing, 0) == closing
    a_moment_later = closing + timedelta(seconds=30)
    assert held.held_until(a_moment_later, 0) == a_moment_later
    assert held.held_until(closing + timedelta(minutes=2), 0) == MONDAY


def test_a_ladder_carries_its_hours_along_when_it_is_stored() -> None:
    held = ladder().held_by({Side.SITE: OFFICE, Side.DESK: OFFICE})
    assert Ladder.model_validate_json(held.model_dump_json()) == held


def test_a_ladder_cut_short_ends_when_the_whole_one_does() -> None:
    whole = ladder()
    cut = whole.up_to(0)
    assert len(cut.steps) == 1
    assert cut.next_at(0, START, DUE, None) == whole.next_at(len(whole.steps) - 1, START, DUE, None)


@pytest.mark.parametrize(
    "wrong",
    [
        {"steps": ()},
        {"steps": (step(1),)},
        {"steps": (step(0, base="due"),)},
        {"steps": (step(0), step(5), step(3))},
        {"steps": (step(0), step(0, base="due"), step(5))},
        {"steps": (step(0), step(15))},
        {"steps": (step(0), step(5, base="due"))},
        {"quorum": 0},
        {"quorum": 3, "seats": 2},
        {"seats": 4},
        {"exhausted_after_minutes": 0},
        {"acceptance_minutes": 0},
        {"repeats": 6},
        {"asks_again": True},  # in peace
        {"steps": (step(0, Role.STAFF),)},
    ],
)
def test_a_ladder_that_could_never_work_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ladder(**wrong) if "steps" not in wrong else Ladder(
            **{"exhausted_after_minutes": 10, **wrong}
        )


def test_a_rung_that_asks_nobody_is_refused() -> None:
    with pytest.raises(ValidationError):
        Step(after_minutes=0, roles=())


def test_only_people_who_come_fill_a_seat() -> None:
    answers = [seat("a"), seat("b", AnswerKind.CANNOT), seat("c", AnswerKind.TAKE_OVER)]
    assert [taken.person_id for taken in taken_seats(answers)] == ["a", "c"]
    assert missing_seats(ladder(), answers) == 0
    assert missing_seats(ladder(), answers[:2]) == 1
    assert missing_seats(ladder(), []) == 2


def test_the_same_person_twice_fills_one_seat() -> None:
    twice = [seat("a"), seat("a", AnswerKind.TAKE_OVER)]
    assert len(taken_seats(twice)) == 1
    assert missing_seats(ladder(), twice) == 1


@given(st.lists(st.builds(seat, st.sampled_from("abcde"), st.sampled_from(AnswerKind))))
def test_more_answers_than_needed_never_leave_less_than_nothing_missing(
    answers: list[Seat],
) -> None:
    one_each = list({answer.person_id: answer for answer in answers}.values())
    missing = missing_seats(ladder(), one_each)
    assert 0 <= missing <= 2
    assert missing == max(0, 2 - len(taken_seats(one_each)))


def test_waiting_is_over_when_everybody_asked_has_declined() -> None:
    no_a, no_b = seat("a", AnswerKind.CANNOT), seat("b", AnswerKind.CANNOT)
    assert all_declined(["a", "b"], [no_a, no_b])
    assert not all_declined(["a", "b"], [no_a])
    assert not all_declined(["a", "b"], [no_a, seat("b")])
    assert all_declined(["a"], [no_a, seat("z")])


def test_where_nobody_was_asked_nobody_has_declined() -> None:
    assert not all_declined([], [])
