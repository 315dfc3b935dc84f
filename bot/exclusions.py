"""Who is kept out of a case, and what follows: for whom, for which channel, for which desk.

A reporter keeps people out without saying why. They see nothing about the case, a channel that
holds one of them gets nothing about it, and who is in a channel is looked up at every send.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from bot.bodies import Body, KeptOut, ReportBody, sender_of
from bot.case_work import CardKind, Work, site_by
from bot.company import Person
from bot.messengers import KnowsMembers, Messenger
from bot.ports import Transaction
from bot.work_records import CardRow, NudgeRow, platform_of
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
    known_as: tuple[KeptOut, ...] = ()
    """All of them as they were known when the report was sent, whatever a roster says since."""

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
        named = (each for each in self.known_as if each.id in self.people)
        return bool(self.people & _ids_of(person)) or any(_is(each, person) for each in named)

    def covers(self, person: Person) -> bool:
        """Whether this person is kept out, by name or by role; also by the role they had then."""
        by_role = bool(self.roles & set(person.roles))
        return by_role or self.names(person) or any(_is(each, person) for each in self.known_as)

    @property
    def unknown_people(self) -> frozenset[str]:
        """Who is kept out by name and of whom no account was kept: only a roster knows them."""
        return self.people - {each.id for each in self.known_as}


def _ids_of(person: Person) -> set[str]:
    return {person.id, *person.aliases}


def _is(kept: KeptOut, person: Person) -> bool:
    """Whether this is the person who was kept out: the same id, or an account of theirs."""
    return kept.id in _ids_of(person) or bool({*kept.accounts} & {*person.all_accounts()})


def _has(kept: KeptOut, platform: str, account: str) -> bool:
    """Whether an account of which no roster tells is this person's.

    With several workspaces the company writes the workspace before an account; for somebody who is
    in no roster the platform tells the last part alone.
    """
    if account == kept.id:
        return True
    ours = [each for each in kept.accounts if each.startswith(f"{platform}:")]
    return any(account in (each.partition(":")[2], each.rpartition(".")[2]) for each in ours)


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
    return Exclusion(roles, people, body.desk_moved, stands_at, body.kept_out)


async def exclusion_in(tx: Transaction, case_id: str, body: Body) -> Exclusion:
    """The same, with the desk that has the case, which matters only where somebody is kept out."""
    out = exclusion_of(body)
    return exclusion_of(body, await tx.cards.of_case(case_id)) if out else out


def known_to_be_out(work: Work, body: ReportBody) -> ReportBody:
    """The report with everybody whom its reporter keeps out as they are known now.

    Who was known before stays, and accounts of theirs are only added. While nobody is known
    nothing is: a list that is out of date would name others.
    """
    out = exclusion_of(body)
    if not out or not work.directory.known:
        return body
    found = {each.id: each for each in body.kept_out}
    for id, person in _who(work, out, site_by(work, body).id):
        before = found[id].accounts if id in found else ()
        accounts = tuple(dict.fromkeys((*before, *person.all_accounts())))
        found[id] = KeptOut(id=id, accounts=accounts)
    return body.model_copy(update={"kept_out": tuple(found.values())})


def _who(work: Work, out: Exclusion, site_id: str) -> Iterator[tuple[str, Person]]:
    """Everybody who is kept out of a case of this site, under the id that keeps them out."""
    directory = work.directory
    by_name = ((id, directory.person(id)) for id in sorted(out.people))
    yield from ((id, person) for id, person in by_name if person is not None)
    for role in sorted(out.off_ladders):
        yield from ((person.id, person) for person in directory.holders(role, site_id))
    if out.roles & AT_DESK:
        yield from ((each.id, each) for each in directory.members(work.company.desk.channel))


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


def _stranger_reads_along(
    work: Work, out: Exclusion, address: str, accounts: Iterable[str]
) -> bool:
    """Whether one of these accounts, of which no roster tells, is that of somebody kept out."""
    platform, second = platform_of(address), work.company.second_desk
    by_name = second.people if second is not None and address == second.channel else ()
    kept_out = [each for each in out.known_as if each.id in out.people or each.id not in by_name]
    return any(_has(each, platform, account) for each in kept_out for account in accounts)


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
    """The platform does not say, nobody is known yet, or nobody knows any more by which account
    somebody kept out reads. Nothing is sent until it is known."""


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
    channel = address.partition(":")[2]
    if channel.startswith("@"):
        return Readers.UNFIT if _is_theirs(work, out, address) else Readers.FIT
    if not isinstance(messenger, KnowsMembers):
        return Readers.FIT
    accounts = await messenger.members(channel)
    return Readers.UNKNOWN if accounts is None else _of_accounts(work, out, address, accounts)


def _is_theirs(work: Work, out: Exclusion, address: str) -> bool:
    """Whether direct messages are those of somebody kept out."""
    account = address.partition("@")[2]
    person = work.directory.by_account(platform_of(address), account)
    if person is None:
        return _stranger_reads_along(work, out, address, (account,))
    return keeps_from_messages(work, out, person)


def _of_accounts(work: Work, out: Exclusion, address: str, accounts: Iterable[str]) -> Readers:
    """The same of a channel in which these accounts are."""
    directory, platform = work.directory, platform_of(address)
    found = {account: directory.by_account(platform, account) for account in accounts}
    present = [person for person in found.values() if person is not None]
    strangers = [account for account, person in found.items() if person is None]
    if _reads_along(work, out, address, present):
        return Readers.UNFIT
    if _stranger_reads_along(work, out, address, strangers):
        return Readers.UNFIT
    nobodies = [id for id in out.unknown_people if directory.person(id) is None]
    return Readers.UNKNOWN if strangers and nobodies else Readers.FIT
