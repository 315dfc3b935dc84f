"""A site where nobody holds the roles that a ladder asks."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.desk import open_details
from bot.filing import Filed
from bot.help_calls import call_help
from bot.messengers import Delivery
from bot.own_case import OwnCases
from bot.rights import Reader
from bot.sealed_lists import SealedLists, Visitor
from bot.views import view_case
from bot.work_records import Duty, DutyState
from bot.worker import run_one_due
from flows.assessment import Safety
from flows.commitments import DutyKind
from flows.outcomes import Visibility
from flows.presses import Verb
from flows.screens import Card
from tests.bot.conftest import NotedPlatform, People
from tests.support.world import COMPANY, World, a_world

WITHOUT_MANAGERS = ("tanaka", "yamamoto")


def a_company(folder: Path, *, gone: tuple[str, ...]) -> Path:
    """The test company without some of its people."""
    lines = COMPANY.read_text("utf-8").splitlines(keepends=True)
    path = folder / "company.yaml"
    path.write_text("".join(x for x in lines if not any(f"id: {who}," in x for who in gone)))
    return path


async def help_is_called(world: World) -> str:
    filed = await call_help(world.service.work, "shinjuku", b"secret", "en")
    await world.works_off()
    return filed.case_id


async def test_a_site_without_a_manager_asks_the_next_rung_at_once(tmp_path: Path) -> None:
    world = a_world(tmp_path, company=a_company(tmp_path, gone=WITHOUT_MANAGERS))
    work = world.service.work
    case_id = await help_is_called(world)
    async with work.storage.read() as tx:
        view = await view_case(work, tx, case_id, Reader.OWN_PAGE)
    assert view is not None
    (duty,) = view.duties
    # Only who was really asked stands on the caller's page, and was asked without waiting.
    assert [[role.value for role in rung.roles] for rung in duty.rungs] == [["area"]]
    assert duty.rungs[0].sent_at == world.clock.now()
    await work.storage.close()


async def test_where_nobody_can_be_asked_the_caller_is_told_at_once_with_the_number(
    tmp_path: Path,
) -> None:
    everybody = (*WITHOUT_MANAGERS, "takahashi", "watanabe")
    world = a_world(tmp_path, company=a_company(tmp_path, gone=everybody))
    work = world.service.work
    case_id = await help_is_called(world)
    async with work.storage.read() as tx:
        duties = {duty.kind: duty for duty in await tx.duties.of_case(case_id)}
    assert duties["second_person"].state is DutyState.EXHAUSTED
    lists = SealedLists(work.storage, world.clock, work.entropy)
    visitor = Visitor("web", "web", "somebody")
    own = await OwnCases(work, lists).open(visitor, await lists.seal_pass(visitor, case_id))
    assert own is not None
    shown = own.card.model_dump_json()
    assert "help.nobody" in shown
    assert '"110"' in shown
    # And the desk knows.
    assert [
        card for card in world.platform.channel("desk") if "desk.help" in card.model_dump_json()
    ]
    await work.storage.close()


def with_accounts_below_head_office(folder: Path) -> Path:
    """The example company on Slack, where head office has no account."""
    text = COMPANY.read_text("utf-8").replace('"chat:', '"slack:')
    for number, who in enumerate(("tanaka", "yamamoto", "takahashi")):
        text = text.replace(f"id: {who},", f"id: {who}, slack_id: U00000{number},")
    path = folder / "company.yaml"
    path.write_text(text, "utf-8")
    return path


async def test_only_roles_of_which_somebody_can_be_reached_are_named_to_the_caller(
    tmp_path: Path,
) -> None:
    world = a_world(tmp_path, company=with_accounts_below_head_office(tmp_path))
    people, slack = People(world), NotedPlatform()
    case = await people.call()
    for _ in range(7):
        while await run_one_due(world.service.work, {"slack": slack}):
            pass
        world.clock.passes(minutes=1)
    assert (await people.duty(case, "second_person")).step == 2, "head office's rung"
    async with world.service.work.storage.read() as tx:
        view = await view_case(world.service.work, tx, case.case_id, Reader.OWN_PAGE)
    assert view is not None
    told = [{role.value for role in rung.roles} for rung in view.duties[0].rungs]
    below = {"manager", "deputy", "area"}
    assert told == [{"manager", "deputy"}, below, below]
    await world.service.work.storage.close()


async def next_of(
    people: People, case: Filed, kind: DutyKind = DutyKind.SECOND_PERSON
) -> tuple[set[str], int | None]:
    """The roles that a call or report names as next, and in how many minutes."""
    work = people.world.service.work
    async with work.storage.read() as tx:
        view = await view_case(work, tx, case.case_id, Reader.OWN_PAGE)
    assert view is not None
    assert view.sender is None, "who sent it is known for this alone"
    (duty,) = (each for each in view.duties if each.kind is kind)
    wait = (duty.next_at - view.now) / timedelta(minutes=1) if duty.next_at else None
    return {role.value for role in duty.next_roles}, wait


async def test_a_role_that_nobody_holds_is_not_named_as_next_and_the_one_above_comes_in_its_time(
    tmp_path: Path,
) -> None:
    world = a_world(tmp_path, company=a_company(tmp_path, gone=("takahashi",)))
    people = People(world)
    case = await people.call()
    await world.works_off()
    assert await next_of(people, case) == ({"hq"}, 3)
    await world.passes(minutes=3)
    assert world.platform.direct("watanabe")
    await world.service.work.storage.close()


async def test_where_nobody_above_can_be_asked_nobody_is_named_and_the_desk_is_told_in_that_time(
    tmp_path: Path,
) -> None:
    world = a_world(tmp_path, company=a_company(tmp_path, gone=("takahashi", "watanabe")))
    people = People(world)
    case = await people.call()
    await world.works_off()
    assert await next_of(people, case) == (set(), 3)
    assert "help.waiting" in repr(await people.page(case)), "those who were asked just now"
    assert "chase.desk_next" in repr(world.platform.channel("shinjuku"))
    await world.passes(minutes=3)
    assert (await people.duty(case, "second_person")).state is DutyState.EXHAUSTED
    assert "help.nobody" in repr(await people.page(case))
    assert world.platform.channel("desk")
    await world.service.work.storage.close()


async def test_who_has_no_account_where_the_site_is_asked_is_not_named_as_next(
    tmp_path: Path,
) -> None:
    world = a_world(tmp_path, company=with_accounts_below_head_office(tmp_path))
    people, slack = People(world), NotedPlatform()
    case = await people.call()
    named = []
    for _ in range(6):
        while await run_one_due(world.service.work, {"slack": slack}):
            pass
        named.append(await next_of(people, case))
        world.clock.passes(minutes=1)
    assert named[:5] == [({"area"}, 3), ({"area"}, 2), ({"area"}, 1), (set(), 2), (set(), 1)]
    assert (await people.duty(case, "second_person")).state is DutyState.EXHAUSTED
    await world.service.work.storage.close()


async def test_the_caller_is_not_named_as_next_to_be_told_of_their_own_call(
    people: People, world: World, platform: NotedPlatform
) -> None:
    call = await people.call(caller_id="takahashi")  # the only area manager
    await world.works_off()
    assert await next_of(people, call) == ({"hq"}, 3)
    (card,) = platform.cards("shinjuku")
    assert "role.hq" in repr(card.footer) and "role.area" not in repr(card.footer)
    await world.passes(minutes=3)
    assert platform.direct("watanabe") and not platform.direct("takahashi")


@pytest.mark.parametrize("kind", [DutyKind.CARE, DutyKind.SECOND_PERSON])
async def test_who_reports_with_their_name_is_not_named_as_next_about_themselves(
    people: People, world: World, kind: DutyKind
) -> None:
    case = await people.report(reporter_id="takahashi", safety=Safety.ONGOING)
    await world.works_off()
    named, wait = await next_of(people, case, kind)
    assert "area" not in named and wait


async def test_nobody_reads_from_who_is_next_that_the_area_manager_reported_for_the_desk_alone(
    people: People, world: World, platform: NotedPlatform
) -> None:
    feet = set()
    for reporter in (None, "takahashi"):
        platform.messages.clear()
        case = await people.report(
            reporter_id=reporter, visibility=Visibility.DESK_ONLY, safety=Safety.ONGOING
        )
        await world.works_off()
        assert await next_of(people, case) == ({"area"}, 3)
        (card,) = platform.cards("shinjuku")
        feet.add(repr(card.footer))
    assert len(feet) == 1 and "role.area" in feet.pop()


async def test_nobody_waits_for_those_who_have_no_account_where_they_are_asked(
    tmp_path: Path,
) -> None:
    # The site is in Slack, where neither the area manager nor head office has an account.
    text = COMPANY.read_text("utf-8").replace('"chat:', '"slack:')
    path = tmp_path / "company.yaml"
    path.write_text(text.replace("id: tanaka,", "id: tanaka, slack_id: U000000,"), "utf-8")
    world = a_world(tmp_path, company=path)
    people, slack = People(world), NotedPlatform()
    case = await people.call()
    for _ in range(3):
        while await run_one_due(world.service.work, {"slack": slack}):
            pass
        assert (await people.duty(case, "second_person")).state is DutyState.OPEN
        world.clock.passes(minutes=1)
    while await run_one_due(world.service.work, {"slack": slack}):
        pass
    assert (await people.duty(case, "second_person")).state is DutyState.EXHAUSTED
    assert (await people.duty(case, "take")).state is DutyState.OPEN, "the desk is called"
    await world.service.work.storage.close()


AT_DESK = {"desk", "@sato", "@suzuki", "@mori"}


async def new_at_desk(people: People, minutes: int) -> bool:
    """Whether anybody at the desk gets a message of their own in the next minutes."""
    shown = people.world.platform.messages
    before = set(shown)
    await people.world.passes(minutes=minutes)
    return bool(AT_DESK & {each.channel for ref, each in shown.items() if ref not in before})


async def test_who_took_a_call_is_asked_again_when_those_who_said_that_they_come_did_not(
    people: People, world: World
) -> None:
    call = await people.call()
    await world.passes(minutes=11)
    await people.at_desk(Verb.TAKE, call)
    await people.answer("tanaka", Verb.COMING, call, minutes=2)
    await people.answer("yamamoto", Verb.COMING, call, minutes=2)
    await world.works_off()
    assert await new_at_desk(people, minutes=30)
    assert (await people.duty(call, "take")).state is not DutyState.DONE


async def test_who_took_a_report_is_told_when_nobody_comes_to_somebody_alone(
    people: People, world: World
) -> None:
    case = await people.report(safety=Safety.ONGOING)
    await people.at_desk(Verb.TAKE, case)
    await world.works_off()
    assert await new_at_desk(people, minutes=12)
    assert (await people.duty(case, "follow_up")).state is not DutyState.DONE


LATE_EVENING = datetime(2026, 11, 24, 13, 0, tzinfo=UTC)
"""22:00 in Tokyo: the desk is closed, and takes what is not of danger in the morning."""


@pytest.mark.parametrize("taken", [True, False])
async def test_the_desk_is_called_at_night_when_nobody_comes_to_somebody_alone(
    people: People, world: World, taken: bool
) -> None:
    world.clock.present = LATE_EVENING
    case = await people.report(safety=Safety.ONGOING)
    if taken:
        await people.at_desk(Verb.TAKE, case)
    await world.passes(minutes=5)
    assert await new_at_desk(people, minutes=10)
    assert world.platform.direct("sato") and world.platform.direct("suzuki")


async def test_the_desk_that_was_asked_before_it_closed_is_called_then_too(
    people: People, world: World
) -> None:
    world.clock.present = LATE_EVENING - timedelta(hours=4, minutes=2)
    case = await people.report(safety=Safety.ONGOING)
    await world.passes(minutes=5)
    assert (await people.duty(case, "take")).step == 0
    assert await new_at_desk(people, minutes=10)


def asked_to_take(world: World, who: str) -> list[str]:
    """What the messages in the desk's channel say that ask somebody to see a case taken."""
    shown = [each for each in world.platform.messages.values() if who in each.alerted]
    titles = [each.card.title.key for each in shown if each.channel == "desk"]
    return [title for title in titles if "take" in title]


