"""What every change to a case has in common: what is shared, and cards owed anew."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from bot.bodies import Body, ReportBody, site_of, unpack
from bot.case_records import CaseState
from bot.company import Company, Site
from bot.day_parts import day_alone
from bot.directory import Directory
from bot.keys import IndexKey, new_id
from bot.ports import Clock, Entropy, Storage, Transaction
from bot.rights import OPENS, Reader
from bot.work_records import CardRow, CardState, Duty, NewJob, NudgeRow, platform_of
from flows.commitments import DutyKind
from flows.duties import Owner, Place
from flows.policy import Policy

PRIORITY = {
    "danger": 0,
    "clock": 1,
    "case": 2,
    "question": 3,
    "edit": 4,
    "reminder": 5,
    "repeated": 6,
    "overtaken": 7,
}
"""Danger before case before edit before reminder: smaller goes first. The question who takes a
case, looks after a person, answers or speaks with them is no reminder, and goes before edits. After
reminders goes what is asked for once more on a further day, and last what a newer message speaks
for."""


class CardKind:
    """Which card of a case a message shows. Ids are stored; never rename one."""

    DESK = "desk"
    CARE = "care"
    SECOND_PERSON = "second_person"


@dataclass(frozen=True)
class Work:
    """What the use cases share. Built once, in wiring."""

    storage: Storage
    clock: Clock
    entropy: Entropy
    index: IndexKey
    company: Company
    directory: Directory
    policy: Policy

    @cached_property
    def policy_digest(self) -> str:
        """Pins the wording that a conversation and a case were begun with."""
        return self.policy.digest()


async def body_of(tx: Transaction, case_id: str, reader: Reader = Reader.CONTENT) -> Body | None:
    """What a case holds, as far as `reader` opens it; None once it is unknown or shredded."""
    parts = await tx.cases.body(case_id, OPENS[reader])
    return None if parts is None else unpack(parts)


async def reopen(tx: Transaction, case_id: str, said: datetime) -> None:
    """A closed case about which something new is owed is open again.

    `said` is when its reporter brought that about, as closely as may be kept.
    """
    case = await tx.cases.get(case_id)
    if case is not None and case.state is CaseState.CLOSED:
        await tx.cases.set_state(case_id, CaseState.OPEN)
        await tx.history.append(case_id, said, "system", "reopened", {})


async def report_of(
    tx: Transaction, case_id: str, reader: Reader = Reader.CONTENT
) -> ReportBody | None:
    """The report of a case; None for a call for help, and once it is shredded."""
    body = await body_of(tx, case_id, reader)
    return body if isinstance(body, ReportBody) else None


def site_by(work: Work, body: Body) -> Site:
    """The site of a case."""
    return work.company.site_of_case(site_of(body))


def place_of(work: Work, site: Site) -> Place:
    """What a site brings to its duties."""
    return Place(channel_roles=work.directory.channel_roles(site), zone=site.zone, hours=site.hours)


async def owe_card(
    work: Work,
    tx: Transaction,
    case_id: str,
    kind: str,
    address: str,
    now: datetime,
    *,
    duty_id: str | None = None,
    level: str | None = None,
) -> None:
    """Owes a card: it must show this case there. What it says is decided when it is sent.

    `level` is its priority where the card's kind alone does not tell how urgent it is.
    """
    card = CardRow(
        id=new_id(work.entropy),
        case_id=case_id,
        kind=kind,
        duty_id=duty_id,
        address=address,
        state=CardState.OWED,
        ref=None,
        shown=None,
        first_shown_at=None,
    )
    await tx.cards.add(card)
    await tx.jobs.enqueue([card_job(card, now, level)])


def card_job(card: CardRow, now: datetime, level: str | None = None) -> NewJob:
    """One card's present state, owed: the first message, or an edit of it."""
    urgent = card.kind == CardKind.SECOND_PERSON
    usual = "danger" if urgent else "case" if card.ref is None else "edit"
    return NewJob(
        kind="card",
        subject=card.id,
        due_at=now,
        dedup=f"card:{card.id}",
        priority=PRIORITY[level or usual],
        pace=card.address,
        keep_waiting=True,
    )


def nudge_job(nudge: NudgeRow, level: str, pace: str, now: datetime) -> NewJob:
    """One message about a duty, owed."""
    return NewJob(
        kind="nudge",
        subject=nudge.id,
        due_at=now,
        dedup=f"nudge:{nudge.id}",
        priority=PRIORITY[level],
        pace=pace,
        keep_waiting=True,
    )


async def refresh_case(tx: Transaction, case_id: str, now: datetime, level: str = "clock") -> None:
    """Owes every message about a case its present state. A burst of changes is one look."""
    job = NewJob("refresh", case_id, now, f"refresh:{case_id}", PRIORITY[level])
    await tx.jobs.enqueue([job])


QUIETLY = "refresh_quietly"


async def refresh_quietly(tx: Transaction, case_id: str, now: datetime) -> None:
    """The same after what only the reporter and the desk have to do with.

    A site that may not know who reported is shown nothing then, not even what has long been out
    of date, as after a new roster: whoever watches would tie the edit to who just held a phone.
    """
    job = NewJob(QUIETLY, case_id, now, f"{QUIETLY}:{case_id}", PRIORITY["clock"])
    await tx.jobs.enqueue([job])


async def refresh_about(tx: Transaction, duty: Duty, now: datetime) -> None:
    """The same after a change of one duty; who comes to somebody in danger is seen first."""
    if duty.owner != Owner.SITE:
        await refresh_quietly(tx, duty.case_id, now)
        return
    urgent = duty.kind == DutyKind.SECOND_PERSON
    await refresh_case(tx, duty.case_id, now, "danger" if urgent else "clock")


def card_address(cards: Iterable[CardRow], list_id: str) -> str:
    """The channel of a running list that holds one of these cards."""
    return next(card.address for card in cards if card.list_id == list_id)


def list_job(list_id: str, address: str, now: datetime) -> NewJob:
    """A running list's present state, owed."""
    return NewJob(
        kind="list",
        subject=list_id,
        due_at=now,
        dedup=f"list:{list_id}",
        priority=PRIORITY["case"],
        pace=address,
        keep_waiting=True,
    )


def beside(cards: Iterable[CardRow], duty_id: str) -> CardRow | None:
    """The card in whose thread a duty's messages stand: its own, or the desk's."""
    cards = list(cards)
    own = next((card for card in cards if card.duty_id == duty_id), None)
    return own or next((card for card in cards if card.kind == CardKind.DESK), None)


def nudge_address(work: Work, cards: Iterable[CardRow], nudge: NudgeRow) -> str:
    """Where a message goes: beside its duty's card, or directly to the one person it asks."""
    card = beside(cards, nudge.duty_id)
    if card is None:
        return ""
    if not nudge.direct:
        return card.address
    return direct_address(work, nudge.people[0], card.address) or ""


def direct_address(work: Work, person_id: str, like: str) -> str | None:
    """Somebody's direct messages on the platform of the channel `like`; None: no account there."""
    platform = platform_of(like)
    person = work.directory.person(person_id)
    account = work.directory.account(person, platform) if person else None
    return f"{platform}:@{account}" if account else None


def said_at(work: Work, body: ReportBody, now: datetime) -> datetime:
    """When the reporter did something, as closely as may be kept: the day alone if unnamed."""
    return day_alone(now, site_by(work, body).zone) if body.report.unnamed else now
