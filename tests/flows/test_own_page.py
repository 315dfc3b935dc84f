"""The pages of whoever called or reported: true at every moment, and each question apart."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from typing import Any

from flows.aftercare import Word
from flows.assessment import Safety
from flows.caller import caller_card
from flows.cards import desk_card
from flows.case_view import CareWord, DutyView, HealthView, MessageView, Phone, Rung
from flows.commitments import DutyKind
from flows.duties import Owner
from flows.ladders import AnswerKind, Role
from flows.outcomes import Visibility
from flows.phrases import Own, Say, on_day, on_day_at, say
from flows.policy import Contact
from flows.presses import Verb
from flows.result import listening_lines, nearest_lines
from flows.screens import CallLine, Card, Happening, Paragraph, Said, Style, Timeline, asked_apart
from flows.status import reporter_card
from tests.flows.test_cards import CATALOGUE, NOW, POLICY, duty, keys, report, seat, view

Answers = tuple[tuple[DutyKind, int, Word], ...]
LISTENING = Paragraph(text=say("sent.talk_now"), strong=True)
TANAKA = Own(ja="田中", en="Tanaka")


def first_of(card: Card) -> str:
    """What stands first on a card."""
    assert isinstance(card.body[0], Paragraph) and isinstance(card.body[0].text, Say)
    return CATALOGUE.text(card.body[0].text, "en")


def test_who_calls_reads_that_nobody_comes_and_not_that_nobody_answered() -> None:
    """Somebody answered that they cannot: a line below says so."""
    left = duty(DutyKind.SECOND_PERSON, "exhausted", next_at=None)
    left = replace(left, seats=(seat("a", AnswerKind.CANNOT),))
    assert first_of(caller_card(POLICY, view(left))).startswith("Nobody is coming yet.")


def test_a_call_that_was_sent_is_not_said_to_be_going_out() -> None:
    for sent_at in (None, NOW):
        asked = Rung((Role.MANAGER,), sent_at, ("a",))
        called = view(duty(DutyKind.SECOND_PERSON, rungs=(asked,)))
        assert first_of(caller_card(POLICY, called)).startswith("We are calling for help.")


def test_a_number_below_is_spoken_of_only_where_there_is_one() -> None:
    rung = Rung((Role.MANAGER,), NOW, ("a",))
    reached = replace(rung, phones=(Phone(Role.MANAGER, "090-0000-0000", TANAKA),))
    late = NOW + timedelta(minutes=30)
    for given in (rung, reached):
        left = duty(DutyKind.SECOND_PERSON, "exhausted", rungs=(given,))
        come = replace(duty(DutyKind.SECOND_PERSON, rungs=(given,)), seats=(seat("a"),))
        for case in (view(left), view(come, now=late)):
            told = first_of(caller_card(POLICY, case))
            assert "110" in told and ("number below" in told) is (given is reached)
            assert ("no_numbers" in keys(desk_card(POLICY, case))) is (given is rung)


def test_the_numbers_to_phone_while_nobody_comes_stand_above_what_happened() -> None:
    phone = Phone(Role.MANAGER, "090-0000-0000", TANAKA)
    rung = Rung((Role.MANAGER,), NOW, ("a",), (phone,))
    left = duty(DutyKind.SECOND_PERSON, "exhausted", rungs=(rung,))
    kinds = [type(each) for each in caller_card(POLICY, view(left)).body]
    assert kinds[:3] == [Paragraph, CallLine, CallLine]
    asked = duty(DutyKind.SECOND_PERSON, rungs=(rung,), next_roles=(Role.AREA,))
    body = caller_card(POLICY, view(asked)).body
    assert [type(each) for each in body].index(Timeline) < body.index(
        CallLine(label=say("role.manager"), phone=phone.number)
    )


def test_while_it_goes_on_110_stays_though_the_desk_is_to_speak_with_them() -> None:
    """Care that nobody gave brings the desk, and what listens: that takes 110 from nobody."""
    asked, talk = duty(DutyKind.SECOND_PERSON, seats=0), duty(DutyKind.FOLLOW_UP)
    shown = reporter_card(POLICY, view(asked, talk, of=report(safety=Safety.ONGOING)))
    danger, police, listens, *_ = shown.body
    assert danger == Paragraph(text=say("sent.danger"), strong=True)
    assert police == CallLine(label=say("help.police"), phone="110", strong=True)
    assert listens == LISTENING


def test_a_reporter_with_somebody_on_the_way_does_not_read_that_nobody_comes() -> None:
    for seats in (0, 1):
        left = duty(DutyKind.SECOND_PERSON, "exhausted", seats=seats)
        shown = keys(reporter_card(POLICY, view(left, of=report())))
        assert ("help.nobody" in shown) is (seats == 0)


def test_while_it_goes_on_110_comes_first_and_large() -> None:
    ongoing = report(safety=Safety.ONGOING)
    asked = duty(DutyKind.SECOND_PERSON, seats=0)
    waits = view(of=ongoing, delivered_at=None)
    for case in (view(asked, of=ongoing), view(of=ongoing), waits):
        danger, police, *_ = reporter_card(POLICY, case).body
        assert danger == Paragraph(text=say("sent.danger"), strong=True)
        assert police == CallLine(label=say("help.police"), phone="110", strong=True)
    over = view(duty(DutyKind.SECOND_PERSON, "done"), of=ongoing)
    said = view(asked, of=ongoing, over_said=True)
    later = view(of=ongoing, delivered_at=NOW, now=NOW + timedelta(hours=4))
    for case in (view(of=report()), over, said, later):
        assert "sent.danger" not in keys(reporter_card(POLICY, case))


def test_whom_the_site_was_asked_to_send_stands_directly_under_110() -> None:
    rung = Rung((Role.MANAGER,), NOW, ("a",), (Phone(Role.MANAGER, "090-0000-0000", TANAKA),))
    asked = duty(DutyKind.SECOND_PERSON, rungs=(rung,))
    ongoing = report(safety=Safety.ONGOING)
    _, police, lead, number, *_ = reporter_card(POLICY, view(asked, of=ongoing)).body
    assert isinstance(police, CallLine) and police.strong
    assert lead == Paragraph(text=say("sent.asked"))
    assert number == CallLine(label=say("role.manager"), phone="090-0000-0000")
    for ended in ("done", "closed"):
        over = replace(asked, state=ended)
        assert "090-0000-0000" not in keys(reporter_card(POLICY, view(over, of=ongoing)))


def test_who_calls_reads_110_large_from_the_first_moment() -> None:
    for seats in (0, 1):
        shown = caller_card(POLICY, view(duty(DutyKind.SECOND_PERSON, seats=seats)))
        assert [one.strong for one in shown.body if isinstance(one, CallLine)] == [True]


def test_a_promise_that_has_passed_is_said_to_be_late_and_not_made_again() -> None:
    day = timedelta(days=1)
    for by, key in ((NOW + day, "step.outcome_by"), (NOW - day, "step.outcome_late")):
        shown = keys(reporter_card(POLICY, view(duty(DutyKind.OUTCOME, due_at=by), of=report())))
        assert key in shown and shown.count("step.outcome") == 1


def test_whatever_is_late_there_is_one_apology_for_it() -> None:
    ago, kinds = NOW - timedelta(days=1), (DutyKind.OUTCOME, DutyKind.REPLY, DutyKind.FOLLOW_UP)
    late = [duty(kind, due_at=ago) for kind in kinds]
    care = replace(duty(DutyKind.CARE, due_at=ago), owner=Owner.DESK)
    shown = keys(reporter_card(POLICY, view(*late, care, of=report())))
    for key in ("sent.answer_late", "sent.talk_late", "sent.care_late", "step.outcome_late"):
        assert key in shown
    assert shown.count('"sent.sorry') == 1 and "sent.sorry.reminded" in shown
    for language in ("ja", "ja_simple", "en"):
        text = " ".join(CATALOGUE.text(say(key), language) for key in LATE)
        assert not re.search("sorry|申し訳|すみません", text), language


LATE = ("sent.answer_late", "sent.talk_late", "sent.care_late", "step.outcome_late", "step.late")


def test_a_report_that_only_waits_to_be_taken_does_not_say_that_the_desk_was_reminded() -> None:
    take = duty(DutyKind.TAKE, due_at=NOW - timedelta(days=1))
    shown = keys(reporter_card(POLICY, view(take, of=report())))
    assert '"sent.sorry"' in shown and "sent.sorry.reminded" not in shown
    on_time = keys(reporter_card(POLICY, view(duty(DutyKind.TAKE), of=report())))
    assert "sent.sorry" not in on_time


def test_whom_nobody_has_looked_after_reads_when_the_desk_is_asked_next() -> None:
    said = HealthView(care_word=CareWord.NOT_YET)
    tomorrow = NOW + timedelta(days=1)
    care = duty(DutyKind.CARE, "exhausted")
    case = replace(view(care, of=report()), health=said, care_asked_at=tomorrow)
    shown = reporter_card(POLICY, case)
    assert Paragraph(text=say("sent.care_not_yet")) in shown.body
    asked = say("sent.care_asked_at", at=on_day_at(tomorrow, "Asia/Tokyo"))
    assert Paragraph(text=asked) in shown.body


def steps(card: Card) -> list[Happening]:
    """The steps of a report, as its sender reads them."""
    return list(next(each for each in card.body if isinstance(each, Timeline)).items)


def test_nobody_is_promised_to_take_a_report_later_than_its_answer() -> None:
    take = duty(DutyKind.TAKE, due_at=NOW + timedelta(days=3))
    reply = duty(DutyKind.REPLY, due_at=NOW + timedelta(hours=2))
    shown = reporter_card(POLICY, view(take, reply, of=report()))
    by = next(step.what for step in steps(shown) if "step.take_by" in repr(step))
    assert by == say("step.take_by", by=on_day_at(reply.due_at, "Asia/Tokyo"))


def test_once_the_outcome_was_told_nobody_is_still_to_take_it() -> None:
    told = duty(DutyKind.OUTCOME, "done")
    shown = keys(reporter_card(POLICY, view(duty(DutyKind.TAKE), told, of=report())))
    assert "step.outcome" in shown and "step.take" not in shown and "step.late" not in shown


def test_what_happened_is_read_in_the_order_in_which_it_did() -> None:
    take = duty(DutyKind.TAKE, "done", ended_at=NOW + timedelta(minutes=5))
    told = duty(DutyKind.OUTCOME, "done", ended_at=NOW + timedelta(minutes=3))
    shown = reporter_card(POLICY, view(take, told, of=report(), delivered_at=NOW))
    assert [str(step.what.key) for step in steps(shown) if isinstance(step.what, Say)] == [
        *("step.delivered", "step.outcome", "step.taken"),
    ]


def test_two_questions_at_once_stand_each_above_its_own_answers() -> None:
    """How are you, and has care come: neither is read with the other's answers."""
    asked = duty(DutyKind.CHECK_IN, part=3)
    card = reporter_card(POLICY, view(asked, duty(DutyKind.CARE), of=report()))
    how, care, rest = asked_apart(card.buttons)
    assert {button.press.verb for button in how} == {Verb.CHECKED_IN}
    assert [button.press.verb for button in care] == [Verb.CARE_HAPPENED, Verb.CARE_NOT_YET]
    # What stops the desk stands in a row of its own, so that no answer slips onto it.
    assert Verb.WITHDRAW in {button.press.verb for button in rest}
    assert isinstance(care[0].under, Say) and care[0].under.key == "care.question"
    alone = reporter_card(POLICY, view(duty(DutyKind.CARE), of=report()))
    assert len(asked_apart(alone.buttons)) == 2 and "care.question" in keys(alone)


