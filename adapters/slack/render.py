"""Neutral screens as Slack's modals, App Home and messages. Pure, and holds no rule.

The modal's frame says nothing that a customer who looks over a shoulder could read into.
Help, Back and Language stand in one row at the top of every screen, always in that order.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from adapters.slack.blocks import (
    OPTIONS,
    TITLE,
    VIEW_BLOCKS,
    Block,
    Blocks,
    actions,
    button,
    context,
    entry,
    header,
    option,
    plain,
    section,
    units,
)
from adapters.slack.elements import draw, paragraph
from adapters.slack.fields import group, text_field
from adapters.slack.fitting import fitting
from adapters.slack.screens import (
    AskView,
    CaseView,
    DetailsView,
    Kept,
    PageView,
    ReceiptView,
)
from adapters.slack.words import Words
from bot.catalogue import Catalogue
from flows.phrases import Phrase, Verbatim, say
from flows.presses import Verb
from flows.screens import Ask, Button, Compose, Element, Option, Style, TextField

LANGUAGE_NAMES = (("ja", "日本語"), ("ja_simple", "やさしい日本語"), ("en", "English"))
"""Each language by its own name, so that it is found by who reads only that one."""

TALK, CASE, DETAILS, RECEIPT, PAGE = "talk", "case", "details", "receipt", "page"
"""The views, by the name under which their submissions come back."""

RECEIPT_FIELD = TextField(
    id="receipt",
    label=say("slack.receipt.enter"),
    hint=say("slack.receipt.hint"),
    max_characters=200,
)
_GROUP_OF_DIGITS = 5


@dataclass(frozen=True)
class Reader:
    """Who reads a view: when, and in which zone."""

    now: datetime
    zone: str | None = None


class Views:
    """Every view of the Slack adapter, as Slack wants it."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def _words(self, reader: Reader, language: str) -> Words:
        return Words(self._catalogue, language, reader.now, reader.zone)

    def ask(self, view: AskView, reader: Reader) -> Block:
        """One screen of a conversation."""
        ask, words = view.ask, self._words(reader, view.kept.language)
        asks = bool(ask.groups or ask.fields)
        main = _main(ask) if asks and not view.by_submit else None
        body = [
            *_problem(words, view.problem),
            *_row(words, view.kept, own_help=ask.step == "first", back=view.can_go_back),
            *(context(words.text(ask.progress)) if ask.progress else []),
            *header(words.text(ask.title)),
            *draw(words, ask.body),
            *(block for one in ask.groups for block in group(words, ask.step, one)),
            *(text_field(words, ask.step, field) for field in ask.fields),
            *_search(words, view),
            *_answers(words, view, main),
            *(_doors(words) if ask.step == "first" else _later(words)),
            *draw(words, ask.after),
        ]
        submit = words.text(main.label) if main else None
        if view.by_submit:
            submit = words.text(say("button.next"))
        return _modal(words, TALK, body, view.kept, submit)

    def case(self, view: CaseView, reader: Reader) -> Block:
        """One's own case, with the receipt where there is one."""
        words, card = self._words(reader, view.kept.language), view.card
        places = [b for b in card.buttons if b.press.verb is Verb.PLACE]
        others = [b for b in card.buttons if b.press.verb is not Verb.PLACE]
        body = [
            *_problem(words, view.notice),
            *_row(words, view.kept, own_help=view.calling, back=False),
            *header(words.text(card.title)),
            *draw(words, card.body),
            *_pressable(words, others, "press", view),
            *(context(words.text(say("slack.where"))) if places else []),
            *_pressable(words, places, "place", view),
            *(context(words.text(card.footer)) if card.footer else []),
            *_receipt(words, view.kept.receipt),
            *_composes(words, (card.compose,) if card.compose else (), view),
            *draw(words, card.after),
            *actions(
                [
                    button(words.text(say("slack.refresh")), "case.refresh", "refresh"),
                    button(words.text(say("slack.home")), "door.first", "first"),
                ],
                "ways",
            ),
            *context(words.text(say("slack.case_id", id=Verbatim(text=view.public_id)))),
        ]
        submit = words.text(card.compose.button.label) if card.compose else None
        return _modal(words, CASE, body, view.kept, submit)

    def details(self, view: DetailsView, reader: Reader) -> Block:
        """A case's details, for one person of the desk."""
        words, opened = self._words(reader, view.kept.language), view.opened
        body = [
            *_problem(words, view.notice),
            *_language(words, view.kept),
            *header(words.text(opened.title)),
            *_owed(words, view),
            *draw(words, opened.elements),
            *_pressable(words, opened.responses, "respond", view),
            *_composes(words, opened.composes, view),
            *_pressable(words, opened.ending, "end", view),
        ]
        submit = words.text(opened.composes[0].button.label) if opened.composes else None
        return _modal(words, DETAILS, body, view.kept, submit)

    def page(self, view: PageView, reader: Reader) -> Block:
        """Something to read, and the way back to the first screen."""
        words = self._words(reader, view.kept.language)
        again = button(words.text(say("slack.home")), "door.first", "first")
        body = [
            *_row(words, view.kept, own_help=False, back=False),
            *header(words.text(view.title)),
            *draw(words, view.elements),
            *(actions([again], "ways") if view.start_again else []),
        ]
        return _modal(words, PAGE, body, view.kept)

    def receipt(self, view: ReceiptView, reader: Reader) -> Block:
        """Where a receipt is typed."""
        words = self._words(reader, view.kept.language)
        body = [
            *_problem(words, view.problem),
            *_row(words, view.kept, own_help=False, back=False),
            *header(words.text(say("slack.sent"))),
            text_field(words, RECEIPT, RECEIPT_FIELD),
            *context(words.text(say("slack.receipt.lost"))),
            *actions([button(words.text(say("slack.home")), "door.first", "first")], "ways"),
        ]
        return _modal(words, RECEIPT, body, view.kept, words.text(say("slack.receipt.open")))

    def home(self, ask: Ask, kept: Kept, reader: Reader) -> Block:
        """App Home: the first card."""
        words = self._words(reader, kept.language)
        blocks = [*_language(words, kept), *first_card(words, ask)]
        return {
            "type": "home",
            "callback_id": "home",
            "private_metadata": kept.pack(),
            "blocks": blocks[:VIEW_BLOCKS],
        }


