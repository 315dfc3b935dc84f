"""What somebody who writes to the bot is answered: the first card, and what comes before it."""

from flows.danger_words import hints_at_others, hints_at_self_harm
from flows.phrases import say
from flows.policy import Policy
from flows.result import POLICE, listening_lines, police
from flows.screens import Ask, Element, Paragraph


def greeting(policy: Policy, first: Ask, words: str) -> tuple[tuple[Element, ...], Ask]:
    """What stands before the first card, and the card. The words themselves are kept nowhere.

    To whoever may be in danger from others people must come: the card begins with 110 and "Get
    help". To whoever may hurt themselves the lines that listen come first. Each has the other too.
    """
    if hints_at_others(words):
        return (), _help_first(policy, first)
    return (_lines(policy) if hints_at_self_harm(words) else ()), first


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
