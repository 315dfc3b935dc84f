"""Who may be asked about a case at one moment: those who hold a role and are there now."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.bodies import Body, ReportBody, sender_of
from bot.case_work import Work, body_of, site_by
from bot.company import Person, Site
from bot.company_records import OnDuty
from bot.directory import DESK_ROLES
from bot.exclusions import NOBODY, Exclusion, desk_of, exclusion_in, exclusion_of
from bot.ports import Transaction
from bot.rights import Reader
from bot.whole_case import WholeCase
from bot.work_records import Duty, NudgeRow
from flows.duties import Owner
from flows.ladders import AT_DESK, CLOSING_GRACE, Ladder, Role

AGAIN_AFTER = timedelta(minutes=1)
"""Whoever was asked less than this ago is not asked by the next rung too."""
LOOKS_AHEAD = timedelta(days=14)
"""So far ahead a roster is looked at: longer than any holidays, and rosters are no older."""


@dataclass(frozen=True)
class Crowd:
    """Who may be asked about one case, seen at one moment."""

    work: Work
    site: Site
    sender: str | None
    """Who reported or called, where somebody may know: never asked about their own case."""
    declared: Sequence[OnDuty]
    now: datetime
    out: Exclusion = NOBODY
    """Whom the reporter kept out."""
    hidden: bool = False
    """Nobody at the site may learn who reported."""

    @property
    def desk(self) -> str:
        """The desk that has the case; the usual one where none may, and somebody must hear."""
        return desk_of(self.work, self.out) or self.work.company.desk.channel

    def about(self, duty: Duty) -> "Crowd":
        """Who may be asked about this one duty.

        Where a site may not know who reported, whoever it was is asked like everybody: a card
        that left out one of two would name them.
        """
        unknown = self.hidden and duty.owner == Owner.SITE
        return replace(self, sender=None) if unknown else self

    def _able(self, role: Role) -> list[Person]:
        """Who holds a role for this case, less those who are kept out."""
        directory = self.work.directory
        if role in DESK_ROLES and self.desk != self.work.company.desk.channel:
            return [each for each in directory.members(self.desk) if not self.out.names(each)]
        holders = directory.holders(role, self.site.id)
        return [each for each in holders if not self.out.covers(each)]

    def _left_out(self, ladder: Ladder, answered: frozenset[str]) -> set[str]:
        ids = (*ladder.excluded_people, *answered, *((self.sender,) if self.sender else ()))
        return {self.work.directory.id_now(id) for id in ids}

    def _of_rung(self, ladder: Ladder, step: int, answered: frozenset[str]) -> list[Person]:
        """Whom a rung may ask, on shift or not; nobody excluded, and nobody who has answered."""
        return self.of_roles(ladder, ladder.asked(step, self.out.off_ladders), answered)

    def of_roles(
        self, ladder: Ladder, roles: Sequence[Role], answered: frozenset[str]
    ) -> list[Person]:
        """The same of some of its roles."""
        holders = {person.id: person for role in roles for person in self._able(role)}
        left_out = self._left_out(ladder, answered)
        return [person for id, person in holders.items() if id not in left_out]

    def ask(self, ladder: Ladder, step: int, answered: frozenset[str] = frozenset()) -> "Asked":
        """The people of a rung who are there; where nobody is, in danger, everybody of it."""
        roles = ladder.asked(step, self.out.off_ladders)
        able = self.of_roles(ladder, roles, answered)
        there = self._on_shift(able, roles, self.now)
        if not there and ladder.quiet_hours:  # whoever works until closing is asked as they close
            there = self._on_shift(able, roles, self.now - CLOSING_GRACE)
        if there or not ladder.asks_off_shift(step):
            return Asked(there, nobody_there=not there)
        return Asked(tuple(person.id for person in able), nobody_there=True)

    def among(self, people: Collection[str], ladder: Ladder, role: Role) -> list[str]:
        """Those of them who hold a role for this case."""
        able = self.of_roles(ladder, (role,), frozenset())
        return [person.id for person in able if person.id in people]

    def rungs(self, ladder: Ladder, duty: Duty) -> list[int]:
        """The rungs above the present one, less those whose roles are all kept out.

        A climb that begins above the last that asks anybody begins with that.
        """
        last = ladder.last_asked(self.out.off_ladders)
        first = duty.step + 1 if duty.asked_at is not None else min(duty.step + 1, last)
        return [n for n in range(first, last + 1) if ladder.asked(n, self.out.off_ladders)]

    def held(self, ladder: Ladder, step: int, moment: datetime) -> datetime:
        """When a rung may be asked: the hours of those kept out do not count."""
        return ladder.held_until(moment, step, self.out.off_ladders)

    def comes(self, ladder: Ladder, step: int, answered: frozenset[str]) -> datetime | None:
        """When somebody of a rung on which nobody is now can be asked next, as the roster says."""
        last = self.now + LOOKS_AHEAD
        begins = [
            asked
            for person in self._of_rung(ladder, step, answered)
            for shift in person.shifts_at(self.site.id)
            for starts, stops in shift.stretches(self.now, last, self.site.zone)
            if starts > self.now and (asked := self.held(ladder, step, starts)) < stops
        ]
        return min(begins, default=None)

    def _on_shift(
        self, people: Iterable[Person], roles: Sequence[Role], moment: datetime
    ) -> tuple[str, ...]:
        directory = self.work.directory
        return tuple(
            person.id
            for person in people
            if directory.on_shift(
                person,
                self.site,
                moment,
                self.declared,
                as_desk=person.role_among(roles) in AT_DESK,
            )
        )

    def asked_so_far(self, duty: Duty, before: Sequence[NudgeRow]) -> set[str]:
        """Whom the messages of the present climb asked, on any rung."""
        mine = [row.people for row in before if row.climb == duty.climb]
        return {self.work.directory.id_now(id) for people in mine for id in people}

    def ask_again(
        self,
        duty: Duty,
        ladder: Ladder,
        before: Sequence[NudgeRow],
        answered: frozenset[str],
        silent: frozenset[str],
    ) -> tuple[str, ...]:
        """Whom the rungs so far asked in this climb, less the same people and the just asked.

        `silent`: whose answer ran out. This climb may have begun while it still held.
        """
        since = self.now - duty.asked_at if duty.asked_at is not None else timedelta()
        if not ladder.asks_again or since < AGAIN_AFTER:
            return ()
        asked, out = self.asked_so_far(duty, before) | silent, self.out.off_ladders
        roles = [role for step in range(duty.step + 1) for role in ladder.asked(step, out)]
        able = dict.fromkeys(person.id for role in roles for person in self._able(role))
        left_out = self._left_out(ladder, answered)
        return tuple(id for id in able if id in asked and id not in left_out)


@dataclass(frozen=True)
class Asked:
    """Whom a rung asks. With nobody there, the next rung is asked at once."""

    people: tuple[str, ...]
    nobody_there: bool
    again: tuple[str, ...] = ()
    """Who was asked before and has not answered, and is asked once more beside them."""

    @property
    def everybody(self) -> tuple[str, ...]:
        """Both, each once."""
        return tuple(dict.fromkeys((*self.again, *self.people)))


async def crowd(work: Work, tx: Transaction, case_id: str, body: Body, now: datetime) -> Crowd:
    """Everybody who may be asked about a case at this moment."""
    sender = await _sender(tx, case_id, body)
    return await _of(work, tx, body, sender, await exclusion_in(tx, case_id, body), now)


async def crowd_of(work: Work, tx: Transaction, whole: WholeCase) -> Crowd:
    """The same of a case that was read to be shown.

    Who sent it is left out as far as the reader opened it. The others name nobody as next.
    """
    body = whole.content
    sender = sender_of(body) if body.identity is not None else None
    out = exclusion_of(body, whole.cards)
    return await _of(work, tx, body, sender, out, work.clock.now())


async def _of(
    work: Work,
    tx: Transaction,
    body: Body,
    sender: str | None,
    out: Exclusion,
    now: datetime,
) -> Crowd:
    declared = await tx.rosters.on_duty(now)
    hidden = isinstance(body, ReportBody) and body.report.hidden_from_site
    return Crowd(work, site_by(work, body), sender, declared, now, out, hidden)


async def _sender(tx: Transaction, case_id: str, body: Body) -> str | None:
    """Who sent a case, where somebody may know; opened here where it was not before."""
    if body.identity is not None:
        return sender_of(body)
    read = await body_of(tx, case_id, Reader.LADDER)
    return sender_of(read) if read is not None else None
