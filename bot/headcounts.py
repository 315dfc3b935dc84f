"""How many people fit a place and a part of the day: how well an unnamed reporter is hidden."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from bot.company import Company, Person, Site, day_part, day_part_window
from flows.ladders import Role
from flows.phrases import Own
from flows.shifts import Shift

_AT_A_SITE = ("staff", Role.MANAGER, Role.DEPUTY)
"""Who stands at the site they work for; the others come from outside and hide nobody."""

Window = tuple[datetime, datetime]


class Headcounts:
    """Counts from the shifts of a roster, or from the company's own figures where it has none.

    Every site is asked about at every press, so each keeps its newest count.
    """

    def __init__(self, company: Company, people: Iterable[Person]) -> None:
        self._areas: dict[Own, list[Site]] = defaultdict(list)
        for site in company.sites:
            self._areas[site.area].append(site)
        self._shifts = _known_shifts(people)
        self._present: dict[str, tuple[Window, frozenset[str]]] = {}
        self._in_area: dict[Own, tuple[list[Window], int | None]] = {}

    def at(self, site: Site, moment: datetime) -> int | None:
        """How many people are on shift at a site in the present part of its day; None: unknown."""
        if site.id not in self._shifts:
            return site.on_shift.get(day_part(moment, site.zone))
        return len(self._on_shift(site, moment))

    def in_area(self, site: Site, moment: datetime) -> int | None:
        """The same for a site's whole area, each person once; None where any site is unknown."""
        sites = self._areas[site.area]
        windows = [day_part_window(moment, zone) for zone in sorted({s.zone for s in sites})]
        kept = self._in_area.get(site.area)
        if kept is None or kept[0] != windows:
            kept = self._in_area[site.area] = windows, self._count(sites, moment)
        return kept[1]

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
                if person.role == "staff":
                    staffed.add(site_id)
    return {site_id: found[site_id] for site_id in staffed}
