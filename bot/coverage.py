"""When nobody of a site's managers would be there to be asked, in the coming week."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.company import Person, Site
from bot.directory import Directory
from flows.clocks import WEEKDAYS
from flows.ladders import Role
from flows.shifts import Stretch
from flows.wall_clock import begins, local_day

FIRST_ASKED = (Role.MANAGER, Role.DEPUTY)
"""Who stands on a site's first rungs."""
_DAYS = 7


@dataclass(frozen=True)
class Gap:
    """A site, and when nobody is there; no stretches where there is nobody at all."""

    site: Site
    stretches: tuple[Stretch, ...]

    def __str__(self) -> str:
        if not self.stretches:
            return f"{self.site.id}: nobody is {' or '.join(FIRST_ASKED)}"
        return f"{self.site.id}: {', '.join(_shown(self.stretches, self.site.zone))}"


def gaps(directory: Directory, now: datetime) -> Iterator[Gap]:
    """Each site with a gap. Who has no shift at a site is always there."""
    for site in directory.company.sites:
        people = [p for role in FIRST_ASKED for p in directory.holders(role, site.id)]
        if not people:
            yield Gap(site, ())
        elif all(person.shifts_at(site.id) for person in people):
            stretches = tuple(_uncovered(site, people, now))
            if stretches:
                yield Gap(site, stretches)


def _uncovered(site: Site, people: Iterable[Person], now: datetime) -> Iterator[Stretch]:
    """Open time of the coming week, from this midnight on, that no shift covers.

    A day more at either end is looked at, so that a gap is seen whole where the week begins.
    """
    today = local_day(now, site.zone)
    week, after = (begins(today + timedelta(days=d), 0, site.zone) for d in (0, _DAYS))
    first, last = (begins(today + timedelta(days=d), 0, site.zone) for d in (-1, _DAYS + 1))
    shifts = {shift for person in people for shift in person.shifts_at(site.id)}
    covered = [s for shift in shifts for s in shift.stretches(first, last, site.zone)]
    for begin, end in _less(_open(site, first, last), sorted(covered)):
        begins_in_week = week <= begin < after
        lasts_into_week = begin == first and end > week
        if begins_in_week or lasts_into_week:
            # What goes on past everything looked at is shown to the end of the week.
            yield max(begin, week), after if end == last else end


def _open(site: Site, first: datetime, last: datetime) -> Iterator[Stretch]:
    """When the site is open between two midnights."""
    if site.hours is None:
        yield first, last
        return
    day = local_day(first, site.zone)
    while begins(day, 0, site.zone) < last:
        opening = site.hours.opening(day)
        if opening:
            yield opening
        day += timedelta(days=1)


def _less(wanted: Iterable[Stretch], covered: list[Stretch]) -> Iterator[Stretch]:
    """What is left of the wanted stretches without those covered, which are in order."""
    for begin, end in wanted:
        present = begin
        for starts, stops in covered:
            if starts >= end:
                break
            if starts > present:
                yield present, starts
            present = max(present, stops)
        if present < end:
            yield present, end


def _shown(stretches: Iterable[Stretch], zone: str) -> Iterator[str]:
    """Stretches as the clock shows them, those of the same hours on several days as one."""
    days: dict[str, list[str]] = defaultdict(list)
    for begin, end in stretches:
        here, there = (moment.astimezone(ZoneInfo(zone)) for moment in (begin, end))
        if there - here >= timedelta(days=_DAYS):
            yield "the whole week"
            return
        until = f"{there:%H:%M}" if there - here < timedelta(days=1) else _weekday_time(there)
        days[f"{here:%H:%M}-{until}"].append(WEEKDAYS[here.weekday()])
    for hours, on in days.items():
        in_order = " ".join(day for day in WEEKDAYS if day in on)
        yield f"{'every day' if len(on) == _DAYS else in_order} {hours}"


def _weekday_time(moment: datetime) -> str:
    return f"{WEEKDAYS[moment.weekday()]} {moment:%H:%M}"
