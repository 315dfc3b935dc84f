"""What cannot be stolen is guessed: who reported, from a roster and the times of a channel; and
which receipt opens a case.
"""

import asyncio
import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.company import Company, Person, Site
from bot.day_parts import day_part_window
from bot.directory import Directory
from bot.keys import RECEIPT_DIGITS, IndexKey
from bot.own_case import OwnCases
from bot.sealed_lists import SealedLists, Visitor
from flows.ladders import Role
from flows.outcomes import Visibility
from flows.phrases import Own
from flows.scene import DELAY_MINUTES, ENOUGH_PEOPLE
from flows.shifts import Shift
from tests.bot.conftest import People
from tests.support.world import a_world

STORES, AREAS, REPORTS = 200, 20, 200
SHIFTS = (("07:00", "12:00"), ("09:00", "18:00"), ("12:00", "21:00"), ("17:00", "22:00"))
MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
ZONE = "Asia/Tokyo"

# --- who reported


def stores() -> Company:
    """Two hundred stores of three to thirty people, in twenty areas."""
    chance = random.Random(7)
    sites = tuple(
        Site(
            id=f"s{number}",
            name=Own(ja="店", en="store"),
            area=Own(ja=f"区{number % AREAS}", en=f"area {number % AREAS}"),
            location="store",
            channel=f"chat:s{number}",
        )
        for number in range(STORES)
    )
    people = tuple(
        Person(
            id=f"p{site.id}-{number}",
            name=Own(ja="人", en="person"),
            role=Role.STAFF,
            sites=(site.id,),
            shifts=(Shift(start=start, end=end),),
        )
        for site in sites
        for number in range(chance.choice((3, 6, 8, 12, 20, 30)))
        for start, end in (chance.choice(SHIFTS),)
    )
    desk = {"channel": "chat:desk"}
    return Company.model_validate(
        {"name": {"ja": "会社", "en": "Company"}, "desk": desk, "sites": sites, "people": people}
    )


class Thief:
    """Has the roster, reads the desk's channel, and knows how long an unnamed report waits."""

    def __init__(self, company: Company) -> None:
        self._company = company
        self._at: dict[str, list[Person]] = {}
        for person in company.people:
            self._at.setdefault(person.sites[0], []).append(person)

    def suspects(
        self, sites: list[Site], shown_at: datetime, part: tuple[datetime, datetime] | None
    ) -> dict[str, float]:
        """Everybody who may have sent it, by the minutes they were there when it was sent."""
        begin = shown_at - timedelta(minutes=DELAY_MINUTES[1])
        end = shown_at - timedelta(minutes=DELAY_MINUTES[0])
        if part is not None:
            begin, end = max(begin, part[0]), min(end, part[1])
        return {
            person.id: sum(_minutes_in(person, begin, end))
            for site in sites
            for person in self._at[site.id]
            if any(_minutes_in(person, begin, end))
        }


def _minutes_in(person: Person, begin: datetime, end: datetime) -> Iterator[float]:
    for shift in person.shifts:
        for start, stop in shift.stretches(begin, end, ZONE):
            yield (min(stop, end) - max(start, begin)).total_seconds() / 60


def _shown(directory: Directory, site: Site, sent_at: datetime, area: list[Site]) -> list[Site]:
    """Where the desk reads that it happened: what the screen has chosen. None: too few there."""
    fit, in_area = directory.headcount(site, sent_at), directory.area_headcount(site, sent_at)
    assert fit is not None and in_area is not None
    if fit >= ENOUGH_PEOPLE:
        return [site]
    return area if in_area >= ENOUGH_PEOPLE else []


def test_whoever_knows_the_roster_and_the_times_is_right_once_in_five_at_best() -> None:
    """Of each single report, at any time of day; a reader of the desk's channel sees the part of
    the day too.
    """
    company, chance = stores(), random.Random(11)
    directory, thief = Directory(company), Thief(company)
    areas: dict[str, list[Site]] = {}
    for site in company.sites:
        areas.setdefault(site.area.en, []).append(site)
    by_site = 0
    for _ in range(REPORTS):
        reporter = chance.choice(company.people)
        (shift,) = reporter.shifts
        start, stop = next(shift.stretches(MONDAY, MONDAY + timedelta(days=1), ZONE))
        minutes = chance.randrange(int((stop - start).total_seconds() / 60))
        sent_at = start + timedelta(minutes=minutes)
        site = company.site(reporter.sites[0])
        assert site is not None
        shown = _shown(directory, site, sent_at, areas[site.area.en])
        assert shown, "too few in a whole area"
        by_site += shown == [site]
        seen_at = sent_at + timedelta(minutes=chance.randint(*DELAY_MINUTES))
        for part in (None, day_part_window(sent_at, ZONE)):
            suspects = thief.suspects(shown, seen_at, part)
            assert max(suspects.values()) / sum(suspects.values()) <= 1 / ENOUGH_PEOPLE
    assert by_site > REPORTS / 5, "a rule that always blurs would prove nothing"


# --- which receipt opens a case


def test_a_million_guesses_find_none_of_a_thousand_receipts() -> None:
    index, chance = IndexKey(b"\x22" * 32), random.Random(3)
    live = {index.receipt_mac(index.receipt(chance.randbytes(16))) for _ in range(1_000)}
    assert len(live) == 1_000
    top = 10**RECEIPT_DIGITS
    assert top > 2**80
    guesses = (f"{chance.randrange(top):0{RECEIPT_DIGITS}d}" for _ in range(1_000_000))
    assert not any(index.receipt_mac(guess) in live for guess in guesses)


async def test_guessing_slows_the_guesser_down_and_never_the_owner(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = a_world(tmp_path)
    work = world.service.work
    own = OwnCases(work, SealedLists(work.storage, work.clock, work.entropy))
    receipt = (await People(world).report(visibility=Visibility.UNNAMED)).receipt
    waits: list[float] = []

    async def wait(seconds: float) -> None:
        waits.append(seconds)

    monkeypatch.setattr("bot.own_case.asyncio.sleep", wait)
    visitor = Visitor("web", "web", "somebody")
    wrong = (f"{number:025d}" for number in range(400))
    found = await asyncio.gather(*(own.by_receipt(visitor, guess) for guess in wrong))
    assert found == [None] * 400
    assert waits[0] == 0 and max(waits) == waits[-1] == 2.0
    waits.clear()
    started = time.perf_counter()
    assert await own.by_receipt(visitor, receipt) is not None
    assert waits == [] and time.perf_counter() - started < 2
    await work.storage.close()
