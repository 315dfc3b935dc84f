"""What stands first on the page of who sent a report: 110, who listens, that the desk is asked."""

from datetime import timedelta

from flows.aftercare import Word, any_needs_desk
from flows.assessment import Safety
from flows.card_parts import phones
from flows.case_view import CaseView, opened
from flows.commitments import DutyKind
from flows.duties import Owner
from flows.phrases import say
from flows.policy import Policy
from flows.result import POLICE, helplines, listening_lines, nearest_lines, police
from flows.screens import CallLine, Element, Heading, Paragraph
from flows.spoken_with import desk_is_to_speak, speaks_by
from flows.talk import in_danger_from_others, is_answered, newest_answer

ASKED_AFTER = timedelta(hours=3)
"""So long after people were to be there nobody is told any more not to wait: they are asked."""


def before_all(policy: Policy, view: CaseView) -> tuple[Element, ...]:
    """110 for whoever may be in danger from others, then who listens; then the desk's answer, or
    that it is told."""
    return (*numbers_first(policy, view), *newest_answer(view), *_told(policy, view))


def numbers_first(policy: Policy, view: CaseView) -> tuple[Element, ...]:
    """Whom to call before anything else."""
    goes_on = _goes_on(view)
    urgent = in_danger_from_others(view) or goes_on
    danger = (Paragraph(text=say("sent.danger"), strong=True), police()) if urgent else ()
    asked = _asked_to_come(view) if goes_on else ()
    lines = [one for one in _lines_first(policy, view) if not (urgent and one.phone == POLICE)]
    talk = (Paragraph(text=say("sent.talk_now"), strong=True), *lines) if lines else ()
    return (*danger, *asked, *talk)


def numbers_last(policy: Policy, view: CaseView) -> tuple[Element, ...]:
    """Whom else to call, below everything: all of them, or those that do not stand first."""
    first = _lines_first(policy, view)
    if not first:
        return (Heading(text=say("sent.lines")), *helplines(policy))
    more = tuple(line for line in listening_lines(policy) if line not in first)
    return (Heading(text=say("sent.more_lines")), *more) if more else ()


def _lines_first(policy: Policy, view: CaseView) -> tuple[CallLine, ...]:
    """All of them for whom it has got worse, or who can be helped by nobody else at the company;
    the few nearest where it was hard once and this is a later look."""
    if not hard_times(view):
        return ()
    every = _has_got_worse(view) or view.unread_at_desk
    return listening_lines(policy) if every else nearest_lines(policy)


def _has_got_worse(view: CaseView) -> bool:
    """Until the desk has spoken with them; of a hint of self-harm nobody can say that it passed."""
    health = opened(view.health)
    hinted = health.self_harm_hint
    asked = health.wishes_to_talk or any_needs_desk(health.check_ins, sign=hinted)
    return hinted or (asked and desk_is_to_speak(view))


def _asked_to_come(view: CaseView) -> tuple[Element, ...]:
    """Whom the site was asked to send, to be phoned too. A voice is a name: whoever keeps theirs
    from the site reads so before they call."""
    duty = view.duty(DutyKind.SECOND_PERSON)
    numbers = phones(duty) if duty is not None else ()
    if not numbers:
        return ()
    hidden = view.hidden_from_site
    return (Paragraph(text=say("sent.asked.hidden" if hidden else "sent.asked")), *numbers)


def hard_times(view: CaseView) -> bool:
    """Whether lines that listen come before everything else."""
    health = opened(view.health)
    hard = any(word is Word.HARD for _, _, word in health.check_ins) or health.self_harm_hint
    return hard or (desk_is_to_speak(view) and not in_danger_from_others(view))


def _goes_on(view: CaseView) -> bool:
    """Whether what was reported may still be going on: nobody has said that it is over."""
    if view.report is None or view.report.safety is not Safety.ONGOING or view.over_said:
        return False
    duty = view.duty(DutyKind.SECOND_PERSON)
    if duty is not None and duty.owner is Owner.SITE:
        return not duty.over and view.now < duty.due_at + ASKED_AFTER
    return view.delivered_at is None or view.now < view.delivered_at + ASKED_AFTER


def _told(policy: Policy, view: CaseView) -> tuple[Element, ...]:
    """That the desk is asked to speak with them."""
    return speaks(policy, view) if desk_is_to_speak(view) else ()


def speaks(policy: Policy, view: CaseView) -> tuple[Element, ...]:
    """By when the desk speaks with them; who gave no name reads its answer here alone.

    Once it has written since, what it wrote says what is next.
    """
    if view.unread_at_desk or is_answered(view):  # nobody else there can read it
        return ()
    unnamed = view.report is not None and view.report.unnamed
    here = (Paragraph(text=say("sent.at_once.here")),) if unnamed else ()
    return (Paragraph(text=speaks_by(policy, view)), *here)
