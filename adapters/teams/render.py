"""Neutral screens as dialogs. Pure, and holds no rule.

A dialog's frame says nothing that a customer who looks over a shoulder could read into. Help
and Back stand in one row at the top of every screen, in that order; languages at its end.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from adapters.teams.answers import answers, doors, search
from adapters.teams.details import details_body
from adapters.teams.dialog import Dialog, dialog
from adapters.teams.elements import draw, paragraph, title
from adapters.teams.fields import FIELD, INPUT_CHARACTERS, along, group, text_field
from adapters.teams.navigation import carried, elsewhere, last_row, ways
from adapters.teams.own_buttons import own_answers, own_press
from adapters.teams.parts import (
    Parts,
    heading,
    lines,
    note,
    opens_page,
    row,
    submit,
)
from adapters.teams.screens import (
    AskView,
    CaseView,
    DetailsView,
    Kept,
    PageView,
    ReceiptView,
)
from adapters.teams.way_back import LEFT, LETTER, RESUME
from adapters.teams.words import Words
from bot.catalogue import Catalogue
from bot.own_case import OwnLine
from flows.files import link_line
from flows.phrases import Phrase, Verbatim, say
from flows.presses import Verb
from flows.screens import Button, Compose, TextField
from flows.talk import WORDS

RECEIPT_FIELD = TextField(
    id="receipt",
    label=say("teams.receipt.enter"),
    hint=say("teams.receipt.hint"),
    max_characters=200,
)
_LETTER = TextField(id=WORDS, label=say("talk.own.label"), max_characters=INPUT_CHARACTERS, rows=3)
_TYPED = TextField(id="", label=say("typed.label"), max_characters=INPUT_CHARACTERS, rows=3)
_GROUP_OF_DIGITS = 5


class Dialogs:
    """Every dialog of the Teams adapter."""

    def __init__(self, catalogue: Catalogue, web: str = "") -> None:
        """`web` is where private links lead."""
        self.catalogue = catalogue
        self._web = web

    def words(self, language: str, now: datetime) -> Words:
        """The sentences of a reader."""
        return Words(self.catalogue, language, now)

    def ask(self, view: AskView, now: datetime) -> Dialog:
        """One screen of a conversation."""
        ask, kept, words = view.ask, view.kept, self.words(view.kept.language, now)
        chosen, own_help = view.chosen, ask.step == "first" or ask.for_help
        top = [
            *_problem(words, view.problem),
            *ways(words, kept, help_=not own_help, back=view.can_go_back),
            *([note(words.text(ask.progress))] if ask.progress else []),
            *title(words, ask.title, top=True),
        ]
        fields = [
            part
            for one in ask.groups
            for part in group(words, one, one.chosen if chosen is None else chosen.get(one.id, ()))
        ]
        for field in ask.fields:
            fields += text_field(words, field, view.typed.get(field.id, ""))
        end = [
            *search(words, view),
            *answers(words, view),
            *(doors(words, kept) if ask.step == "first" else ()),
            *draw(words, ask.after),
            *along(words, view.elsewhere),
            *_web(words, view.web),
            *last_row(words, kept, "again", later=not own_help),
        ]
        return dialog(words, top, draw(words, ask.body), [*fields, *end])

    def case(self, view: CaseView, now: datetime) -> Dialog:
        """One's own case, with the receipt where there is one."""
        words, shown = self.words(view.kept.language, now), view.card
        places = [b for b in shown.buttons if b.press.verb is Verb.PLACE]
        others = [b for b in shown.buttons if b.press.verb is not Verb.PLACE]
        top = [
            *_problem(words, view.notice),
            *draw(words, link_line(self._web, view.link, view.kept.language)),
            *ways(words, view.kept, help_=not view.calling, back=False),
            *title(words, shown.title, top=True),
            # Before everything to read: whoever closes this too soon has no other way back.
            *_receipt(words, view.kept.receipt, listed=view.listed),
        ]
        where = [note(words.text(say("teams.where")))] if places else []
        end = [
            *own_answers(words, view, others),
            *where,
            *row([own_press(words, view, one) for one in places]),
            *(elsewhere(words, view.kept) if view.elsewhere else ()),
            *(lines(note(words.text(shown.footer))) if shown.footer else []),
            *(_leads_to_check(words, view) if shown.may_check else []),
            *(
                _compose(words, view, shown.compose)
                if shown.compose
                else _waiting(words, view.typed)
            ),
            *draw(words, shown.after),
            *along(words, view.beside),
            # Where something was interrupted by the call, that is gone on with first.
            *([] if RESUME in view.beside else _left_report(words, view.kept, view.beside)),
            *_case_ways(words, view),
        ]
        return dialog(words, top, draw(words, shown.body), end, (view.kept, "case"))

    def details(self, view: DetailsView, now: datetime) -> Dialog:
        """A case's details, for one person of the desk."""
        words = self.words(view.kept.language, now)
        top = [
            *_problem(words, view.notice),
            *draw(words, link_line(self._web, view.link, view.kept.language)),
            *title(words, view.opened.title, top=True),
        ]
        last = last_row(words, view.kept, "details", later=False)
        typed = {FIELD + name: text for name, text in view.typed.items()}
        return dialog(words, top, details_body(words, view), last, (view.kept, "details"), typed)

    def page(self, view: PageView, now: datetime) -> Dialog:
        """Something to read, and the way back to the first screen."""
        words, kept = self.words(view.kept.language, now), view.kept
        top = [*ways(words, kept, help_=True, back=False), *title(words, view.title, top=True)]
        # With what was filled in, a start is another press: a message is never taken for a report.
        start = "anew" if view.filled and not view.retry else "first"
        home = row([submit(words.text(say("teams.home")), carried(kept, start))])
        languages = last_row(words, kept, view.do, later=False) if view.do else []
        left = _left_report(words, kept, view.filled)
        filled = [*_filled(words, view.filled), *_again(words, view)]
        end = [*filled, *left, *(home if view.start_again else []), *languages]
        return dialog(words, top, draw(words, view.elements), end, (kept, view.do))

    def receipt(self, view: ReceiptView, now: datetime) -> Dialog:
        """What somebody sent with a name, and where a receipt is typed."""
        words, kept = self.words(view.kept.language, now), view.kept
        look = words.text(say("teams.receipt.open"))
        start = "anew" if view.letter or view.beside else "first"
        top = [
            *_problem(words, view.problem),
            *ways(words, kept, help_=True, back=False),
            heading(words.text(say("teams.sent")), top=True),
            *_opening(words, view, (view.call,) if view.call else ()),
            *([heading(words.text(say("own.list.title")))] if view.named else []),
        ]
        end = [
            *([note(words.text(say("own.list.text")))] if view.named else []),
            *text_field(words, RECEIPT_FIELD, view.typed),
            *(text_field(words, _LETTER, view.letter, LETTER) if view.letter else []),
            *row([submit(look, carried(kept, "open"), positive=True)]),
            note(words.text(say("teams.receipt.lost"))),
            *_filled(words, view.beside),
            *_left_report(words, kept, view.beside),
            *row([submit(words.text(say("teams.home")), carried(kept, start))]),
            *last_row(words, kept, "sent", later=False),
        ]
        return dialog(words, top, _opening(words, view, view.named), end, (kept, "sent"))


