"""The call for help that a reporter says their report belongs to, as the desk reads it there.

Only the report's sealed body leads to it. Reading it writes nothing: a line in the call's history
beside the one in the report's would tell whoever holds the database that the two belong together.
"""

from bot.case_records import CaseKind, Entry
from bot.case_work import Work, body_of
from bot.company import Person
from bot.exclusions import keeps_out
from bot.ports import Transaction
from bot.rights import Reader
from bot.views import view_case
from flows.commitments import DutyKind
from flows.details import Line, TiedCall
from flows.ladders import Role

TOLD = (
    "help_called",
    "answered",
    "declined",
    "exhausted",
    "over",
    "still_needed",
    "help_over",
    "help_mistake",
    "help_moved",
    "help_unanswered",
)
"""When it was made, who answered, how it ended. What came after it, as care, is not told."""


async def tied_call(
    work: Work, tx: Transaction, number: str, reader: Person | None
) -> TiedCall | None:
    """The call of this number for `reader`; None where the reporter named none.

    A number of no call, of a report, and of a call that is no longer kept are the same.
    """
    if not number:
        return None
    case = await tx.cases.by_public_id(number)
    body = await body_of(tx, case.id, Reader.DESK_GATE) if case else None
    if case is None or body is None or case.kind is not CaseKind.HELP:
        return TiedCall(number, there=False)
    if reader is not None and keeps_out(work, body, reader):
        return TiedCall(number, there=True)
    view = await view_case(work, tx, case.id, Reader.CONTENT)
    history = await tx.history.of_case(case.id)
    lines = tuple(read_line(work, entry) for entry in history if _is_told(entry))
    return TiedCall(number, there=True, view=view, lines=lines)


def _is_told(entry: Entry) -> bool:
    about = entry.detail.get("duty", DutyKind.SECOND_PERSON)
    return entry.fact in TOLD and about == DutyKind.SECOND_PERSON


def read_line(work: Work, entry: Entry) -> Line:
    """A line of a history, with the name of who did it."""
    person = work.directory.person(entry.detail.get("person", ""))
    roles = tuple(Role(role) for role in entry.detail.get("roles", "").split())
    name, answer = person.name if person else None, entry.detail.get("answer", "")
    return Line(
        entry.at,
        entry.fact,
        name,
        roles,
        answer,
        duty=entry.detail.get("duty", ""),
        by_itself=entry.actor == "system",
    )
