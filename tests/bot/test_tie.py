"""A report and a call for help: tied by the reporter alone, and read together by the desk."""

import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, select

from bot.case_work import report_of
from bot.conversations import Conversations, Next
from bot.desk import open_details
from bot.endings import Opened
from bot.filing import Filed
from bot.retention import Retention
from bot.rights import Reader
from flows.outcomes import Visibility
from flows.phrases import Phrase, Say
from flows.presses import Verb
from flows.report import NAME, WORDS
from flows.screens import Element, Facts, Heading, Timeline
from flows.tie import NAMED_TIE, UNNAMED_TIE
from storage.tables import metadata
from tests.bot.test_conversations import HANA, Visit, opened, screen
from tests.support.world import World

CALLER = "カナリア-caller-7f3a"
UNKNOWN = "WWWWWWW"


@pytest.fixture
def visit(conversations: Conversations) -> Visit:
    return Visit(conversations)


async def named(world: World, came: Next | Filed) -> str:
    """The number that a report's sealed body holds."""
    filed = came if isinstance(came, Filed) else opened(came).filed
    async with world.service.work.storage.read() as tx:
        body = await report_of(tx, filed.case_id)
    assert body is not None
    return body.call


async def begins_from_its_page(visit: Visit, filed: Filed, who: str = "u") -> None:
    """From the page of a call to the screen that sends."""
    visit.here = await visit.conversations.start(visit.visitor, call=filed.public_id)
    for press, chosen in (("check", {}), ("v", {}), ("next", {"acts": "a"}), ("send", {})):
        await visit.press(press, **chosen)
    await visit.press("next", visibility=who)


async def reads(world: World, filed: Filed, person: str = "suzuki") -> tuple[Element, ...]:
    """What somebody of the desk reads about the call, on the details of a report."""
    work = world.service.work
    found = await open_details(work, filed.case_id, work.directory.person(person))
    assert found is not None
    heads = [n for n, each in enumerate(found.elements) if isinstance(each, Heading)]
    texts = [found.elements[n].text for n in heads]
    if "details.tied_title" not in [key(text) for text in texts]:
        return ()
    start = next(n for n in heads if key(found.elements[n].text) == "details.tied_title")
    return found.elements[start + 1 : next(n for n in heads if n > start)]


def key(phrase: Phrase) -> str:
    return phrase.key if isinstance(phrase, Say) else ""


def told(elements: tuple[Element, ...]) -> list[str]:
    """The facts of a call, in order, as the desk reads them."""
    (timeline,) = (each for each in elements if isinstance(each, Timeline))
    return [_fact(line.what) for line in timeline.items]


def _fact(phrase: Phrase) -> str:
    assert isinstance(phrase, Say)
    if phrase.key != "fact.by":
        return phrase.key
    what, who = phrase.values["what"], phrase.values["who"]
    assert isinstance(what, Say)
    return f"{what.key} {who.en}"  # type: ignore[union-attr]


# --- by their own act


@pytest.mark.parametrize("typed", ["{}", " {} ", "{}\n"])
@pytest.mark.parametrize("small", [True, False])
async def test_a_typed_number_ties_however_it_is_typed(
    visit: Visit, people, world, typed: str, small: bool
) -> None:
    call = await people.call()
    number = call.public_id.lower() if small else call.public_id
    await visit.reaches_the_review()
    assert await named(world, await visit.press("send", {UNNAMED_TIE: typed.format(number)})) == (
        call.public_id
    )


async def test_a_tick_on_the_calls_own_page_ties(visit: Visit, people, world) -> None:
    call = await people.call()
    await begins_from_its_page(visit, call)
    assert await named(world, await visit.press("send", **{UNNAMED_TIE: "y"})) == call.public_id


