"""What Teams takes as an Adaptive Card 1.5: the rules of the schema, and those it leaves out.

Written down from the published schema's reference, for the types a card may use here; any
other type is refused, and so is a property that its type does not have.
"""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

CARD = "application/vnd.microsoft.card.adaptive"
CARD_BYTES = 28 * 1024
MAX_ACTIONS = 6


class BadCard(ValueError):
    """Teams refuses this card; says where and why."""


Check = Callable[[Any, str], None]


def _text(value: Any, where: str) -> None:
    if not isinstance(value, str):
        raise BadCard(f"{where}: not a text")


def _flag(value: Any, where: str) -> None:
    if not isinstance(value, bool):
        raise BadCard(f"{where}: neither true nor false")


def _whole(value: Any, where: str) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise BadCard(f"{where}: not a whole number")


def _anything(value: Any, where: str) -> None:
    return None


def _object(value: Any, where: str) -> None:
    if not isinstance(value, dict):
        raise BadCard(f"{where}: not an object")


def _one_of(*allowed: str) -> Check:
    def check(value: Any, where: str) -> None:
        if not isinstance(value, str) or value.lower() not in {one.lower() for one in allowed}:
            raise BadCard(f"{where}: {value!r} is none of {allowed}")

    return check


def _list_of(each: Check, least: int = 0) -> Check:
    def check(value: Any, where: str) -> None:
        if not isinstance(value, list) or len(value) < least:
            raise BadCard(f"{where}: not a list of at least {least}")
        for number, one in enumerate(value):
            each(one, f"{where}[{number}]")

    return check


def _typed(kinds: dict[str, "Shape"]) -> Check:
    def check(value: Any, where: str) -> None:
        _object(value, where)
        kind = value.get("type")
        if kind not in kinds:
            raise BadCard(f"{where}: no such type here: {kind!r}")
        _shape(value, kinds[kind], f"{where}<{kind}>")

    return check


def _plain(shape: "Shape") -> Check:
    def check(value: Any, where: str) -> None:
        _object(value, where)
        _shape(value, shape, where)

    return check


Shape = tuple[dict[str, Check], tuple[str, ...]]
"""The properties something may have, and those it must have."""


def _shape(value: dict[str, Any], shape: Shape, where: str) -> None:
    allowed, needed = shape
    for name in needed:
        if name not in value:
            raise BadCard(f"{where}: has no {name}")
    for name, part in value.items():
        if name not in allowed:
            raise BadCard(f"{where}: {name} is not a property")
        allowed[name](part, f"{where}.{name}")


_SPACING = _one_of("default", "none", "small", "medium", "large", "extraLarge", "padding")
_COLORS = _one_of("default", "dark", "light", "accent", "good", "warning", "attention")
_SIZES = _one_of("default", "small", "medium", "large", "extraLarge")
_WEIGHTS = _one_of("default", "lighter", "bolder")
_FALLBACKS: dict[str, Shape] = {}
ELEMENTS: dict[str, Shape] = {}
ACTIONS: dict[str, Shape] = {}


def _fallback_element(value: Any, where: str) -> None:
    if value != "drop":
        _typed(ELEMENTS)(value, where)


def _fallback_action(value: Any, where: str) -> None:
    if value != "drop":
        _typed(ACTIONS)(value, where)


