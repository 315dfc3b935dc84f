"""The blocks we use, each within Slack's limits. All text is plain unless it says otherwise.

Limits are Slack's own, counted in UTF-16 units, which is the stricter way to count.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from adapters.slack.words import Run

Block = dict[str, Any]
Blocks = list[Block]

SECTION, HEADER, BUTTON, OPTION, TITLE, PLACEHOLDER, LABEL = 3000, 150, 75, 75, 24, 150, 2000
CONFIRM_TITLE, CONFIRM_TEXT, CONFIRM_BUTTON = 100, 300, 30
MESSAGE_BLOCKS, VIEW_BLOCKS = 50, 100
VIEW_BYTES = 200_000
"""Of a view's blocks, as each press on them brings them back in a form. Slack's own limit is
250 kB of JSON; the gate's is lower, and what is typed comes on top."""
MESSAGE_CHARACTERS = 13_000
"""All blocks of one message together; Slack's own limit is near 13,200 and unwritten."""
OPTIONS = 10
"""Of a group of radio buttons or checkboxes."""
SELECT_OPTIONS = 100
_A_ROW = 5
_NOTHING = "\N{EN DASH}"
"""Stands where there is no text, which Slack refuses."""


def units(text: str) -> int:
    """How long a text is to Slack."""
    return len(text.encode("utf-16-le", "replace")) // 2


def cut(text: str, most: int) -> str:
    """The text, with an ellipsis where it was too long."""
    if units(text) <= most:
        return text if text.strip() else _NOTHING
    kept = text[: most - 1]
    while units(kept) > most - 1:
        kept = kept[:-1]
    return kept + "…"


def pieces(text: str, most: int = SECTION) -> Iterator[str]:
    """The text in pieces that fit; no character is lost."""
    while text:
        piece = text[:most]
        while (over := units(piece) - most) > 0:
            piece = piece[: -(over + 1) // 2]
        yield piece
        text = text[len(piece) :]


def plain(text: str, most: int) -> Block:
    """A text object in which nothing acts: no markup, mention, link or emoji code."""
    return {"type": "plain_text", "text": cut(text, most), "emoji": False}


def section(text: str) -> Blocks:
    """A paragraph, in as many blocks as it needs."""
    whole = text if text.strip() else _NOTHING
    return [{"type": "section", "text": plain(piece, SECTION)} for piece in pieces(whole)]


def header(text: str) -> Blocks:
    """A title; one too long for a header is a paragraph."""
    if units(text) > HEADER:
        return section(text)
    return [{"type": "header", "text": plain(text, HEADER)}]


def context(text: str) -> Blocks:
    """Small print."""
    return [{"type": "context", "elements": [plain(piece, SECTION)]} for piece in pieces(text)]


def inline(runs: Iterable[Run], *, bold: bool = False) -> Blocks:
    """Pieces of a sentence as elements of rich text, none of which is read as markup."""
    found: Blocks = []
    style = {"style": {"bold": True}} if bold else {}
    for run in runs:
        if isinstance(run, str):
            found += [{"type": "text", "text": piece, **style} for piece in pieces(run)]
        else:
            found.append(
                {
                    "type": "date",
                    "timestamp": run.timestamp,
                    "format": run.format,
                    "fallback": run.fallback,
                }
            )
    return found


def rich(elements: Blocks) -> Block:
    """One paragraph of rich text."""
    return {
        "type": "rich_text",
        "elements": [{"type": "rich_text_section", "elements": elements}],
    }


def rich_list(items: Sequence[Blocks], *, numbered: bool = False) -> Block:
    """A list of rich text."""
    sections = [{"type": "rich_text_section", "elements": item} for item in items]
    style = "ordered" if numbered else "bullet"
    return {
        "type": "rich_text",
        "elements": [{"type": "rich_text_list", "style": style, "elements": sections}],
    }


def button(
    text: str,
    action_id: str,
    value: str,
    *,
    primary: bool = False,
    confirm: Block | None = None,
) -> Block:
    """A button. One whose text is cut says all of it to a screen reader."""
    made: Block = {
        "type": "button",
        "action_id": action_id,
        "text": plain(text, BUTTON),
        "value": value,
    }
    if primary:
        made["style"] = "primary"
    return {**made, "confirm": confirm} if confirm else made


def confirm(question: str, text: str, yes: str, back: str) -> Block:
    """What Slack asks before it sends a press."""
    return {
        "title": plain(question, CONFIRM_TITLE),
        "text": plain(text, CONFIRM_TEXT),
        "confirm": plain(yes, CONFIRM_BUTTON),
        "deny": plain(back, CONFIRM_BUTTON),
    }


def actions(elements: Sequence[Block], block_id: str) -> Blocks:
    """Buttons in rows."""
    rows = [elements[start : start + _A_ROW] for start in range(0, len(elements), _A_ROW)]
    return [
        {"type": "actions", "block_id": f"{block_id}.{number}", "elements": list(row)}
        for number, row in enumerate(rows)
    ]


def option(text: str, value: str, hint: str | None = None) -> Block:
    """Something to choose."""
    made: Block = {"text": plain(text, OPTION), "value": value}
    return {**made, "description": plain(hint, OPTION)} if hint else made


def entry(
    label: str,
    element: Mapping[str, Any],
    block_id: str,
    *,
    optional: bool,
    hint: str | None = None,
) -> Block:
    """An input with its label."""
    made: Block = {
        "type": "input",
        "block_id": block_id,
        "label": plain(label, LABEL),
        "element": dict(element),
        "optional": optional,
    }
    return {**made, "hint": plain(hint, LABEL)} if hint else made


def escaped(text: str) -> str:
    """A text for the one place where Slack reads markup whether we want it or not."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
