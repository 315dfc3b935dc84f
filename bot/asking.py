"""A rung of a ladder is reached: who is asked, by which messages, and when the next one is."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from bot.case_work import PRIORITY, CardKind, Work, direct_address, nudge_job
from bot.crowds import Asked, Crowd
from bot.heard import is_heard
from bot.keys import new_id
from bot.rows import ladder_of, message_level
from bot.work_records import CardRow, Duty, NewJob, NudgeRow, NudgeState
from flows.commitments import DutyKind
from flows.duties import Owner
from flows.ladders import Ladder, Role


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
    silent: frozenset[str] = frozenset(),
) -> Climbed:
    """Asks the next rung on which anybody is, or waits until somebody can be asked.

    `by_card`: a new card in the channel asks the first rung itself. `asked_before`: what was
    said about this duty so far; `answered`: who need not be asked; `silent`: whose answer ran out.
    Before it is known who works here nobody is passed over: the clock asks as soon as it is.
    """
    if not there.work.directory.known:
        return Climbed(duty, jobs=(climb_job(duty, there.now),))
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
    asked = replace(asked, again=there.ask_again(duty, ladder, asked_before, answered, silent))
    moved, now = replace(duty, step=step, asked_at=there.now), there.now
    rows, jobs = _messages(there, moved, ladder, asked, address, by_card=by_card and step == 0)
    unheard = asked.nobody_there or not is_heard(there.work, asked.people, address)
    at_once = unheard and _asks_on(there, moved, ladder)
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


def is_next_asked(
    there: Crowd, duty: Duty, ladder: Ladder, answered: frozenset[str] = frozenset()
) -> bool:
    """Whether anybody is on a rung above the present one, now or later."""
    there = there.about(duty)
    _, asked = _first_there(there, duty, ladder, answered)
    return asked is not None or next_there(there, duty, ladder, answered) is not None


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
    """Which rung is next and when, each in its time: one whose roles are kept out has its own.

    After the last that asks anybody it is the end, as if it were a rung.
    """
    while True:
        at = next_climb_at(duty, ladder)
        step = duty.step + 1
        if step == len(ladder.steps) or ladder.asked(step, there.out.off_ladders):
            return Wait(at, step)
        duty = replace(duty, step=step, asked_at=at)


class Next(NamedTuple):
    """Who is asked next, and when; nobody where it is the end."""

    roles: tuple[Role, ...]
    at: datetime


def next_heard(
    there: Crowd, ladder: Ladder, wait: Wait, address: str, answered: frozenset[str]
) -> Next:
    """Who hears of it once it is time for a rung: of one that nobody hears, or on which nobody is
    then, the next come at once; where they cannot either, it waits for whoever can be asked first.
    """
    waits: list[Wait] = []
    for step in range(wait.step, len(ladder.steps)):
        if not ladder.asked(step, there.out.off_ladders):
            continue
        opens = there.held(ladder, step, wait.at)
        if opens > wait.at:
            waits.append(Wait(opens, step))
            break
        then = replace(there, now=max(wait.at, there.now))
        roles = _heard_then(then, ladder, step, address, answered)
        if roles:
            return Next(roles, wait.at)
        if roles is not None:  # asked in vain; nobody goes back to a rung below
            waits.clear()
        elif (comes := then.comes(ladder, step, answered)) is not None:
            waits.append(Wait(comes, step))
    if waits:
        return next_heard(there, ladder, min(waits), address, answered)
    return Next((), wait.at)


def _heard_then(
    then: Crowd, ladder: Ladder, step: int, address: str, answered: frozenset[str]
) -> tuple[Role, ...] | None:
    """The roles of a rung that hear of it at that moment; None where nobody of it is there.

    Before it is known who works here nobody is passed over.
    """
    roles = ladder.asked(step, then.out.off_ladders)
    if not then.work.directory.known:
        return roles
    asked = then.ask(ladder, step, answered).people
    if not asked:
        return None
    ids = {role: then.among(asked, ladder, role) for role in roles}
    return tuple(role for role in roles if is_heard(then.work, ids[role], address))


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
    level = message_level(duty)
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
    before = [role for rung in ladder.steps[:step] for role in rung.roles]
    again = dict.fromkeys(each.role_among(before).value for each in known if each is not None)
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
