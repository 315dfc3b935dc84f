"""What a person chooses or types on a screen, as inputs, and what came back from them.

An input keeps what was chosen while its block and action keep their names, so a screen
drawn again, in another language or with a problem, loses nothing.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from adapters.slack.blocks import (
    OPTION,
    OPTIONS,
    PLACEHOLDER,
    SELECT_OPTIONS,
    Block,
    Blocks,
    entry,
    option,
    plain,
    units,
)
from adapters.slack.words import Words
from flows.phrases import say
from flows.screens import Group, Option, TextField

INPUT_CHARACTERS = 3000
"""The most that one input of Slack's takes."""

GROUP, FIELD = "g", "t"
"""What an action is named after: a group of options or a field to type in."""


def group(words: Words, step: str, asked: Group) -> Blocks:
    """A group of options as one input, or as several where there are too many for one."""
    parts = _parts(asked)
    blocks: Blocks = []
    for number, options in enumerate(parts):
        label = words.text(asked.label)
        if number:
            label = words.text(say("slack.more_options"))
        element = _element(words, asked, options, f"{GROUP}.{asked.id}.{number}")
        optional = asked.missing is None or len(parts) > 1
        block_id = group_block(step, asked.id, number)
        full = _in_full(words, options)
        blocks.append(entry(label, element, block_id, optional=optional, hint=full or None))
    return blocks


def _parts(asked: Group) -> list[Sequence[Option]]:
    """The options of each input. A list that folds holds many; a box for each holds ten."""
    most = SELECT_OPTIONS if asked.folded else OPTIONS
    count = -(-len(asked.options) // most)
    size = -(-len(asked.options) // count)
    return [asked.options[start : start + size] for start in range(0, len(asked.options), size)]


def _in_full(words: Words, options: Sequence[Option]) -> str:
    """What an option has no room for, below all of them and under the option's own name."""
    lines = []
    for one in options:
        label, hint = words.text(one.label), words.text(one.hint) if one.hint else ""
        if units(hint) > OPTION:
            lines.append(f"{label} · {hint}")
        elif units(label) > OPTION:
            lines.append(label)
    return "\n".join(lines)


def _element(words: Words, asked: Group, options: Sequence[Option], action_id: str) -> Block:
    drawn = [_option(words, one) for one in options]
    chosen = [made for one, made in zip(options, drawn, strict=True) if one.code in asked.chosen]
    if asked.many:
        kind = "multi_static_select" if asked.folded else "checkboxes"
        first: Block = {"initial_options": chosen} if chosen else {}
    else:
        # Radio buttons cannot be taken back once one is chosen, so what is optional is a list.
        kind = "radio_buttons" if asked.missing is not None or chosen else "static_select"
        first = {"initial_option": chosen[0]} if chosen else {}
    element: Block = {"type": kind, "action_id": action_id, "options": drawn, **first}
    if kind.endswith("select"):
        element["placeholder"] = plain(words.text(say("slack.optional")), PLACEHOLDER)
    return element


def _option(words: Words, one: Option) -> Block:
    hint = words.text(one.hint) if one.hint else ""
    return option(words.text(one.label), one.code, hint if units(hint) <= OPTION else None)


def text_field(
    words: Words,
    step: str,
    asked: TextField,
    *,
    name: str = "",
    again: int = 0,
    value: str = "",
) -> Block:
    """A place to type. `again` makes it an empty one after what was typed went out.

    `name` stands for the field's own where two of one name are on a screen. `value` is what was
    typed on another one, from which Slack itself keeps nothing.
    """
    name = name or asked.id
    most = min(asked.max_characters, INPUT_CHARACTERS)
    element: Block = {
        "type": "plain_text_input",
        "action_id": f"{FIELD}.{name}",
        "multiline": asked.rows > 1,
        "max_length": most,
        **({"initial_value": value} if value else {}),
    }
    hint = words.text(asked.hint) if asked.hint else ""
    if most < asked.max_characters:
        hint = f"{hint} {words.text(say('slack.limit', max=most))}".strip()
    # What is missing is said by the screen itself, with every word still there.
    block_id = field_block(step, name, again)
    return entry(words.text(asked.label), element, block_id, optional=True, hint=hint or None)


def field_block(step: str, name: str, again: int) -> str:
    """What the block of a place to type is called."""
    return f"{step}.{FIELD}.{name}.{again}"


def group_block(step: str, name: str, number: int) -> str:
    """What the block of a group's options is called; one too long for one block has several."""
    return f"{step}.{GROUP}.{name}.{number}"


def chosen_and_typed(
    values: Mapping[str, Mapping[str, Mapping[str, Any]]],
) -> tuple[dict[str, tuple[str, ...]], dict[str, str]]:
    """What was chosen in each group, and what was typed in each field."""
    chosen: dict[str, tuple[str, ...]] = {}
    typed: dict[str, str] = {}
    for block in values.values():
        for action_id, state in block.items():
            kind, _, rest = action_id.partition(".")
            if kind == GROUP:
                name = rest.partition(".")[0]
                chosen[name] = (*chosen.get(name, ()), *_codes(state))
            elif kind == FIELD:
                typed[rest] = state.get("value") or ""
    return chosen, typed


def initially(view: Block) -> dict[str, str]:
    """What stands in each place to type of a view of ours, as it was drawn."""
    inputs = (block["element"] for block in view["blocks"] if block["type"] == "input")
    return {
        one["action_id"].removeprefix(f"{FIELD}."): one["initial_value"]
        for one in inputs
        if "initial_value" in one
    }


def _codes(state: Mapping[str, Any]) -> tuple[str, ...]:
    one = state.get("selected_option")
    several = state.get("selected_options") or ()
    return tuple(str(picked["value"]) for picked in (*((one,) if one else ()), *several))