_ANY: dict[str, Check] = {
    "type": _text,
    "id": _text,
    "isVisible": _flag,
    "separator": _flag,
    "spacing": _SPACING,
    "height": _one_of("auto", "stretch"),
    "fallback": _fallback_element,
    "requires": _object,
}
_INPUT: dict[str, Check] = {
    **_ANY,
    "label": _text,
    "isRequired": _flag,
    "errorMessage": _text,
}
_ACTION: dict[str, Check] = {
    "type": _text,
    "id": _text,
    "title": _text,
    "iconUrl": _text,
    "style": _one_of("default", "positive", "destructive"),
    "fallback": _fallback_action,
    "tooltip": _text,
    "isEnabled": _flag,
    "mode": _one_of("primary", "secondary"),
    "requires": _object,
}
_STYLE = _one_of("default", "emphasis", "good", "attention", "warning", "accent")
_RUN: Shape = (
    {
        "type": _one_of("TextRun"),
        "text": _text,
        "color": _COLORS,
        "fontType": _one_of("default", "monospace"),
        "highlight": _flag,
        "isSubtle": _flag,
        "italic": _flag,
        "selectAction": _typed(ACTIONS),
        "size": _SIZES,
        "strikethrough": _flag,
        "underline": _flag,
        "weight": _WEIGHTS,
    },
    ("type", "text"),
)
_CHOICE: Shape = ({"title": _text, "value": _text}, ("title", "value"))
_FACT: Shape = ({"title": _text, "value": _text}, ("title", "value"))
ELEMENTS.update(
    {
        "TextBlock": (
            {
                **_ANY,
                "text": _text,
                "color": _COLORS,
                "fontType": _one_of("default", "monospace"),
                "horizontalAlignment": _one_of("left", "center", "right"),
                "isSubtle": _flag,
                "maxLines": _whole,
                "size": _SIZES,
                "weight": _WEIGHTS,
                "wrap": _flag,
                "style": _one_of("default", "heading"),
            },
            ("type", "text"),
        ),
        "RichTextBlock": (
            {
                **_ANY,
                "inlines": _list_of(_typed({"TextRun": _RUN}), 1),
                "horizontalAlignment": _one_of("left", "center", "right"),
            },
            ("type", "inlines"),
        ),
        "FactSet": ({**_ANY, "facts": _list_of(_plain(_FACT), 1)}, ("type", "facts")),
        "ActionSet": (
            {**_ANY, "actions": _list_of(_typed(ACTIONS), 1)},
            ("type", "actions"),
        ),
        "Container": (
            {
                **_ANY,
                "items": _list_of(_typed(ELEMENTS)),
                "selectAction": _typed(ACTIONS),
                "style": _STYLE,
                "verticalContentAlignment": _one_of("top", "center", "bottom"),
                "bleed": _flag,
                "minHeight": _text,
                "rtl": _flag,
            },
            ("type", "items"),
        ),
        "Input.Text": (
            {
                **_INPUT,
                "isMultiline": _flag,
                "maxLength": _whole,
                "placeholder": _text,
                "regex": _text,
                "style": _one_of("text", "tel", "url", "email", "password"),
                "inlineAction": _typed(ACTIONS),
                "value": _text,
            },
            ("type", "id"),
        ),
        "Input.ChoiceSet": (
            {
                **_INPUT,
                "choices": _list_of(_plain(_CHOICE)),
                "isMultiSelect": _flag,
                "style": _one_of("compact", "expanded", "filtered"),
                "value": _text,
                "placeholder": _text,
                "wrap": _flag,
            },
            ("type", "id"),
        ),
    }
)
ACTIONS.update(
    {
        "Action.Submit": (
            {**_ACTION, "data": _anything, "associatedInputs": _one_of("auto", "none")},
            ("type",),
        ),
        "Action.Execute": (
            {
                **_ACTION,
                "verb": _text,
                "data": _anything,
                "associatedInputs": _one_of("auto", "none"),
            },
            ("type",),
        ),
        "Action.OpenUrl": ({**_ACTION, "url": _text}, ("type", "url")),
        "Action.ToggleVisibility": (
            {**_ACTION, "targetElements": _list_of(_text, 1)},
            ("type", "targetElements"),
        ),
    }
)
_ACCOUNT: Shape = ({"id": _text, "name": _text}, ("id", "name"))
_ENTITY: Shape = (
    {"type": _one_of("mention"), "text": _text, "mentioned": _plain(_ACCOUNT)},
    ("type", "text", "mentioned"),
)
_TEAMS: Shape = ({"width": _one_of("Full"), "entities": _list_of(_plain(_ENTITY), 1)}, ())
_WHOLE: Shape = (
    {
        "type": _one_of("AdaptiveCard"),
        "$schema": _text,
        "version": _one_of("1.5"),
        "lang": _text,
        "body": _list_of(_typed(ELEMENTS)),
        "actions": _list_of(_typed(ACTIONS)),
        "fallbackText": _text,
        "speak": _text,
        "rtl": _flag,
        "msteams": _plain(_TEAMS),
    },
    ("type", "version", "body"),
)


