"""A case as its cards and screens need it, read in one transaction."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.bodies import Body, HelpBody, ReportBody, unpack
from bot.case_work import CardKind, Work
from bot.company import Site
from bot.ports import Transaction
from bot.records import Author, CardRow, Case, Duty, DutyState, NudgeRow, SeatRow
from bot.rows import ladder_of, seat_of
from bot.scenes import site_option
from flows.assessment import Assessment
from flows.case_view import CaseView, DutyView, MessageView, Rung, SeatView
from flows.clocks import Urgency
from flows.commitments import DutyKind
from flows.duties import Owner
from flows.ladders import Ladder, Role, missing_seats
from flows.outcomes import Visibility


async def view_case(work: Work, tx: Transaction, case_id: str) -> CaseView | None:
    """The case as it stands, or None when it is unknown or was shredded."""
    case = await tx.cases.get(case_id)
    data = await tx.cases.body(case_id) if case else None
    if case is None or data is None:
        return None
    body = unpack(data)
    site = work.company.site(_site_id(body))
    if site is None:
        return None
    cards = await tx.cards.of_case(case_id)
    duties = [
        await _duty(work, tx, site.id, duty, cards) for duty in await tx.duties.of_case(case_id)
    ]
    view = _assemble(work, case, body, site, duties, cards)
    return replace(
        view,
        leaves_by=await tx.jobs.due_at(f"release:{case_id}"),
        messages=tuple(
            MessageView(message.author is Author.DESK, message.at, message.text)
            for message in await tx.messages.of_case(case_id)
        ),
    )


def _assemble(
    work: Work,
    case: Case,
    body: Body,
    site: Site,
    duties: Sequence[DutyView],
    cards: Sequence[CardRow],
) -> CaseView:
    now = work.clock.now()
    desk = next((card for card in cards if card.kind == CardKind.DESK), None)
    shared = {
        "id": case.id,
        "public_id": case.public_id,
        "state": case.state.value,
        "urgency": Urgency(case.urgency),
        "site": site_option(work.company, site, now),
        "zone": site.zone,
        "now": now,
        "duties": tuple(duties),
        "delivered_at": desk.first_shown_at if desk else None,
    }
    if isinstance(body, HelpBody):
        return CaseView(**shared, spot=body.spot, mistaken=body.mistaken)  # type: ignore[arg-type]
    return CaseView(
        **shared,  # type: ignore[arg-type]
        report=body.report,
        assessment=Assessment(body.verdict, body.urgency),
        reporter_name=body.typed_name if body.report.visibility is Visibility.NAMED else "",
        spot=body.report.spot,
        day_part=body.day_part,
        care_word=body.care_word,
        self_harm_hint=body.self_harm_hint,
    )


def _site_id(body: Body) -> str:
    return body.report.site_id if isinstance(body, ReportBody) else body.site_id


async def _duty(
    work: Work, tx: Transaction, site_id: str, duty: Duty, cards: Sequence[CardRow]
) -> DutyView:
    ladder = ladder_of(duty)
    seats = await tx.duties.seats(duty.id)
    nudges = await tx.duties.nudges(duty.id)
    next_roles, next_at = _next(duty, ladder, seats)
    seen = tuple(view for row in seats if (view := _seat(work, row)) is not None)
    return DutyView(
        id=duty.id,
        kind=DutyKind(duty.kind),
        owner=Owner(duty.owner),
        state=duty.state.value,
        due_at=duty.due_at,
        ladder=ladder,
        rungs=tuple(
            _rung(duty, nudge, cards)
            for nudge in nudges
            if asked_people(work, site_id, nudge.roles)  # nobody was asked where nobody is
        ),
        seats=seen,
        next_roles=next_roles,
        next_at=next_at,
        ended_at=duty.ended_at,
        done_by=seen[-1].name if seen and duty.state is DutyState.DONE else None,
    )


def _rung(duty: Duty, nudge: NudgeRow, cards: Sequence[CardRow]) -> Rung:
    """A rung as asked. The first rung of the first climb is the card itself."""
    sent_at = nudge.sent_at
    if nudge.step == 0 and nudge.climb == int(duty.started_at.timestamp()):
        card = next((card for card in cards if card.duty_id == duty.id), None)
        sent_at = card.first_shown_at if card else None
    return Rung(roles=tuple(Role(role) for role in nudge.roles), sent_at=sent_at)


def _next(
    duty: Duty, ladder: Ladder, seats: Sequence[SeatRow]
) -> tuple[tuple[Role, ...], datetime | None]:
    """Who is asked next and when; nobody while enough people have answered."""
    if duty.state is not DutyState.OPEN:
        return (), None
    if duty.kind != DutyKind.TAKE and not missing_seats(ladder, [seat_of(row) for row in seats]):
        return (), None
    due = ladder.step_due(duty.step + 1, duty.chase_from, duty.due_at)
    if due is None:
        return (), ladder.exhausted_at(duty.chase_from, duty.due_at)
    return ladder.steps[duty.step + 1].roles, due


def _seat(work: Work, row: SeatRow) -> SeatView | None:
    person = work.company.person(row.person_id)
    if person is None:  # left the company's list since; the seat no longer counts as seen
        return None
    return SeatView(seat_of(row), person.name, person.role)


def asked_people(work: Work, site_id: str, roles: Sequence[str]) -> tuple[str, ...]:
    """The people who hold these roles for a site, by id, so that the platform can alert them."""
    people = [p.id for role in roles for p in work.company.holders(Role(role), site_id)]
    return tuple(dict.fromkeys(people))
