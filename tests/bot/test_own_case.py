"""One's own case, by this visit's pass or by receipt, and nothing of anybody else's."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import create_engine, delete

from bot.own_case import SLOWEST_SECONDS, OwnCases, opens_nothing
from bot.sealed_lists import Unopened, Visitor
from bot.work_records import DutyState
from bot.worker import run_one_due
from flows.assessment import Safety
from flows.outcomes import Visibility
from flows.phrases import say
from flows.presses import Press, Verb
from storage.tables import case_key
from tests.bot.test_conversations import opened

HANA = Visitor("web", "hinata", "cookie-1")
LATER = Visitor("web", "hinata", "cookie-2")
AT_SITE = replace(HANA, site_id="shinjuku")


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long each wrong number was made to wait, without waiting."""
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    monkeypatch.setattr("bot.own_case.asyncio.sleep", sleep)
    return waits


def grouped(receipt: str, between: str) -> str:
    return between.join(receipt[start : start + 5] for start in range(0, len(receipt), 5))


def full_width(text: str) -> str:
    return "".join(chr(ord("０") + int(char)) if char.isdigit() else char for char in text)


async def test_the_receipt_opens_the_case_however_it_is_typed(people, own_cases: OwnCases) -> None:
    filed = await people.report(visibility=Visibility.UNNAMED)
    receipt = filed.receipt
    for typed in (
        receipt,
        grouped(receipt, " "),
        grouped(receipt, "-"),
        grouped(receipt, "ー"),
        grouped(receipt, "\u3000"),
        full_width(grouped(receipt, "－")),
        f"  {receipt}\n",
    ):
        token = await own_cases.by_receipt(LATER, typed)
        assert token is not None, typed
        shown = await own_cases.open(LATER, token)
        assert shown is not None and shown.public_id == filed.public_id


@pytest.mark.parametrize("typed", ["", "   ", "abc", "1" * 24, "1" * 26, "0" * 25, "²" * 25])
async def test_any_other_number_opens_nothing(
    people, own_cases: OwnCases, slept: list[float], typed: str
) -> None:
    await people.report(visibility=Visibility.UNNAMED)
    assert await own_cases.by_receipt(LATER, typed) is None
    assert len(slept) == 1


async def test_the_number_of_a_call_or_report_opens_nothing_and_tells_nothing(
    people, own_cases: OwnCases, slept: list[float]
) -> None:
    """Every number of that shape has one answer; what it is for is said all the same."""
    call, report = await people.call(), await people.report(visibility=Visibility.UNNAMED)
    numbers = (call.public_id, report.public_id, "WWWWWWW", call.public_id.lower())
    for typed in numbers:
        assert await own_cases.by_receipt(LATER, typed) is None
    answers = {opens_nothing(typed).model_dump_json() for typed in numbers}
    assert len(answers) == 1 and "receipt.short_number" in answers.pop()
    assert len(slept) == len(numbers)
    for other in ("1" * 25, "1" * 26, call.public_id[:-1], "QRT7K4!"):
        assert opens_nothing(other).key == "receipt.not_found"


@pytest.mark.parametrize(
    ("typed", "given"),
    [("123456", 6), ("12345-67890", 10), ("１２３４５　６", 6), (grouped("1" * 24, "ー"), 24)],
)
def test_digits_that_are_too_few_are_counted(typed: str, given: int) -> None:
    assert opens_nothing(typed) == say("receipt.too_short", given=given, digits=25)


@pytest.mark.parametrize("typed", ["", "  ", "\n", "\u3000"])
def test_where_no_number_was_typed_it_is_asked_for(typed: str) -> None:
    assert opens_nothing(typed) == say("receipt.missing", digits=25)


async def test_one_wrong_digit_opens_nothing(people, own_cases: OwnCases, slept) -> None:
    receipt = (await people.report(visibility=Visibility.UNNAMED)).receipt
    for place in range(len(receipt)):
        wrong = str((int(receipt[place]) + 1) % 10)
        typed = receipt[:place] + wrong + receipt[place + 1 :]
        assert await own_cases.by_receipt(LATER, typed) is None


async def test_wrong_numbers_grow_slower_and_the_owner_never_waits(
    people, world, own_cases: OwnCases, slept: list[float]
) -> None:
    receipt = (await people.report(visibility=Visibility.UNNAMED)).receipt
    for _ in range(300):
        await own_cases.by_receipt(LATER, "1" * 25)
    assert slept == sorted(slept) and slept[0] == 0 and slept[-1] == SLOWEST_SECONDS
    slept.clear()
    assert await own_cases.by_receipt(HANA, receipt) is not None
    assert slept == []
    world.clock.passes(minutes=2)
    await own_cases.by_receipt(LATER, "1" * 25)
    assert slept == [0]


