"""Care on the reporter's own page: their own word stands, and what comes of nobody's is said."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from bot.audits import audit
from bot.desk import open_details
from bot.filing import Filed
from bot.own_case import OwnCases
from bot.sealed_lists import SealedLists, Visitor
from bot.work_records import DutyState
from flows.outcomes import Visibility
from flows.phrases import Phrase, Say, on_day_at, say
from flows.presses import Verb
from flows.screens import Card, Happening, Paragraph, Timeline
from tests.bot.conftest import NotedPlatform, People
from tests.support.world import COMPANY, World, a_world

SAD = "I want to die"
SAID = {
    Verb.CARE_NOT_YET: ("sent.care_not_yet", "fact.care_not_yet"),
    Verb.CARE_HAPPENED: ("sent.care_happened", "fact.care_confirmed"),
}


async def due_of_care(world: World, case) -> Phrase:
    """What the desk reads in the details of how care stands."""
    shown = await open_details(world.service.work, case.case_id)
    assert shown is not None
    (line,) = (line for line in shown.duties if line.name.key == "duty.care")
    return line.due


def own_answers(card) -> set[Verb]:
    """The answers about care that a page offers."""
    return {button.press.verb for button in card.buttons} & set(SAID)


async def a_case(people: People, sent: dict[str, object] | None) -> Filed:
    """A report with these choices; or, for None, a call whose caller is fine again."""
    if sent is not None:
        return await people.report(**sent)
    case = await people.call()
    await people.say(case, Verb.FINE_NOW)
    return case


HIDDEN = {"visibility": Visibility.UNNAMED, "site_may_know": False}


@pytest.mark.parametrize("sent", [{}, {"visibility": Visibility.DESK_ONLY}, HIDDEN, None])
async def test_who_said_by_mistake_that_somebody_looked_after_them_undoes_it(
    people: People, world: World, platform: NotedPlatform, sent: dict[str, object] | None
) -> None:
    """Care is owed again as if it were new, and asked for from the first rung on."""
    case = await a_case(people, sent)
    await world.passes(minutes=12)
    undo = Verb.CARE_UNDONE
    assert undo not in {button.press.verb for button in (await people.page(case)).buttons}
    await people.say(case, Verb.CARE_HAPPENED)
    await world.passes(minutes=1)
    assert undo in {button.press.verb for button in (await people.page(case)).buttons}
    assert (await people.duty(case, "care")).state is DutyState.DONE
    assert (await people.say(case, undo)).changed
    care = await people.duty(case, "care")
    assert care.state is DutyState.OPEN and care.step == 0 and care.due_at > world.clock.present
    assert (await people.facts(case))[-2:] == ["care_not_yet", "asked"]
    assert own_answers(await people.page(case)) == set(SAID), "and it can be answered again"
    assert not (await people.say(case, undo)).changed, "a second tap has no second effect"
    await world.passes(hours=2)
    assert (await audit(world.service.work)).clean


async def test_nobody_is_asked_for_care_after_a_report_was_taken_back_whatever_is_undone(
    people: People, world: World
) -> None:
    case = await people.report()
    await world.works_off()
    await people.say(case, Verb.CARE_HAPPENED)
    await people.say(case, Verb.WITHDRAW)
    assert not (await people.say(case, Verb.CARE_UNDONE)).changed
    assert (await people.duty(case, "care")).state is DutyState.DONE


@pytest.mark.parametrize("word", [None, *SAID])
async def test_what_an_unnamed_reporter_said_of_care_stands_after_the_last_check_in(
    people: People, world: World, word: Verb | None
) -> None:
    case = await people.report(visibility=Visibility.UNNAMED)
    await world.works_off()
    await people.answer("tanaka", Verb.CARED, case, kind="care")
    if word is not None:
        await people.say(case, word)
        assert (await due_of_care(world, case)).key == SAID[word][1], "they have answered"
    await world.leaps(days=45)
    # The same at the site whatever they said, or nobody there could be sure who had reported.
    assert (await people.duty(case, "care")).state is DutyState.UNCONFIRMED
    on_page, at_desk = SAID[word] if word else ("sent.care_unconfirmed", "duty.unconfirmed")
    page = await people.page(case)
    assert on_page in repr(page) and "sent.care_done" not in repr(page)
    assert (await due_of_care(world, case)).key == at_desk
    unanswered = [e.detail["duty"] for e in await people.history(case) if e.fact == "unconfirmed"]
    assert ("care" in unanswered) is (word is None)
    assert own_answers(page) == (set() if word is Verb.CARE_HAPPENED else set(SAID))


async def test_what_one_says_of_care_and_the_other_denies_is_for_the_desk(
    people: People, world: World, platform: NotedPlatform
) -> None:
    case = await people.report()
    await people.works_through(case)
    await people.answer("tanaka", Verb.CARED, case, kind="care")
    assert (await due_of_care(world, case)).key == "duty.said_done"
    await people.say(case, Verb.CARE_NOT_YET)
    await world.works_off()
    talk = await people.duty(case, "follow_up")
    assert talk.state is DutyState.OPEN, "the desk is asked to speak with them"
    assert "desk.care_denied" in repr(platform.cards("desk"))
    assert (await people.at_desk(Verb.CLOSE, case)).notice.key == "press.close_first"
    await people.answer("tanaka", Verb.CARED, case, kind="care")
    await world.works_off()
    assert (await due_of_care(world, case)).key == "duty.denied"
    await people.at_desk(Verb.DUTY_DONE, talk)
    await people.at_desk(Verb.CLOSE, case)
    await world.works_off()
    assert "desk.care_denied" in repr(platform.cards("desk")), "closed, it says so still"
    await world.leaps(days=45)
    assert (await due_of_care(world, case)).key == "duty.unconfirmed.denied"
    page = await people.page(case)
    assert "sent.care_denied" in repr(page) and "sent.care_done" not in repr(page)
    await people.say(case, Verb.CARE_HAPPENED)
    await world.works_off()
    assert (await people.duty(case, "care")).state is DutyState.DONE
    assert "sent.care_done" in repr(await people.page(case))
    assert "desk.care_denied" not in repr(platform.cards("desk"))
    assert (await audit(world.service.work)).clean


@pytest.mark.parametrize("sent", [{}, HIDDEN, None])
async def test_care_that_ended_unanswered_can_be_denied_at_any_time_and_is_asked_for_again(
    people: People, world: World, sent: dict[str, object] | None
) -> None:
    case = await a_case(people, sent)
    await world.works_off()
    care = await people.duty(case, "care")
    if care.owner == "desk":
        await people.at_desk(Verb.DUTY_DONE, care)
    else:
        await people.answer("tanaka", Verb.CARED, case, kind="care")
    await world.leaps(days=45)
    assert (await people.duty(case, "care")).state is DutyState.UNCONFIRMED
    assert own_answers(await people.page(case)) == set(SAID)
    assert (await people.say(case, Verb.CARE_NOT_YET)).changed
    await world.works_off()
    assert (await people.duty(case, "care")).state is DutyState.OPEN
    if care.owner == "site":
        asked = "take" if sent is None else "follow_up"
        assert (await people.duty(case, asked)).state is DutyState.OPEN, "the desk hears of it"
    assert (await audit(world.service.work)).clean


async def test_nobody_is_asked_for_care_of_what_was_taken_back_though_it_ended_unanswered(
    people: People, world: World
) -> None:
    case = await people.report()
    await world.works_off()
    await people.answer("tanaka", Verb.CARED, case, kind="care")
    await world.leaps(days=45)
    await people.say(case, Verb.WITHDRAW)
    assert not (await people.say(case, Verb.CARE_NOT_YET)).changed


async def test_nobody_who_waits_for_care_reads_who_declined_it_but_who_is_asked_next(
    people: People, world: World, platform: NotedPlatform
) -> None:
    world.clock.present = datetime(2026, 11, 28, 3, 0, tzinfo=UTC)  # a Saturday: no desk is there
    case = await people.report()
    await world.works_off()
    await people.answer("tanaka", Verb.CANNOT, case, kind="care")
    page = await people.page(case)
    assert "care.next'" in repr(page), "somebody was asked who may come still"
    await people.answer("yamamoto", Verb.CANNOT, case, kind="care")
    await world.works_off()
    await people.answer("takahashi", Verb.CANNOT, case, kind="care")
    await world.works_off()
    (ahead,) = (line for line in care_steps(await people.page(case)) if not line.done)
    assert isinstance(ahead.what, Say) and ahead.what.key == "care.next_then"
    assert "seat.cannot" not in repr(await people.page(case))
    assert "seat.cannot" in repr(platform.channel("shinjuku"))


async def test_whom_nobody_had_looked_after_can_say_later_that_somebody_has(
    people: People, world: World, platform: NotedPlatform
) -> None:
    case = await people.report(visibility=Visibility.UNNAMED)
    await people.works_through(case)
    await people.answer("tanaka", Verb.CARED, case, kind="care")
    await people.say(case, Verb.CARE_NOT_YET)
    await people.at_desk(Verb.DUTY_DONE, await people.duty(case, "follow_up"))
    await people.at_desk(Verb.CLOSE, case)
    await world.leaps(days=45)
    assert "desk.care_not_yet" in repr(platform.cards("desk")), "closed, it says so still"
    at_site = [card.model_dump_json() for card in platform.channel("shinjuku")]
    assert (await people.say(case, Verb.CARE_HAPPENED)).changed
    await world.works_off()
    assert "desk.care_not_yet" not in repr(platform.cards("desk"))
    assert own_answers(await people.page(case)) == set()
    assert (await people.say(case, Verb.CARE_NOT_YET)).notice.key == "press.late"
    assert [card.model_dump_json() for card in platform.channel("shinjuku")] == at_site
    assert (await audit(world.service.work)).clean


@pytest.mark.parametrize("taken", [True, False])
async def test_whoever_nobody_looks_after_reads_it_once_nobody_is_left_to_ask(
    people: People, world: World, taken: bool
) -> None:
    case = await people.report(chips="b")
    await world.works_off()
    if taken:
        await people.at_desk(Verb.TAKE, case)
    await world.passes(minutes=45)
    assert "sent.care_nobody" not in repr(await people.page(case)), "somebody is asked still"
    await world.passes(minutes=30)
    assert (await people.duty(case, "care")).state is DutyState.EXHAUSTED
    page = await people.page(case)
    assert "sent.care_nobody" in repr(page) and Verb.CARE_NOT_YET in own_answers(page)
    await people.say(case, Verb.CARE_NOT_YET)
    assert "sent.care_nobody" not in repr(await people.page(case)), "they are asked again"


@pytest.mark.parametrize("taken", [True, False])
async def test_whoever_nobody_has_looked_after_reads_when_what_is_next_and_then_it_is_so(
    people: People, world: World, taken: bool
) -> None:
    """Nobody else is asked for care after the desk: it is to speak with them, once it has taken
    the report; until then this page says that nobody came."""
    case = await people.report(chips="b")
    await world.works_off()
    if taken:
        await people.at_desk(Verb.TAKE, case)
    for _ in range(4):
        await world.passes(minutes=2)
        assert (await people.say(case, Verb.CARE_NOT_YET)).changed
    await world.works_off()
    (ahead,) = (line for line in care_steps(await people.page(case)) if not line.done)
    assert ahead.what == say("care.next_speaks" if taken else "care.next_here")
    due = world.clock.present + timedelta(minutes=15)
    assert ahead.when == on_day_at(due, "Asia/Tokyo")
    await world.passes(minutes=14)
    assert "follow_up" not in await people.duties(case)
    await world.passes(minutes=1)
    assert ("follow_up" in await people.duties(case)) is taken
    page = await people.page(case)
    assert "sent.care_nobody" in repr(page) and ("sent.at_once" in repr(page)) is taken


@pytest.mark.parametrize("call", [True, False])
async def test_whom_nobody_looks_after_reads_when_the_desk_is_asked_again_and_then_it_is(
    people: People, world: World, platform: NotedPlatform, call: bool
) -> None:
    case = await people.call() if call else await people.report(chips="b")
    if call:
        await people.say(case, Verb.FINE_NOW)
    await world.passes(hours=4)
    if not call:  # nobody at the desk took it, and a talk is asked for only then
        assert "follow_up" not in await people.duties(case)
    tomorrow = datetime(2026, 11, 25, 0, 0, tzinfo=UTC)  # Wednesday 9:00, as the desk opens
    said = say("sent.care_asked_at", at=on_day_at(tomorrow, "Asia/Tokyo"))
    assert said in spoken(await looked_at(world, case))
    world.clock.present = tomorrow - timedelta(minutes=1)
    await world.works_off()
    before = set(platform.messages)
    await world.passes(minutes=1)
    asked = [each for ref, each in platform.messages.items() if ref not in before]
    assert any(each.channel == "desk" and each.alerted for each in asked)
    page = spoken(await looked_at(world, case))
    assert said not in page, "that time has come"


async def test_no_time_is_named_at_which_nobody_would_be_asked(
    people: People, world: World
) -> None:
    case = await people.report(chips="b")
    await people.at_desk(Verb.TAKE, case)
    await world.passes(minutes=61)
    assert (await people.duty(case, "follow_up")).state is DutyState.OPEN
    page = repr(await looked_at(world, case))
    assert "sent.care_nobody" in page and "sent.care_asked_at" not in page, "the desk is asked now"
    await people.at_desk(Verb.DUTY_DONE, await people.duty(case, "follow_up"))
    assert "sent.care_asked_at" not in repr(await looked_at(world, case)), "they have spoken"


async def looked_at(world: World, case: Filed) -> Card:
    """The page as its owner opens it, on whatever platform."""
    work, visitor = world.service.work, Visitor("web", "hinata", "cookie")
    lists = SealedLists(work.storage, work.clock, work.entropy)
    shown = await OwnCases(work, lists).open(visitor, await lists.seal_pass(visitor, case.case_id))
    assert shown is not None
    return shown.card


def spoken(page: Card) -> list[Phrase]:
    return [element.text for element in page.body if isinstance(element, Paragraph)]


def care_steps(page: Card) -> list[Happening]:
    """What was asked for about care, and what is next."""
    *_, last = (each for each in page.body if isinstance(each, Timeline))
    return list(last.items)


async def test_after_a_call_they_read_it_too(people: People, world: World) -> None:
    case = await people.call()
    await world.works_off()
    await people.say(case, Verb.FINE_NOW)
    await world.passes(hours=4)
    assert (await people.duty(case, "care")).state is DutyState.EXHAUSTED
    assert "sent.care_nobody" in repr(await people.page(case))
    await people.answer("tanaka", Verb.COMING, case, kind="care")
    assert "sent.care_nobody" not in repr(await people.page(case)), "somebody comes after all"


async def test_what_asked_the_desk_for_care_says_that_it_was_given_and_never_that_none_is_needed(
    people: People, world: World, platform: NotedPlatform
) -> None:
    case = await people.report(site_may_know=False)
    await people.works_through(case, but="care")
    await world.passes(hours=2)

    async def asked() -> set[str]:
        await world.works_off()
        of_care = (c for c in platform.beside("desk") if "duty.care" in repr(c))
        return {card.title.key for card in of_care}

    assert await asked() == {"nudge.due"}
    assert (await people.at_desk(Verb.DUTY_DONE, await people.duty(case, "care"))).changed
    await people.works_through(case)  # late care is asked for by a talk, too
    assert (await people.at_desk(Verb.CLOSE, case)).changed
    assert await asked() == {"nudge.done"}
    await world.leaps(days=45)
    assert (await people.duty(case, "care")).state is DutyState.UNCONFIRMED
    assert await asked() == {"nudge.done"}, "nobody contradicted it"


async def test_not_yet_again_and_again_puts_nobody_off_who_is_asked_next(
    people: People, world: World
) -> None:
    case = await people.report(visibility=Visibility.DESK_ONLY)
    await world.works_off()
    await people.at_desk(Verb.TAKE, case)
    promised = (await people.duty(case, "care")).due_at
    for _ in range(3):
        await world.passes(minutes=14)
        await people.say(case, Verb.CARE_NOT_YET)
    await world.works_off()
    assert (await people.duty(case, "care")).due_at == promised
    told = [e.detail for e in await people.history(case) if e.fact == "asked"]
    asked = [detail["roles"] for detail in told if detail["duty"] == "care"]
    assert any("desk_lead" in roles for roles in asked)


async def test_once_the_desk_gave_care_for_the_site_an_old_not_yet_is_no_answer(
    people: People, world: World
) -> None:
    case = await people.report(visibility=Visibility.UNNAMED)
    await world.works_off()
    await people.at_desk(Verb.TAKE, case)
    await world.passes(minutes=65)
    assert (await people.duty(case, "care")).state is DutyState.EXHAUSTED
    await people.say(case, Verb.CARE_NOT_YET)
    assert (await people.at_desk(Verb.DUTY_DONE, await people.duty(case, "care"))).changed
    await people.at_desk(Verb.DUTY_DONE, await people.duty(case, "follow_up"))
    page = repr(await people.page(case))
    assert "sent.care_said_done" in page and "sent.care_not_yet" not in page


@pytest.fixture
async def leaderless(tmp_path: Path, quick: None) -> AsyncIterator[People]:
    """A desk without a lead, as in a small company."""
    company = yaml.safe_load(COMPANY.read_text("utf-8"))
    company["people"] = [each for each in company["people"] if each["role"] != "desk_lead"]
    path = tmp_path / "company.yaml"
    path.write_text(yaml.safe_dump(company, allow_unicode=True), "utf-8")
    world = a_world(tmp_path, company=path)
    world.platform = NotedPlatform()
    yield People(world)
    await world.service.work.storage.close()


@pytest.mark.parametrize("spoken", [False, True])
async def test_where_the_desk_has_no_lead_not_yet_asks_all_of_it_once_more(
    leaderless: People, spoken: bool
) -> None:
    """Also where the desk had spoken with them before: that was not the care that is missing."""
    people, world = leaderless, leaderless.world
    case = await people.report(visibility=Visibility.UNNAMED, site_may_know=False, words=SAD)
    await world.works_off()
    await people.at_desk(Verb.TAKE, case)
    if spoken:
        await people.at_desk(Verb.DUTY_DONE, await people.duty(case, "follow_up"))
    await world.passes(minutes=16)  # the desk was reminded when care was due
    before = await asked_for_care(people, case)
    pressed = await people.say(case, Verb.CARE_NOT_YET)
    assert pressed.notice.key == "own.care_not_yet_desk"
    await world.passes(minutes=1)
    assert (await people.duty(case, "care")).state is DutyState.OPEN
    assert await asked_for_care(people, case) > before


async def asked_for_care(people: People, case: Filed) -> int:
    care = await people.duty(case, "care")
    async with people.world.service.work.storage.read() as tx:
        return len(await tx.duties.nudges(care.id))
