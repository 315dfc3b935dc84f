"""A case on the page of the person who started it: what happened, what comes next, by when.

"Delivered" stands here only once the desk's channel has it. A stranger on a poster's page
reads role names, never people's.
"""

from datetime import datetime

from flows.cards import roles, seat_line
from flows.case_view import CareWord, CaseView, DutyView
from flows.commitments import DutyKind
from flows.duties import Owner
from flows.ladders import Role
from flows.phrases import Phrase, at, on_day_at, say
from flows.policy import Policy
from flows.presses import Press, Verb
from flows.result import helplines
from flows.screens import (
    Button,
    CallLine,
    Card,
    Element,
    Happening,
    Heading,
    Paragraph,
    Style,
    Timeline,
)
from flows.talk import compose, messages


def caller_card(policy: Policy, view: CaseView) -> Card:
    """A call for help, as the person who called sees it."""
    duty = view.duty(DutyKind.SECOND_PERSON)
    assert duty is not None
    if view.mistaken or duty.over:
        return _after_help(policy, view)
    lines = _help_lines(view, duty)
    return Card(
        title=say("help.title"),
        body=(
            *_nobody_yet(view, duty),
            *_police_first(duty),
            Paragraph(text=say("help.step_away"), strong=True),
            Timeline(items=(*lines, *_desk_told(view))),
        ),
        buttons=(*_spots(policy, view), *_ways_out(view)),
        footer=say("help.sent_means"),
    )


def _after_help(policy: Policy, view: CaseView) -> Card:
    care = view.duty(DutyKind.CARE)
    text = "help.mistake_ok" if view.mistaken else "help.over"
    asks = () if view.mistaken or care is None else _care_question(care)
    return Card(
        title=say("help.over.title"),
        body=(Paragraph(text=say(text), strong=True), *_care_lines(view, care)),
        buttons=asks,
        footer=say("help.report_apart"),
    )


def _help_lines(view: CaseView, duty: DutyView) -> tuple[Happening, ...]:
    asked = [_rung_line(view, rung.roles, rung.sent_at) for rung in duty.rungs]
    answers = [
        Happening(
            when=at(seat.seat.at, view.zone),
            what=seat_line(seat, say(f"role.{seat.role.value}")),
        )
        for seat in duty.seats
    ]
    past = sorted([line for line in asked if line.done] + answers, key=lambda line: _moment(line))
    waiting = [line for line in asked if not line.done]
    return (*past, *waiting, *_next_line(view, duty))


def _moment(line: Happening) -> str:
    return line.when.moment.isoformat() if line.when and line.when.kind == "at" else ""


def _rung_line(view: CaseView, asked: tuple[Role, ...], sent_at: datetime | None) -> Happening:
    if sent_at is None:
        return Happening(when=None, what=say("help.sending", roles=roles(asked)), done=False)
    return Happening(when=at(sent_at, view.zone), what=say("help.sent", roles=roles(asked)))


def _next_line(view: CaseView, duty: DutyView) -> tuple[Happening, ...]:
    if duty.next_at is None or not duty.next_roles:
        return ()
    return (
        Happening(
            when=at(duty.next_at, view.zone),
            what=say("help.next", roles=roles(duty.next_roles)),
            done=False,
        ),
    )


def _nobody_yet(view: CaseView, duty: DutyView) -> tuple[Element, ...]:
    """Said first, in one line, with the number: the card never just spins."""
    if duty.taken:
        return (Paragraph(text=say("help.coming"), strong=True),)
    if duty.state == "exhausted":
        return (Paragraph(text=say("help.nobody"), strong=True),)
    if duty.seats:
        return (Paragraph(text=say("help.declined"), strong=True),)
    return (Paragraph(text=say("help.waiting"), strong=True),)


def _police_first(duty: DutyView) -> tuple[Element, ...]:
    """110, large when nobody comes."""
    alone = not duty.taken and (duty.state == "exhausted" or bool(duty.seats))
    return (CallLine(label=say("help.police"), phone="110", strong=alone),)


def _desk_told(view: CaseView) -> tuple[Happening, ...]:
    if view.delivered_at is None:
        return ()
    return (Happening(when=at(view.delivered_at, view.zone), what=say("help.desk_told")),)


def _spots(policy: Policy, view: CaseView) -> tuple[Button, ...]:
    location = policy.locations.get(view.site.location)
    return tuple(
        Button(
            label=spot.name,
            press=Press(verb=Verb.PLACE, subject=view.id, detail=spot.id),
            style=Style.PRIMARY if spot.id == view.spot else Style.PLAIN,
        )
        for spot in (location.spots if location else ())
    )


def _ways_out(view: CaseView) -> tuple[Button, ...]:
    return (
        Button(label=say("help.fine"), press=Press(verb=Verb.FINE_NOW, subject=view.id)),
        Button(
            label=say("help.mistake"),
            press=Press(verb=Verb.MISTAKE, subject=view.id),
            style=Style.QUIET,
        ),
    )


