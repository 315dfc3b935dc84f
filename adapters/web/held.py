"""What somebody did and did not send yet: on screens that they went back from, or where sending
it broke. It stands in their page alone.

The conversation's list holds answers that were given; what was ticked and typed before going
back was no answer yet, and is there again when they come forward.
"""

from collections.abc import Iterator
from dataclasses import replace

from adapters.web.inbound import Form
from adapters.web.left import Left, as_field
from adapters.web.middleware import WebParts, calls
from adapters.web.pages import AskPage, KeptPage
from flows.phrases import Phrase, say
from flows.report import NAME, WORDS
from flows.tie import TIES


def typed_beside(form: Form) -> dict[str, str]:
    """What was typed besides the words, on a screen that a call for help interrupted."""
    return {name: form.typed[name] for name in (NAME, *TIES) if form.typed.get(name)}


def leaving(form: Form) -> Form:
    """The form without the report's page that it was sent from, which is to be come back to."""
    page = Left(pass_token=form.pass_token, receipt=form.receipt, words=form.typed.get(WORDS, ""))
    typed = {name: text for name, text in form.typed.items() if name != WORDS}
    others = tuple(one for one in form.left if one.pass_token != form.pass_token)
    return replace(form, pass_token="", receipt="", typed=typed, left=(page, *others))


def come_back(form: Form) -> Form:
    """The form of the report's page that is to be come back to first."""
    page, *others = form.left
    return replace(
        form,
        pass_token=page.pass_token,
        receipt=page.receipt,
        typed={**form.typed, WORDS: page.words},
        press="",
        left=tuple(others),
    )


def with_held(page: AskPage, form: Form) -> AskPage:
    """The page with what belongs on it, and with the rest to be posted along."""
    groups = {group.id for group in page.ask.groups}
    fields = {field.id for field in page.ask.fields}
    ticked = {name: codes for name, codes in form.held.items() if name in groups}
    return replace(
        page,
        chosen=page.chosen or ticked,
        words={
            name: form.typed[name]
            for name in (WORDS, NAME, *TIES)
            if name not in fields and form.typed.get(name)
        },
        held={name: codes for name, codes in form.held.items() if name not in groups},
        left=as_field(form.left),
    )


def stood_on(form: Form) -> bool:
    """Whether anything stood on the page that this was sent from."""
    return bool(
        form.pass_token or form.token or form.receipt or form.left or any(form.typed.values())
    )


def all_alone(parts: WebParts, form: Form, way_back: str, text: Phrase | None = None) -> KeptPage:
    """All that stood on a page, where that cannot be drawn just now; and the way back to it.

    `way_back` is for what is neither a report nor a screen.
    """
    words = form.typed.get(WORDS, "")
    action, way_on = way_back, say("web.refresh")
    if form.pass_token:
        action = "/case"
    elif form.token:
        action, way_on = "/language", say("web.go_on")  # it shows the same screen again
    return KeptPage(
        title=say("problem.title"),
        text=text or say("problem.not_saved" if words.strip() else "problem.press_again"),
        label=say("talk.own.label" if form.pass_token else "typed.label"),
        words=words,
        way_on=way_on,
        action=action,
        held=tuple(field for field in _along(form) if field[1]),
        language=form.change_to or form.language,
        now=parts.work.clock.now(),
        site=form.site,
        calls=calls(parts),
        receipt=form.receipt,
    )


def _along(form: Form) -> Iterator[tuple[str, str]]:
    yield "pass", form.pass_token
    yield "token", form.token
    yield "receipt", form.receipt
    yield "resume", form.resume
    yield "calling", form.calling
    yield "left", as_field(form.left)
    for name, text in form.typed.items():
        if name != WORDS:
            yield f"t.{name}", text
    for name, codes in {**form.held, **form.chosen}.items():
        for code in codes:
            yield f"h.{name}", code
