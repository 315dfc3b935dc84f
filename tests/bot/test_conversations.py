"""Presses on screens: nothing is written before sending, and sending writes once."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import create_engine, select

from bot.conversations import Conversations, Next, Screen, StartAgain
from bot.endings import Finished, Opened
from bot.filing import Filed
from bot.packs import builtin_pack
from bot.sealed_lists import AnswerList, Refusal, SealedLists, Visitor
from bot.work_records import DutyState
from flows.assessment import Safety
from flows.help_now import FIND
from flows.phrases import Phrase, Say, say
from flows.presses import Verb
from flows.report import MAX_NAME, MAX_WORDS, NAME, WORDS
from flows.screens import Ask
from storage.tables import case_file
from tests.bot.conftest import People
from tests.support.world import World

Rows = Callable[[], dict[str, int]]
Ends = Callable[[People, World, Filed], Awaitable[None]]
CallerMacs = Callable[[], list[bytes]]
HANA = Visitor("web", "hinata", "cookie-1", site_id="shinjuku")
ONLY_THE_KEY = {"draft_key": 1}


def screen(here: Next) -> Screen:
    assert isinstance(here, Screen), here
    return here


def opened(here: Next) -> Opened:
    assert isinstance(here, Opened), here
    return here


def defaults(ask: Ask) -> dict[str, tuple[str, ...]]:
    return {group.id: group.chosen for group in ask.groups}


class Visit:
    """One person with a phone, pressing."""

    def __init__(self, conversations: Conversations, visitor: Visitor = HANA) -> None:
        self.conversations = conversations
        self.visitor = visitor
        self.here: Next = Finished()

    async def starts(self) -> None:
        self.here = await self.conversations.start(self.visitor)

    async def press(self, button: str, typed: dict[str, str] | None = None, **chosen: str) -> Next:
        now = screen(self.here)
        picked = {**defaults(now.ask), **{id: tuple(codes) for id, codes in chosen.items()}}
        self.here = await self.conversations.press(
            self.visitor, now.token, button, picked, typed or {}
        )
        return self.here

    async def reaches_the_review(self, visibility: str = "u") -> Screen:
        await self.starts()
        await self.press("check")
        await self.press("v")
        await self.press("next", acts="a")
        await self.press("send")
        review = screen(await self.press("next", visibility=visibility))
        assert review.ask.step == "review"
        return review


@pytest.fixture
def visit(conversations: Conversations) -> Visit:
    return Visit(conversations)


@pytest.fixture
def caller_macs(world: World, tmp_path: Path) -> CallerMacs:
    """What leads from calls to visits, as it stands in the database."""

    def read() -> list[bytes]:
        engine = create_engine(f"sqlite:///{tmp_path / 'mamori.db'}")
        with engine.connect() as connection:
            found = connection.scalars(select(case_file.c.caller_mac)).all()
        engine.dispose()
        return [mac for mac in found if mac is not None]

    return read


async def test_until_it_is_sent_nothing_but_the_days_key_is_written(
    visit: Visit, rows: Rows
) -> None:
    review = await visit.reaches_the_review()
    assert rows() == ONLY_THE_KEY
    await visit.conversations.back(visit.visitor, review.token)
    await visit.conversations.show(visit.visitor, review.token)
    await visit.conversations.press(visit.visitor, "forged", "send", {}, {WORDS: "secret"})
    assert rows() == ONLY_THE_KEY
    assert isinstance(await visit.press("send"), Opened)
    assert rows()["case_file"] == 1


async def test_who_finishes_without_sending_leaves_nothing(visit: Visit, rows: Rows) -> None:
    await visit.starts()
    await visit.press("check")
    await visit.press("v")
    await visit.press("next", acts="a")
    assert isinstance(await visit.press("end"), Finished)
    assert rows() == ONLY_THE_KEY


async def test_the_same_send_again_opens_the_same_case_with_the_same_receipt(
    visit: Visit, rows: Rows
) -> None:
    review = await visit.reaches_the_review()
    chosen = defaults(review.ask)
    sends = [
        opened(await visit.conversations.press(HANA, review.token, "send", chosen, {WORDS: words}))
        for words in ("first words", "first words", "other words")
    ]
    assert len({send.filed for send in sends}) == 1
    assert rows()["case_file"] == 1


async def test_two_visits_are_two_reports(conversations: Conversations, rows: Rows) -> None:
    filed = []
    for _ in range(2):
        visit = Visit(conversations)
        await visit.reaches_the_review()
        filed.append(opened(await visit.press("send")).filed)
    assert filed[0].receipt != filed[1].receipt
    assert rows()["case_file"] == 2


async def test_a_send_that_lacks_the_name_comes_back_and_is_still_one_send(
    visit: Visit, rows: Rows
) -> None:
    review = await visit.reaches_the_review("n")
    problem = screen(await visit.press("send", {WORDS: "what was said"}))
    assert problem.problem is not None and problem.ask.step == "review"
    assert rows() == ONLY_THE_KEY
    sends = [
        opened(await visit.conversations.press(HANA, token, "send", {}, {NAME: "Hana"}))
        for token in (problem.token, review.token)
    ]
    assert sends[0].filed == sends[1].filed
    assert rows()["case_file"] == 1


@pytest.mark.parametrize(
    "typed",
    [
        {NAME: "   "},
        {NAME: "x" * (MAX_NAME + 1)},
        {NAME: "Hana", WORDS: "x" * (MAX_WORDS + 1)},
    ],
)
async def test_what_cannot_be_kept_is_said_and_nothing_is_written(
    visit: Visit, rows: Rows, typed: dict[str, str]
) -> None:
    await visit.reaches_the_review("n")
    assert screen(await visit.press("send", typed)).problem is not None
    assert rows() == ONLY_THE_KEY


async def test_words_of_the_greatest_length_are_taken(visit: Visit) -> None:
    await visit.reaches_the_review("n")
    typed = {NAME: "x" * MAX_NAME, WORDS: "語" * MAX_WORDS}
    assert isinstance(await visit.press("send", typed), Opened)


async def test_back_leads_to_the_screen_before_and_stops_at_the_first(visit: Visit) -> None:
    await visit.starts()
    first = screen(visit.here)
    assert not first.can_go_back
    safe = screen(await visit.press("check"))
    assert safe.can_go_back
    before = screen(await visit.conversations.back(HANA, safe.token))
    assert before.ask == first.ask
    assert screen(await visit.conversations.back(HANA, before.token)).ask == first.ask


async def test_a_policy_that_changed_meanwhile_starts_again_and_says_so(
    world: World, lists: SealedLists, visit: Visit
) -> None:
    review = await visit.reaches_the_review()
    work = world.service.work
    newer = Conversations(replace(work, policy=builtin_pack("hennge")), lists)
    here = await newer.press(HANA, review.token, "send", defaults(review.ask), {})
    assert here == StartAgain(Refusal.CHANGED)


@pytest.mark.parametrize("token", ["", "x", "x" * 467, "\0" * 467, "é" * 467, "A" * 467])
async def test_a_forged_token_starts_again_from_any_press(
    conversations: Conversations, token: str
) -> None:
    for here in (
        await conversations.show(HANA, token),
        await conversations.back(HANA, token),
        await conversations.press(HANA, token, "send", {}, {}),
        await conversations.press(HANA, token, FIND, {}, {FIND: "x"}),
    ):
        assert here == StartAgain(Refusal.UNKNOWN) or here == StartAgain(Refusal.STALE)


async def test_another_visitors_screen_starts_again(
    conversations: Conversations, visit: Visit
) -> None:
    await visit.starts()
    token = screen(visit.here).token
    stranger = replace(HANA, actor="cookie-2")
    assert await conversations.show(stranger, token) == StartAgain(Refusal.UNKNOWN)


async def test_a_screen_of_yesterday_starts_again(visit: Visit, world: World) -> None:
    await visit.starts()
    world.clock.passes(hours=24, seconds=1)
    assert await visit.press("check") == StartAgain(Refusal.STALE)


async def test_a_press_that_the_screen_never_offered_starts_again(visit: Visit) -> None:
    await visit.starts()
    assert await visit.press("launch") == StartAgain(Refusal.UNKNOWN)


async def test_a_list_no_flow_produced_or_of_no_flow_starts_again(
    conversations: Conversations, lists: SealedLists, world: World
) -> None:
    digest = world.service.work.policy.digest()
    for wrong in (
        AnswerList("talk", digest, ("check", "sideways")),
        AnswerList("nothing", digest),
    ):
        token = await lists.seal(HANA, wrong)
        assert await conversations.show(HANA, token) == StartAgain(Refusal.UNKNOWN)


async def test_a_pass_shows_no_screen(conversations: Conversations, lists: SealedLists) -> None:
    token = await lists.seal_pass(HANA, "a" * 32)
    assert await conversations.show(HANA, token) == StartAgain(Refusal.UNKNOWN)


async def test_help_from_a_known_site_is_sent_at_once(
    conversations: Conversations, rows: Rows
) -> None:
    assert isinstance(await conversations.start(HANA, "help"), Opened)
    assert rows()["case_file"] == 1


async def test_help_pressed_twice_on_a_screen_is_one_call(visit: Visit, rows: Rows) -> None:
    await visit.starts()
    token = screen(visit.here).token
    calls = [opened(await visit.conversations.help(HANA, token)) for _ in range(3)]
    assert len({call.filed for call in calls}) == 1
    assert rows()["case_file"] == 1


@pytest.mark.parametrize("how", [Verb.MISTAKE, Verb.FINE_NOW])
async def test_help_from_a_screen_whose_call_is_over_calls_anew_and_once(
    visit: Visit, people: People, world: World, rows: Rows, how: Verb
) -> None:
    await visit.starts()
    token = screen(visit.here).token
    first = opened(await visit.conversations.help(HANA, token)).filed
    await people.say(first, how)
    await world.passes(minutes=12)
    before = len(world.platform.direct("tanaka"))
    calls = [opened(await visit.conversations.help(HANA, token)).filed for _ in range(3)]
    await world.works_off()
    assert len(set(calls)) == 1 and first not in calls
    assert rows()["case_file"] == 2
    assert len(world.platform.direct("tanaka")) == before + 1


async def test_the_same_press_that_comes_twice_is_one_call_although_it_was_ended_between(
    visit: Visit, people: People, world: World, rows: Rows
) -> None:
    await visit.starts()
    token = screen(visit.here).token
    first = opened(await visit.conversations.help(HANA, token)).filed
    await people.say(first, Verb.MISTAKE)
    world.clock.passes(seconds=5)
    assert opened(await visit.conversations.help(HANA, token)).filed == first
    world.clock.passes(seconds=10)
    assert opened(await visit.conversations.help(HANA, token)).filed != first


async def test_help_from_a_screen_whose_call_nobody_is_left_to_answer_asks_everybody_anew_and_once(
    visit: Visit, people: People, world: World, rows: Rows
) -> None:
    await visit.starts()
    token = screen(visit.here).token
    call = opened(await visit.conversations.help(HANA, token)).filed
    await world.passes(minutes=12)
    before = len(world.platform.direct("tanaka"))
    came = [opened(await visit.conversations.help(HANA, token)) for _ in range(3)]
    await world.works_off()
    assert {each.filed for each in came} == {call} and rows()["case_file"] == 1
    assert [read_key(each.notice) for each in came] == ["press.called_again", "", ""]
    assert len(world.platform.direct("tanaka")) == before + 1
    facts = await people.facts(call)
    assert facts.count("still_needed") == 1


def read_key(notice: Phrase | None) -> str:
    return notice.key if isinstance(notice, Say) else ""


@pytest.mark.parametrize("site", ["shinjuku", None])
async def test_a_call_that_nobody_is_left_to_answer_is_come_back_to_until_it_is_ended(
    conversations: Conversations,
    people: People,
    world: World,
    rows: Rows,
    caller_macs: CallerMacs,
    site: str | None,
) -> None:
    call = opened(await conversations.start(HANA, "help")).filed
    await world.passes(minutes=12)
    assert (await people.duty(call, "second_person")).state is DutyState.EXHAUSTED
    visitor = replace(HANA, site_id=site)
    assert "first.nobody_left" in repr(screen(await conversations.start(visitor)).ask)
    before = len(world.platform.direct("sato"))
    again = opened(await conversations.start(visitor, "help"))
    assert again.filed == call and read_key(again.notice) == "press.called_again"
    assert "first.calling" in repr(screen(await conversations.start(visitor)).ask)
    await world.works_off()
    assert len(world.platform.direct("sato")) > before, "the desk is asked anew, too"
    await people.say(call, Verb.FINE_NOW)
    assert rows()["case_file"] == 1 and not caller_macs(), "no other call runs on"


async def test_a_press_that_comes_twice_asks_once_where_nobody_could_be_asked(
    conversations: Conversations, people: People, world: World
) -> None:
    call = opened(await conversations.start(HANA, "help")).filed
    await world.passes(minutes=12)
    await conversations.start(HANA, "help")
    async with world.service.work.storage.write() as tx:
        duty = await people.duty(call, "second_person")
        await tx.duties.save(replace(duty, state=DutyState.EXHAUSTED))
    world.clock.passes(seconds=5)
    assert opened(await conversations.start(HANA, "help")).notice is None
    world.clock.passes(seconds=10)
    assert opened(await conversations.start(HANA, "help")).notice is not None


async def test_whoever_is_elsewhere_ends_a_call_that_nobody_is_left_to_answer(
    conversations: Conversations, people: People, world: World
) -> None:
    first = opened(await conversations.start(HANA, "help")).filed
    await world.passes(minutes=12)
    visit = Visit(conversations, ANYWHERE)
    visit.here = await conversations.elsewhere(HANA)
    second = opened(await visit.press("yotsuya")).filed
    assert second != first
    assert (await people.duty(first, "second_person")).state is DutyState.CLOSED


async def lapses(people: People, world: World, call: Filed) -> None:
    await world.passes(minutes=76)


async def is_called_over(people: People, world: World, call: Filed) -> None:
    await people.answer("tanaka", Verb.HERE, call)
    await people.answer("tanaka", Verb.OVER, call)


@pytest.mark.parametrize("ends", [lapses, is_called_over])
async def test_a_reload_finds_a_call_that_its_caller_called_again(
    conversations: Conversations, people: People, world: World, ends: Ends
) -> None:
    first = opened(await conversations.start(HANA, "help")).filed
    await ends(people, world, first)
    await people.say(first, Verb.STILL_NEEDED)
    assert opened(await conversations.start(HANA, "help")).filed == first
    assert "first.calling" in repr(screen(await conversations.start(HANA)).ask)


@pytest.mark.parametrize("ends", [lapses, is_called_over])
async def test_a_reload_calls_anew_where_the_call_is_over_and_finds_that_one_then(
    conversations: Conversations, people: People, world: World, ends: Ends
) -> None:
    first = opened(await conversations.start(HANA, "help")).filed
    await ends(people, world, first)
    assert "first.calling" not in repr(screen(await conversations.start(HANA)).ask)
    second = opened(await conversations.start(HANA, "help")).filed
    assert second != first
    assert opened(await conversations.start(HANA, "help")).filed == second


ANYWHERE = replace(HANA, site_id=None)


async def test_get_help_opens_the_call_that_runs_and_asks_for_no_site(
    conversations: Conversations, people: People
) -> None:
    visit = Visit(conversations, ANYWHERE)
    await visit.starts()
    await visit.press("help")
    call = opened(await visit.press("shinjuku")).filed
    await visit.starts()
    assert opened(await visit.press("help")).filed == call
    assert opened(await conversations.start(ANYWHERE, "help")).filed == call
    await people.say(call, Verb.FINE_NOW)
    assert screen(await conversations.start(ANYWHERE, "help")).ask.for_help


async def test_who_calls_help_where_they_really_are_is_waited_for_there_alone(
    conversations: Conversations, people: People, world: World, caller_macs: CallerMacs
) -> None:
    first = opened(await conversations.start(HANA, "help")).filed
    await world.works_off()
    await people.answer("tanaka", Verb.COMING, first, minutes=2)
    visit = Visit(conversations, ANYWHERE)
    visit.here = await conversations.elsewhere(HANA)
    assert "site.for_help_elsewhere" in repr(screen(visit.here).ask)
    assert (await people.duty(first, "second_person")).state is DutyState.OPEN, "until it is chosen"
    second = opened(await visit.press("yotsuya")).filed
    await world.works_off()
    assert (await people.duty(first, "second_person")).state is DutyState.CLOSED
    assert "care" not in await people.duties(first), "nothing happened there"
    assert "help.card.moved" in repr(world.platform.channel("shinjuku"))
    assert "四谷" not in repr(world.platform.channel("shinjuku"))
    assert "help.moved" in repr((await people.page(first)).body)
    assert (await people.facts(first))[-1] == "help_moved"
    for visitor in (HANA, ANYWHERE):
        assert opened(await conversations.start(visitor, "help")).filed == second
    await people.say(second, Verb.FINE_NOW)
    assert not caller_macs()


async def test_who_chooses_the_same_site_once_more_has_one_call_there(
    conversations: Conversations, people: People
) -> None:
    call = opened(await conversations.start(HANA, "help")).filed
    visit = Visit(conversations, ANYWHERE)
    visit.here = await conversations.elsewhere(HANA)
    assert opened(await visit.press("shinjuku")).filed == call
    assert (await people.duty(call, "second_person")).state is DutyState.OPEN


async def chooses(visit: Visit, list_of_sites: Next, site: str) -> Filed:
    """A site in a list that somebody is at, or goes back to."""
    visit.here = list_of_sites
    return opened(await visit.press(site)).filed


@pytest.mark.parametrize("seconds", [2, 60])
async def test_who_chose_the_wrong_site_and_goes_back_calls_help_to_the_right_one(
    conversations: Conversations, people: People, world: World, seconds: int
) -> None:
    visit = Visit(conversations, ANYWHERE)
    await visit.starts()
    here = await visit.press("help")
    wrong = await chooses(visit, here, "shinjuku")
    world.clock.passes(seconds=seconds)
    right = await chooses(visit, here, "yotsuya")
    await world.works_off()
    assert right != wrong
    assert world.platform.cards("yotsuya"), "whoever is where they are is asked to come"
    assert "help.card.moved" in repr(world.platform.cards("shinjuku"))
    assert (await people.facts(wrong))[-1] == "help_moved"
    assert await chooses(visit, here, "yotsuya") == right, "the same tap twice is one call"


@pytest.mark.parametrize("seconds", [2, 60])
async def test_who_was_at_the_first_site_after_all_is_waited_for_there(
    conversations: Conversations, people: People, world: World, seconds: int
) -> None:
    visit = Visit(conversations, ANYWHERE)
    await visit.starts()
    here = await visit.press("help")
    left = set()
    for site in ("shinjuku", "yotsuya"):
        left.add(await chooses(visit, here, site))
        world.clock.passes(seconds=seconds)
    again = await chooses(visit, here, "shinjuku")
    assert again not in left
    for call in left:
        assert (await people.duty(call, "second_person")).state is DutyState.CLOSED
    assert (await people.duty(again, "second_person")).state is DutyState.OPEN


async def test_who_corrects_the_site_twice_is_waited_for_at_the_last_one_alone(
    conversations: Conversations, world: World
) -> None:
    first = Visit(conversations, ANYWHERE)
    await first.starts()
    await chooses(first, await first.press("help"), "shinjuku")
    await world.passes(minutes=1)
    here = await conversations.elsewhere(ANYWHERE)
    await chooses(first, here, "yotsuya")
    await world.passes(minutes=1)
    last = await chooses(first, here, "callcentre")
    await world.works_off()
    assert world.platform.cards("callcentre"), "whoever is where they are is asked to come"
    assert "help.card.moved" in repr(world.platform.cards("yotsuya"))
    for site in ("shinjuku", "yotsuya", None):  # the posters of both lead to it
        visitor = replace(HANA, site_id=site)
        assert opened(await conversations.start(visitor, "help")).filed == last


async def test_a_call_from_another_poster_hides_none_that_still_runs(
    conversations: Conversations, people: People, world: World, caller_macs: CallerMacs
) -> None:
    first = opened(await conversations.start(HANA, "help")).filed
    world.clock.passes(seconds=30)
    there = replace(HANA, site_id="yotsuya")
    second = opened(await conversations.start(there, "help")).filed
    assert second != first
    assert opened(await conversations.start(ANYWHERE, "help")).filed == second
    await people.say(second, Verb.MISTAKE)
    assert "first.calling" in repr(screen(await conversations.start(ANYWHERE)).ask)
    assert opened(await conversations.start(ANYWHERE, "help")).filed == first
    await people.say(first, Verb.FINE_NOW)
    assert "first.calling" not in repr(screen(await conversations.start(ANYWHERE)).ask)
    assert not caller_macs()


@pytest.mark.parametrize("verb", [Verb.FINE_NOW, Verb.MISTAKE])
async def test_nothing_leads_from_a_call_that_its_caller_ended_to_their_visit(
    conversations: Conversations, people: People, caller_macs: CallerMacs, verb: Verb
) -> None:
    call = opened(await conversations.start(HANA, "help")).filed
    assert len(caller_macs()) == 1
    await people.say(call, verb)
    assert caller_macs() == []


async def test_help_works_from_a_stale_or_broken_screen(
    visit: Visit, world: World, conversations: Conversations
) -> None:
    await visit.starts()
    token = screen(visit.here).token
    world.clock.passes(days=3)
    assert isinstance(await conversations.help(HANA, token), Opened)
    assert isinstance(await conversations.help(HANA, "broken"), Opened)


async def test_help_without_a_site_asks_for_it_and_for_nothing_else(
    conversations: Conversations,
) -> None:
    nowhere = Visit(conversations, replace(HANA, site_id=None))
    await nowhere.starts()
    asked = screen(await nowhere.press("help"))
    assert asked.ask.step == "site"
    assert isinstance(await nowhere.press("yotsuya"), Opened)


async def test_help_and_a_report_of_one_visit_are_two_cases(
    visit: Visit, conversations: Conversations, rows: Rows
) -> None:
    review = await visit.reaches_the_review()
    call = opened(await conversations.help(HANA, review.token))
    report = opened(await visit.press("send"))
    assert call.filed.case_id != report.filed.case_id
    assert rows()["case_file"] == 2


async def test_typed_words_lose_what_nobody_types_and_keep_their_lines(
    visit: Visit, world: World
) -> None:
    await visit.reaches_the_review("u")
    case = opened(await visit.press("send", {WORDS: "one\r\ntwo\x00\x1b[31m\ud800 three\tend"}))
    async with world.service.work.storage.read() as tx:
        body = await tx.cases.body(case.filed.case_id)
    assert body is not None
    assert '"words":"one\\ntwo[31m three\\tend"' in body.content.decode()


@pytest.mark.parametrize("caller_name", ["Hanako", ""])
async def test_where_somebody_called_for_help_lately_the_area_is_named_by_default(
    visit: Visit, people: People, world: World, caller_name: str
) -> None:
    assert place_of_report(await visit.reaches_the_review()) == (("site",), 9)
    call = await people.call(caller_name=caller_name)
    await world.passes(minutes=5)
    await people.say(call, Verb.FINE_NOW)
    await world.passes(minutes=30)
    for visitor in (HANA, replace(HANA, actor="somebody else")):
        review = await Visit(visit.conversations, visitor).reaches_the_review()
        assert place_of_report(review) == (("area",), 1)
    elsewhere = await Visit(
        visit.conversations, replace(HANA, site_id="yotsuya")
    ).reaches_the_review()
    assert place_of_report(elsewhere)[1] != 1
    await world.leaps(hours=12)
    assert place_of_report(await visit.reaches_the_review())[1] != 1


async def test_a_report_that_is_no_call_points_at_nobody_like_that(
    visit: Visit, people: People, world: World
) -> None:
    await people.report(safety=Safety.ONGOING)
    await world.works_off()
    assert place_of_report(await visit.reaches_the_review()) == (("site",), 9)


def place_of_report(review: Screen) -> tuple[tuple[str, ...], int]:
    """What is chosen for an unnamed report, and how many people fit the site."""
    place = next(group for group in review.ask.groups if group.id == "place")
    hint = next(option.hint for option in place.options if option.code == "site")
    assert isinstance(hint, Say)
    count = 1 if hint == say("fit.one") else hint.values["count"]
    assert isinstance(count, int)
    return place.chosen, count
