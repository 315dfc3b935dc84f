"""Care on the employee's own page: what happened, and the question only they can answer."""

from flows.case_view import CareWord, CaseView, DutyView, opened
from flows.duties import Owner
from flows.phrases import on_day_at, say
from flows.presses import Press, Verb
from flows.screens import Button, Element, Happening, Heading, Paragraph, Style, Timeline


def care_lines(
    view: CaseView, care: DutyView | None, lines: tuple[Happening, ...] = ()
) -> tuple[Element, ...]:
    """Where care stands; `lines` say who was asked and who answered."""
    if care is None:
        return ()
    heading, word = Heading(text=say("sent.care")), opened(view.health).care_word
    # An offer that has run out changes nothing of what they said about it.
    said = care.state == "unconfirmed" and view.word_beside(care) is not None
    if care.state == "unconfirmed" and not said:
        return (heading, _unconfirmed(view))
    if care.over and not said:
        return (heading, Paragraph(text=say("sent.care_done")))
    by_desk = care.owner is Owner.DESK
    if word is CareWord.NOT_YET and view.own_desk:
        return (heading, Paragraph(text=say("sent.care_not_yet_alone")))
    if word is not CareWord.NONE:
        by_when = _by_when(view, care) if by_desk else ()
        next_asked = _asked_next(view) if word is CareWord.NOT_YET else ()
        return (heading, _they_said(view, word), *by_when, *next_asked)
    if care.state == "said_done":
        text = say("sent.care_said_done.desk" if by_desk else "sent.care_said_done")
        return (heading, Paragraph(text=text))
    if by_desk:
        by_when = _by_when(view, care)
        return (heading, *by_when) if by_when else ()
    told: tuple[Element, ...] = (Timeline(items=lines),) if lines else ()
    told = (*told, *_nobody(view, care))
    return (heading, *told) if told else ()


def _unconfirmed(view: CaseView) -> Paragraph:
    """Nobody else may say that care is finished: their answer is awaited for good."""
    if view.care_denied:
        return Paragraph(text=say("sent.care_denied", button=say("care.not_yet")))
    return Paragraph(text=say("sent.care_unconfirmed"))


def _they_said(view: CaseView, word: CareWord) -> Paragraph:
    """What they said of it; that the desk was told only where anybody else there can read it."""
    if word is CareWord.NOT_YET and view.unread_at_desk:
        return Paragraph(text=say("sent.care_not_yet.noted"))
    return Paragraph(text=say(f"sent.care_{word.value}"))


def _by_when(view: CaseView, care: DutyView) -> tuple[Element, ...]:
    """By when the desk gives care itself; that it is late once it is. Nothing where nobody else
    there can read of it."""
    if care.over or view.unread_at_desk:
        return ()
    if care.due_at < view.now:
        return (Paragraph(text=say("sent.care_late")),)
    return (Paragraph(text=say("sent.care_desk", by=on_day_at(care.due_at, view.zone))),)


def _nobody(view: CaseView, care: DutyView) -> tuple[Element, ...]:
    """That nobody is left to ask and nobody comes, the press after which people are asked, and
    when the desk is asked without it. Not who is all of that desk: nobody else is there."""
    if care.state != "exhausted" or care.taken:
        return ()
    again = say("care.not_yet")
    nobody = Paragraph(text=say("sent.care_nobody", button=again), strong=True)
    return (nobody, *_asked_next(view))


def _asked_next(view: CaseView) -> tuple[Element, ...]:
    """When the desk is asked for care again without a press; not said to who is all of it."""
    if view.care_asked_at is None or view.own_desk:
        return ()
    return (Paragraph(text=say("sent.care_asked_at", at=on_day_at(view.care_asked_at, view.zone))),)


def _is_asked(view: CaseView, care: DutyView) -> bool:
    """Whether their word is awaited: no day ends that, as long as they have not said it."""
    happened = view.word_beside(care) is CareWord.HAPPENED
    return not care.over or (care.state == "unconfirmed" and not happened)


def care_asked(view: CaseView, care: DutyView | None) -> tuple[Element, ...]:
    """The question in words, for the screen on which it can be answered."""
    if care is None or not _is_asked(view, care):
        return ()
    return (Paragraph(text=say("care.question"), strong=True),)


def care_question(view: CaseView, care: DutyView, *, apart: bool = False) -> tuple[Button, ...]:
    """Only the employee's own word ends care. It may be given at any time, and nobody is led to
    one answer: neither button stands out. `apart`: another question stands before it."""
    if not _is_asked(view, care):
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


def care_undo(care: DutyView | None) -> tuple[Button, ...]:
    """Their own word ended care. Where it was a mistake one press undoes it, as for a report that
    was taken back; it stands apart from every question."""
    if care is None or care.state != "done":
        return ()
    press = Press(verb=Verb.CARE_UNDONE, subject=care.id)
    return (Button(label=say("care.undo"), press=press, style=Style.QUIET),)
