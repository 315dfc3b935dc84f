"""Whoever is kept out sees nothing: no channel that holds them, no press, no page, no message."""

import io
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.asking import climb_on, next_climb_at
from bot.audits import audit
from bot.case_work import card_job, nudge_job
from bot.conversations import Conversations
from bot.crowds import Crowd
from bot.desk import open_details
from bot.desk_list import list_for_desk
from bot.directory import refresh
from bot.exclusions import Exclusion
from bot.filing import Filed
from bot.messengers import Ambiguous, Delivery, Throttled
from bot.roster_commands import import_roster
from bot.rows import ENDED
from bot.sealed_lists import SealedLists, Visitor
from bot.shut_channels import NEUTRAL
from bot.work_records import CardState, Duty, DutyState
from flows.assessment import Safety
from flows.ladders import Ladder, Role
from flows.outcomes import Visibility
from flows.presses import Verb
from flows.screens import CallLine, Card
from tests.bot.conftest import DESK, NotedPlatform, People
from tests.support.world import COMPANY, World, a_world

SECOND = "chat:second"
CANARY = "canary-7f3a"


@dataclass
class TellingPlatform(NotedPlatform):
    """A platform that says who is in a channel, as Slack does."""

    inside: dict[str, set[str] | None] = field(default_factory=dict)
    waits: dict[str, list[Delivery | None]] = field(default_factory=dict)
    """What the next edits in a channel get instead; None lets one through."""

    async def edit(self, channel: str, ref: str, card: Card) -> Delivery:
        waits = self.waits.get(self.messages[ref].channel)
        outcome = waits.pop(0) if waits else None
        return outcome or await super().edit(channel, ref, card)

    async def members(self, channel: str) -> frozenset[str] | None:
        found = self.inside.get(channel, set())
        return None if found is None else frozenset(found)


def with_second_desk(folder: Path) -> World:
    """The example company with a second desk, on a platform that tells who is in a channel."""
    company = folder / "company.yaml"
    second = '\nsecond_desk: {channel: "chat:second", people: [watanabe]}\n'
    company.write_text(COMPANY.read_text("utf-8") + second, "utf-8")
    world = a_world(folder, company=company)
    world.platform = TellingPlatform()
    return world


@pytest.fixture
async def world(tmp_path: Path, quick: None) -> AsyncIterator[World]:
    """A company with a second desk: watanabe of head office."""
    world = with_second_desk(tmp_path)
    yield world
    await world.service.work.storage.close()


@pytest.fixture
async def one_desk(tmp_path: Path, quick: None) -> AsyncIterator[World]:
    world = a_world(tmp_path)
    world.platform = TellingPlatform()
    yield world
    await world.service.work.storage.close()


def shown_to(world: World, *channels: str) -> str:
    """Everything that these channels and people were ever left with."""
    return repr([card for channel in channels for card in world.platform.channel(channel)])


@pytest.mark.parametrize("person", ["tanaka", "yamamoto", "takahashi"])
async def test_a_site_with_somebody_kept_out_by_name_gets_nothing(
    people: People, world: World, person: str
) -> None:
    filed = await people.report(excluded_people=(person,), safety=Safety.ONGOING)
    await world.passes(hours=3)
    assert world.platform.channel("shinjuku") == []
    assert {duty.owner for duty in (await people.duties(filed)).values()} == {"desk"}
    assert world.platform.channel("desk")


async def test_a_desk_with_somebody_kept_out_gets_nothing_and_the_second_desk_works_it(
    people: People, world: World
) -> None:
    filed = await people.report(excluded_people=("suzuki",), site_may_know=False)
    await world.passes(hours=8)
    assert world.platform.channel("desk") == []
    for person in ("sato", "suzuki", "mori"):
        assert world.platform.direct(person) == []
    assert len(world.platform.cards("second")) == 1
    assert not (await people.press("sato", Verb.TAKE, filed.case_id, at=SECOND)).changed
    assert (await people.press("watanabe", Verb.TAKE, filed.case_id, at=SECOND)).changed
    assert "taken" in await people.facts(filed)


async def test_the_second_desk_is_asked_when_nobody_takes_the_case(
    people: People, world: World
) -> None:
    await people.report(excluded_people=("suzuki",), site_may_know=False)
    await world.passes(hours=30)
    mentioned = {p for card in world.platform.channel("second") for p in card.mentions}
    assert mentioned == {"watanabe"}


BOTH = (Role.DESK, Role.HQ)
"""Everybody of the desk, and the role of watanabe, who is at the second desk by name."""


async def test_the_second_desk_has_it_though_one_there_holds_a_role_that_is_kept_out(
    people: People, world: World
) -> None:
    world.platform.inside["second"] = {"watanabe"}
    filed = await people.report(excluded=BOTH, site_may_know=False)
    await world.works_off()
    assert filed.public_id in shown_to(world, "second")
    assert "delivered" in await people.facts(filed)


