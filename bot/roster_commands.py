"""`mamori roster check` and `mamori roster import`."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import TextIO
from zoneinfo import ZoneInfo

from bot.company import Company, Person, Site
from bot.coverage import gaps
from bot.directory import DESK_ROLES, Directory, refresh
from bot.ports import Storage
from bot.roster import pack
from bot.roster_carried import carried
from bot.roster_file import read_roster
from bot.work_records import platform_of
from flows.ladders import Role

SHOWN = 20
"""So many sites or people of a kind are listed, the others counted."""


def check_roster(path: Path, company: Company, now: datetime, out: TextIO) -> tuple[Person, ...]:
    """Prints everything that is wrong with a roster, or what is in it. Nobody when it is wrong."""
    reading = read_roster(path.read_bytes(), company, str(path))
    for line in (*reading.problems, *reading.notes):
        print(line, file=out)
    if not reading.people:
        return ()
    directory = Directory(company)
    directory.load(reading.people, 1)
    for text in _summary(reading.people, directory, now):
        print(text, file=out)
    empty = list(empty_desks(directory))
    for text in empty:
        print(text, file=out)
    return () if empty else reading.people


async def in_use(company: Company, storage: Storage) -> Directory:
    """Who works here by the roster in use, or by the company's own list."""
    before = Directory(company)
    await refresh(before, storage)
    return before


def left_alone(people: Sequence[Person], before: Directory) -> list[str]:
    """The sites that the roster in use has a manager or deputy for, and this one does not.

    A file that was cut off looks like a good one otherwise.
    """
    after = Directory(before.company)
    after.load(people, 1)
    sites = before.company.sites
    return [each.id for each in sites if _led(before, each) and not _led(after, each)]


def _led(directory: Directory, site: Site) -> bool:
    return any(directory.holders(role, site.id) for role in (Role.MANAGER, Role.DEPUTY))


def say_left_alone(sites: Sequence[str], out: TextIO) -> None:
    """Why a roster was not taken."""
    for line in _listed("These sites would lose their last manager or deputy:", sites):
        print(line, file=out)
    print(
        "Not imported. Is the file whole? If it is right: mamori roster import --even-so", file=out
    )


async def import_roster(
    people: Sequence[Person], before: Directory, storage: Storage, now: datetime, out: TextIO
) -> None:
    """Puts a roster in place of the one before, sealed; running services take it up."""
    async with storage.write() as tx:
        version = await tx.rosters.replace(pack(carried(people, before)), now)
    print(f"Imported as version {version}.", file=out)


def _summary(people: Sequence[Person], directory: Directory, now: datetime) -> Iterator[str]:
    sites = {site_id for person in people for site_id in person.sites}
    shifts = sum(len(person.shifts) for person in people)
    yield f"{len(people)} people at {len(sites)} sites, with {shifts} shifts."
    roles = Counter(role for person in people for role in person.roles)
    yield from _clocks(directory.company, now)
    yield "By role: " + ", ".join(f"{role} {roles[role]}" for role in Role if roles[role]) + "."
    unreachable = [person.id for person in people if not _is_reachable(person)]
    yield from _listed("Nothing says how to reach these people:", unreachable)
    mute = _mute(directory)
    yield from _listed("No account where they are asked, so that nobody reaches them there:", mute)
    missing = _missing_at_second_desk(directory)
    yield from _listed("These people of the second desk are not here:", missing)
    uncovered = [str(gap) for gap in gaps(directory, now)]
    yield from _listed("Nobody to ask first at these sites in the coming week:", uncovered)


def _clocks(company: Company, now: datetime) -> Iterator[str]:
    """What time it is where: a wrong zone shows nowhere else before somebody waits for hours."""
    for zone, sites in sorted(Counter(site.zone for site in company.sites).items()):
        yield f"It is {now.astimezone(ZoneInfo(zone)):%a %H:%M} at {sites} sites ({zone})."


def empty_desks(directory: Directory) -> Iterator[str]:
    """The desks where nobody would be, so that such a roster must not come to be used."""
    company = directory.company
    if not directory.members(company.desk.channel):
        desk = " or ".join(DESK_ROLES)
        yield f"Nobody has the role {desk}: no case could be taken. Add them."
    second = company.second_desk
    if second is not None and not directory.members(second.channel):
        people = ", ".join(second.people)
        yield (
            f"Nobody of the second desk is here ({people}): no case could be taken there. Add them,"
            " or name others under second_desk in the company file."
        )


def _missing_at_second_desk(directory: Directory) -> Sequence[str]:
    second = directory.company.second_desk
    return [id for id in second.people if not directory.person(id)] if second else []


def _mute(directory: Directory) -> list[str]:
    """Whoever has no account on a platform that a channel of the company is on.

    The desk is asked beside a site's card, and head office beside the desk's.
    """
    company = directory.company
    channels = (*company.desk_channels, *(site.channel for site in company.sites))
    used = sorted({platform_of(each) for each in channels})
    members = {person.id: person for each in channels for person in directory.members(each)}
    return [
        f"{person.id} ({platform})"
        for person in members.values()
        for platform in used
        if directory.account(person, platform) is None
    ]


def _is_reachable(person: Person) -> bool:
    """Staff are never asked, so nothing has to lead to them."""
    ways = (person.slack_id, person.entra_id, person.email, person.phone)
    return not person.may_be_asked or any(ways)


def _listed(title: str, items: Sequence[str]) -> Iterator[str]:
    if items:
        yield title
        yield from (f"  {item}" for item in islice(items, SHOWN))
    if len(items) > SHOWN:
        yield f"  and {len(items) - SHOWN} more"
