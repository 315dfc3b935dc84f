"""The company that runs this Mamori: its sites, its channels, and the people it lists."""

import unicodedata
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Annotated, Any, Self

import yaml
from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from bot.catalogue import DEFAULT_LANGUAGE, LANGUAGES
from bot.company_yaml import WrongPart, read_yaml
from flows.clocks import OpenHours
from flows.help_now import FIND
from flows.ladders import AT_DESK, Role
from flows.phrases import Frozen, Own
from flows.scene import DayPart
from flows.shifts import Shift
from flows.wall_clock import ZoneName

PERSON_ID = r"^[A-Za-z0-9_.-]{1,32}$"
PHONE = r"^[#+0-9][-0-9 ]{1,19}$"
SLACK_ID = r"^(?:[TE][A-Z0-9]{2,20}\.){0,2}[UW][A-Z0-9]{2,20}$"
"""An account, after its workspace's id, and its organisation's, where there are several."""
ENTRA_ID = r"^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$"
EMAIL = r"^[^@\s]{1,64}@[^@\s]{1,189}$"

Id = Annotated[str, Field(pattern=r"^[a-z0-9]{1,16}$")]
PersonId = Annotated[str, Field(pattern=PERSON_ID)]
Address = Annotated[str, Field(pattern=r"^[a-z]+:\w[\w.:@-]*$")]
"""Where a card goes: the platform, a colon, and the platform's own name for the channel."""


def plain_email(text: str) -> str:
    """An e-mail address in the one form in which two are compared."""
    if text.isascii():
        return text.strip().lower()
    return unicodedata.normalize("NFKC", text).strip().casefold()


def _plain_email(value: Any) -> Any:
    return plain_email(value) if isinstance(value, str) else value


def _spoken(language: str) -> str:
    if language not in LANGUAGES:
        raise ValueError(f"must be one of {', '.join(LANGUAGES)}")
    return language


Spoken = Annotated[str, AfterValidator(_spoken)]
"""A language that has sentences: without them no card could be drawn."""
Phone = Annotated[str, Field(pattern=PHONE)]
SlackId = Annotated[str, Field(pattern=SLACK_ID)]
EntraId = Annotated[str, StringConstraints(pattern=ENTRA_ID, to_lower=True)]
Email = Annotated[str, BeforeValidator(_plain_email), Field(pattern=EMAIL)]


class Site(Frozen):
    """A place where people work, and the channel of its managers."""

    id: Id
    name: Own
    area: Own
    location: str
    zone: ZoneName = "Asia/Tokyo"
    hours: OpenHours | None = None
    """When it is open, on its own clock; left out, it never closes. Public holidays close it
    only where it names a country."""
    channel: Address
    language: Spoken = DEFAULT_LANGUAGE
    on_shift: dict[DayPart, Annotated[int, Field(ge=0)]] = Field(default_factory=dict)
    """How many people work there in each part of the day; left out, it cannot be known."""
    link_version: int = 1
    """Raise it to make every printed poster link of this site invalid."""

    @model_validator(mode="before")
    @classmethod
    def _hours_of_the_place(cls, data: Any) -> Any:
        """Hours written in the file are the site's: its clock, and open on public holidays."""
        if not isinstance(data, dict) or not isinstance(data.get("hours"), dict):
            return data
        zone = {"zone": data["zone"]} if "zone" in data else {}
        return {**data, "hours": {**zone, "holidays": None, **data["hours"]}}

    @model_validator(mode="after")
    def _one_clock(self) -> Self:
        if self.hours is not None and self.hours.zone != self.zone:
            raise ValueError("hours: another zone than the site's; leave zone out there")
        return self


def is_pair(role: Role, second: Role) -> bool:
    """Whether one person can hold both: somewhere at the sites, and at the desk."""
    return second in AT_DESK and role not in AT_DESK


class Person(Frozen):
    """Somebody who works here."""

    id: PersonId
    name: Own
    role: Role
    second_role: Role | None = None
    """At the desk, too: in a small company whoever leads the shop is also its desk."""
    sites: tuple[Id, ...] = ()
    """Where; empty for every site, and for the desk."""
    phone: Phone | None = None
    slack_id: SlackId | None = None
    entra_id: EntraId | None = None
    email: Email | None = None
    shifts: tuple[Shift, ...] = ()
    """Without a shift at a site, always there to be asked."""
    aliases: tuple[PersonId, ...] = ()
    """Further ids of the same person, by the same e-mail."""
    accounts: tuple[Address, ...] = ()
    """Further accounts of the same person, such as "slack:U2" of a second workspace."""

    @model_validator(mode="after")
    def _second_role_at_desk(self) -> Self:
        if self.second_role is not None and not is_pair(self.role, self.second_role):
            raise ValueError("second_role must be desk or desk_lead, beside a role at the sites")
        return self

    @property
    def roles(self) -> tuple[Role, ...]:
        """Every role of theirs, the one at the sites first."""
        return (self.role,) if self.second_role is None else (self.role, self.second_role)

    @property
    def may_be_asked(self) -> bool:
        """Whether any ladder asks somebody with their roles."""
        return self.roles != (Role.STAFF,)

    def role_among(self, asked: Collection[Role]) -> Role:
        """By which of their roles they are among those asked; else their first."""
        return next((role for role in self.roles if role in asked), self.role)

    def all_accounts(self) -> tuple[str, ...]:
        """Every account, as the platform, a colon, and the account there."""
        slack = (f"slack:{self.slack_id}",) if self.slack_id else ()
        teams = (f"teams:{self.entra_id}",) if self.entra_id else ()
        return (*slack, *teams, *self.accounts)

    def shifts_at(self, site_id: str) -> tuple[Shift, ...]:
        """This person's shifts at one site."""
        return tuple(shift for shift in self.shifts if shift.site in (None, site_id))