async def test_who_is_at_the_second_desk_is_asked_directly_where_somebody_is_in_danger(
    people: People, world: World
) -> None:
    filed = await people.report(excluded=BOTH, site_may_know=False)
    await world.works_off()
    await people.say(filed, Verb.WRITE, words="I want to die")
    await world.works_off()
    assert world.platform.direct("watanabe")


async def test_somebody_of_a_role_that_is_kept_out_who_joins_the_second_desk_reads_nothing(
    people: People, world: World
) -> None:
    world.platform.inside["second"] = {"watanabe", "sato"}
    filed = await people.report(excluded=BOTH, site_may_know=False)
    await world.works_off()
    assert filed.public_id not in shown_to(world, "second")


async def test_whoever_is_kept_out_cannot_press_or_open_a_case_by_its_id(
    people: People, world: World
) -> None:
    kept = await people.report(excluded_people=("suzuki",), site_may_know=False, words=CANARY)
    await world.works_off()
    work = world.service.work
    for verb in (Verb.TAKE, Verb.DETAILS, Verb.REPLY, Verb.CLOSE):
        pressed = await people.press("suzuki", verb, kept.case_id, at=DESK, words="hello")
        unknown = await people.press("suzuki", verb, "0" * 32, at=DESK, words="hello")
        assert pressed == unknown
    suzuki, watanabe = (work.directory.person(id) for id in ("suzuki", "watanabe"))
    assert await open_details(work, kept.case_id, suzuki) is None
    assert CANARY in repr(await open_details(work, kept.case_id, watanabe))
    assert "opened" not in await people.facts(kept)


async def test_somebody_who_joins_the_desks_channel_later_sees_nothing_from_then_on(
    people: People, world: World
) -> None:
    filed = await people.report(excluded_people=("ito",), site_may_know=False)
    await world.works_off()
    assert len(world.platform.cards("desk")) == 1
    world.platform.inside["desk"] = {"sato", "ito"}
    await people.at_desk(Verb.TAKE, filed)
    await world.passes(minutes=5)
    assert filed.public_id not in shown_to(world, "desk")
    assert filed.public_id in shown_to(world, "second")
    assert "desk_moved" in await people.facts(filed)


async def test_a_reminder_that_finds_somebody_kept_out_takes_the_card_along(
    people: People, world: World
) -> None:
    case = await people.report(site_may_know=False, excluded_people=("tanaka",))
    await world.works_off()
    world.platform.inside["desk"] = {"tanaka"}  # the case itself does not change
    await world.passes(minutes=16)
    assert case.public_id not in shown_to(world, "desk")
    assert case.public_id in shown_to(world, "second")
    assert not world.platform.direct("sato")  # who would find nothing behind it


async def test_no_case_moves_to_a_second_desk_at_which_nobody_is_any_more(
    people: People, world: World
) -> None:
    case = await people.report(site_may_know=False, excluded_people=("tanaka",))
    await world.works_off()
    directory, company = world.service.work.directory, world.service.work.company
    directory.load([person for person in company.people if person.id != "watanabe"], 1)
    world.platform.inside["desk"] = {"tanaka"}
    await world.passes(minutes=16)
    assert case.public_id not in shown_to(world, "desk", "second")
    assert "delivery_failed" in await people.facts(case)


async def test_the_other_desk_is_asked_for_what_somebody_here_had_taken(
    people: People, world: World
) -> None:
    case = await people.report(site_may_know=False, excluded_people=("tanaka",))
    await world.works_off()
    await people.at_desk(Verb.TAKE, case)
    await people.say(case, Verb.WRITE, words="I want to die")
    await world.passes(minutes=16)  # the desk and its lead are asked
    world.platform.inside["desk"] = {"tanaka"}
    await people.say(case, Verb.WRITE, words="Please.")
    await world.passes(minutes=2)
    asked = {p for card in world.platform.channel("second") for p in card.mentions}
    assert asked == {"watanabe"} and world.platform.direct("watanabe")
    for kind in ("take", "follow_up"):
        assert (await people.duty(case, kind)).state not in ENDED
    assert (await people.press("watanabe", Verb.TAKE, case.case_id, at=SECOND)).changed


async def test_the_other_desk_is_asked_for_what_was_late_here_and_for_nothing_before_its_day(
    people: People, world: World
) -> None:
    """Also for what everybody here was asked for in vain, and nobody would ever be again."""
    case = await people.report(site_may_know=False, excluded_people=("tanaka",))
    await world.works_off()
    await people.at_desk(Verb.TAKE, case)
    await world.leaps(days=9)
    states = {kind: await people.duty(case, kind) for kind in ("care", "next_contact", "outcome")}
    assert {each.state for each in states.values()} == {DutyState.OPEN, DutyState.EXHAUSTED}
    assert all(each.due_at < world.clock.present for each in states.values())
    world.platform.inside["desk"] = {"tanaka"}
    await people.say(case, Verb.WRITE, words="もしもし。")
    await world.passes(minutes=1)
    assert "desk_moved" in await people.facts(case)
    shown = shown_to(world, "second")
    for kind in states:
        assert f"due.{kind}" in shown, "asked at once, in the channel where it stands now"
        assert (await people.duty(case, kind)).state is DutyState.OPEN
    assert "due.recurrence" not in shown, "its day has not come"
    assert (await audit(world.service.work)).clean


