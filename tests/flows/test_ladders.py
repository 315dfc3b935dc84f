"""Ladders: rungs in order, different people, and a moment when nobody is left to ask."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from flows.ladders import (
    AnswerKind,
    Ladder,
    Role,
    Seat,
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


def test_rungs_fall_due_after_the_start() -> None:
    three = ladder()
    assert three.step_due(0, START, DUE) == START
    assert three.step_due(1, START, DUE) == START + timedelta(minutes=3)
    assert three.step_due(2, START, DUE) == START + timedelta(minutes=5)
    assert three.step_due(3, START, DUE) is None
    assert three.exhausted_at(START, DUE) == START + timedelta(minutes=10)


def test_rungs_may_wait_for_the_promised_time_instead() -> None:
    late = ladder(
        step(0), step(30, Role.HQ, "due"), exhausted_base="due", exhausted_after_minutes=60
    )
    assert late.step_due(1, START, DUE) == DUE + timedelta(minutes=30)


def test_the_end_may_wait_for_the_promised_time_too() -> None:
    late = ladder(
        step(0), step(30, Role.HQ, "due"), exhausted_base="due", exhausted_after_minutes=60
    )
    assert late.exhausted_at(START, DUE) == DUE + timedelta(minutes=60)


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
