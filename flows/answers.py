"""What somebody at a site can answer: on my way, I take over, there now, cannot, it is over."""

from flows.arrivals import Arrival
from flows.case_view import DutyView
from flows.ladders import AnswerKind
from flows.phrases import Phrase, say
from flows.presses import Press, Verb
from flows.screens import Button, Style

ARRIVAL_MINUTES = (2, 5)
"""The choices of "on my way"."""


def seat_buttons(duty: DutyView, near: Arrival) -> tuple[Button, ...]:
    """What can be answered to a call: more are needed, enough come, or somebody is there."""
    if duty.over:
        return ()
    if near is Arrival.NOBODY:
        return answers(duty)
    # Only whoever is there can see that it is over.
    over = (_over(duty),) if near is Arrival.HERE else ()
    if len(duty.taken) >= duty.ladder.quorum:
        return (*on_the_way(duty), *over)
    if near is Arrival.OVERDUE:
        return (_here(duty, Style.PRIMARY), *answers(duty))
    return (*answers(duty), _here(duty, Style.PLAIN), *over)


def on_the_way(duty: DutyView) -> tuple[Button, ...]:
    """Nobody more is needed, but whoever comes may be held up, and must be able to say so."""
    return (_here(duty, Style.PRIMARY), _cannot(duty, say("answer.cannot_after_all")))


def _here(duty: DutyView, style: Style) -> Button:
    return Button(
        label=say("answer.here"), press=Press(verb=Verb.HERE, subject=duty.id), style=style
    )


def answers(duty: DutyView) -> tuple[Button, ...]:
    """On my way, I take over, cannot. "Seen" is not among them: it closes nothing."""
    coming = [
        Button(
            label=say("answer.coming", minutes=minutes),
            press=Press(verb=Verb.COMING, subject=duty.id, detail=str(minutes)),
            style=Style.PRIMARY,
        )
        for minutes in ARRIVAL_MINUTES
    ]
    return (*coming, _take_over(duty, "answer.take_over"), _cannot(duty, say("answer.cannot")))


def answers_from_afar(duty: DutyView) -> tuple[Button, ...]:
    """The desk is nowhere near: it sees to it that somebody goes, or cannot take that on."""
    return (_take_over(duty, "answer.sees_to_it"), _cannot(duty, say("answer.cannot_take_on")))


def _take_over(duty: DutyView, label: str) -> Button:
    return Button(label=say(label), press=Press(verb=Verb.TAKE_OVER, subject=duty.id))


def _over(duty: DutyView) -> Button:
    press = Press(verb=Verb.OVER, subject=duty.id)
    return Button(label=say("second.over"), press=press, style=Style.QUIET)


def _cannot(duty: DutyView, label: Phrase) -> Button:
    press = Press(verb=Verb.CANNOT, subject=duty.id)
    return Button(label=label, press=press, style=Style.QUIET)


def is_there(duty: DutyView, person: str) -> bool:
    """Whether this person has said that they are there."""
    seats = [view.seat for view in duty.seats]
    return any((seat.person_id, seat.answer) == (person, AnswerKind.HERE) for seat in seats)


def from_there(duty: DutyView) -> tuple[Button, ...]:
    """Whoever is there is not on their way there: it is over, or they have to leave."""
    return (_over(duty), _cannot(duty, say("answer.cannot_after_all")))
