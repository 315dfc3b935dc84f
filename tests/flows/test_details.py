"""What one person of the desk reads when they open a case, and what they find in their list."""

from dataclasses import replace

import pytest

from flows.assessment import Safety
from flows.cards import desk_card
from flows.case_view import CareWord, HealthView, MessageView
from flows.commitments import DutyKind
from flows.desk_list import desk_line
from flows.desk_work import composes, responses
from flows.details import Line, Written, details, since_then
from flows.duties import Owner
from flows.ladders import Role
from flows.outcomes import Visibility
from flows.phrases import say
from flows.screens import Element, Facts, Paragraph, Said, Timeline
from tests.flows.test_cards import CATALOGUE, NOW, POLICY, duty, report, view

HINT = Paragraph(text=say("desk.self_harm"), strong=True)
HINTED = replace(
    view(duty(DutyKind.FOLLOW_UP), of=report(Visibility.UNNAMED)),
    health=HealthView(self_harm_hint=True),
)


def test_a_hint_of_self_harm_stands_first_wherever_the_desk_reads() -> None:
    assert desk_card(POLICY, HINTED).body[0] == HINT
    assert details(POLICY, HINTED, Written("", ""))[1] == HINT  # after: openings are written down
    listed = CATALOGUE.text(desk_line(HINTED).owed, "en", NOW)
    assert listed.startswith("There may be words about self-harm.")


def test_a_letter_of_danger_and_the_one_that_waits_stand_above_who_and_where() -> None:
    texts = ("もう死にたいです", "まだ、店にいます", "ANSWER", "NEWEST")
    letters = tuple(MessageView(text == "ANSWER", NOW, text) for text in texts)
    case = replace(HINTED, messages=letters)
    body = details(POLICY, case, Written("", ""))
    first = [each for each in body if isinstance(each, Said)]
    assert [each.text.text for each in first] == ["NEWEST", texts[0]]
    assert body.index(HINT) < body.index(first[0]) < body.index(_facts(body))
    rest = [each.text.text for each in since_then(case, ()) if isinstance(each, Said)]
    assert rest == list(texts[1:3]), "each is there once"


def test_who_wrote_only_afterwards_is_not_said_to_have_written_nothing() -> None:
    nothing = Paragraph(text=say("details.no_words"))
    for by_desk in (True, False):
        case = replace(HINTED, messages=(MessageView(by_desk, NOW, "WORDS"),))
        assert (nothing in details(POLICY, case, Written("", ""))) is by_desk


def _facts(body: tuple[Element, ...]) -> Facts:
    return next(each for each in body if isinstance(each, Facts))


def test_the_list_says_of_a_case_what_its_card_says_in_bold_that_somebody_waits_for() -> None:
    health = HealthView(care_word=CareWord.NOT_YET)
    never = replace(view(duty(DutyKind.CARE), of=report(Visibility.UNNAMED)), health=health)
    missing, waiting = (duty(DutyKind.CARE, "exhausted"), duty(DutyKind.FOLLOW_UP))
    for case, key in (
        (replace(view(waiting, of=report()), messages=()), "desk.speak_now"),
        (replace(never, messages=()), "desk.care_not_yet"),
        (replace(view(missing, of=report()), messages=()), "desk.care_missing"),
        (view(of=report()), "desk.wrote"),
    ):
        bold = [e for e in desk_card(POLICY, case).body if isinstance(e, Paragraph) and e.strong]
        assert [line.text.key for line in bold] == [key]
        line = CATALOGUE.text(desk_line(case).owed, "en", NOW)
        assert line.split("\n")[0] == CATALOGUE.text(bold[0].text, "en", NOW)


@pytest.mark.parametrize("visibility", list(Visibility))
def test_how_to_speak_with_somebody_who_gave_no_name_is_said(visibility: Visibility) -> None:
    case = view(duty(DutyKind.FOLLOW_UP), of=report(visibility))
    way = Paragraph(text=say("desk.speak_now.unnamed"))
    unnamed = visibility is Visibility.UNNAMED
    assert (way in desk_card(POLICY, case).body) is unnamed
    assert (way in details(POLICY, case, Written("", ""))) is unnamed


