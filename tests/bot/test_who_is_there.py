"""Who is asked when: shifts, opening hours, holidays, clocks that change, and nobody left.

Each story has the outcome that people would call sensible, written in its name.
"""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.audits import audit
from bot.case_records import CaseKind, CaseState, Part
from bot.filing import Filed
from bot.on_duty import forget_old_duty, go_off_duty, go_on_duty, on_duty_now
from bot.rights import Reader
from bot.views import view_case
from bot.work_records import DutyState
from flows.commitments import DutyKind
from flows.ladders import Role
from flows.outcomes import Visibility
from flows.phrases import listed, say
from flows.presses import Verb
from flows.screens import CallLine
from tests.bot.conftest import NotedPlatform, People
from tests.support.world import COMPANY, World, a_world

Company = dict[str, Any]
Start = Callable[[Callable[[Company], None], datetime], People]
TOKYO_NOON = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
"""A Wednesday."""


@pytest.fixture
async def start(tmp_path: Path, quick: None) -> AsyncIterator[Start]:
    """A Mamori of the example company, changed, at a moment."""
    worlds: list[World] = []

    def begin(change: Callable[[Company], None], at: datetime) -> People:
        company = yaml.safe_load(COMPANY.read_text("utf-8"))
        change(company)
        path = tmp_path / "company.yaml"
        path.write_text(yaml.safe_dump(company, allow_unicode=True), "utf-8")
        world = a_world(tmp_path, company=path)
        world.platform = NotedPlatform()
        world.clock.present = at
        worlds.append(world)
        return People(world)

    yield begin
    for world in worlds:
        await world.service.work.storage.close()


def person(company: Company, id: str) -> dict[str, Any]:
    return next(each for each in company["people"] if each["id"] == id)


def shifts(**of: tuple[str, str]) -> Callable[[Company], None]:
    """Gives people of the example company daily shifts."""

    def change(company: Company) -> None:
        for id, (begins, ends) in of.items():
            person(company, id)["shifts"] = [{"from": begins, "to": ends}]

    return change


def hours(zone: str, opening: str, **more: Any) -> Callable[[Company], None]:
    """Gives the first site opening hours, every day, in a zone."""

    def change(company: Company) -> None:
        days = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
        site = company["sites"][0]
        site["zone"] = zone
        site["hours"] = {"open": dict.fromkeys(days, opening), **more}

    return change


def alerted(people: People, channel: str = "shinjuku") -> list[set[str]]:
    """Whom each message of a channel alerted, in order."""
    shown = people.world.platform.messages.values()
    return [set(each.alerted) for each in shown if each.channel == channel]


async def said_about(people: People, duty_id: str) -> list[set[str]]:
    """Whom each message about a duty named, in order."""
    async with people.world.service.work.storage.read() as tx:
        rows = await tx.duties.nudges(duty_id)
    return [set(row.people) for row in rows if row.sent_at is not None]


# --- shifts --------------------------------------------------------------------------------


async def test_only_those_on_shift_are_asked(start: Start) -> None:
    people = start(shifts(tanaka=("06:00", "11:00"), yamamoto=("11:00", "20:00")), TOKYO_NOON)
    await people.call()
    await people.world.works_off()
    assert alerted(people) == [{"yamamoto"}]


async def test_whoever_comes_on_shift_meanwhile_is_asked_by_the_next_rung(start: Start) -> None:
    change = shifts(takahashi=("12:02", "20:00"), watanabe=("06:00", "20:00"))
    people = start(change, TOKYO_NOON)
    await people.call()
    await people.world.passes(minutes=3)
    assert alerted(people)[1] == {"tanaka", "yamamoto", "takahashi"}


async def test_who_says_that_they_are_on_duty_is_asked_whatever_the_roster_says(
    start: Start,
) -> None:
    people = start(shifts(tanaka=("06:00", "11:00")), TOKYO_NOON)
    work = people.world.service.work
    await go_on_duty(work, "tanaka", "shinjuku")
    await people.call()
    await people.world.works_off()
    assert alerted(people) == [{"tanaka", "yamamoto"}]
    await go_off_duty(work, "tanaka")
    await people.call()
    await people.world.works_off()
    assert alerted(people)[1] == {"yamamoto"}


async def test_who_was_on_duty_is_forgotten_once_the_time_has_run_out(
    people: People, world: World, rows: Callable[[], dict[str, int]]
) -> None:
    work = world.service.work
    await go_on_duty(work, "tanaka", "shinjuku")
    world.clock.passes(hours=11)
    await forget_old_duty(work)
    assert rows()["on_duty"] == 1
    world.clock.passes(hours=1)
    await forget_old_duty(work)
    assert "on_duty" not in rows()


async def test_who_says_that_they_are_on_duty_is_so_though_a_roster_names_another_id_of_theirs(
    start: Start,
) -> None:
    people = start(shifts(tanaka=("06:00", "11:00")), TOKYO_NOON)
    work = people.world.service.work
    said = await go_on_duty(work, "tanaka", "shinjuku")
    renamed = {"id": "b-7", "aliases": ("tanaka",)}
    listed = work.company.people
    work.directory.load(
        [each.model_copy(update=renamed if each.id == "tanaka" else {}) for each in listed], 0
    )
    await people.call()
    await people.world.works_off()
    assert alerted(people) == [{"b-7", "yamamoto"}]
    people.world.clock.passes(minutes=1)
    again = await go_on_duty(work, "b-7", "shinjuku")
    assert await on_duty_now(work, "tanaka") == await on_duty_now(work, "b-7") == again
    assert again.until > said.until
    await go_off_duty(work, "b-7")
    assert await on_duty_now(work, "b-7") is None


