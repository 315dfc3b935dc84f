"""The doctor says what is wrong with Teams' side, and what to do."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from adapters.teams.doctor import examine
from adapters.teams.session import Session
from adapters.teams.signing_keys import SigningKeys
from adapters.teams.tokens import Credentials, Tokens
from adapters.teams.transport import Place
from tests.adapters.teams.conftest import APP, SECRET, TENANT, botbuilder
from tests.adapters.teams.play import PEOPLE, Play, playing


@pytest.fixture
async def play(tmp_path: Path) -> AsyncIterator[Play]:
    async with playing(tmp_path) as made:
        yield made


async def wrong(play: Play, secret: str = SECRET, metadata: str = "") -> list[str]:
    clock, issuer, session = play.world.clock, play.connector.issuer, Session()
    tokens = Tokens(session, clock, Credentials(APP, secret, issuer.grant_address))
    keys = SigningKeys(session, clock, metadata or issuer.metadata)
    place = Place(play.connector.service_url, "", f"28:{APP}", TENANT)
    company, transport = play.world.service.work.company, botbuilder(session, tokens)
    before = len(play.connector.tenant.messages)
    found = await examine(company, tokens, keys, transport, place)
    await session.close()
    assert found and len(play.connector.tenant.messages) == before
    return [finding.what for finding in found if not finding.right]


async def test_a_right_tenant_has_no_findings(play: Play) -> None:
    assert await wrong(play) == []


async def test_a_wrong_secret_is_said(play: Play) -> None:
    (said,) = await wrong(play, secret="another")
    assert "MAMORI_TEAMS_SECRET" in said and "another" not in said


async def test_keys_that_cannot_be_had_are_said(play: Play) -> None:
    (said,) = await wrong(play, metadata="http://127.0.0.1:1/")
    assert "nobody is let in" in said


HARMS: dict[str, Callable[[Play], object]] = {
    "desk": lambda play: setattr(play.person("sato").user, "role", "guest"),
    "app": lambda play: setattr(
        play.connector.tenant.channels[play.channel("shinjuku")], "bot_is_in", False
    ),
}
SAID = {"desk": "1 guests read the desk's", "app": "add the app"}


@pytest.mark.parametrize("name", HARMS)
async def test_each_thing_that_is_wrong_is_said_with_what_to_do(play: Play, name: str) -> None:
    assert PEOPLE["sato"] in play.connector.tenant.team_members
    HARMS[name](play)
    (found,) = await wrong(play)
    assert SAID[name] in found
