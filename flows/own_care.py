"""Care on the employee's own page: what happened, and the question only they can answer."""

from flows.case_view import CareWord, CaseView, DutyView, opened
from flows.duties import Owner
from flows.phrases import on_day_at, say
from flows.presses import Press, Verb
from flows.screens import Button, Element, Happening, Heading, Paragraph, Timeline


def care_lines(
    view: CaseView, care: DutyView | None, lines: tuple[Happening, ...] = ()
) -> tuple[Element, ...]:
    """Where care stands; `lines` say who was asked and who answered."""
    if care is None:
        return ()
    heading = Heading(text=say("sent.care"))
    if care.over:
        return (heading, Paragraph(text=say("sent.care_done")))
    word = opened(view.health).care_word
    if word is not CareWord.NONE:
        text = say(f"sent.care_{word.value}")
        return (heading, Paragraph(text=text))
    by_desk = care.owner is Owner.DESK
    if care.state == "said_done":
        text = say("sent.care_said_done.desk" if by_desk else "sent.care_said_done")
        return (heading, Paragraph(text=text))
    if by_desk and view.nowhere:
        return ()
    if by_desk:
        if care.due_at < view.now:
            return (heading, Paragraph(text=say("sent.care_late")))
        by = on_day_at(care.due_at, view.zone)
        return (heading, Paragraph(text=say("sent.care_desk", by=by)))
    return (heading, Timeline(items=lines)) if lines else ()


def care_asked(care: DutyView | None) -> tuple[Element, ...]:
    """The question in words, for the screen on which it can be answered."""
    if care is None or care.over:
        return ()
    return (Paragraph(text=say("care.question"), strong=True),)


def care_question(care: DutyView, *, apart: bool = False) -> tuple[Button, ...]:
    """Only the employee's own word ends care. It may be given at any time, and nobody is led to
    one answer: neither button stands out. `apart`: another question stands before it."""
    if care.over:
        return ()
    return (
        Button(
            label=say("care.happened"),
            press=Press(verb=Verb.CARE_HAPPENED, subject=care.id),
            under=say("care.question") if apart else None,
        ),
        Button(
            label=say("care.not_yet"),
            press=Press(verb=Verb.CARE_NOT_YET, subject=care.id),
        ),
    )