async def test_who_goes_on_duty_at_another_site_is_at_the_first_no_more(
    people: People, world: World, rows: Callable[[], dict[str, int]]
) -> None:
    work = world.service.work
    await go_on_duty(work, "takahashi", "shinjuku")
    last = await go_on_duty(work, "takahashi", "yotsuya")
    assert await on_duty_now(work, "takahashi") == last and rows()["on_duty"] == 1
    await people.call("yotsuya")
    await world.passes(minutes=4)
    assert world.platform.direct("takahashi") and not world.platform.direct("watanabe")
    await people.call("shinjuku")
    await world.passes(minutes=3)
    assert world.platform.direct("watanabe"), "nobody waits for whoever is elsewhere"


async def test_who_is_on_duty_where_a_new_roster_has_them_no_more_is_asked_at_their_own_site(
    people: People, world: World
) -> None:
    work = world.service.work
    await go_on_duty(work, "tanaka", "shinjuku")
    moved = {"sites": ("yotsuya",)}
    listed = work.company.people
    work.directory.load(
        [each.model_copy(update=moved if each.id == "tanaka" else {}) for each in listed], 1
    )
    assert await on_duty_now(work, "tanaka") is None
    await people.report(site_id="yotsuya")
    await world.works_off()
    assert "tanaka" in alerted(people, "yotsuya")[0]


async def test_nobody_on_shift_asks_everybody_and_the_next_rung_at_once(start: Start) -> None:
    night = ("22:00", "23:00")
    people = start(shifts(tanaka=night, yamamoto=night), TOKYO_NOON)
    case = await people.call()
    await people.world.works_off()
    assert alerted(people) == [{"tanaka", "yamamoto"}, {"takahashi"}]
    assert (await people.duty(case, "second_person")).state is DutyState.OPEN


async def test_nobody_on_shift_for_care_passes_on_to_those_who_are(start: Start) -> None:
    night = ("22:00", "23:00")
    people = start(shifts(tanaka=night, yamamoto=night, takahashi=night), TOKYO_NOON)
    await people.report()
    await people.world.works_off()
    (nudge,) = people.world.platform.beside("shinjuku")
    # Who does not read the channel is not called in it.
    assert nudge.title.key == "nudge.care_desk" and not nudge.mentions
    assert len(people.world.platform.direct("sato")) == 1, "who does not read the channel"


async def next_to_care(people: People, case: Filed) -> tuple[set[str], datetime | None]:
    """The roles that the reporter's page names as next, and when."""
    work = people.world.service.work
    async with work.storage.read() as tx:
        view = await view_case(work, tx, case.case_id, Reader.OWN_PAGE)
    care = view.duty(DutyKind.CARE) if view else None
    assert care is not None
    return {role.value for role in care.next_roles}, care.next_at


@pytest.mark.parametrize(
    ("away", "later", "role"),
    [
        (shifts(takahashi=("15:00", "20:00")), timedelta(minutes=10), "desk"),
        (
            shifts(**dict.fromkeys(("takahashi", "sato", "suzuki", "mori"), ("15:00", "20:00"))),
            timedelta(hours=3),
            "area",
        ),
        (
            shifts(
                takahashi=("15:00", "20:00"),
                **dict.fromkeys(("sato", "suzuki", "mori"), ("14:00", "20:00")),
            ),
            timedelta(hours=2),
            "desk",
        ),
    ],
)
async def test_who_does_not_work_then_is_not_named_as_next_to_care(
    start: Start, away: Callable[[Company], None], later: timedelta, role: str
) -> None:
    people = start(away, TOKYO_NOON)
    case = await people.report()
    await people.world.works_off()
    assert await next_to_care(people, case) == ({role}, TOKYO_NOON + later)
    care = (await people.duty(case, "care")).id
    await people.world.passes(minutes=later / timedelta(minutes=1) - 1)
    above = {"takahashi", "sato", "suzuki"}
    assert not above & set().union(*await said_about(people, care))
    await people.world.passes(minutes=1)
    asked = above & set().union(*await said_about(people, care))
    assert asked == ({"takahashi"} if role == "area" else {"sato", "suzuki"})


async def test_who_is_on_duty_elsewhere_is_not_named_as_next_to_care(start: Start) -> None:
    people = start(lambda company: None, TOKYO_NOON)
    await go_on_duty(people.world.service.work, "takahashi", "yotsuya")
    case = await people.report()
    await people.world.works_off()
    assert await next_to_care(people, case) == ({"desk"}, TOKYO_NOON + timedelta(minutes=10))


# --- a desk with shifts ----------------------------------------------------------------------

TOKYO_NIGHT = datetime(2026, 11, 25, 14, 0, tzinfo=UTC)
"""That Wednesday at 23:00."""
OFFICE = ("09:00", "18:00")
"""As the desk of the standard pack is open."""
DESK_IN_OFFICE = shifts(sato=OFFICE, suzuki=OFFICE, mori=OFFICE, watanabe=OFFICE)


