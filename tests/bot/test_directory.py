"""Who is where, who is reached how, and who is at work now."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.company import Company, Person, Site, read_company
from bot.company_records import OnDuty
from bot.directory import AT_A_TIME, Directory, refresh
from bot.packs import builtin_pack
from bot.roster import pack
from bot.scenes import scene, site_option
from flows.ladders import Role
from flows.phrases import Own
from flows.shifts import Shift
from tests.support.rosters import KeptStorage
from tests.support.world import COMPANY

MORNING = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
"""A Tuesday, ten o'clock in Tokyo."""
EXAMPLE = read_company(COMPANY)
SHINJUKU, YOTSUYA = EXAMPLE.sites[0], EXAMPLE.sites[1]


def somebody(id: str, role: str = "manager", *sites: str, **facts: Any) -> Person:
    return Person(id=id, name=Own(ja=id, en=id), role=Role(role), sites=sites, **facts)


def shift(start: str, end: str, site: str | None = None) -> Shift:
    return Shift(site=site, start=start, end=end)


def directory(*people: Person, company: Company = EXAMPLE) -> Directory:
    made = Directory(company)
    if people:
        made.load(people, 1)
    return made


def ids(people: tuple[Person, ...]) -> set[str]:
    return {person.id for person in people}


# --- who is where ------------------------------------------------------------------------


def test_who_is_in_a_channel() -> None:
    example = directory()
    assert ids(example.members("chat:desk")) == {"sato", "suzuki", "mori"}
    assert ids(example.members("chat:yotsuya")) == {
        "kobayashi",
        "nakamura",
        "takahashi",
        "watanabe",
    }
    assert example.members("chat:elsewhere") == ()


def test_whoever_is_at_the_desk_reads_its_channel_whichever_site_their_row_names() -> None:
    here = directory(
        somebody("mori", "desk_lead"),
        somebody("sato", "desk", "shinjuku", "yotsuya"),
        somebody("suzuki", "desk"),
    )
    assert [person.id for person in here.members("chat:desk")] == ["sato", "suzuki", "mori"]
    assert ids(here.holders(Role.DESK, "callcentre")) == {"suzuki"}
    assert "sato" in {option.id for option in here.can_be_kept_out(SHINJUKU)}


def test_who_holds_a_role_for_a_site() -> None:
    example = directory()
    assert ids(example.holders(Role.MANAGER, "shinjuku")) == {"tanaka"}
    assert ids(example.holders(Role.DESK, "shinjuku")) == {"sato", "suzuki"}
    assert example.holders(Role.MANAGER, "atlantis") == ()


def test_who_names_no_site_holds_the_role_for_every_site_and_is_in_every_channel() -> None:
    here = directory(somebody("hana", "hq"), somebody("ken", "manager", "shinjuku"))
    assert ids(here.holders(Role.HQ, "yotsuya")) == {"hana"}
    assert ids(here.members("chat:yotsuya")) == {"hana"}
    assert ids(here.members("chat:shinjuku")) == {"hana", "ken"}
    assert here.channel_roles(YOTSUYA) == {Role.HQ}


def test_ordinary_staff_are_in_no_channel_and_are_never_asked() -> None:
    here = directory(somebody("mei", "staff", "shinjuku"))
    assert here.members("chat:shinjuku") == ()
    assert here.channel_roles(SHINJUKU) == frozenset()
    assert here.person("mei") is not None


def test_a_channel_of_two_sites_has_the_managers_of_both_once() -> None:
    shared = YOTSUYA.model_copy(update={"channel": SHINJUKU.channel})
    company = EXAMPLE.model_copy(update={"sites": (SHINJUKU, shared)})
    both = somebody("both", "area", "shinjuku", "yotsuya")
    here = directory(
        somebody("a", "manager", "shinjuku"),
        somebody("b", "deputy", "yotsuya"),
        both,
        company=company,
    )
    assert [person.id for person in here.members("chat:shinjuku")] == ["a", "both", "b"]
    assert here.channel_roles(shared) == {Role.MANAGER, Role.DEPUTY, Role.AREA}


def test_a_roster_replaces_the_companys_list_as_a_whole() -> None:
    here = directory()
    assert here.version == 0 and here.person("tanaka") is not None
    here.channel_roles(SHINJUKU)
    here.load((somebody("new", "deputy", "shinjuku"),), 7)
    assert here.version == 7 and here.person("tanaka") is None
    assert here.channel_roles(SHINJUKU) == here.roles == {Role.DEPUTY}
    assert here.members("chat:desk") == ()