class Desk(Frozen):
    """The consultation desk's channel."""

    channel: Address
    language: Spoken = DEFAULT_LANGUAGE


class SecondDesk(Desk):
    """Where a case goes that somebody kept out would read in the desk's channel."""

    people: tuple[PersonId, ...] = Field(min_length=1)
    """Who is there, by id; none of them should read the desk's channel."""


class Company(Frozen):
    """One company. A company is the unit of a deployment."""

    name: Own
    policy: str = "standard"
    """The id of a policy pack that ships with Mamori, or the path of the company's own."""
    desk: Desk
    second_desk: SecondDesk | None = None
    sites: tuple[Site, ...]
    people: tuple[Person, ...] = ()
    """Who works here until a roster is imported, which replaces this list as a whole."""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if not self.sites:
            raise ValueError("sites: needs one at least")
        ids = [site.id for site in self.sites]
        if len(set(ids)) != len(ids):
            raise ValueError("two sites have the same id")
        if FIND in ids:
            raise ValueError(f'a site cannot have the id "{FIND}": the search button has it')
        if at_desk := [site.id for site in self.sites if site.channel == self.desk.channel]:
            raise ValueError(
                f"sites: {', '.join(at_desk)}: needs another channel than the desk's, though the "
                "same people may be in both: there only the desk can answer, and no call for help "
                "would be answered by a manager"
            )
        second = self.second_desk
        if second and second.channel in {self.desk.channel, *(s.channel for s in self.sites)}:
            raise ValueError("second_desk: needs a channel that nobody else has")
        known = set(ids)
        for person in self.people:
            named = {*person.sites, *(shift.site for shift in person.shifts if shift.site)}
            if unknown := sorted(named - known):
                raise ValueError(f"people: {person.id} names no known site: {', '.join(unknown)}")
        if missing := self._unknown_at_second_desk():
            raise ValueError(f"second_desk: people has nobody of this id: {', '.join(missing)}")
        if shared := _shared(self.people):
            raise ValueError(f"people: {shared}")
        return self

    def _unknown_at_second_desk(self) -> list[str]:
        """Whom only a roster could know is not asked for where nobody is listed."""
        known = {id for person in self.people for id in (person.id, *person.aliases)}
        named = self.second_desk.people if self.second_desk and known else ()
        return [id for id in named if id not in known]

    @property
    def desk_channels(self) -> tuple[str, ...]:
        """The desk's channel, then the second desk's where there is one."""
        second = (self.second_desk.channel,) if self.second_desk else ()
        return (self.desk.channel, *second)

    def language_of(self, address: str) -> str:
        """What a channel speaks; one that the company does not name speaks the desk's language."""
        spoken = {site.channel: site.language for site in self.sites}
        if self.second_desk is not None:
            spoken[self.second_desk.channel] = self.second_desk.language
        return {**spoken, self.desk.channel: self.desk.language}.get(address, self.desk.language)

    def site(self, site_id: str) -> Site | None:
        """The site by id."""
        return next((site for site in self.sites if site.id == site_id), None)

    def site_of_case(self, site_id: str) -> Site:
        """The site of a case that was sent: once the file has it no more, the desk stands in.

        A shop that closed, or an id that was changed, must lose nobody's report.
        """
        name = Own(ja=site_id, en=site_id)
        return self.site(site_id) or Site(
            id=site_id,
            name=name,
            area=name,
            location="",
            channel=self.desk.channel,
            language=self.desk.language,
        )


def _shared(people: Iterable[Person]) -> str | None:
    """Which two people have something that may lead to one person only."""
    owners: dict[tuple[str, str], Person] = {}
    for person in people:
        marks = [("id", id) for id in (person.id, *person.aliases)]
        marks += [("account", name) for name in person.all_accounts()]
        marks += [("e-mail", person.email)] if person.email else []
        for mark in marks:
            owner = owners.setdefault(mark, person)
            if owner is not person:
                return f"{owner.id} and {person.id} have the same {mark[0]}"
    return None


class CompanyError(Exception):
    """The company file cannot be used; says which part and why."""


def read_company(path: Path) -> Company:
    """The company in a YAML file. Raises CompanyError naming every part that is wrong."""
    try:
        return Company.model_validate(read_yaml(path.read_text("utf-8")))
    except OSError as error:
        raise CompanyError(f"{path}: cannot be read: {error.strerror}") from error
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise CompanyError(f"{path}: cannot be read: {type(error).__name__}") from error
    except WrongPart as error:
        raise CompanyError(f"{path}: {error}") from None
    except ValidationError as error:
        parts = [
            f"{path}: {'.'.join(str(part) for part in problem['loc']) or 'file'}: "
            + problem["msg"].removeprefix("Value error, ")
            for problem in error.errors(include_input=False)
        ]
        raise CompanyError("\n".join(parts)) from error