async def test_one_visit_that_called_and_reported_has_tied_nothing(
    visit: Visit, world, own_cases
) -> None:
    await visit.starts()
    call = opened(await visit.press("help"))
    await own_cases.press(HANA, call.pass_token, "", "")
    assert await own_cases.call_of(HANA, call.pass_token) == call.filed.public_id
    await visit.reaches_the_review()
    assert await named(world, await visit.press("send")) == ""
    await begins_from_its_page(visit, call.filed)
    assert await named(world, await visit.press("send")) == ""


async def test_only_a_calls_own_page_offers_it(visit: Visit, own_cases, people, lists) -> None:
    call, report = await people.call(), await people.report()
    token = await lists.seal_pass(HANA, call.case_id)
    assert await own_cases.call_of(HANA, token) == call.public_id
    assert await own_cases.call_of(HANA, await lists.seal_pass(HANA, report.case_id)) == ""
    assert await own_cases.call_of(replace(HANA, actor="cookie-2"), token) == ""
    assert await own_cases.call_of(HANA, "") == await own_cases.call_of(HANA, "forged") == ""


async def test_a_tick_that_was_never_offered_ties_nothing(visit: Visit, world, people) -> None:
    await people.call()
    review = await visit.reaches_the_review()
    sent = await visit.conversations.press(
        HANA, review.token, "send", {UNNAMED_TIE: ["y"], NAMED_TIE: ["y"]}, {}
    )
    assert await named(world, sent) == ""


async def test_a_number_typed_with_a_name_is_not_sent_without_one(visit: Visit, world) -> None:
    await visit.reaches_the_review("u")
    assert await named(world, await visit.press("send", {NAMED_TIE: UNKNOWN})) == ""
    await visit.reaches_the_review("n")
    typed = {NAME: "Hana", NAMED_TIE: UNKNOWN, UNNAMED_TIE: "AAAAAAA"}
    assert await named(world, await visit.press("send", typed)) == UNKNOWN


@pytest.mark.parametrize("typed", ["QRT7K4", "yesterday at three", "0000000"])
async def test_what_can_be_no_number_is_said_and_nothing_is_written(
    visit: Visit, rows, typed: str
) -> None:
    await visit.reaches_the_review()
    again = screen(await visit.press("send", {UNNAMED_TIE: typed, WORDS: "He shouted."}))
    assert again.problem is not None and key(again.problem) == "problem.call_number"
    assert again.ask.step == "review" and "case_file" not in rows()
    assert [field.id for field in again.ask.fields if field.wrong] == [UNNAMED_TIE]


# --- nobody learns anything by trying


async def test_every_number_has_the_same_answer(conversations, people, own_cases, world) -> None:
    mine, another = await people.call(), await people.call()
    other = await people.report()
    answers: set[tuple[str, ...]] = set()
    for number in (mine.public_id, another.public_id, other.public_id, UNKNOWN):
        visit = Visit(conversations, HANA)
        await visit.reaches_the_review()
        sent = await visit.press("send", {UNNAMED_TIE: number})
        assert isinstance(sent, Opened)
        page = repr((await own_cases.open(HANA, sent.pass_token)).card)
        answers.add(tuple(re.findall(r"(?:key|verb)=\S+", page)))
        assert number not in page
    assert len(answers) == 1 and len(answers.pop()) > 10


# --- what the desk reads


async def a_finished_call(people, world, **caller: Any) -> Filed:
    call = await people.call(caller_name=CALLER, **caller)
    await world.passes(minutes=1)
    await people.say(call, Verb.PLACE, "register")
    await people.answer("tanaka", Verb.COMING, call)
    await people.answer("yamamoto", Verb.CANNOT, call)
    await world.passes(minutes=3)
    await people.say(call, Verb.FINE_NOW)
    await world.passes(minutes=1)
    return call


