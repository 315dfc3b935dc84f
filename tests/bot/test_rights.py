"""Who opens which part of a case: every reader there is, and what each has opened in the end."""

import ast
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from bot.bodies import (
    Health,
    Identity,
    KeptMeasure,
    ReportBody,
    VaultPointer,
    pack,
    sender_of,
    unpack,
    with_health,
)
from bot.case_records import BodyParts, Part
from bot.case_work import body_of
from bot.desk import open_details
from bot.desk_list import list_for_desk
from bot.rights import OPENS, Reader
from bot.work_records import Job
from flows.acts import Chip
from flows.aftercare import Word
from flows.assessment import Safety, Verdict
from flows.case_view import CareWord, NotOpened
from flows.clocks import Urgency
from flows.commitments import DutyKind
from flows.outcomes import Report, Visibility
from flows.presses import Verb
from flows.report import MAX_NAME
from flows.scene import DayPart
from storage.jobs import JobRows
from storage.keyring import BLOCK_BYTES, Keyring
from tests.support.world import World

REPORT = ReportBody(
    report=Report(
        site_id="shinjuku",
        safety=Safety.OVER,
        chips=(Chip.THREAT,),
        effects=None,
        demand=None,
        length=None,
        after_stop=None,
        injured=False,
        per_se=(),
        visibility=Visibility.NAMED,
        site_may_know=True,
    ),
    verdict=Verdict.STRONG,
    urgency=Urgency.U2,
    words="canary-words",
    language="ja",
    day_part=DayPart.MORNING,
    identity=Identity(person_id="canary-id", name="canary-name"),
    health=Health(care_word=CareWord.NOT_YET, check_ins={"check_in.3": Word.HARD}),
    vault=VaultPointer(key="00", secret="11"),
)
ROOT = Path(__file__).parents[2]
WHO, HOW = {Part.IDENTITY}, {Part.HEALTH}

READERS = {
    "adapters.teams.present._reader": {
        Reader.DESK_CARD,
        Reader.SITE_MESSAGE,
        Reader.DESK_TALK,
        Reader.CONTENT,
    },
    "bot.aftercare._asked_afresh": {Reader.OWN_WORD},
    "bot.aftercare.check_in": {Reader.OWN_WORD},
    "bot.aftercare.wish_to_talk": {Reader.OWN_WORD},
    "bot.crowds._sender": {Reader.LADDER},
    "bot.card_deliveries.deliver_card": {Reader.DESK_CARD, Reader.SITE_MESSAGE},
    "bot.desk.open_details": {Reader.DETAILS},
    "bot.desk_files.look": {Reader.DESK_GATE},
    "bot.desk_list.list_for_desk": {Reader.DESK_LIST},
    "bot.desk_presses.is_kept_out": {Reader.DESK_GATE},
    "bot.duties._site_press": {Reader.LADDER},
    "bot.filing.release": {Reader.RELEASE},
    "bot.nudge_deliveries._read": {Reader.SITE_MESSAGE, Reader.DESK_TALK, Reader.CONTENT},
    "bot.nudges._next_rung": {Reader.LADDER},
    "bot.nudges.is_anybody_next": {Reader.LADDER},
    "bot.own_case._show": {Reader.OWN_PAGE},
    "bot.own_case.named": {Reader.OWN_PAGE},
    "bot.own_over.say_over": {Reader.OWN_WORD},
    "bot.own_care.say_of_care": {Reader.OWN_WORD},
    "bot.refreshes.refresh": {Reader.REFRESH},
    "bot.sent_again.take_up": {Reader.SENT_AGAIN},
    "bot.tied_calls.tied_call": {Reader.DESK_GATE, Reader.CONTENT},
    "bot.unmet._ask_to_speak": {Reader.OWN_WORD},
    "bot.withdrawals.withdraw": {Reader.OWN_WORD},
    "bot.talks.write": {Reader.OWN_WORD, Reader.CONTENT},
}
"""Everything that opens more than a case's content, and as whom."""
CHOOSERS = {
    "reader_of": {Reader.DESK_CARD, Reader.SITE_MESSAGE},
    "message_reader_of": {Reader.SITE_MESSAGE, Reader.DESK_TALK, Reader.CONTENT},
}


