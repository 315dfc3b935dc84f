"""What the desk can do on an open case: every duty with the press that ends it, and the rest."""

from datetime import datetime

from flows.case_view import CareWord, CaseView, DutyView, SeatView
from flows.commitments import DutyKind, ResponseStep
from flows.duties import ASKED_KINDS, Owner, response_steps
from flows.ended_by_desk import (
    ENDED_BY_DESK,
    MAY_BE_NEEDLESS,
    goes_on_in,
    is_ended_by_desk,
    was_ended_by_desk,
)
from flows.ladders import AnswerKind
from flows.phrases import Listed, Phrase, Say, dated, on_day, on_day_at, say
from flows.policy import Policy
from flows.presses import Press, Verb
from flows.report import MAX_WORDS
from flows.screens import Button, Compose, Paragraph, Style, TextField
from flows.spoken_with import talk_first_owed
from flows.talk import WORDS, compose


def duty_name(duty: DutyView) -> Phrase:
    """What the duty is, and for a question on which day it is asked."""
    name = say(f"duty.{duty.kind.value}")
    return say("duty.on_day", duty=name, day=duty.part) if duty.kind in ASKED_KINDS else name


def duty_due(view: CaseView, duty: DutyView) -> Phrase:
    """By when, or when it was done; passed over or given up is said as such, never hidden."""
    word = view.word_beside(duty)
    if word is not None and duty.state in ("said_done", "unconfirmed"):
        return say("fact.care_confirmed" if word is CareWord.HAPPENED else "fact.care_not_yet")
    if duty.state == "unconfirmed":
        if duty.kind in ASKED_KINDS:  # by the bot, on a page that nobody may have opened
            return say("duty.unanswered")
        return say("duty.unconfirmed.denied" if view.care_denied else "duty.unconfirmed")
    if duty.state == "closed":
        return say("duty.asked_again" if view.asked_again(duty) else "duty.not_needed")
    if duty.over and duty.ended_at is not None:
        # The day alone for what the employee answered: the hour could point at somebody.
        unnamed = view.report is not None and view.report.unnamed
        own_word = duty.kind in ASKED_KINDS or (unnamed and duty.kind is DutyKind.CARE)
        when = on_day if own_word else on_day_at
        return say("duty.done_at", at=when(duty.ended_at, view.zone))
    if duty.state == "said_done":
        return say("duty.denied" if view.care_denied else "duty.said_done")
    return _still_due(view, duty)


_DONE_BELOW = {
    DutyKind.REPLY: say("talk.desk.label"),
    DutyKind.OUTCOME: say("desk.tell_outcome"),
    DutyKind.RECURRENCE: say("desk.measure.label"),
    DutyKind.EXTERNAL_RESPONSE: say("desk.responses.title"),
}
"""What no press beside it ends but a deed, and what that is called on the same page."""


def due_in_details(view: CaseView, duty: DutyView) -> Phrase:
    """By when; and where on the page it is done, if not with a press right there."""
    due, below = duty_due(view, duty), _DONE_BELOW.get(duty.kind)
    return due if duty.over or below is None else say("duty.due_below", due=due, where=below)


def _still_due(view: CaseView, duty: DutyView) -> Phrase:
    due_at = _first_due(view, duty)
    by, late = dated(due_at, view.zone), due_at < view.now
    care = duty.kind is DutyKind.CARE
    if care and (arranges := _arranging(duty)) is not None:
        return say("seat.arranges", who=arranges.name)
    if late and duty.owner is Owner.DESK:
        return say("duty.overdue", since=by)
    if duty.state == "exhausted":
        return say("duty.nobody" if care else "duty.too_few")
    if duty.owner is Owner.SITE and duty.taken and not (care and late):
        return say("duty.answered")
    return say("duty.overdue", since=by) if late else by


def _first_due(view: CaseView, duty: DutyView) -> datetime:
    """By when it was due first: a talk that is asked for day after day is late since its first."""
    first = talk_first_owed(view) if duty.kind is DutyKind.FOLLOW_UP else None
    return duty.due_at if first is None else first.due_at


def _arranging(duty: DutyView) -> SeatView | None:
    """Who at the desk sees to it that somebody gives care: nobody else there need."""
    arranging = (each for each in duty.taken if each.seat.answer is AnswerKind.ARRANGES)
    return next(arranging, None)


