"""A Mamori to play with, and the people who press, report and call."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import create_engine, func, select

from bot.case_records import Entry
from bot.catalogue import Catalogue
from bot.conversations import Conversations
from bot.duties import press_in_channel
from bot.filing import Filed, file_report
from bot.help_calls import call_help
from bot.messengers import Delivery
from bot.own_case import OwnCases
from bot.own_presses import press_on_own_page
from bot.packs import builtin_pack, builtin_pack_ids
from bot.pressed import Pressed
from bot.rights import Reader
from bot.sealed_lists import SealedLists
from bot.views import view_case
from bot.work_records import Duty
from flows.acts import Chip
from flows.assessment import Effect, Safety, assess
from flows.caller import caller_card
from flows.case_view import DutyView
from flows.ladders import Role
from flows.outcomes import Filing, Report, Visibility
from flows.presses import Press, Verb
from flows.screens import Card
from flows.status import reporter_card
from storage.tables import metadata
from tests.support.world import COMPANY, FakePlatform, World, a_world

SHINJUKU, DESK = "chat:shinjuku", "chat:desk"


@dataclass
class NotedPlatform(FakePlatform):
    """The fake platform, with a note of each call, and channels that break the adapter."""

    notes: list[tuple[str, str]] = field(default_factory=list)
    poison: set[str] = field(default_factory=set)

    async def post(self, channel: str, card: Card, key: str, thread: str | None) -> Delivery:
        self.notes.append(("post", channel))
        if channel in self.poison:
            raise RuntimeError("an adapter broke on this card")
        return await super().post(channel, card, key, thread)

    async def edit(self, channel: str, ref: str, card: Card) -> Delivery:
        channel = self.messages[ref].channel if ref in self.messages else "?"
        self.notes.append(("edit", channel))
        return await super().edit(channel, ref, card)

    def cards(self, channel: str) -> list[Card]:
        """The cards of a channel, without the messages beside them."""
        shown = self.messages.values()
        return [each.card for each in shown if each.channel == channel and each.thread is None]

    def beside(self, channel: str) -> list[Card]:
        """The messages beside the cards of a channel: who was asked next."""
        shown = self.messages.values()
        return [each.card for each in shown if each.channel == channel and each.thread]


@dataclass
class People:
    """What people do, and what can be read of it afterwards."""

    world: World
    secrets: int = 0

    async def report(
        self,
        *,
        site_id: str = "shinjuku",
        visibility: Visibility = Visibility.NAMED,
        site_may_know: bool = True,
        safety: Safety = Safety.OVER,
        chips: str = "c",
        excluded: tuple[Role, ...] = (),
        excluded_people: tuple[str, ...] = (),
        send_now: bool = True,
        words: str = "",
        name: str = "Hanako",
        secret: bytes | None = None,
        wishes: tuple[str, ...] = (),
        reporter_id: str | None = None,
        may_write: bool = False,
        address: str = "",
        call: str = "",
    ) -> Filed:
        """Sends a report; two with the same secret are the same draft sent twice."""
        report = Report(
            site_id=site_id,
            safety=safety,
            chips=tuple(Chip(chip) for chip in chips),
            effects=(Effect.DISTRESS,),
            demand=None,
            length=None,
            after_stop=None,
            injured=False,
            per_se=(),
            visibility=visibility,
            site_may_know=site_may_know,
            excluded=excluded,
            excluded_people=excluded_people,
            send_now=send_now,
            name_site=visibility is not Visibility.UNNAMED,
            wishes=wishes,
            may_write=may_write,
        )
        filing = Filing(report=report, assessment=assess(report.facts()))
        return await file_report(
            self.world.service.work,
            filing,
            secret or self.secret(),
            words,
            name,
            "ja",
            reporter_id,
            address,
            call,
        )

    async def call(
        self,
        site_id: str = "shinjuku",
        caller_id: str | None = None,
        caller_name: str | None = None,
    ) -> Filed:
        """Calls for help."""
        work = self.world.service.work
        return await call_help(work, site_id, self.secret(), "ja", None, caller_id, caller_name)

    def secret(self) -> bytes:
        self.secrets += 1
        return self.secrets.to_bytes(16, "big")

    async def duty(self, case: Filed, kind: str) -> Duty:
        async with self.world.service.work.storage.read() as tx:
            return next(d for d in await tx.duties.of_case(case.case_id) if d.kind == kind)

    async def duties(self, case: Filed) -> dict[str, Duty]:
        async with self.world.service.work.storage.read() as tx:
            return {duty.kind: duty for duty in await tx.duties.of_case(case.case_id)}

    async def history(self, case: Filed) -> list[Entry]:
        async with self.world.service.work.storage.read() as tx:
            return list(await tx.history.of_case(case.case_id))

    async def facts(self, case: Filed) -> list[str]:
        return [entry.fact for entry in await self.history(case)]

    async def press(
        self,
        person: str,
        verb: Verb,
        subject: str,
        detail: str = "",
        *,
        at: str = SHINJUKU,
        sealed_at: str | None = None,
        words: str = "",
    ) -> Pressed:
        """A press on a card of a channel."""
        work = self.world.service.work
        press = Press(verb=verb, subject=subject, detail=detail)
        code = work.index.seal_press(press, sealed_at or at)
        pressed, _ = await press_in_channel(work, at, code, person, words)
        return pressed

    async def at_desk(
        self, verb: Verb, subject: Filed | Duty, detail: str = "", words: str = ""
    ) -> Pressed:
        """A press of the desk, on a case or on one of its duties."""
        id = subject.case_id if isinstance(subject, Filed) else subject.id
        return await self.press("sato", verb, id, detail, at=DESK, words=words)

    async def works_through(self, case: Filed, *, but: str = "") -> None:
        """The desk does everything it owes before a case can be closed, `but` for one duty."""
        await self.at_desk(Verb.TAKE, case)
        await self.at_desk(Verb.TELL_OUTCOME, case, words="We spoke with the customer.")
        await self.at_desk(Verb.MEASURE, case, words="Two people at the counter.")
        await self.at_desk(Verb.RESPOND, case, "warn")
        for duty in (await self.duties(case)).values():
            if duty.kind != but:
                await self.at_desk(Verb.DUTY_DONE, duty)

    async def answers(self, case: Filed, word: str) -> Pressed:
        """The employee answers the question that stands on their page."""
        work = self.world.service.work
        async with work.storage.read() as tx:
            view = await view_case(work, tx, case.case_id, Reader.OWN_PAGE)
        return await self.says(case, view.questions[0], word)

    async def says(self, case: Filed, asked: Duty | DutyView, word: str) -> Pressed:
        """The employee answers this question."""
        work = self.world.service.work
        press = Press(verb=Verb.CHECKED_IN, subject=asked.id, detail=word)
        code = work.index.seal_press(press, case.case_id)
        return await press_on_own_page(work, case.case_id, code)

    async def page(self, case: Filed) -> Card:
        """The page of whoever reported or called."""
        work = self.world.service.work
        async with work.storage.read() as tx:
            view = await view_case(work, tx, case.case_id, Reader.OWN_PAGE)
        draw = caller_card if view.report is None else reporter_card
        return draw(work.policy, view)

    async def answer(
        self, person: str, verb: Verb, case: Filed, kind: str = "second_person", minutes: int = 2
    ) -> Pressed:
        """A manager's answer to a duty of a case."""
        duty = await self.duty(case, kind)
        detail = str(minutes) if verb is Verb.COMING else ""
        return await self.press(person, verb, duty.id, detail)

    async def say(
        self, case: Filed, verb: Verb, detail: str = "", words: str = "", of: str | None = None
    ) -> Pressed:
        """A press of the employee on their own page, `of` a duty or the case itself."""
        work = self.world.service.work
        subject = of or case.case_id
        if verb in (Verb.CARE_HAPPENED, Verb.CARE_NOT_YET, Verb.CARE_UNDONE):
            subject = (await self.duty(case, "care")).id
        press = Press(verb=verb, subject=subject, detail=detail)
        code = work.index.seal_press(press, case.case_id)
        return await press_on_own_page(work, case.case_id, code, words)