def first_card(words: Words, ask: Ask, first: Sequence[Element] = ()) -> Blocks:
    """The first card, as it stands in App Home and in the chat, with what comes before it."""
    answers = [_answer(words, one, "door") for one in ask.buttons]
    return [
        *header(words.text(ask.title)),
        *draw(words, first),
        *draw(words, ask.body),
        *actions(answers, "answers"),
        *_doors(words),
        *draw(words, ask.after),
    ]


def _modal(words: Words, name: str, blocks: Blocks, kept: Kept, submit: str | None = None) -> Block:
    needs = any(block["type"] == "input" for block in blocks)
    modal: dict[str, Any] = {
        "type": "modal",
        "callback_id": name,
        "title": plain(words.text(say("first.title")), TITLE),
        "close": plain(words.text(say("slack.close")), TITLE),
        "private_metadata": kept.pack(),
        "blocks": fitting(blocks, context(words.text(say("slack.left_out")))),
    }
    if submit is not None or needs:
        fits = submit is not None and units(submit) <= TITLE
        text = submit if fits else words.text(say("button.next"))
        modal["submit"] = plain(text or "", TITLE)
    return modal


def _problem(words: Words, problem: Phrase | None) -> Blocks:
    return paragraph(words, problem, strong=True) if problem else []


def _row(words: Words, kept: Kept, *, own_help: bool, back: bool) -> Blocks:
    """Help, Back and Language, in the same place on every screen."""
    help_ = button(words.text(say("slack.help")), "nav.help", "help", primary=True)
    before = button(words.text(say("slack.back")), "nav.back", "back")
    return actions(
        [*([] if own_help else [help_]), *([before] if back else []), _languages(words, kept)],
        "nav",
    )


def _language(words: Words, kept: Kept) -> Blocks:
    return actions([_languages(words, kept)], "nav")


def _languages(words: Words, kept: Kept) -> Block:
    options = [option(name, code) for code, name in LANGUAGE_NAMES]
    here = [one for one in options if one["value"] == kept.language]
    return {
        "type": "static_select",
        "action_id": "nav.language",
        "placeholder": plain(words.text(say("slack.language")), TITLE),
        "options": options,
        **({"initial_option": here[0]} if here else {}),
    }


def _main(ask: Ask) -> Option:
    """The answer that goes on: it is the modal's own button, which also takes the inputs."""
    primary = [one for one in ask.buttons if one.style is Style.PRIMARY]
    return (primary or list(ask.buttons))[0]


