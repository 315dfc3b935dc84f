"""The few parts of an Adaptive Card 1.5 that this adapter draws, as JSON.

Sizes are Teams' own: a message may hold 28 KB, and a card that is near it is refused, so ours
stay below 20 KB.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from adapters.teams.words import inert, plain

Part = dict[str, Any]
Parts = list[Part]

CARD = "application/vnd.microsoft.card.adaptive"
VERSION = "1.5"
CARD_BYTES = 20_000
"""Of a whole card, as it is sent."""
ACTIONS = 6
"""The most buttons of one row: Teams hides what is over it."""
CHUNK = 1500
"""Characters of one piece of a long text, so that a page can end between two."""
_SEAM = re.compile(r"[。．！？!?]+[」』）)\"”’]*\s*|\.[\"”’)]*\s+")
"""Where a sentence ends, with the quotation that ends with it."""
_GAP = re.compile(r"\s+|、")


def size(parts: object) -> int:
    """Bytes on the way."""
    return len(json.dumps(parts, ensure_ascii=False, separators=(",", ":")).encode())


def text(words: str, **style: Any) -> Part:
    """A text of ours."""
    return {"type": "TextBlock", "text": inert(words) or " ", "wrap": True, **style}


def heading(words: str, *, top: bool = False) -> Part:
    """A title; `top` for the card's own."""
    return text(words, style="heading", size="Large" if top else "Medium", weight="Bolder")


def note(words: str) -> Part:
    """Something beside the point."""
    return text(words, isSubtle=True, size="Small")


def lines(block: Part) -> Parts:
    """A text as a block for each of its lines: Markdown would run them together."""
    first, *rest = block["text"].split("\n")
    return [{**block, "text": first}, *({**block, "text": one, "spacing": "None"} for one in rest)]


def typed(words: str, **style: Any) -> Parts:
    """What a person typed: runs of plain text, in which no markup is read, line by line."""
    blocks: Parts = []
    for number, line in enumerate(words.split("\n")):
        for part, piece in enumerate(_pieces(line)):
            run = {"type": "TextRun", "text": plain(piece) or " ", **style}
            block: Part = {"type": "RichTextBlock", "inlines": [run]}
            if number or part:
                block["spacing"] = "None"
            blocks.append(block)
    return blocks


def _pieces(line: str) -> list[str]:
    """A line in pieces of a block each, broken after a sentence or a word where there is one."""
    pieces: list[str] = []
    while len(line) > CHUNK:
        ends = list(_SEAM.finditer(line, CHUNK // 2, CHUNK)) or list(_GAP.finditer(line, 0, CHUNK))
        end = ends[-1].end() if ends else CHUNK
        pieces.append(line[:end])
        line = line[end:]
    return [*pieces, line]


def row(actions: Sequence[Part]) -> Parts:
    """Buttons beside each other, in as many rows as Teams shows."""
    return [
        {"type": "ActionSet", "actions": list(actions[start : start + ACTIONS])}
        for start in range(0, len(actions), ACTIONS)
    ]


def submit(title: str, data: Mapping[str, Any], *, positive: bool = False) -> Part:
    """A button that sends everything on the card."""
    action: Part = {"type": "Action.Submit", "title": title or " ", "data": dict(data)}
    return {**action, "style": "positive"} if positive else action


def opens_dialog(title: str, data: Mapping[str, Any], *, positive: bool = False) -> Part:
    """A button of a message that opens a dialog."""
    return submit(title, {**data, "msteams": {"type": "task/fetch"}}, positive=positive)


def opens_page(title: str, url: str) -> Part:
    """A button that opens a page in a browser."""
    return {"type": "Action.OpenUrl", "title": title, "url": url}


def unfolds(title: str, name: str) -> Part:
    """A button that shows a part of its own card, or hides it again."""
    return {"type": "Action.ToggleVisibility", "title": title, "targetElements": [name]}


def folded(name: str, items: Parts, *, seen: bool = False) -> Part:
    """A part of a card that waits until it is unfolded."""
    return {"type": "Container", "id": name, "items": items, "isVisible": seen}


def execute(title: str, data: Mapping[str, Any], *, positive: bool = False) -> Part:
    """A button of a message that is answered with the new card; an old client submits."""
    action: Part = {
        "type": "Action.Execute",
        "verb": "press",
        "title": title or " ",
        "data": dict(data),
        "fallback": submit(title, data, positive=positive),
    }
    return {**action, "style": "positive"} if positive else action


def choice_row(label: str, hint: str | None, action: Part, *, strong: bool = False) -> Part:
    """A whole line to tap. `action` has a title of its own, for whoever hears the screen."""
    lines = [text(label, **({"weight": "Bolder"} if strong else {}))]
    if hint:
        lines.append({**note(hint), "spacing": "None"})
    return {
        "type": "Container",
        "style": "accent" if strong else "emphasis",
        "spacing": "Small",
        "items": lines,
        "selectAction": action,
    }


def card(language: str, body: Parts, **more: Any) -> Part:
    """A whole card."""
    return {
        "type": "AdaptiveCard",
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "version": VERSION,
        "lang": language.split("_")[0],
        "body": body,
        **more,
    }


def attachment(content: Part) -> Part:
    """A card as it hangs on a message or a dialog."""
    return {"contentType": CARD, "content": content}


def pages(blocks: Iterable[Part], room: int) -> list[Parts]:
    """The blocks in order on as few pages as hold them; `room` is what a page may weigh."""
    made: list[Parts] = [[]]
    left = room
    for block in blocks:
        weight = size(block) + 1
        if weight > left and made[-1]:
            made.append([])
            left = room
        made[-1].append(block)
        left -= weight
    return made
