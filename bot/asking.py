"""Who is asked when a rung of a ladder is reached: those who hold its roles and are there now."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from bot.bodies import Body, ReportBody, sender_of
from bot.case_work import PRIORITY, CardKind, Work, body_of, direct_address, nudge_job, site_by
from bot.company import Person, Site
from bot.company_records import OnDuty
from bot.directory import DESK_ROLES
from bot.exclusions import NOBODY, Exclusion, desk_of, exclusion_of
from bot.keys import new_id
from bot.ports import Transaction
from bot.rights import Reader
from bot.rows import ladder_of
from bot.work_records import CardRow, Duty, NewJob, NudgeRow, NudgeState
from flows.commitments import DutyKind
from flows.duties import Owner
from flows.ladders import CLOSING_GRACE, Ladder, Role

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
        """The desk that has the case."""
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
        roles = ladder.asked(step, self.out.off_ladders)
        holders = {person.id: person for role in roles for person in self._able(role)}
        left_out = self._left_out(ladder, answered)
        return [person for id, person in holders.items() if id not in left_out]

    def ask(self, ladder: Ladder, step: int, answered: frozenset[str] = frozenset()) -> "Asked":
        """The people of a rung who are there; where nobody is, in danger, everybody of it."""
        able = self._of_rung(ladder, step, answered)
        there = self._on_shift(able, self.now)
        if not there and ladder.quiet_hours:  # whoever works until closing is asked as they close
            there = self._on_shift(able, self.now - CLOSING_GRACE)
        if there or not ladder.asks_off_shift(step):
            return Asked(there, nobody_there=not there)
        return Asked(tuple(person.id for person in able), nobody_there=True)

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

    def _on_shift(self, people: Iterable[Person], moment: datetime) -> tuple[str, ...]:
        directory = self.work.directory
        return tuple(
            person.id
            for person in people
            if directory.on_shift(person, self.site, moment, self.declared)
        )

    def asked_so_far(self, duty: Duty, before: Sequence[NudgeRow]) -> set[str]:
        """Whom the messages of the present climb asked, on any rung."""
        mine = [row.people for row in before if row.climb == duty.climb]
        return {self.work.directory.id_now(id) for people in mine for id in people}

    def ask_again(
        self, duty: Duty, ladder: Ladder, before: Sequence[NudgeRow], answered: frozenset[str]
    ) -> tuple[str, ...]:
        """Whom the rungs so far asked in this climb, less the same people and the just asked."""
        since = self.now - duty.asked_at if duty.asked_at is not None else timedelta()
        if not ladder.asks_again or since < AGAIN_AFTER:
            return ()
        asked, out = self.asked_so_far(duty, before), self.out.off_ladders
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
    declared = await tx.rosters.on_duty(now)
    sender = await _sender(tx, case_id, body)
    hidden = isinstance(body, ReportBody) and body.report.hidden_from_site
    return Crowd(work, site_by(work, body), sender, declared, now, exclusion_of(body), hidden)


async def _sender(tx: Transaction, case_id: str, body: Body) -> str | None:
    """Who sent a case, where somebody may know; opened here where it was not before."""
    if body.identity is not None:
        return sender_of(body)
    read = await body_of(tx, case_id, Reader.LADDER)
    return sender_of(read) if read is not None else None


def asked_by_card(duty: Duty) -> bool:
    """Whether the first rung is asked by a card without a word to anybody in particular.

    What the desk owes by a day stands on its card; nobody is called for it before it is due.
    """
    return duty.owner == Owner.DESK and duty.kind not in (DutyKind.TAKE, DutyKind.FOLLOW_UP)


@dataclass(frozen=True)
class Climbed:
    """A duty that moved up its ladder, and what is owed because of it."""

    duty: Duty
    nudges: tuple[NudgeRow, ...] = ()
    jobs: tuple[NewJob, ...] = ()
    roles: tuple[Role, ...] = ()
    """Those that are asked; none that is kept out, as a row in the clear may name."""
    at_end: bool = False
    """Nobody is left to ask."""


def climb_on(
    there: Crowd,
    duty: Duty,
    ladder: Ladder,
    address: str,
    *,
    by_card: bool = False,
    asked_before: Sequence[NudgeRow] = (),
    answered: frozenset[str] = frozenset(),
) -> Climbed:
    """Asks the next rung on which anybody is, or waits until somebody can be asked.

    `by_card`: a new card in the channel asks the first rung itself. `asked_before`: what was
    said about this duty so far; `answered`: who need not be asked.
    """
    there = there.about(duty)
    if _is_passed_in_silence(there, duty, ladder, asked_before, answered):
        passed = replace(duty, step=duty.step + 1, asked_at=there.now)
        return Climbed(passed, jobs=(_next_clock(passed, ladder, there.now),))
    step, asked = _first_there(there, duty, ladder, answered)
    if asked is None:
        wait = next_there(there, duty, ladder, answered)
        if wait is None:
            return Climbed(replace(duty, step=step), at_end=True)
        return Climbed(duty, jobs=(climb_job(duty, wait.at),))
    asked = replace(asked, again=there.ask_again(duty, ladder, asked_before, answered))
    moved, now = replace(duty, step=step, asked_at=there.now), there.now
    rows, jobs = _messages(there, moved, ladder, asked, address, by_card=by_card and step == 0)
    at_once = asked.nobody_there and _asks_on(there, moved, ladder)
    jobs.append(climb_job(moved, now) if at_once else _next_clock(moved, ladder, now))
    return Climbed(moved, tuple(rows), tuple(jobs), there.out.asked_by(rows[0]))


def _is_passed_in_silence(
    there: Crowd,
    duty: Duty,
    ladder: Ladder,
    before: Sequence[NudgeRow],
    answered: frozenset[str],
) -> bool:
    """Whether it is time for a rung whose roles are all kept out, and others may still answer.

    It asks nobody, and passes as if it had: neither the duty's row nor its clock tells that it
    did not, and those who were asked keep their time. Where nobody is left who may answer, or
    the next are wanted before the time, none is lost with it.
    """
    if duty.asked_at is None or duty.step + 1 == len(ladder.steps):
        return False
    if ladder.asked(duty.step + 1, there.out.off_ladders):
        return False
    asked = there.asked_so_far(duty, before)  # nobody in particular, where a card asked
    return next_climb_at(duty, ladder) <= there.now and (not asked or bool(asked - answered))


def _first_there(
    there: Crowd, duty: Duty, ladder: Ladder, answered: frozenset[str]
) -> tuple[int, Asked | None]:
    """The next rung on which anybody can be asked now, and whom it asks; else the last of all."""
    for step in there.rungs(ladder, duty):
        if there.held(ladder, step, there.now) > there.now:
            break
        asked = there.ask(ladder, step, answered)
        if asked.people:
            return step, asked
    return len(ladder.steps) - 1, None


class Wait(NamedTuple):
    """When somebody can be asked, and on which rung."""

    at: datetime
    step: int


def next_there(
    there: Crowd, duty: Duty, ladder: Ladder, answered: frozenset[str] = frozenset()
) -> Wait | None:
    """Where nobody can be asked now: the rung that can be next, as the doors and the roster say.

    Nobody is passed over for a rung that cannot be asked either. None: nobody is left.
    """
    waits = []
    for step in there.rungs(ladder, duty):
        opens = there.held(ladder, step, there.now)
        if opens > there.now:
            waits.append(Wait(opens, step))
            break
        if there.ask(ladder, step, answered).people:
            return None
        comes = there.comes(ladder, step, answered)
        if comes is not None:
            waits.append(Wait(comes, step))
    return min(waits, default=None)


def _asks_on(there: Crowd, duty: Duty, ladder: Ladder) -> bool:
    """Whether anybody else is asked after this rung: at the end of a site's ladder the desk is.

    After the desk's own last rung nobody is: those off shift have their time to answer.
    """
    return duty.owner == Owner.SITE or duty.step < ladder.last_asked(there.out.off_ladders)


def next_climb_at(duty: Duty, ladder: Ladder) -> datetime:
    """When the next rung is asked, or nobody is left to ask."""
    return ladder.next_at(duty.step, duty.chase_from, duty.due_at, duty.asked_at)


def next_asked(there: Crowd, duty: Duty, ladder: Ladder) -> Wait:
    """Which rung is asked next and when, each in its time: one that asks nobody has its own.

    After the last that asks anybody it is the end, as if it were a rung.
    """
    while True:
        at = next_climb_at(duty, ladder)
        step = duty.step + 1
        if step == len(ladder.steps) or ladder.asked(step, there.out.off_ladders):
            return Wait(at, step)
        duty = replace(duty, step=step, asked_at=at)


def _next_clock(duty: Duty, ladder: Ladder, now: datetime) -> NewJob:
    # A time that passed while a rung was held is due now: it is no clock that was forgotten.
    return climb_job(duty, max(now, next_climb_at(duty, ladder)))


def climb_job(duty: Duty, due: datetime) -> NewJob:
    """The clock of a duty's next rung."""
    priority = PRIORITY["clock" if ladder_of(duty).quiet_hours else "danger"]
    return NewJob("climb", duty.id, due, dedup=f"climb:{duty.id}", priority=priority)