def reporter_card(policy: Policy, view: CaseView) -> Card:
    """A report, as its sender sees it."""
    assert view.report is not None
    care = view.duty(DutyKind.CARE)
    first = _listening_lines(policy) if view.self_harm_hint else ()
    lines: tuple[Element, ...] = (Heading(text=say("sent.lines")), *helplines(policy))
    return Card(
        title=say("sent.title"),
        body=(
            *(_talk_to_somebody(first) if first else ()),
            Paragraph(text=_arrival(view), strong=True),
            *_injury(view),
            *_answer_by(view),
            Heading(text=say("sent.steps")),
            Timeline(items=_steps(view)),
            *messages(view, for_desk=False),
            *_second_person(view),
            *_care_lines(view, care),
            Paragraph(text=say("review.no_reprisal")),
        ),
        after=() if first else lines,
        buttons=_care_question(care) if care else (),
        compose=compose(view, for_desk=False),
    )


_LONG_NUMBER = 6
"""Emergency and police numbers are shorter than this."""


def _talk_to_somebody(lines: tuple[CallLine, ...]) -> tuple[Element, ...]:
    return (
        Paragraph(text=say("sent.talk_now"), strong=True),
        *lines,
        Paragraph(text=say("sent.at_once")),
    )


def _injury(view: CaseView) -> tuple[Element, ...]:
    """Somebody who is hurt reads first where to go."""
    if view.report is None or not view.report.facts().hurt:
        return ()
    return (
        Paragraph(text=say("injury.first"), strong=True),
        CallLine(label=say("injury.ambulance"), phone="119"),
    )


def _arrival(view: CaseView) -> Phrase:
    """ "Delivered" only when it was; before that, what is being done, and by when."""
    if view.delivered_at is not None:
        return say("sent.delivered", at=on_day_at(view.delivered_at, view.zone))
    if view.leaves_by is not None:
        return say("sent.kept", by=on_day_at(view.leaves_by, view.zone))
    return say("sent.sending")


def _answer_by(view: CaseView) -> tuple[Element, ...]:
    reply = view.duty(DutyKind.REPLY)
    if reply is None or reply.over:
        return ()
    return (Paragraph(text=say("sent.answer_by", by=on_day_at(reply.due_at, view.zone))),)


def _steps(view: CaseView) -> tuple[Happening, ...]:
    take = view.duty(DutyKind.TAKE)
    taken = take is not None and take.over
    steps = [
        Happening(
            when=on_day_at(view.delivered_at, view.zone) if view.delivered_at else None,
            what=say("step.delivered"),
            done=view.delivered_at is not None,
        ),
        Happening(
            when=on_day_at(take.ended_at, view.zone) if taken and take and take.ended_at else None,
            what=say("step.taken") if taken else _take_by(view, take),
            done=taken,
        ),
    ]
    if take is not None and take.state == "exhausted":
        steps.append(Happening(when=None, what=say("step.late"), done=False))
    return tuple(steps)


def _take_by(view: CaseView, take: DutyView | None) -> Phrase:
    if take is None:
        return say("step.take_later")
    return say("step.take_by", by=on_day_at(take.due_at, view.zone))


def _second_person(view: CaseView) -> tuple[Element, ...]:
    duty = view.duty(DutyKind.SECOND_PERSON)
    if duty is None or duty.owner is not Owner.SITE:
        return ()
    return (
        Heading(text=say("sent.not_alone")),
        Timeline(items=_help_lines(view, duty)),
        *((Paragraph(text=say("help.nobody"), strong=True),) if duty.state == "exhausted" else ()),
    )


def _care_lines(view: CaseView, care: DutyView | None) -> tuple[Element, ...]:
    if care is None:
        return ()
    heading = Heading(text=say("sent.care"))
    if care.over:
        return (heading, Paragraph(text=say("sent.care_done")))
    if view.care_word is not CareWord.NONE:
        text = say(f"sent.care_{view.care_word.value}")
        return (heading, Paragraph(text=text))
    if care.owner is Owner.DESK:
        by = on_day_at(care.due_at, view.zone)
        return (heading, Paragraph(text=say("sent.care_desk", by=by)))
    if care.state == "said_done":
        return (heading, Paragraph(text=say("sent.care_said_done")))
    return (heading, Timeline(items=_help_lines(view, care)))


def _listening_lines(policy: Policy) -> tuple[CallLine, ...]:
    """Whom to call, those who listen before those who come with sirens."""
    return tuple(sorted(helplines(policy), key=lambda line: len(line.phone) < _LONG_NUMBER))


def _care_question(care: DutyView) -> tuple[Button, ...]:
    """Only the employee's own word ends care. It may be given at any time."""
    if care.over:
        return ()
    return (
        Button(
            label=say("care.happened"),
            press=Press(verb=Verb.CARE_HAPPENED, subject=care.id),
            style=Style.PRIMARY,
        ),
        Button(
            label=say("care.not_yet"),
            press=Press(verb=Verb.CARE_NOT_YET, subject=care.id),
        ),
    )
