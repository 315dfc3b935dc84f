"""What happened to a report and what is to come, on the page of whoever sent it."""

from collections.abc import Iterator
from datetime import datetime

from flows.case_view import CaseView, DutyView
from flows.commitments import DutyKind
from flows.duties import ASKED_KINDS
from flows.phrases import Phrase, on_day, on_day_at, say
from flows.screens import Happening
from flows.spoken_with import talk_is_owed
from flows.talk import is_answered


def steps(view: CaseView) -> tuple[Happening, ...]:
    """What happened, in the order in which it did; that it has ended; and what is to come, day by
    day: they are asked how they are after the end, too."""
    at = view.delivered_at
    first = Happening(
        when=on_day_at(at, view.zone) if at else None,
        what=say("step.deliver" if at is None else "step.delivered"),
        done=at is not None,
    )
    taken, told = view.duty(DutyKind.TAKE), view.duty(DutyKind.OUTCOME)
    of_desk = [(taken, _take_step(view, taken, told)), (told, _outcome_step(view))]
    past = [(duty, step) for duty, step in of_desk if duty is not None and duty.over]
    past.sort(key=lambda each: each[0].ended_at or view.now)
    ahead = [(_due(view, duty), step) for duty, step in of_desk if duty is None or not duty.over]
    ahead = sorted([*ahead, *_asked_ahead(view)], key=lambda each: each[0])
    in_order = (*(step for _, step in past), _closed_step(view), *(step for _, step in ahead))
    return (first, *(each for step in in_order for each in step))


def _due(view: CaseView, duty: DutyView | None) -> datetime:
    return view.now if duty is None else duty.due_at


def _take_step(
    view: CaseView, take: DutyView | None, told: DutyView | None
) -> tuple[Happening, ...]:
    """Who takes it, or that somebody did. Once they were told what came of it, nobody is to."""
    if take is not None and take.over:
        when = on_day_at(take.ended_at, view.zone) if take.ended_at else None
        return (Happening(when=when, what=say("step.taken")),)
    if view.own_desk or (told is not None and told.state == "done"):
        return ()
    return (Happening(when=None, what=_take_by(view, take), done=False),)


def _outcome_step(view: CaseView) -> tuple[Happening, ...]:
    """By when the reporter hears what came of it, or when they did."""
    outcome = view.duty(DutyKind.OUTCOME)
    if outcome is None or outcome.state == "closed" or (view.unread_at_desk and not outcome.over):
        return ()
    if outcome.over and outcome.ended_at is not None:
        told = on_day_at(outcome.ended_at, view.zone)
        return (Happening(when=told, what=say("step.outcome")),)
    if outcome.due_at < view.now:
        return (Happening(when=None, what=say("step.outcome_late"), done=False),)
    by = on_day_at(outcome.due_at, view.zone)
    return (Happening(when=None, what=say("step.outcome_by", by=by), done=False),)


def _closed_step(view: CaseView) -> tuple[Happening, ...]:
    return (Happening(when=None, what=say("step.closed")),) if view.state == "closed" else ()


def _take_by(view: CaseView, take: DutyView | None) -> Phrase:
    if take is None or view.nowhere:
        return say("step.take_later")
    if take.due_at < view.now:
        if is_answered(view):  # whoever was answered waits for nobody
            return say("step.take_later")
        return say("step.late" if take.more_told else "step.untaken")
    if talk_is_owed(view):  # a person is asked for sooner, and it is said above
        return say("step.take_later")
    reply = view.duty(DutyKind.REPLY)
    # Whoever answers has taken it: nobody is promised to do so after the answer.
    awaited = reply is not None and not reply.over and view.now <= reply.due_at
    answer = reply.due_at if reply is not None and awaited else take.due_at
    return say("step.take_by", by=on_day_at(min(take.due_at, answer), view.zone))


def _asked_ahead(view: CaseView) -> Iterator[tuple[datetime, tuple[Happening, ...]]]:
    """The day on which they are asked next, and the last one: this page is needed until then."""
    kinds = [duty for duty in view.duties if duty.kind in ASKED_KINDS]
    ahead = sorted((duty for duty in kinds if not (duty.asked or duty.over)), key=_day)
    for question in (*ahead[:1], *ahead[1:][-1:]):
        asks: Phrase = say(f"step.asked.{question.kind.value}")
        what = say("step.asked_last", asks=asks) if question is ahead[-1] else asks
        day = on_day(question.due_at, view.zone)
        yield question.due_at, (Happening(when=day, what=what, done=False),)


def _day(question: DutyView) -> datetime:
    return question.due_at
