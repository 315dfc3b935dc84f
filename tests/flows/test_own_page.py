"""The pages of whoever called or reported: true at every moment, and each question apart."""

from dataclasses import replace
from datetime import timedelta

from flows.caller import caller_card
from flows.cards import desk_card
from flows.case_view import Phone, Rung
from flows.commitments import DutyKind
from flows.duties import Owner
from flows.ladders import AnswerKind, Role
from flows.phrases import Say
from flows.presses import Verb
from flows.screens import Card, Paragraph, Style, asked_apart
from flows.status import reporter_card
from tests.flows.test_cards import CATALOGUE, NOW, POLICY, duty, keys, report, seat, view


def first_of(card: Card) -> str:
    """What stands first on a card."""
    assert isinstance(card.body[0], Paragraph) and isinstance(card.body[0].text, Say)
    return CATALOGUE.text(card.body[0].text, "en")


def test_who_calls_reads_that_nobody_comes_and_not_that_nobody_answered() -> None:
    """Somebody answered that they cannot: a line below says so."""
    left = duty(DutyKind.SECOND_PERSON, "exhausted", next_at=None)
    left = replace(left, seats=(seat("a", AnswerKind.CANNOT),))
    assert first_of(caller_card(POLICY, view(left))).startswith("Nobody is coming yet.")


def test_a_number_below_is_spoken_of_only_where_there_is_one() -> None:
    rung = Rung((Role.MANAGER,), NOW, ("a",))
    reached = replace(rung, phones=(Phone(Role.MANAGER, "090-0000-0000"),))
    late = NOW + timedelta(minutes=30)
    for given in (rung, reached):
        left = duty(DutyKind.SECOND_PERSON, "exhausted", rungs=(given,))
        come = replace(duty(DutyKind.SECOND_PERSON, rungs=(given,)), seats=(seat("a"),))
        for case in (view(left), view(come, now=late)):
            told = first_of(caller_card(POLICY, case))
            assert "110" in told and ("number below" in told) is (given is reached)
            assert ("no_numbers" in keys(desk_card(POLICY, case))) is (given is rung)


def test_a_reporter_with_somebody_on_the_way_does_not_read_that_nobody_comes() -> None:
    for seats in (0, 1):
        left = duty(DutyKind.SECOND_PERSON, "exhausted", seats=seats)
        shown = keys(reporter_card(POLICY, view(left, of=report())))
        assert ("help.nobody" in shown) is (seats == 0)


def test_two_questions_at_once_stand_each_above_its_own_answers() -> None:
    """How are you, and has care come: neither is read with the other's answers."""
    asked = duty(DutyKind.CHECK_IN, part=3)
    card = reporter_card(POLICY, view(asked, duty(DutyKind.CARE), of=report()))
    how, care = asked_apart(card.buttons)
    assert {button.press.verb for button in how} == {Verb.CHECKED_IN}
    assert [button.press.verb for button in care[:2]] == [Verb.CARE_HAPPENED, Verb.CARE_NOT_YET]
    assert isinstance(care[0].under, Say) and care[0].under.key == "care.question"
    alone = reporter_card(POLICY, view(duty(DutyKind.CARE), of=report()))
    assert len(asked_apart(alone.buttons)) == 1 and "care.question" in keys(alone)


def test_care_that_the_desk_says_it_gave_is_not_promised_once_more() -> None:
    for owner in (Owner.DESK, Owner.SITE):
        said_done = duty(DutyKind.CARE, "said_done", owner=owner)
        shown = keys(reporter_card(POLICY, view(said_done, of=report())))
        assert "sent.care_desk" not in shown and "sent.care_late" not in shown
        assert ("sent.care_said_done.desk" in shown) is (owner is Owner.DESK)


def test_nobody_is_led_to_say_that_care_came() -> None:
    for state in ("open", "said_done"):
        for of in (report(), None):
            care = duty(DutyKind.CARE, state)
            called = duty(DutyKind.SECOND_PERSON, "done")
            case = view(care, called, of=of)
            card = reporter_card(POLICY, case) if of else caller_card(POLICY, case)
            own = (Verb.CARE_HAPPENED, Verb.CARE_NOT_YET)
            styles = [button.style for button in card.buttons if button.press.verb in own]
            assert styles == [Style.PLAIN, Style.PLAIN]