async def test_danger_at_night_asks_everybody_at_the_desk_although_nobody_is_on_shift(
    start: Start,
) -> None:
    people = start(DESK_IN_OFFICE, TOKYO_NOON)
    case = await people.report(site_may_know=False)
    await people.world.works_off()
    await people.at_desk(Verb.TAKE, case)
    people.world.clock.present = TOKYO_NIGHT
    await people.say(case, Verb.WRITE, words="I want to die")
    await people.world.works_off()
    asked = people.world.platform.direct
    assert [len(asked(who)) for who in ("sato", "suzuki", "mori")] == [1, 1, 1]
    assert alerted(people, "desk")[-2:] == [{"sato", "suzuki"}, {"mori"}]
    assert (await people.duty(case, "follow_up")).state is DutyState.OPEN, "they have their time"
    await people.world.passes(minutes=76)
    assert len(asked("sato")) == 2, "its ladder begins again once"


async def test_a_call_that_nobody_answers_at_night_asks_everybody_at_the_desk(start: Start) -> None:
    people = start(DESK_IN_OFFICE, TOKYO_NIGHT)
    case = await people.call()
    await people.world.passes(minutes=11)
    assert {"sato", "suzuki"} <= {who for each in alerted(people, "desk") for who in each}
    assert all(people.world.platform.direct(who) for who in ("sato", "suzuki", "mori"))
    assert (await people.duty(case, "take")).state is DutyState.OPEN
    await people.world.passes(minutes=63)
    assert (await people.duty(case, "take")).state is DutyState.EXHAUSTED


async def test_in_danger_those_off_shift_are_left_alone_while_a_colleague_is_there(
    start: Start,
) -> None:
    late = shifts(sato=OFFICE, suzuki=("18:00", "24:00"), mori=OFFICE, watanabe=OFFICE)
    people = start(late, TOKYO_NIGHT)
    await people.call()
    await people.world.passes(minutes=11)
    assert people.world.platform.direct("suzuki") and not people.world.platform.direct("sato")


@pytest.mark.parametrize(("kind", "days"), [("reply", 1), ("outcome", 7)])
async def test_what_the_desk_owes_by_closing_is_said_to_those_who_work_until_then(
    start: Start, kind: str, days: int
) -> None:
    people = start(DESK_IN_OFFICE, TOKYO_NOON)
    case = await people.report(site_may_know=False)
    await people.world.works_off()
    await people.at_desk(Verb.TAKE, case)
    await people.world.leaps(days=days, hours=5, minutes=59)
    duty = await people.duty(case, kind)
    assert duty.due_at == people.world.clock.now() + timedelta(minutes=1)
    assert await said_about(people, duty.id) == []
    await people.world.passes(minutes=1)
    assert await said_about(people, duty.id) == [{"sato", "suzuki"}]


async def test_a_case_that_nobody_took_by_closing_is_the_leads_and_in_the_morning_head_offices(
    start: Start,
) -> None:
    people = start(DESK_IN_OFFICE, TOKYO_NOON)
    case = await people.report(site_may_know=False)
    await people.world.leaps(days=1, hours=6)
    assert (await said_about(people, (await people.duty(case, "take")).id))[-1] == {"mori"}
    await people.world.leaps(hours=14)
    assert not people.world.platform.direct("watanabe")
    assert (await people.duty(case, "take")).state is DutyState.OPEN
    await people.world.leaps(hours=1, minutes=1)
    assert people.world.platform.direct("watanabe")


async def test_a_rung_on_which_nobody_is_and_none_after_it_waits_for_the_next_shift(
    start: Start,
) -> None:
    late = ("13:00", "18:00")
    people = start(shifts(tanaka=late, yamamoto=late, takahashi=("14:00", "18:00")), TOKYO_NOON)
    everybody = people.world.service.work.directory.company.people
    people.world.service.work.directory.load([p for p in everybody if "desk" not in p.role], 1)
    case = await people.report()
    await people.world.works_off()
    (card,) = people.world.platform.cards("shinjuku")
    assert card.mentions == () and "2026-11-25T04:00:00" in card.model_dump_json()
    assert (await people.duty(case, "care")).state is DutyState.OPEN
    found = (await audit(people.world.service.work)).findings()
    assert [name for name, count in found.items() if count] == ["empty_desk"]
    await people.world.passes(minutes=59)
    assert not people.world.platform.beside("shinjuku")
    await people.world.passes(minutes=1)
    (nudge,) = people.world.platform.beside("shinjuku")
    assert set(nudge.mentions) == {"tanaka", "yamamoto"}


async def test_nobody_waits_for_people_who_never_work_while_it_is_open(start: Start) -> None:
    night = ("20:00", "23:00")

    def change(company: Company) -> None:
        hours("Asia/Tokyo", "10:00-18:00")(company)
        shifts(tanaka=night, yamamoto=night, takahashi=night)(company)
        company["people"] = [p for p in company["people"] if "desk" not in p["role"]]

    people = start(change, TOKYO_NOON)
    case = await people.report()
    await people.world.works_off()
    assert (await people.duty(case, "care")).state is DutyState.EXHAUSTED


# --- opening hours -------------------------------------------------------------------------


