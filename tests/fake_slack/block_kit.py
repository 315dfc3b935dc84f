"""Block Kit as Slack accepts it: limits, nesting, and the rules no schema states.

Stricter than Slack where it is silent: a field that is not in its reference is refused, and
so is any block or element that this table does not know.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from tests.fake_slack.checks import (
    Check,
    Problems,
    address,
    among,
    boolean,
    integer,
    listed,
    record,
    string,
    typed,
)

MESSAGE_BLOCKS, VIEW_BLOCKS = 50, 100
MESSAGE_TEXT = 40_000
BLOCKS_TEXT = 13_200
"""Of all blocks of one message together; the reference does not say so, the server does."""
VIEW_BYTES = 250_000
INPUT_CHARACTERS = 3000


def _text(longest: int, *kinds: str) -> Check:
    plain = record({"text": string(longest)}, {"emoji": boolean})
    markup = record({"text": string(longest)}, {"verbatim": boolean})
    known = {"plain_text": plain, "mrkdwn": markup}
    return typed({kind: known[kind] for kind in kinds})


def _plain(longest: int) -> Check:
    return _text(longest, "plain_text")


def _either(longest: int) -> Check:
    return _text(longest, "plain_text", "mrkdwn")


_ID = string(255)
_CONFIRM = record(
    {"title": _plain(100), "text": _either(300), "confirm": _plain(30), "deny": _plain(30)},
    {"style": among("primary", "danger")},
)
_OPTION = record({"text": _plain(75), "value": string(150)}, {"description": _plain(75)})
_TICK = record({"text": _either(75), "value": string(150)}, {"description": _either(75)})
_ACTS = {"action_id": _ID}
_FOCUS = {"focus_on_load": boolean, "confirm": _CONFIRM}

ELEMENTS: dict[str, Check] = {
    "button": record(
        {**_ACTS, "text": _plain(75)},
        {
            "value": string(2000),
            "url": address(3000),
            "style": among("primary", "danger"),
            "confirm": _CONFIRM,
            "accessibility_label": string(75),
        },
    ),
    "static_select": record(
        {**_ACTS, "options": listed(_OPTION, 1, 100)},
        {**_FOCUS, "placeholder": _plain(150), "initial_option": _OPTION},
    ),
    "multi_static_select": record(
        {**_ACTS, "options": listed(_OPTION, 1, 100)},
        {
            **_FOCUS,
            "placeholder": _plain(150),
            "initial_options": listed(_OPTION, 1, 100),
            "max_selected_items": integer(1, 100),
        },
    ),
    "overflow": record({**_ACTS, "options": listed(_OPTION, 1, 5)}, {"confirm": _CONFIRM}),
    "radio_buttons": record(
        {**_ACTS, "options": listed(_TICK, 1, 10)}, {**_FOCUS, "initial_option": _TICK}
    ),
    "checkboxes": record(
        {**_ACTS, "options": listed(_TICK, 1, 10)},
        {**_FOCUS, "initial_options": listed(_TICK, 1, 10)},
    ),
    "plain_text_input": record(
        _ACTS,
        {
            "placeholder": _plain(150),
            "initial_value": string(INPUT_CHARACTERS, 0),
            "multiline": boolean,
            "min_length": integer(0, INPUT_CHARACTERS),
            "max_length": integer(1, INPUT_CHARACTERS),
            "focus_on_load": boolean,
        },
    ),
}

_ANY = typed(ELEMENTS)
_IN_ACTIONS = typed({kind: c for kind, c in ELEMENTS.items() if kind != "plain_text_input"})
_IN_INPUT = typed({k: c for k, c in ELEMENTS.items() if k not in ("button", "overflow")})

_STYLE = record({}, {"bold": boolean, "italic": boolean, "strike": boolean, "code": boolean})
_INLINE = typed(
    {
        "text": record({"text": string(3000, blank=True)}, {"style": _STYLE}),
        "link": record({"url": address(3000)}, {"text": string(3000), "style": _STYLE}),
        "user": record({"user_id": string(20)}, {"style": _STYLE}),
        "date": record(
            {"timestamp": integer(0, 2**40), "format": string(200), "fallback": string(300)}
        ),
    }
)
_RICH_SECTION = record({"elements": listed(_INLINE, 1, 200)})
_RICH = typed(
    {
        "rich_text_section": _RICH_SECTION,
        "rich_text_list": record(
            {
                "style": among("bullet", "ordered"),
                "elements": listed(typed({"rich_text_section": _RICH_SECTION}), 1, 100),
            },
            {"indent": integer(0, 8)},
        ),
    }
)

_BLOCK = {"block_id": _ID}
BLOCKS: dict[str, Check] = {
    "section": record(
        {},
        {
            **_BLOCK,
            "text": _either(3000),
            "fields": listed(_either(2000), 1, 10),
            "accessory": _IN_ACTIONS,
            "expand": boolean,
        },
    ),
    "header": record({"text": _plain(150)}, _BLOCK),
    "divider": record({}, _BLOCK),
    "context": record({"elements": listed(_either(3000), 1, 10)}, _BLOCK),
    "actions": record({"elements": listed(_IN_ACTIONS, 1, 25)}, _BLOCK),
    "rich_text": record({"elements": listed(_RICH, 1, 100)}, _BLOCK),
    "input": record(
        {"label": _plain(2000), "element": _IN_INPUT},
        {**_BLOCK, "hint": _plain(2000), "optional": boolean, "dispatch_action": boolean},
    ),
}
_IN_MESSAGE = typed({kind: check for kind, check in BLOCKS.items() if kind != "input"})
_IN_VIEW = typed(BLOCKS)

_MODAL = record(
    {"title": _plain(24), "blocks": listed(_IN_VIEW, 1, VIEW_BLOCKS)},
    {
        "submit": _plain(24),
        "close": _plain(24),
        "private_metadata": string(3000, 0),
        "callback_id": string(255, 0),
        "external_id": string(255, 0),
        "clear_on_close": boolean,
        "notify_on_close": boolean,
    },
)
_HOME = record(
    {"blocks": listed(_IN_VIEW, 1, VIEW_BLOCKS)},
    {
        "private_metadata": string(3000, 0),
        "callback_id": string(255, 0),
        "external_id": string(255, 0),
    },
)
_VIEW = typed({"modal": _MODAL, "home": _HOME})


def in_message(blocks: Any) -> Problems:
    """What Slack would refuse in a message's blocks."""
    problems: Problems = []
    listed(_IN_MESSAGE, 1, MESSAGE_BLOCKS)(blocks, "/blocks", problems)
    if not problems:
        problems += _between(blocks)
    return problems


