"""A call for help on the page of the person who called: who was asked, who comes, what is next.

A stranger on a poster's page reads role names, never people's; what they can phone stands
under the role.
"""

from flows.arrivals import Arrival, arrival
from flows.card_parts import phones, roles, spot
from flows.case_view import CaseView, DutyView
from flows.commitments import DutyKind
from flows.ladders import AnswerKind, Role
from flows.own_care import care_asked, care_lines, care_question, care_undo
from flows.own_desk import own_desk
from flows.phrases import Verbatim, say
from flows.policy import Policy
from flows.presses import Press, Verb
from flows.result import POLICE, helplines, police
from flows.rung_lines import Moment, rung_lines
from flows.screens import (
    Button,
    Card,
    Element,
    Fact,
    Facts,
    Happening,
    Paragraph,
    Style,
    Timeline,
)


def caller_card(policy: Policy, view: CaseView, *, by_name: bool = False) -> Card:
    """A call for help, as the person who called sees it; called `by_name`, they read that too."""
    duty = view.duty(DutyKind.SECOND_PERSON)
    assert duty is not None
    if view.mistaken or duty.over:
        return _after_help(policy, view)
    lines = (
        *rung_lines(view, duty, (*_asked_again(view), *_desk_told(view))),
        *_when_nobody_is_next(view, duty),
    )
    # Whoever called from the poster of another site finds it out here.
    where = Facts(items=(Fact(label=say("help.card.where"), value=spot(policy, view)),))
    seen = (Paragraph(text=say("help.by_name")),) if by_name else ()
    numbers, stands = phones(duty), _how_it_stands(view, duty)
    alone = stands in _DO_NOT_WAIT
    told = (where, Timeline(items=lines), *(() if alone else numbers), *_desk_is_you(policy, view))
    told = (*told, *seen)
    asks = view.asked_last or _is_unheard(duty)
    return Card(
        title=say("help.title"),
        body=(
            Paragraph(text=say(f"{stands}.numbers" if alone and numbers else stands), strong=True),
            *_last_question(view),
            police(),
            # Nobody looks for a number that is spoken of above, below where everybody was asked.
            *(numbers if alone else ()),
            Paragraph(text=say("help.step_away"), strong=True),
            # A question and its answers stand together.
            *(() if asks else told),
        ),
        buttons=_buttons(policy, view, duty),
        after=told if asks else (),
        footer=say("help.sent_means"),
    )


def _after_help(policy: Policy, view: CaseView) -> Card:
    care, called = view.duty(DutyKind.CARE), view.duty(DutyKind.SECOND_PERSON)
    lapsed = called is not None and called.lapsed
    unknown = "help.lapsed_alone" if view.own_desk else "help.lapsed"
    ended = unknown if lapsed else "help.called_over" if view.called_over else "help.over"
    away = "help.moved" if view.moved else "help.mistake_ok"
    text = away if view.mistaken else ended
    # Others ended it: whoever still needs help says so here, and need not look for the way back.
    # The numbers stay with them until they have said themselves that it is over.
    unsure = not view.mistaken and (lapsed or view.called_over)
    again = (_still_needed(view),) if unsure else ()
    if unsure and lapsed:  # the question of its title has two answers
        again = (*again, _fine(view))
    asks = () if view.mistaken or care is None else (*care_question(view, care), *care_undo(care))
    asked = () if view.mistaken else care_asked(view, care)
    return Card(
        title=say("help.lapsed.title" if lapsed else "help.over.title"),
        body=(
            Paragraph(text=say(text), strong=True),
            *(_desk_is_you(policy, view) if lapsed else ()),
            *(
                ()
                if view.mistaken
                else care_lines(view, care, rung_lines(view, care) if care else ())
            ),
            *_number(view),
            *asked,
        ),
        buttons=(*again, *asks),
        after=(police(), *phones(called)) if unsure and called else (),
        footer=say("help.report_apart"),
        may_check=True,
    )


def _number(view: CaseView) -> tuple[Element, ...]:
    """A call and a report are joined by nobody but the person themselves, in their own words."""
    return (
        ()
        if view.mistaken
        else (Paragraph(text=say("help.number", id=Verbatim(text=view.public_id))),)
    )


def _asked_again(view: CaseView) -> tuple[Moment, ...]:
    """The caller's own word, after which everybody is asked anew."""
    return () if view.again_at is None else ((view.again_at, say("help.you_asked_again")),)