async def test_care_after_closing_time_waits_for_the_opening_and_says_so(start: Start) -> None:
    people = start(hours("Asia/Tokyo", "10:00-11:00"), TOKYO_NOON)
    case = await people.report()
    await people.world.works_off()
    (card,) = people.world.platform.cards("shinjuku")
    assert card.mentions == () and "chase.care.next" in repr(card)
    opening = datetime(2026, 11, 26, 1, 0, tzinfo=UTC)
    assert opening.isoformat().replace("+00:00", "") in card.model_dump_json()
    await people.world.leaps(hours=21)
    assert not people.world.platform.beside("shinjuku")
    await people.world.leaps(hours=1)
    (nudge,) = people.world.platform.beside("shinjuku")
    assert set(nudge.mentions) == {"tanaka", "yamamoto"}
    assert (await people.duty(case, "care")).state is DutyState.OPEN
    assert (await audit(people.world.service.work)).clean


async def test_held_overnight_the_morning_does_not_ask_everybody_at_once(start: Start) -> None:
    people = start(hours("Asia/Tokyo", "10:00-11:00"), TOKYO_NOON)
    await people.report()
    await people.world.leaps(hours=22, minutes=5)
    assert len(people.world.platform.beside("shinjuku")) == 1
    await people.world.leaps(minutes=5)
    assert len(people.world.platform.beside("shinjuku")) == 2


async def test_help_waits_for_no_opening(start: Start) -> None:
    people = start(hours("Asia/Tokyo", "10:00-11:00"), TOKYO_NOON)
    await people.call()
    await people.world.works_off()
    assert alerted(people) == [{"tanaka", "yamamoto"}]


async def test_a_report_at_the_weekend_is_promised_and_asked_for_on_monday(start: Start) -> None:
    saturday = datetime(2026, 11, 28, 3, 0, tzinfo=UTC)
    people = start(lambda company: None, saturday)
    case = await people.report(site_may_know=False)
    await people.world.works_off()
    (card,) = people.world.platform.cards("desk")
    assert card.mentions == ()
    await people.world.leaps(hours=44)
    assert not people.world.platform.beside("desk")
    await people.world.leaps(hours=1)
    asked = [c for c in people.world.platform.beside("desk") if c.title.key == "nudge.take"]
    assert [set(card.mentions) for card in asked] == [{"sato", "suzuki"}]
    take = await people.duty(case, "take")
    assert take.due_at > datetime(2026, 11, 30, 0, 0, tzinfo=UTC)


async def test_a_public_holiday_is_no_working_day(start: Start) -> None:
    before = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)  # Sunday; Monday is Labour Thanksgiving Day
    people = start(lambda company: None, before)
    await people.report(site_may_know=False)
    await people.world.leaps(hours=44)
    assert not people.world.platform.beside("desk")
    await people.world.leaps(hours=2)
    assert [c for c in people.world.platform.beside("desk") if c.title.key == "nudge.take"]


@pytest.mark.parametrize(
    ("evening", "opening"),
    [
        # Berlin, spring: 2:00 becomes 3:00 on 28 March 2027. Nine o'clock comes an hour sooner.
        (datetime(2027, 3, 27, 20, 0, tzinfo=UTC), datetime(2027, 3, 28, 7, 0, tzinfo=UTC)),
        # Autumn: 3:00 becomes 2:00 on 25 October 2026. It comes an hour later.
        (datetime(2026, 10, 24, 20, 0, tzinfo=UTC), datetime(2026, 10, 25, 8, 0, tzinfo=UTC)),
    ],
    ids=["spring", "autumn"],
)
async def test_when_the_clocks_change_the_opening_is_still_at_nine(
    start: Start, evening: datetime, opening: datetime
) -> None:
    people = start(hours("Europe/Berlin", "09:00-18:00"), evening)
    await people.report()
    await people.world.leaps(seconds=(opening - evening).total_seconds() - 60)
    assert not people.world.platform.beside("shinjuku")
    await people.world.leaps(minutes=1)
    assert people.world.platform.beside("shinjuku")


@pytest.mark.parametrize(
    "change",
    [datetime(2027, 3, 28, 0, 58, tzinfo=UTC), datetime(2026, 10, 25, 0, 58, tzinfo=UTC)],
    ids=["spring", "autumn"],
)
async def test_minutes_of_danger_are_minutes_even_while_the_clocks_change(
    start: Start, change: datetime
) -> None:
    people = start(hours("Europe/Berlin", "00:00-24:00"), change)
    await people.call()
    await people.world.passes(minutes=2)
    assert len(alerted(people)) == 1
    await people.world.passes(minutes=1)
    assert len(alerted(people)) == 2


# --- nobody left ---------------------------------------------------------------------------


async def test_everybody_cannot_and_the_desk_and_the_caller_are_told_at_once(start: Start) -> None:
    people = start(lambda company: None, TOKYO_NOON)
    case = await people.call()
    await people.world.works_off()
    for who in ("tanaka", "yamamoto", "takahashi", "watanabe"):
        await people.answer(who, Verb.CANNOT, case)
        await people.world.works_off()
    assert (await people.duty(case, "second_person")).state is DutyState.EXHAUSTED
    assert len(people.world.platform.cards("desk")) == 1
    page = await people.page(case)
    assert page.body[0].text.key == "help.nobody.numbers"


async def test_the_only_manager_is_kept_out_and_the_desk_cares(start: Start) -> None:
    def alone(company: Company) -> None:
        keep = ("tanaka", "sato", "suzuki", "mori")
        company["people"] = [each for each in company["people"] if each["id"] in keep]

    people = start(alone, TOKYO_NOON)
    case = await people.report(excluded=(Role.MANAGER,))
    await people.world.leaps(days=1)
    assert people.world.platform.channel("shinjuku") == []
    assert people.world.platform.direct("tanaka") == []
    care = await people.duty(case, "care")
    assert care.owner == "desk"