STANDARD, WORDS = builtin_pack("standard"), Catalogue.load()


class ReadBefore:
    """The catalogue, read once for all tests."""

    @staticmethod
    def load() -> Catalogue:
        return WORDS


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Building a Mamori reads its words and its policy again and again: once is enough here."""
    monkeypatch.setattr("bot.wiring.builtin_pack", {"standard": STANDARD}.__getitem__)
    monkeypatch.setattr("bot.wiring.Catalogue", ReadBefore)


@pytest.fixture
async def world(tmp_path: Path, quick: None) -> AsyncIterator[World]:
    world = a_world(tmp_path)
    world.platform = NotedPlatform()
    yield world
    await world.service.work.storage.close()


Later = Callable[[Callable[[dict[str, Any]], None]], Awaitable[People]]
"""Serves the same database with a company file that was changed, as after a start."""


@pytest.fixture
async def later(world: World, tmp_path: Path) -> AsyncIterator[Later]:
    begun: list[World] = []

    async def begin(change: Callable[[dict[str, Any]], None]) -> People:
        company = yaml.safe_load(COMPANY.read_text("utf-8"))
        change(company)
        path = tmp_path / "later.yaml"
        path.write_text(yaml.safe_dump(company, allow_unicode=True), "utf-8")
        anew = a_world(tmp_path, company=path)
        anew.clock.present = world.clock.present
        anew.platform = NotedPlatform()
        anew.platform.messages, anew.platform.gone = world.platform.messages, world.platform.gone
        begun.append(anew)
        await anew.service.watch.look()
        return People(anew)

    yield begin
    for each in begun:
        await each.service.work.storage.close()


@pytest.fixture
def platform(world: World) -> NotedPlatform:
    assert isinstance(world.platform, NotedPlatform)
    return world.platform


@pytest.fixture
def people(world: World) -> People:
    return People(world)


@pytest.fixture
def lists(world: World) -> SealedLists:
    work = world.service.work
    return SealedLists(work.storage, work.clock, work.entropy)


@pytest.fixture
def conversations(world: World, lists: SealedLists) -> Conversations:
    return Conversations(world.service.work, lists)


@pytest.fixture
def own_cases(world: World, lists: SealedLists) -> OwnCases:
    return OwnCases(world.service.work, lists)


@pytest.fixture
def rows(world: World, tmp_path: Path) -> Callable[[], dict[str, int]]:
    """How many rows each table holds that holds any."""

    def count() -> dict[str, int]:
        engine = create_engine(f"sqlite:///{tmp_path / 'mamori.db'}")
        with engine.connect() as connection:
            found = {
                table.name: connection.scalar(select(func.count()).select_from(table)) or 0
                for table in metadata.sorted_tables
            }
        engine.dispose()
        return {name: number for name, number in found.items() if number}

    return count


@pytest.fixture
def on_disk(world: World, tmp_path: Path) -> Callable[[], bytes]:
    """Every byte that the database keeps, its log included."""

    def read() -> bytes:
        return b"".join(path.read_bytes() for path in sorted(tmp_path.glob("mamori.db*")))

    return read


@pytest.fixture(params=builtin_pack_ids())
async def anywhere(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[People]:
    """People of a company that follows each of the policies."""
    company = tmp_path / "company.yaml"
    text = COMPANY.read_text(encoding="utf-8")
    company.write_text(text.replace("policy: standard", f"policy: {request.param}"), "utf-8")
    world = a_world(tmp_path, company=company)
    world.platform = NotedPlatform()
    yield People(world)
    await world.service.work.storage.close()