def _when_nobody_is_next(view: CaseView, duty: DutyView) -> tuple[Happening, ...]:
    """What comes next where nobody else is told by itself: the list never just ends."""
    if duty.next_at is not None:
        return ()
    desk_waits = view.delivered_at is None and not view.unread_at_desk
    lines = []
    if duty.state == "exhausted" and desk_waits:
        lines.append(say("help.sending", roles=roles((Role.DESK,))))
    if any(each.seat.answer is not AnswerKind.HERE for each in duty.taken):
        lines.append(say("help.next_again"))
    elif duty.taken:
        lines.append(say("help.next_over", button=say("help.fine")))
    elif duty.state == "exhausted":
        lines.append(say("help.next_none", button=say("help.still_needed")))
    return tuple(Happening(when=None, what=what, done=False) for what in lines)


_DO_NOT_WAIT = ("help.overdue", "help.nobody")
"""Of both there is a form that speaks of the numbers below."""


_NEAR = {
    Arrival.COMING: "help.coming",
    Arrival.OVERDUE: "help.overdue",
    Arrival.WAS_THERE: "help.was_there",
    Arrival.HERE: "help.here",
}


def _how_it_stands(view: CaseView, duty: DutyView) -> str:
    """Said first, in one line, with the number: the card never just spins."""
    near = arrival(duty, view.now)
    if near is not Arrival.NOBODY:
        return _NEAR[near]
    if _all_asked(duty) or (view.again_at is not None and not duty.seats):
        return "help.nobody"
    return "help.declined" if duty.seats else "help.waiting"


def _all_asked(duty: DutyView) -> bool:
    """Nobody else will be asked, and nobody comes. Those asked first of all have their time."""
    first = set(duty.ladder.steps[0].roles)
    waits = duty.next_at is not None and all(first.issuperset(each.roles) for each in duty.rungs)
    return not (duty.taken or duty.next_roles or waits)


def _desk_told(view: CaseView) -> tuple[Moment, ...]:
    """That the desk knows, was told again after the caller asked again, and that it answered."""
    if view.delivered_at is None or view.own_desk:
        return ()
    told: list[Moment] = [(view.delivered_at, say("help.desk_told"))]
    take = view.duty(DutyKind.TAKE)
    again_at = view.again_at
    if take is not None and again_at is not None and view.delivered_at < again_at:
        sent = [rung.sent_at for rung in take.rungs if rung.sent_at and again_at <= rung.sent_at]
        told += [(moment, say("help.desk_told_again")) for moment in sent[:1]]
    if take is not None and take.state == "done" and take.ended_at is not None:
        told.append((take.ended_at, say("help.desk_calls")))
    return tuple(told)


def _desk_is_you(policy: Policy, view: CaseView) -> tuple[Element, ...]:
    """Where the desk is told: the lines outside, for whom nobody else is there."""
    called = view.duty(DutyKind.SECOND_PERSON)
    told = view.delivered_at is not None or (called is not None and called.lapsed)
    if not (view.own_desk and told):
        return ()
    lines = (line for line in helplines(policy) if line.phone != POLICE)
    return (*own_desk(view), *lines)


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


def _last_question(view: CaseView) -> tuple[Element, ...]:
    """An hour has passed and nobody ended it: the one question before the desk looks after it."""
    if not view.asked_last:
        return ()
    text = say("help.question_alone" if view.own_desk else "help.last_question")
    return (Paragraph(text=text, strong=True),)


def _buttons(policy: Policy, view: CaseView, duty: DutyView) -> tuple[Button, ...]:
    spots = () if view.asked_last else _spots(policy, view)
    if view.asked_last or _is_unheard(duty):
        return (_still_needed(view), *spots, *_ways_out(view))
    return (*spots, *_if_nobody_came(view, duty), *_ways_out(view))


def _is_unheard(duty: DutyView) -> bool:
    """Nobody is left to ask and nobody comes: one press asks everybody again."""
    return duty.state == "exhausted" and not duty.taken


def _if_nobody_came(view: CaseView, duty: DutyView) -> tuple[Button, ...]:
    """The same press for whoever was answered, but whom nobody has come to: only they know. Asked
    only once somebody should be there."""
    if not duty.taken:
        return ()
    due = arrival(duty, view.now) is not Arrival.COMING
    asked = say("help.has_anybody_come") if due else None
    button = _still_needed(view)
    return (button.model_copy(update={"style": Style.PLAIN, "under": asked}),)


def _ways_out(view: CaseView) -> tuple[Button, ...]:
    return (
        _fine(view),
        Button(
            label=say("help.mistake"),
            press=Press(verb=Verb.MISTAKE, subject=view.id),
            style=Style.QUIET,
        ),
    )


def _fine(view: CaseView) -> Button:
    return Button(label=say("help.fine"), press=Press(verb=Verb.FINE_NOW, subject=view.id))


def _still_needed(view: CaseView) -> Button:
    return Button(
        label=say("help.still_needed"),
        press=Press(verb=Verb.STILL_NEEDED, subject=view.id),
        style=Style.HELP,
    )
