"""A case as its cards and screens need it, from what was read in one go."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.asking import Next, channel_of, next_asked, next_heard, next_there
from bot.bodies import Body, Health, HelpBody, Identity
from bot.case_records import Author, CaseKind
from bot.case_work import CardKind, Work, beside, direct_address
from bot.crowds import Crowd, crowd
from bot.exclusions import Exclusion, keeps_from_messages
from bot.heard import may_tell, of_rung, speaks_for, unheard
from bot.ports import Transaction
from bot.rights import OPENS, Reader
from bot.rows import ENDED, ladder_of, seat_of, stands_nowhere
from bot.scenes import site_option
from bot.whole_case import WholeCase
from bot.work_records import CardRow, Duty, DutyState, NudgeRow, NudgeState, SeatRow
from flows.assessment import Assessment
from flows.case_view import (
    CaseView,
    DutyView,
    FileView,
    HealthView,
    MeasureView,
    MessageView,
    Phone,
    Rung,
    SeatView,
    SenderView,
)
from flows.clocks import Urgency
from flows.commitments import DutyKind
from flows.duties import ASKED_KINDS, Owner
from flows.ladders import FELL_SILENT, AnswerKind, Ladder, Role, Seat, missing_seats
from flows.outcomes import Visibility
from flows.phrases import Phrase, Verbatim


async def view_case(work: Work, tx: Transaction, case_id: str, reader: Reader) -> CaseView | None:
    """The case as it stands, or None when it is unknown or was shredded."""
    whole = await tx.cases.whole(case_id, OPENS[reader])
    if whole is None:
        return None
    # Nobody is named as next about what they sent themselves, also where the reader is not to
    # know who that is: what the view tells of its sender is what the reader opened.
    there = await crowd(work, tx, case_id, whole.content, work.clock.now())
    return view_of(there, whole)


def view_of(there: Crowd, whole: WholeCase) -> CaseView:
    """The case as it stands now."""
    body = whole.content
    return CaseView(
        **_shared(there, whole),
        **_own(body),
        called_at=_called_at(whole),
        sender=_sender(there.work, body, body.identity) if body.identity else None,
        health=_health(body.health) if body.health else None,
    )


def _shared(there: Crowd, whole: WholeCase) -> dict[str, Any]:
    site = there.site
    desk = next((card for card in whole.cards if card.kind == CardKind.DESK), None)
    return {
        "id": whole.case.id,
        "public_id": whole.case.public_id,
        "state": whole.case.state.value,
        "urgency": Urgency(whole.case.urgency),
        "site": site_option(there.work.directory, site),
        "zone": site.zone,
        "now": there.now,
        "duties": tuple(_duty(there, whole, duty) for duty in whole.duties),
        "delivered_at": desk.first_shown_at if desk else None,
        "nowhere": stands_nowhere(whole.cards),
        "leaves_by": _still_ahead(whole.leaves_at, there.now),
        "messages": tuple(
            MessageView(message.author is Author.DESK, message.at, message.text)
            for message in whole.messages
        ),
    }


def _called_at(whole: WholeCase) -> datetime | None:
    """Of a call: when people were first to come. Calling again moves nothing of that."""
    if whole.case.kind is not CaseKind.HELP:
        return None
    called = (d.started_at for d in whole.duties if d.kind == DutyKind.SECOND_PERSON)
    return next(called, None)


def _own(body: Body) -> dict[str, Any]:
    """What only the case's content says."""
    if isinstance(body, HelpBody):
        ended = ("mistaken", "moved", "called_over")
        known = ("spot", *ended, "asked_last", "again_at", "not_cared_for")
        return {name: getattr(body, name) for name in known}
    return {
        "report": body.report,
        "assessment": Assessment(body.verdict, body.urgency),
        "spot": body.report.spot,
        "day_part": body.day_part,
        "responses": body.responses,
        "measures": tuple(MeasureView(each.text, each.at) for each in body.measures),
        "over_said": body.over_said,
        "files": tuple(
            FileView(file.kind, file.original.size, file.shown is not None) for file in body.files
        ),
    }