def test_a_site_that_the_company_gave_up_makes_nobody_a_manager_of_all() -> None:
    here = directory(somebody("ken", "manager", "gone"))
    assert here.holders(Role.MANAGER, "shinjuku") == ()


# --- who is reached how ------------------------------------------------------------------

ENTRA = "abcdef00-0000-0000-0000-000000000001"


def test_a_person_is_found_by_id_email_and_account() -> None:
    hana = somebody(
        "A-1",
        "manager",
        "shinjuku",
        slack_id="U0AAAAAA1",
        entra_id=ENTRA,
        email="hana@example.com",
        aliases=("B-9",),
        accounts=("slack:U0AAAAAA2",),
    )
    here = directory(hana, somebody("ken"))
    assert here.person("A-1") is here.person("B-9") is hana
    assert here.by_email(" HANA@Example.com") is hana
    assert here.by_account("slack", "U0AAAAAA1") is here.by_account("slack", "U0AAAAAA2") is hana
    assert here.by_account("teams", ENTRA) is hana
    assert here.by_account("web", "A-1") is hana
    assert [here.account(hana, platform) for platform in ("slack", "teams", "web")] == [
        "U0AAAAAA1",
        ENTRA,
        "A-1",
    ]


def test_an_unknown_account_is_nobody() -> None:
    ken = somebody("ken")
    here = directory(ken)
    assert here.account(ken, "slack") is here.account(ken, "teams") is None
    assert here.by_account("slack", "ken") is here.by_account("teams", "ken") is None
    assert here.by_account("web", "hana") is here.person("") is here.by_email("") is None


# --- who is at work ----------------------------------------------------------------------


def there(person: Person, site: Site, moment: datetime = MORNING, *declared: OnDuty) -> bool:
    return directory(person).on_shift(person, site, moment, declared)


def test_who_has_no_shift_is_always_there_to_be_asked() -> None:
    assert there(somebody("ken", "manager", "shinjuku"), SHINJUKU)


def test_a_shift_at_another_site_says_nothing_about_this_one() -> None:
    ken = somebody(
        "ken", "manager", "shinjuku", "yotsuya", shifts=(shift("22:00", "06:00", "shinjuku"),)
    )
    assert not there(ken, SHINJUKU)
    assert there(ken, YOTSUYA)


def test_a_shift_without_a_site_holds_at_every_site() -> None:
    area = somebody("area", "area", shifts=(shift("22:00", "06:00"),))
    assert not there(area, SHINJUKU) and not there(area, YOTSUYA)
    assert there(area, SHINJUKU, MORNING + timedelta(hours=12))


def test_a_shift_is_on_the_clock_of_the_site() -> None:
    berlin = SHINJUKU.model_copy(update={"zone": "Europe/Berlin"})
    ken = somebody("ken", "manager", "shinjuku", shifts=(shift("09:00", "18:00"),))
    assert there(ken, SHINJUKU) and not there(ken, berlin)


def test_who_says_to_be_on_duty_is_there_and_nowhere_else_until_then() -> None:
    ken = somebody(
        "ken", "manager", "shinjuku", "yotsuya", shifts=(shift("22:00", "06:00", "shinjuku"),)
    )
    said = OnDuty("ken", "shinjuku", MORNING + timedelta(hours=1))
    assert there(ken, SHINJUKU, MORNING, said)
    assert not there(ken, YOTSUYA, MORNING, said)
    assert not there(ken, SHINJUKU, said.until, said)
    assert there(ken, YOTSUYA, said.until, said)
    assert not there(ken, SHINJUKU, MORNING, replace(said, person_id="hana"))


def test_who_says_to_be_on_duty_at_two_sites_is_where_they_said_last() -> None:
    ken = somebody("ken", "area", shifts=(shift("22:00", "06:00"),))
    hours = ((SHINJUKU, 2), (YOTSUYA, 1))
    said = [OnDuty("ken", site.id, MORNING + timedelta(hours=left)) for site, left in hours]
    assert there(ken, SHINJUKU, MORNING, *said) and not there(ken, YOTSUYA, MORNING, *said)


@pytest.mark.parametrize("lost", ["shinjuku", "closed_for_good"])
def test_on_duty_at_a_site_that_is_theirs_no_more_keeps_nobody_from_their_own(lost: str) -> None:
    ken = somebody("ken", "manager", "yotsuya")
    assert there(ken, YOTSUYA, MORNING, OnDuty("ken", lost, MORNING + timedelta(hours=1)))


# --- how many ------------------------------------------------------------------------------


