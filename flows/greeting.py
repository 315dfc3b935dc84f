"""What somebody who writes to the bot is answered: the first card, and what comes before it."""

import re
import unicodedata
from enum import Enum

from flows.danger_words import hints_at_others, hints_at_self_harm
from flows.phrases import Say, say
from flows.policy import Policy
from flows.result import POLICE, listening_lines, police
from flows.screens import Ask, Element, Paragraph


class Written(Enum):
    """Where somebody wrote to the bot, and so who can read it there."""

    CHAT = "chat"
    """In the bot's chat with them, which keeps it."""
    CHANNEL = "channel"
    """Among others, who read along."""
    COMMAND = "command"
    """Behind a command, which no chat keeps."""


_GREETINGS = frozenset(
    (
        *("hi", "hey", "hello", "hello there", "good morning", "good evening", "thanks"),
        *("thank you", "start", "test", "help", "mamori", "まもり", "ヘルプ", "テスト"),
        *("こんにちは", "こんばんは", "おはよう", "おはようございます", "はじめまして"),
        *("お疲れさま", "お疲れ様", "お疲れさまです", "お疲れ様です", "もしもし", "すみません"),
        *("ありがとう", "ありがとうございます", "よろしく", "よろしくお願いします"),
    )
)
"""What only says that somebody is there."""
_LIKE_A_RECEIPT = re.compile(r"\d(?:[\s‐–—−ー-]*\d){21,27}")
"""As many digits as a receipt number has, give or take what is lost in copying. Which it is, and
whether it fits anything, is not looked up."""
_NOTHING_KEPT = (
    Paragraph(text=say("first.nothing_kept")),
    Paragraph(text=say("first.nothing_kept.called")),
)


def greeting(
    policy: Policy, first: Ask, words: str, where: Written = Written.CHAT
) -> tuple[tuple[Element, ...], Ask]:
    """What stands before the first card, and the card. The words themselves are kept nowhere.

    To whoever may be in danger from others people must come: the card begins with 110 and "Get
    help". To whoever may hurt themselves the lines that listen come first. Each has the other too.
    Whoever wrote more than a greeting reads who has got it, and what to do.
    """
    danger = hints_at_others(words)
    card = _help_first(policy, first) if danger else first
    plain = unicodedata.normalize("NFKC", words)
    if _is_more_than_a_greeting(plain):
        card = _told(card, *_who_has_got_it(plain, where))
    return (_lines(policy) if hints_at_self_harm(words) and not danger else ()), card


def greeted(policy: Policy, first: Ask, words: str) -> Ask:
    """The same as one screen, for a command, which opens one."""
    before, ask = greeting(policy, first, words, Written.COMMAND)
    return ask.model_copy(update={"body": (*before, *ask.body)})


def _is_more_than_a_greeting(plain: str) -> bool:
    spoken = "".join(one if one.isalnum() or one == "ー" else " " for one in plain.casefold())
    said = " ".join(spoken.split())
    return bool(said) and said not in _GREETINGS


_STANDS_THERE = {
    Written.CHAT: (say("first.receipt.chat"),),
    Written.CHANNEL: (say("first.receipt.channel"),),
}
"""A number that opens a report stands where others may read it."""


def _who_has_got_it(plain: str, where: Written) -> tuple[Say, ...]:
    """That nobody has, or that a whole channel does; of a receipt number where it is opened."""
    if _LIKE_A_RECEIPT.search(plain):
        return (say("first.receipt"), *_STANDS_THERE.get(where, ()))
    return (say("first.in_channel" if where is Written.CHANNEL else "first.not_sent"),)


def _told(card: Ask, *lines: Say) -> Ask:
    """The first card after a text that may be meant as a report. That nothing is kept is not said
    of it: a chat keeps what was written there."""
    *before, question = card.body
    told = (Paragraph(text=line, strong=True) for line in lines)
    after = tuple(one for one in card.after if one not in _NOTHING_KEPT)
    return card.model_copy(update={"body": (*before, *told, question), "after": after})


def _help_first(policy: Policy, first: Ask) -> Ask:
    """The first card for somebody in danger. That a call runs already is said before all."""
    *running, question = first.body
    return first.model_copy(
        update={
            "title": say("safe.d"),
            "body": (*running, police(), question),
            "after": (*first.after, *_listening(policy)),
        }
    )


def _lines(policy: Policy) -> tuple[Element, ...]:
    talk, *lines = _listening(policy)
    return (talk, police(), *lines)


def _listening(policy: Policy) -> tuple[Element, ...]:
    """Who listens: every number but that of the police, which has a place of its own."""
    lines = (line for line in listening_lines(policy) if line.phone != POLICE)
    return (Paragraph(text=say("sent.talk_now"), strong=True), *lines)
