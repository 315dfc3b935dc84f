"""What Slack would make of a text: mentions, links and broadcasts, wherever markup is read.

Plain text objects and the text elements of rich text are shown as they are. Markup is read
in mrkdwn objects and in a message's top-level text, which notifications show.
"""

import re
from collections.abc import Iterator
from typing import Any

_CONTROL = re.compile(r"<([@#!][^<>]*|(?:https?|mailto|tel):[^<>]*)>")
_BARE = re.compile(r"(?<![\w/])(?:https?://|www\.)\S+", re.IGNORECASE)


def in_markup(text: str, *, verbatim: bool = False) -> list[str]:
    """The entities that Slack would act on in a text of markup; bare links too, unless told."""
    found = [match[0] for match in _CONTROL.finditer(text)]
    return found if verbatim else found + [match[0] for match in _BARE.finditer(text)]


def in_blocks(value: Any) -> Iterator[str]:
    """The entities in blocks or a view."""
    if isinstance(value, list):
        for part in value:
            yield from in_blocks(part)
        return
    if not isinstance(value, dict):
        return
    if value.get("type") == "mrkdwn":
        yield from in_markup(value["text"], verbatim=bool(value.get("verbatim")))
    elif value.get("type") == "user":
        yield f"<@{value['user_id']}>"
    elif value.get("type") == "link":
        yield f"<{value['url']}>"
    elif value.get("type") == "plain_text" and value.get("emoji"):
        yield from re.findall(r":[a-z0-9_+-]+:", value["text"])
    for part in value.values():
        yield from in_blocks(part)
