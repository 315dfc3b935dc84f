"""What somebody who writes to the bot is answered: the first card, and what comes before it."""

import unicodedata

from flows.danger_words import hints_at_others, hints_at_self_harm
from flows.phrases import say
from flows.policy import Policy
from flows.result import POLICE, listening_lines, police
from flows.screens import Ask, Element, Paragraph

_LONG = 20
"""So wide is what is no mere word of greeting: ten characters of Japanese, or twenty letters."""
_NOTHING_KEPT = Paragraph(text=say("first.nothing_kept"))


def greeting(policy: Policy, first: Ask, words: str) -> tuple[tuple[Element, ...], Ask]:
    """What stands before the first card, and the card. The words themselves are kept nowhere.

    To whoever may be in danger from others people must come: the card begins with 110 and "Get
    help". To whoever may hurt themselves the lines that listen come first. Each has the other too.
    Whoever wrote a longer text reads that nobody has got it, and how to send it.
    """
    danger = hints_at_others(words)
    card = _help_first(policy, first) if danger else first
    if _width(words.strip()) >= _LONG:
        card = _not_sent(card)
    return (_lines(policy) if hints_at_self_harm(words) and not danger else ()), card


def greeted(policy: Policy, first: Ask, words: str) -> Ask:
    """The same as one screen, for a way in that opens one."""
    before, ask = greeting(policy, first, words)
    return ask.model_copy(update={"body": (*before, *ask.body)})


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)


def _not_sent(card: Ask) -> Ask:
    """The first card after a text that may be meant as a report. That nothing is kept is not said
    of it: a chat keeps what was written there."""
    *before, question = card.body
    told = Paragraph(text=say("first.not_sent"), strong=True)
    after = tuple(one for one in card.after if one != _NOTHING_KEPT)
    return card.model_copy(update={"body": (*before, told, question), "after": after})


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
