"""The page of a report that somebody left to call for help: the way back to it, and what was
half written on it. It stands in the pages that follow, and nowhere else.

Several, the one that was left last first: a second report may be sent after the call.
"""

from pydantic import TypeAdapter, ValidationError

from flows.phrases import Frozen


class Left(Frozen):
    """What such a page held: a pass, a receipt that nobody may have copied yet, a letter."""

    pass_token: str
    receipt: str
    words: str


_ALL = TypeAdapter(tuple[Left, ...])


def left_behind(text: str) -> tuple[Left, ...]:
    """What stood in a page's field; nothing where no page of ours wrote it."""
    try:
        return _ALL.validate_json(text) if text else ()
    except ValidationError:
        return ()


def as_field(left: tuple[Left, ...]) -> str:
    """The same as the text of one field."""
    return _ALL.dump_json(left).decode() if left else ""