async def test_who_reported_is_never_asked_to_come_and_fills_no_seat(start: Start) -> None:
    people = start(lambda company: None, TOKYO_NOON)
    case = await people.report(reporter_id="tanaka")
    await people.world.works_off()
    (card,) = people.world.platform.cards("shinjuku")
    assert card.mentions == ("yamamoto",)
    care = await people.duty(case, "care")
    assert (await people.press("tanaka", Verb.CARED, care.id)).notice.key == "press.not_yours"


async def test_who_called_is_never_asked_to_come_to_their_own_call(start: Start) -> None:
    people = start(lambda company: None, TOKYO_NOON)
    case = await people.call(caller_id="tanaka")
    await people.world.works_off()
    assert alerted(people) == [{"yamamoto"}] and not people.world.platform.direct("tanaka")
    pressed = await people.answer("tanaka", Verb.COMING, case)
    assert pressed.notice.key == "press.not_yours"


def one_person(id: str, other: str) -> Callable[[Company], None]:
    """Two lines of a roster that are one person."""

    def change(company: Company) -> None:
        person(company, id)["aliases"] = [other]

    return change


async def test_whoever_called_or_reported_under_another_id_of_theirs_is_not_asked_either(
    start: Start,
) -> None:
    people = start(one_person("tanaka", "t.tanaka"), TOKYO_NOON)
    call = await people.call(caller_id="t.tanaka")
    report = await people.report(reporter_id="t.tanaka")
    await people.world.works_off()
    assert alerted(people) == [{"yamamoto"}] * 2 and not people.world.platform.direct("tanaka")
    pressed = await people.answer("tanaka", Verb.COMING, call)
    assert pressed.notice.key == "press.not_yours"
    care = await people.duty(report, "care")
    assert (await people.press("tanaka", Verb.CARED, care.id)).notice.key == "press.not_yours"


async def test_nobody_reads_their_own_report_at_the_desk_under_another_id(start: Start) -> None:
    people = start(one_person("sato", "s.sato"), TOKYO_NOON)
    case = await people.report(reporter_id="s.sato", site_may_know=False)
    await people.world.works_off()
    assert not (await people.at_desk(Verb.DETAILS, case)).changed
    assert "opened" not in await people.facts(case)


async def test_who_gets_another_id_while_they_come_fills_one_seat(start: Start) -> None:
    people = start(lambda company: None, TOKYO_NOON)
    case = await people.call()
    await people.answer("tanaka", Verb.COMING, case)
    directory = people.world.service.work.directory
    was = directory.person("tanaka")
    assert was is not None
    is_now = was.model_copy(update={"id": "t.tanaka", "aliases": ("tanaka",)})
    others = [each for each in people.world.service.work.company.people if each is not was]
    directory.load([is_now, *others], 1)
    again = await people.answer("t.tanaka", Verb.COMING, case)
    assert again.notice.key == "press.already"
    await people.answer("t.tanaka", Verb.HERE, case)
    assert (await people.duty(case, "second_person")).state is DutyState.OPEN
    await people.world.works_off()
    (card,) = people.world.platform.cards("shinjuku")
    assert card.title.values["taken"] == 1
    assert (await people.answer("t.tanaka", Verb.OVER, case)).changed


async def test_an_unnamed_reporter_is_on_no_record_and_may_be_asked(start: Start) -> None:
    people = start(lambda company: None, TOKYO_NOON)
    case = await people.report(visibility=Visibility.UNNAMED, reporter_id="tanaka")
    await people.world.works_off()
    async with people.world.service.work.storage.read() as tx:
        body = await tx.cases.body(case.case_id, opening=Part)
    assert b"tanaka" not in body.content + body.identity + body.health
    (card,) = people.world.platform.cards("shinjuku")
    assert set(card.mentions) == {"tanaka", "yamamoto"}


# --- direct messages -----------------------------------------------------------------------


async def test_in_danger_everybody_asked_gets_a_message_of_their_own_and_can_answer_there(
    start: Start,
) -> None:
    people = start(lambda company: None, TOKYO_NOON)
    case = await people.call()
    await people.world.works_off()
    (message,) = people.world.platform.direct("tanaka")
    assert {button.press.verb for button in message.buttons} >= {Verb.COMING, Verb.CANNOT}
    duty = await people.duty(case, "second_person")
    pressed = await people.press("tanaka", Verb.COMING, duty.id, "2", at="chat:@tanaka")
    assert pressed.changed
    other = await people.press("yamamoto", Verb.COMING, duty.id, "2", at="chat:@tanaka")
    assert other.notice.key == "press.not_yours"


async def test_direct_messages_say_so_when_nobody_is_needed_any_more(start: Start) -> None:
    people = start(lambda company: None, TOKYO_NOON)
    case = await people.call()
    await people.world.works_off()
    await people.say(case, Verb.FINE_NOW)
    await people.world.works_off()
    (message, *_) = people.world.platform.direct("tanaka")
    assert message.title.key == "help.card.over_alone" and message.buttons == ()


