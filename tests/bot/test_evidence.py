"""Files of evidence: what is taken, what is left when one fails, and who opens them."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.bodies import KeptFile
from bot.case_records import CHUNK_BYTES, CaseState
from bot.case_work import report_of
from bot.desk_files import DeskFiles
from bot.evidence import MEGABYTE, Cut, Evidence, Limits
from bot.filing import Filed
from bot.links import Errand, For, forget_old_links, use_link
from bot.metrics import Meter
from bot.own_presses import press_on_own_page
from bot.pressed import Pressed
from bot.retention import Retention
from bot.watch import Watch
from flows.ladders import Role
from flows.outcomes import Visibility
from flows.phrases import Say, say
from flows.presses import Press, Verb
from flows.screens import Facts
from storage.drivers import SqliteLink
from tests.bot.conftest import DESK, People
from tests.support.pictures import in_parts, pdf, photo, picture, recording
from tests.support.world import FakePlatform, a_world

LIMITS = Limits(files=3, picture=MEGABYTE, recording=2 * MEGABYTE, altogether=1024 * MEGABYTE)
DRAWN = b"drawn anew"


@dataclass
class Drawing:
    """Draws nothing, and remembers what it was given."""

    answer: bytes | None = DRAWN
    given: list[bytes] = field(default_factory=list)

    async def draw(self, picture: AsyncIterator[bytes]) -> bytes | None:
        self.given.append(b"".join([part async for part in picture]))
        return self.answer


@dataclass
class Shelf:
    """One report and its files."""

    people: People
    drawing: Drawing
    case: Filed
    limits: Limits = LIMITS

    @property
    def evidence(self) -> Evidence:
        return Evidence(self.people.world.service.work, self.drawing, self.limits)

    async def adds(self, data: bytes | AsyncIterator[bytes]) -> Say:
        """What somebody reads who adds this."""
        parts = in_parts(data) if isinstance(data, bytes) else data
        return (await self.evidence.add(self.case.case_id, parts)).notice

    async def files(self) -> tuple[KeptFile, ...]:
        async with self.people.world.service.work.storage.read() as tx:
            body = await report_of(tx, self.case.case_id)
        assert body is not None
        return body.files

    async def chunks(self) -> int:
        async with self.people.world.service.work.storage.read() as tx:
            return int(await tx.files.count())

    async def original(self, number: int = 0) -> bytes:
        file = (await self.files())[number]
        return b"".join([p async for p in self.evidence.original(self.case.case_id, file)])


@pytest.fixture
async def shelf(people: People) -> Shelf:
    return Shelf(people, Drawing(), await people.report(visibility=Visibility.UNNAMED))


async def breaks_off(data: bytes, error: BaseException) -> AsyncIterator[bytes]:
    """A file of which the rest never comes."""
    yield data
    raise error


# --- what is taken


async def test_a_photo_is_kept_as_it_came_and_drawn_anew(shelf: Shelf) -> None:
    sent = photo()
    assert await shelf.adds(sent) == say("file.added.picture")
    (file,) = await shelf.files()
    assert await shelf.original() == sent == shelf.drawing.given[0]
    assert file.original.sha256 == hashlib.sha256(sent).hexdigest()
    assert file.shown is not None and file.shown.sha256 == hashlib.sha256(DRAWN).hexdigest()
    assert await shelf.evidence.shown(shelf.case.case_id, file) == DRAWN


async def test_sound_pdf_and_heic_are_kept_and_not_drawn(shelf: Shelf) -> None:
    heic = b"\x00\x00\x00\x18ftypheic" + b"\x00" * 100
    assert await shelf.adds(recording()) == say("file.added.recording")
    assert await shelf.adds(pdf()) == say("file.added.pdf")
    assert await shelf.adds(heic) == say("file.added.heic"), "with the place that stands in it"
    assert shelf.drawing.given == []
    assert [file.shown for file in await shelf.files()] == [None, None, None]


@pytest.mark.parametrize("size", [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1])
async def test_a_file_of_any_size_comes_out_as_it_went_in(shelf: Shelf, size: int) -> None:
    sent = pdf()[:-1] + b"\x01" * (size - len(pdf()) + 1)
    await shelf.adds(sent)
    assert await shelf.original() == sent
    assert (await shelf.files())[0].original.chunks == (2 if size > CHUNK_BYTES else 1)


async def test_the_line_of_the_history_holds_both_hashes_and_no_name(shelf: Shelf) -> None:
    await shelf.adds(photo())
    line = (await shelf.people.history(shelf.case))[-1]
    assert (line.fact, line.actor) == ("file_added", "reporter")
    assert line.detail == {
        "kind": "picture",
        "holder": "mamori",
        "sha256": hashlib.sha256(photo()).hexdigest(),
        "shown_sha256": hashlib.sha256(DRAWN).hexdigest(),
    }
    # Of an unnamed reporter only the day is kept.
    assert (line.at.minute, line.at.second) == (0, 0)
    async with shelf.people.world.service.work.storage.read() as tx:
        assert await tx.history.first_broken(shelf.case.case_id) is None


async def test_the_card_says_how_many_and_nothing_else(shelf: Shelf) -> None:
    await shelf.adds(photo())
    await shelf.adds(pdf())
    await shelf.people.world.works_off()
    (card,) = shelf.people.world.platform.channel("desk")
    facts = [fact for part in card.body if isinstance(part, Facts) for fact in part.items]
    assert [f.value for f in facts if f.label == say("file.title")] == [say("file.count", count=2)]


async def test_a_file_for_a_closed_case_takes_it_up_again(shelf: Shelf) -> None:
    await shelf.people.works_through(shelf.case)
    await shelf.people.at_desk(Verb.CLOSE, shelf.case)
    await shelf.adds(pdf())
    async with shelf.people.world.service.work.storage.read() as tx:
        case = await tx.cases.get(shelf.case.case_id)
    assert case is not None and case.state is CaseState.OPEN
    assert "reopened" in await shelf.people.facts(shelf.case)


# --- what is not taken, and leaves nothing


Bad = Callable[[], bytes | AsyncIterator[bytes]]

NOT_TAKEN: dict[str, tuple[Bad, Say]] = {
    "empty": (lambda: b"", say("file.empty")),
    "a program": (lambda: b"MZ" + b"\0" * 99, say("file.wrong_type")),
    "markup": (lambda: b"<svg onload=alert(1)>", say("file.wrong_type")),
    "an archive": (lambda: b"PK\x03\x04" + b"\0" * 99, say("file.wrong_type")),
    "a page in front of a PDF": (lambda: b"<html>" + pdf(), say("file.wrong_type")),
    "too large a photo": (lambda: photo() + b"\0" * MEGABYTE, say("file.too_large", max=1)),
    "too large a sound": (lambda: recording(2 * MEGABYTE), say("file.too_large", max=2)),
    "cut off": (lambda: breaks_off(photo(), Cut()), say("file.cut")),
}


@pytest.mark.parametrize("name", NOT_TAKEN)
async def test_what_is_not_taken_is_said_and_leaves_nothing(shelf: Shelf, name: str) -> None:
    make, said = NOT_TAKEN[name]
    await shelf.adds(pdf(b"the one before"))
    before = await shelf.chunks()
    assert await shelf.adds(make()) == said
    assert await shelf.chunks() == before
    assert len(await shelf.files()) == 1
    assert "file_added" in await shelf.people.facts(shelf.case)
    assert await pending(shelf) == []


async def pending(shelf: Shelf) -> list[str]:
    """The clocks of uploads that still wait."""
    work = shelf.people.world.service.work
    far = work.clock.now() + timedelta(days=1)
    async with work.storage.read() as tx:
        return [kind for kind, count in (await tx.jobs.due(far)).items() if kind == "drop_file"]


async def test_a_picture_that_cannot_be_drawn_is_refused_whole(shelf: Shelf) -> None:
    shelf.drawing.answer = None
    assert await shelf.adds(photo()) == say("file.broken")
    assert await shelf.chunks() == 0 and await shelf.files() == ()


async def test_more_files_than_a_case_takes_are_refused(shelf: Shelf) -> None:
    for number in range(3):
        await shelf.adds(pdf(str(number).encode()))
    assert await shelf.adds(pdf(b"4")) == say("file.too_many", max=3)
    assert len(await shelf.files()) == 3


async def test_two_at_once_for_the_last_place_are_one(shelf: Shelf) -> None:
    for number in range(2):
        await shelf.adds(pdf(str(number).encode()))
    said = await asyncio.gather(shelf.adds(pdf(b"a")), shelf.adds(pdf(b"b")))
    assert set(s.key for s in said) == {"file.added.pdf", "file.too_many"}
    assert len(await shelf.files()) == await shelf.chunks() == 3


async def test_the_same_file_again_is_one(shelf: Shelf) -> None:
    await shelf.adds(photo())
    chunks = await shelf.chunks()
    assert await shelf.adds(photo()) == say("file.already")
    assert (len(await shelf.files()), await shelf.chunks()) == (1, chunks)


async def test_where_there_is_no_room_for_files_reports_are_still_taken(shelf: Shelf) -> None:
    shelf.limits = replace(LIMITS, altogether=0)
    assert await shelf.adds(pdf()) == say("file.no_room")
    assert (await shelf.people.report()).case_id


async def test_whoever_runs_it_learns_that_the_room_is_full_and_how_full_it_is(
    shelf: Shelf,
) -> None:
    work, meter = shelf.people.world.service.work, Meter()
    shelf.limits = replace(LIMITS, altogether=3 * CHUNK_BYTES)
    watch = Watch(work, meter, room=shelf.limits.altogether)
    await shelf.adds(pdf())
    await watch.look()
    assert watch.last is not None and watch.last.found.clean
    assert b"mamori_evidence_used_ratio 0.33\n" in meter.text("")[0]
    for number in range(2):
        await shelf.adds(pdf(str(number).encode()))
    await watch.look()
    assert watch.last.found.findings()["evidence_full"] == 1
    assert b'mamori_audit_findings{finding="evidence_full"} 1.0' in meter.text("")[0]


async def test_what_was_taken_back_takes_nothing_more(shelf: Shelf) -> None:
    await shelf.people.say(shelf.case, Verb.WITHDRAW)
    assert await shelf.adds(pdf()) == say("file.not_now")
    assert await shelf.evidence.kept(shelf.case.case_id) is None


async def test_half_an_upload_of_a_dead_process_is_swept(shelf: Shelf) -> None:
    never, stored = asyncio.Event(), asyncio.Event()

    async def hangs() -> AsyncIterator[bytes]:
        yield recording(CHUNK_BYTES * 2)
        stored.set()
        await never.wait()

    evidence = shelf.evidence
    task = asyncio.create_task(evidence.add(shelf.case.case_id, hangs()))
    await stored.wait()
    # Nothing of the process's own runs any more.
    evidence._forget = died  # type: ignore[method-assign, assignment]
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert await shelf.chunks() == 2
    await shelf.people.world.leaps(minutes=29)
    assert await shelf.chunks() == 2
    await shelf.people.world.leaps(minutes=2)
    assert await shelf.chunks() == 0


async def died(file: object) -> None:
    """What a killed process does."""


async def test_whoever_comes_after_the_clock_sends_again(shelf: Shelf) -> None:
    async def slow() -> AsyncIterator[bytes]:
        yield recording(CHUNK_BYTES)
        await shelf.people.world.leaps(minutes=31)

    assert await shelf.adds(slow()) == say("file.cut")
    assert await shelf.chunks() == 0 and await shelf.files() == ()


async def test_the_sweep_leaves_what_a_case_names(shelf: Shelf) -> None:
    await shelf.adds(photo())
    chunks = await shelf.chunks()
    await shelf.people.world.leaps(minutes=60)
    assert await shelf.chunks() == chunks


# --- the desk's links


@dataclass
class Members(FakePlatform):
    """A platform that says who is in a channel."""

    present: frozenset[str] | None = frozenset({"sato"})

    async def members(self, channel: str) -> frozenset[str] | None:
        return self.present


async def link(shelf: Shelf, person: str = "sato", number: str = "0") -> Pressed:
    """What somebody of the desk gets who asks for a link."""
    return await shelf.people.press(person, Verb.OPEN_FILE, shelf.case.case_id, number, at=DESK)


def desk_files(shelf: Shelf, messenger: FakePlatform | None = None) -> DeskFiles:
    work = shelf.people.world.service.work
    return DeskFiles(work, shelf.evidence, {"chat": messenger} if messenger else {})


async def opens(shelf: Shelf, path: str, messenger: FakePlatform | None = None) -> bool:
    return await desk_files(shelf, messenger).open(path.removeprefix("/see/")) is not None


async def test_a_link_opens_once_and_the_opening_is_written_down(shelf: Shelf) -> None:
    await shelf.adds(photo())
    path = (await link(shelf)).path
    assert await opens(shelf, path)
    assert not await opens(shelf, path)
    line = (await shelf.people.history(shelf.case))[-1]
    assert (line.fact, line.detail) == ("file_opened", {"person": "sato", "file": "1"})


async def test_a_link_is_over_after_half_an_hour(shelf: Shelf) -> None:
    await shelf.adds(photo())
    early, late = (await link(shelf)).path, (await link(shelf)).path
    shelf.people.world.clock.passes(minutes=29)
    assert await opens(shelf, early)
    shelf.people.world.clock.passes(minutes=2)
    assert not await opens(shelf, late)


@pytest.mark.parametrize("number", ["1", "99", "", "-1", "x"])
async def test_there_is_no_link_to_a_file_that_is_not_there(shelf: Shelf, number: str) -> None:
    await shelf.adds(photo())
    if number == "-1":
        with pytest.raises(ValueError, match="detail"):
            await link(shelf, number=number)
        return
    assert (await link(shelf, number=number)).path == ""


async def test_who_is_kept_out_gets_no_link_and_cannot_use_one(shelf: Shelf) -> None:
    shelf.case = await shelf.people.report(excluded_people=("sato",))
    await shelf.adds(photo())
    assert (await link(shelf)).path == ""
    errand = Errand(For.SEE, shelf.case.case_id, 0, "sato", 0)
    assert await desk_files(shelf).look(errand, "file_opened") is None
    assert "file_opened" not in await shelf.people.facts(shelf.case)


async def test_what_has_not_left_for_the_desk_is_not_there_for_it(shelf: Shelf) -> None:
    shelf.case = await shelf.people.report(visibility=Visibility.UNNAMED, send_now=False)
    await shelf.adds(photo())
    assert (await link(shelf)).path == ""
    errand = Errand(For.SEE, shelf.case.case_id, 0, "sato", 0)
    assert await desk_files(shelf).look(errand, "file_opened") is None
    await shelf.people.world.leaps(minutes=95)
    assert await opens(shelf, (await link(shelf)).path)


@pytest.mark.parametrize("person", ["tanaka", "nobody"])
async def test_a_link_works_for_members_of_the_desk_alone(shelf: Shelf, person: str) -> None:
    await shelf.adds(photo())
    assert (await link(shelf, person)).path == ""
    errand = Errand(For.SEE, shelf.case.case_id, 0, person, 0)
    assert await desk_files(shelf).look(errand, "file_opened") is None


@pytest.mark.parametrize(
    ("present", "opened"), [({"sato"}, True), ({"kato"}, False), (set(), False), (None, False)]
)
async def test_the_channels_members_are_looked_up_again_at_the_opening(
    shelf: Shelf, present: set[str] | None, opened: bool
) -> None:
    await shelf.adds(photo())
    members = Members(present=None if present is None else frozenset(present))
    assert await opens(shelf, (await link(shelf)).path, members) is opened


async def test_whoever_left_the_desk_meanwhile_opens_nothing(shelf: Shelf) -> None:
    await shelf.adds(photo())
    path = (await link(shelf)).path
    directory = shelf.people.world.service.work.directory
    people = [p for p in directory.company.people if p.role is not Role.DESK]
    directory.load(people, 1)
    assert not await opens(shelf, path)


async def test_a_link_to_add_is_no_link_to_see(shelf: Shelf) -> None:
    await shelf.adds(photo())
    work = shelf.people.world.service.work
    press = Press(verb=Verb.ADD_FILES, subject=shelf.case.case_id)
    code = work.index.seal_press(press, shelf.case.case_id)
    path = (await press_on_own_page(work, shelf.case.case_id, code)).path
    assert path.startswith("/add/")
    assert not await opens(shelf, path.replace("/add/", "/see/"))


@pytest.mark.parametrize("token", ["", "x", "é" * 32, "A" * 31, "a" * 32, "a" * 4000, "1" * 32])
async def test_a_link_of_nobodys_making_opens_nothing(shelf: Shelf, token: str) -> None:
    work = shelf.people.world.service.work
    async with work.storage.write() as tx:
        assert await use_link(work, tx, For.SEE, token) is None


async def test_the_database_holds_no_link_and_not_what_it_is_for(
    shelf: Shelf, on_disk: Callable[[], bytes]
) -> None:
    await shelf.adds(photo())
    path = (await link(shelf)).path
    stored = on_disk()
    assert path.rpartition("/")[2].encode() not in stored
    assert b'"see"' not in stored


async def test_unused_links_are_swept(shelf: Shelf, rows: Callable[[], dict[str, int]]) -> None:
    await shelf.adds(photo())
    await link(shelf)
    work = shelf.people.world.service.work
    await forget_old_links(work)
    assert rows()["one_time_link"] == 1
    shelf.people.world.clock.passes(days=2)
    await forget_old_links(work)
    assert "one_time_link" not in rows()


# --- the end


async def test_the_files_go_with_their_case(
    shelf: Shelf, rows: Callable[[], dict[str, int]]
) -> None:
    shelf.case = await shelf.people.report(site_may_know=False)
    await shelf.adds(picture("PNG"))
    await shelf.people.say(shelf.case, Verb.WITHDRAW)
    assert rows()["evidence_chunk"] == 2
    shelf.people.world.clock.passes(days=91)
    purged = await Retention(shelf.people.world.service.work, None).purge()
    assert purged.total == 1 and "evidence_chunk" not in rows()


@pytest.fixture
async def on_threads(tmp_path: Path, quick: None) -> AsyncIterator[People]:
    """A statement that has begun goes on though whoever waits for it is stopped."""
    world = a_world(tmp_path, threads=True)
    yield People(world)
    await world.service.work.storage.close()


async def test_a_file_is_kept_whose_last_commit_went_through_as_its_upload_was_stopped(
    on_threads, monkeypatch
) -> None:
    shelf = Shelf(on_threads, Drawing(), await on_threads.report())
    evidence = shelf.evidence
    keep, run = evidence._keep, SqliteLink.run
    armed: list[asyncio.Task] = []

    async def keep_and_arm(*given: object):
        armed.append(asyncio.current_task())
        return await keep(*given)

    async def stopped_at_commit(self, sql: str, values=None):
        if armed and sql == "COMMIT":
            asyncio.get_running_loop().call_soon(armed.pop().cancel)
        return await run(self, sql, values)

    monkeypatch.setattr(evidence, "_keep", keep_and_arm)
    monkeypatch.setattr(SqliteLink, "run", stopped_at_commit)
    adding = asyncio.ensure_future(evidence.add(shelf.case.case_id, in_parts(photo())))
    with pytest.raises(asyncio.CancelledError):
        await adding
    assert len(await shelf.files()) == 1
    assert await shelf.original() == photo()