def test_no_slip_of_a_thumb_takes_a_report_back() -> None:
    asked = duty(DutyKind.CHECK_IN, part=3)
    card = reporter_card(POLICY, view(asked, duty(DutyKind.CARE), of=report()))
    buttons = {button.press.verb: button for button in card.buttons}
    confirm = buttons[Verb.WITHDRAW].confirm
    assert confirm is not None and confirm.yes != buttons[Verb.WITHDRAW].label
    assert not any(one.confirm for verb, one in buttons.items() if verb is not Verb.WITHDRAW)
    back = reporter_card(POLICY, view(of=report(), state="withdrawn"))
    assert not any(one.confirm for one in back.buttons), "sent after all, it is one tap"


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


def test_who_is_to_be_spoken_with_reads_by_when_and_that_it_is_late() -> None:
    """ "At once" is said only where it is: a closed desk speaks with nobody before Monday."""
    monday = timedelta(hours=62)
    said = {"sent.at_once", "sent.talk_by", "sent.talk_late"}
    for due, late, key in (
        (timedelta(minutes=15), timedelta(), "sent.at_once"),
        (monday, timedelta(), "sent.talk_by"),
        (monday, monday - timedelta(minutes=10), "sent.at_once"),
        (monday, monday + timedelta(minutes=1), "sent.talk_late"),
    ):
        talk = duty(DutyKind.FOLLOW_UP, due_at=NOW + due)
        shown = keys(reporter_card(POLICY, view(talk, of=report(), now=NOW + late)))
        assert {each for each in said if f'"{each}"' in shown} == {key}


