"""What the desk owes whoever sent a report, on their own page: to speak with them, and an answer.

What has passed is said to be late: a promise that was broken is not made again as if it were new.
"""

from datetime import datetime, timedelta
from itertools import takewhile

from flows.case_view import CaseView, DutyView, opened
from flows.commitments import DutyKind
from flows.phrases import Phrase, on_day, on_day_at, say
from flows.policy import Policy
from flows.screens import Element, Paragraph


def talk_is_owed(view: CaseView) -> bool:
    """Whether the desk has not spoken with them yet."""
    follow_up = view.duty(DutyKind.FOLLOW_UP)
    return follow_up is not None and not follow_up.over


def desk_is_to_speak(view: CaseView) -> bool:
    """Whether the desk is to speak with them still.

    Of a hint of self-harm that waits until it is known who works here, nothing is owed so far.
    """
    talk = view.duty(DutyKind.FOLLOW_UP)
    return opened(view.health).self_harm_hint if talk is None else not talk.over


def talk_first_owed(view: CaseView) -> DutyView | None:
    """The talk that is owed, as it was asked for first; None where none is.

    Each further day on which it is asked for is a duty of its own.
    """
    first: DutyView | None = None
    talks = [duty for duty in view.duties if duty.kind is DutyKind.FOLLOW_UP]
    owed = sorted(talks, key=lambda duty: -duty.part) if talk_is_owed(view) else ()
    for talk in takewhile(lambda duty: duty.state != "done", owed):
        first = talk
        if talk.ladder.repeats:
            break
    return first


def talk_owed_since(view: CaseView) -> datetime | None:
    """Since when the talk that is owed is; None where none is."""
    first = talk_first_owed(view)
    return first.began_at if first is not None else None


def speaks_by(policy: Policy, view: CaseView) -> Phrase:
    """Now, or by when where the desk is closed; after that, that it is late.

    In danger it is asked at any hour, and whoever waits reads when it opens. On a further day they
    read since when they wait: it does not begin anew.
    """
    talk, opens = view.duty(DutyKind.FOLLOW_UP), policy.desk_hours.next_opening(view.now)
    if talk is None:
        return say("sent.at_once")
    if (since := _waits_since(view, talk)) is not None and talk.began_at is not None:
        at = on_day_at(talk.began_at, view.zone)
        return say("sent.talk_again", since=on_day(since, view.zone), at=at)
    closed = opens > view.now and not talk.ladder.quiet_hours
    at = on_day_at(opens, view.zone)
    if talk.due_at < view.now:
        again = closed and _is_asked_anew(policy, view, talk, opens)
        return say("sent.talk_late.closed", at=at) if again else say("sent.talk_late")
    at_once = view.now + timedelta(minutes=policy.clocks.span(DutyKind.FOLLOW_UP).minutes)
    if talk.due_at <= at_once:
        return say("sent.at_once.closed", at=at) if closed else say("sent.at_once")
    return say("sent.talk_by", by=on_day_at(talk.due_at, view.zone))


def _waits_since(view: CaseView, talk: DutyView) -> datetime | None:
    """Since when they wait for a talk for which this one only asks on a further day."""
    since = talk_owed_since(view)
    return None if since == talk.began_at else since


def _is_asked_anew(policy: Policy, view: CaseView, talk: DutyView, at: datetime) -> bool:
    """Whether nobody is left to ask until the desk opens, and then it is asked, as on each working
    day while aftercare lasts."""
    since = talk_owed_since(view)
    if talk.state != "exhausted" or view.state == "closed" or since is None:
        return False
    return at < policy.aftercare.ends_at(since, view.zone)


def answer_by(view: CaseView) -> tuple[Element, ...]:
    """By when the desk answers. Not while it is to speak with them sooner, or was to: of two times
    on one page nobody knows which one holds."""
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
    return talk is not None and not talk.over and talk.due_at <= reply.due_at
