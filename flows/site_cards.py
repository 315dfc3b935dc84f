"""The cards of a site's managers: care first, not alone, help. They say what, never who or why."""

from flows.answers import seat_buttons
from flows.arrivals import AWAITED, arrival
from flows.card_parts import progress, spot, when_called
from flows.care_cards import care_card
from flows.case_view import CaseView, DutyView, opened
from flows.chase import chase
from flows.commitments import DutyKind
from flows.help_cards import called_again
from flows.phrases import Phrase, Verbatim, say
from flows.policy import Policy
from flows.screens import Card, Element, Fact, Facts, Paragraph


def site_card(policy: Policy, view: CaseView, kind: DutyKind) -> Card:
    """A manager's nudge: care first, or not alone. It says what, never who or why."""
    duty = view.duty(kind)
    assert duty is not None
    if view.report is None and kind is DutyKind.SECOND_PERSON:
        return _help_card(policy, view, duty)
    return care_card(view, duty) if kind is DutyKind.CARE else _second_card(view, duty)


def _second_card(view: CaseView, duty: DutyView) -> Card:
    if duty.dropped:
        ended = Paragraph(text=say("second.ended"), strong=True)
        return Card(title=say("second.title.ended"), body=(ended, *progress(view, duty)))
    return Card(
        title=_seats_title("second.title", view, duty),
        body=(
            *(() if duty.over else (Paragraph(text=_second_text(view), strong=True),)),
            *_overdue(view, duty),
            *progress(view, duty),
        ),
        buttons=seat_buttons(duty, arrival(duty, view.now)),
        footer=None if duty.over else chase(view, duty),
    )


def _second_text(view: CaseView) -> Phrase:
    return say("second.text", site=view.site.name)


def _help_card(policy: Policy, view: CaseView, duty: DutyView) -> Card:
    ended = (Facts(items=(*when_called(view), _number(view))), *progress(view, duty))
    if view.mistaken:
        return Card(title=say("help.card.moved" if view.moved else "help.card.mistake"), body=ended)
    if duty.lapsed:
        return Card(title=say("help.card.lapsed"), body=ended)
    if duty.over:
        # The caller has the last word, and may not have said it. Who did not answer is not thanked.
        by_caller = "help.card.over" if duty.taken or duty.ran_out else "help.card.over_alone"
        over = "help.card.called_over" if view.called_over else by_caller
        return Card(title=say(over), body=ended)
    return Card(
        title=_seats_title("help.card.title", view, duty),
        body=(
            Facts(items=_call(policy, view)),
            *_from_page(view),
            *called_again(view),
            *_overdue(view, duty),
            *progress(view, duty),
        ),
        buttons=seat_buttons(duty, arrival(duty, view.now)),
        footer=chase(view, duty),
        announcement=_announced(policy, view, duty),
    )


def _announced(policy: Policy, view: CaseView, duty: DutyView) -> Phrase | None:
    """On a phone the place belongs to it: who reads no more than that knows where to run."""
    needed, taken = duty.ladder.quorum, len(duty.taken)
    if taken >= needed:
        return None
    site = spot(policy, view)
    return say("help.card.announced", site=site, taken=taken, needed=needed)


def _call(policy: Policy, view: CaseView) -> tuple[Fact, ...]:
    """Where to go, whom to look for, since when, and the number that tells two calls apart."""
    caller = opened(view.sender).caller
    who = (Fact(label=say("help.card.who"), value=caller),) if caller is not None else ()
    return (
        Fact(label=say("help.card.where"), value=spot(policy, view)),
        *who,
        *when_called(view),
        _number(view),
    )


def _number(view: CaseView) -> Fact:
    """Which call it is, or was."""
    return Fact(label=say("help.card.number"), value=Verbatim(text=view.public_id))


def _overdue(view: CaseView, duty: DutyView) -> tuple[Element, ...]:
    """Nobody says that they are there, and by their own word somebody should be."""
    near = arrival(duty, view.now)
    late = not duty.over and near in AWAITED
    return (Paragraph(text=say(f"arrival.{near.value}"), strong=True),) if late else ()


def _from_page(view: CaseView) -> tuple[Element, ...]:
    """For as long as somebody is asked to come: a poster's page knows nobody to look for."""
    shown = opened(view.sender).from_page
    return (Paragraph(text=say("help.card.poster")),) if shown else ()


def _seats_title(key: str, view: CaseView, duty: DutyView) -> Phrase:
    needed = duty.ladder.quorum
    taken = len(duty.taken)
    if duty.over:
        return say(f"{key}.over")
    if taken >= needed:
        late = arrival(duty, view.now) in AWAITED
        return say(f"{key}.overdue" if late else f"{key}.full", taken=taken, needed=needed)
    return say(key, taken=taken, needed=needed)
