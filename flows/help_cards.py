"""The desk's card of a call for help, made anew from the case each time.

It names who answered, and never what a reporter wrote.
"""

from flows.arrivals import AWAITED, Arrival, arrival
from flows.card_parts import (
    case_number,
    desk_buttons,
    phones,
    progress,
    spot,
    taken_by,
    when_called,
)
from flows.case_view import CaseView, DutyView
from flows.commitments import DutyKind
from flows.phrases import Phrase, dated, say
from flows.policy import Policy
from flows.screens import (
    Card,
    Element,
    Fact,
    Facts,
    Paragraph,
)


def desk_help_card(policy: Policy, view: CaseView) -> Card:
    """A call for help that too few answered, or care that nobody gave after one."""
    called, care = view.duty(DutyKind.SECOND_PERSON), view.duty(DutyKind.CARE)
    take = view.duty(DutyKind.TAKE)
    owed = care if called is None or called.over else called
    asks = take is not None and not take.over and not view.mistaken
    return Card(
        title=say("desk.help.title", id=case_number(view)),
        body=(
            *_unsafe(view, called, care),
            Paragraph(text=_desk_help_text(view, called, care), strong=True),
            *(called_again(view) if called is owed else ()),
            *(taken_by(take, view.zone) if take and take.over else ()),
            *_which_call(policy, view, called, care),
            *progress(view, owed),
        ),
        buttons=desk_buttons(view),
        announcement=_announced(policy, view) if asks else None,
    )


def _unsafe(view: CaseView, called: DutyView | None, care: DutyView | None) -> tuple[Element, ...]:
    """Before late care: that nobody knows whether the caller is safe, and that nobody came."""
    late = _is_missing(view, care)
    if called is None or not called.over or not late or view.mistaken:
        return ()
    unsure = say("desk.help.lapsed", site=view.site.name)
    return (
        *((Paragraph(text=unsure, strong=True),) if called.lapsed else ()),
        *(() if called.reached else (Paragraph(text=say("desk.help.nobody_came"), strong=True),)),
    )


def _is_missing(view: CaseView, care: DutyView | None) -> bool:
    """Nobody at the site gave care, or is about to after the caller said that nobody has."""
    if care is None:
        return False
    waits = care.state == "open" and not care.taken
    return care.state == "exhausted" or (waits and view.not_cared_for)


def _announced(policy: Policy, view: CaseView) -> Phrase:
    """On a phone the urgency and the place belong to it."""
    urgency = say(f"urgency.{view.urgency.value}")
    return say(
        "desk.help.announced", id=case_number(view), urgency=urgency, site=spot(policy, view)
    )


def _which_call(
    policy: Policy, view: CaseView, called: DutyView | None, care: DutyView | None
) -> tuple[Element, ...]:
    """When it was made. Where in the building, and the numbers of those who were asked, while
    nobody knows more, or has looked after the caller."""
    late, at = _is_missing(view, care), when_called(view)
    if called is None or view.mistaken or (called.over and not called.lapsed and not late):
        return (Facts(items=at),) if at else ()
    where = Fact(label=say("help.card.where"), value=spot(policy, view))
    return (Facts(items=(where, *at)), *(phones(called) or _no_numbers(view, called)))


def _no_numbers(view: CaseView, called: DutyView) -> tuple[Element, ...]:
    """The desk is asked to phone, and nobody has said whom: it need not look for the number."""
    near = arrival(called, view.now)
    to_phone = called.lapsed or near in (Arrival.NOBODY, *AWAITED)
    return (Paragraph(text=say("desk.help.no_numbers")),) if to_phone else ()


def _desk_help_text(view: CaseView, called: DutyView | None, care: DutyView | None) -> Phrase:
    site = view.site.name
    if view.mistaken:
        return say("desk.help.moved" if view.moved else "desk.help.mistake", site=site)
    if called is not None and not called.over:
        near = arrival(called, view.now)
        nobody = near is Arrival.NOBODY
        return say("desk.help.text" if nobody else f"desk.help.{near.value}", site=site)
    if _is_missing(view, care):
        return say("desk.help.care", site=site)
    if called is not None and called.lapsed and (care is None or not care.over):
        return say("desk.help.lapsed", site=site)
    return say("desk.help.over", site=site)


def called_again(view: CaseView) -> tuple[Element, ...]:
    """That the caller of a running call asked once more: what was answered before is no answer."""
    if view.again_at is None:
        return ()
    return (
        Paragraph(text=say("help.card.again", at=dated(view.again_at, view.zone)), strong=True),
    )
