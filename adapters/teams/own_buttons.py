"""What can be pressed on one's own case, and what is asked before what no slip may press."""

from collections.abc import Sequence

from adapters.teams.elements import paragraph
from adapters.teams.navigation import carried
from adapters.teams.parts import Part, Parts, folded, row, submit, unfolds
from adapters.teams.screens import CaseView
from adapters.teams.words import Words
from flows.screens import Button, Style, asked_apart


def own_press(words: Words, view: CaseView, one: Button) -> Part:
    if one.confirm:
        return unfolds(words.text(one.label), _unfolded(one))
    data = carried(view.kept, "press", c=view.press_codes(one.press), n=view.once)
    return submit(words.text(one.label), data, positive=one.style is Style.PRIMARY)


def _confirm(words: Words, view: CaseView, one: Button) -> Parts:
    """What is asked before a press. It waits in the same dialog, unseen: nothing typed is lost."""
    asked = one.confirm
    if asked is None:
        return []
    yes = one.model_copy(update={"label": asked.yes, "confirm": None})
    back = unfolds(words.text(asked.back), _unfolded(one))
    items = [
        *paragraph(words, asked.question, strong=True),
        *paragraph(words, asked.text),
        *row([own_press(words, view, yes), back]),
    ]
    return [folded(_unfolded(one), items)]


def _unfolded(one: Button) -> str:
    return f"confirm.{one.press.verb.value}"


def own_answers(words: Words, view: CaseView, buttons: Sequence[Button]) -> Parts:
    """What can be pressed, each part below its own question where it has one."""
    parts: Parts = []
    for pressed in asked_apart(buttons):
        under = pressed[0].under
        parts += paragraph(words, under, strong=True) if under else []
        parts += row([own_press(words, view, one) for one in pressed])
        parts += [part for one in pressed for part in _confirm(words, view, one)]
    return parts
