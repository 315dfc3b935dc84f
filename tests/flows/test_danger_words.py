"""Words that bring help first: in the many forms in which people write them."""

import pytest

from flows.danger_words import calls_out, hints_at_others, hints_at_self_harm

HINTS = (
    *(
        "死にたい",
        "もう死にたくなりました",
        "しにたい",
        "死んでしまいたい",
        "死んだほうがまし",
        "死んだ方が楽",
    ),
    *(
        "死んでもいい",
        "死ぬことばかり考えます",
        "もう消えてしまいたいです。",
        "消えてなくなりたい",
        "消えたい",
    ),
    *(
        "いなくなってしまいたい",
        "いなくなりたい",
        "生きていても仕方ない",
        "生きる意味がない",
        "生きるのがつらい",
    ),
    *(
        "もう生きていけない",
        "生きていたくない",
        "飛び込みたい",
        "ホームから飛び降りようと",
        "手首を切りました",
    ),
    *(
        "薬をたくさん飲んだ",
        "じさつ",
        "自殺",
        "首をつりたい",
        "命を絶ちたい",
        "人生を終わりにしたい",
        "死 に た い",
    ),
    *("死に\nたい", "早く楽になりたい", "リスカしました", "自分を傷つけてしまう"),
    *("I don't want to live", "I don’t want to live", "I want to disappear", "I wish I was dead"),
    *("I cut myself", "cutting myself", "I want to die", "SUICIDE", "I can't go on living"),
    *("nothing to live for", "I took an overdose", "I will end my life", "I want to kill myself"),
)
OTHERS = (
    *(
        "「死ね」と言われました",
        "殺すぞと言われた",
        "注文の記録が消えてしまいました",
        "飛び込み営業の人が怒鳴った",
    ),
    *(
        "手首をつかまれた",
        "腕を切られた",
        "薬を買いに来た客",
        "生きのいい魚がないと言われた",
        "店からいなくなった",
    ),
    *(
        "He said he would kill me",
        "he wanted to live in the store",
        "she cut in line",
        "end the call",
    ),
    *("さがしにたくさんの人が来た", "はなしにたいして怒った", "薬をのませてと言う客"),
    *("お客様が「線がまがっている」と怒鳴った", "I want to leave", "仕事に行きたくない"),
)
IN_DANGER = (
    *(
        "殺される 助けて",
        "ころされる",
        "刺される",
        "刺されそう",
        "殴られた",
        "なぐられました",
        "蹴られた",
    ),
    *(
        "囲まれて動けない",
        "逃げられない",
        "閉じ込められた",
        "トイレに隠れています",
        "ナイフを持っています",
    ),
    *(
        "包丁",
        "たすけて",
        "タスケテ",
        "やめて",
        "だれか来て",
        "早く来て",
        "来て",
        "すぐ、きて",
        "ここにきてください",
    ),
    *(
        "こわい",
        "首を絞められた",
        "触られています",
        "追いかけられて",
        "声が出せない",
        "１１０番して",
        "警察を呼んで",
    ),
    *(
        "死にたくない、殺される",
        "he is going to kill me help",
        "I don't want to die he has a knife",
    ),
    *("He’s got a gun", "he hit me", "they are surrounding me", "I can’t get out", "help", "SOS"),
    *(
        "he grabbed me",
        "he won't let me leave",
        "please come",
        "come quick",
        "I am scared",
        "tasukete",
    ),
    *("someone is following me", "he threatened me", "she is throwing things", "call the police"),
)
CHATTER = (
    *(
        "こんにちは",
        "メモ",
        "お客様が来て、返品したいそうです",
        "見ないふりをした",
        "締め切りはいつですか",
    ),
    *("hello", "good morning", "what is this?", "a helpful customer", "I want to leave early"),
    *("welcome", "who comes tomorrow?"),
)


@pytest.mark.parametrize("words", HINTS)
def test_who_may_hurt_themselves_is_heard_in_whatever_form_they_write_it(words: str) -> None:
    assert hints_at_self_harm(f"きょうも怒鳴られました。{words}")
    assert not hints_at_others(words), "who listens comes first"


@pytest.mark.parametrize("words", OTHERS)
def test_what_a_customer_did_is_no_such_hint(words: str) -> None:
    assert not hints_at_self_harm(words)


@pytest.mark.parametrize("words", IN_DANGER)
def test_who_is_in_danger_from_others_is_heard_as_that(words: str) -> None:
    assert hints_at_others(words)


@pytest.mark.parametrize("words", ["助けて、もう死にたい", "help, I want to die", "怖い。消えたい"])
def test_who_calls_for_help_against_themselves_is_heard_as_that(words: str) -> None:
    assert hints_at_self_harm(words) and not hints_at_others(words)


@pytest.mark.parametrize("words", CHATTER)
def test_other_words_are_no_hint_of_danger(words: str) -> None:
    assert not hints_at_others(words) and not hints_at_self_harm(words)


CALLED_OUT = (
    "いま、ナイフを持って店に来ています。助けて",
    "助けてください",
    "だれか来てください",
    "また殴られました",
    "please help me",
    "he has a knife",
    "They will not let me leave",
    "I need your help, he won't let me out",
)
NOT_CALLED_OUT = (
    "助けていただき、本当にありがとうございました",
    "対応していただいて、とても助かりました",
    "警察に相談するつもりはありません",
    "思い出すと、まだ怖いです",
    "Thank you so much for your help",
    "Thanks for helping me last week.",
    "I am still scared when I think of it.",
    "Should I have gone to the police?",
)


@pytest.mark.parametrize("words", CALLED_OUT)
def test_a_letter_that_is_written_in_danger_calls_the_desk(words: str) -> None:
    assert calls_out(words)


@pytest.mark.parametrize("words", NOT_CALLED_OUT)
def test_thanks_and_fear_alone_wake_nobody_at_the_desk(words: str) -> None:
    assert not calls_out(words)