def test_who_writes_of_danger_at_night_reads_when_the_desk_opens_and_no_later_promise() -> None:
    night = datetime(2026, 12, 1, 16, 30, tzinfo=UTC)  # half past one in Tokyo
    danger = POLICY.ladders.follow_up.at_once()
    talk = duty(DutyKind.FOLLOW_UP, due_at=night, ladder=danger, began_at=night)
    promised = (
        duty(DutyKind.TAKE, due_at=night + timedelta(days=1)),
        duty(DutyKind.REPLY, due_at=night + timedelta(days=1)),
    )
    later = {"sent.answer_by", "step.take_by"}
    asked = {"sent.at_once", "sent.at_once.closed", "sent.talk_late", "sent.talk_late.closed"}
    quarter = timedelta(minutes=15)
    for state, now, key in (
        ("open", night - quarter, "sent.at_once.closed"),
        ("open", night + quarter, "sent.talk_late"),
        ("exhausted", night + quarter, "sent.talk_late.closed"),
        ("exhausted", night + timedelta(hours=9), "sent.talk_late"),
        ("exhausted", night + timedelta(days=60), "sent.talk_late"),
    ):
        case = view(replace(talk, state=state), *promised, of=report(), now=now)
        shown = keys(reporter_card(POLICY, case))
        assert {each for each in asked if f'"{each}"' in shown} == {key}
        assert "sent.thanks" in shown
        assert not {each for each in later if f'"{each}"' in shown}


