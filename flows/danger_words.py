"""Words that must bring help first: a hint that somebody may hurt themselves.

Matching too often costs a reader one extra line with a phone number; missing one may cost
a life. So the list is wide and nothing is ever refused because of it.
"""

import unicodedata

_SELF_HARM = (
    "死にたい",
    "しにたい",
    "消えたい",
    "きえたい",
    "自殺",
    "自死",
    "自傷",
    "命を絶",
    "生きていたくない",
    "生きたくない",
    "いなくなりたい",
    "飛び降り",
    "首を吊",
    "リストカット",
    "kill myself",
    "killing myself",
    "suicide",
    "suicidal",
    "want to die",
    "wanna die",
    "end my life",
    "hurt myself",
    "harm myself",
    "better off dead",
    "no reason to live",
)


def hints_at_self_harm(words: str) -> bool:
    """Whether what somebody wrote may mean that they are in danger from themselves."""
    plain = unicodedata.normalize("NFKC", words).casefold()
    return any(hint in plain for hint in _SELF_HARM)


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
    plain = unicodedata.normalize("NFKC", words).casefold()
    return hints_at_self_harm(words) or any(hint in plain for hint in _DANGER)
