"""Neutral screens as Slack's modals, App Home and messages. Pure, and holds no rule.

The modal's frame says nothing that a customer who looks over a shoulder could read into.
Help, Back and Language stand in one row at the top of every screen, always in that order.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from adapters.slack.blocks import (
    TITLE,
    Block,
    Blocks,
    actions,
    button,
    context,
    header,
    plain,
    units,
)
from adapters.slack.composing import LETTER, composed, composes
from adapters.slack.elements import draw
from adapters.slack.fields import INPUT_CHARACTERS, group, text_field
from adapters.slack.fitting import fitting
from adapters.slack.parts import (
    answers,
    doors,
    elsewhere,
    files,
    first_card,
    language_row,
    later,
    left_report,
    main_answer,
    nav_row,
    owed,
    own_call,
    own_list,
    pressable,
    problem_line,
    receipt_number,
    search,
    steps,
    web_page,
    written_elsewhere,
)
from adapters.slack.screens import (
    LATER,
    AskView,
    CaseView,
    DetailsView,
    Kept,
    PageView,
    ReceiptView,
)
from adapters.slack.words import Words
from bot.catalogue import Catalogue
from flows.files import link_line
from flows.outcomes import Visibility
from flows.phrases import Phrase, Verbatim, say
from flows.presses import Verb
from flows.screens import Ask, TextField
from flows.talk import WORDS

TALK, CASE, DETAILS, RECEIPT, PAGE = "talk", "case", "details", "receipt", "page"
"""The views, by the name under which their submissions come back."""

RECEIPT_FIELD = TextField(
    id="receipt",
    label=say("slack.receipt.enter"),
    hint=say("slack.receipt.hint"),
    max_characters=200,
)


@dataclass(frozen=True)
class Reader:
    """Who reads a view: when, and in which zone."""

    now: datetime
    zone: str | None = None


class Views:
    """Every view of the Slack adapter, as Slack wants it."""

    def __init__(self, catalogue: Catalogue, web_url: str) -> None:
        """`web_url` is the page that needs no account: the same for everybody."""
        self._catalogue, self._web_url = catalogue, web_url

    def words(self, reader: Reader, language: str) -> Words:
        """Phrases as this reader's texts."""
        return Words(self._catalogue, language, reader.now, reader.zone)

    def ask(self, view: AskView, reader: Reader) -> Block:
        """One screen of a conversation."""
        ask, words = view.ask, self.words(reader, view.kept.language)
        to_choose = view.by_submit and len(ask.buttons) > 1
        main = None if to_choose else main_answer(ask)
        own_help = ask.step == "first" or ask.for_help
        body = [
            *problem_line(words, view.problem),
            *nav_row(words, view.kept, own_help=own_help, back=view.can_go_back),
            *(context(words.text(ask.progress)) if ask.progress else []),
            *header(words.text(ask.title)),
            *draw(words, ask.body),
            *(block for one in ask.groups for block in group(words, ask.step, one)),
            *(
                text_field(words, ask.step, field, value=view.written.get(field.id, ""))
                for field in ask.fields
            ),
            *search(words, view),
            *answers(words, view, main),
            *(doors(words) if ask.step == "first" else () if ask.for_help else later(words)),
            *written_elsewhere(words, view.written, view.kept, ask),
            *draw(words, ask.after),
            *(web_page(words, self._web_url) if _offers_no_name(ask) else []),
        ]
        submit = words.text(main.label) if main else None
        if view.by_submit and main is None:
            submit = words.text(say("button.next"))
        return _modal(words, TALK, body, view.kept, submit)

    def case(self, view: CaseView, reader: Reader) -> Block:
        """One's own case, with the receipt where there is one."""
        words, card = self.words(reader, view.kept.language), view.card
        places = [b for b in card.buttons if b.press.verb is Verb.PLACE]
        others = [b for b in card.buttons if b.press.verb is not Verb.PLACE]
        body = [
            *problem_line(words, view.notice),
            *draw(words, link_line(self._web_url, view.link, view.kept.language)),
            *nav_row(words, view.kept, own_help=view.calling, back=False),
            *header(words.text(card.title)),
            # Before everything to read: who closes this too soon may have no other way back.
            *receipt_number(words, view.kept.receipt, listed=view.listed),
            *draw(words, card.body),
            *pressable(words, others, "press", view),
            *(context(words.text(say("slack.where"))) if places else []),
            *pressable(words, places, "place", view),
            *(elsewhere(words) if view.elsewhere else []),
            *(context(words.text(card.footer)) if card.footer else []),
            *(_leads_to_check(words, view.kept) if card.may_check else []),
            *composes(words, (card.compose,) if card.compose else (), view),
            *written_elsewhere(words, view.written, view.kept),
            *draw(words, card.after),
            # Where something was interrupted by the call, that is gone on with first.
            *([] if view.kept.resume else left_report(words, view.kept)),
            *actions(
                [
                    button(words.text(say("slack.refresh")), "case.refresh", "refresh"),
                    button(words.text(say("slack.home")), "door.first", "first"),
                ],
                "ways",
            ),
            *_number(words, view),
        ]
        # Slack shows it above everything: under what was sent, it must not read as not sent yet.
        submit = say("slack.send_words") if card.compose else _goes_on(view)
        sends = card.compose or view.written
        return _modal(words, CASE, body, view.kept, words.text(submit) if sends else None)

    def details(self, view: DetailsView, reader: Reader) -> Block:
        """A case's details, for one person of the desk."""
        words, opened = self.words(reader, view.kept.language), view.opened
        body = [
            *problem_line(words, None if view.at_end else view.notice),
            *draw(words, link_line(self._web_url, view.link, view.kept.language)),
            *language_row(words, view.kept),
            *header(words.text(opened.title)),
            *draw(words, opened.elements),
            *files(words, view),
            *owed(words, view),
            *draw(words, opened.since),
            *composes(words, opened.composes, view),
            *steps(words, view),
        ]
        submit = words.text(opened.composes[0].button.label) if opened.composes else None
        return _modal(words, DETAILS, body, view.kept, submit)

    def page(self, view: PageView, reader: Reader) -> Block:
        """Something to read, and the way back to the first screen."""
        words = self.words(reader, view.kept.language)
        again = button(words.text(say("slack.home")), "door.first", "first")
        body = [
            *nav_row(words, view.kept, own_help=False, back=False),
            *header(words.text(view.title)),
            *draw(words, view.elements),
            *written_elsewhere(words, view.written, view.kept),
            *left_report(words, view.kept),
            *(actions([again], "ways") if view.start_again and not view.written else []),
        ]
        on = say("slack.later.open" if view.kept.opened == LATER else "slack.home")
        return _modal(words, PAGE, body, view.kept, words.text(on) if view.written else None)

    def receipt(self, view: ReceiptView, reader: Reader) -> Block:
        """What somebody sent with a name, and where a receipt is typed."""
        words = self.words(reader, view.kept.language)
        body = [
            *problem_line(words, view.problem),
            *nav_row(words, view.kept, own_help=False, back=False),
            *header(words.text(say("slack.sent"))),
            *own_call(words, view.call),
            *own_list(words, view.named),
            text_field(words, RECEIPT, RECEIPT_FIELD),
            *([_letter(words, view.words)] if view.words else []),
            *context(words.text(say("slack.receipt.lost"))),
            *written_elsewhere(words, view.written, view.kept),
            *(_leads_to_check(words, view.kept) if view.kept.resume else []),
            *left_report(words, view.kept),
            *actions([button(words.text(say("slack.home")), "door.first", "first")], "ways"),
        ]
        return _modal(words, RECEIPT, body, view.kept, words.text(say("slack.receipt.open")))

    def home(self, ask: Ask, kept: Kept, reader: Reader, more: Blocks | None = None) -> Block:
        """App Home: the first card, and what is for this person alone."""
        words = self.words(reader, kept.language)
        blocks = [*language_row(words, kept), *first_card(words, ask), *(more or [])]
        return {
            "type": "home",
            "callback_id": "home",
            "private_metadata": kept.pack(),
            "blocks": fitting(blocks, context(words.text(say("slack.left_out")))),
        }


