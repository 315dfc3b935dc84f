"""What each dialog of the Teams adapter is made from. Values only."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.desk import OpenedCase
from bot.own_case import OwnLine
from flows.phrases import Phrase
from flows.presses import Press
from flows.screens import Ask, Card, Element

LONGEST = 600
"""Of any part of what travels: our longest is a token of 467 characters."""

_NAMES = {"language": "l", "token": "t", "pass_token": "p", "receipt": "r", "opened": "o"}


@dataclass(frozen=True)
class Kept:
    """What travels with a dialog: sealed by us, or worth nothing to whoever else reads it."""

    language: str = ""
    token: str = ""
    """The sealed list of a conversation."""
    pass_token: str = ""
    """The pass to one's own case."""
    receipt: str = ""
    """The receipt that stands on the dialog itself."""
    opened: str = ""
    """The sealed press that opened a case's details."""
    page: int = 0
    """Which part of something long is shown."""

    def pack(self) -> dict[str, Any]:
        """As the data of a button."""
        named = {short: getattr(self, name) for name, short in _NAMES.items()}
        packed: dict[str, Any] = {short: value for short, value in named.items() if value}
        return {**packed, "g": self.page} if self.page else packed

    @classmethod
    def unpack(cls, data: Mapping[str, Any]) -> "Kept":
        """What a button carried. Whatever is not ours reads as nothing."""
        page = data.get("g")
        parts = {name: text_in(data, short) for name, short in _NAMES.items()}
        return cls(**parts, page=page if type(page) is int and 0 <= page < 1000 else 0)


def text_in(data: Mapping[str, Any], name: str) -> str:
    """A short text of a button's data; empty when there is none."""
    value = data.get(name)
    return value if isinstance(value, str) and len(value) <= LONGEST else ""


@dataclass(frozen=True)
class AskView:
    """One screen of a conversation, and what the person had done on it so far."""

    ask: Ask
    kept: Kept
    can_go_back: bool
    problem: Phrase | None = None
    typed: Mapping[str, str] = field(default_factory=dict)
    chosen: Mapping[str, tuple[str, ...]] | None = None
    """What was chosen before; None shows each group's own."""
    web: str = ""
    """The page that knows nobody, where somebody may choose to stay unknown."""
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    """What was filled in on other screens, by the ids of its inputs: it goes along."""


@dataclass(frozen=True)
class CaseView:
    """One's own case."""

    card: Card
    kept: Kept
    public_id: str
    press_codes: Callable[[Press], str]
    once: str
    """Names this drawing, so that words sent from it are taken once."""
    notice: Phrase | None = None
    is_call: bool = False
    """It is a call for help, and its number no report's."""
    calling: bool = False
    elsewhere: bool = False
    """Help can be called to another site than this call's."""
    """It is a call for help that still runs."""
    listed: bool = False
    """It is found again without its receipt, too."""
    typed: str = ""
    """Words that were not sent yet."""
    beside: Mapping[str, str] = field(default_factory=dict)
    """What waits unseen to be gone on with, by the ids of its inputs."""
    link: str = ""
    """The path of a private link that was just made."""


@dataclass(frozen=True)
class DetailsView:
    """A case's details, opened by one person of the desk."""

    opened: OpenedCase
    kept: Kept
    press_codes: Callable[[Press], str]
    once: str
    notice: Phrase | None = None
    typed: Mapping[str, str] = field(default_factory=dict)
    link: str = ""
    """The path of a private link that was just made."""


@dataclass(frozen=True)
class PageView:
    """Something to read: the policy, an end, a refusal."""

    title: Phrase
    elements: tuple[Element, ...]
    kept: Kept
    do: str = ""
    """What a button to another part or language does; empty where there is only one part."""
    start_again: bool = True
    filled: Mapping[str, str] = field(default_factory=dict)
    """What somebody had filled in, by the ids of its inputs: it is shown, and goes along."""
    retry: Mapping[str, Any] = field(default_factory=dict)
    """What the button carried that is to be pressed again."""
    again: Phrase | None = None
    """What that button says, where it is not that it is pressed again."""


@dataclass(frozen=True)
class ReceiptView:
    """Where somebody comes back: by a receipt, or to what they sent with a name."""

    kept: Kept
    problem: Phrase | None = None
    named: tuple[OwnLine, ...] = ()
    typed: str = ""
    """A number that fitted nothing: it stays, to be put right."""
    letter: str = ""
    """What was typed to the desk where nothing opens any more: it stays until something does."""
    beside: Mapping[str, str] = field(default_factory=dict)
    """What else waits to be gone on with, by the ids of its inputs: it is shown, and goes along."""
    call: OwnLine | None = None
    """Their newest call for help."""