async def test_all_the_desk_is_called_when_nobody_comes_to_a_report_that_nobody_has_taken(
    people: People, world: World
) -> None:
    case = await people.report(safety=Safety.ONGOING)
    await world.passes(minutes=9)
    before = set(world.platform.messages)
    await world.passes(minutes=3)
    assert (await people.duty(case, "second_person")).state is DutyState.EXHAUSTED
    new = [each for ref, each in world.platform.messages.items() if ref not in before]
    for who in ("sato", "suzuki", "mori"):
        said = [each.card.title.key for each in new if each.channel == f"@{who}"]
        assert said == ["nudge.follow_up.nobody"]
        assert any(each.channel == "desk" and who in each.alerted for each in new)
    assert "desk.few_come" in repr(world.platform.cards("desk"))


async def test_who_leads_the_desk_reads_that_nobody_comes_where_they_are_to_see_a_report_taken(
    people: People, world: World
) -> None:
    case = await people.report(safety=Safety.ONGOING)
    await world.passes(minutes=20)
    assert asked_to_take(world, "mori") == ["nudge.take.nobody"]
    await people.answer("tanaka", Verb.HERE, case)
    await world.works_off()
    assert asked_to_take(world, "mori") == ["nudge.take.few"]
    await people.answer("yamamoto", Verb.HERE, case)
    await world.works_off()
    assert asked_to_take(world, "mori") == ["nudge.take"]


