"""A running list: many new cases of a burst in one message, a line each; and its one reminder."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flows.card_parts import hurt_in_list, roles, spot, where
from flows.case_view import CaseView
from flows.commitments import DutyKind
from flows.ladders import Role
from flows.phrases import Phrase, Verbatim, dated, listed, say
from flows.policy import Policy
from flows.presses import Press, Verb
from flows.screens import Bullets, Button, Card, Paragraph, Style


@dataclass(frozen=True)
class RunningList:
    """A running list, as far as its messages need it."""

    id: str
    opened_at: datetime
    views: Sequence[CaseView]


def list_card(policy: Policy, running: RunningList) -> Card:
    """Reports for the desk, or calls for help for a site; newest last, as they came."""
    views = running.views
    zone = views[0].zone
    calls = views[0].report is None
    key = "list.calls" if calls else "list.reports"
    lines = tuple(_call_line(policy, view) if calls else _report_line(view) for view in views)
    return Card(
        title=say(f"{key}.title", count=len(views), since=dated(running.opened_at, zone)),
        body=(Paragraph(text=say(f"{key}.text")), Bullets(items=lines)),
        buttons=_open_next(f"{key}.open", running.id) if any(map(_is_open, views)) else (),
    )


def reminder_card(
    running: RunningList,
    kind: DutyKind,
    asked: tuple[Role, ...],
    mentions: tuple[str, ...],
    *,
    opens: bool,
) -> Card:
    """One message for all reports on a list for which the same is due, and not one for each.

    It names none and counts none, so that it stays true while they are seen to one by one.
    `opens`: whether some have no card of their own yet, to be asked for from where it stands.
    """
    since = dated(running.opened_at, running.views[0].zone)
    duty = say(f"duty.{kind.value}")
    if not any(_owes(view, kind) for view in running.views):
        return Card(title=say("nudge.list_done", since=since, duty=duty))
    nowhere = all(view.nowhere for view in running.views)  # nobody is sent to it there
    return Card(
        title=say("nudge.list", roles=roles(asked), since=since, duty=duty),
        body=(Paragraph(text=say("nudge.nowhere")),) if nowhere else (),
        buttons=_open_next("list.reports.open", running.id) if opens else (),
        mentions=mentions,
    )


def _owes(view: CaseView, kind: DutyKind) -> bool:
    duty = view.duty(kind)
    owed = duty is not None and not duty.over and duty.state != "said_done"
    return owed and view.state == "open"


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
    return listed([Verbatim(text=view.public_id), taken, *hurt_in_list(view), where(view)])


def _call_line(policy: Policy, view: CaseView) -> Phrase:
    called = view.duty(DutyKind.SECOND_PERSON)
    over = called is None or called.over
    state = say("list.call_over") if over else say("list.call_out")
    return listed([spot(policy, view), state, Verbatim(text=view.public_id)])
