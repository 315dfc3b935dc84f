"""What a person reads, before a language is chosen.

Screens and cards are built from phrases. A renderer turns a phrase into text at the last
moment, in the language of whoever looks, so one case reads Japanese in one channel and
English in another.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field


class Frozen(BaseModel):
    """A value: immutable, compared by content, and strict about unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Say(Frozen):
    """A sentence of the catalogue (`flows/words/*.po`), by key, with what fills its gaps."""

    kind: Literal["say"] = "say"
    key: str
    values: dict[str, "Phrase | int"] = Field(default_factory=dict)


class Own(Frozen):
    """A company's own wording, in every language the company wrote it in."""

    kind: Literal["own"] = "own"
    ja: str = Field(min_length=1)
    en: str = Field(min_length=1)
    ja_simple: str | None = None
    """Plain Japanese; the ordinary Japanese stands in where a company has none."""


class Verbatim(Frozen):
    """What a person typed. Always plain text: it can never become markup or a mention."""

    kind: Literal["verbatim"] = "verbatim"
    text: str


class At(Frozen):
    """An instant, shown as a wall-clock time in a place's zone, with the day if not today.

    What stays in a channel is read on other days than the one it is drawn on, and not drawn anew
    at midnight: "dated" writes the day out always, and is never "today" or "tomorrow".
    """

    kind: Literal["at"] = "at"
    moment: AwareDatetime
    zone: str
    style: Literal["clock", "day_clock", "dated", "day"] = "clock"


class Listed(Frozen):
    """Several phrases in a row, joined the way the language joins a list."""

    kind: Literal["listed"] = "listed"
    items: tuple["Phrase", ...]
    joined: Literal["dots", "lines"] = "dots"


Phrase = Annotated[Say | Own | Verbatim | At | Listed, Field(discriminator="kind")]

Say.model_rebuild()
Listed.model_rebuild()


def say(key: str, **values: "Say | Own | Verbatim | At | Listed | int") -> Say:
    """The catalogue's sentence `key`, its gaps filled with `values`."""
    return Say(key=key, values=values) if values else _sentence(key)


@cache
def _sentence(key: str) -> Say:
    # Most sentences have no gaps, and one card is made of dozens of them.
    return Say(key=key)


def listed(items: Sequence["Say | Own | Verbatim | At | Listed"]) -> Listed:
    """`items` in a row, as "a・b・c" or "a, b, c"."""
    return Listed(items=tuple(items))


def at(moment: datetime, zone: str) -> At:
    """The clock time of `moment` in `zone`, as "14:02"."""
    return At(moment=moment, zone=zone)


def on_day_at(moment: datetime, zone: str) -> At:
    """The day and clock time of `moment` in `zone`, for a screen that is drawn for who looks now:
    "12:00" on the day itself, "tomorrow 12:00" the day before, else "Tue 24 Nov, 12:00"."""
    return At(moment=moment, zone=zone, style="day_clock")


def dated(moment: datetime, zone: str) -> At:
    """The same for what stays where it was put: "Tue 24 Nov, 12:00" whenever it is read."""
    return At(moment=moment, zone=zone, style="dated")


def on_day(moment: datetime, zone: str) -> At:
    """The day of `moment` in `zone`, as "Tue 24 Nov"; for what must not be known closer."""
    return At(moment=moment, zone=zone, style="day")
