"""The doctor looks at every workspace where the app is installed, and names the one it means."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.slack.doctor import examine
from tests.adapters.slack.installing import (
    SHOP,
    STRANGER,
    TOKYO,
    a_workspace,
    both,
    installs,
    two_places,
)
from tests.adapters.slack.office import DESK, TEAM, Office
from tests.fake_slack import Channel, Grant


@pytest.fixture
async def office(tmp_path: Path, quick: None) -> AsyncIterator[Office]:
    async with two_places(tmp_path) as office:
        yield office


async def test_the_doctor_says_where_the_app_is_not_installed(office: Office) -> None:
    assert (await installs(office, Grant([office.slack.space])))[0] == 200
    company, now = office.service.work.company, office.clock.now()
    found = [f.what for f in await examine(office.site.api, company, now) if not f.right]
    assert len(found) == 1 and TOKYO in found[0] and "/slack/install" in found[0]


async def examined(office: Office) -> list[str]:
    """What the doctor finds wrong, with everything that this service was told so far forgotten."""
    office.site.api.homes.forget()
    company, now = office.service.work.company, office.clock.now()
    return [f.what for f in await examine(office.site.api, company, now) if not f.right]


def moves_in(office: Office, tokyo: Grant) -> None:
    """The second shop has a channel too."""
    (space,) = tokyo.spaces
    space.add_channel(Channel(f"{SHOP}2", "calls", TOKYO), ["U0TANAKA"])


async def test_the_doctor_looks_at_every_workspace_where_the_app_is_installed(
    office: Office,
) -> None:
    _, tokyo = await both(office)
    moves_in(office, tokyo)
    elsewhere = Grant([a_workspace(office, STRANGER)])
    assert (await installs(office, elsewhere))[0] == 403
    assert await examined(office) == []
    asked = len(office.calls("auth.test"))
    await examined(office)
    assert len(office.calls("auth.test")) == asked + 2
    assert not [c for c in office.slack.calls if c.writes]


async def test_the_doctor_names_the_workspace_whose_token_or_scopes_are_wrong(
    office: Office,
) -> None:
    _, tokyo = await both(office)
    moves_in(office, tokyo)
    office.slack.oauth.revokes(tokyo)
    (found,) = await examined(office)
    assert found.startswith(f"{TOKYO}: ") and "bot token" in found
    (space,) = tokyo.spaces
    office.slack.space.channels[DESK].private = False  # and looks at the other one's channels
    found = "\n".join(await examined(office))
    assert f"{DESK}: the desk's channel must be private" in found
    office.slack.space.channels[DESK].private = True
    assert (await installs(office, Grant([space])))[0] == 200
    office.slack.scopes.remove("users:read")
    found = "\n".join(await examined(office))
    assert f"{TEAM}: scopes are missing" in found and f"{TOKYO}: scopes are missing" in found


async def test_the_doctor_says_how_far_apart_the_clocks_are_in_each_workspace(
    office: Office,
) -> None:
    _, tokyo = await both(office)
    moves_in(office, tokyo)
    office.slack.now = lambda: office.clock.now().timestamp() - 400
    found = await examined(office)
    assert [each.partition(": the clocks")[0] for each in found] == sorted([TEAM, TOKYO])
