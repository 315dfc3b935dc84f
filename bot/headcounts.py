"""How many people fit a place and a part of the day: how well an unnamed reporter is hidden."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from bot.company import Company, Person, Site, day_part, day_part_window
from flows.ladders import Role
from flows.phrases import Own
from flows.shifts import Shift

_AT_A_SITE = (Role.STAFF, Role.MANAGER, Role.DEPUTY)
"""Who stands at the site they work for; the others come from outside and hide nobody."""

Window = tuple[datetime, datetime]


@dataclass
class _Area:
    """The sites of an area, and its newest count with the parts of the day that it holds for."""

    sites: list[Site] = field(default_factory=list)
    zones: list[str] = field(default_factory=list)
    windows: list[Window] = field(default_factory=list)
    count: int | None = None

    def add(self, site: Site) -> None:
        self.sites.append(site)
        if site.zone not in self.zones:
            self.zones.append(site.zone)


class Headcounts:
    """Counts from the shifts of a roster, or from the company's own figures where it has none.

    Every site is asked about at every press, so each keeps its newest count.
    """

    def __init__(self, company: Company, people: Iterable[Person]) -> None:
        areas: dict[Own, _Area] = defaultdict(_Area)
        for site in company.sites:
            areas[site.area].add(site)
        self._areas = {site.id: areas[site.area] for site in company.sites}
        self._shifts = _known_shifts(people)
        self._present: dict[str, tuple[Window, frozenset[str]]] = {}

    def at(self, site: Site, moment: datetime) -> int | None:
        """How many people are on shift at a site in the present part of its day; None: unknown."""
        if site.id not in self._shifts:
            return site.on_shift.get(day_part(moment, site.zone))
        return len(self._on_shift(site, moment))

    def in_area(self, site: Site, moment: datetime) -> int | None:
        """The same for a site's whole area, each person once; None where any site is unknown."""
        area = self._areas[site.id]
        windows = [day_part_window(moment, zone) for zone in area.zones]
        if area.windows != windows:
            area.windows, area.count = windows, self._count(area.sites, moment)
        return area.count

    def _count(self, sites: Iterable[Site], moment: datetime) -> int | None:
        people: set[str] = set()
        figures = 0
        for site in sites:
            if site.id in self._shifts:
                people |= self._on_shift(site, moment)
            elif (figure := self.at(site, moment)) is not None:
                figures += figure
            else:
                return None
        return len(people) + figures

    def _on_shift(self, site: Site, moment: datetime) -> frozenset[str]:
        window = day_part_window(moment, site.zone)
        kept = self._present.get(site.id)
        if kept is None or kept[0] != window:
            present = frozenset(
                person
                for shift, people in self._shifts[site.id].items()
                if shift.overlaps(*window, site.zone)
                for person in people
            )
            kept = self._present[site.id] = window, present
        return kept[1]


def _known_shifts(people: Iterable[Person]) -> dict[str, dict[Shift, list[str]]]:
    """For each site whose staff's shifts are known: who has which.

    A roster of managers only says nothing about how many work beside them.
    """
    found: dict[str, dict[Shift, list[str]]] = defaultdict(lambda: defaultdict(list))
    staffed = set()
    for person in people:
        if person.role not in _AT_A_SITE:
            continue
        for shift in person.shifts:
            for site_id in (shift.site,) if shift.site else person.sites:
                found[site_id][shift].append(person.id)
                if person.role is Role.STAFF:
                    staffed.add(site_id)
    return {site_id: found[site_id] for site_id in staffed}