async def test_whoever_nobody_comes_to_reads_110_before_the_lines_that_listen(
    people: People, world: World
) -> None:
    case = await people.report(safety=Safety.ONGOING)
    await world.passes(minutes=12)
    page = await people.page(case)
    assert page.body[0].text.key == "sent.danger"
    assert "sent.at_once" in repr(page.body) and "help.nobody" in repr(page.body)


async def test_a_desk_that_hears_of_somebody_who_may_hurt_themselves_hears_that_nobody_comes_too(
    people: People, world: World
) -> None:
    await people.report(safety=Safety.ONGOING, words="死にたい")
    await world.passes(minutes=9)
    assert await new_at_desk(people, minutes=3)
    assert "nudge.follow_up.nobody" in repr(world.platform.channel("@sato"))


async def test_a_desk_that_is_being_asked_to_take_a_report_is_not_asked_twice_for_care(
    people: People, world: World
) -> None:
    case = await people.report()
    await world.leaps(minutes=65)
    assert (await people.duty(case, "care")).state is DutyState.EXHAUSTED
    assert "follow_up" not in await people.duties(case)


async def test_a_desk_that_did_not_answer_a_call_at_night_is_asked_about_care_in_the_morning(
    people: People, world: World
) -> None:
    world.clock.present = LATE_EVENING + timedelta(hours=4)
    call = await people.call()
    await world.passes(minutes=74)
    assert (await people.duty(call, "take")).state is DutyState.EXHAUSTED
    for verb in (Verb.HERE, Verb.OVER):
        await people.answer("tanaka", verb, call)
    await world.passes(minutes=58)
    shown = world.platform.messages
    before = set(shown)
    await world.leaps(hours=12)
    asked = [each for ref, each in shown.items() if ref not in before and each.channel == "desk"]
    assert {"sato", "suzuki"} <= {person for each in asked for person in each.alerted}