def check_card(card: Any) -> None:
    """Raises BadCard for a card that Teams, or whoever reads it, would not take."""
    _object(card, "card")
    _shape(card, _WHOLE, "card")
    weight = len(json.dumps(card, ensure_ascii=False).encode())
    if weight > CARD_BYTES:
        raise BadCard(f"card: {weight} bytes")
    _unique(card)
    for part in walk(card):
        _sensible(part, card)


def _unique(card: dict[str, Any]) -> None:
    ids = [part["id"] for part in walk(card) if isinstance(part.get("id"), str) and "type" in part]
    twice = {one for one in ids if ids.count(one) > 1}
    if twice:
        raise BadCard(f"card: the same id twice: {sorted(twice)}")


def _read_as_markup(part: dict[str, Any]) -> list[str]:
    """The texts of a part in which Markdown is read."""
    if part.get("type") == "FactSet":
        return [text for fact in part["facts"] for text in (fact["title"], fact["value"])]
    return [part["text"]] if part.get("type") == "TextBlock" else []


def _sensible(part: dict[str, Any], card: dict[str, Any]) -> None:
    """What no schema says, and everybody who reads the card sees."""
    kind = str(part.get("type", ""))
    if kind == "AdaptiveCard":
        _mentions(part)
    elif kind == "TextBlock" and part.get("wrap") is not True:
        raise BadCard("card: a text that is cut off")
    elif any("\n" in read for read in _read_as_markup(part)):
        raise BadCard("card: lines that Markdown runs together")
    elif kind == "ActionSet" and len(part["actions"]) > MAX_ACTIONS:
        raise BadCard("card: more buttons in a row than Teams shows")
    elif kind.startswith("Action."):
        _sensible_action(part, card)
    elif kind.startswith("Input."):
        _sensible_input(part)


def _sensible_action(part: dict[str, Any], card: dict[str, Any]) -> None:
    if not str(part.get("title", "")).strip():
        raise BadCard("card: a button nobody can read")
    if part["type"] == "Action.ToggleVisibility":
        ids = {other.get("id") for other in walk(card)}
        if not set(part["targetElements"]) <= ids:
            raise BadCard("card: unfolds what is not there")


def _sensible_input(part: dict[str, Any]) -> None:
    if not part.get("label", "").strip():
        raise BadCard("card: an input without a label")
    if part["type"] != "Input.ChoiceSet":
        return
    values = [choice["value"] for choice in part["choices"]]
    chosen = [one for one in part.get("value", "").split(",") if one]
    if len(set(values)) != len(values) or not set(chosen) <= set(values):
        raise BadCard("card: a choice that is not there, or there twice")
    if len(chosen) > 1 and not part.get("isMultiSelect"):
        raise BadCard("card: two chosen where one can be")


def _mentions(card: dict[str, Any]) -> None:
    """Every <at> names an entity, and every entity is named: else it shows as plain text."""
    entities = (card.get("msteams") or {}).get("entities") or []
    texts = " ".join(part["text"] for part in walk(card) if part.get("type") == "TextBlock")
    tags = set(re.findall(r"<at>.*?</at>", texts))
    if tags != {one["text"] for one in entities}:
        raise BadCard("card: mentions and their entities differ")


def walk(part: Any) -> Iterator[dict[str, Any]]:
    """Every object of a card's own, outside in. What a button carries is not the card's."""
    if isinstance(part, dict):
        yield part
        for name, inside in part.items():
            if name not in ("data", "msteams"):
                yield from walk(inside)
    elif isinstance(part, list):
        for inside in part:
            yield from walk(inside)


def read_text(card: Any) -> str:
    """What a person reads on a card, folded parts included, with marks of ours undone."""
    lines: list[str] = []
    for part in walk(card):
        kind = str(part.get("type", ""))
        if kind in ("TextBlock", "TextRun"):
            lines.append(_shown(part["text"]))
        elif "title" in part and "value" in part:
            lines.append(f"{_shown(part['title'])} {_shown(part['value'])}")
        elif kind.startswith("Action."):
            lines.append(part.get("title", ""))
        elif kind.startswith("Input."):
            lines.append(part.get("label", ""))
    return "\n".join(lines).replace("\N{WORD JOINER}", "")


def _shown(text: str) -> str:
    return re.sub(r"\\([\\`*_\[\]])", r"\1", text)
