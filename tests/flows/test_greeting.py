"""Whoever writes to the bot is shown first what they need first."""

from dataclasses import replace

import pytest

from bot.packs import builtin_pack
from flows.checklist import talk
from flows.conversation import replay
from flows.greeting import Written, greeted, greeting
from flows.scene import Called
from flows.screens import Ask
from tests.flows.test_conversation import asking, known_site

POLICY = builtin_pack("standard")
NOT_SENT, NOTHING_KEPT = '"first.not_sent"', '"first.nothing_kept"'
GET_HELP, POLICE, LISTENING = '"first.help"', '"110"', '"sent.talk_now"'


def answered(
    words: str, *, called: Called = Called.NOT, where: Written = Written.CHAT
) -> tuple[str, Ask]:
    """What is read in the order in which every platform draws it, and the card."""
    first = asking(replay(talk, replace(known_site(POLICY), called=called), ()))
    before, card = greeting(POLICY, first, words, where)
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
    read, _ = answered("殺される 助けて", called=Called.RUNS)
    assert read.index('"first.calling"') < read.index(POLICE)


REPORT = "お客さんに30分怒鳴られました。土下座しろと言われました。名前は一条です。"


@pytest.mark.parametrize(
    "words",
    [
        *(REPORT, "A customer shouted at me for half an hour."),
        *("怒鳴られた", "もう無理", "He shouted at me", "死にたい"),
    ],
)
def test_what_may_be_a_report_is_said_to_have_reached_nobody_and_not_to_be_kept_nowhere(
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


@pytest.mark.parametrize(
    "words", ["", "こんにちは", "お疲れさまです。", "Hello!", "good morning", "👍", "もしもし"]
)
def test_a_greeting_is_answered_with_the_first_card_alone(words: str) -> None:
    read, card = answered(words)
    assert LISTENING not in read and POLICE not in read and '"first.title"' in read
    assert NOTHING_KEPT in read and NOT_SENT not in read
    assert card.buttons


@pytest.mark.parametrize("words", [REPORT, "怒鳴られた", "死にたい", "殺される 助けて"])
def test_what_was_written_in_a_channel_is_not_said_to_be_read_by_nobody(words: str) -> None:
    read, card = answered(words, where=Written.CHANNEL)
    assert '"first.in_channel"' in read and NOT_SENT not in read and NOTHING_KEPT not in read
    assert [one.code for one in card.buttons] == ["help", "check"]


NUMBER = "5902047718263540917364520"
NUMBERS = [
    NUMBER,
    "59020 47718 26354 09173 64520",
    "５９０２０－４７７１８－２６３５４－０９１７３－６４５２０",
]


@pytest.mark.parametrize("words", [*NUMBERS, f"受付番号は{NUMBER}です", NUMBER[:-1]])
@pytest.mark.parametrize("where", Written)
def test_a_receipt_number_is_answered_with_where_to_open_it(words: str, where: Written) -> None:
    read, _ = answered(words, where=where)
    assert '"first.receipt"' in read and NUMBER not in read
    assert not [key for key in (NOT_SENT, NOTHING_KEPT, '"first.in_channel"') if key in read]
    stands = {"first.receipt.chat": Written.CHAT, "first.receipt.channel": Written.CHANNEL}
    for key, there in stands.items():
        assert (f'"{key}"' in read) is (where is there)


@pytest.mark.parametrize("words", ["090-1234-5678", "2026年11月27日 10:30 に 03-1234-5678 から"])
def test_other_numbers_are_no_receipt(words: str) -> None:
    read, _ = answered(words)
    assert '"first.receipt"' not in read and NOT_SENT in read
