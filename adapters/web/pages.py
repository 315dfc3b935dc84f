"""What each page of the web adapter is made from. Values only."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from bot.desk import OpenedCase
from bot.evidence import Added
from bot.own_case import OwnLine
from flows.phrases import Phrase
from flows.presses import Press
from flows.screens import Ask, CallLine, Card, Element


@dataclass(frozen=True)
class AskPage:
    """One screen of a conversation, and what the person had done on it so far."""

    ask: Ask
    token: str
    language: str
    now: datetime
    problem: Phrase | None
    typed: Mapping[str, str]
    chosen: Mapping[str, tuple[str, ...]]
    """What was ticked before; a group that is missing shows its own defaults, or nothing
    after a problem."""
    can_go_back: bool
    site: str
    """The poster's token, or empty."""
    first: bool
    words: Mapping[str, str] = field(default_factory=dict)
    """What was typed on another screen: it stands in the page alone, until that one is back."""
    held: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What was ticked on screens that were gone back from; in the page alone, too."""
    resume: str = ""
    """While help is called: the screen to come back to."""
    left: str = ""
    """The reports from whose pages help was called, to come back to, as one field."""
    calling: str = ""
    """The pass to a call for help: from the first screen to this visit's newest; else to the one
    that goes on until another site is chosen here, to which Back leads."""


@dataclass(frozen=True)
class CasePage:
    """A case as the person who started it sees it."""

    card: Card
    pass_token: str
    language: str
    now: datetime
    receipt: str | None
    public_id: str
    press_codes: Callable[[Press], str]
    site: str
    notice: Phrase | None = None
    """One friendly line after a press."""
    is_call: bool = False
    """It is a call for help, and its number no report's."""
    calling: bool = False
    """It is a call for help that still runs."""
    elsewhere: bool = False
    """Help can be called to another site."""
    once: str = ""
    """Names this drawing of the page: words sent twice from it are one message."""
    words: str = ""
    """What was typed to the desk and not sent yet. It stands in the page alone."""
    resume: str = ""
    """Of a call: the screen from which it was made, to go on there."""
    typed: Mapping[str, str] = field(default_factory=dict)
    """Of a call: what was typed on that screen besides words."""
    held: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Of a call: what was ticked there."""
    left: str = ""
    """The reports from whose pages help was called, to come back to, as one field."""


@dataclass(frozen=True)
class KeptPage:
    """What stood on a page that cannot be shown again, or not just now."""

    title: Phrase
    text: Phrase
    label: Phrase
    words: str
    way_on: Phrase
    action: str
    """Where the words are taken along to, as everything that is `held`."""
    held: tuple[tuple[str, str], ...]
    """Fields by their names; what was ticked has one for each tick."""
    language: str
    now: datetime
    site: str
    calls: tuple[CallLine, ...]
    stays: Phrase | None = None
    """What becomes of the words."""
    receipt: str = ""
    """To be copied down: it may stand nowhere else yet."""


@dataclass(frozen=True)
class MessagePage:
    """A few sentences and a way on: ended, start again, too large, not found, an error."""

    title: Phrase
    paragraphs: tuple[Phrase, ...]
    language: str
    now: datetime
    site: str
    start_again: bool
    calls: tuple[CallLine, ...]


@dataclass(frozen=True)
class ElementsPage:
    """Something to read, as the company's policy."""

    title: Phrase
    elements: tuple[Element, ...]
    language: str
    now: datetime
    site: str


@dataclass(frozen=True)
class ReceiptPage:
    """Where somebody comes back with a receipt."""

    language: str
    now: datetime
    site: str
    problem: Phrase | None
    typed: str = ""
    """A number that fitted nothing: it stays, to be looked at and put right."""
    words: str = ""
    """What was typed to the desk on a page that opens nothing any more."""
    left: str = ""
    """Other reports to come back to, as on their pages."""
    call: OwnLine | None = None
    """This visit's newest call for help."""


@dataclass(frozen=True)
class DoorPage:
    """In front of a private link, or where one was that is over."""

    title: Phrase
    action: str
    token: str
    """The link's own; empty where it is over."""
    language: str
    now: datetime
    once: str = ""
    """Names this drawing of the door: tapped twice, it is opened once."""


@dataclass(frozen=True)
class AddPage:
    """Where somebody adds files to their report."""

    pass_token: str
    """To the report; empty on the page of a link, which leads nowhere else."""
    token: str
    receipt: str
    language: str
    now: datetime
    site: str
    became: tuple[Added, ...]
    """What became of each file, in the order in which they were chosen."""
    held: int
    room: bool
    files: int
    picture: int
    """Megabytes, as below."""
    recording: int
    words: str = ""
    """What was typed to the desk and not sent yet: it waits here."""
    left: str = ""
    """Other reports to come back to, as on their pages."""


@dataclass(frozen=True)
class SeenPage:
    """One file, before one person of the desk."""

    name: Phrase
    public_id: str
    size: Phrase
    picture: str
    """In base64; empty where there is nothing to look at."""
    token: str
    language: str
    now: datetime


@dataclass(frozen=True)
class Person:
    """Somebody one can act as in the demo."""

    id: str
    name: Phrase
    role: Phrase


@dataclass(frozen=True)
class PostView:
    """A message of a demo channel, with its thread."""

    id: str
    card: Card
    posted_at: datetime
    edited_at: datetime | None
    replies: tuple["PostView", ...]


@dataclass(frozen=True)
class ChannelPage:
    """A chat channel of the demo, as one of its people sees it."""

    kind: Literal["desk", "site"]
    title: Phrase
    people: tuple[Person, ...]
    acting: str
    cards: tuple[PostView, ...]
    zone: str
    language: str
    now: datetime
    path: str
    press_codes: Callable[[Press], str]
    notice: Phrase | None
    refused: bool = False
    """The notice says that a press changed nothing: it does not look like a success."""
    direct: tuple[PostView, ...] = ()
    """The direct messages to whom one acts as."""
    direct_codes: Callable[[Press], str] | None = None
    on_duty: datetime | None = None
    """Until when whom one acts as said to be on duty here."""
    shown: int = 0
    """How many posts were asked for; 0 asks for the newest."""
    earlier: int = 0
    """How many to ask for to see earlier ones too; 0 where there are none."""


@dataclass(frozen=True)
class DetailsPage:
    """A case's details, opened by one person of the desk."""

    opened: OpenedCase
    language: str
    now: datetime
    back: str
    """Where the channel is, with who acts in it."""
    path: str
    """The channel's path: presses go to `path` + "/press", as in the channel."""
    again: Press
    """What opens these details: after any press in them the desk stays there."""
    acting: str
    press_codes: Callable[[Press], str]
    once: str
    """Names this drawing of the page: words sent twice from it are one message."""
    notice: Phrase | None = None
    refused: bool = False
    link: str = ""
    """The path of a private link that was just made."""


@dataclass(frozen=True)
class DemoPage:
    """An employee's phone and both channels side by side, all in one browser."""

    language: str
    now: datetime
    sites: tuple[tuple[str, Phrase], ...]
    chosen_site: str
    phone_src: str
    desk_src: str
    site_src: str
    zone: str