def test_who_waits_for_a_talk_for_days_reads_since_when_and_when_it_was_asked_again() -> None:
    ladder, day = POLICY.ladders.follow_up, timedelta(days=1)
    began = [NOW - 3 * day, NOW - day, NOW]
    first, then, now = (
        duty(
            DutyKind.FOLLOW_UP,
            "open" if at == NOW else "closed",
            part=part,
            began_at=at,
            ladder=ladder if part == 0 else ladder.model_copy(update={"repeats": 0}),
        )
        for part, at in enumerate(began)
    )
    told = say(
        "sent.talk_again", since=on_day(began[0], "Asia/Tokyo"), at=on_day_at(NOW, "Asia/Tokyo")
    )
    waits = Paragraph(text=told)
    assert waits in reporter_card(POLICY, view(first, then, now, of=report())).body
    spoken = replace(then, state="done")
    assert waits not in reporter_card(POLICY, view(first, spoken, now, of=report())).body
    anew = replace(now, ladder=ladder)
    assert waits not in reporter_card(POLICY, view(first, then, anew, of=report())).body


def written(by_desk: bool, at: datetime = NOW) -> MessageView:
    return MessageView(by_desk=by_desk, at=at, text="WORDS")


def test_what_the_desk_wrote_last_is_read_first_until_they_write_or_do_anything() -> None:
    theirs, desks = written(by_desk=False), written(by_desk=True)
    asked = duty(DutyKind.CHECK_IN, "done", ended_at=NOW + timedelta(hours=1), part=3)
    for messages, duties, first in (
        ((theirs, desks), (), True),
        ((desks, theirs), (), False),
        ((theirs, desks), (asked,), False),
    ):
        shown = reporter_card(POLICY, replace(view(*duties, of=report()), messages=messages))
        said = [number for number, each in enumerate(shown.body) if isinstance(each, Said)]
        assert len(said) == 2 and (said[0] == 0) is first


