"""A report is tied to a call for help by its sender's own act, and they know what that tells."""

import re
from dataclasses import replace

import pytest

from bot.catalogue import Catalogue
from bot.keys import read_public_id
from flows.checklist import talk
from flows.conversation import Asking, Ending, replay
from flows.outcomes import Filing
from flows.phrases import Listed, Say, say
from flows.screens import Ask, Group
from flows.tie import NAMED_TIE, TIES, UNNAMED_TIE
from tests.flows.test_report import TO_REPORT, scene

CALL, CATALOGUE = "QRT7K4M", Catalogue.load()
EVERY_WAY = pytest.mark.parametrize(
    ("who", "tie", "told"),
    [
        ("next/u/n/", UNNAMED_TIE, "review.call.hint_unnamed"),
        ("next/d/n/", NAMED_TIE, "review.call.hint"),
        ("next/n/y/", NAMED_TIE, "review.call.hint"),
    ],
)


def review(who: str, call: str = "") -> Ask:
    """The screen that sends."""
    here = replay(talk, replace(scene(), call=call), (*TO_REPORT, who))
    assert isinstance(here, Asking)
    return here.ask


def ties(ask: Ask) -> list[Group]:
    return [group for group in ask.groups if group.id in TIES]


def hint(phrase: object) -> str:
    assert isinstance(phrase, Say)
    return phrase.key


@EVERY_WAY
def test_who_did_not_call_meets_one_folded_line_and_no_screen_more(
    who: str, tie: str, told: str
) -> None:
    ask = review(who)
    assert ask.step == "review" and ties(ask) == []
    (field,) = (field for field in ask.fields if field.id in TIES)
    assert field == ask.fields[-1] and field.id == tie
    assert field.folded and not field.required
    assert isinstance(field.hint, Listed)
    assert [hint(line) for line in field.hint.items] == ["review.call.looks", told]


@EVERY_WAY
def test_a_report_begun_from_a_calls_page_offers_that_call_and_ticks_nothing(
    who: str, tie: str, told: str
) -> None:
    ask = review(who, CALL)
    (group,) = ties(ask)
    (option,) = group.options
    assert group.id == tie and not group.chosen and group.missing is None and group.many
    assert isinstance(option.label, Say) and CALL in repr(option.label.values)
    assert hint(option.hint) == told
    assert not [field for field in ask.fields if field.id in TIES]


@EVERY_WAY
def test_only_a_tick_ties(who: str, tie: str, told: str) -> None:
    ask = review(who, CALL)
    for chosen, tied in ((("y",), True), ((), False)):
        groups = [".".join(chosen if group.id in TIES else group.chosen) for group in ask.groups]
        last = "/".join(["send", *groups])
        end = replay(talk, replace(scene(), call=CALL), (*TO_REPORT, who, last))
        assert isinstance(end, Ending) and isinstance(end.outcome, Filing)
        assert end.outcome.tied is tied


def test_what_was_ticked_with_a_name_is_not_ticked_without_one() -> None:
    named = {group.id: ("y",) for group in ties(review("next/n/n/", CALL))}
    assert not ties(review("next/u/n/", CALL).with_chosen(named))[0].chosen


@pytest.mark.parametrize("language", ["en", "ja", "ja_simple"])
def test_the_number_that_is_shown_as_an_example_looks_like_one(language: str) -> None:
    shown = CATALOGUE.text(say("review.call.looks"), language)
    (example,) = re.findall(r"[0-9A-Z]{7}", shown)
    assert read_public_id(example) == example
