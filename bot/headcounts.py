"""How many people fit a place and a time: how well an unnamed reporter is hidden."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache

from bot.company import Company, Person, Site
from bot.day_parts import day_part, day_part_window
from flows.ladders import Role
from flows.phrases import Own
from flows.scene import DELAY_MINUTES
from flows.shifts import Shift

_AT_A_SITE = (Role.STAFF, Role.MANAGER, Role.DEPUTY)
"""Who stands at the site they work for; the others come from outside and hide nobody."""

_SLOT = timedelta(minutes=10)
"""Counts hold for so long. Shorter than the shortest wait before a report leaves."""

Window = tuple[datetime, datetime]


@dataclass
class _Area:
    """The sites of an area, and its newest count with the slot that it holds for."""

    sites: list[Site] = field(default_factory=list)
    slot: datetime | None = None
    count: int | None = None


class Headcounts:
    """Counts from the shifts of a roster, or from the company's own figures where it has none.

    A roster is read as a thief would read it who sees a report reach the desk, knows how long it
    may have waited, and guesses whoever was there longest when it can have been sent. The count
    is the number of people among whom that guess is no better than chance, in the worst case: a
    count of five means that nobody is guessed more often than once in five.

    A screen asks again at every press, so each site keeps its newest count.
    """

    def __init__(self, company: Company, people: Iterable[Person]) -> None:
        areas: dict[Own, _Area] = defaultdict(_Area)
        for site in company.sites:
            areas[site.area].sites.append(site)
        self._areas = {site.id: areas[site.area] for site in company.sites}
        self._shifts = _known_shifts(people)
        self._at: dict[str, tuple[datetime, int]] = {}

    def at(self, site: Site, moment: datetime) -> int | None:
        """How many people fit a report that is sent from a site at a moment; None: unknown."""
        if site.id not in self._shifts:
            return site.on_shift.get(day_part(moment, site.zone))
        slot = _slot(moment)
        kept = self._at.get(site.id)
        if kept is None or kept[0] != slot:
            kept = self._at[site.id] = slot, self._fit((site,), slot)
        return kept[1]

    def in_area(self, site: Site, moment: datetime) -> int | None:
        """The same for a site's whole area, each person once; None where any site is unknown."""
        area, slot = self._areas[site.id], _slot(moment)
        if area.slot != slot:
            area.slot, area.count = slot, self._count(area.sites, slot)
        return area.count

    def _count(self, sites: Sequence[Site], slot: datetime) -> int | None:
        known = [site for site in sites if site.id in self._shifts]
        figures = [self.at(site, slot) for site in sites if site.id not in self._shifts]
        if None in figures:
            return None
        return self._fit(known, slot) + sum(figure or 0 for figure in figures)

    def _fit(self, sites: Sequence[Site], slot: datetime) -> int:
        counts = [
            self._suspects(sites, window, slot if in_part else None)
            for window in _windows(slot)
            for in_part in (False, True)
        ]
        # When nobody at all was there, nobody is pointed at.
        return min((count for count in counts if count), default=0)

    def _suspects(self, sites: Sequence[Site], window: Window, part_of: datetime | None) -> int:
        """`part_of`: the reader also knows the part of the day that this lies in."""
        seconds: dict[str, int] = {}
        for site in sites:
            begin, end = window
            if part_of is not None:
                first, last = day_part_window(part_of, site.zone)
                begin, end = max(begin, first), min(end, last)
            here: Counter[str] = Counter()
            for shift, people in self._shifts[site.id].items():
                if there := _seconds(shift, begin, end, site.zone):
                    here.update(dict.fromkeys(people, there))
            # Who works at two sites is one person, and at one of them at a time.
            seconds |= {who: max(there, seconds.get(who, 0)) for who, there in here.items()}
        return sum(seconds.values()) // max(seconds.values()) if seconds else 0


def _slot(moment: datetime) -> datetime:
    return moment - timedelta(
        minutes=moment.minute % (_SLOT.seconds // 60),
        seconds=moment.second,
        microseconds=moment.microsecond,
    )


def _windows(slot: datetime) -> Iterator[Window]:
    """When a report can have been sent, for each time at which one of this slot may be seen."""
    shortest, longest = (timedelta(minutes=minutes) for minutes in DELAY_MINUTES)
    seen, last = slot + shortest, slot + _SLOT + longest
    while seen <= last:
        yield seen - longest, seen - shortest
        seen += _SLOT


@lru_cache(maxsize=4096)
def _seconds(shift: Shift, begin: datetime, end: datetime, zone: str) -> int:
    """How long somebody with this shift is there between two instants."""
    return sum(
        int((min(stop, end) - max(start, begin)).total_seconds())
        for start, stop in shift.stretches(begin, end, zone)
    )


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