async def test_who_took_a_report_is_told_when_nobody_looks_after_its_sender(
    people: People, world: World
) -> None:
    case = await people.report()
    await people.at_desk(Verb.TAKE, case)
    await world.leaps(days=3)
    assert (await people.duty(case, "care")).state is DutyState.EXHAUSTED
    assert "follow_up" in await people.duties(case)
    assert "desk.care_missing" in repr(world.platform.cards("desk"))


async def test_a_closed_cases_card_says_that_nobody_gave_care(people: People, world: World) -> None:
    case = await people.report()
    await people.works_through(case)
    await people.at_desk(Verb.CLOSE, case)
    await world.leaps(days=3)
    assert (await people.duty(case, "care")).state is DutyState.EXHAUSTED
    assert "desk.care_missing" in repr(world.platform.cards("desk"))
    assert "follow_up" not in await people.duties(case)


async def test_once_a_caller_was_looked_after_the_desk_is_asked_for_nothing_more(
    people: People, world: World
) -> None:
    call = await people.call()
    await people.say(call, Verb.FINE_NOW)
    await world.leaps(days=3)
    assert (await people.duty(call, "care")).state is DutyState.EXHAUSTED
    assert (await people.duty(call, "take")).state is not DutyState.DONE
    await people.say(call, Verb.CARE_HAPPENED)
    assert (await people.duty(call, "take")).state is DutyState.CLOSED
    await world.works_off()
    (card,) = world.platform.cards("desk")
    assert not card.buttons
    assert not await new_at_desk(people, minutes=120)


async def test_a_caller_who_says_late_that_they_are_fine_calls_off_nobody_who_is_to_care(
    people: People, world: World
) -> None:
    case = await people.call()
    for verb in (Verb.HERE, Verb.OVER):
        await people.answer("tanaka", verb, case)
    await world.passes(minutes=90)
    assert (await people.duty(case, "care")).state is DutyState.EXHAUSTED
    await people.say(case, Verb.FINE_NOW)
    assert (await people.duty(case, "take")).state is DutyState.OPEN
    await people.say(case, Verb.CARE_HAPPENED)
    assert (await people.duty(case, "take")).state is DutyState.CLOSED