async def test_the_other_desk_is_asked_for_what_left_for_it_while_it_was_taken_back(
    people: People, world: World
) -> None:
    case = await people.report(site_may_know=False, excluded_people=("tanaka",))
    await world.works_off()
    await people.at_desk(Verb.TAKE, case)
    await people.at_desk(Verb.REPLY, case, words="Thank you.")
    await world.works_off()
    world.platform.inside["desk"] = {"tanaka"}
    await people.say(case, Verb.WITHDRAW)
    await world.works_off()
    assert "desk_moved" in await people.facts(case)
    await people.say(case, Verb.RESUME)
    await world.passes(minutes=16)
    take = await people.duty(case, "take")
    assert take.state is DutyState.OPEN and take.due_at > world.clock.present
    assert "nudge.take" in shown_to(world, "second")
    assert (await people.press("watanabe", Verb.TAKE, case.case_id, at=SECOND)).changed


async def test_a_card_of_a_lost_answer_says_nothing_once_somebody_kept_out_has_joined(
    people: People, world: World
) -> None:
    world.platform.reads_back = True
    world.platform.answers = [Ambiguous()]
    filed = await people.report(excluded_people=("ito",), site_may_know=False)
    await world.works_off()
    assert filed.public_id in shown_to(world, "desk")
    world.platform.inside["desk"] = {"sato", "ito"}
    await world.passes(minutes=5)
    assert filed.public_id not in shown_to(world, "desk")
    assert filed.public_id in shown_to(world, "second")


async def everybody_acts(people: People, filed: Filed) -> None:
    """So that every message about the case is owed its present state."""
    duties = await people.duties(filed)
    await people.at_desk(Verb.TAKE, filed)
    await people.press("tanaka", Verb.COMING, duties["second_person"].id, "5")
    await people.press("tanaka", Verb.TAKE_OVER, duties["care"].id)


@pytest.mark.parametrize("channel", ["desk", "shinjuku"])
async def test_reminders_that_stood_there_say_nothing_once_somebody_kept_out_has_joined(
    people: People, world: World, channel: str
) -> None:
    filed = await people.report(excluded_people=("ito",), safety=Safety.ONGOING)
    await world.passes(hours=3)
    assert world.platform.beside(channel)
    world.platform.inside[channel] = {"sato", "ito"}
    await everybody_acts(people, filed)
    await world.passes(hours=30)
    assert filed.public_id not in shown_to(world, channel)
    assert all(card == NEUTRAL for card in world.platform.channel(channel))


async def test_a_channel_that_asks_us_to_wait_is_left_message_by_message(
    people: People, world: World
) -> None:
    filed = await people.report(excluded_people=("ito",), safety=Safety.ONGOING)
    await world.passes(hours=3)
    world.platform.inside["shinjuku"] = {"sato", "ito"}
    later = Throttled(world.clock.now() + timedelta(minutes=2))
    world.platform.waits["shinjuku"] = [None, None, later, later]
    await everybody_acts(people, filed)
    await world.works_off()
    left = [card == NEUTRAL for card in world.platform.channel("shinjuku")]
    assert any(left) and not all(left)
    await world.passes(minutes=5)
    assert world.platform.waits["shinjuku"] == []
    assert all(card == NEUTRAL for card in world.platform.channel("shinjuku"))


async def test_where_the_platform_does_not_say_who_reads_nothing_is_sent_until_it_does(
    people: People, world: World
) -> None:
    await people.report(excluded_people=("ito",), site_may_know=False)
    other = await people.report(site_may_know=False)
    world.platform.inside["desk"] = None
    await world.passes(minutes=5)
    assert len(world.platform.cards("desk")) == 1
    assert other.public_id in shown_to(world, "desk")
    world.platform.inside["desk"] = {"sato"}
    await world.passes(minutes=2)
    assert len(world.platform.cards("desk")) == 2


async def test_a_report_that_waits_for_who_reads_is_an_alarm_and_the_next_people_are_asked(
    people: People, world: World
) -> None:
    filed = await people.report(excluded_people=("ito",), site_may_know=False)
    world.platform.inside["desk"] = None  # the bot was put out, or may not look
    await world.passes(minutes=15)
    assert not world.platform.cards("desk")
    assert "delivery_failed" in await people.facts(filed)
    assert (await audit(world.service.work)).failed_cards == 1
    assert world.platform.direct("sato") and world.platform.direct("mori")
    world.platform.inside["desk"] = {"sato"}
    await world.passes(minutes=6)
    assert len(world.platform.cards("desk")) == 1
    assert (await audit(world.service.work)).clean


