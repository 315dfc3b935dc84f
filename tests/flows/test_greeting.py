"""Whoever writes to the bot is shown first what they need first."""

from dataclasses import replace

import pytest

from bot.packs import builtin_pack
from flows.checklist import talk
from flows.conversation import replay
from flows.greeting import greeted, greeting
from flows.screens import Ask
from tests.flows.test_conversation import asking, known_site

POLICY = builtin_pack("standard")
NOT_SENT, NOTHING_KEPT = '"first.not_sent"', '"first.nothing_kept"'
GET_HELP, POLICE, LISTENING = '"first.help"', '"110"', '"sent.talk_now"'


def answered(words: str, *, calling: bool = False) -> tuple[str, Ask]:
    """What is read in the order in which every platform draws it, and the card."""
    first = asking(replay(talk, replace(known_site(POLICY), calling=calling), ()))
    before, card = greeting(POLICY, first, words)
    drawn = (*before, *card.body, *card.buttons, *card.after)
    return card.title.model_dump_json() + "".join(one.model_dump_json() for one in drawn), card


@pytest.mark.parametrize("words", ["殺される 助けて", "he is going to kill me help"])
def test_in_danger_from_others_help_and_the_police_come_before_the_lines_that_listen(
    words: str,
) -> None:
    read, card = answered(words)
    assert max(read.index(GET_HELP), read.index(POLICE)) < read.index(LISTENING)
    assert '"safe.d"' in card.title.model_dump_json()
    assert [one.code for one in card.buttons] == ["help", "check"]


@pytest.mark.parametrize("words", ["死にたい", "助けて、もう死にたい", "I want to die"])
def test_in_danger_from_oneself_the_lines_that_listen_come_first(words: str) -> None:
    read, _ = answered(words)
    assert read.index(LISTENING) < read.index(POLICE) < read.index(GET_HELP)


@pytest.mark.parametrize("words", ["殺される", "死にたい"])
def test_the_number_of_the_police_stands_there_once(words: str) -> None:
    assert answered(words)[0].count(POLICE) == 1


def test_whose_call_runs_already_reads_that_first() -> None:
    read, _ = answered("殺される 助けて", calling=True)
    assert read.index('"first.calling"') < read.index(POLICE)


REPORT = "お客さんに30分怒鳴られました。土下座しろと言われました。名前は一条です。"


@pytest.mark.parametrize("words", [REPORT, "A customer shouted at me for half an hour."])
def test_a_longer_text_is_said_to_have_reached_nobody_and_not_to_be_kept_nowhere(
    words: str,
) -> None:
    read, card = answered(words)
    assert NOT_SENT in read and NOTHING_KEPT not in read and words not in read
    assert [one.code for one in card.buttons] == ["help", "check"]


@pytest.mark.parametrize(
    "words", ["店長が包丁で脅されています。助けて", "もう生きていたくない、死にたいです"]
)
def test_a_longer_text_of_danger_brings_help_before_that_nobody_has_got_it(words: str) -> None:
    read, _ = answered(words)
    assert read.index(POLICE) < read.index(NOT_SENT)


def test_as_one_screen_it_reads_the_same() -> None:
    first = asking(replay(talk, known_site(POLICY), ()))
    for words in ("死にたい", "殺される", "hello"):
        before, card = greeting(POLICY, first, words)
        assert greeted(POLICY, first, words).body == (*before, *card.body)


def test_other_words_are_answered_with_the_first_card_alone() -> None:
    read, card = answered("こんにちは")
    assert LISTENING not in read and POLICE not in read and '"first.title"' in read
    assert NOTHING_KEPT in read and NOT_SENT not in read
    assert card.buttons