def _sender(work: Work, body: Body, identity: Identity) -> SenderView:
    if isinstance(body, HelpBody):
        from_page = identity.name is None and identity.person_id is None
        return SenderView(caller=_caller(work, identity), from_page=from_page)
    named = body.report.visibility is Visibility.NAMED
    return SenderView(reporter_name=(identity.name or "") if named else "")


def _caller(work: Work, identity: Identity) -> Phrase | None:
    """Who called, as the roster names them, else as their platform does."""
    person = work.directory.person(identity.person_id) if identity.person_id else None
    if person is not None:
        return person.name
    return Verbatim(text=identity.name) if identity.name else None


def _health(health: Health) -> HealthView:
    answers = tuple(
        (DutyKind(kind), int(day), word)
        for key, word in health.check_ins.items()
        for kind, _, day in [key.partition(".")]
    )
    return HealthView(
        answers,
        health.care_word,
        health.self_harm_hint,
        health.care_denied,
        health.wishes_to_talk,
    )


def _duty(there: Crowd, whole: WholeCase, duty: Duty) -> DutyView:
    work, ladder = there.work, ladder_of(duty)
    seats = whole.seats.get(duty.id, ())
    # Only a site's cards and the caller's page say who was asked, and who is next; of the desk,
    # the caller's page says that it was asked, and who is asked outside it reads its numbers.
    at_site = duty.owner == Owner.SITE
    told = at_site or duty.kind == DutyKind.TAKE
    answers = [seat_of(row, work.directory) for row in seats]
    following = _next(there, duty, ladder, answers, whole.cards) if at_site else None
    seen = tuple(view for row in seats if (view := _seat(work, row, ladder)) is not None)
    kind = DutyKind(duty.kind)
    return DutyView(
        id=duty.id,
        kind=kind,
        owner=Owner(duty.owner),
        state=duty.state.value,
        due_at=duty.due_at,
        ladder=ladder,
        rungs=_rungs(there, duty, whole.nudges.get(duty.id, ()), whole.cards) if told else (),
        seats=seen,
        next_roles=following.roles if following else (),
        next_at=following.at if following else None,
        ended_at=duty.ended_at,
        done_by=seen[-1].name if seen and duty.state is DutyState.DONE else None,
        part=duty.part,
        asked=kind not in ASKED_KINDS or duty.step >= 0,
        anew=duty.climb > 0,
        left=any(row.answer == AnswerKind.RAN_OUT for row in seats) and kind is DutyKind.TAKE,
        more_told=kind is DutyKind.TAKE and _is_more_told(there, duty, whole),
        began_at=duty.started_at,
    )


def _is_more_told(there: Crowd, duty: Duty, whole: WholeCase) -> bool:
    """Whether a later rung told anybody who was not asked first. Not that its time came: there may
    be nobody on it."""
    if duty.state in ENDED or duty.due_at >= there.now:
        return False  # and nothing is said of it
    rows = whole.nudges.get(duty.id, ())
    first = {person for row in rows if row.step == 0 for person in row.people}
    later = _rungs(there, duty, [row for row in rows if row.step > 0], whole.cards)
    return any(rung.sent_at is not None and set(rung.people) - first for rung in later)


def _rungs(
    there: Crowd, duty: Duty, nudges: Sequence[NudgeRow], cards: Sequence[CardRow]
) -> tuple[Rung, ...]:
    """The rungs as asked: to the channel, and directly. What reached anybody counts as sent; of
    what nobody was told, and nobody will be, nothing is said."""
    card = beside(cards, duty.id)
    address = card.address if card is not None else ""
    telling = [row for row in nudges if may_tell(there.work, row, nudges, address)]
    rungs = []
    for row in nudges:
        if row.direct:
            continue
        mine = of_rung(row, telling)
        at = min(
            filter(None, (_told_at(each, telling, duty, cards) for each in mine)), default=None
        )
        unsure = at is None and any(each.state is NudgeState.UNSURE for each in mine)
        to_come = any(each.state in (NudgeState.OWED, NudgeState.BY_CARD) for each in mine)
        if at is None and not (unsure or to_come):
            continue
        if roles := reached(there.work, there.out, row, nudges, cards):
            phones = _phones(there, row.people, roles)
            rungs.append(Rung(roles, at, row.people, phones, unsure=unsure and not to_come))
    return tuple(rungs)


