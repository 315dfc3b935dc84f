"""A running list: many new cases of a burst in one message, a line each."""

from collections.abc import Sequence
from datetime import datetime

from flows.cards import spot, where
from flows.case_view import CaseView
from flows.commitments import DutyKind
from flows.phrases import Phrase, Verbatim, listed, on_day_at, say
from flows.policy import Policy
from flows.presses import Press, Verb
from flows.screens import Bullets, Button, Card, Paragraph, Style


def list_card(policy: Policy, list_id: str, opened_at: datetime, views: Sequence[CaseView]) -> Card:
    """Reports for the desk, or calls for help for a site; newest last, as they came."""
    zone = views[0].zone
    calls = views[0].report is None
    key = "list.calls" if calls else "list.reports"
    lines = tuple(_call_line(policy, view) if calls else _report_line(view) for view in views)
    return Card(
        title=say(f"{key}.title", count=len(views), since=on_day_at(opened_at, zone)),
        body=(Paragraph(text=say(f"{key}.text")), Bullets(items=lines)),
        buttons=_open_next(f"{key}.open", list_id) if any(map(_is_open, views)) else (),
    )


def _open_next(label: str, list_id: str) -> tuple[Button, ...]:
    """Each case as a card of its own, on which it can be answered."""
    press = Press(verb=Verb.OPEN_NEXT, subject=list_id)
    return (Button(label=say(label), press=press, style=Style.PRIMARY),)


def _is_open(view: CaseView) -> bool:
    called = view.duty(DutyKind.SECOND_PERSON) if view.report is None else None
    return view.state == "open" and (called is None or not called.over)


def _report_line(view: CaseView) -> Phrase:
    take = view.duty(DutyKind.TAKE)
    taken = say("list.taken") if take and take.over else say(f"urgency.{view.urgency.value}")
    if view.state != "open":
        taken = say(f"desk.{view.state}")
    return listed([Verbatim(text=view.public_id), taken, where(view)])


def _call_line(policy: Policy, view: CaseView) -> Phrase:
    called = view.duty(DutyKind.SECOND_PERSON)
    over = called is None or called.over
    state = say("list.call_over") if over else say("list.call_out")
    return listed([spot(policy, view), state, Verbatim(text=view.public_id)])
