"""The neutral elements of a screen or card as parts of an Adaptive Card."""

import re
import unicodedata
from collections.abc import Iterable, Sequence

from adapters.teams.parts import Part, Parts, heading, lines, note, text, typed
from adapters.teams.words import Words, inert, is_typed
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

TITLE = 150
"""Characters of a title in which somebody's own words stand."""


def draw(words: Words, elements: Iterable[Element]) -> Parts:
    """The elements in order."""
    return [part for element in elements for part in _one(words, element)]


def _one(words: Words, element: Element) -> Parts:
    match element:
        case Paragraph():
            return paragraph(words, element.text, strong=element.strong)
        case Heading():
            return title(words, element.text)
        case Bullets():
            return _list(words, element)
        case Facts():
            return _facts(words, element.items)
        case Timeline():
            return [part for item in element.items for part in _happening(words, item)]
        case CallLine():
            return [_call(words, element)]
        case LinkLine():
            return [_link(words, element)]
        case Said():
            return _said(words, element)


def paragraph(words: Words, phrase: Phrase, *, strong: bool = False) -> Parts:
    """A sentence or two. What a person typed is plain text, whatever surrounds it."""
    style = {"weight": "Bolder"} if strong else {}
    if is_typed(phrase):
        return typed(words.text(phrase), **style)
    return lines(text(words.text(phrase), **style))


def title(words: Words, phrase: Phrase, *, top: bool = False) -> Parts:
    """The title of a card, or of a part of it."""
    if is_typed(phrase):
        line = " ".join(words.text(phrase).split())[:TITLE]
        return typed(line, weight="Bolder", size="Large" if top else "Medium")
    return [heading(words.text(phrase), top=top)]


def _list(words: Words, bullets: Bullets) -> Parts:
    """Each item on a line of its own: Markdown's lists are drawn differently everywhere."""
    parts: Parts = []
    for number, item in enumerate(bullets.items, 1):
        mark = f"{number}. " if bullets.numbered else "・"
        if is_typed(item):
            parts += typed(mark + words.text(item))
        else:
            parts.append(text(mark + words.text(item), spacing="Small"))
    return parts


def _facts(words: Words, facts: Sequence[Fact]) -> Parts:
    """Label beside value; one that was typed or has several lines stands below its label."""
    parts: Parts = []
    together: Parts = []
    for fact in facts:
        if is_typed(fact.value) or is_typed(fact.label):
            parts += [*_set(together), *typed(words.text(fact.label), isSubtle=True)]
            parts += [{**block, "spacing": "None"} for block in typed(words.text(fact.value))]
            together = []
            continue
        label, value = words.text(fact.label), words.text(fact.value)
        if "\n" in value:
            parts += [*_set(together), text(label, isSubtle=True)]
            parts += [{**block, "spacing": "None"} for block in lines(text(value))]
            together = []
        else:
            together.append({"title": inert(label), "value": inert(value)})
    return [*parts, *_set(together)]


def _set(facts: Parts) -> Parts:
    return [{"type": "FactSet", "facts": list(facts)}] if facts else []


def _happening(words: Words, item: Happening) -> Parts:
    when = f"{words.text(item.when)}  " if item.when else ""
    line = f"{when}{words.text(item.what)}"
    if is_typed(item.what):
        return typed(line)
    return [text(line, spacing="Small", isSubtle=not item.done)]


def _call(words: Words, line: CallLine) -> Part:
    """A number to phone, as a link that a phone dials: the only markup we write."""
    label, number = inert(words.text(line.label)), inert(line.phone)
    linked: Part = {
        "type": "TextBlock",
        "wrap": True,
        "text": f"{label}  [{number}]({dialled(line.phone)})",
    }
    return {**linked, "weight": "Bolder", "size": "Medium"} if line.strong else linked


def _link(words: Words, line: LinkLine) -> Part:
    """A link of our own. Its address is letters and digits that we chose."""
    text_ = f"[{inert(words.text(line.label))}]({line.url})"
    return {"type": "TextBlock", "wrap": True, "weight": "Bolder", "text": text_}


def dialled(phone: str) -> str:
    """A phone number as the address of a link."""
    digits = re.sub(r"[^0-9+*#]", "", unicodedata.normalize("NFKC", phone))
    return "tel:" + digits.replace("#", "%23")


def _said(words: Words, said: Said) -> Parts:
    who = words.text(said.who)
    line = f"{who} · {words.text(said.when)}" if said.when else who
    return [note(line), *({**part, "spacing": "None"} for part in typed(words.text(said.text)))]