async def test_the_desk_reads_when_where_who_answered_and_how_it_ended(people, world) -> None:
    call = await a_finished_call(people, world)
    report = await people.report(call=call.public_id)
    elements = await reads(world, report)
    assert key(elements[0].text) == "details.tied" and call.public_id in repr(elements[0])
    assert told(elements) == [
        "fact.help_called",
        "fact.answered Tanaka",
        "fact.declined Yamamoto",
        "fact.help_over",
    ]
    (place,) = (each for each in elements if isinstance(each, Facts))
    assert "Shinjuku store" in repr(place)


async def test_each_answer_to_the_call_has_words_of_its_own(people, world) -> None:
    call = await people.call()
    for verb in (Verb.COMING, Verb.HERE, Verb.TAKE_OVER):
        await people.answer("tanaka", verb, call)
    assert told(await reads(world, await people.report(call=call.public_id))) == [
        "fact.help_called",
        "fact.answered Tanaka",
        "fact.answered_here Tanaka",
        "fact.answered_take_over Tanaka",
    ]


async def test_a_blurred_report_says_that_its_call_tells_the_place(people, world) -> None:
    """Above stands what the report says; that the call says more, and whence, is said too."""
    call = await a_finished_call(people, world)
    blurred = await people.report(call=call.public_id, visibility=Visibility.UNNAMED)
    assert "details.where_tied" in await top(world, blurred)
    assert key((await reads(world, blurred))[1].text) == "details.tied_source"
    named = await people.report(call=call.public_id)
    nothing = await people.report(call=UNKNOWN, visibility=Visibility.UNNAMED)
    for other in (named, nothing):
        assert "details.where_tied" not in await top(world, other)
    assert "details.tied_source" not in repr(await reads(world, nothing))


async def top(world: World, filed: Filed) -> str:
    """What the desk reads before anything else: who and where."""
    found = await open_details(world.service.work, filed.case_id)
    assert found is not None
    return repr(next(each for each in found.elements if isinstance(each, Facts)))


async def test_who_called_is_not_said_there(people, world) -> None:
    """The reporter says that it belongs to the call, not that they made it."""
    call = await a_finished_call(people, world)
    report = await people.report(call=call.public_id, visibility=Visibility.UNNAMED)
    work = world.service.work
    assert CALLER not in repr(await open_details(work, report.case_id))
    assert "details.tied" in repr(await open_details(work, report.case_id))


async def test_care_after_the_call_is_no_part_of_it(people, world) -> None:
    call = await a_finished_call(people, world)
    report = await people.report(call=call.public_id)
    before = told(await reads(world, report))
    await people.answer("tanaka", Verb.TAKE_OVER, call, "care")
    await people.say(call, Verb.CARE_NOT_YET)
    assert told(await reads(world, report)) == before


@pytest.mark.parametrize(
    ("verb", "ended"), [(Verb.MISTAKE, "fact.help_mistake"), (None, "fact.help_unanswered")]
)
async def test_it_says_how_else_a_call_can_end(people, world, verb, ended: str) -> None:
    call = await people.call()
    if verb is not None:
        await people.say(call, verb)
    await world.passes(minutes=80)
    assert ended in told(await reads(world, await people.report(call=call.public_id)))


@pytest.mark.parametrize("what", ["unknown", "report"])
async def test_a_number_of_no_call_is_shown_and_leads_nowhere(people, world, what: str) -> None:
    other = await people.report(words=CALLER)
    number = other.public_id if what == "report" else UNKNOWN
    (text,) = await reads(world, await people.report(call=number))
    assert key(text.text) == "details.tied_none" and number in repr(text)


async def test_who_named_none_has_no_line_about_calls(people, world) -> None:
    await people.call()
    assert await reads(world, await people.report()) == ()


async def test_who_is_kept_out_of_the_call_reads_its_number_alone(people, world) -> None:
    """Nobody of the desk reads on about what they sent themselves."""
    call = await a_finished_call(people, world, caller_id="sato")
    report = await people.report(call=call.public_id)
    (text,) = await reads(world, report, "sato")
    assert key(text.text) == "details.tied" and call.public_id in repr(text)
    assert len(await reads(world, report, "suzuki")) == 4