def staffed(*shifts: Shift, at: str = "shinjuku", prefix: str = "s") -> list[Person]:
    return [
        somebody(f"{prefix}{number}", "staff", at, shifts=(one,))
        for number, one in enumerate(shifts)
    ]


def test_without_a_roster_the_companys_own_figures_count() -> None:
    example = directory()
    assert example.headcount(SHINJUKU, MORNING) == 9
    assert example.area_headcount(SHINJUKU, MORNING) == 12
    evening = MORNING + timedelta(hours=8)
    assert example.headcount(SHINJUKU, evening) == 8
    assert example.area_headcount(SHINJUKU, evening) == 10


def test_one_unknown_site_makes_the_areas_count_unknown() -> None:
    unknown = YOTSUYA.model_copy(update={"on_shift": {}})
    company = EXAMPLE.model_copy(update={"sites": (SHINJUKU, unknown)})
    here = directory(company=company)
    assert here.headcount(SHINJUKU, MORNING) == 9
    assert here.headcount(unknown, MORNING) is here.area_headcount(SHINJUKU, MORNING) is None


def test_who_was_there_as_long_as_anybody_while_it_can_have_been_sent_fits() -> None:
    people = staffed(
        shift("05:00", "05:30"),
        shift("08:00", "13:00"),
        shift("08:00", "18:00"),
        shift("22:00", "05:00"),
    )
    assert directory(*people).headcount(SHINJUKU, MORNING) == 2
    assert directory(*people).headcount(SHINJUKU, MORNING - timedelta(hours=10)) == 1  # midnight


def test_who_is_there_for_a_moment_only_hides_nobody() -> None:
    leaves, stays = shift("06:00", "10:05"), shift("06:00", "18:00")
    here = directory(*staffed(leaves, leaves, leaves, leaves, stays))
    # At ten o'clock five are there. Of a report seen an hour later four of them are unlikely.
    assert here.headcount(SHINJUKU, MORNING) == 1
    assert here.headcount(SHINJUKU, MORNING - timedelta(hours=2)) == 5


def test_a_time_when_nobody_was_there_points_at_nobody() -> None:
    opens = shift("10:00", "18:00")
    assert directory(*staffed(opens, opens, opens)).headcount(SHINJUKU, MORNING) == 3


def test_managers_and_deputies_hide_a_reporter_and_those_from_outside_do_not() -> None:
    day = shift("09:00", "18:00")
    people = [
        *staffed(day),
        somebody("ken", "manager", "shinjuku", shifts=(day,)),
        somebody("mei", "deputy", "shinjuku", shifts=(day,)),
        somebody("hana", "hq", shifts=(day,)),
        somebody("kai", "area", "shinjuku", shifts=(day,)),
        somebody("rin", "desk", shifts=(day,)),
    ]
    assert directory(*people).headcount(SHINJUKU, MORNING) == 3


def test_a_roster_of_managers_only_does_not_say_how_many_work_there() -> None:
    manager = somebody("ken", "manager", "shinjuku", shifts=(shift("09:00", "18:00"),))
    assert directory(manager).headcount(SHINJUKU, MORNING) == 9


def test_the_area_counts_each_person_once_and_adds_the_figures_of_other_sites() -> None:
    day = shift("09:00", "18:00")
    both = somebody("both", "staff", "shinjuku", "yotsuya", shifts=(day,))
    here = directory(both, *staffed(day, day))
    assert here.headcount(SHINJUKU, MORNING) == 3 and here.headcount(YOTSUYA, MORNING) == 1
    assert here.area_headcount(SHINJUKU, MORNING) == 3
    assert directory(*staffed(day, day)).area_headcount(SHINJUKU, MORNING) == 2 + 3


def test_a_count_is_made_anew_when_the_hour_or_the_roster_changes() -> None:
    here = directory(*staffed(shift("09:00", "12:00")))
    afternoon = MORNING + timedelta(hours=4)
    assert [here.headcount(SHINJUKU, at) for at in (MORNING, afternoon, MORNING)] == [1, 0, 1]
    assert [here.area_headcount(SHINJUKU, at) for at in (MORNING, afternoon)] == [1 + 3, 0 + 3]
    here.load(staffed(shift("09:00", "12:00"), shift("09:00", "12:00")), 2)
    assert here.headcount(SHINJUKU, MORNING) == 2


