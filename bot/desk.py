"""What one person of the desk reads when they open a case."""

from dataclasses import dataclass

from bot.bodies import ReportBody, unpack
from bot.case_work import Work
from bot.records import Entry
from bot.views import view_case
from flows.case_view import CaseView
from flows.details import Line, Written, desk_duties, details, duty_due
from flows.ladders import Role
from flows.phrases import Phrase, Verbatim, say
from flows.presses import Press
from flows.screens import Compose, Element
from flows.talk import compose


@dataclass(frozen=True)
class OpenedCase:
    """A case's details and its duties, each with what ends it."""

    title: Phrase
    elements: tuple[Element, ...]
    duties: tuple[tuple[Phrase, Phrase, Press | None], ...]
    compose: Compose


async def open_details(work: Work, case_id: str) -> OpenedCase | None:
    """The details of a report. The opening itself was written to the history before."""
    async with work.storage.read() as tx:
        view = await view_case(work, tx, case_id)
        data = await tx.cases.body(case_id)
        history = await tx.history.of_case(case_id)
    body = unpack(data) if data else None
    if view is None or not isinstance(body, ReportBody):
        return None
    written = Written(body.words, body.typed_name)
    lines = [_line(work, entry) for entry in history]
    return OpenedCase(
        title=say("details.title", id=Verbatim(text=view.public_id)),
        elements=details(work.policy, view, written, lines),
        duties=tuple(_duty(view)),
        compose=compose(view, for_desk=True),
    )


def _duty(view: CaseView) -> list[tuple[Phrase, Phrase, Press | None]]:
    return [
        (say(f"duty.{duty.kind.value}"), duty_due(view, duty), press)
        for duty, press in desk_duties(view)
    ]


def _line(work: Work, entry: Entry) -> Line:
    person = work.directory.person(entry.detail.get("person", ""))
    roles = tuple(Role(role) for role in entry.detail.get("roles", "").split())
    return Line(entry.at, entry.fact, person.name if person else None, roles)