async def test_who_would_be_asked_in_a_channel_that_cannot_be_looked_at_is_asked_directly(
    people: People, world: World
) -> None:
    filed = await people.report(excluded_people=("ito",))
    await people.answer("tanaka", Verb.COMING, filed, "care")
    world.platform.inside["shinjuku"] = None
    while "expired" not in await people.facts(filed):
        await world.passes(minutes=5)
    await world.passes(minutes=15)
    assert not world.platform.beside("shinjuku")
    assert world.platform.direct("tanaka") and world.platform.direct("yamamoto")


async def test_a_rung_whose_channel_is_shut_is_asked_person_by_person(
    people: People, world: World
) -> None:
    await people.report(excluded_people=("ito",), safety=Safety.ONGOING)
    world.platform.inside["shinjuku"] = {"tanaka", "ito"}
    await world.passes(minutes=3)
    assert world.platform.channel("shinjuku") == []
    assert world.platform.direct("tanaka") and world.platform.direct("yamamoto")
    assert world.platform.direct("ito") == []


async def test_the_next_are_asked_at_once_where_no_message_of_a_rung_can_reach_anybody(
    people: People, world: World
) -> None:
    world.platform.inside["shinjuku"] = {"ito", "tanaka", "yamamoto"}
    world.platform.gone |= {"@tanaka", "@yamamoto"}
    await people.report(excluded_people=("ito",), safety=Safety.ONGOING)
    await world.works_off()
    assert world.platform.direct("takahashi")


async def test_the_next_are_not_asked_sooner_where_one_message_of_a_rung_reached_somebody(
    people: People, world: World
) -> None:
    world.platform.inside["shinjuku"] = {"ito", "tanaka", "yamamoto"}
    world.platform.gone |= {"@tanaka"}
    await people.report(excluded_people=("ito",), safety=Safety.ONGOING)
    await world.works_off()
    assert world.platform.direct("yamamoto") and not world.platform.direct("takahashi")


@pytest.mark.parametrize("looked_at", ["card", "reminder"])
async def test_whoever_a_reminder_asked_there_is_asked_again_by_a_message_of_their_own(
    people: People, world: World, looked_at: str
) -> None:
    filed = await people.report(excluded_people=("ito",))
    await people.answer("tanaka", Verb.COMING, filed, "care")
    while not world.platform.beside("shinjuku"):  # what tanaka said runs out
        await world.passes(minutes=5)
    (reminder,) = world.platform.beside("shinjuku")
    assert set(reminder.mentions) == {"tanaka", "yamamoto"}
    assert not any(world.platform.direct(person) for person in reminder.mentions)
    world.platform.inside["shinjuku"] = {*reminder.mentions, "ito"}
    await sees_to(people, filed, looked_at)
    await world.passes(minutes=1)
    assert all(card == NEUTRAL for card in world.platform.channel("shinjuku"))
    for person in reminder.mentions:
        (own,) = world.platform.direct(person)
        assert own.title.key == "care.title" and own.buttons


async def sees_to(people: People, filed: Filed, what: str) -> None:
    """The site's card, or the reminder beside it, is brought up to date."""
    work = people.world.service.work
    care, now = await people.duty(filed, "care"), work.clock.now()
    async with work.storage.write() as tx:
        card = next(row for row in await tx.cards.of_case(filed.case_id) if row.duty_id == care.id)
        beside = next(row for row in await tx.duties.nudges(care.id) if row.ref)
        reminder = nudge_job(beside, "edit", card.address, now)
        await tx.jobs.enqueue([card_job(card, now) if what == "card" else reminder])


async def test_without_a_second_desk_it_is_an_alarm_and_not_shown_to_anybody(
    one_desk: World,
) -> None:
    people = People(one_desk)
    filed = await people.report(excluded_people=("suzuki",), site_may_know=False)
    await one_desk.works_off()
    assert one_desk.platform.channel("desk") == []
    async with one_desk.service.work.storage.read() as tx:
        (card,) = await tx.cards.of_case(filed.case_id)
    assert card.state is CardState.FAILED
    assert "delivery_failed" in await people.facts(filed)


@pytest.mark.parametrize("later", [False, True])
async def test_where_the_desks_channel_is_shut_nobody_is_told_that_it_is_there(
    one_desk: World, *, later: bool
) -> None:
    """Who really reads the channel is known to the platform alone."""
    people, platform = People(one_desk), one_desk.platform
    platform.inside["desk"] = set() if later else {"tanaka"}
    filed = await people.report(
        excluded_people=("tanaka",), site_may_know=False, chips="f", safety=Safety.ONGOING
    )
    await one_desk.works_off()
    platform.inside["desk"] = {"tanaka"}
    await one_desk.passes(hours=1)
    page = (await people.page(filed)).model_dump_json()
    assert '"sent.not_shown"' in page and '"sent.sending"' not in page
    assert '"sent.answer_by"' not in page and '"sent.delivered"' not in page
    assert page.index('"sent.not_shown"') < page.index("0120") < page.index('"sent.steps"')
    asked = shown_to(one_desk, "@sato", "@suzuki", "@mori")
    assert "nudge.nowhere" in asked and "nudge.in_channel" not in asked
    platform.inside["desk"] = set()
    await one_desk.passes(hours=1)
    assert '"sent.not_shown"' not in (await people.page(filed)).model_dump_json()
    assert "nudge.nowhere" not in shown_to(one_desk, "@sato", "@suzuki", "@mori")