async def test_a_rung_outside_the_channel_is_reached_directly(start: Start) -> None:
    people = start(lambda company: None, TOKYO_NOON)
    await people.report(site_may_know=False)
    await people.world.leaps(days=3)
    directly = people.world.platform.direct("watanabe")
    assert [card.title.key for card in directly][:1] == ["nudge.take.outside"]
    phones = {each.phone: each.label for each in directly[0].body if isinstance(each, CallLine)}
    of_desk = {"03-0000-0601", "03-0000-0602", "03-0000-0603"}
    assert phones and phones.keys() <= of_desk, "whom to phone, of those who were asked"
    sato = people.world.service.work.directory.person("sato")
    assert phones["03-0000-0601"] == listed([say("role.desk"), sato.name])


async def test_head_office_reads_no_number_of_whom_the_reporter_keeps_out(start: Start) -> None:
    people = start(lambda company: None, TOKYO_NOON)
    await people.report(site_may_know=False, excluded_people=("sato",))
    await people.world.leaps(days=3)
    (asked, *_) = people.world.platform.direct("watanabe")
    assert asked.title.key == "nudge.take.outside"
    shown = asked.model_dump_json()
    assert "03-0000-0601" not in shown and "佐藤" not in shown


async def test_the_caller_reads_the_numbers_of_everybody_who_was_asked(start: Start) -> None:
    people = start(lambda company: None, TOKYO_NOON)
    case = await people.call()
    await people.world.passes(minutes=3)
    page = await people.page(case)
    phones = {element.phone for element in page.body if element.kind == "call"}
    assert phones == {"110", "03-0000-0101", "03-0000-0102", "03-0000-0401"}


async def test_a_call_that_nobody_ends_is_asked_about_after_an_hour_and_then_looked_after(
    start: Start,
) -> None:
    people = start(lambda company: None, TOKYO_NOON)
    case = await people.call()
    for who in ("tanaka", "yamamoto"):
        await people.answer(who, Verb.COMING, case)
    await people.world.passes(minutes=59)
    assert "help.last_question" not in repr(await people.page(case))
    await people.world.passes(minutes=1)
    assert "help.last_question" in repr(await people.page(case))
    await people.world.passes(minutes=15)
    assert (await people.duty(case, "second_person")).state is DutyState.UNCONFIRMED
    assert (await people.duty(case, "care")).state is DutyState.OPEN
    assert len(people.world.platform.cards("desk")) == 1


async def test_still_needed_asks_everybody_again(start: Start) -> None:
    people = start(lambda company: None, TOKYO_NOON)
    case = await people.call()
    await people.world.passes(minutes=61)
    before = len(people.world.platform.beside("shinjuku"))
    await people.say(case, Verb.STILL_NEEDED)
    await people.world.works_off()
    assert len(people.world.platform.beside("shinjuku")) == before + 1
    assert (await people.duty(case, "second_person")).state is DutyState.OPEN
    await people.world.passes(minutes=59)
    assert "help.last_question" not in repr(await people.page(case))


async def test_still_needed_asks_everybody_who_was_asked_before_at_once(start: Start) -> None:
    people = start(lambda company: None, TOKYO_NOON)
    case = await people.call()
    await people.world.passes(minutes=61)
    before = {p: len(people.world.platform.direct(p)) for p in ("tanaka", "yamamoto", "takahashi")}
    desk = len(people.world.platform.beside("desk"))
    await people.say(case, Verb.STILL_NEEDED)
    await people.world.works_off()
    for person, messages in before.items():
        assert len(people.world.platform.direct(person)) == messages + 1
    asked = people.world.platform.beside("shinjuku")[-1]
    assert {"tanaka", "yamamoto", "takahashi", "watanabe"} <= set(asked.mentions)
    assert len(people.world.platform.beside("desk")) == desk + 1
    await people.world.passes(minutes=6)
    assert (await people.duty(case, "second_person")).state is DutyState.EXHAUSTED


async def test_the_desk_reads_whom_to_phone_and_never_that_a_lapsed_call_is_over(
    start: Start,
) -> None:
    people = start(lambda company: None, TOKYO_NOON)
    case = await people.call()
    await people.say(case, Verb.PLACE, "reg")
    await people.world.passes(minutes=15)
    (card,) = people.world.platform.cards("desk")
    phones = [each.phone for each in card.body if isinstance(each, CallLine)]
    assert phones and "help.card.where" in repr(card)
    await people.world.passes(minutes=61)
    (card,) = people.world.platform.cards("desk")
    assert "desk.help.lapsed" in repr(card) and "desk.help.over" not in repr(card)
    assert phones == [each.phone for each in card.body if isinstance(each, CallLine)]


async def test_whoever_may_still_need_help_keeps_the_numbers(start: Start) -> None:
    people = start(lambda company: None, TOKYO_NOON)
    case = await people.call()
    await people.world.passes(minutes=4)
    await people.answer("tanaka", Verb.HERE, case)
    await people.answer("tanaka", Verb.OVER, case)
    after = [each.phone for each in (await people.page(case)).after if isinstance(each, CallLine)]
    assert after[0] == "110" and len(after) > 1
    await people.say(case, Verb.STILL_NEEDED)
    await people.say(case, Verb.FINE_NOW)
    assert (await people.page(case)).after == ()


async def test_once_everybody_was_asked_the_caller_is_told_not_to_wait(start: Start) -> None:
    people = start(lambda company: None, TOKYO_NOON)
    case = await people.call()
    assert "help.waiting" in repr(await people.page(case))
    await people.world.passes(minutes=6)
    page = await people.page(case)
    assert "help.nobody" in repr(page) and "help.next_desk" in repr(page)
    await people.world.passes(minutes=56)
    await people.say(case, Verb.STILL_NEEDED)
    assert "help.nobody" in repr(await people.page(case))


