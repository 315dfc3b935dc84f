"""Who is kept out of a case, and what follows: for whom, for which channel, for which desk.

A reporter keeps people out without saying why. They see nothing about the case, a channel that
holds one of them gets nothing about it, and who is in a channel is looked up at every send.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from bot.bodies import Body, ReportBody, sender_of
from bot.case_work import CardKind, Work
from bot.company import Person
from bot.messengers import KnowsMembers, Messenger
from bot.ports import Transaction
from bot.work_records import CardRow, NudgeRow
from flows.ladders import AT_DESK, Role


@dataclass(frozen=True)
class Exclusion:
    """Everybody whom one reporter kept out."""

    roles: frozenset[Role] = frozenset()
    people: frozenset[str] = frozenset()
    desk_moved: bool = False
    """Somebody kept out was found in the desk's channel: the case left it."""
    stands_at: str | None = None
    """The channel of the desk's card. Whoever is there has the case, whatever the roster says of
    another desk since."""

    def __bool__(self) -> bool:
        return bool(self.roles or self.people)

    @property
    def off_ladders(self) -> frozenset[Role]:
        """The roles that no rung asks. Not the desk's: a second desk may stand in for it."""
        return self.roles - AT_DESK

    def asked_by(self, nudge: NudgeRow) -> tuple[Role, ...]:
        """The roles that a message asks. Its row is in the clear, and has those kept out too."""
        roles = (role for role in map(Role, nudge.roles) if role not in self.off_ladders)
        return tuple(roles) or (Role.DESK,)  # where all are kept out

    def names(self, person: Person) -> bool:
        """Whether this very person is kept out, whatever their role."""
        return bool(self.people & {person.id, *person.aliases})

    def covers(self, person: Person) -> bool:
        """Whether this person is kept out, by name or by role."""
        return bool(self.roles & set(person.roles)) or self.names(person)


NOBODY = Exclusion()


def exclusion_of(body: Body, cards: Iterable[CardRow] = ()) -> Exclusion:
    """Whom the reporter of a case kept out; nobody is kept from a call for help.

    `cards`: those of the case, where it matters which desk has it.
    """
    if not isinstance(body, ReportBody):
        return NOBODY
    report = body.report
    people = frozenset(report.excluded_people)
    roles = frozenset(report.excluded)
    if roles & AT_DESK:  # "the desk" means everybody there
        roles |= AT_DESK
    stands_at = next((card.address for card in cards if card.kind == CardKind.DESK), None)
    return Exclusion(roles, people, body.desk_moved, stands_at)


async def exclusion_in(tx: Transaction, case_id: str, body: Body) -> Exclusion:
    """The same, with the desk that has the case, which matters only where somebody is kept out."""
    out = exclusion_of(body)
    return exclusion_of(body, await tx.cards.of_case(case_id)) if out else out


def keeps_out(work: Work, body: Body, person: Person) -> bool:
    """Whether this person of a desk is kept out of a case, or sent it themselves."""
    kept_out = _keeps_from(work, exclusion_of(body), person, at_second_desk=True)
    return kept_out or sent_by(work, body, person)


def _keeps_from(work: Work, out: Exclusion, person: Person, *, at_second_desk: bool) -> bool:
    """Whether somebody is kept out of what the second desk reads, or of anything else.

    Who is at the second desk is there by name, so that only their name counts: a role that is
    kept out means the usual desk's.
    """
    second = work.company.second_desk
    by_name = second.people if second is not None and at_second_desk else ()
    if person.id in map(work.directory.id_now, by_name):
        return out.names(person)
    return out.covers(person)


def keeps_from_messages(work: Work, out: Exclusion, person: Person) -> bool:
    """Whether somebody may get no message of their own about a case, and answer none."""
    second = work.company.second_desk
    has_it = second is not None and desk_of(work, out) == second.channel
    return _keeps_from(work, out, person, at_second_desk=has_it)


def sent_by(work: Work, body: Body, person: Person) -> bool:
    """Whether this person sent a case, under whichever of their ids. Raises NotOpened."""
    sender = sender_of(body)
    return sender is not None and work.directory.id_now(sender) == person.id


def shuts(work: Work, out: Exclusion, address: str) -> bool:
    """Whether a channel holds somebody kept out, as far as the company's own lists know."""
    return bool(out) and _reads_along(work, out, address, work.directory.members(address))


def _reads_along(work: Work, out: Exclusion, address: str, present: Iterable[Person]) -> bool:
    second = work.company.second_desk
    at_second_desk = second is not None and address == second.channel
    return any(_keeps_from(work, out, each, at_second_desk=at_second_desk) for each in present)


def may_have(work: Work, out: Exclusion, desk: str) -> bool:
    """Whether a desk may have a case: nobody kept out is there, and at a second desk somebody is.

    Its people are named in the company file, and a later roster may know none of them: nobody
    could take a case there.
    """
    return is_manned(work, desk) and not shuts(work, out, desk)


def is_manned(work: Work, desk: str) -> bool:
    """Whether anybody is at a desk. At the usual one somebody is: no roster without is taken."""
    return desk == work.company.desk.channel or bool(work.directory.members(desk))


def fit_desks(work: Work, out: Exclusion) -> Iterator[str]:
    """The desks that may have a case: first the one where its card stands, then the usual one."""
    desks = work.company.desk_channels
    allowed = desks[1:] if out.desk_moved else desks
    first = sorted(allowed, key=lambda desk: desk != out.stands_at)
    return (desk for desk in first if may_have(work, out, desk))


def desk_of(work: Work, out: Exclusion) -> str | None:
    """The desk channel that has a case: the second where somebody kept out reads the first.

    It stays where its card stands for as long as it may.
    None: neither may. Then nothing is shown anywhere, and the reporter is told whom to call.
    """
    return next(fit_desks(work, out), None)


class Readers(StrEnum):
    """Who reads a channel now."""

    FIT = "fit"
    UNFIT = "unfit"
    """Somebody whom the reporter kept out; or nobody, at a desk whose people are all gone."""
    UNKNOWN = "unknown"
    """The platform does not say, or nobody is known yet. Nothing is sent until it is known."""


async def readers_of(
    work: Work, messenger: Messenger | None, out: Exclusion, address: str
) -> Readers:
    """Looks up who is in a channel at this moment; nothing is looked up where nobody is kept out.

    Somebody's direct messages are theirs alone: they are fit unless it is them.
    """
    if not out:
        return Readers.FIT
    if not work.directory.known:
        return Readers.UNKNOWN
    deserted = address == out.stands_at and not is_manned(work, address)
    if deserted or shuts(work, out, address):
        return Readers.UNFIT
    platform, _, channel = address.partition(":")
    directory = work.directory
    if channel.startswith("@"):
        person = directory.by_account(platform, channel[1:])
        kept_out = person is not None and keeps_from_messages(work, out, person)
        return Readers.UNFIT if kept_out else Readers.FIT
    if not isinstance(messenger, KnowsMembers):
        return Readers.FIT
    accounts = await messenger.members(channel)
    if accounts is None:
        return Readers.UNKNOWN
    found = (directory.by_account(platform, account) for account in accounts)
    present = [person for person in found if person is not None]
    return Readers.UNFIT if _reads_along(work, out, address, present) else Readers.FIT