@pytest.mark.parametrize("verb", [Verb.TAKE_OVER, Verb.CARED])
async def test_once_somebody_at_the_site_cares_after_all_the_desk_is_asked_no_more(
    people: People, world: World, verb: Verb
) -> None:
    call = await people.call()
    await people.say(call, Verb.FINE_NOW)
    await world.leaps(days=3)
    care = await people.duty(call, "care")
    await people.press("tanaka", verb, care.id)
    assert (await people.duty(call, "take")).state is DutyState.CLOSED
    await world.works_off()
    assert "nudge.take_call" not in repr(world.platform.channel("desk"))


@pytest.mark.parametrize("visibility", [Visibility.NAMED, Visibility.UNNAMED])
async def test_once_a_reporter_was_looked_after_the_desk_is_not_called_on(
    people: People, world: World, visibility: Visibility
) -> None:
    case = await people.report(visibility=visibility)
    await world.works_off()
    await people.at_desk(Verb.TAKE, case)
    await world.passes(minutes=61)
    assert (await people.duty(case, "follow_up")).state is DutyState.OPEN
    await people.say(case, Verb.CARE_HAPPENED)
    await world.works_off()
    before = len(world.platform.messages)
    await world.passes(minutes=90)
    assert len(world.platform.messages) == before
    assert (await people.duty(case, "follow_up")).state is DutyState.CLOSED


async def test_a_desk_that_is_to_speak_with_somebody_in_danger_is_so_after_care_too(
    people: People, world: World
) -> None:
    case = await people.report(visibility=Visibility.UNNAMED)
    await world.works_off()
    await people.at_desk(Verb.TAKE, case)
    await people.say(case, Verb.WRITE, words="死にたい")
    await world.passes(minutes=155)  # nobody at the desk answers, and nobody gave care either
    await people.say(case, Verb.CARE_NOT_YET)
    await people.say(case, Verb.CARE_HAPPENED)
    assert (await people.duties(case))["follow_up"].state is DutyState.OPEN


@pytest.mark.parametrize("first", ["talk", "care"])
async def test_a_desk_that_is_asked_to_talk_is_so_after_care_too(
    people: People, world: World, first: str
) -> None:
    case = await people.report(visibility=Visibility.UNNAMED)
    await people.works_through(case)
    await world.leaps(days=3, hours=3)
    if first == "talk":
        await people.answers(case, "talk")
    await people.say(case, Verb.CARE_NOT_YET)
    if first == "care":
        await people.answers(case, "talk")
    await people.say(case, Verb.CARE_HAPPENED)
    assert (await people.duties(case))["follow_up"].state is DutyState.OPEN


async def test_a_desk_that_spoke_with_somebody_in_danger_is_called_off_for_care_alone(
    people: People, world: World
) -> None:
    case = await people.report(visibility=Visibility.UNNAMED)
    await world.works_off()
    await people.at_desk(Verb.TAKE, case)
    await people.say(case, Verb.WRITE, words="死にたい")
    await people.at_desk(Verb.DUTY_DONE, await people.duty(case, "follow_up"))
    await people.say(case, Verb.CARE_NOT_YET)
    assert (await people.duties(case))["follow_up"].state is DutyState.OPEN
    await people.say(case, Verb.CARE_HAPPENED)
    assert (await people.duties(case))["follow_up"].state is DutyState.CLOSED


async def test_care_that_the_desk_arranges_reads_so_for_everybody(
    people: People, world: World
) -> None:
    case = await people.report()
    await world.works_off()
    await people.at_desk(Verb.TAKE, case)
    await world.passes(minutes=31)
    care = await people.duty(case, "care")
    assert (await people.press("sato", Verb.ARRANGES, care.id, at="chat:@sato")).changed
    await world.works_off()
    (site,) = (card for card in world.platform.cards("shinjuku") if "care" in card.title.key)
    (desk,) = world.platform.cards("desk")
    (own,), (other,) = map(world.platform.direct, ("sato", "suzuki"))
    for card in (site, desk, own, other, await people.page(case)):
        assert "seat.arranges" in repr(card) and "seat.take_over" not in repr(card)
    assert "care.text_desk.taken" in repr(other), "not two of them phone the store"
    assert "duty.overdue" not in repr(desk)
    opened = await open_details(world.service.work, case.case_id)
    assert "fact.answered_arranges" in repr(opened)