@pytest.mark.parametrize("second", [False, True])
async def test_a_caller_is_not_left_waiting_for_who_should_have_been_there(
    start: Start, second: bool
) -> None:
    people = start(lambda company: None, TOKYO_NOON)
    case = await people.call()
    await people.answer("tanaka", Verb.COMING, case, minutes=2)
    assert "help.coming" in repr(await people.page(case))
    await people.world.passes(minutes=4)
    if second:
        await people.answer("yamamoto", Verb.COMING, case, minutes=2)
        assert "help.coming" in repr(await people.page(case))
        await people.world.passes(minutes=4)
    page = await people.page(case)
    assert "help.overdue" in repr(page) and "help.coming" not in repr(page)
    police = next(each for each in page.body if isinstance(each, CallLine))
    assert (police.phone, police.strong) == ("110", True)
    await people.answer("tanaka", Verb.HERE, case)
    assert "help.here" in repr(await people.page(case))


async def test_while_a_call_runs_again_nobody_is_asked_for_the_care_of_before(
    start: Start,
) -> None:
    people = start(lambda company: None, TOKYO_NOON)
    case = await people.call()
    await people.world.passes(minutes=76)
    await people.say(case, Verb.STILL_NEEDED)
    assert (await people.duty(case, "care")).state is DutyState.CLOSED
    await people.say(case, Verb.MISTAKE)
    assert "sent.care" not in repr(await people.page(case))


async def test_nobody_is_too_late_to_say_that_they_still_need_help(start: Start) -> None:
    people = start(lambda company: None, TOKYO_NOON)
    case = await people.call()
    await people.world.passes(minutes=76)  # the question ran out while the caller read it
    assert (await people.duty(case, "second_person")).state is DutyState.UNCONFIRMED
    before = len(people.world.platform.beside("shinjuku"))
    await people.say(case, Verb.STILL_NEEDED)
    await people.world.works_off()
    assert len(people.world.platform.beside("shinjuku")) == before + 1
    assert (await people.duty(case, "second_person")).state is DutyState.OPEN
    assert "help.title" in repr((await people.page(case)).title)


async def test_a_call_that_was_called_again_owes_its_care_once(start: Start) -> None:
    people = start(lambda company: None, TOKYO_NOON)
    case = await people.call()
    await people.world.passes(minutes=76)
    care = await people.duty(case, "care")
    await people.say(case, Verb.STILL_NEEDED)
    await people.world.passes(minutes=5)
    await people.say(case, Verb.FINE_NOW)
    await people.world.works_off()
    assert (await people.duty(case, "second_person")).state is DutyState.DONE
    assert (await people.duty(case, "care")).id == care.id


@pytest.mark.parametrize("cared", [False, True])
async def test_care_after_a_second_crisis_is_asked_for_whoever_had_said_they_come_before(
    start: Start, cared: bool
) -> None:
    people = start(lambda company: None, TOKYO_NOON)
    case = await people.call()
    await people.world.passes(minutes=76)
    care = await people.duty(case, "care")
    await people.press("tanaka", Verb.TAKE_OVER, care.id)
    await people.press("tanaka", Verb.CARED, care.id)
    if cared:
        await people.say(case, Verb.CARE_HAPPENED)
    await people.say(case, Verb.STILL_NEEDED)
    await people.answer("tanaka", Verb.HERE, case)
    await people.answer("tanaka", Verb.OVER, case)
    again = await people.duty(case, "care")
    assert (again.id, again.state) == (care.id, DutyState.OPEN)
    assert again.due_at > people.world.clock.now()
    await people.world.works_off()
    assert "nudge.care" in repr(people.world.platform.beside("shinjuku")[-1])
    assert (await audit(people.world.service.work)).unscheduled_duties == 0


async def test_a_call_that_somebody_who_came_calls_over_owes_care_and_is_kept_for_a_time(
    start: Start,
) -> None:
    people = start(lambda company: None, TOKYO_NOON)
    case = await people.call()
    await people.answer("tanaka", Verb.HERE, case)
    await people.answer("tanaka", Verb.OVER, case)
    assert (await people.duty(case, "care")).state is DutyState.OPEN
    assert "care.question" in repr((await people.page(case)).body)
    await people.world.passes(minutes=90)
    assert "help_unanswered" not in await people.facts(case)
    await people.world.passes(hours=72)
    async with people.world.service.work.storage.read() as tx:
        (ended,) = await tx.endings.over(CaseKind.HELP, CaseState.OPEN, date(2030, 1, 1), 10)
    assert ended.id == case.case_id


async def test_a_caller_whose_call_others_ended_can_say_right_there_that_it_is_not_over(
    start: Start,
) -> None:
    people = start(lambda company: None, TOKYO_NOON)
    case = await people.call()
    await people.answer("tanaka", Verb.HERE, case)
    await people.answer("tanaka", Verb.OVER, case)
    page = await people.page(case)
    assert "help.called_over" in repr(page.body)
    assert page.buttons[0].press.verb is Verb.STILL_NEEDED
    await people.say(case, Verb.STILL_NEEDED)
    assert (await people.duty(case, "second_person")).state is DutyState.OPEN
    await people.say(case, Verb.FINE_NOW)
    page = await people.page(case)
    assert "help.over" in repr(page.body) and "help.called_over" not in repr(page.body)
    assert Verb.STILL_NEEDED not in {button.press.verb for button in page.buttons}


