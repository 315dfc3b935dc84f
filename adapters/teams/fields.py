"""What a person chooses or types on a screen, as inputs, and what came back from them.

No input is marked as required: what is missing is said by the screen that comes back, in the
person's own language and with every word still there, and Help never waits for a field.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from adapters.teams.parts import Part, Parts, choice_row, folded, lines, note, unfolds
from adapters.teams.words import Words, inert
from flows.phrases import say
from flows.screens import Group, Option, TextField

INPUT_CHARACTERS = 3000
"""The most that one field takes: a screen that comes back with it still fits a card."""

LONG_LIST = 10
GROUP, FIELD, HELD, BACK = "g.", "t.", "h.", "k."
"""What an input's id begins with: what is chosen or typed here, what was chosen elsewhere, and
what leads back to what was left."""


def group(words: Words, asked: Group, chosen: Sequence[str]) -> Parts:
    """A group of options as one choice set; an optional one waits behind a line to tap."""
    drawn = [_choices(words, asked, chosen)]
    return _fold(words, asked, drawn, used=bool(chosen)) if asked.folded else drawn


def _fold(words: Words, asked: Group | TextField, drawn: Parts, *, used: bool) -> Parts:
    name = f"fold.{asked.id}"
    label, optional = words.text(asked.label), words.text(say("teams.optional"))
    # A line, not a button: a button's words are cut where the line would wrap.
    line = choice_row(label, optional, unfolds(label, name))
    return [line, folded(name, drawn, seen=used)]


def _choices(words: Words, asked: Group, chosen: Sequence[str]) -> Part:
    # A choice among a few that was made cannot be unmade, so what is optional is a list.
    may_stay_empty = not asked.many and asked.missing is None and not asked.chosen
    compact = may_stay_empty or (len(asked.options) > LONG_LIST and not asked.many)
    made: Part = {
        "type": "Input.ChoiceSet",
        "id": GROUP + asked.id,
        "label": words.text(asked.label),
        "isMultiSelect": asked.many,
        "style": "compact" if compact else "expanded",
        "wrap": True,
        "choices": [{"title": inert(_label(words, o)), "value": o.code} for o in asked.options],
        "value": ",".join(chosen),
    }
    return {**made, "placeholder": words.text(say("teams.optional"))} if may_stay_empty else made


def _label(words: Words, option: Option) -> str:
    hint = f" · {words.text(option.hint)}" if option.hint else ""
    return words.text(option.label) + hint


def text_field(words: Words, asked: TextField, value: str = "", name: str | None = None) -> Parts:
    """A place to type, with what was typed there before; an optional one may wait behind a line."""
    most = min(asked.max_characters, INPUT_CHARACTERS)
    hints = [words.text(asked.hint)] if asked.hint else []
    if most < asked.max_characters:
        hints.append(words.text(say("teams.limit", max=most)))
    made: Part = {
        "type": "Input.Text",
        "id": FIELD + (name or asked.id),
        "label": words.text(asked.label),
        "isMultiline": asked.rows > 1,
        "maxLength": most,
        "value": value[:most],
    }
    below = [part for hint in hints for part in lines({**note(hint), "spacing": "Small"})]
    drawn: Parts = [made, *below]
    return _fold(words, asked, drawn, used=bool(value)) if asked.folded else drawn


def along(words: Words, filled: Mapping[str, str]) -> Parts:
    """What was filled in elsewhere, by the ids of its inputs: unseen, it goes with every press."""
    unseen: Part = {
        "type": "Input.Text",
        "label": words.text(say("typed.label")),
        "isMultiline": True,
        "isVisible": False,
    }
    return [{**unseen, "id": name, "value": text} for name, text in filled.items() if text]


def filled_in(data: Mapping[str, Any]) -> dict[str, str]:
    """Everything that stood in the inputs of a card, by their ids."""
    return {
        name: value
        for name, value in data.items()
        if name.startswith((GROUP, FIELD, HELD, BACK)) and isinstance(value, str) and value
    }


def held(data: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """What was chosen on screens that were gone back from."""
    return {
        name.removeprefix(HELD): tuple(value.split(","))
        for name, value in filled_in(data).items()
        if name.startswith(HELD)
    }


def chosen_and_typed(
    data: Mapping[str, Any],
) -> tuple[dict[str, tuple[str, ...]], dict[str, str]]:
    """What was chosen in each group, and what was typed in each field, of a submitted card."""
    chosen: dict[str, tuple[str, ...]] = {}
    typed: dict[str, str] = {}
    for name, value in data.items():
        if not isinstance(value, str):
            continue
        if name.startswith(GROUP):
            chosen[name.removeprefix(GROUP)] = tuple(filter(None, value.split(",")))
        elif name.startswith(FIELD):
            typed[name.removeprefix(FIELD)] = value
    return chosen, typed
