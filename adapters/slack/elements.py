"""The neutral elements of a screen or card as blocks."""

import re
import unicodedata
from collections.abc import Iterable, Sequence

from adapters.slack.blocks import (
    Blocks,
    context,
    escaped,
    header,
    inline,
    rich,
    rich_list,
    section,
)
from adapters.slack.words import Moment, Words, is_typed
from flows.phrases import Phrase
from flows.screens import (
    Bullets,
    CallLine,
    Element,
    Fact,
    Facts,
    Happening,
    Heading,
    LinkLine,
    Paragraph,
    Said,
    Timeline,
)


def draw(words: Words, elements: Iterable[Element]) -> Blocks:
    """The elements in order."""
    return [block for element in elements for block in _one(words, element)]


def _one(words: Words, element: Element) -> Blocks:
    match element:
        case Paragraph():
            return paragraph(words, element.text, strong=element.strong)
        case Heading():
            return header(words.text(element.text))
        case Bullets():
            return _list(words, element.items, numbered=element.numbered)
        case Facts():
            return _facts(words, element.items)
        case Timeline():
            return _timeline(words, element.items)
        case CallLine():
            return _call(words, element)
        case LinkLine():
            return _link(words, element)
        case Said():
            return _said(words, element)


def paragraph(words: Words, phrase: Phrase, *, strong: bool = False) -> Blocks:
    """A sentence or two. What a person typed is plain text, whatever surrounds it."""
    runs = words.runs(phrase)
    dated = any(isinstance(run, Moment) for run in runs)
    if is_typed(phrase) or not (strong or dated):
        return section(words.text(phrase))
    return [rich(inline(runs, bold=strong))]


def _list(words: Words, items: Sequence[Phrase], *, numbered: bool) -> Blocks:
    if not items:
        return []
    return [rich_list([inline(words.runs(item)) for item in items], numbered=numbered)]


def _facts(words: Words, facts: Sequence[Fact]) -> Blocks:
    """Label above value; what was typed stands in a paragraph of its own."""
    blocks: Blocks = []
    together: Blocks = []
    for fact in facts:
        if is_typed(fact.value) or is_typed(fact.label):
            blocks += [*_together(together)]
            together = []
            blocks += section(f"{words.text(fact.label)}\n{words.text(fact.value)}")
        else:
            gap = [*inline(["\n"])] if together else []
            label = inline([words.text(fact.label)], bold=True)
            together += [*gap, *label, *inline(["\n", *words.runs(fact.value)])]
    return [*blocks, *_together(together)]


def _together(elements: Blocks) -> Blocks:
    return [rich(elements)] if elements else []


def _timeline(words: Words, items: Sequence[Happening]) -> Blocks:
    if not items:
        return []
    return [rich_list([_happening(words, item) for item in items])]


def _happening(words: Words, item: Happening) -> Blocks:
    when = [*words.runs(item.when), "  "] if item.when else []
    return inline([*when, *words.runs(item.what)])


def _call(words: Words, line: CallLine) -> Blocks:
    """A number to phone, as a link that a phone dials.

    The only markup we write: a link to a number that Slack did not take would show as text,
    while a rich text link it did not take would refuse the whole screen.
    """
    if is_typed(line.label):
        return section(f"{words.text(line.label)}  {line.phone}")
    text = f"{escaped(words.text(line.label))}  <{_dialled(line.phone)}|{escaped(line.phone)}>"
    shown = f"*{text}*" if line.strong else text
    return [{"type": "section", "text": {"type": "mrkdwn", "text": shown, "verbatim": True}}]


def _link(words: Words, line: LinkLine) -> Blocks:
    """A link of our own. Its address is letters and digits that we chose."""
    text = f"*<{line.url}|{escaped(words.text(line.label))}>*"
    return [{"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}]


def _dialled(phone: str) -> str:
    """A phone number as the address of a link."""
    digits = re.sub(r"[^0-9+*#]", "", unicodedata.normalize("NFKC", phone))
    return "tel:" + digits.replace("#", "%23")


def _said(words: Words, said: Said) -> Blocks:
    who = words.text(said.who)
    line = f"{who} · {words.text(said.when)}" if said.when else who
    return [*context(line), *section(words.text(said.text))]
