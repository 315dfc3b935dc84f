"""A case's details for one person of the desk: what is owed, was written, and can be done."""

from collections.abc import Sequence

from adapters.teams.elements import draw, paragraph
from adapters.teams.fields import text_field
from adapters.teams.parts import Part, Parts, heading, note, row, submit
from adapters.teams.screens import DetailsView
from adapters.teams.words import Words
from bot.desk import OwedLine
from flows.phrases import Phrase, say
from flows.screens import Button, Compose, Style


def details_body(words: Words, view: DetailsView) -> Parts:
    """Everything below the title, in the order in which the desk works."""
    opened = view.opened
    return [
        *draw(words, opened.elements),
        *_lines(words, view, say("file.title"), opened.files),
        *_lines(words, view, say("teams.owed"), opened.duties),
        *draw(words, opened.since),
        *(
            part
            for number, one in enumerate(opened.composes)
            for part in _write(words, view, number, one)
        ),
        *_section(words, view, "responses", opened.responses),
        *_section(words, view, "ending", opened.ending),
    ]


def _lines(words: Words, view: DetailsView, title: Phrase, owed: Sequence[OwedLine]) -> Parts:
    if not owed:
        return []
    parts: Parts = [heading(words.text(title))]
    for line in owed:
        parts += paragraph(words, line.name, strong=True)
        parts += [{**note(words.text(line.due)), "spacing": "None"}]
        parts += row([_press(words, view, one) for one in line.buttons])
    return parts


def _write(words: Words, view: DetailsView, number: int, compose: Compose) -> Parts:
    """A place to write. Each has an id of its own, and its buttons say which one they send."""
    name = f"{compose.field.id}.{number}"
    buttons: Sequence[Button] = [compose.button, *([compose.also] if compose.also else [])]
    return [
        *text_field(words, compose.field, view.typed.get(name, ""), name),
        *row([_press(words, view, one, f=name) for one in buttons]),
    ]


def _section(words: Words, view: DetailsView, name: str, buttons: Sequence[Button]) -> Parts:
    if not buttons:
        return []
    pressed = row([_press(words, view, one) for one in buttons])
    if name == "ending":
        return [heading(words.text(say("desk.ending.title"))), *pressed]
    text = note(words.text(say("desk.responses.text")))
    return [heading(words.text(say("desk.responses.title"))), text, *pressed]


def _press(words: Words, view: DetailsView, one: Button, **more: str) -> Part:
    drawing = {"n": view.once, "c": view.press_codes(one.press)}
    data = {"do": "work", **view.kept.pack(), **drawing, **more}
    return submit(words.text(one.label), data, positive=one.style is Style.PRIMARY)
