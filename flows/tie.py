"""Ties a report to a call for help: by the reporter's own act, never because one person did both.

What is chosen or typed is kept as the reporter says it. Nothing tells them whether there is such
a call, so that nobody learns anything by trying numbers.
"""

from flows.given import Picked
from flows.phrases import Listed, Phrase, Verbatim, say
from flows.scene import Scene
from flows.screens import Group, Option, TextField

NAMED_TIE, UNNAMED_TIE = "call", "call_unnamed"
"""The group that ticks a call or the field for its number, by whether the report has a name.

Two, because the two are told different things: what was ticked with a name and gone back from
is not ticked without one.
"""
TIES = (NAMED_TIE, UNNAMED_TIE)
MAX_NUMBER = 20
"""Seven letters, however they are spaced."""


def tie_id(*, unnamed: bool) -> str:
    """What the tie is called on the screen of such a report."""
    return UNNAMED_TIE if unnamed else NAMED_TIE


def offered_call(scene: Scene, *, unnamed: bool) -> tuple[Group, ...]:
    """The call from whose page the report was begun: to tick, and not ticked."""
    if not scene.call:
        return ()
    label = say("review.tie.y", id=Verbatim(text=scene.call))
    option = Option(code="y", label=label, hint=_told(unnamed=unnamed))
    tie = tie_id(unnamed=unnamed)
    return (Group(id=tie, label=say("review.tie"), options=(option,), many=True),)


def call_number(scene: Scene, *, unnamed: bool) -> tuple[TextField, ...]:
    """Where the number of any call can be typed, out of the way of whoever never called."""
    if scene.call:
        return ()
    field = TextField(
        id=tie_id(unnamed=unnamed),
        label=say("review.call"),
        hint=Listed(items=(say("review.call.looks"), _told(unnamed=unnamed)), joined="lines"),
        max_characters=MAX_NUMBER,
        shaped=True,
        folded=True,
    )
    return (field,)


def is_tied(chosen: Picked) -> bool:
    """Whether the offered call was ticked."""
    return any(chosen.get(tie) for tie in TIES)


def _told(*, unnamed: bool) -> Phrase:
    """What the desk then sees; and, without a name, that it may tell who wrote."""
    return say("review.call.hint_unnamed" if unnamed else "review.call.hint")