def _leads_to_check(words: Words, kept: Kept) -> Blocks:
    label = say("web.go_on" if kept.resume else "first.check")
    return actions([button(words.text(label), "door.check", "check")], "next")


def _goes_on(view: CaseView) -> Phrase:
    """Where words on the page of a call are gone on with."""
    if view.kept.resume:
        return say("web.go_on")
    if view.kept.left_pass:
        return say("file.page.back")
    return say("slack.sent" if set(view.written) == {LETTER} else "first.check")


def _letter(words: Words, typed: str) -> Block:
    """Words to the desk, under the name that they have on the page of a report."""
    asked = TextField(
        id=WORDS, label=say("talk.own.label"), max_characters=INPUT_CHARACTERS, rows=3
    )
    return text_field(words, "compose", asked, name=composed("0"), value=typed)


def _offers_no_name(ask: Ask) -> bool:
    """Whether a report without a name can be chosen here."""
    unnamed = Visibility.UNNAMED.value
    return any(o.code == unnamed for g in ask.groups if g.id == "visibility" for o in g.options)


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


def _number(words: Words, view: CaseView) -> Blocks:
    """What the case is called; a call's is not to be taken for what is received for a report."""
    number = say(
        "slack.call_id" if view.is_call else "slack.case_id", id=Verbatim(text=view.public_id)
    )
    return context(words.text(number))
