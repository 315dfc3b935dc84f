"""A Teams tenant of the example company, and a transport to it."""

import importlib.util
import warnings
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from adapters.teams.tokens import Credentials, Tokens
from adapters.teams.transport import Transport
from bot.company import read_company
from tests.fake_teams.connector import Connector, running
from tests.fake_teams.issuer import Issuer
from tests.fake_teams.tenant import Channel, Tenant
from tests.support.world import FakeClock

APP = "11111111-2222-3333-4444-555555555555"
SECRET = "the-app-s-secret"
TENANT = "aaaaaaaa-0000-0000-0000-000000000001"
COMPANY = Path(__file__).parent / "company.yaml"


def a_connector(clock: FakeClock) -> Connector:
    """The example company's tenant: its people, and a team with a channel for each."""
    issuer = Issuer(clock, APP, SECRET, TENANT)
    tenant = Tenant(TENANT, clock, f"28:{APP}")
    company = read_company(COMPANY)
    for person in company.people:
        assert person.entra_id
        tenant.user(person.entra_id, person.name.ja)
        tenant.team_members.add(person.entra_id)
    for number in (90, 91):
        entra_id = f"00000000-0000-0000-0000-0000000000{number}"
        tenant.user(entra_id, f"Employee {number}", locale="ja-JP" if number == 90 else "en-US")
    for place in (company.desk, *company.sites):
        id_ = place.channel.removeprefix("teams:")
        tenant.channels[id_] = Channel(id_, id_)
    return Connector(tenant, issuer)


@pytest.fixture
async def connector() -> AsyncIterator[Connector]:
    async with running(a_connector(FakeClock())) as made:
        yield made


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    timeout = aiohttp.ClientTimeout(total=5)
    async with aiohttp.ClientSession(timeout=timeout) as made:
        yield made


@pytest.fixture
def tokens(connector: Connector, session: aiohttp.ClientSession) -> Tokens:
    credentials = Credentials(APP, SECRET, connector.issuer.grant_address)
    return Tokens(session, connector.tenant.clock, credentials)


def botbuilder(session: aiohttp.ClientSession, tokens: Tokens) -> Transport:
    """The transport on botbuilder; what its import warns of is its own affair."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from adapters.teams.botbuilder import BotbuilderTransport
    return BotbuilderTransport(session, tokens, APP)


def agents(session: aiohttp.ClientSession, tokens: Tokens) -> Transport:
    """The transport on botbuilder's successor, where it is installed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from adapters.teams.agents import AgentsTransport
    return AgentsTransport(session, tokens, APP)


TRANSPORTS = {"botbuilder": botbuilder}
if importlib.util.find_spec("microsoft_agents") is not None:  # an extra: see docs/teams.md
    TRANSPORTS["agents"] = agents


@pytest.fixture(params=sorted(TRANSPORTS))
def transport(
    request: pytest.FixtureRequest, session: aiohttp.ClientSession, tokens: Tokens
) -> Transport:
    """Each transport in turn."""
    return TRANSPORTS[request.param](session, tokens)