async def test_no_case_goes_to_a_second_desk_at_which_nobody_is(
    world: World, conversations: Conversations
) -> None:
    work = world.service.work
    nobody_of_it = [person for person in work.company.people if person.id != "watanabe"]
    with capture_logs() as logs:
        await import_roster(
            nobody_of_it, work.directory, work.storage, world.clock.now(), io.StringIO()
        )
        await refresh(work.directory, work.storage)
    assert [line["event"] for line in logs] == ["second_desk_empty"]
    filed = await People(world).report(excluded_people=("suzuki",), site_may_know=False)
    await world.passes(hours=8)
    assert world.platform.channel("second") == []
    assert "delivery_failed" in await People(world).facts(filed)
    visitor, who = await asks_who(conversations, "slack")
    kept = {"people": [code_of(who, "Suzuki")]}
    chosen = {"visibility": ["u"], "site_may_know": ["n"]}
    screen = await conversations.press(visitor, who.token, "next", chosen | kept, {})
    assert screen.ask.step == "elsewhere"


async def test_whoever_is_at_the_desk_with_a_site_of_their_own_reads_along_there(
    world: World,
) -> None:
    """On a platform that does not tell who is in a channel, the roster alone says it."""
    work, people = world.service.work, People(world)
    world.platform.inside["desk"] = set()
    roster = [
        person.model_copy(update={"sites": ("shinjuku",)}) if person.id == "sato" else person
        for person in work.company.people
    ]
    await import_roster(roster, work.directory, work.storage, world.clock.now(), io.StringIO())
    await refresh(work.directory, work.storage)
    kept = await people.report(excluded_people=("sato",), site_may_know=False)
    other = await people.report()
    await world.passes(minutes=5)
    assert kept.public_id not in shown_to(world, "desk", "@sato")
    assert kept.public_id in shown_to(world, "second")
    assert (await people.press("sato", Verb.TAKE, other.case_id, at=DESK)).changed


async def test_a_running_list_leaves_out_what_a_reader_may_not_see(
    people: People, world: World
) -> None:
    ordinary = [await people.report(site_may_know=False) for _ in range(8)]
    secret = await people.report(excluded_people=("suzuki",), site_may_know=False)
    await world.passes(minutes=2)
    shown = shown_to(world, "desk")
    assert all(case.public_id in shown for case in ordinary)
    assert secret.public_id not in shown and secret.public_id in shown_to(world, "second")


# --- what the reporter is asked and told


async def asks_who(conversations: Conversations, platform: str, name: str = ""):
    """The visitor, and the screen that asks who may see it."""
    visitor = Visitor(platform, "T1", "U1", site_id="shinjuku", name=name)
    screen = await conversations.start(visitor)
    for button, chosen in (("check", {}), ("v", {}), ("next", {"acts": ["a"]})):
        screen = await conversations.press(visitor, screen.token, button, chosen, {})
    while screen.ask.step != "who":
        chosen = {g.id: [g.options[0].code] for g in screen.ask.groups if g.missing}
        codes = [option.code for option in screen.ask.buttons]
        button = "report" if "report" in codes else codes[0]
        screen = await conversations.press(visitor, screen.token, button, chosen, {})
    return visitor, screen


def people_on(screen):
    """The question whom to keep out by name."""
    (group,) = [group for group in screen.ask.groups if group.id == "people"]
    return group


def code_of(screen, name: str) -> str:
    """What stands for somebody in the list of answers."""
    options = people_on(screen).options
    return next(option.code for option in options if option.label.en == name)


async def test_people_are_named_on_a_platform_of_the_company_and_never_to_a_stranger(
    conversations, world: World
) -> None:
    _, screen = await asks_who(conversations, "slack")
    groups = {group.id: group for group in screen.ask.groups}
    named = {option.label.en for option in groups["people"].options}
    assert {"Tanaka", "Yamamoto", "Suzuki"} <= named and len(named) <= 10
    _, screen = await asks_who(conversations, "web")
    assert "people" not in {group.id for group in screen.ask.groups}
    assert "Tanaka" not in repr(screen)


async def test_the_review_says_that_another_desk_gets_it(conversations, world: World) -> None:
    visitor, screen = await asks_who(conversations, "slack")
    kept = {"people": [code_of(screen, "Suzuki")]}
    chosen = {"visibility": ["u"], "site_may_know": ["y"]} | kept
    screen = await conversations.press(visitor, screen.token, "next", chosen, {})
    assert screen.ask.step == "review"
    assert "sees.second_desk" in repr(screen.ask) and "Suzuki" in repr(screen.ask)