async def test_a_pass_opens_for_its_visit_alone(people, own_cases: OwnCases, lists) -> None:
    filed = await people.report()
    token = await lists.seal_pass(HANA, filed.case_id)
    assert await own_cases.open(HANA, token) is not None
    with pytest.raises(Unopened):
        await own_cases.open(LATER, token)
    with pytest.raises(Unopened):
        await own_cases.press(LATER, token, "x", "")


@pytest.mark.parametrize(
    ("caller", "seen"),
    [
        (AT_SITE, False),
        (Visitor("teams", "tenant", "1", "shinjuku", name="Hana"), True),
        (Visitor("slack", "T1", "U1", "shinjuku", person_id="tanaka", name=""), True),
        (Visitor("slack", "T1", "U1", "shinjuku", name=""), False),
    ],
)
async def test_whoever_calls_by_name_reads_that_those_who_are_called_see_it(
    own_cases: OwnCases, conversations, caller: Visitor, seen: bool
) -> None:
    call = opened(await conversations.start(caller, "help"))
    shown = await own_cases.open(caller, call.pass_token)
    assert shown is not None and shown.is_call
    assert ('"help.by_name"' in shown.card.model_dump_json()) is seen


async def test_a_case_that_is_unknown_and_one_that_was_shredded_answer_alike(
    people, own_cases: OwnCases, lists, tmp_path
) -> None:
    filed = await people.report()
    engine = create_engine(f"sqlite:///{tmp_path / 'mamori.db'}")
    with engine.begin() as connection:
        connection.execute(delete(case_key))
    engine.dispose()
    for case_id in (filed.case_id, "0" * 32):
        assert await own_cases.open(HANA, await lists.seal_pass(HANA, case_id)) is None


async def test_the_page_says_kept_until_then_on_its_way_then_delivered(
    people, world, own_cases: OwnCases, lists
) -> None:
    filed = await people.report(visibility=Visibility.UNNAMED, send_now=False)
    token = await lists.seal_pass(HANA, filed.case_id)

    async def says() -> str:
        shown = await own_cases.open(HANA, token)
        assert shown is not None
        return shown.card.model_dump_json()

    assert '"sent.kept"' in await says() and '"sent.delivered"' not in await says()
    world.clock.passes(minutes=90)
    await run_one_due(world.service.work, {"chat": world.platform})
    assert '"sent.sending"' in await says() and '"sent.delivered"' not in await says()
    await world.works_off()
    assert '"sent.delivered"' in await says()


async def test_the_caller_reads_who_was_asked_who_comes_and_never_a_name(
    people, world, own_cases: OwnCases, lists
) -> None:
    filed = await people.call()
    token = await lists.seal_pass(HANA, filed.case_id)
    await people.answer("tanaka", Verb.COMING, filed)
    await world.passes(minutes=3)
    shown = await own_cases.open(HANA, token)
    assert shown is not None
    page = shown.card.model_dump_json()
    assert "role.manager" in page and "role.area" in page and '"minutes":2' in page
    assert "田中" not in page and "Tanaka" not in page


async def test_nobody_answered_is_said_first_with_the_number_to_call(
    people, world, own_cases: OwnCases, lists
) -> None:
    filed = await people.call()
    token = await lists.seal_pass(HANA, filed.case_id)
    await world.passes(minutes=10)
    shown = await own_cases.open(HANA, token)
    assert shown is not None
    assert "help.nobody" in shown.card.body[0].model_dump_json()
    assert '"110"' in shown.card.model_dump_json()


async def test_to_call_once_more_does_nothing_until_nobody_is_left_to_answer(
    world, people, conversations, own_cases: OwnCases
) -> None:
    first = opened(await conversations.start(AT_SITE, "help"))
    assert await own_cases.help_is_called(HANA, first.pass_token)
    await world.passes(minutes=12)
    shown = await own_cases.open(HANA, first.pass_token)
    assert shown is not None and shown.calling
    assert not await own_cases.help_is_called(HANA, first.pass_token)
    again = opened(await conversations.start(AT_SITE, "help"))
    assert again.filed == first.filed, "the same call, for which everybody is asked anew"
    assert await own_cases.help_is_called(HANA, again.pass_token)


@pytest.mark.parametrize("site", ["shinjuku", None])
async def test_a_call_that_others_ended_is_come_back_to_for_a_day(
    world, people, conversations, own_cases: OwnCases, site: str | None
) -> None:
    visitor = replace(AT_SITE, site_id=site)
    assert await own_cases.last_call(visitor) is None
    call = opened(await conversations.start(AT_SITE, "help")).filed
    await world.passes(minutes=12)
    assert await own_cases.last_call(visitor), "nobody is asked anew by a look"
    await world.passes(minutes=64)  # nobody ended it
    assert "first.called" in repr(await conversations.start(visitor))
    line = await own_cases.last_call(visitor)
    assert line is not None
    shown = await own_cases.open(visitor, line.pass_token)
    assert shown is not None and "help.lapsed" in repr(shown.card)
    assert (await people.facts(call)).count("still_needed") == 0
    assert await own_cases.last_call(replace(visitor, actor="somebody else")) is None
    world.clock.passes(days=1)
    assert await own_cases.last_call(visitor) is None
    assert "first.called" not in repr(await conversations.start(visitor))


