"""The watch: a pass a minute, health from the last one, a sign of life after a clean one only."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.audits import Audit
from bot.health import Health
from bot.heartbeat import BeatFailed
from bot.metrics import Meter
from bot.watch import Watch
from tests.support.world import World

CLEAN = Audit(
    overdue=0,
    unscheduled_duties=0,
    unscheduled_messages=0,
    failed_cards=0,
    failing_jobs=0,
    unpinned=0,
    unread_roster=0,
    empty_desk=0,
    evidence_full=0,
    exhausted_duties=0,
    due={},
    oldest_due_seconds=0.0,
)


@dataclass
class CountedBeats:
    """Where signs of life go; `fails` is what happens instead."""

    heard: int = 0
    fails: Exception | None = None

    async def beat(self) -> None:
        if self.fails is not None:
            raise self.fails
        self.heard += 1


@dataclass
class FullDisk:
    """Heads that cannot be pinned."""

    error: Exception | None = None

    async def pin(self) -> None:
        if self.error is not None:
            raise self.error


@dataclass
class Scene:
    """A watch whose audit finds what the test says."""

    world: World
    watch: Watch
    health: Health
    beats: CountedBeats
    pins: FullDisk
    finds: Audit = field(default_factory=lambda: CLEAN)
    breaks: Exception | None = None


@pytest.fixture
def scene(world: World, monkeypatch: pytest.MonkeyPatch) -> Scene:
    work = world.service.work
    beats, pins = CountedBeats(), FullDisk()
    watch = Watch(work, Meter(), pins=pins, beat=beats)
    scene = Scene(world, watch, Health(work, watch), beats, pins)

    async def audit(work: object, *, pinned: bool, room: int | None) -> Audit:
        if scene.breaks is not None:
            raise scene.breaks
        return replace(scene.finds, unpinned=0 if pinned else 1)

    monkeypatch.setattr("bot.watch.audit", audit)
    return scene


@pytest.fixture
def lines() -> Iterator[list[Any]]:
    """What was logged so far."""
    with capture_logs() as logged:
        yield logged


async def test_before_the_first_pass_nothing_is_known_and_that_is_red(scene: Scene) -> None:
    assert scene.health.audit().good is False
    assert scene.health.audit().found is None


async def test_a_clean_pass_is_green_and_sends_one_sign_of_life(scene: Scene) -> None:
    await scene.watch.look()
    assert scene.health.audit().good
    assert scene.beats.heard == 1


@pytest.mark.parametrize("finding", list(CLEAN.findings()))
async def test_every_finding_is_red_and_silent(scene: Scene, finding: str) -> None:
    if finding == "unpinned":
        scene.pins.error = OSError("no space left")
    else:
        scene.finds = replace(CLEAN, **{finding: 1})
    await scene.watch.look()
    assert scene.health.audit().good is False
    assert scene.beats.heard == 0
    found = scene.health.audit().found
    assert found is not None and found.findings()[finding] == 1


async def test_an_exhausted_duty_is_shown_and_logged_once_and_not_red(scene: Scene, lines) -> None:
    scene.finds = replace(CLEAN, exhausted_duties=2)
    await scene.watch.look()
    await scene.watch.look()
    assert scene.health.audit().good and scene.beats.heard == 2
    assert lines == [{"event": "duties_exhausted", "log_level": "warning", "exhausted_duties": 2}]


async def test_a_red_pass_is_logged_with_its_counts_only(scene: Scene, lines) -> None:
    scene.finds = replace(CLEAN, overdue=3)
    await scene.watch.look()
    found = scene.finds.findings()
    assert lines == [{"event": "audit_red", "log_level": "error", **found}]


async def test_a_pass_that_is_three_minutes_old_is_red_however_clean_it_was(scene: Scene) -> None:
    await scene.watch.look()
    scene.world.clock.passes(minutes=3)
    assert scene.health.audit().good
    scene.world.clock.passes(seconds=1)
    assert scene.health.audit().good is False
    assert scene.health.audit().age_seconds == 181


async def test_a_pass_of_the_future_is_not_believed(scene: Scene) -> None:
    await scene.watch.look()
    scene.world.clock.passes(minutes=-10)
    assert scene.health.audit().good is False


async def test_a_pass_that_breaks_is_silent_and_leaves_the_last_one_to_grow_old(
    scene: Scene, lines
) -> None:
    await scene.watch.look()
    scene.breaks = RuntimeError("the words of a person")
    scene.world.clock.passes(minutes=1)
    await scene.watch.look()
    assert scene.beats.heard == 1
    assert scene.health.audit().age_seconds == 60
    assert lines == [{"event": "audit_failed", "log_level": "error", "error": "RuntimeError"}]


async def test_a_database_or_a_disk_that_hangs_does_not_hang_the_watch(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hangs(*_: object, **__: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr("bot.watch.PIN_SECONDS", 0.001)
    monkeypatch.setattr(scene.pins, "pin", hangs)
    await scene.watch.look()
    found = scene.health.audit().found
    assert found is not None and found.unpinned == 1
    monkeypatch.setattr("bot.watch.AUDIT_SECONDS", 0.001)
    monkeypatch.setattr("bot.watch.audit", hangs)
    scene.world.clock.passes(minutes=1)
    await scene.watch.look()
    assert scene.health.audit().age_seconds == 60


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (BeatFailed("status_500"), {"reason": "status_500"}),
        (RuntimeError("https://secret"), {"error": "RuntimeError"}),
    ],
)
async def test_a_sign_of_life_that_fails_is_logged_without_its_address_and_stops_nothing(
    scene: Scene, lines, error: Exception, said: dict[str, str]
) -> None:
    scene.beats.fails = error
    await scene.watch.look()
    assert scene.health.audit().good
    assert lines == [{"event": "heartbeat_failed", "log_level": "warning", **said}]


async def test_the_watch_looks_at_once_and_then_every_minute(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 3:
            raise asyncio.CancelledError

    monkeypatch.setattr("bot.watch.asyncio.sleep", sleep)
    with pytest.raises(asyncio.CancelledError):
        await scene.watch.run_forever()
    assert waits == [60.0, 60.0, 60.0]
    assert scene.beats.heard == 3
