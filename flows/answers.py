"""What somebody at a site can answer: on my way, I take over, there now, cannot, it is over."""

from flows.arrivals import AWAITED, Arrival
from flows.case_view import DutyView
from flows.commitments import DutyKind
from flows.ladders import AnswerKind
from flows.phrases import Phrase, say
from flows.presses import Press, Verb
from flows.screens import Button, Style

ARRIVAL_MINUTES = (2, 5)
"""The choices of "on my way"."""


def seat_buttons(duty: DutyView, near: Arrival) -> tuple[Button, ...]:
    """What can be answered to a call: more are needed, enough come, or somebody is there.

    Whoever heard it and ran there says so without having said before that they come. While those
    who come should be there and are not, however many, anybody else may set out.
    """
    if duty.over:
        return ()
    # Only whoever is there, or was, can see that it is over.
    over = (_over(duty),) if near in (Arrival.HERE, Arrival.WAS_THERE) else ()
    if near in AWAITED:
        return (_here(duty, Style.PRIMARY), *answers(duty), *over)
    if len(duty.taken) >= duty.ladder.quorum:
        return (*_on_the_way(duty), *over)
    return (*_comes(duty), _cannot(duty, say("answer.cannot")), *over)


def _on_the_way(duty: DutyView) -> tuple[Button, ...]:
    """Nobody more is needed, but whoever comes may be held up, and must be able to say so."""
    return (_here(duty, Style.PRIMARY), _cannot(duty, say("answer.cannot_after_all")))


def own_answers(duty: DutyView, near: Arrival, person: str) -> tuple[Button, ...]:
    """What this person can say in messages of their own, after what they said before.

    Whoever is there is not on their way there: it is over, or they have to leave. Whoever comes
    arrives, or is held up. That it is over is said by nobody who is not there, and was not.
    """
    if duty.over:
        return ()
    seats = [view.seat for view in duty.seats if view.seat.person_id == person]
    said = seats[-1].answer if seats else None
    if said is AnswerKind.HERE:
        return (_over(duty), _cannot(duty, say("answer.cannot_after_all")))
    if said in (AnswerKind.COMING, AnswerKind.TAKE_OVER):
        arrives, gives_back = _on_the_way(duty)
        return (arrives, *_coming(duty, Style.PLAIN), gives_back)
    over = (_over(duty),) if said is AnswerKind.WAS_THERE else ()
    if len(duty.taken) >= duty.ladder.quorum and near not in AWAITED:
        return (_here(duty, Style.PLAIN), *over)
    cannot = () if said is AnswerKind.CANNOT else (_cannot(duty, say("answer.cannot")),)
    return (*_comes(duty), *cannot, *over)


def _comes(duty: DutyView) -> tuple[Button, ...]:
    """Each way to come. Who was nearest stands there already."""
    return (*_coming(duty, Style.PRIMARY), _take_over(duty), _here(duty, Style.PLAIN))


def _here(duty: DutyView, style: Style) -> Button:
    return Button(
        label=say("answer.here"), press=Press(verb=Verb.HERE, subject=duty.id), style=style
    )


def answers(duty: DutyView) -> tuple[Button, ...]:
    """On my way, I take over, cannot. "Seen" is not among them: it closes nothing."""
    return (*_coming(duty, Style.PRIMARY), *answers_of_those_there(duty))


def answers_of_those_there(duty: DutyView) -> tuple[Button, ...]:
    """Somebody is on the spot already: none of the managers need say in how many minutes."""
    care = duty.kind is DutyKind.CARE
    cannot = say("answer.cannot_care" if care else "answer.cannot")
    return (_take_over(duty), _cannot(duty, cannot))


def answers_from_afar(duty: DutyView, person: str) -> tuple[Button, ...]:
    """The desk is nowhere near: it sees to it that somebody goes, or cannot take that on.

    Once somebody does, nobody else there phones too; that one can give it back.
    """
    if any(each.seat.person_id == person for each in duty.taken):
        return (_cannot(duty, say("answer.cannot_take_on_after_all")),)
    if duty.taken:
        return ()
    arranges = Press(verb=Verb.ARRANGES, subject=duty.id)
    sees_to_it = Button(label=say("answer.sees_to_it"), press=arranges)
    return (sees_to_it, _cannot(duty, say("answer.cannot_take_on")))


def _coming(duty: DutyView, style: Style) -> tuple[Button, ...]:
    """To whoever stands alone, or to give care: where both are asked, one answer is not both."""
    care = duty.kind is DutyKind.CARE
    return tuple(
        Button(
            label=say("answer.coming_care" if care else "answer.coming", minutes=minutes),
            press=Press(verb=Verb.COMING, subject=duty.id, detail=str(minutes)),
            style=style,
        )
        for minutes in ARRIVAL_MINUTES
    )


def _take_over(duty: DutyView) -> Button:
    """Of the customer; of care, whom nobody need take anything over from, the care itself."""
    care = duty.kind is DutyKind.CARE
    label = say("answer.gives_care" if care else "answer.take_over")
    return Button(label=label, press=Press(verb=Verb.TAKE_OVER, subject=duty.id))


def _over(duty: DutyView) -> Button:
    press = Press(verb=Verb.OVER, subject=duty.id)
    return Button(label=say("second.over"), press=press, style=Style.QUIET)


def _cannot(duty: DutyView, label: Phrase) -> Button:
    press = Press(verb=Verb.CANNOT, subject=duty.id)
    return Button(label=label, press=press, style=Style.QUIET)