def test_who_listens_and_110_stand_before_what_the_desk_wrote() -> None:
    hard = HealthView(((DutyKind.CHECK_IN, 3, Word.HARD),))
    answered = replace(view(of=report()), health=hard, messages=(written(by_desk=True),))
    kinds = [type(each) for each in reporter_card(POLICY, answered).body]
    assert kinds[0] is Paragraph and kinds.index(CallLine) < kinds.index(Said)


def test_who_was_answered_is_told_neither_to_wait_nor_that_it_is_late() -> None:
    later = NOW + timedelta(days=1)
    talk = duty(DutyKind.FOLLOW_UP, due_at=NOW, began_at=NOW - timedelta(hours=1))
    take = duty(DutyKind.TAKE, due_at=NOW, more_told=True)
    unnamed = report(visibility=Visibility.UNNAMED)
    waits = {"sent.talk_late", "sent.at_once.here", "step.late"}
    for messages, since, said in (
        ((), talk, True),
        ((written(by_desk=True),), talk, False),
        ((written(by_desk=True), written(by_desk=False)), talk, True),
        # What they pressed since asked for this one.
        ((written(by_desk=True),), replace(talk, began_at=NOW + timedelta(hours=1)), True),
    ):
        case = replace(view(since, take, of=unnamed, now=later), messages=messages)
        shown = keys(reporter_card(POLICY, case))
        assert {wait for wait in waits if wait in shown} == (waits if said else set())


def test_once_the_desk_wrote_its_words_say_what_is_next_and_no_hour_beside_them() -> None:
    talk = duty(DutyKind.FOLLOW_UP, due_at=NOW + timedelta(days=2), began_at=NOW)
    for messages, said in (((), True), ((written(by_desk=True),), False)):
        case = replace(view(talk, of=report()), messages=messages)
        assert ("sent.talk_by" in keys(reporter_card(POLICY, case))) is said


def test_a_later_look_after_a_hard_answer_has_the_nearest_lines_first_and_the_rest_below() -> None:
    """All of them stand first once an answer brought the desk, and for whoever may hurt themselves
    or is helped by nobody at the company."""
    asked = duty(DutyKind.CHECK_IN, part=30)
    talk = duty(DutyKind.FOLLOW_UP)
    once = ((DutyKind.CHECK_IN, 3, Word.HARD),)
    again = (*once, (DutyKind.CHECK_IN, 14, Word.HARD))
    spoken = replace(talk, state="done", ended_at=NOW)

    def first(*duties: DutyView, said: Answers = (), **changes: Any) -> tuple[int, int]:
        """How many numbers stand first, and how many at the end."""
        health = HealthView(check_ins=said, self_harm_hint=changes.pop("hint", False))
        case = view(asked, *duties, of=report(), health=health, **changes)
        card = reporter_card(POLICY, case)
        assert card.body[0] == LISTENING
        lines = takewhile(lambda each: isinstance(each, CallLine), card.body[1:])
        return len(list(lines)), sum(isinstance(each, CallLine) for each in card.after)

    assert first(said=once) == (2, 3)
    assert first(talk, said=once) == (2, 3), "it is care that the desk speaks with them for"
    assert first(spoken, said=again) == (2, 3)
    assert first(talk, said=again) == (5, 0)
    assert first(said=once, hint=True) == (5, 0)
    assert first(said=once, own_desk=True) == (5, 0)