async def test_where_no_desk_may_have_it_nothing_is_sent_and_the_way_back_is_open(
    one_desk: World,
) -> None:
    work = one_desk.service.work
    conversations = Conversations(work, SealedLists(work.storage, work.clock, work.entropy))
    visitor, screen = await asks_who(conversations, "slack")
    kept = {"people": [code_of(screen, "Suzuki")]}
    chosen = {"visibility": ["u"], "site_may_know": ["n"]}
    screen = await conversations.press(visitor, screen.token, "next", chosen | kept, {})
    assert screen.ask.step == "elsewhere"
    phones = [element.phone for element in screen.ask.body if isinstance(element, CallLine)]
    assert "110" in phones and len(phones) >= 3, "nothing is sent: then there is whom to call"
    screen = await conversations.press(visitor, screen.token, "change", {}, {})
    assert screen.ask.step == "who"
    screen = await conversations.press(visitor, screen.token, "next", chosen, {})
    assert screen.ask.step == "review"


async def test_who_thinks_again_about_whom_to_keep_out_never_has_to_start_again(
    conversations, world: World
) -> None:
    visitor, screen = await asks_who(conversations, "slack")
    everybody = [option.code for option in people_on(screen).options]
    for turn in range(12):
        chosen = {"excluded": ["desk"], "people": everybody[turn % 2 :]}
        chosen |= {"visibility": ["u"], "site_may_know": ["n"]}
        screen = await conversations.press(visitor, screen.token, "next", chosen, {})
        assert screen.ask.step == "elsewhere"
        screen = await conversations.press(visitor, screen.token, "change", {}, {})
        assert screen.ask.step == "who"
        assert set(people_on(screen).chosen) == set(chosen["people"])


async def test_where_neither_desk_may_have_it_nothing_is_sent_and_there_is_whom_to_call(
    conversations, world: World
) -> None:
    visitor, screen = await asks_who(conversations, "slack")
    kept = {"people": [code_of(screen, "Suzuki"), code_of(screen, "Watanabe")]}
    chosen = {"visibility": ["u"], "site_may_know": ["n"]}
    screen = await conversations.press(visitor, screen.token, "next", chosen | kept, {})
    assert screen.ask.step == "elsewhere"
    assert "110" in {each.phone for each in screen.ask.body if isinstance(each, CallLine)}


async def paced(world: World, seconds: int) -> None:
    """Lets time pass as a platform with a pace wants it."""
    world.platform.gap_seconds = 1.0
    for _ in range(seconds):
        world.clock.passes(seconds=1)
        await world.works_off()


async def a_burst(people: People) -> Filed:
    """Too many reports at once; somebody is kept out of the last."""
    for _ in range(7):
        await people.report(site_may_know=False)
    return await people.report(site_may_know=False, excluded_people=("tanaka",))


@pytest.mark.parametrize("inside", [None, {"tanaka"}])
async def test_in_a_burst_what_the_list_may_not_name_is_not_called_delivered(
    one_desk: World, inside: set[str] | None
) -> None:
    people = People(one_desk)
    one_desk.platform.inside["desk"] = inside
    kept = await a_burst(people)
    await paced(one_desk, 120)
    assert kept.public_id not in shown_to(one_desk, "desk")
    assert "sent.delivered" not in repr(await people.page(kept))


async def test_in_a_burst_what_the_list_left_out_comes_once_it_is_known_who_reads_along(
    one_desk: World,
) -> None:
    people = People(one_desk)
    one_desk.platform.inside["desk"] = None
    kept = await a_burst(people)
    await paced(one_desk, 20)
    one_desk.platform.inside["desk"] = set()
    await paced(one_desk, 600)
    assert kept.public_id in shown_to(one_desk, "desk")
    assert "sent.delivered" in repr(await people.page(kept))


async def test_a_burst_takes_no_case_from_the_second_desk(world: World) -> None:
    people = People(world)
    world.platform.inside["desk"] = {"tanaka"}
    kept = await a_burst(people)
    await paced(world, 300)
    assert kept.public_id in shown_to(world, "second")
    assert kept.public_id not in shown_to(world, "desk")


async def test_moved_to_a_desk_that_takes_nothing_a_report_is_not_called_delivered(
    world: World,
) -> None:
    people = People(world)
    case = await people.report(site_may_know=False, excluded_people=("tanaka",))
    await world.works_off()
    assert "sent.delivered" in repr(await people.page(case))
    world.platform.inside["desk"] = {"tanaka"}
    world.platform.gone = {"second"}
    await people.say(case, Verb.WRITE, words="One thing more.")
    await world.passes(minutes=5)
    assert "sent.delivered" not in repr(await people.page(case))


