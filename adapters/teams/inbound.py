"""An activity of Teams' as the neutral thing it means. Reads and checks, decides nothing.

Who did something is taken from the activity alone, which the Bot Connector signed for; what a
button carried came back through a client, and is believed only where we sealed it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from typing import Any

from adapters.teams.places import PLATFORM
from adapters.teams.screens import Kept, text_in
from adapters.teams.transport import Activity
from adapters.teams.verifier import tenant_of
from flows.report import MAX_NAME

LONGEST_ID = 400
FULL = "user"
"""Teams' word for a member who is neither a guest nor anonymous."""
_NAMED = re.compile(r"<at>.{0,200}?</at>", re.DOTALL)
"""The bot's own name, or somebody's, in a text that names them."""
_ENTRA = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)


class BadShape(ValueError):
    """Teams does not send this."""


@dataclass(frozen=True)
class Source:
    """Who did something, and where."""

    tenant: str
    user: str
    """Their Entra id, in lower case."""
    account: str
    """Their name towards this bot, as "29:…"."""
    bot: str
    service_url: str
    conversation: str
    channel: str
    """The channel's id; empty in a personal chat."""
    locale: str = ""
    name: str = ""
    """What Teams calls them: for a call for help, and for nothing else."""

    @property
    def address(self) -> str:
        """Where it was done, as the company would write it."""
        return f"{PLATFORM}:{self.channel or '@' + self.user}"


@dataclass(frozen=True)
class Pressed:
    """A button, with everything that the card it is on carried and took."""

    source: Source
    data: Mapping[str, Any]
    message: str = ""
    """The message that holds the card."""

    @property
    def do(self) -> str:
        """What it is to do."""
        return text_in(self.data, "do")

    def delivery(self, words: str) -> bytes | None:
        """Names this one press: Teams sends it again with a new id when an answer takes too long.

        What stays is the drawing of the dialog it was made on; None where that has no name.
        """
        drawing, code = text_in(self.data, "n"), text_in(self.data, "c")
        named = f"teams|{drawing}|{code}|{words}"
        return named.encode("utf-8", "replace") if drawing else None

    @property
    def kept(self) -> Kept:
        """What travelled with it."""
        return Kept.unpack(self.data)

    @property
    def ref(self) -> str:
        """The message's name, as the messenger gave it."""
        source = self.source
        return f"{source.conversation if source.channel else '@' + source.user}|{self.message}"


@dataclass(frozen=True)
class Wrote:
    """Somebody wrote to the bot: in its chat with them, or in a channel, where Teams passes on
    what names it. The text is looked at once and kept nowhere."""

    source: Source
    text: str


@dataclass(frozen=True)
class Asked:
    """A button that a dialog answers, with the dialog's card or a message's behind it."""

    pressed: Pressed


@dataclass(frozen=True)
class Executed:
    """A button that a card answers in its own place."""

    pressed: Pressed


@dataclass(frozen=True)
class Submitted:
    """A button of a message in an old client: nothing answers it there."""

    pressed: Pressed


@dataclass(frozen=True)
class Installed:
    """The app was installed, or was there already, in a chat or a team."""

    source: Source
    removed: bool = False


@dataclass(frozen=True)
class Renewed:
    """The app's package was replaced by a newer one: nobody came, and nobody went."""

    source: Source


Incoming = Wrote | Asked | Executed | Submitted | Installed | Renewed | None
"""None: nothing to this bot."""


def read(activity: Activity) -> Incoming:
    """What an activity means. Raises BadShape for what Teams does not send."""
    kind = activity.get("type")
    if kind == "message":
        return _message(activity)
    if kind == "invoke":
        return _invoke(activity)
    if kind == "installationUpdate":
        return _installed(activity)
    if not isinstance(kind, str):
        raise BadShape
    return None


def _installed(activity: Activity) -> Incoming:
    action = str(activity.get("action", ""))
    if action.endswith("-upgrade"):  # Teams sends "remove-upgrade" and "add-upgrade", to everybody
        return Renewed(_source(activity))
    return Installed(_source(activity), action.startswith("remove"))


def _message(activity: Activity) -> Incoming:
    source, value = _source(activity), activity.get("value")
    if isinstance(value, dict):
        return Submitted(Pressed(source, value, _id(activity, "replyToId")))
    text = activity.get("text", "")
    if not isinstance(text, str):
        raise BadShape
    return Wrote(source, unescape(_NAMED.sub(" ", text)))


def _invoke(activity: Activity) -> Incoming:
    value = activity.get("value")
    if not isinstance(value, dict):
        raise BadShape
    match activity.get("name"):
        case "task/fetch" | "task/submit":
            data = value.get("data")
            return Asked(Pressed(_source(activity), _object(data), _id(activity, "replyToId")))
        case "adaptiveCard/action":
            data = _object(value.get("action")).get("data")
            return Executed(Pressed(_source(activity), _object(data), _id(activity, "replyToId")))
    return None


def _source(activity: Activity) -> Source:
    conversation, sender = _object(activity.get("conversation")), _object(activity.get("from"))
    whole = _id(conversation, "id", needed=True)
    user = str(sender.get("aadObjectId") or "").lower()
    if not _ENTRA.fullmatch(user):
        raise BadShape
    personal = conversation.get("conversationType") == "personal"
    locale, name = activity.get("locale"), sender.get("name")
    return Source(
        tenant=tenant_of(activity) or "",
        user=user,
        account=_id(sender, "id", needed=True),
        bot=_id(_object(activity.get("recipient")), "id", needed=True),
        service_url=str(activity.get("serviceUrl")),
        conversation=whole,
        channel="" if personal else whole.partition(";")[0],
        locale=locale if isinstance(locale, str) and len(locale) <= 35 else "",
        name=name[:MAX_NAME] if isinstance(name, str) else "",
    )


def _object(value: object) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise BadShape
    return value


def _id(holder: Mapping[str, Any], name: str, *, needed: bool = False) -> str:
    value = holder.get(name, "")
    if not isinstance(value, str) or len(value) > LONGEST_ID or (needed and not value):
        raise BadShape
    return value
