"""App Home beyond the first card: the desk's list, and where a manager is on duty."""

from dataclasses import replace

import pytest

from adapters.slack.surface import scopes
from bot.on_duty import on_duty_now
from flows.ladders import Role
from flows.outcomes import Visibility
from flows.phrases import Own
from tests.adapters.slack.office import DESK, TEAM, Office, said
from tests.adapters.slack.walks import a_report, calls_for_help, files_by_hand
from tests.fake_slack import Fault, Kind, Person, User

NONE, TITLE = said("ja", "slack.desk.none"), said("ja", "slack.desk.title")


async def home_of(office: Office, name: str) -> str:
    await office.site.watch.check()
    person = office.person(name)
    await person.opens_home()
    return person.home.read


async def test_the_desk_finds_its_open_cases_most_urgent_first(office: Office) -> None:
    office.slack.scopes = set(scopes())
    assert NONE in await home_of(office, "sato")
    calm = (await a_report(office)).public_id
    hurt = (await a_report(office, injured=True)).public_id
    await office.settles()
    shown = await home_of(office, "sato")
    assert shown.index(hurt) < shown.index(calm)
    assert "Hanako" not in shown and "words" not in shown.split()


async def test_what_waits_before_it_leaves_is_on_no_list(office: Office) -> None:
    await a_report(office, visibility=Visibility.UNNAMED, send_now=False)
    await office.settles()
    assert NONE in await home_of(office, "sato")
    await office.passes(minutes=91)
    assert NONE not in await home_of(office, "sato")


async def test_a_case_is_opened_and_taken_from_the_list(office: Office) -> None:
    await files_by_hand(office)
    await home_of(office, "sato")
    sato = office.person("sato")
    await sato.taps_at_home(said("ja", "desk.take"))
    assert said("ja", "list.taken") in sato.home.read
    assert said("ja", "desk.take") not in sato.home.read
    await sato.taps_at_home(said("ja", "desk.details"))
    sato.types(said("ja", "talk.desk.label"), "いっしょに考えます")
    await sato.submits()
    assert "いっしょに考えます" in sato.modal.read
    async with office.service.work.storage.read() as tx:
        facts = [entry.fact for entry in await tx.history.of_case(office.cases[0])]
    assert facts.count("opened") == 1 and facts.count("taken") == 1


@pytest.mark.parametrize("label", ["desk.take", "desk.details"])
async def test_a_press_in_the_list_that_cannot_be_checked_says_so(
    office: Office, label: str
) -> None:
    await files_by_hand(office)
    await home_of(office, "sato")
    sato = office.person("sato")
    office.slack.faults.append(Fault(Kind.THROTTLED, "conversations.members", times=4))
    await sato.taps_at_home(said("ja", label))
    assert said("ja", "slack.not_checked") in sato.home.read and not sato.has_modal
    office.slack.faults.clear()
    assert said("ja", "slack.not_checked") not in await home_of(office, "sato")


async def test_a_press_in_the_list_that_came_too_late_says_so(office: Office) -> None:
    card = await files_by_hand(office)
    await home_of(office, "sato")
    await office.person("suzuki").taps_in(card, said("ja", "desk.take"))
    sato = office.person("sato")
    await sato.taps_at_home(said("ja", "desk.take"))
    suzuki = office.service.work.directory.person("suzuki")
    assert suzuki is not None
    assert said("ja", "press.taken", name=suzuki.name) in sato.home.read
    assert said("ja", "list.taken") in sato.home.read


async def test_a_call_that_the_desk_was_told_of_is_listed_until_it_is_over(office: Office) -> None:
    await calls_for_help(office)
    assert NONE in await home_of(office, "sato")
    await office.passes(minutes=12)
    assert said("ja", "list.call") in await home_of(office, "sato")
    await office.person("sato").taps_at_home(said("ja", "desk.take_call"))
    assert said("ja", "list.taken") in await home_of(office, "sato")


async def test_who_leads_a_site_and_is_at_the_desk_finds_both(office: Office) -> None:
    directory = office.service.work.directory
    people = [
        each.model_copy(update={"second_role": Role.DESK}) if each.id == "tanaka" else each
        for each in office.service.work.company.people
    ]
    directory.load(people, 1)
    office.slack.space.channels[DESK].members.add("U0TANAKA")
    shown = await home_of(office, "tanaka")
    assert TITLE in shown and said("ja", "slack.duty.title") in shown


OUTSIDERS = [
    ("U0GUEST", {"restricted": True}),
    ("U0STRANGER", {"stranger": True}),
    ("U0GONE", {"deleted": True}),
    ("U0ABROAD", {"team": "T0OTHER"}),
]


@pytest.mark.parametrize("name", ["tanaka", "hanako", "nobody"])
async def test_who_is_not_of_the_desk_sees_no_list(office: Office, name: str) -> None:
    office.slack.space.add_user(User("U0NOBODY", "Nobody", TEAM))
    office.slack.space.channels[DESK].members |= {"U0TANAKA", "U0HANAKO", "U0NOBODY"}
    card = await files_by_hand(office)
    shown = await home_of(office, name)
    assert TITLE not in shown and card.read[:7] not in shown


