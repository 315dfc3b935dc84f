"""What is late on the page of who sent a report: said line by line, with one apology for all."""

from collections.abc import Iterator, Sequence

from flows.phrases import Phrase, say
from flows.screens import Element, Paragraph, Timeline

_REMINDED = (
    say("sent.answer_late"),
    say("sent.care_late"),
    say("sent.talk_late"),
    say("step.outcome_late"),
)
"""Of these the desk is asked again as they pass."""
_LATE = (*_REMINDED, say("step.late"), say("step.untaken"))


def sorry(body: Sequence[Element]) -> tuple[Element, ...]:
    """The apology for whatever in `body` says that it is late."""
    late = [each for each in _said(body) if each in _LATE]
    if not late:
        return ()
    reminded = any(each in _REMINDED for each in late)
    text = say("sent.sorry.reminded") if reminded else say("sent.sorry")
    return (Paragraph(text=text),)


def _said(body: Sequence[Element]) -> Iterator[Phrase]:
    for element in body:
        if isinstance(element, Paragraph):
            yield element.text
        elif isinstance(element, Timeline):
            yield from (line.what for line in element.items)
