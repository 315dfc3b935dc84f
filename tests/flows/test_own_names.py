"""A reporter's own name is found in what they wrote, and hidden where they wish it."""

import pytest

from flows.own_names import hidden, name_parts, names_somebody

HANAKO = name_parts(["山田 花子", "Hanako Yamada", "hanako.y"])


@pytest.mark.parametrize(
    "words",
    [
        "「山田を出せ」とどなられました",
        "花子さんと呼ばれた",
        "He shouted HANAKO at me",
        "Ｙａｍａｄａ、お前だ",
        "He wrote to hanako.y",
    ],
)
def test_the_name_is_found_however_it_is_written(words: str) -> None:
    assert names_somebody(words, HANAKO)
    left = hidden(words, HANAKO, "〔name〕")
    assert "〔name〕" in left and not names_somebody(left, HANAKO)


@pytest.mark.parametrize("words", ["", "He shouted at me", "yamadaya is a shop", "田中を出せ"])
def test_what_is_no_name_of_theirs_stays_as_it_is(words: str) -> None:
    assert not names_somebody(words, HANAKO)
    assert hidden(words, HANAKO, "〔name〕") == words


def test_parts_that_stand_in_many_words_by_chance_are_not_looked_for() -> None:
    assert name_parts(["森 Jo Li"]) == ("森 Jo Li",)
    assert not names_somebody("anything", ())
