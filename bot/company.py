"""The company that runs this Mamori: its sites, its people and its channels."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Self
from zoneinfo import ZoneInfo, available_timezones

import yaml
from pydantic import AfterValidator, Field, ValidationError, model_validator

from flows.help_now import FIND
from flows.ladders import Role
from flows.phrases import Frozen, Own
from flows.policy import Policy
from flows.scene import DayPart, Scene, SiteOption


def _zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(f'"{name}" is no time zone; write one such as "Asia/Tokyo"')
    return name


Id = Annotated[str, Field(pattern=r"^[a-z0-9]{1,16}$")]
Address = Annotated[str, Field(pattern=r"^[a-z]+:[\w.-]+$")]
"""Where a card goes: the platform, a colon, and the platform's own name for the channel."""


class Site(Frozen):
    """A place where people work, and the channel of its managers."""

    id: Id
    name: Own
    area: Own
    location: str
    zone: Annotated[str, AfterValidator(_zone)] = "Asia/Tokyo"
    channel: Address
    language: str = "ja"
    on_shift: dict[DayPart, int] = Field(default_factory=dict)
    """How many people work there in each part of the day; left out, it cannot be known."""
    link_version: int = 1
    """Raise it to make every printed poster link of this site invalid."""


class Person(Frozen):
    """Somebody who can be asked."""

    id: Id
    name: Own
    role: Role
    sites: tuple[Id, ...] = ()
    phone: str | None = None


class Desk(Frozen):
    """The consultation desk's channel."""

    channel: Address
    language: str = "ja"


class Company(Frozen):
    """One company. A company is the unit of a deployment."""

    name: Own
    policy: str = "standard"
    """The id of a policy pack that ships with Mamori, or the path of the company's own."""
    desk: Desk
    sites: tuple[Site, ...]
    people: tuple[Person, ...]

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        ids = [site.id for site in self.sites]
        if len(set(ids)) != len(ids):
            raise ValueError("two sites have the same id")
        if FIND in ids:
            raise ValueError(f'a site cannot be called "{FIND}"; the search button is')
        people = [person.id for person in self.people]
        if len(set(people)) != len(people):
            raise ValueError("two people have the same id")
        if FIND in ids:
            raise ValueError(f'a site cannot have the id "{FIND}": the search button has it')
        if len({person.id for person in self.people}) != len(self.people):
            raise ValueError("two people have the same id")
        for person in self.people:
            unknown = set(person.sites) - set(ids)
            if unknown:
                raise ValueError(f"people: {person.id} names no known site: {', '.join(unknown)}")
        return self

    def site(self, site_id: str) -> Site | None:
        """The site by id."""
        return next((site for site in self.sites if site.id == site_id), None)

    def person(self, person_id: str) -> Person | None:
        """The person by id."""
        return next((person for person in self.people if person.id == person_id), None)

    def members(self, address: str) -> tuple[Person, ...]:
        """Who is in a channel: the desk's people, or the managers of a site."""
        if address == self.desk.channel:
            return tuple(p for p in self.people if p.role in (Role.DESK, Role.DESK_LEAD))
        sites = {site.id for site in self.sites if site.channel == address}
        return tuple(
            p
            for p in self.people
            if p.role not in (Role.DESK, Role.DESK_LEAD) and sites & set(p.sites)
        )

    def holders(self, role: Role, site_id: str) -> tuple[Person, ...]:
        """Who holds a role for a site; desk roles hold for every site."""
        return tuple(
            p for p in self.people if p.role is role and (not p.sites or site_id in p.sites)
        )

    def channel_roles(self, site: Site) -> frozenset[Role]:
        """The roles present in a site's channel."""
        return frozenset(person.role for person in self.members(site.channel))


def day_part(moment: datetime, zone: str) -> DayPart:
    """The part of the day at a place."""
    hour = moment.astimezone(ZoneInfo(zone)).hour
    if 5 <= hour < 12:
        return DayPart.MORNING
    if 12 <= hour < 17:
        return DayPart.AFTERNOON
    return DayPart.EVENING if 17 <= hour < 22 else DayPart.NIGHT


def day_alone(moment: datetime, zone: str) -> datetime:
    """Noon of the day at a place: for what an unnamed reporter does, whose hour could tell."""
    return moment.astimezone(ZoneInfo(zone)).replace(hour=12, minute=0, second=0, microsecond=0)


def site_option(company: Company, site: Site, now: datetime) -> SiteOption:
    """A site as a conversation sees it, with how many people are on shift there now."""
    part = day_part(now, site.zone)
    neighbours = [other for other in company.sites if other.area == site.area]
    counts = [other.on_shift.get(part) for other in neighbours]
    known = [count for count in counts if count is not None]
    return SiteOption(
        id=site.id,
        name=site.name,
        area=site.area,
        location=site.location,
        headcount=site.on_shift.get(part),
        area_headcount=sum(known) if len(known) == len(counts) else None,
        channel_roles=company.channel_roles(site),
    )


def scene(
    company: Company,
    policy: Policy,
    now: datetime,
    site_id: str | None,
    typed: dict[str, str],
) -> Scene:
    """Where a conversation takes place at this moment."""
    present = {person.role for person in company.people}
    can_be_kept_out = (Role.MANAGER, Role.DEPUTY, Role.AREA, Role.HQ)
    return Scene(
        policy=policy,
        sites=tuple(site_option(company, site, now) for site in company.sites),
        site_id=site_id,
        roles=tuple(role for role in can_be_kept_out if role in present),
        typed=typed,
    )


class CompanyError(Exception):
    """The company file cannot be used; says which part and why."""


def read_company(path: Path) -> Company:
    """The company in a YAML file. Raises CompanyError naming every part that is wrong."""
    try:
        return Company.model_validate(yaml.safe_load(path.read_text("utf-8")))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise CompanyError(f"{path}: cannot be read: {type(error).__name__}") from error
    except ValidationError as error:
        parts = [
            f"{path}: {'.'.join(str(part) for part in problem['loc']) or 'file'}: {problem['msg']}"
            for problem in error.errors(include_input=False)
        ]
        raise CompanyError("\n".join(parts)) from error