def duty_buttons(view: CaseView, duty: DutyView) -> tuple[Button, ...]:
    """What ends this duty with one press of the desk's; nothing where a deed ends it."""
    if duty.kind is DutyKind.TAKE and not duty.over and view.state == "open":
        return (_button("desk.take", Verb.TAKE, view.id),)
    if duty.over:
        return _taken_back(view, duty)
    exhausted = duty.state == "exhausted"
    if not is_ended_by_desk(
        duty.kind, duty.owner, exhausted=exhausted, due_at=duty.due_at, now=view.now
    ):
        return ()
    done = () if duty.state == "said_done" else (_button("desk.done", Verb.DUTY_DONE, duty.id),)
    if duty.kind not in MAY_BE_NEEDLESS:
        return done
    return (*done, _button("desk.not_needed", Verb.NOT_NEEDED, duty.id, style=Style.QUIET))


def _taken_back(view: CaseView, duty: DutyView) -> tuple[Button, ...]:
    """Of a wrong press: whoever waits for a talk that nobody had would wait for good."""
    last, danger = view.duty(duty.kind), not duty.ladder.quiet_hours
    pressed = last is not None and last.id == duty.id and was_ended_by_desk(duty.kind, duty.state)
    if not (pressed and goes_on_in(view.state, duty.kind, danger=danger)):
        return ()
    if duty.state == "done":
        return (_button("desk.not_done", Verb.NOT_DONE, duty.id, style=Style.QUIET),)
    return (_button("desk.needed", Verb.NOT_DONE, duty.id, style=Style.QUIET),)


def desk_act(duty: DutyView) -> tuple[Paragraph, ...]:
    """What to do about a duty of the desk's that is due by a day, and where that is said."""
    if duty.owner is not Owner.DESK or duty.kind in (DutyKind.TAKE, DutyKind.FOLLOW_UP):
        return ()
    return (Paragraph(text=say(f"due.{duty.kind.value}")), Paragraph(text=_then(duty.kind)))


def _then(kind: DutyKind) -> Phrase:
    """A deed ends a duty where it is done; else a press does."""
    details, done = say("desk.details"), say("desk.done")
    if kind in MAY_BE_NEEDLESS:
        needless = say("desk.not_needed")
        return say("due_either", details=details, done=done, needless=needless)
    ended = kind in ENDED_BY_DESK
    return (
        say("due_done", details=details, done=done) if ended else say("due_there", details=details)
    )


def responses(policy: Policy, view: CaseView) -> tuple[Button, ...]:
    """The steps towards the customer that are not taken yet."""
    if view.state == "withdrawn" or view.duty(DutyKind.EXTERNAL_RESPONSE) is None:
        return ()
    return tuple(
        Button(
            label=say(f"response.{step.value}"),
            press=Press(verb=Verb.RESPOND, subject=view.id, detail=step.value),
        )
        for step in response_steps(policy)
        if step not in view.responses and (step is not ResponseStep.NONE or not view.responses)
    )


def ending(view: CaseView) -> tuple[Button, ...]:
    """Closing the case, or taking it up again."""
    if view.state == "closed":
        return (_button("desk.reopen", Verb.REOPEN, view.id),)
    return (_button("desk.close", Verb.CLOSE, view.id),) if view.state == "open" else ()


def composes(view: CaseView) -> tuple[Compose, ...]:
    """Where the desk writes: to the reporter, and what keeps it from happening again."""
    to_reporter = compose(view, for_desk=True)
    outcome = view.duty(DutyKind.OUTCOME)
    if outcome is not None and not outcome.over:
        tell = _button("desk.tell_outcome", Verb.TELL_OUTCOME, view.id)
        to_reporter = to_reporter.model_copy(update={"also": tell})
    recurrence = view.duty(DutyKind.RECURRENCE)
    if recurrence is None or view.state == "withdrawn":
        return (to_reporter,)
    return (to_reporter, _measure(view))


def _measure(view: CaseView) -> Compose:
    return Compose(
        field=TextField(
            id=WORDS,
            label=say("desk.measure.label"),
            hint=say("desk.measure.hint"),
            max_characters=MAX_WORDS,
            rows=2,
        ),
        button=_button("desk.measure.send", Verb.MEASURE, view.id),
    )


def _button(key: str, verb: Verb, subject: str, *, style: Style = Style.PLAIN) -> Button:
    return Button(label=say(key), press=Press(verb=verb, subject=subject), style=style)


def close_first(kinds: tuple[DutyKind, ...]) -> Say:
    """Why a case cannot be closed yet: a line for each, for some names have a comma."""
    lines = tuple(say("press.close_first.one", duty=say(f"duty.{kind.value}")) for kind in kinds)
    return say("press.close_first", duties=Listed(items=lines, joined="lines"))