def reached(
    work: Work,
    out: Exclusion,
    row: NudgeRow,
    rows: Sequence[NudgeRow],
    cards: Sequence[CardRow],
) -> tuple[Role, ...]:
    """The roles that a message really asks: of one whose people all have no account there, or
    whose own messages nobody took, nobody hears of it. None of them has an account: the card in
    the channel is read by them all the same. A role of which it asks nobody is none of them.

    Whoever is at a second desk may hold any role. `rows`: all that was said about its duty.
    """
    roles, card = out.asked_by(row), beside(cards, row.duty_id)
    if card is None:
        return roles
    able = dict.fromkeys(_asked_of_none(work, roles, row), False)
    in_vain = unheard(work, row, rows, card.address)
    for id in row.people:
        person = work.directory.person(id)
        if person is not None:
            has = id not in in_vain and direct_address(work, id, card.address) is not None
            role = person.role_among(roles)
            able[role] = able.get(role, False) or has
    heard = tuple(role for role in roles if able.get(role, True))
    return heard or (roles if row.step == 0 else ())


def _asked_of_none(work: Work, roles: Sequence[Role], row: NudgeRow) -> set[Role]:
    """The roles of which a message asks nobody, where that is sure: everybody whom it asks is
    known still, and by which of these roles they are asked."""
    people = [work.directory.person(id) for id in row.people]
    asked = {person.role_among(roles) for person in people if person is not None}
    sure = work.directory.known and people and None not in people and asked <= set(roles)
    return set(roles) - asked if sure else set()


def _told_at(
    row: NudgeRow, rows: Sequence[NudgeRow], duty: Duty, cards: Sequence[CardRow]
) -> datetime | None:
    """When a message told its readers: itself, as the card, or in a later one to the same."""
    if row.state is NudgeState.BY_CARD:
        card = beside(cards, duty.id)
        return card.first_shown_at if card else None
    if row.state is not NudgeState.MERGED:
        return row.sent_at
    later = (each.sent_at for each in rows if speaks_for(each, row) and each.sent_at is not None)
    return min(later, default=None)


def _phones(there: Crowd, people: Sequence[str], asked: Sequence[Role]) -> tuple[Phone, ...]:
    """Less whoever is kept out as the roster stands now: they may have been somebody else when
    they were asked."""
    work, out = there.work, there.out
    found = (work.directory.person(id) for id in people)
    return tuple(
        Phone(each.role_among(asked), each.phone, each.name)
        for each in found
        if each and each.phone and not keeps_from_messages(work, out, each)
    )


def _next(
    there: Crowd, duty: Duty, ladder: Ladder, seats: Sequence[Seat], cards: Sequence[CardRow]
) -> Next | None:
    """Who is asked next and when, of those who will hear of it; nobody while enough people have
    answered."""
    if duty.state is not DutyState.OPEN or duty.kind in ASKED_KINDS:
        return None
    if duty.kind != DutyKind.TAKE and not missing_seats(ladder, seats):
        return None
    wait = next_asked(there, duty, ladder)
    if wait.at <= there.now:  # nobody was asked although it is time: it waits for who works next
        wait = next_there(there.about(duty), duty, ladder) or wait
    answered = frozenset(s.person_id for s in seats if s.answer not in FELL_SILENT)
    return next_heard(there.about(duty), ladder, wait, channel_of(there, duty, cards), answered)


def _still_ahead(at: datetime | None, now: datetime) -> datetime | None:
    """Of a time that has come, or passed, nobody is told that it happens by then."""
    return at if at is not None and at > now else None


def _seat(work: Work, row: SeatRow, ladder: Ladder) -> SeatView | None:
    person = work.directory.person(row.person_id)
    if person is None:  # left the company's list since; the seat no longer counts as seen
        return None
    asked = [role for rung in ladder.steps for role in rung.roles]
    role = person.role_among(asked)
    return SeatView(seat_of(row, work.directory), person.name, role, row.expires_at)
