"""Where the desk and a reporter write to each other."""

from collections.abc import Sequence

from adapters.slack.blocks import Blocks, actions, button
from adapters.slack.fields import field_block, text_field
from adapters.slack.screens import CaseView, DetailsView, Kept
from adapters.slack.words import Words
from flows.screens import Compose

LETTER = "letter"
"""The name, on other views, of what was typed to the desk on the page of a report."""


def composed(number: str) -> str:
    """The name of what is typed in one of the places to write."""
    return f"words{number.partition('.')[0]}"


def compose_block(number: str, kept: Kept) -> str:
    """The block of one of the places to write, as it is named now."""
    name = composed(number)
    return field_block("compose", name, kept.again.get(name, 0))


def composes(words: Words, composes: Sequence[Compose], view: CaseView | DetailsView) -> Blocks:
    """Places to write. The modal's own button sends the first; the others have their own."""
    blocks: Blocks = []
    for number, one in enumerate(composes):
        name = composed(str(number))
        again = view.kept.again.get(name, 0)
        value = view.letter if isinstance(view, CaseView) else ""
        blocks.append(text_field(words, "compose", one.field, name=name, again=again, value=value))
        own = [] if number == 0 else [one.button]
        buttons = [*own, *([one.also] if one.also else [])]
        made = [
            button(words.text(each.label), f"write.{number}.{which}", view.press_codes(each.press))
            for which, each in enumerate(buttons)
        ]
        blocks += actions(made, f"write.{number}")
    return blocks