@pytest.mark.parametrize(
    ("verb", "page_says", "site_says", "care"),
    [
        ("fine_now", "help.over", "help.card.over", DutyState.OPEN),
        ("mistake", "help.mistake_ok", "help.card.mistake", DutyState.CLOSED),
    ],
)
async def test_a_caller_with_an_old_page_has_the_last_word_on_a_call_that_others_called_over(
    start: Start, verb: str, page_says: str, site_says: str, care: DutyState
) -> None:
    people = start(lambda company: None, TOKYO_NOON)
    case = await people.call()
    await people.answer("tanaka", Verb.HERE, case)
    await people.answer("tanaka", Verb.OVER, case)
    assert (await people.say(case, Verb(verb))).notice.key == "press.recorded"
    assert f"'{page_says}'" in repr((await people.page(case)).body)
    await people.world.works_off()
    assert f"'{site_says}'" in repr(people.world.platform.channel("shinjuku"))
    assert (await people.duty(case, "care")).state is care
    assert (await people.say(case, Verb(verb))).notice.key == "press.already"


@pytest.mark.parametrize(
    ("verb", "fact", "care"),
    [
        ("fine_now", "help_over", DutyState.OPEN),
        ("mistake", "help_mistake", DutyState.CLOSED),
    ],
)
async def test_what_a_caller_says_after_their_call_lapsed_is_written_down(
    start: Start, verb: str, fact: str, care: DutyState
) -> None:
    people = start(lambda company: None, TOKYO_NOON)
    case = await people.call()
    await people.world.passes(minutes=76)
    assert (await people.duty(case, "care")).state is DutyState.OPEN
    await people.say(case, Verb(verb))
    assert (await people.facts(case))[-1] == fact
    assert (await people.duty(case, "care")).state is care


async def test_the_page_and_the_site_say_that_nobody_knows_how_a_lapsed_caller_is(
    start: Start,
) -> None:
    people = start(lambda company: None, TOKYO_NOON)
    case = await people.call()
    await people.world.passes(minutes=76)
    page = await people.page(case)
    assert "help.lapsed" in repr(page.body)
    assert page.buttons[0].press.verb is Verb.STILL_NEEDED
    site = repr(people.world.platform.channel("shinjuku"))
    assert "help.card.lapsed" in site and "nudge.lapsed" in site
    assert "nudge.not_needed" not in site and "help.card.over" not in site


async def test_the_desk_is_asked_again_with_everybody_else(start: Start) -> None:
    people = start(lambda company: None, TOKYO_NOON)
    case = await people.call()
    await people.world.passes(minutes=15)
    await people.at_desk(Verb.TAKE, case)
    assert (await people.duty(case, "take")).state is DutyState.DONE
    assert "help.desk_calls" in repr(await people.page(case))
    await people.world.passes(minutes=61)
    before = len(people.world.platform.beside("desk"))
    await people.say(case, Verb.STILL_NEEDED)
    await people.world.works_off()
    assert (await people.duty(case, "take")).state is DutyState.OPEN
    assert len(people.world.platform.beside("desk")) == before + 1


async def test_a_desk_that_nobody_answered_at_is_asked_again_when_the_call_lapses(
    start: Start,
) -> None:
    people = start(lambda company: None, TOKYO_NOON)
    case = await people.call()
    await people.world.passes(minutes=74)
    assert (await people.duty(case, "take")).state is DutyState.EXHAUSTED
    before = len(people.world.platform.beside("desk"))
    await people.world.passes(minutes=2)
    assert (await people.duty(case, "take")).state is DutyState.OPEN
    assert len(people.world.platform.beside("desk")) == before + 1


async def test_whoever_took_a_call_at_the_desk_is_asked_anew_when_it_lapses(start: Start) -> None:
    people = start(lambda company: None, TOKYO_NOON)
    case = await people.call()
    await people.world.passes(minutes=15)
    await people.at_desk(Verb.TAKE, case)
    await people.world.passes(minutes=58)
    before = len(people.world.platform.beside("desk"))
    await people.world.passes(minutes=3)
    assert (await people.duty(case, "take")).state is DutyState.OPEN
    assert len(people.world.platform.beside("desk")) == before + 1


@pytest.mark.parametrize("verb", [Verb.FINE_NOW, Verb.CARE_HAPPENED])
async def test_whoever_is_well_after_a_call_that_lapsed_says_so_and_nobody_reads_otherwise(
    start: Start, verb: Verb
) -> None:
    people = start(lambda company: None, TOKYO_NOON)
    case = await people.call()
    await people.world.passes(minutes=76)
    assert verb in {button.press.verb for button in (await people.page(case)).buttons}
    await people.say(case, verb)
    await people.world.works_off()
    shown = [await people.page(case), *people.world.platform.channel("shinjuku")]
    assert "help.over.title" in repr(shown[0]) and "lapsed" not in repr(shown)


async def test_a_second_tap_calls_nobody_twice(start: Start) -> None:
    people = start(lambda company: None, TOKYO_NOON)
    case = await people.call()
    await people.world.passes(minutes=61)
    first = await people.say(case, Verb.STILL_NEEDED)
    second = await people.say(case, Verb.STILL_NEEDED)
    assert (first.notice.key, second.notice.key) == ("press.called_again", "press.already")
