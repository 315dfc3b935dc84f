"""Who works here and how each is reached: the company's list, or the roster in its place."""

import asyncio
import base64
import contextlib
import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

import structlog

from bot.company import Company, Person, Site, plain_email
from bot.company_records import OnDuty
from bot.headcounts import Headcounts
from bot.ports import Storage
from bot.roster import RosterUnreadable, unpack
from flows.ladders import AT_DESK, Role
from flows.scene import PersonOption

log = structlog.get_logger()

DESK_ROLES = (Role.DESK, Role.DESK_LEAD)
AT_A_TIME = 200
"""So many people of a new roster are read before others get their turn."""
FIRST_LOOK_SECONDS = 5.0
"""What is shown to somebody waits so long for a roster; the largest is read in less than two."""
NAMED_AT_MOST = 10
"""People to keep out by name on one screen; the others by role. What every platform can show."""
_SITE_ROLES = (Role.MANAGER, Role.DEPUTY, Role.AREA, Role.HQ)
"""Who can be asked about a site, in the order in which a channel's people are listed."""


class Directory:
    """Every look-up of a person, each in a few steps however many people there are.

    `version` is that of the imported roster, 0 for the company's own list; `refused` that of a
    newer one which is no roster of this program, so that it is not read again and again.
    """

    def __init__(self, company: Company) -> None:
        self.company = company
        self._sites_of: dict[str, list[str]] = defaultdict(list)
        for site in company.sites:
            self._sites_of[site.channel].append(site.id)
        self.refused = 0
        self.known = True
        """Whether it is known who works here. While a service begins it is not, and goes on not to
        be where the roster that is there cannot be read: nobody is asked and nothing is sent."""
        self.unread = False
        """Whether the newest roster cannot be read; who was known before is asked on."""
        self._was_known = False
        self._looked_at = asyncio.Event()
        self.load(company.people, 0)

    def load(self, people: Sequence[Person], version: int) -> None:
        """Puts these people in place of those known so far."""
        self._index = _Index(people)
        self._headcounts = Headcounts(self.company, people)
        self._members: dict[str, tuple[Person, ...]] = {}
        self._channel_roles: dict[str, frozenset[Role]] = {}
        self._can_be_kept_out: dict[str, tuple[PersonOption, ...]] = {}
        self.version = version

    def begins(self) -> None:
        """A service begins: what the company's list says may be long out of date."""
        self.known = self._was_known = False
        self._looked_at.clear()

    def found(self, *, readable: bool) -> None:
        """Notes what a look at the newest roster came to."""
        self.unread = not readable
        self.known = self._was_known = readable or self._was_known
        self._looked_at.set()

    async def first_look(self) -> None:
        """Waits for the first look of a service that begins; not long, and not for a second one."""
        if not self.known:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._looked_at.wait(), FIRST_LOOK_SECONDS)

    @property
    def roles(self) -> frozenset[Role]:
        """The roles that somebody holds."""
        return self._index.roles

    def person(self, person_id: str) -> Person | None:
        """The person by id, or by another id of theirs."""
        return self._index.by_id.get(person_id)

    def id_now(self, person_id: str) -> str:
        """The id of whoever has or had this one: what two ids did, one person may have done."""
        person = self.person(person_id)
        return person.id if person is not None else person_id

    def by_email(self, email: str) -> Person | None:
        """The person with this e-mail, however it is written."""
        return self._index.by_email.get(plain_email(email))

    def by_account(self, platform: str, account: str) -> Person | None:
        """The person behind an account of a platform."""
        if platform in ("slack", "teams"):
            return self._index.by_account.get(f"{platform}:{account}")
        return self.person(account)

    def account(self, person: Person, platform: str) -> str | None:
        """The person's account on a platform; on ours the person's id."""
        if platform == "slack":
            return person.slack_id
        return person.entra_id if platform == "teams" else person.id

    def accounts(self, platform: str) -> Iterator[str]:
        """Every account of a platform, as the company wrote it: each time one look at them all."""
        before = f"{platform}:"
        names = (name for name in self._index.by_account if name.startswith(before))
        return (name.removeprefix(before) for name in names)

    def members(self, address: str) -> tuple[Person, ...]:
        """Who is in a channel: the desk's people, or those who can be asked for a site."""
        found = self._members.get(address)
        if found is None:
            found = self._members_of(address)
            if found:  # of channels that are none of the company's nothing is kept
                self._members[address] = found
        return found

    def _members_of(self, address: str) -> tuple[Person, ...]:
        if address == self.company.desk.channel:
            return self._index.desk
        second = self.company.second_desk
        if second is not None and address == second.channel:
            found = (self.person(id) for id in second.people)
            return tuple(person for person in found if person is not None)
        sites = self._sites_of.get(address, ())
        asked = (
            person for id in sites for role in _SITE_ROLES for person in self.holders(role, id)
        )
        return tuple({person.id: person for person in asked}.values())

    @property
    def desk_roles(self) -> frozenset[Role]:
        """Every role of whoever is at the usual desk: who keeps one of them out keeps it out."""
        return AT_DESK | {role for person in self._index.desk for role in person.roles}

    @property
    def desk_is_empty(self) -> bool:
        """Whether it is known who works here, and nobody of them is at the desk."""
        return self.known and not self._index.desk

    @property
    def has_second_desk(self) -> bool:
        """Whether anybody is at a second desk: its people may be of an earlier roster."""
        second = self.company.second_desk
        return second is not None and bool(self.members(second.channel))

    def reader(self, address: str, person_id: str) -> Person | None:
        """The person, if they read this channel now, or these direct messages are theirs."""
        person = self.person(person_id)
        platform, _, channel = address.partition(":")
        if person is not None and channel == f"@{self.account(person, platform)}":
            return person
        return next((each for each in self.members(address) if each is person), None)

    def holders(self, role: Role, site_id: str) -> tuple[Person, ...]:
        """Who holds a role for a site; who names no site holds it for every one."""
        return self._index.holders(role, site_id)

    def channel_roles(self, site: Site) -> frozenset[Role]:
        """The roles present in a site's channel."""
        if site.channel not in self._channel_roles:
            roles = frozenset(r for person in self.members(site.channel) for r in person.roles)
            self._channel_roles[site.channel] = roles
        return self._channel_roles[site.channel]

    def can_be_kept_out(self, site: Site) -> tuple[PersonOption, ...]:
        """Whom a reporter of a site can keep out by name: those nearest to it first."""
        if site.id not in self._can_be_kept_out:
            channels = (site.channel, *self.company.desk_channels)
            self._can_be_kept_out[site.id] = _named_options(*map(self.members, channels))
        return self._can_be_kept_out[site.id]

    def on_shift(
        self,
        person: Person,
        site: Site,
        moment: datetime,
        declared: Collection[OnDuty],
        *,
        as_desk: bool = False,
    ) -> bool:
        """Whether a person is at work at a site then, and so can be asked.

        Who said to be on duty is there and nowhere else, whatever the roster says; who is at the
        desk, too, can be asked `as_desk` all the same. Without that the shifts decide; who has none
        at this site is always there to be asked.
        """
        said = self.declared_by(person, moment, declared)
        if said is not None and said.site_id == site.id:
            return True
        if said is not None and not (as_desk and person.second_role is not None):
            return False
        shifts = person.shifts_at(site.id)
        return not shifts or any(shift.covers(moment, site.zone) for shift in shifts)

    def declared_by(
        self, person: Person, moment: datetime, declared: Collection[OnDuty]
    ) -> OnDuty | None:
        """Where a person said last that they are on duty, under whichever of their ids.

        Not at a site that the company has no more, or that a roster took from them since: whoever
        was nowhere because of it would be asked at none of their own.
        """
        own = [
            row
            for row in declared
            if row.until > moment
            and self.id_now(row.person_id) == person.id
            and self.company.site(row.site_id) is not None
            and (not person.sites or row.site_id in person.sites)
        ]
        return max(own, key=lambda row: row.until, default=None)

    def headcount(self, site: Site, moment: datetime) -> int | None:
        """How many are on shift at a site in the present part of the day; None: unknown."""
        return self._headcounts.at(site, moment)

    def area_headcount(self, site: Site, moment: datetime) -> int | None:
        """How many are on shift in a site's whole area; None: unknown."""
        return self._headcounts.in_area(site, moment)