def _messages(
    there: Crowd, duty: Duty, ladder: Ladder, asked: Asked, address: str, *, by_card: bool
) -> tuple[list[NudgeRow], list[NewJob]]:
    """What a rung owes: one message to the channel, and one to each person who needs their own.

    In danger that is everybody asked; else whoever does not read the channel.
    """
    work, now = there.work, there.now
    level = "reminder" if ladder.quiet_hours else "danger"
    state = NudgeState.BY_CARD if by_card else NudgeState.OWED
    roles = _roles(work, ladder, duty.step, asked)
    channel = _row(work, duty, roles, asked.everybody, state, direct=False)
    rows = [channel]
    jobs = [] if by_card else [nudge_job(channel, level, address, now)]
    readers = {person.id for person in work.directory.members(address)}
    for person in asked.everybody:
        own = direct_address(work, person, address)
        if own is None or (ladder.quiet_hours and person in readers):
            continue
        row = _row(work, duty, roles, (person,), NudgeState.OWED, direct=True)
        rows.append(row)
        jobs.append(nudge_job(row, level, own, now))
    return rows, jobs


def _roles(work: Work, ladder: Ladder, step: int, asked: Asked) -> tuple[str, ...]:
    """The roles of a rung, after those of whoever is asked again."""
    known = (work.directory.person(id) for id in asked.again)
    again = dict.fromkeys(person.role.value for person in known if person is not None)
    return tuple(again | dict.fromkeys(role.value for role in ladder.steps[step].roles))


def _row(
    work: Work,
    duty: Duty,
    roles: tuple[str, ...],
    people: tuple[str, ...],
    state: NudgeState,
    *,
    direct: bool,
) -> NudgeRow:
    return NudgeRow(
        id=new_id(work.entropy),
        duty_id=duty.id,
        climb=duty.climb,
        step=duty.step,
        roles=roles,
        state=state,
        sent_at=None,
        people=people,
        direct=direct,
    )


def channel_of(there: Crowd, duty: Duty, cards: Sequence[CardRow] = ()) -> str:
    """The channel in which a duty is asked about."""
    own = next((card for card in cards if card.duty_id == duty.id), None)
    if own is not None:
        return own.address
    return there.site.channel if duty.owner == Owner.SITE else there.desk


CARD_OF = {DutyKind.CARE: CardKind.CARE, DutyKind.SECOND_PERSON: CardKind.SECOND_PERSON}
"""The card of a site for each duty that a site can own."""
