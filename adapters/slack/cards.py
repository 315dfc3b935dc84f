"""A card as a message of a channel: blocks, and one line for notifications.

No card holds a reporter's words; whatever in it a person typed is drawn as plain text all
the same. The line is the only text in which Slack reads markup, so it is escaped, and holds
nothing that anybody typed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from adapters.slack.blocks import (
    MESSAGE_BLOCKS,
    MESSAGE_CHARACTERS,
    Block,
    Blocks,
    actions,
    button,
    context,
    cut,
    escaped,
    header,
    rich,
    units,
)
from adapters.slack.elements import draw
from adapters.slack.words import Words
from flows.phrases import say
from flows.presses import Press
from flows.screens import Card, Style

NOTIFICATION = 150


@dataclass(frozen=True)
class SlackMessage:
    """What is sent: the blocks, and the line that phones and screen readers announce."""

    text: str
    blocks: Blocks


def card_message(
    words: Words,
    card: Card,
    press_codes: Callable[[Press], str],
    accounts: Sequence[str] = (),
) -> SlackMessage:
    """The card as a message that alerts these accounts."""
    blocks = _fitting(
        words,
        [
            *header(words.text(card.title)),
            *([rich(_mentions(accounts))] if accounts else []),
            *draw(words, card.body),
        ],
        actions(_buttons(words, card, press_codes), "press"),
        [
            *draw(words, card.after),
            *(context(words.text(card.footer)) if card.footer else []),
        ],
    )
    alerted = "".join(f"<@{account}> " for account in accounts)
    announced = escaped(cut(words.announced(card.announced), NOTIFICATION))
    return SlackMessage(alerted + announced, blocks)


def _buttons(words: Words, card: Card, press_codes: Callable[[Press], str]) -> Blocks:
    return [
        button(
            words.text(one.label),
            f"press.card.{number}",
            press_codes(one.press),
            primary=one.style is Style.PRIMARY,
        )
        for number, one in enumerate(card.buttons)
    ]


def _mentions(accounts: Sequence[str]) -> Blocks:
    found: Blocks = []
    for account in accounts:
        found += [{"type": "user", "user_id": account}, {"type": "text", "text": " "}]
    return found


def _fitting(words: Words, body: Blocks, buttons: Blocks, end: Blocks) -> Blocks:
    """A message that Slack takes: what does not fit is left out, and that is said."""
    left_out = context(words.text(say("slack.left_out")))
    always = [*buttons, *left_out]
    room = MESSAGE_CHARACTERS - sum(map(_characters, always))
    most = MESSAGE_BLOCKS - len(always)
    kept = _first(body, room, most)
    after: Blocks = []
    if len(kept) == len(body):
        room -= sum(map(_characters, body))
        after = _first(end, room, most - len(body))
    whole = len(kept) + len(after) == len(body) + len(end)
    return [*kept, *buttons, *after, *([] if whole else left_out)]


def _first(blocks: Blocks, room: int, most: int) -> Blocks:
    """The blocks that fit into a room, in order."""
    for number, block in enumerate(blocks):
        room -= _characters(block)
        if room < 0 or number == most:
            return blocks[:number]
    return blocks


def _characters(value: Any) -> int:
    """How much text a block holds, wherever in it."""
    if isinstance(value, str):
        return units(value)
    if isinstance(value, dict):
        return sum(_characters(part) for key, part in value.items() if key not in _NOT_READ)
    return sum(map(_characters, value)) if isinstance(value, list) else 0


_NOT_READ = frozenset({"type", "action_id", "block_id", "value", "style", "user_id"})


def first_message(words: Words, blocks: Blocks, title: str) -> SlackMessage:
    """The first card in the chat."""
    kept: list[Block] = blocks[:MESSAGE_BLOCKS]
    return SlackMessage(escaped(cut(title, NOTIFICATION)), kept)