async def test_in_a_shut_channel_each_climb_asks_people_directly(one_desk: World) -> None:
    people, platform = People(one_desk), one_desk.platform
    platform.inside["shinjuku"] = {"ito"}
    case = await people.report(excluded_people=("ito",))
    await one_desk.works_off()
    care = await people.duty(case, "care")
    await people.press("tanaka", Verb.COMING, care.id, "5", at="chat:@tanaka")
    await one_desk.works_off()
    before = set(platform.messages)
    await one_desk.passes(minutes=44)
    assert (await people.duty(case, "care")).climb == 1
    after = {each.channel for ref, each in platform.messages.items() if ref not in before}
    assert {"@tanaka", "@yamamoto"} <= after


async def test_the_second_desk_finds_its_case_however_many_the_usual_desk_has(
    people: People, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.desk_list.MOST_READ", 2)
    for _ in range(3):
        await people.report(site_may_know=False, chips="a")  # more urgent than the one below
    await people.report(site_may_know=False, excluded_people=("suzuki",))
    watanabe = world.service.work.directory.person("watanabe")
    assert watanabe is not None
    assert len((await list_for_desk(world.service.work, watanabe)).lines) == 1


def rows_of(folder: Path, case: Filed, columns: str, table: str) -> list[tuple[Any, ...]]:
    """What a thief of the database reads of one case."""
    connection = sqlite3.connect(folder / "mamori.db")
    found = connection.execute(
        f"SELECT {columns} FROM {table} WHERE duty.case_id = ?", (case.case_id,)
    )
    rows = sorted(found, key=repr)
    connection.close()
    return rows


ROLES = ((), (Role.HQ,), (Role.MANAGER,), (Role.AREA, Role.HQ))


async def test_no_row_in_the_clear_tells_which_roles_a_reporter_keeps_out(
    one_desk: World, tmp_path: Path
) -> None:
    people = People(one_desk)
    cases = [
        await people.report(excluded=roles, site_may_know=False, visibility=Visibility.UNNAMED)
        for roles in ROLES
    ]
    asked = "kind, part, duty.step, ladder, nudge.step, roles, people"
    duties = "duty LEFT JOIN nudge ON nudge.duty_id = duty.id"
    await one_desk.works_off()
    due = (await people.duty(cases[0], "take")).due_at
    for later in (0.0, 29.0):  # with the desk's lead asked too
        wait = (due - one_desk.clock.present).total_seconds() / 3600 + later / 60
        await one_desk.leaps(hours=max(wait, 0))
        seen = [rows_of(tmp_path, case, asked, duties) for case in cases]
        assert seen == [seen[0]] * len(ROLES)


async def test_neither_a_duty_nor_its_clock_tells_that_a_rung_asked_nobody(
    one_desk: World, tmp_path: Path
) -> None:
    """Head office would be asked to take it half an hour after the desk's lead."""
    people = People(one_desk)
    cases = [await people.report(excluded=each, site_may_know=False) for each in ROLES[:2]]
    due = (await people.duty(cases[0], "take")).due_at
    await one_desk.leaps(hours=(due - one_desk.clock.present).total_seconds() / 3600)
    for _ in range(7):
        await one_desk.passes(minutes=10)
        columns = "duty.kind, duty.state, duty.step, climb, round, duty.asked_at, job.due_at"
        clocks = "duty LEFT JOIN job ON job.subject = duty.id AND job.kind = 'climb'"
        kept_out_of_none, kept_out = (rows_of(tmp_path, x, columns, clocks) for x in cases)
        assert kept_out_of_none == kept_out
    asked = [each for each in await people.history(cases[1]) if each.fact == "asked"]
    assert {each.detail["roles"] for each in asked} == {"desk", "desk_lead"}


async def test_a_rung_whose_roles_are_kept_out_asks_nobody_and_ends_nothing_early(
    one_desk: World,
) -> None:
    people = People(one_desk)
    case = await people.report(site_may_know=False, excluded=(Role.HQ,))
    due = (await people.duty(case, "take")).due_at
    await one_desk.leaps(hours=(due - one_desk.clock.present).total_seconds() / 3600)
    await one_desk.passes(minutes=58)
    assert (await people.duty(case, "take")).state is DutyState.OPEN
    await one_desk.passes(minutes=5)
    assert (await people.duty(case, "take")).state is DutyState.EXHAUSTED
    assert one_desk.platform.direct("watanabe") == []


def a_crowd(world: World, *roles: Role) -> Crowd:
    """Whom a report of one store may ask, that keeps these roles out."""
    work = world.service.work
    site = work.company.site("shinjuku")
    assert site is not None
    return Crowd(work, site, None, (), work.clock.now(), Exclusion(frozenset(roles)))


def a_duty(world: World, ladder: Ladder, **changes: Any) -> Duty:
    now = world.clock.now()
    born = Duty(
        id="d",
        case_id="c",
        kind="second_person",
        owner="site",
        state=DutyState.OPEN,
        started_at=now,
        due_at=now,
        step=-1,
        ladder=ladder.model_dump_json(),
        chase_from=now,
    )
    return replace(born, **changes)


async def test_a_first_rung_whose_roles_are_all_kept_out_holds_nobody_up(world: World) -> None:
    ladder = world.service.work.policy.ladders.second_person
    there = a_crowd(world, Role.MANAGER, Role.DEPUTY)
    climbed = climb_on(there, a_duty(world, ladder), ladder, "chat:shinjuku")
    assert (climbed.duty.step, climbed.roles) == (1, (Role.AREA,))
    assert "takahashi" in climbed.nudges[0].people


async def test_where_everybody_said_no_the_next_are_asked_past_a_rung_that_is_kept_out(
    world: World,
) -> None:
    ladder = world.service.work.policy.ladders.second_person
    there = a_crowd(world, Role.AREA)
    first = climb_on(there, a_duty(world, ladder), ladder, "chat:shinjuku")
    both = frozenset({"tanaka", "yamamoto"})
    for minutes in (1, 4):  # before the time of the rung that asks nobody, and after it
        later = replace(there, now=there.now + timedelta(minutes=minutes))
        climbed = climb_on(
            later,
            first.duty,
            ladder,
            "chat:shinjuku",
            asked_before=first.nudges,
            answered=both,
        )
        assert (climbed.duty.step, climbed.roles) == (2, (Role.HQ,))


async def test_a_rung_that_is_kept_out_takes_its_time_while_somebody_may_answer(
    world: World,
) -> None:
    ladder = world.service.work.policy.ladders.second_person
    there = a_crowd(world, Role.AREA)
    first = climb_on(there, a_duty(world, ladder), ladder, "chat:shinjuku")
    assert [job.due_at - there.now for job in first.jobs if job.kind == "climb"] == [
        timedelta(minutes=3)
    ]
    there = replace(there, now=there.now + timedelta(minutes=3))
    passed = climb_on(there, first.duty, ladder, "chat:shinjuku", asked_before=first.nudges)
    assert (passed.duty.step, passed.nudges, passed.at_end) == (1, (), False)
    assert [job.due_at - there.now for job in passed.jobs] == [timedelta(minutes=2)]


async def test_the_desk_is_asked_where_everybody_on_a_ladder_is_kept_out(world: World) -> None:
    ladder = world.service.work.policy.ladders.second_person
    there = a_crowd(world, Role.MANAGER, Role.DEPUTY, Role.AREA, Role.HQ)
    climbed = climb_on(there, a_duty(world, ladder), ladder, "chat:shinjuku")
    assert climbed.roles == (Role.DESK,)
    assert set(climbed.nudges[0].people) == {"sato", "suzuki"}
    assert climbed.nudges[0].roles == ("manager", "deputy"), "the row tells nothing of it"


async def test_a_ladder_that_was_stored_without_those_kept_out_goes_on_as_it_was(
    world: World,
) -> None:
    """So they were stored before: head office is not on it at all."""
    whole = world.service.work.policy.ladders.second_person
    there, stored = a_crowd(world, Role.HQ), whole.up_to(1)
    duty = a_duty(world, stored, step=1, asked_at=world.clock.now())
    there = replace(there, now=next_climb_at(duty, stored))
    assert climb_on(there, duty, stored, "chat:shinjuku").at_end
    assert there.now - duty.started_at == timedelta(minutes=10)


async def a_list_of(people: People, *, also: int = 0) -> list[Filed]:
    """A running list of reports that keep somebody out, who does not read the desk yet."""
    for _ in range(also):
        await people.report(site_may_know=False)
    cases = [
        await people.report(site_may_know=False, excluded_people=("tanaka",)) for _ in range(7)
    ]
    await paced(people.world, 40)
    return cases


@pytest.mark.parametrize("also", [0, 7])
async def test_a_list_names_no_case_to_somebody_kept_out_who_joins_later(
    world: World, also: int
) -> None:
    people = People(world)
    world.platform.inside["desk"] = set()
    cases = await a_list_of(people, also=also)
    assert all(case.public_id in shown_to(world, "desk") for case in cases)
    world.platform.inside["desk"] = {"tanaka"}
    await people.say(cases[-1], Verb.WRITE, words="One thing more.")
    await paced(world, 60)
    assert not [case for case in cases if case.public_id in shown_to(world, "desk")]
    assert cases[-1].public_id in shown_to(world, "second")


async def test_what_a_list_names_no_longer_is_not_called_delivered(one_desk: World) -> None:
    people = People(one_desk)
    one_desk.platform.inside["desk"] = set()
    cases = await a_list_of(people, also=7)
    assert "sent.delivered" in repr(await people.page(cases[-1]))
    one_desk.platform.inside["desk"] = {"tanaka"}
    await people.say(cases[-1], Verb.WRITE, words="One thing more.")
    await paced(one_desk, 60)
    assert "sent.delivered" not in repr(await people.page(cases[-1]))