async def test_no_card_says_anything_of_it(people, world, platform) -> None:
    call = await people.call()
    await world.works_off()
    shown = repr(platform.cards("chat:desk"))
    await people.report(call=call.public_id)
    await people.report(call=UNKNOWN)
    await world.works_off()
    cards = repr([each.card for each in platform.messages.values()])
    assert "details.tied" not in cards and UNKNOWN not in cards
    assert call.public_id not in repr(platform.cards("chat:desk")).replace(shown, "")


# --- what is kept


def every_row(folder: Path) -> Iterator[tuple[str, str]]:
    """Every row of the database as text, with the name of its table."""
    engine = create_engine(f"sqlite:///{folder / 'mamori.db'}")
    with closing(engine.connect()) as connection:
        for table in metadata.sorted_tables:
            for row in connection.execute(select(table)):
                yield table.name, " ".join(_readable(value) for value in row)
    engine.dispose()


def _readable(value: object) -> str:
    return f"{value!r} {value.hex()}" if isinstance(value, bytes) else str(value)


async def test_no_row_leads_from_a_report_to_a_call_or_back(people, world, tmp_path: Path) -> None:
    call = await a_finished_call(people, world)
    report = await people.report(call=call.public_id)
    await world.works_off()
    before = await people.history(call)
    await people.at_desk(Verb.DETAILS, report)
    assert await reads(world, report)
    assert await people.history(call) == before, "reading it writes nothing beside the call"
    rows = list(every_row(tmp_path))
    about_call = {(t, r) for t, r in rows if call.public_id in r or call.case_id in r}
    about_report = {(t, r) for t, r in rows if report.public_id in r or report.case_id in r}
    assert len(about_call) > 3 and len(about_report) > 3
    assert not about_call & about_report
    assert {table for table, row in rows if call.public_id in row} == {"case_file"}
    assert call.public_id.encode().hex() not in "".join(row for _, row in rows)


async def test_a_tie_does_not_show_in_the_size_of_any_row(people, world, tmp_path: Path) -> None:
    sizes = []
    for number in ("", UNKNOWN):
        filed = await people.report(call=number, visibility=Visibility.UNNAMED)
        rows = [row for table, row in every_row(tmp_path) if filed.case_id in row]
        engine = create_engine(f"sqlite:///{tmp_path / 'mamori.db'}")
        table = metadata.tables["case_file"]
        with closing(engine.connect()) as connection:
            sealed = connection.scalar(select(table.c.sealed).where(table.c.id == filed.case_id))
        engine.dispose()
        sizes.append((len(rows), len(sealed)))
    assert sizes[0] == sizes[1]


async def test_an_unnamed_report_keeps_nobodys_name_beside_its_tie(people, world) -> None:
    call = await people.call(caller_id="tanaka", caller_name=CALLER)
    report = await people.report(
        call=call.public_id, visibility=Visibility.UNNAMED, reporter_id="tanaka"
    )
    async with world.service.work.storage.read() as tx:
        body = await report_of(tx, report.case_id, Reader.DETAILS)
    assert body.identity.person_id is None and body.identity.name == ""
    assert body.call == call.public_id


async def test_a_call_that_is_no_longer_kept_leaves_the_report_as_it_was(people, world) -> None:
    call = await people.call()
    await people.say(call, Verb.MISTAKE)
    report = await people.report(call=call.public_id, words="He shouted.")
    await world.works_off()
    assert len(await reads(world, report)) == 4
    world.clock.passes(days=400)
    purged = await Retention(world.service.work, None).purge()
    assert purged.counts["help"] == 1
    (text,) = await reads(world, report)
    assert key(text.text) == "details.tied_none" and call.public_id in repr(text)
    details = await open_details(world.service.work, report.case_id)
    assert "He shouted." in repr(details)