def in_view(view: Any) -> Problems:
    """What Slack would refuse in a modal or an App Home."""
    problems: Problems = []
    _VIEW(view, "/view", problems)
    if problems:
        return problems
    inputs = any(block["type"] == "input" for block in view["blocks"])
    if view["type"] == "modal" and inputs and "submit" not in view:
        problems.append("/view: a modal with inputs needs a submit button")
    return problems + _between(view["blocks"])


def blocks_text(blocks: list[dict[str, Any]]) -> int:
    """How many characters all blocks of a message hold together."""
    return sum(len(text) for text in texts(blocks))


def texts(value: Any) -> Iterator[str]:
    """Every text that a reader could see, in reading order."""
    if isinstance(value, list):
        for part in value:
            yield from texts(part)
    elif isinstance(value, dict):
        for key in ("title", "label", "text", "hint", "description", "placeholder", "fallback"):
            part = value.get(key)
            if isinstance(part, str):
                yield part
            else:
                yield from texts(part)
        for key in ("fields", "elements", "element", "accessory", "options", "blocks"):
            yield from texts(value.get(key))


def elements(blocks: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Every interactive element with its block."""
    for block in blocks:
        inside = [*block.get("elements", ()), block.get("element"), block.get("accessory")]
        for element in inside:
            if isinstance(element, dict) and "action_id" in element:
                yield block, element


def _between(blocks: list[dict[str, Any]]) -> Problems:
    """What is wrong although each part is right."""
    ids = Counter(block["block_id"] for block in blocks if "block_id" in block)
    problems = [f"/blocks: block_id {id_} is used twice" for id_, n in ids.items() if n > 1]
    for block in blocks:
        actions = Counter(e["action_id"] for b, e in elements([block]))
        problems += [f"/blocks: action_id {a} is used twice" for a, n in actions.items() if n > 1]
        if block["type"] == "section" and not ("text" in block or "fields" in block):
            problems.append("/blocks: a section needs text or fields")
    for _, element in elements(blocks):
        problems += _options(element)
    return problems


def _options(element: dict[str, Any]) -> Problems:
    options = element.get("options", [])
    values = [option["value"] for option in options]
    problems = []
    if len(set(values)) != len(values):
        problems.append(f"{element['action_id']}: two options have the same value")
    initial = element.get("initial_options", [])
    initial = [*initial, element["initial_option"]] if "initial_option" in element else initial
    if any(option not in options for option in initial):
        problems.append(f"{element['action_id']}: the initial option is none of the options")
    return problems
