"""Who works where and when, read from the company's file apart from the product's code."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from bot.company import Company, Person, Site
from flows.ladders import Role

DAYS_AHEAD = 14
"""So far ahead the next shift of somebody is looked for."""


class Crowd:
    """The people of a company, by role and site, and whether they are at work."""

    def __init__(self, company: Company) -> None:
        self._company = company

    def readers(self, channel: str) -> frozenset[str]:
        """Who reads a channel: the desk, or everybody that a site's ladders can ask."""
        address = f"chat:{channel}"
        at_desk = address == self._company.desk.channel
        sites = {site.id for site in self._company.sites if site.channel == address}
        return frozenset(
            person.id
            for person in self._company.people
            if at_desk == person.role.value.startswith("desk")
            and (at_desk or not person.sites or sites & set(person.sites))
        )

    def holders(
        self, role: Role, site: Site, wall: float, sender: str | None
    ) -> tuple[frozenset[str], frozenset[str]]:
        """Everybody who holds a role for a site but the sender, and of them those who are there."""
        everybody = [
            person
            for person in self._company.people
            if person.role is role
            and (not person.sites or site.id in person.sites)
            and person.id != sender
        ]
        there = [person.id for person in everybody if _at_work(person, site.zone, wall)]
        return frozenset(person.id for person in everybody), frozenset(there)

    def begins(
        self, role: Role, site: Site, wall: float, sender: str | None
    ) -> dict[str, list[float]]:
        """When each holder of a role begins their shifts of the next days; nobody without one."""
        holders, _ = self.holders(role, site, wall, sender)
        people = (person for person in self._company.people if person.id in holders)
        return {person.id: list(_begins(person, site.zone, wall)) for person in people}


def _begins(person: Person, zone: str, wall: float) -> Iterator[float]:
    today = _local(zone, wall).date()
    for day in range(DAYS_AHEAD):
        for shift in person.shifts:
            clock = time.fromisoformat(shift.start)
            there = datetime.combine(today + timedelta(days=day), clock, ZoneInfo(zone))
            if (begins := there.astimezone(UTC).timestamp()) > wall:
                yield begins


def _at_work(person: Person, zone: str, wall: float) -> bool:
    """Every shift in these worlds is daily; who has none is always there."""
    shifts = [(shift.start, shift.end) for shift in person.shifts]
    return not shifts or any(_covers(start, end, zone, wall) for start, end in shifts)


@lru_cache(maxsize=4096)
def _local(zone: str, wall: float) -> datetime:
    return datetime.fromtimestamp(wall, ZoneInfo(zone))


def _covers(start: str, end: str, zone: str, wall: float) -> bool:
    local = _local(zone, wall)
    minutes = (local - local.replace(hour=0, minute=0, second=0, microsecond=0)) / timedelta(
        minutes=1
    )
    begins, ends = _minutes(start), _minutes(end)
    return begins <= minutes < ends if begins < ends else minutes >= begins or minutes < ends


def _minutes(clock: str) -> int:
    hours, _, minutes = clock.partition(":")
    return int(hours) * 60 + int(minutes)