async def test_nobody_is_called_by_name_in_a_channel_that_they_do_not_read(
    people: People, world: World
) -> None:
    await people.report(safety=Safety.ONGOING, site_may_know=False)
    await world.passes(minutes=90)
    named = {who for card in world.platform.channel("desk") for who in card.mentions}
    assert "sato" in named and "watanabe" not in named
    assert world.platform.direct("watanabe"), "who reads none of it has messages of their own"


async def test_until_care_is_given_the_desk_is_asked_again_on_each_working_day(
    people: People, world: World
) -> None:
    case = await people.report()
    await world.works_off()
    await people.at_desk(Verb.TAKE, case)
    await world.passes(minutes=61)
    (site,) = world.platform.cards("shinjuku")
    assert "chase.care.exhausted" in repr(site), "the desk has been told, and it says so"
    asked = [await asked_to_talk(people, days=1) for _ in range(7)]  # from Tuesday on
    on = {"desk"}
    assert asked == [on, on, on, set(), set(), on, on], "the site is asked nothing more"


async def test_in_a_full_morning_everybody_is_asked_before_what_was_asked_yesterday_changes(
    people: People, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(5):
        case = await people.report()
        await world.works_off()
        await people.at_desk(Verb.TAKE, case)
    await world.leaps(days=1, hours=10)
    await people.report()
    await world.leaps(hours=12)  # it is eight in the morning
    changed: set[tuple[str, str]] = set()
    goes_on = world.platform.edit

    async def edit(channel: str, ref: str, card: Card) -> Delivery:
        changed.add((channel, card.title.key))
        return await goes_on(channel, ref, card)

    monkeypatch.setattr(world.platform, "edit", edit)
    monkeypatch.setattr(world.platform, "gap_seconds", 10.0)
    before = set(world.platform.messages)
    world.platform.notes.clear()
    while ("desk", "nudge.again") not in changed:
        world.clock.passes(seconds=10)
        await world.works_off()
    new = [shown for ref, shown in world.platform.messages.items() if ref not in before]
    asked = [shown.card.title.key for shown in new if shown.channel == "desk"]
    assert asked.count("nudge.follow_up") == 5
    assert asked[0] == "nudge.take", "what is asked for the first time comes before that"
    first = next(how for how, channel in world.platform.notes if channel == "desk")
    assert first == "post" and ("desk", "desk.title") in changed, "and before edits of cards"


@pytest.mark.parametrize("how", ["cared", "confirmed", "spoke", "taken_back"])
async def test_once_care_is_given_or_taken_up_the_desk_is_asked_on_no_further_day(
    people: People, world: World, how: str
) -> None:
    case = await people.report(visibility=Visibility.UNNAMED)
    await world.works_off()
    await people.at_desk(Verb.TAKE, case)
    await world.leaps(days=1, hours=2)
    match how:
        case "cared":
            await people.answer("tanaka", Verb.CARED, case, "care")
        case "confirmed":
            await people.say(case, Verb.CARE_HAPPENED)
        case "spoke":
            await people.at_desk(Verb.DUTY_DONE, await last_talk(people, case))
        case _:
            await people.say(case, Verb.WITHDRAW)
    await world.works_off()
    assert not await asked_to_talk(people, days=2)


async def test_a_call_nobody_looked_after_is_asked_about_on_the_next_day_too(
    people: People, world: World
) -> None:
    call = await people.call()
    await people.say(call, Verb.FINE_NOW)
    await world.passes(minutes=300)
    assert (await people.duty(call, "take")).state is DutyState.EXHAUSTED
    assert await asked_anew(people, "nudge.take_care", days=1) >= AT_DESK
    await people.at_desk(Verb.TAKE, call)
    assert not await asked_anew(people, "nudge.take_care", days=2)


async def asked_to_talk(people: People, **by: float) -> set[str]:
    return await asked_anew(people, "nudge.follow_up", **by)


async def asked_anew(people: People, key: str, **by: float) -> set[str]:
    """Where new messages of this kind came in that time."""
    shown = people.world.platform.messages
    before = set(shown)
    await people.world.leaps(**by)
    new = [each for ref, each in shown.items() if ref not in before]
    return {each.channel for each in new if key in repr(each.card) or "past" in repr(each.card)}


async def last_talk(people: People, case: Filed) -> Duty:
    """The latest time that the desk was to speak with somebody."""
    async with people.world.service.work.storage.read() as tx:
        talks = [d for d in await tx.duties.of_case(case.case_id) if d.kind == "follow_up"]
    return max(talks, key=lambda duty: duty.part)