def main_code(ask: Ask) -> str:
    """The code of the answer that the modal's own button gives."""
    return _main(ask).code


def _answers(words: Words, view: AskView, main: Option | None) -> Blocks:
    ask = view.ask
    shown = [one for one in ask.buttons if ask.found is None or one.code in ask.found]
    shown = [one for one in shown if one is not main]
    if view.by_submit:
        return _choices(words, ask.step, shown)
    return [
        block
        for number, one in enumerate(shown)
        for block in actions([_answer(words, one, "answer")], f"answer.{number}")
    ]


def _choices(words: Words, step: str, shown: list[Option]) -> Blocks:
    """The same answers to choose from, for when only the modal's own button can be answered."""
    if not shown:
        return []
    kind = "radio_buttons" if len(shown) <= OPTIONS else "static_select"
    element: Block = {
        "type": kind,
        "action_id": "by_submit",
        "options": [option(_label(words, one), one.code) for one in shown],
    }
    label = words.text(say("slack.choose"))
    return [entry(label, element, f"{step}.by_submit", optional=True)]


def _answer(words: Words, one: Option, kind: str) -> Block:
    primary = one.style in (Style.PRIMARY, Style.HELP)
    return button(_label(words, one), f"{kind}.{one.code}", one.code, primary=primary)


def _label(words: Words, one: Option) -> str:
    hint = f" · {words.text(one.hint)}" if one.hint else ""
    return words.text(one.label) + hint


def _search(words: Words, view: AskView) -> Blocks:
    find, typed = view.ask.find, (view.typed or {})
    if find is None:
        return []
    nothing = not view.ask.found and typed.get(find.id, "").strip()
    search = button(words.text(say("slack.find")), "answer.find", find.id)
    return [
        text_field(words, view.ask.step, find),
        *actions([search], "find"),
        *(context(words.text(say("slack.find.none"))) if nothing else []),
    ]


def _doors(words: Words) -> Blocks:
    return actions(
        [
            button(words.text(say("slack.sent")), "door.sent", "sent"),
            button(words.text(say("slack.policy")), "door.policy", "policy"),
        ],
        "doors",
    )


def _later(words: Words) -> Blocks:
    return actions([button(words.text(say("slack.later")), "nav.later", "later")], "later")


def _pressable(
    words: Words, buttons: Sequence[Button], name: str, view: CaseView | DetailsView
) -> Blocks:
    made = [
        button(
            words.text(one.label),
            f"press.{name}.{number}",
            view.press_codes(one.press),
            primary=one.style is Style.PRIMARY,
        )
        for number, one in enumerate(buttons)
    ]
    return actions(made, name)


def _receipt(words: Words, receipt: str) -> Blocks:
    if not receipt:
        return []
    starts = range(0, len(receipt), _GROUP_OF_DIGITS)
    digits = " ".join(receipt[start : start + _GROUP_OF_DIGITS] for start in starts)
    return [
        *header(words.text(say("slack.receipt"))),
        *header(digits),
        *context(words.text(say("slack.receipt.only_way"))),
    ]


def composed(number: str) -> str:
    """The name of what is typed in one of the places to write."""
    return f"words{number.partition('.')[0]}"


def _composes(words: Words, composes: Sequence[Compose], view: CaseView | DetailsView) -> Blocks:
    """Places to write. The modal's own button sends the first; the others have their own."""
    blocks: Blocks = []
    for number, one in enumerate(composes):
        name = composed(str(number))
        blocks.append(text_field(words, "compose", one.field, name=name, again=view.kept.again))
        own = [] if number == 0 else [one.button]
        buttons = [*own, *([one.also] if one.also else [])]
        made = [
            button(words.text(each.label), f"write.{number}.{which}", view.press_codes(each.press))
            for which, each in enumerate(buttons)
        ]
        blocks += actions(made, f"write.{number}")
    return blocks


def _owed(words: Words, view: DetailsView) -> Blocks:
    """What is still owed, each with what ends it."""
    blocks: Blocks = []
    for number, duty in enumerate(view.opened.duties):
        blocks += section(f"{words.text(duty.name)}\n{words.text(duty.due)}")
        blocks += _pressable(words, duty.buttons, f"duty.{number}", view)
    return [*header(words.text(say("slack.owed"))), *blocks] if blocks else []
