"""One case as a line of the desk's list: its name, where, what is owed next, and two presses."""

from dataclasses import dataclass
from datetime import UTC, datetime

from flows.card_parts import details_button, hurt_in_list, take_button, where
from flows.cards import NOTHING_OWED, danger, still_owed, waits
from flows.case_view import CaseView, DutyView
from flows.commitments import DutyKind
from flows.phrases import Listed, Phrase, Verbatim, listed, say
from flows.screens import Button, Paragraph

_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class DeskLine:
    """What stands in the list of one case. No word of a reporter, as on its card."""

    title: Phrase
    owed: Phrase
    buttons: tuple[Button, ...]


def stands_with_desk(view: CaseView) -> bool:
    """Whether the desk has anything to do: a report, or a call while something of it is owed."""
    return view.report is not None or any(
        not (duty.over or _is_at_rest(view, duty)) for duty in view.duties
    )


def _is_at_rest(view: CaseView, duty: DutyView) -> bool:
    """Whether nobody is asked for care any more, and somebody at the desk looks after the call.

    Were care given up, or wished for again, since they said so, the desk would be asked anew.
    """
    take = view.duty(DutyKind.TAKE)
    ended = duty.kind is DutyKind.CARE and duty.state in ("said_done", "exhausted")
    return ended and take is not None and take.state == "done"


def urgency_of(view: CaseView) -> tuple[str, datetime]:
    """What comes first: the most urgent, then what is due soonest."""
    due = min((duty.due_at for duty in view.duties if not duty.over), default=_NEVER)
    return view.urgency.value, due


def desk_line(view: CaseView) -> DeskLine:
    """A case as it stands."""
    take = view.duty(DutyKind.TAKE)
    untaken = take is not None and not take.over
    state = say("list.taken") if take and take.over else say(f"urgency.{view.urgency.value}")
    if view.state == "withdrawn":
        state = say("desk.withdrawn")
    call = view.report is None
    place = listed([view.site.name, say("list.call")]) if call else where(view)
    return DeskLine(
        title=listed([Verbatim(text=view.public_id), state, *hurt_in_list(view), place]),
        owed=_owed(view),
        buttons=(
            *((take_button(view),) if untaken else ()),
            *(() if call else (details_button(view),)),
        ),
    )


def _owed(view: CaseView) -> Phrase:
    """What is owed, below what the card says in bold: danger, and what its reporter waits for."""
    said = (*danger(view), *waits(view))
    alarms = [each.text for each in said if isinstance(each, Paragraph) and each.strong]
    owed = still_owed(view)
    if alarms and owed == NOTHING_OWED:
        return Listed(items=tuple(alarms), joined="lines")
    return Listed(items=(*alarms, owed), joined="lines") if alarms else owed