@pytest.mark.parametrize("visibility", list(Visibility))
@pytest.mark.parametrize("told", [True, False])
def test_that_the_site_is_not_to_hear_of_it_stands_first_wherever_the_desk_reads(
    visibility: Visibility, *, told: bool
) -> None:
    case = view(of=report(visibility, site_may_know=told, safety=Safety.ONGOING))
    said = Paragraph(text=say("desk.not_to_site"), strong=True)
    first = desk_card(POLICY, case).body[0], details(POLICY, case, Written("", ""))[1]
    assert [element == said for element in first] == [not told] * 2


@pytest.mark.parametrize("visibility", list(Visibility))
def test_details_say_whose_name_is_for_the_desk_alone(visibility: Visibility) -> None:
    drawn = details(POLICY, view(of=report(visibility)), Written("", "Hanako"))
    (facts, *_) = (each for each in drawn if isinstance(each, Facts))
    name = CATALOGUE.text(facts.items[0].value, "en", NOW)
    assert ("Name for the desk only" in name) is (visibility is Visibility.DESK_ONLY)


@pytest.mark.parametrize("owner", list(Owner))
@pytest.mark.parametrize("state", ["open", "closed"])
def test_the_desk_is_sent_to_no_site_for_care_that_is_its_own(owner: Owner, state: str) -> None:
    care = duty(DutyKind.CARE, "exhausted", owner=owner)
    card = desk_card(POLICY, view(care, of=report(), state=state)).model_dump_json()
    assert ('"desk.care_missing"' in card) is (owner is Owner.SITE)
    assert ('"desk.care_missing.desk"' in card) is (owner is Owner.DESK)


@pytest.mark.parametrize("state", ["open", "withdrawn"])
def test_details_of_what_was_taken_back_say_so_first_and_ask_for_nothing_more(state: str) -> None:
    owed = (duty(DutyKind.EXTERNAL_RESPONSE), duty(DutyKind.RECURRENCE))
    case = view(*owed, of=report(), state=state)
    said = Paragraph(text=say("details.withdrawn"), strong=True)
    taken_back = state == "withdrawn"
    assert (details(POLICY, case, Written("", ""))[1] == said) is taken_back
    assert (responses(POLICY, case) == ()) is taken_back
    # To the reporter the desk can still write.
    assert len(composes(case)) == (1 if taken_back else 2)


def test_the_history_says_which_duty_was_marked_as_done() -> None:
    lines = [Line(NOW, "duty_done", None, duty=kind) for kind in ("care", "reply")]
    drawn = since_then(view(of=report()), lines)
    (history,) = (each for each in drawn if isinstance(each, Timeline))
    first, second = (CATALOGUE.text(line.what, "en", NOW) for line in history.items)
    assert first != second
    assert CATALOGUE.text(say("duty.care"), "en", NOW) in first


@pytest.mark.parametrize("fact", ["asked", "exhausted", "asked_employee"])
def test_the_history_says_what_was_asked_for(fact: str) -> None:
    """Too few people are there only for whoever is alone."""
    kinds = (DutyKind.CARE, DutyKind.REPLY, DutyKind.SECOND_PERSON)
    lines = [Line(NOW, fact, None, (Role.DESK,), duty=kind.value) for kind in kinds]
    (history,) = (
        each for each in since_then(view(of=report()), lines) if isinstance(each, Timeline)
    )
    said = [CATALOGUE.text(line.what, "en", NOW) for line in history.items]
    for kind, text in zip(kinds, said, strict=True):
        assert CATALOGUE.text(say(f"duty.{kind.value}"), "en", NOW) in text
        few = fact == "exhausted" and kind is DutyKind.SECOND_PERSON
        assert ("too few" in text) is few