def test_no_line_for_customers_or_of_a_lawyer_is_among_those_that_listen() -> None:
    contacts = POLICY.contacts | {
        "public": Contact(name=Own(ja="苦情", en="Complaints"), phone="03-0000-0001"),
        "lawyer": Contact(name=Own(ja="弁護士", en="Lawyer"), phone="03-0000-0002"),
    }
    policy = POLICY.model_copy(update={"contacts": contacts})
    others = {"03-0000-0001", "03-0000-0002"}
    assert not others & {line.phone for line in nearest_lines(policy)}
    read = [line.phone for line in listening_lines(policy)]
    assert others <= set(read) and not others & set(read[:2])


def test_who_took_it_back_in_danger_reads_who_listens_first_and_that_the_desk_would_speak() -> None:
    quiet = POLICY.ladders.follow_up.model_copy(update={"quiet_hours": False})
    talk = duty(DutyKind.FOLLOW_UP, ladder=quiet)
    hint = HealthView(self_harm_hint=True)
    taken_back = view(talk, of=report(), state="withdrawn", health=hint, delivered_at=NOW)
    card = reporter_card(POLICY, taken_back)
    assert card.title == say("own.withdrawn.title") and card.body[0] == LISTENING
    shown = keys(card)
    assert shown.count('"0120-279-338"') == 1
    assert '"own.withdrawn.talk"' in shown and '"sent.at_once"' in shown
    assert '"own.withdrawn"' not in shown
    assert card.compose is not None and card.compose.button.press.verb is Verb.WRITE
    assert Verb.RESUME in {button.press.verb for button in card.buttons}
    spoken = replace(talk, state="done", ended_at=NOW)
    card = reporter_card(POLICY, replace(taken_back, duties=(spoken,)))
    assert card.body[0] == LISTENING and card.compose is not None
    shown = keys(card)
    assert '"own.withdrawn"' in shown
    assert not [key for key in ("own.withdrawn.talk", "sent.at_once") if f'"{key}"' in shown]


def test_who_took_it_back_while_others_threaten_them_reads_110_first() -> None:
    letter = (MessageView(by_desk=False, at=NOW, text="he is going to kill me"),)
    quiet = POLICY.ladders.follow_up.model_copy(update={"quiet_hours": False})
    talk = duty(DutyKind.FOLLOW_UP, ladder=quiet)
    card = reporter_card(POLICY, view(talk, of=report(), state="withdrawn", messages=letter))
    assert card.body[0] == Paragraph(text=say("sent.danger"), strong=True)
    assert '"own.withdrawn.talk"' in keys(card)


def test_who_took_it_back_with_no_danger_writes_nothing_that_nobody_reads() -> None:
    card = reporter_card(POLICY, view(of=report(), state="withdrawn", delivered_at=NOW))
    assert card.compose is None and card.body[0] == Paragraph(
        text=say("own.withdrawn"), strong=True
    )
    assert card.after and '"sent.talk_now"' not in keys(card)


def test_what_was_taken_back_before_anybody_saw_it_is_not_said_to_have_been_worked_on() -> None:
    for delivered_at, key in ((None, "own.withdrawn.unseen"), (NOW, "own.withdrawn")):
        back = view(of=report(), state="withdrawn", delivered_at=delivered_at)
        assert f'"{key}"' in keys(reporter_card(POLICY, back))
