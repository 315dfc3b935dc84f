"""A sign of life is one request to one address, followed nowhere, and fails by a fixed word."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from aiohttp import ClientTimeout, web

from adapters.web.heartbeat import HttpBeat
from bot.heartbeat import BeatFailed


@dataclass
class Alarm:
    """Somebody's dead man's switch."""

    base: str = ""
    heard: list[str] = field(default_factory=list)

    async def hears(self, request: web.Request) -> web.StreamResponse:
        self.heard.append(request.path)
        if request.path == "/moved":
            raise web.HTTPFound("/elsewhere")
        if request.path == "/gone":
            raise web.HTTPNotFound
        if request.path == "/breaks" and request.transport:
            request.transport.abort()
        if request.path == "/hangs":
            await asyncio.Event().wait()
        return web.Response()


@pytest.fixture
async def alarm() -> AsyncIterator[Alarm]:
    alarm = Alarm()
    app = web.Application()
    app.router.add_get("/{any}", alarm.hears)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    alarm.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield alarm
    await runner.cleanup()


async def test_a_sign_of_life_is_one_request(alarm: Alarm) -> None:
    await HttpBeat(f"{alarm.base}/ping-token").beat()
    assert alarm.heard == ["/ping-token"]


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/moved", "status_302"),
        ("/gone", "status_404"),
        ("/breaks", "ServerDisconnectedError"),
        ("/hangs", "TimeoutError"),
    ],
)
async def test_what_goes_wrong_has_a_fixed_name_and_no_address(
    alarm: Alarm, path: str, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.web.heartbeat.PATIENCE", ClientTimeout(total=0.2))
    with pytest.raises(BeatFailed) as failed:
        await HttpBeat(alarm.base + path).beat()
    assert str(failed.value) == reason
    assert set(alarm.heard) == {path}


async def test_nobody_there_is_a_failure_too() -> None:
    with pytest.raises(BeatFailed):
        await HttpBeat("http://127.0.0.1:9/ping-token").beat()