def _opening(words: Words, view: ReceiptView, own: Sequence[OwnLine]) -> Parts:
    """What somebody sent: each opens with one press."""
    at = Kept(view.kept.language)
    return row(
        [
            submit(words.text(one.text), carried(replace(at, pass_token=one.pass_token), "open"))
            for one in own
        ]
    )


def _filled(words: Words, filled: Mapping[str, str]) -> Parts:
    """What somebody had filled in: their words to be read and copied, the rest along with them."""
    shown = [name for name in filled if name.startswith(FIELD)]
    parts = [
        part
        for name in shown
        for part in text_field(words, _TYPED, filled[name], name.removeprefix(FIELD))
    ]
    rest = along(words, {name: text for name, text in filled.items() if name not in shown})
    return [*parts, *rest]


def _again(words: Words, view: PageView) -> Parts:
    """The button that is to be pressed again."""
    if not view.retry:
        return []
    label = words.text(view.again or say("typed.press_again"))
    return row([submit(label, view.retry, positive=True)])


def _waiting(words: Words, typed: str) -> Parts:
    """Words to the desk on a page that has no place to write just now."""
    return along(words, {FIELD + WORDS: typed})


def _problem(words: Words, problem: Phrase | None) -> Parts:
    return paragraph(words, problem, strong=True) if problem else []


def _web(words: Words, url: str) -> Parts:
    """What stays visible of whoever opened this, and the page where nothing does."""
    if not url:
        return []
    only = note(words.text(say("teams.only_web")))
    return [only, *row([opens_page(words.text(say("teams.web")), url)])]


def _leads_to_check(words: Words, view: CaseView) -> Parts:
    label = say("web.go_on" if RESUME in view.beside else "first.check")
    return row([submit(words.text(label), carried(view.kept, "check"))])


def _left_report(words: Words, kept: Kept, unseen: Mapping[str, str]) -> Parts:
    """The way back to the page of a report, where help was called from it."""
    if LEFT not in unseen:
        return []
    return row([submit(words.text(say("file.page.back")), carried(kept, "left"))])


def _compose(words: Words, view: CaseView, compose: Compose) -> Parts:
    buttons: Sequence[Button] = [compose.button, *([compose.also] if compose.also else [])]
    sends = [
        submit(
            words.text(one.label),
            carried(view.kept, "press", c=view.press_codes(one.press), n=view.once),
        )
        for one in buttons
    ]
    return [*text_field(words, compose.field, view.typed), *row(sends)]


def _receipt(words: Words, receipt: str, *, listed: bool) -> Parts:
    if not receipt:
        return []
    starts = range(0, len(receipt), _GROUP_OF_DIGITS)
    digits = " ".join(receipt[start : start + _GROUP_OF_DIGITS] for start in starts)
    return [
        heading(words.text(say("teams.receipt"))),
        heading(digits, top=True),
        note(words.text(say("own.list.also" if listed else "teams.receipt.only_way"))),
    ]


def _case_ways(words: Words, view: CaseView) -> Parts:
    # Of a report it is said which one, since a letter on its page is nobody else's.
    home = Kept(view.kept.language) if view.is_call else view.kept
    buttons = [
        submit(words.text(say("teams.refresh")), carried(view.kept, "case")),
        submit(words.text(say("teams.home")), carried(home, "anew")),
    ]
    name = Verbatim(text=view.public_id)
    number = say("teams.call_id" if view.is_call else "teams.case_id", id=name)
    end = last_row(words, view.kept, "case", later=False)
    return [*row(buttons), note(words.text(number)), *end]
