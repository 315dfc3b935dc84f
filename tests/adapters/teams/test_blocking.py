"""Nothing of Microsoft's that hangs makes anybody else wait."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from adapters.teams.app import PATH, TeamsAccess, TeamsParts, TeamsSite, add_teams
from adapters.teams.session import Session
from bot.conversations import Conversations
from bot.own_case import OwnCases
from bot.sealed_lists import SealedLists
from tests.adapters.teams.conftest import APP, SECRET, TENANT, TRANSPORTS
from tests.adapters.teams.play import CATALOGUE, PEOPLE, Play, playing
from tests.fake_teams.client import Teams
from tests.fake_teams.connector import serving

MOST_SECONDS = 0.05
HANGS_SECONDS = 4.0
"""Less than the adapter itself waits for such an endpoint."""
TIMES, AT_ONCE = 40, 5


@asynccontextmanager
async def hanging() -> AsyncIterator[tuple[str, asyncio.Event]]:
    """An address that takes a request and answers nothing before the event."""
    over = asyncio.Event()

    async def hang(_request: web.Request) -> web.Response:
        await over.wait()
        return web.Response()

    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", hang)
    async with serving(app) as base:
        yield base, over
        over.set()


async def usual(session: aiohttp.ClientSession, url: str) -> list[float]:
    """How long another request takes, again and again."""
    loop, found = asyncio.get_running_loop(), []
    for _ in range(TIMES):
        before = loop.time()
        async with session.get(url) as response:
            await response.read()
            assert response.status == 200
        found.append(loop.time() - before)
    return sorted(found)


@asynccontextmanager
async def service(play: Play, away: str, endpoint: str, transport: str) -> AsyncIterator[str]:
    """The web page and Teams in one process, as `serve` runs them, with one endpoint away."""
    issuer, work = play.connector.issuer, play.world.service.work
    lists = SealedLists(work.storage, work.clock, work.entropy)
    access = TeamsAccess(
        APP,
        SECRET,
        TENANT,
        metadata=f"{away}/metadata" if endpoint == "keys" else issuer.metadata,
        token_address=f"{away}/token" if endpoint == "token" else issuer.grant_address,
        origins=(play.connector.base,),
        public=play.connector.service_url,
    )
    make = TRANSPORTS[transport]
    parts = TeamsParts(
        work=work,
        conversations=Conversations(work, lists),
        own_cases=OwnCases(work, lists),
        catalogue=CATALOGUE,
        access=access,
        public_url="https://mamori.example",
        session=Session(),
        make_transport=lambda session, tokens, _app: make(session, tokens),
    )
    add_teams(play.world.service.app, TeamsSite(parts))
    async with serving(play.world.service.app) as base:
        yield base


@pytest.mark.parametrize("transport", sorted(TRANSPORTS))
@pytest.mark.parametrize("endpoint", ["keys", "token"])
async def test_an_endpoint_that_hangs_delays_no_request_of_the_web_page(
    tmp_path: Path, endpoint: str, transport: str
) -> None:
    """Compared with the same requests without it: a slow machine is no delay of ours."""
    async with (
        playing(tmp_path) as play,
        hanging() as (away, over),
        service(play, away, endpoint, transport) as here,
        aiohttp.ClientSession() as session,
    ):
        token = play.world.service.work.index.site_token("shinjuku", 1)
        page = f"{here}/s/{token}"
        without = await usual(session, page)
        teams = Teams(play.connector, session, here + PATH)
        person = teams.person(PEOPLE["employee"])
        wrote = [
            asyncio.create_task(teams.deliver(person.activity("message", person.chat, text="x")))
            for _ in range(AT_ONCE)
        ]
        await asyncio.sleep(0.2)
        beside = await usual(session, page)
        assert not any(one.done() for one in wrote)
        over.set()
        assert {one.status for one in await asyncio.gather(*wrote)} <= {401, 503}
    median = TIMES // 2
    assert beside[median] - without[median] <= MOST_SECONDS
    assert beside[-1] < HANGS_SECONDS, "one request waited for the endpoint"
