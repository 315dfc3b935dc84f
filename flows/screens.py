"""A neutral screen: the few elements that every platform can draw.

`Ask` is a screen of a conversation, `Card` a message in a channel or a page of a case.
Renderers choose the prettiest native form and hold no rule; an element that a platform
cannot draw has a written fallback there, never silence.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from flows.phrases import Frozen, Phrase, say
from flows.presses import Press


class Paragraph(Frozen):
    """A sentence or two. `strong` is the one thing to read if nothing else is read."""

    kind: Literal["paragraph"] = "paragraph"
    text: Phrase
    strong: bool = False


class Heading(Frozen):
    """The title of a part of the screen."""

    kind: Literal["heading"] = "heading"
    text: Phrase
    folded: bool = False
    """What follows, to the next heading, is out of the way until wanted, where a page can fold."""


class Bullets(Frozen):
    """A short list; `numbered` where the order matters."""

    kind: Literal["bullets"] = "bullets"
    items: tuple[Phrase, ...]
    numbered: bool = False


class Fact(Frozen):
    """A label and what is known about it."""

    label: Phrase
    value: Phrase


class Facts(Frozen):
    """Labels with their values."""

    kind: Literal["facts"] = "facts"
    items: tuple[Fact, ...]


class Happening(Frozen):
    """One line of what has happened or will: when, and what."""

    when: Phrase | None
    what: Phrase
    done: bool = True


class Timeline(Frozen):
    """What has happened and what comes next, in order."""

    kind: Literal["timeline"] = "timeline"
    items: tuple[Happening, ...]


class CallLine(Frozen):
    """Somebody to phone, as a link where the platform has links."""

    kind: Literal["call"] = "call"
    label: Phrase
    phone: str
    strong: bool = False
    """Now, before anything else."""


class LinkLine(Frozen):
    """A link of our own, to a page outside of where it stands."""

    kind: Literal["link"] = "link"
    label: Phrase
    url: str


class Said(Frozen):
    """Something one person wrote to another, with who and when."""

    kind: Literal["said"] = "said"
    who: Phrase
    when: Phrase | None
    text: Phrase


Element = Annotated[
    Paragraph | Heading | Bullets | Facts | Timeline | CallLine | LinkLine | Said,
    Field(discriminator="kind"),
]


class Style(StrEnum):
    """What a button is for; never the only carrier of meaning."""

    PLAIN = "plain"
    PRIMARY = "primary"
    HELP = "help"
    QUIET = "quiet"


class Option(Frozen):
    """Something to tap, with the short code that stands for it in a list of answers."""

    code: str = Field(pattern=r"^[a-z0-9]{1,16}$")
    label: Phrase
    hint: Phrase | None = None
    style: Style = Style.PLAIN
    goes_back: bool = False
    """It is no answer, and leads to the screen before: however often, no list grows by it."""


class Group(Frozen):
    """A set of options to choose from, answered together with the screen's button."""

    id: str
    label: Phrase
    options: tuple[Option, ...]
    many: bool = False
    chosen: tuple[str, ...] = ()
    """What is chosen before the person touches anything."""
    missing: Phrase | None = None
    """What to say when nothing is chosen; None where that is fine."""
    folded: bool = False
    """Optional: out of the way until somebody wants it, where the platform can fold."""


class TextField(Frozen):
    """A place to type. What is typed is never kept in the conversation's list of answers."""

    id: str
    label: Phrase
    hint: Phrase | None = None
    max_characters: int
    rows: int = 1
    required: bool = False
    shaped: bool = False
    """Its hint says what it looks like, so that nobody need know how many characters fit."""
    wrong: bool = False
    """What was typed cannot be sent; the screen says why."""
    folded: bool = False
    """Optional: out of the way until somebody wants it, where the platform can fold."""


class Ask(Frozen):
    """One screen of a conversation: what to read, what to choose, and the buttons that answer."""

    step: str
    title: Phrase
    progress: Phrase | None = None
    body: tuple[Element, ...] = ()
    groups: tuple[Group, ...] = ()
    fields: tuple[TextField, ...] = ()
    buttons: tuple[Option, ...] = Field(min_length=1)
    find: TextField | None = None
    """Too many buttons to show: this field looks for the one that is meant."""
    found: tuple[str, ...] | None = None
    """The buttons to show when `find` is set; the others stay valid answers."""
    after: tuple[Element, ...] = ()
    """What stands below the buttons."""
    help_first: bool = False
    """It is still going on: Help stands above everything else."""
    for_help: bool = False
    """Its own answers call for help: no other Help stands there, and nothing is put off."""

    def with_chosen(self, chosen: Mapping[str, tuple[str, ...]]) -> "Ask":
        """The same screen with this chosen before the person touches anything."""
        groups = tuple(
            group.model_copy(update={"chosen": chosen.get(group.id, group.chosen)})
            for group in self.groups
        )
        return self.model_copy(update={"groups": groups})

    def with_wrong(self, field: str) -> "Ask":
        """The same screen after what was typed in this field could not be sent."""
        fields = tuple(each.model_copy(update={"wrong": each.id == field}) for each in self.fields)
        return self.model_copy(update={"fields": fields})


class Confirm(Frozen):
    """What is asked between a tap and a press that nobody wants to have made by a slip."""

    question: Phrase
    text: Phrase
    """What the press would do, and that there is a way back."""
    yes: Phrase
    back: Phrase


class Button(Frozen):
    """A button of a card in a channel, or of a case's page."""

    label: Phrase
    press: Press
    style: Style = Style.PLAIN
    under: Phrase | None = None
    """A question of its own, which this button and those after it answer."""
    confirm: Confirm | None = None
    """Of a button on the page of one's own case: it is pressed by the "yes" of this question."""


class Compose(Frozen):
    """A place to write, and the button that sends it."""

    field: TextField
    button: Button
    also: Button | None = None
    """Another way to send the same words, where there is one."""


class Card(Frozen):
    """A message in a channel, or a case as one person may see it."""

    title: Phrase
    body: tuple[Element, ...] = ()
    buttons: tuple[Button, ...] = ()
    compose: Compose | None = None
    after: tuple[Element, ...] = ()
    """What stands below everything, as phone numbers do."""
    footer: Phrase | None = None
    may_check: bool = False
    """Its reader may want to check or report next: a button where a page can lead there; the
    footer says it in words for every platform."""
    mentions: tuple[str, ...] = ()
    """People, by id, whom the platform should alert."""
    announcement: Phrase | None = None
    """What a phone says of it, where the title leans on what stands below it."""
    language: str | None = None
    """Of a direct message: what the channel speaks for which it asks. A channel speaks its own."""

    @property
    def announced(self) -> Phrase:
        """What a phone says of it."""
        return self.announcement or self.title


def asked_apart(buttons: Sequence[Button]) -> list[list[Button]]:
    """The buttons in order, parted where one stands under a question of its own."""
    parts: list[list[Button]] = []
    for each in buttons:
        if each.under is not None or not parts:
            parts.append([])
        parts[-1].append(each)
    return parts


def buttons(*options: tuple[str, str], style: Style = Style.PLAIN) -> tuple[Option, ...]:
    """Options from (code, catalogue key) pairs."""
    return tuple(Option(code=code, label=say(key), style=style) for code, key in options)
