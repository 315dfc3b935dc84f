"""What each view of the Slack adapter is made from. Values only."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from bot.desk import OpenedCase
from bot.own_case import OwnLine
from flows.phrases import Phrase
from flows.presses import Press
from flows.screens import Ask, Card, Element

METADATA = 3000
"""The most a view's private metadata may hold."""
CALLING = "calling"
"""Marks the view of a call for help that still runs."""
LATER = "later"
"""Marks the page of a conversation to which the chat leads back."""
FAILED = "failed"
"""Marks the page that stands over a modal on which a press broke."""
CHOSEN = "chosen"
"""Marks an App Home whose language somebody chose; any other's is what their Slack speaks."""


@dataclass(frozen=True)
class Kept:
    """What travels with a view: sealed by us, or worth nothing to whoever else reads it."""

    language: str
    token: str = ""
    """The sealed list of a conversation."""
    pass_token: str = ""
    """The pass to one's own case."""
    receipt: str = ""
    """The receipt that stands on the view itself."""
    channel: str = ""
    """The channel that the desk opened it from."""
    opened: str = ""
    """The sealed press that opened it."""
    again: Mapping[str, int] = field(default_factory=dict)
    """How often what was typed in each place went out: then an empty one stands there."""

    held: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What was chosen on screens that were gone back from, to be there again. Slack knows it."""
    resume: str = ""
    """The sealed list of the conversation that a call for help interrupted."""
    left_pass: str = ""
    """The pass to one's own report, from whose page help was called."""
    left_receipt: str = ""
    """The receipt that stood on that page."""

    def emptied(self, place: str) -> "Kept":
        """The same after what was typed in one place went out."""
        return replace(self, again={**self.again, place: self.again.get(place, 0) + 1})

    def holding(self, held: Mapping[str, tuple[str, ...]]) -> "Kept":
        """The same with what was chosen elsewhere, if a view has room for all of it."""
        full = replace(self, held=held)
        return full if len(full.pack()) <= METADATA else self

    @property
    def aside(self) -> "Kept":
        """What goes along to a page that is looked at on the way: nothing of it is lost there."""
        return self.way_back.holding(self.held)

    @property
    def way_back(self) -> "Kept":
        """Only what leads back to what a call for help interrupted."""
        kept = Kept(self.language, resume=self.resume, again=self.again)
        return replace(kept, left_pass=self.left_pass, left_receipt=self.left_receipt)

    @property
    def chosen(self) -> str:
        """The language that somebody chose, as App Home carries it; "" for none."""
        return self.language if self.opened == CHOSEN else ""

    def pack(self) -> str:
        """As private metadata."""
        full = {key: value for key, value in asdict(self).items() if value}
        return json.dumps(full, separators=(",", ":"))

    @classmethod
    def unpack(cls, text: str, language: str) -> "Kept":
        """What a view carried. Whatever is not ours reads as nothing."""
        try:
            found: Any = json.loads(text[:METADATA]) if text else {}
        except (ValueError, RecursionError):
            found = {}
        if not isinstance(found, dict):
            found = {}

        def part(name: str) -> str:
            value = found.get(name)
            return value if isinstance(value, str) else ""

        again, held = found.get("again"), found.get("held")
        counts = again.items() if isinstance(again, dict) else ()
        choices = held.items() if isinstance(held, dict) else ()
        return cls(
            language=part("language") or language,
            token=part("token"),
            pass_token=part("pass_token"),
            receipt=part("receipt"),
            channel=part("channel"),
            opened=part("opened"),
            resume=part("resume"),
            left_pass=part("left_pass"),
            left_receipt=part("left_receipt"),
            again={place: count for place, count in counts if type(count) is int},
            held={
                name: tuple(code for code in codes if isinstance(code, str))
                for name, codes in choices
                if isinstance(codes, list)
            },
        )


@dataclass(frozen=True)
class AskView:
    """One screen of a conversation."""

    ask: Ask
    kept: Kept
    can_go_back: bool
    problem: Phrase | None = None
    typed: Mapping[str, str] | None = None
    by_submit: bool = False
    """Presses cannot be answered one by one just now: choose, then the modal's own button."""
    written: Mapping[str, str] = field(default_factory=dict)
    """What was written for a report, here or on another screen: it stands on every one."""


@dataclass(frozen=True)
class CaseView:
    """One's own case."""

    card: Card
    kept: Kept
    public_id: str
    press_codes: Callable[[Press], str]
    notice: Phrase | None = None
    is_call: bool = False
    """It is a call for help, and its number no report's."""
    calling: bool = False
    """It is a call for help that still runs."""
    elsewhere: bool = False
    """Help can be called to another site."""
    listed: bool = False
    """It is found again without its receipt, too."""
    link: str = ""
    """The path of a private link that was just made."""
    letter: str = ""
    """What is typed to the desk and not sent."""
    written: Mapping[str, str] = field(default_factory=dict)
    """What was written elsewhere and is not sent yet: it waits here to be gone on with."""


@dataclass(frozen=True)
class DetailsView:
    """A case's details, opened by one person of the desk."""

    opened: OpenedCase
    kept: Kept
    press_codes: Callable[[Press], str]
    notice: Phrase | None = None
    link: str = ""
    """The path of a private link that was just made."""
    at_end: bool = False
    """The notice is about closing: it stands at that button, below all there is to read."""


@dataclass(frozen=True)
class Held:
    """A modal that stays as it stands, with every word on it, and what is said at one input."""

    block_id: str
    language: str
    why: Phrase


@dataclass(frozen=True)
class PageView:
    """Something to read: the policy, an end, a refusal."""

    title: Phrase
    elements: tuple[Element, ...]
    kept: Kept
    start_again: bool = True
    written: Mapping[str, str] = field(default_factory=dict)
    """What was written on a screen that became too old: it goes along to the new start."""


@dataclass(frozen=True)
class ReceiptView:
    """Where somebody comes back: by a receipt, or to what they sent with a name."""

    kept: Kept
    problem: Phrase | None = None
    named: tuple[OwnLine, ...] = ()
    words: str = ""
    """What was typed to the desk where nothing opens any more: it stays until something does."""
    written: Mapping[str, str] = field(default_factory=dict)
    """What was written for a report and is not sent yet: it waits here to be gone on with."""
    call: OwnLine | None = None
    """Their newest call for help."""
