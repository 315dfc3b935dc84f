"""Cards as messages of Teams: the channels' and the direct ones, and the first card in a chat.

No card holds a reporter's words or answers. A press is answered with the card as it stands
then; what opens details opens a dialog, which is nobody else's.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from adapters.teams.elements import draw, paragraph, title
from adapters.teams.parts import (
    CARD_BYTES,
    Part,
    Parts,
    attachment,
    card,
    execute,
    lines,
    note,
    opens_dialog,
    pages,
    row,
    size,
    text,
)
from adapters.teams.words import Words, plain
from bot.catalogue import LANGUAGE_NAMES
from flows.phrases import Phrase, say
from flows.presses import Press, Verb
from flows.screens import Ask, Button, CallLine, Card, Element, Style

POLICE = CallLine(label=say("help.police"), phone="110", strong=True)
OPENS_DETAILS = frozenset({Verb.DETAILS, Verb.REPLY})
_NOT_OF_A_NAME = re.compile(r"[^\w\s'’.・,-]|_")


@dataclass(frozen=True)
class Mention:
    """Somebody whom a message alerts, by the id of their account."""

    entra_id: str
    name: str


def message(content: Part, summary: str) -> Part:
    """A message with one card; `summary` is what a phone announces."""
    return {
        "type": "message",
        "summary": plain(summary)[:200],
        "attachments": [attachment(content)],
    }


def channel_card(
    words: Words,
    shown: Card,
    press_codes: Callable[[Press], str],
    mentions: Sequence[Mention] = (),
    notice: Phrase | None = None,
) -> Part:
    """A card of a channel or of direct messages, with a line for whoever pressed it."""
    top = [
        *(paragraph(words, notice, strong=True) if notice else []),
        *title(words, shown.title, top=True),
        *_alerted(mentions),
    ]
    end = [
        *row([_press(words, one, press_codes(one.press)) for one in shown.buttons]),
        *draw(words, shown.after),
        *(lines(note(words.text(shown.footer))) if shown.footer else []),
    ]
    teams: Part = {"width": "Full"}
    if mentions:
        teams["entities"] = [_entity(one) for one in mentions]
    room = CARD_BYTES - size(card(words.language, [*top, *end], msteams=teams)) - 500
    parts = pages(draw(words, shown.body), max(room, 2000))
    left_out = [note(words.text(say("teams.left_out")))] if len(parts) > 1 else []
    return card(words.language, [*top, *parts[0], *left_out, *end], msteams=teams)


def _press(words: Words, one: Button, code: str) -> Part:
    positive, label = one.style is Style.PRIMARY, words.text(one.label)
    if one.press.verb in OPENS_DETAILS:
        return opens_dialog(label, {"do": "details", "c": code}, positive=positive)
    return execute(label, {"do": "press", "c": code}, positive=positive)


def _alerted(mentions: Sequence[Mention]) -> Parts:
    """One line that names whom it alerts. A mention must stand in a text to alert anybody."""
    if not mentions:
        return []
    names = " ".join(_tag(one) for one in mentions)
    return [{"type": "TextBlock", "wrap": True, "text": names}]


def _tag(mention: Mention) -> str:
    return f"<at>{_name(mention)}</at>"


def _name(mention: Mention) -> str:
    """A name in which nothing acts: it stands where markup is read."""
    return _NOT_OF_A_NAME.sub(" ", plain(mention.name)).strip() or "?"


def _entity(mention: Mention) -> Part:
    account = {"id": mention.entra_id, "name": _name(mention)}
    return {"type": "mention", "text": _tag(mention), "mentioned": account}


def first_card(words: Words, ask: Ask, urgent: Sequence[Element] = ()) -> Part:
    """The first card in the chat: every way in opens a dialog, so nothing is said in the chat."""
    answers = [
        opens_dialog(
            words.text(one.label),
            {"do": one.code},
            positive=one.style in (Style.HELP, Style.PRIMARY),
        )
        for one in ask.buttons
    ]
    doors = [
        opens_dialog(words.text(say("teams.sent")), {"do": "sent"}),
        opens_dialog(words.text(say("teams.policy")), {"do": "policy"}),
    ]
    other = [(code, name) for code, name in LANGUAGE_NAMES if code != words.language]
    body = [
        *draw(words, urgent),
        *title(words, ask.title, top=True),
        *draw(words, ask.body),
        *row([*answers, *doors]),
        *draw(words, ask.after),
        *row([opens_dialog(name, {"do": "first", "l": code}) for code, name in other]),
    ]
    return card(words.language, body)


def failed_card(words: Words) -> Part:
    """In place of the first card while nothing can be read: whom to call, and Help all the same."""
    asks = opens_dialog(words.text(say("first.help")), {"do": "help"}, positive=True)
    body = [*title(words, say("problem.title"), top=True), *draw(words, [POLICE]), *row([asks])]
    return card(words.language, body)


def own_chat_card(words: Words) -> Part:
    """One line in a channel: where the bot is spoken with. Nothing in it answers anything."""
    return card(words.language, [text(words.text(say("teams.own_chat")))])


def push_card(words: Words, shown: Card) -> Part:
    """There is something: the same for everybody, and where to look for it."""
    sent = opens_dialog(words.text(say("teams.push.sent")), {"do": "sent"})
    body = [*title(words, shown.title, top=True), *draw(words, shown.body), *row([sent])]
    return card(words.language, body)


def later_card(words: Words, token: str) -> Part:
    """A neutral card with the way back to a conversation: nothing readable is in it."""
    back = opens_dialog(words.text(say("teams.later.open")), {"do": "resume", "t": token})
    body = [
        *title(words, say("first.title"), top=True),
        text(words.text(say("teams.later.card"))),
        *row([back]),
    ]
    return card(words.language, body)