@pytest.mark.parametrize(("id_", "flags"), OUTSIDERS)
async def test_a_guest_or_stranger_with_a_desks_account_sees_no_list(
    office: Office, id_: str, flags: dict[str, object]
) -> None:
    await files_by_hand(office)
    office.slack.space.users["U0SATO"] = replace(office.slack.space.users["U0SATO"], **flags)
    assert TITLE not in await home_of(office, "sato")


async def test_whoever_left_the_desks_channel_sees_nothing_at_the_next_look(
    office: Office,
) -> None:
    card = await files_by_hand(office)
    assert TITLE in await home_of(office, "sato")
    sato = office.person("sato")
    office.slack.space.channels[DESK].members.discard("U0SATO")
    await sato.taps_at_home(said("ja", "desk.details"))
    assert not sato.has_modal and TITLE not in sato.home.read
    assert card.read[:7] not in sato.home.read


@pytest.mark.parametrize("method", ["conversations.members", "users.info"])
async def test_where_slack_does_not_say_no_list_is_shown(office: Office, method: str) -> None:
    await files_by_hand(office)
    await home_of(office, "sato")
    office.slack.faults.append(Fault(Kind.ERROR, method, times=5))
    assert TITLE not in await home_of(office, "sato")


async def test_a_desk_channel_that_others_may_read_shows_no_case_in_any_home(
    office: Office,
) -> None:
    await files_by_hand(office)
    office.slack.space.channels[DESK].private = False
    shown = await home_of(office, "sato")
    assert said("ja", "slack.desk.held") in shown
    assert said("ja", "desk.details") not in shown


async def test_whom_a_case_keeps_out_sees_nothing_of_it_and_nobody_whose_channel_holds_them(
    office: Office,
) -> None:
    """With one desk only, the case stands nowhere: an alarm says so."""
    await a_report(office, excluded_people=("mori",))
    await office.settles()
    assert office.messages(DESK) == []
    for name in ("mori", "sato"):
        assert NONE in await home_of(office, name)


async def test_a_manager_says_where_they_are_on_duty_and_that_they_are_not(
    office: Office,
) -> None:
    work, tanaka = office.service.work, office.person("tanaka")
    assert said("ja", "slack.duty.title") in await home_of(office, "tanaka")
    site = work.company.sites[0].name
    await tanaka.taps_at_home(said("ja", "slack.duty.on", site=site))
    row = await on_duty_now(work, "tanaka")
    assert row is not None
    assert row.site_id == "shinjuku" and "22:00" in tanaka.home.read
    await tanaka.taps_at_home(said("ja", "slack.duty.off"))
    assert await on_duty_now(work, "tanaka") is None


async def of_many_sites(office: Office, count: int) -> Person:
    """A manager who is asked for every one of them."""
    work = office.service.work
    first = work.company.sites[0]
    sites = [first.model_copy(update={"id": f"s{n}", "name": _named(n)}) for n in range(count)]
    object.__setattr__(work.company, "sites", tuple(sites))
    people = (p.model_copy(update={"sites": ()}) for p in work.company.people if p.id == "tanaka")
    work.directory.load(tuple(people), 0)
    await home_of(office, "tanaka")
    return office.person("tanaka")


def _named(number: int) -> Own:
    return Own(ja=f"{number}号店", en=f"Store {number}")


async def test_a_manager_of_hundreds_of_sites_can_be_on_duty_at_each(office: Office) -> None:
    tanaka = await of_many_sites(office, 300)
    assert said("ja", "slack.left_out") not in tanaka.home.read
    await tanaka.picks("299号店", tanaka.home)
    row = await on_duty_now(office.service.work, "tanaka")
    assert row is not None
    assert row.site_id == "s299"


async def test_whose_sites_do_not_all_fit_is_told_so(office: Office) -> None:
    tanaka = await of_many_sites(office, 301)
    assert said("ja", "slack.left_out") in tanaka.home.read


async def test_nobody_goes_on_duty_at_a_site_that_is_not_theirs(office: Office) -> None:
    work, tanaka = office.service.work, office.person("tanaka")
    await home_of(office, "tanaka")
    button = {"type": "button", "action_id": "duty.x", "block_id": "b"}
    for person in (tanaka, office.person("sato"), office.person("hanako")):
        await person.opens_home()
        for value in ("callcentre", "", "nowhere"):
            await _acts(person, {**button, "value": value})
    await _acts(office.person("hanako"), {**button, "value": "shinjuku"})
    office.slack.space.users["U0TANAKA"].restricted = True
    await _acts(tanaka, {**button, "value": "shinjuku"})
    for id_ in ("tanaka", "sato"):
        assert await on_duty_now(work, id_) is None


async def _acts(person: Person, action: dict[str, object]) -> None:
    assert (await person._acts(person.home, action)).status == 200


async def test_the_language_of_a_home_changes_its_lists_too(office: Office) -> None:
    await files_by_hand(office)
    await home_of(office, "sato")
    sato = office.person("sato")
    await sato.picks("English", sato.home)
    assert said("en", "slack.desk.title") in sato.home.read


async def test_a_hundred_open_cases_fit(office: Office) -> None:
    for _ in range(60):
        await a_report(office)
    await office.settles()
    shown = await home_of(office, "sato")
    assert said("ja", "slack.desk.more", count=45) in shown
