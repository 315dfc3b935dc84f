"""What a talk is about: how somebody is, or how they are treated since they reported."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from flows.aftercare import Word
from flows.cards import desk_card
from flows.case_view import CaseView, DutyView, HealthView
from flows.commitments import DutyKind
from flows.desk_list import desk_line
from flows.ladders import Role
from flows.nudge_cards import direct_card, nudge_card
from flows.phrases import dated, say
from flows.screens import Card, Element, Paragraph
from tests.flows.test_cards import NOW, POLICY, duty, keys, report, view

HARD = (DutyKind.CHECK_IN, 14, Word.HARD)
WORSE = (DutyKind.NO_REPRISAL_CHECK, 30, Word.HARD)
ABOUT = {WORSE: "desk.speak_now.no_reprisal_check", HARD: "desk.speak_now.check_in"}
TALK = duty(DutyKind.FOLLOW_UP, part=1)


def about(body: Sequence[Element]) -> list[str]:
    """What a message says that the talk is about, in order."""
    said = [each.text.key for each in body if isinstance(each, Paragraph)]
    return [key for key in said if key in ABOUT.values()]


def asked(case: CaseView, *roles: Role) -> list[Card]:
    """What asks these for the talk: in the thread, and directly."""
    return [
        nudge_card(POLICY, case, TALK, roles, ()),
        direct_card(POLICY, case, TALK, roles, "sato"),
    ]


@pytest.mark.parametrize("answers", [(), (HARD,), (WORSE,), (HARD, WORSE)])
def test_the_desk_reads_whether_it_is_about_health_or_how_they_are_treated(answers) -> None:
    """On its card, and in what asks for it. Of a hint of self-harm alone nothing was answered."""
    case = view(TALK, of=report(), health=HealthView(answers, self_harm_hint=not answers))
    told = [ABOUT[each] for each in ABOUT if each in answers]
    for card in (desk_card(POLICY, case), *asked(case, Role.DESK), *asked(case, Role.DESK_LEAD)):
        assert about(card.body) == told
    assert "desk.speak_now" in keys(desk_card(POLICY, case))
    for card in asked(case, Role.HQ):
        assert not about(card.body), "what they answer is for the desk alone"


def test_a_talk_that_is_asked_for_day_after_day_is_late_since_its_first_day() -> None:
    once = TALK.ladder.model_copy(update={"repeats": 0})
    first = replace(TALK, part=1, state="closed", due_at=NOW - timedelta(days=3))
    second = replace(TALK, part=2, state="closed", due_at=NOW - timedelta(days=1), ladder=once)
    today = replace(TALK, part=3, due_at=NOW + timedelta(minutes=15), ladder=once)
    card = desk_card(POLICY, view(first, second, today, of=report()))
    late = say("duty.overdue", since=dated(first.due_at, "Asia/Tokyo"))
    assert Paragraph(text=say("desk.speak_now", by=late), strong=True) in card.body


def test_the_list_says_which_case_may_be_one_of_reprisal() -> None:
    line = desk_line(view(TALK, of=report(), health=HealthView((WORSE,))))
    assert ABOUT[WORSE] in repr(line.owed)


def test_what_was_spoken_about_is_not_what_it_is_about_now() -> None:
    """But where nothing was answered since, as of somebody who asks for a talk after all."""

    def ended(kind: DutyKind, part: int, days_ago: int) -> DutyView:
        return duty(kind, "done", part=part, ended_at=NOW - timedelta(days=days_ago))

    before = (ended(DutyKind.CHECK_IN, 14, 16), ended(DutyKind.FOLLOW_UP, 0, 15))
    since = ended(DutyKind.NO_REPRISAL_CHECK, 30, 0)
    case = view(*before, since, TALK, of=report(), health=HealthView((HARD, WORSE)))
    assert about(desk_card(POLICY, case).body) == [ABOUT[WORSE]]
    asks_anew = replace(case, duties=(*before, TALK), health=HealthView((HARD,)))
    assert about(desk_card(POLICY, asks_anew).body) == [ABOUT[HARD]]
