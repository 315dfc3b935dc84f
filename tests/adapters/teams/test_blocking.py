"""Nothing of Microsoft's that hangs makes anybody else wait."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from adapters.teams.service_urls import ServiceUrls
from adapters.teams.signing_keys import SigningKeys
from adapters.teams.tokens import Credentials, Tokens
from adapters.teams.verifier import Denied, Verifier
from tests.adapters.teams.conftest import APP, TENANT
from tests.adapters.teams.play import playing
from tests.fake_teams.connector import serving

MOST_SECONDS = 0.05
TIMES = 40


@asynccontextmanager
async def hanging() -> AsyncIterator[str]:
    """An address that takes a request and never answers."""
    over = asyncio.Event()

    async def hang(_request: web.Request) -> web.Response:
        await over.wait()
        return web.Response()

    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", hang)
    async with serving(app) as base:
        yield base
        over.set()


async def usual(session: aiohttp.ClientSession, url: str) -> list[float]:
    """How long another request takes, again and again."""
    loop, found = asyncio.get_running_loop(), []
    for _ in range(TIMES):
        before = loop.time()
        async with session.get(url) as response:
            await response.read()
        found.append(loop.time() - before)
    return sorted(found)


@pytest.mark.parametrize("endpoint", ["keys", "token"])
async def test_an_endpoint_that_hangs_delays_no_other_request(
    tmp_path: Path, endpoint: str
) -> None:
    """Compared with the same requests without it: a slow machine is no delay of ours."""

    async def live(_request: web.Request) -> web.Response:
        return web.Response(text="ok")

    app = web.Application()
    app.router.add_get("/live", live)
    async with (
        playing(tmp_path) as play,
        hanging() as away,
        serving(app) as here,
        aiohttp.ClientSession() as session,
    ):
        clock = play.world.clock
        keys = SigningKeys(session, clock, f"{away}/metadata", seconds=10)
        verifier = Verifier(APP, [TENANT], keys, ServiceUrls(), clock)
        tokens = Tokens(session, clock, Credentials(APP, "x", f"{away}/token"), seconds=10)
        header = f"Bearer {play.connector.issuer.token('https://smba.trafficmanager.net/emea/')}"
        waits = verifier.token(header) if endpoint == "keys" else tokens.bearer()
        without = await usual(session, f"{here}/live")
        asked = asyncio.create_task(waits)
        await asyncio.sleep(0)
        beside = await usual(session, f"{here}/live")
        assert not asked.done()
        asked.cancel()
        with pytest.raises((asyncio.CancelledError, Denied)):
            await asked
    median = TIMES // 2
    assert beside[median] - without[median] <= MOST_SECONDS