async def test_nothing_leads_back_to_a_call_that_its_caller_ended(
    people, conversations, own_cases: OwnCases
) -> None:
    call = opened(await conversations.start(AT_SITE, "help")).filed
    await people.say(call, Verb.FINE_NOW)
    assert await own_cases.last_call(AT_SITE) is None
    assert "first.called" not in repr(await conversations.start(AT_SITE))


@pytest.mark.parametrize("others", [0, 2, 3])
async def test_who_said_fine_by_a_slip_and_went_back_finds_their_call_again(
    people, world, own_cases: OwnCases, lists, conversations, others: int
) -> None:
    """The page with the last question is still there behind the browser's "back"."""
    call = opened(await conversations.start(AT_SITE, "help")).filed
    token = await lists.seal_pass(AT_SITE, call.case_id)
    await world.passes(minutes=61)
    await people.say(call, Verb.FINE_NOW)
    for site in ("yotsuya", "callcentre", "shinjuku")[:others]:  # as many as may run at a time
        await conversations.start(replace(HANA, site_id=site), "help")
        world.clock.passes(seconds=1)
    await world.works_off()
    press = Press(verb=Verb.STILL_NEEDED, subject=call.case_id)
    code = world.service.work.index.seal_press(press, call.case_id)
    assert (await own_cases.press(AT_SITE, token, code, "")).changed
    assert (await people.duty(call, "second_person")).state is DutyState.OPEN
    found = opened(await conversations.start(AT_SITE, "help")).filed
    assert found.case_id == call.case_id
    assert not (await own_cases.press(AT_SITE, token, code, "")).changed, "it is asked for already"


async def test_the_newest_call_is_come_back_to(
    world, people, conversations, own_cases: OwnCases
) -> None:
    first = opened(await conversations.start(AT_SITE, "help")).filed
    await world.passes(minutes=76)
    second = opened(await conversations.start(AT_SITE, "help")).filed
    line = await own_cases.last_call(AT_SITE)
    assert line is not None and second.public_id in repr(line.text)
    assert first.public_id not in repr(line.text)


async def test_a_report_of_danger_is_no_call(people, own_cases: OwnCases, lists) -> None:
    filed = await people.report(safety=Safety.ONGOING)
    assert not await own_cases.help_is_called(HANA, await lists.seal_pass(HANA, filed.case_id))


async def test_who_comes_back_by_receipt_can_press_and_write(
    people, world, own_cases: OwnCases
) -> None:
    filed = await people.report(visibility=Visibility.UNNAMED)
    token = await own_cases.by_receipt(LATER, filed.receipt)
    assert token is not None
    press = Press(verb=Verb.WRITE, subject=filed.case_id)
    code = world.service.work.index.seal_press(press, filed.case_id)
    assert (await own_cases.press(LATER, token, code, "one more thing")).changed
    shown = await own_cases.open(LATER, token)
    assert shown is not None and "one more thing" in shown.card.model_dump_json()


async def test_a_call_for_help_has_no_receipt(people) -> None:
    assert (await people.call()).receipt is None


async def test_a_broken_promise_is_called_late_and_not_made_again(people, world) -> None:
    case = await people.report(site_may_know=False)
    page = repr(await people.page(case))
    assert "step.take_by" in page and "sent.answer_by" in page and "sent.care_desk" in page
    await world.leaps(days=8)
    page = repr(await people.page(case))
    assert "'step.late'" in page and "sent.answer_late" in page and "sent.care_late" in page
    assert not {"step.take_by", "sent.answer_by", "sent.care_desk"} & set(page.split("'"))


async def test_it_is_not_said_that_more_people_were_asked_where_there_are_no_more(
    people, world, platform
) -> None:
    directory = world.service.work.directory
    above = ("mori", "watanabe")  # a small company has no lead of the desk, and no head office
    directory.load([p for p in directory.company.people if p.id not in above], 1)
    case = await people.report(site_may_know=False)
    await world.works_off()
    late = (await people.duty(case, "take")).due_at - world.clock.present + timedelta(hours=2)
    await world.leaps(seconds=late.total_seconds())
    shown = platform.messages.values()
    assert set().union(*(each.alerted for each in shown)) <= {"sato", "suzuki"}
    page = repr(await people.page(case))
    assert "'step.untaken'" in page and "'step.late'" not in page