@cache
def functions() -> list[tuple[str, ast.AST]]:
    """Every function of the bot and its adapters that reads a case, by its full name."""
    found: list[tuple[str, ast.AST]] = []
    for path in sorted([*ROOT.glob("bot/*.py"), *ROOT.glob("adapters/**/*.py")]):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        source = path.read_text()
        if "Reader." not in source and "tx.cases." not in source:
            continue
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                found.append((f"{module}.{node.name}", node))
    return found


def named_in(function: ast.AST) -> set[Reader]:
    """The readers that a function names, itself or by asking which one a message has."""
    found: set[Reader] = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            found |= {Reader[node.attr]} if node.value.id == "Reader" else set()
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            found |= CHOOSERS.get(node.func.id, set())
    return found


def test_every_reader_is_named_here_and_none_opens_more_than_it_says() -> None:
    by_default = {"body_of", "report_of", *CHOOSERS}
    found = {
        name: readers
        for name, function in functions()
        if (readers := named_in(function)) and name.rpartition(".")[2] not in by_default
    }
    assert found == READERS
    assert set().union(*READERS.values()) == set(Reader)


def test_nobody_opens_a_part_but_by_the_table() -> None:
    """Whatever reads a case passes nothing, or what the table says for a reader."""
    given = set()
    for _, function in functions():
        for node in ast.walk(function):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in (
                "tx.cases.body",
                "tx.cases.whole",
            ):
                given |= {ast.unparse(each) for each in [*node.args[1:], *node.keywords]}
    assert given == {
        "OPENS[reader]",
        "OPENS[reader_of(row)]",
        "OPENS[Reader.REFRESH]",
        "opens",  # of a line before it: OPENS of a reader
    }


@pytest.mark.parametrize(
    ("reader", "opens"),
    [
        (Reader.CONTENT, set()),
        (Reader.SITE_MESSAGE, WHO),
        (Reader.LADDER, WHO),
        (Reader.DESK_GATE, WHO),
        (Reader.SENT_AGAIN, WHO),
        (Reader.DESK_CARD, HOW),
        (Reader.DESK_TALK, HOW),
        (Reader.OWN_PAGE, HOW),
        (Reader.OWN_WORD, HOW),
        (Reader.DETAILS, WHO | HOW),
        (Reader.DESK_LIST, WHO | HOW),
        (Reader.REFRESH, WHO | HOW),
        (Reader.RELEASE, WHO | HOW),
    ],
)
def test_the_table_of_rights(reader: Reader, opens: set[Part]) -> None:
    assert OPENS[reader] == opens


# --- what is opened in the end


class Openings:
    """Which parts were opened by whom: their keys unwrapped, as the database and a thief see it."""

    def __init__(self) -> None:
        self.of: dict[str, set[Part]] = {}
        self.now = ""

    def by(self, reader: str) -> None:
        """From here on it is this reader."""
        self.now = reader
        self.of.setdefault(reader, set())


@pytest.fixture
def openings(monkeypatch: pytest.MonkeyPatch) -> Openings:
    found, unwrap, claim = Openings(), Keyring.unwrap, JobRows.claim

    def noted(ring: Keyring, wrapped: bytes, purpose: str) -> bytes:
        part = purpose.partition("|")[0]
        if part in list(Part):
            found.of[found.now].add(Part(part))
        return unwrap(ring, wrapped, purpose)

    async def claimed(rows: JobRows, *given: Any) -> Job | None:
        job = await claim(rows, *given)
        if job is not None:
            found.by(f"{job.kind} {job.pace}".strip())
        return job

    monkeypatch.setattr(Keyring, "unwrap", noted)
    monkeypatch.setattr(JobRows, "claim", claimed)
    found.by("before")
    return found


async def test_a_sites_channel_never_has_how_somebody_is_and_a_desks_never_who(
    people, world: World, openings: Openings
) -> None:
    await people.report(words="I cannot go on and want to die", reporter_id="tanaka")
    await people.report(visibility=Visibility.UNNAMED, send_now=False, may_write=True)
    await people.call(caller_id="tanaka")
    await world.passes(minutes=100)
    await world.leaps(days=4)
    assert openings.of["card chat:shinjuku"] == WHO
    assert openings.of["card chat:desk"] == HOW
    assert openings.of["nudge chat:shinjuku"] == WHO
    assert openings.of["nudge chat:desk"] == HOW, "the talk names which answers it is about"
    assert openings.of["climb"] == WHO
    assert openings.of["push push"] == openings.of["ask"] == set()
    assert openings.of["release"] == openings.of["refresh"] == WHO | HOW