def test_an_area_across_zones_counts_each_site_in_its_own_part_of_the_day() -> None:
    berlin = YOTSUYA.model_copy(update={"zone": "Europe/Berlin"})
    company = EXAMPLE.model_copy(update={"sites": (SHINJUKU, berlin)})
    here = directory(company=company)
    # Tokyo's morning is Berlin's night, and Berlin's night ends before Tokyo's afternoon does.
    assert here.area_headcount(SHINJUKU, MORNING) == 9 + 1
    assert here.area_headcount(SHINJUKU, datetime(2026, 11, 24, 3, 59, tzinfo=UTC)) == 12 + 1
    assert here.area_headcount(SHINJUKU, datetime(2026, 11, 24, 4, 0, tzinfo=UTC)) == 12 + 3


# --- where a conversation takes place --------------------------------------------------------


def test_only_roles_that_somebody_holds_can_be_kept_out() -> None:
    people = [person for person in EXAMPLE.people if person.role is not Role.HQ]
    where = scene(directory(*people), builtin_pack("standard"), MORNING, None, {})
    assert where.roles == (Role.MANAGER, Role.DEPUTY, Role.AREA, Role.DESK)


def test_a_conversation_sees_every_site_with_its_numbers_and_its_readers() -> None:
    example = directory()
    where = scene(example, builtin_pack("standard"), MORNING, "yotsuya", {"words": "x"})
    assert where.sites == tuple(site_option(example, site) for site in EXAMPLE.sites)
    assert (where.site_id, where.typed) == ("yotsuya", {"words": "x"})
    option = where.site("shinjuku")
    assert option is not None
    assert (option.headcount, option.area_headcount) == (9, 12)
    assert option.channel_roles == {Role.MANAGER, Role.DEPUTY, Role.AREA, Role.HQ}


# --- a roster that was imported meanwhile ------------------------------------------------------


@pytest.fixture
def storage() -> Any:
    return KeptStorage()


async def test_an_imported_roster_is_taken_up_once(storage: Any) -> None:
    here = directory()
    await refresh(here, storage)
    assert here.person("tanaka") is not None and storage.rosters.reads == 0
    await storage.rosters.replace(pack([somebody("ken", "manager", "shinjuku")]), MORNING)
    for _ in range(3):
        await refresh(here, storage)
    assert here.version == 1 and storage.rosters.reads == 1
    assert ids(here.members("chat:shinjuku")) == {"ken"}


@pytest.mark.parametrize(
    ("packed", "reason"),
    [
        (None, "missing"),
        (b"", "damaged"),
        (b"not a roster", "damaged"),
        (b'{"form":2,"people":0,"shifts":[]}', "other_form"),
        (pack([somebody("secretname"), somebody("b")]).rpartition(b"\n")[0], "damaged"),
        (pack([somebody("secretname")]).replace(b"manager", b"wizard"), "damaged"),
    ],
)
async def test_a_roster_that_cannot_be_read_changes_nothing_and_is_logged(
    storage: Any, packed: bytes | None, reason: str
) -> None:
    here = directory()
    storage.rosters.packed, storage.rosters.number = packed, 5
    with capture_logs() as logs:
        for _ in range(3):
            await refresh(here, storage)
    assert (here.version, here.refused, storage.rosters.reads) == (0, 5, 1)
    assert here.person("tanaka") is not None
    assert [(line["event"], line["reason"]) for line in logs] == [("roster_unreadable", reason)]
    assert "secretname" not in str(logs)
    await storage.rosters.replace(pack([somebody("ken")]), MORNING)
    await refresh(here, storage)
    assert here.version == 6 and here.person("ken") is not None


async def test_a_roster_that_cannot_be_opened_now_is_tried_again(storage: Any) -> None:
    here = directory()
    await storage.rosters.replace(pack([somebody("ken")]), MORNING)
    storage.rosters.broken = RuntimeError("about Hana")
    with capture_logs() as logs:
        await refresh(here, storage)
    assert here.version == 0 and here.person("tanaka") is not None
    assert [(line["event"], line["reason"], line["error"]) for line in logs] == [
        ("roster_unreadable", "not_opened", "RuntimeError")
    ]
    storage.rosters.broken = None
    await refresh(here, storage)
    assert here.version == 1 and here.person("ken") is not None


async def test_a_large_roster_lets_others_have_their_turn_and_shows_only_as_a_whole(
    storage: Any,
) -> None:
    here = directory()
    people = [somebody(f"p{number}") for number in range(5 * AT_A_TIME)]
    await storage.rosters.replace(pack(people), MORNING)
    reading = asyncio.create_task(refresh(here, storage))
    turns = 0
    while not reading.done():
        assert (here.version, here.person("p0"), turns < 100) == (0, None, True)
        turns += 1
        await asyncio.sleep(0)
    assert turns >= 5
    assert here.version == 1 and here.person(f"p{5 * AT_A_TIME - 1}") is not None