def _named_options(
    at_site: Sequence[Person], at_desk: Sequence[Person], at_second: Sequence[Person] = ()
) -> tuple[PersonOption, ...]:
    desk, second = ({person.id for person in there} for there in (at_desk, at_second))
    found: dict[str, PersonOption] = {}
    for person in (*at_site, *at_desk):
        # Short, for the list of answers is; the same as long as the person is in the roster.
        code = base64.b32encode(hashlib.sha256(person.id.encode()).digest())[:4].decode().lower()
        found.setdefault(
            code,
            PersonOption(
                id=person.id,
                code=code,
                name=person.name,
                role=person.role,
                reads_site=person in at_site,
                reads_desk=person.id in desk,
                reads_second_desk=person.id in second,
            ),
        )
    return tuple(found.values())[:NAMED_AT_MOST]


class _Index:
    """The same people by everything that they are looked up by."""

    def __init__(self, people: Sequence[Person]) -> None:
        self.roles = frozenset(role for person in people for role in person.roles)
        # Whoever is at the desk reads its channel, also where their row names a site.
        self.desk = tuple(each for role in DESK_ROLES for each in people if role in each.roles)
        self.by_id = {id: person for person in people for id in (person.id, *person.aliases)}
        self.by_email = {person.email: person for person in people if person.email}
        self.by_account = {name: person for person in people for name in person.all_accounts()}
        self._holders: dict[tuple[Role, str | None], list[Person]] = defaultdict(list)
        for person in people:
            for site_id in person.sites or (None,):
                self._holders[person.role, site_id].append(person)
            if person.second_role is not None:  # the desk is every site's
                self._holders[person.second_role, None].append(person)

    def holders(self, role: Role, site_id: str | None) -> tuple[Person, ...]:
        """Who holds a role for one site, then who holds it for every site."""
        everywhere = self._holders.get((role, None), [])
        here = self._holders.get((role, site_id), []) if site_id is not None else []
        return (*here, *everywhere)


async def refresh(directory: Directory, storage: Storage) -> None:
    """Takes up a roster that was imported since. One that cannot be read changes nothing, but
    that a service which only begins asks nobody."""
    async with storage.read() as tx:
        version = await tx.rosters.version()
        if version == directory.version:
            directory.found(readable=True)
        if version in (directory.version, directory.refused):
            return
        try:
            packed = await tx.rosters.read()
        except Exception as error:  # noqa: BLE001  whatever it is, nobody's clock may stop for it
            log.error("roster_unreadable", reason="not_opened", error=type(error).__name__)
            directory.found(readable=False)
            return
    try:
        people = await _people_in(packed)
    except RosterUnreadable as error:
        log.error("roster_unreadable", reason=error.reason)
        directory.refused = version
        directory.found(readable=False)
        return
    directory.load(people, version)
    directory.found(readable=True)
    if directory.company.second_desk is not None and not directory.has_second_desk:
        log.error("second_desk_empty")


async def _people_in(packed: bytes | None) -> list[Person]:
    people = []
    for person in unpack(packed):
        people.append(person)
        if len(people) % AT_A_TIME == 0:
            await asyncio.sleep(0)
    return people