async def test_what_reminds_the_desk_of_anything_but_a_talk_has_neither(
    people, world: World, openings: Openings
) -> None:
    await people.report(site_may_know=False)
    await world.leaps(hours=3)
    assert openings.of["nudge chat:desk"] == set()


async def test_a_running_list_has_neither(people, world: World, openings: Openings) -> None:
    world.platform.gap_seconds = 1.0
    for _ in range(12):
        await people.report(site_may_know=False)
    for _ in range(8):
        world.clock.passes(seconds=1)
        await world.works_off()
    assert openings.of["list chat:desk"] == set()


async def test_what_the_desk_and_the_reporter_open(
    people, world: World, openings: Openings
) -> None:
    case = await people.report(reporter_id="tanaka")
    await world.works_off()
    for verb, words in ((Verb.TAKE, ""), (Verb.REPLY, "We heard you."), (Verb.MEASURE, "Two.")):
        openings.by(verb.value)
        await people.at_desk(verb, case, words=words)
        assert openings.of[verb.value] >= WHO, "who sent it is kept out"
    # The measure is written, and with it every part anew: what was shut is opened to be sealed
    # again, by storage alone.
    assert openings.of["measure"] == WHO | HOW and openings.of["take"] == WHO
    openings.by("page")
    await people.page(case)
    openings.by("list")
    sato = world.service.work.directory.person("sato")
    await list_for_desk(world.service.work, sato)
    openings.by("details")
    await open_details(world.service.work, case.case_id, sato)
    assert openings.of["page"] == WHO | HOW, "they are not named as next about themselves"
    assert openings.of["list"] == WHO | HOW
    assert openings.of["details"] == WHO | HOW
    assert "opened" not in await people.facts(case), "a press writes it down before"
    await people.at_desk(Verb.DETAILS, case)
    assert (await people.facts(case))[-1] == "opened"


async def test_what_was_not_opened_is_not_taken_for_nobody(people, world: World) -> None:
    case = await people.report(reporter_id="tanaka")
    async with world.service.work.storage.read() as tx:
        body = await body_of(tx, case.case_id)
    assert body is not None and body.identity is None and body.health is None
    with pytest.raises(NotOpened):
        sender_of(body)
    with pytest.raises(NotOpened):
        with_health(body, self_harm_hint=True)


# --- what is in a part


def test_each_part_holds_its_own_and_nothing_of_another() -> None:
    parts = pack(REPORT)
    assert b"canary-name" in parts.identity and b"canary-id" in parts.identity
    assert b"check_in.3" in parts.health and b"not_yet" in parts.health
    assert b"canary-words" in parts.content
    for secret in (b"canary-name", b"canary-id", b"check_in", b"not_yet", b"hint"):
        assert secret not in parts.content
    assert unpack(parts) == REPORT
    shut = unpack(BodyParts(parts.content, None, None))
    assert shut == REPORT.model_copy(update={"identity": None, "health": None})


def test_the_longest_name_and_the_most_answers_fit_a_row() -> None:
    for char in ("\U0001f600", '"', "\x00"):
        longest = Identity(person_id="x" * 64, name=char * MAX_NAME)
        assert len(longest.model_dump_json().encode()) <= BLOCK_BYTES - 33
    kinds = (DutyKind.CHECK_IN, DutyKind.NO_REPRISAL_CHECK)
    answers = {f"{kind}.{355 + day}": Word.HARD for kind in kinds for day in range(6)}
    most = Health(care_word=CareWord.HAPPENED, check_ins=answers)
    assert len(most.model_dump_json().encode()) <= BLOCK_BYTES - 33


def test_a_body_from_before_opens_whole_and_is_taken_apart() -> None:
    parts = pack(REPORT)
    before = json.loads(parts.content)
    del before["identity"], before["health"]
    before |= {"reporter_id": "canary-id", "typed_name": "canary-name"}
    before |= json.loads(parts.health)
    old = BodyParts(json.dumps(before).encode(), None, None)
    assert unpack(old) == REPORT
    assert pack(unpack(old)) == parts


def test_the_one_measure_that_a_body_from_before_had_is_the_first_of_its_measures() -> None:
    parts = pack(REPORT)
    before = json.loads(parts.content)
    del before["measures"]
    for text, kept in (("", ()), ("Two of us.", (KeptMeasure(text="Two of us."),))):
        old = json.dumps({**before, "measure": text}).encode()
        body = unpack(BodyParts(old, parts.identity, parts.health))
        assert body == REPORT.model_copy(update={"measures": kept})
