"""What the desk owes whoever sent a report, on their own page: to speak with them, and an answer.

What has passed is said to be late: a promise that was broken is not made again as if it were new.
"""

from datetime import timedelta

from flows.case_view import CaseView, DutyView, opened
from flows.commitments import DutyKind
from flows.phrases import Phrase, on_day_at, say
from flows.policy import Policy
from flows.screens import Element, Paragraph


def desk_is_to_speak(view: CaseView) -> bool:
    """Whether the desk is to speak with them still.

    Of a hint of self-harm that waits until it is known who works here, nothing is owed so far.
    """
    talk = view.duty(DutyKind.FOLLOW_UP)
    return opened(view.health).self_harm_hint if talk is None else not talk.over


def speaks_by(policy: Policy, view: CaseView) -> Phrase:
    """Now, or by when where the desk is closed; after that, that it is late."""
    talk = view.duty(DutyKind.FOLLOW_UP)
    if talk is None:
        return say("sent.at_once")
    if talk.due_at < view.now:
        return say("sent.talk_late")
    at_once = view.now + timedelta(minutes=policy.clocks.span(DutyKind.FOLLOW_UP).minutes)
    if talk.due_at <= at_once:
        return say("sent.at_once")
    return say("sent.talk_by", by=on_day_at(talk.due_at, view.zone))


def answer_by(view: CaseView) -> tuple[Element, ...]:
    """By when the desk answers. Not while it is to speak with them sooner: of two times on one
    page nobody knows which one holds."""
    reply = view.duty(DutyKind.REPLY)
    if reply is None or reply.over or view.unread_at_desk:
        return ()
    if reply.due_at < view.now:
        return (Paragraph(text=say("sent.answer_late"), strong=True),)
    if _speaks_before(view, reply):
        return ()
    return (Paragraph(text=say("sent.answer_by", by=on_day_at(reply.due_at, view.zone))),)


def _speaks_before(view: CaseView, reply: DutyView) -> bool:
    talk = view.duty(DutyKind.FOLLOW_UP)
    return talk is not None and not talk.over and view.now <= talk.due_at <= reply.due_at
