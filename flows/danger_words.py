"""Words that must bring help first: a hint that somebody may hurt themselves.

Matching too often costs a reader one extra line with a phone number; missing one may cost
a life. So the list is wide and nothing is ever refused because of it.
"""

import re
import unicodedata

_SELF_HARM = (
    # Japanese: stems, since the same wish is written in many forms.
    r"死に(たい|たく|たか|そう)|しに(たい(?!へん|おう|して|する)|たく(?!さん)|たかっ)",
    r"死んで(しま|も[いよ良]|ち?ゃ|楽|らく|い[いく])|死んじゃ",
    r"死んだ(方|ほう|ら楽|らく)|死ぬ(しか|こと|つもり|気|方法|前)|死を(考|選|思)",
    r"[消き]え(たい|たく|ちゃいた|てなくな)|消えて(しまい(た|そう)|しまえ[たば])|消えてい(き|なく)",
    r"いなくなり(たい|たく)|いなくなって(しまいた|も[いよ良])|いなくなれば",
    r"生きて.{0,6}(意味|価値|仕方|しかた|しょうが|辛|つら|嫌|いや|疲れ|限界|いけな|られな|たくな)",
    r"生きて.{0,6}(自信|理由|気力)|生きる.{0,4}(意味|価値|理由|気力|希望|辛|つら|疲|嫌)|生きたくな",
    r"自殺|じさつ|自死|自傷|命を[絶断た]|首を?[吊つ][るりっろら]|遺書|楽になりたい",
    r"飛び(降|お)り|飛び込(みた|みそう|んで|もう|みます|むしか)|線路に",
    r"(手首|腕)を切(?!ら|り付|りつ)|リストカット|リスカ|オーバードーズ|過量服薬",
    r"薬を.{0,4}(たくさん|大量|全部|いっぱい|まとめて).{0,3}[飲の]|大量に.{0,3}薬",
    r"(全部|すべて|人生を?)(終わり|おわり|終え|やめたい)|自分を(傷|きず)つけ",
    r"kill(ing)? myself|suicid|\bunalive|want(ed)? to die|wanna die|rather be dead",
    r"wish i (was|were) dead|better off dead|(end|ending) (my life|it all)|take my (own )?life",
    r"(hurt|harm|cut)(t?ing)? myself|self[- ]?harm|overdos|slit my",
    r"no(thing| reason) to live|want to disappear|can('t|not) go on (living|any)",
    r"(do not|don'?t) want to (live|be alive|exist|wake up|be here any)|jump (off|in front)",
)
_HINT = re.compile("|".join(_SELF_HARM))


def hints_at_self_harm(words: str) -> bool:
    """Whether what somebody wrote may mean that they are in danger from themselves."""
    plain = _folded(words)
    return bool(_HINT.search(plain) or _HINT.search(re.sub(r"[\s、。・…]", "", plain)))


def _folded(words: str) -> str:
    return unicodedata.normalize("NFKC", words).casefold().replace("’", "'")


_DANGER = (
    "助けて",
    "たすけて",
    "助けを呼",
    "危ない",
    "あぶない",
    "危険",
    "殴られ",
    "なぐられ",
    "殺され",
    "殺す",
    "刃物",
    "包丁",
    "警察",
    "110番",
    "逃げられない",
    "閉じ込め",
    "help me",
    "need help",
    "emergency",
    "danger",
    "hit me",
    "hitting me",
    "attacking",
    "attacked me",
    "has a knife",
    "has a gun",
    "kill me",
    "call the police",
    "locked in",
)


def hints_at_danger(words: str) -> bool:
    """Whether what somebody wrote may mean danger, from others or from themselves."""
    plain = _folded(words)
    return hints_at_self_harm(words) or any(hint in plain for hint in _DANGER)
