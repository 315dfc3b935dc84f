"""That the desk is to speak with whoever sent a report, and by when, on their own page."""

from datetime import timedelta

from flows.case_view import CaseView, opened
from flows.commitments import DutyKind
from flows.phrases import Phrase, on_day_at, say
from flows.policy import Policy


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
    if talk.due_at < view.now:  # a promise that was broken is not made again as if it were new
        return say("sent.talk_late")
    at_once = view.now + timedelta(minutes=policy.clocks.span(DutyKind.FOLLOW_UP).minutes)
    if talk.due_at <= at_once:
        return say("sent.at_once")
    return say("sent.talk_by", by=on_day_at(talk.due_at, view.zone))
