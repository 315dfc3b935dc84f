"""What one person of the desk reads when they open a case."""

from dataclasses import dataclass
from datetime import datetime

from bot.bodies import ReportBody
from bot.case_records import CaseState
from bot.case_work import Work, report_of
from bot.company import Person
from bot.exclusions import keeps_out
from bot.rights import Reader
from bot.tied_calls import read_line, tied_call
from bot.views import view_case
from flows.case_view import CaseView, DutyView, opened
from flows.commitments import DutyKind
from flows.desk_work import composes, due_in_details, duty_buttons, duty_name, ending, responses
from flows.details import TiedCall, Written, details, since_then
from flows.files import file_name, file_note, open_button
from flows.phrases import Phrase, Verbatim, say
from flows.screens import Button, Compose, Element


@dataclass(frozen=True)
class OwedLine:
    """One line with its presses: a duty and what ends it, or a file and what opens it."""

    name: Phrase
    due: Phrase
    buttons: tuple[Button, ...]


@dataclass(frozen=True)
class OpenedCase:
    """A case's details, its duties, each with what ends it, and what else the desk can do."""

    title: Phrase
    elements: tuple[Element, ...]
    duties: tuple[OwedLine, ...]
    responses: tuple[Button, ...]
    composes: tuple[Compose, ...]
    ending: tuple[Button, ...]
    files: tuple[OwedLine, ...] = ()
    """Each file of evidence, and what asks for a link to it."""
    since: tuple[Element, ...] = ()
    """What came of it: below what is owed, which comes after what was written."""


async def open_details(work: Work, case_id: str, reader: Person | None = None) -> OpenedCase | None:
    """The details of a report, as `reader` may see them: None for whoever is kept out, and for
    one that has not left for the desk.

    The opening itself was written to the history before.
    """
    async with work.storage.read() as tx:
        view = await view_case(work, tx, case_id, Reader.DETAILS)
        body = await report_of(tx, case_id, Reader.DETAILS)
        history = await tx.history.of_case(case_id)
        if view is None or body is None or view.state == CaseState.KEPT:
            return None
        if reader is not None and keeps_out(work, body, reader):
            return None
        tied = await tied_call(work, tx, body.call, reader)
    return OpenedCase(
        title=say("details.title", id=Verbatim(text=view.public_id)),
        elements=details(work.policy, view, _written(work, body, tied)),
        since=since_then(view, [read_line(work, entry) for entry in history]),
        duties=tuple(
            OwedLine(duty_name(duty), due_in_details(view, duty), duty_buttons(view, duty))
            for duty in sorted(view.duties, key=_comes_first)
            if not (view.owed_anew(duty) or _is_earlier_asking(view, duty))
        ),
        files=tuple(
            OwedLine(file_name(number, file.kind), file_note(file), (open_button(view, number),))
            for number, file in enumerate(view.files)
        ),
        responses=responses(work.policy, view),
        composes=composes(view),
        ending=ending(view),
    )


def _comes_first(duty: DutyView) -> tuple[bool, bool, datetime]:
    """What is owed still; of that whom to speak with, before any paper; then what is due first."""
    return duty.over, duty.kind is not DutyKind.FOLLOW_UP, duty.due_at


def _is_earlier_asking(view: CaseView, duty: DutyView) -> bool:
    """Whether a talk is only asked for again: the one line of it says since when it is owed."""
    return duty.kind is DutyKind.FOLLOW_UP and view.asked_again(duty)


def _written(work: Work, body: ReportBody, tied: TiedCall | None) -> Written:
    people = (work.directory.person(id) for id in body.report.excluded_people)
    kept_out = tuple(person.name for person in people if person)
    return Written(body.words, opened(body.identity).name or "", kept_out, tied)
