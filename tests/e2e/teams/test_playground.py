"""An employee and a manager in Microsoft's own client, with one bot between them.

That client draws cards and answers presses, but no dialogs: what happens in one is done by the
same invokes that Teams would send for it. So no real client drew the dialogs; their cards are
drawn by nothing but the rules they are checked against.
"""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from playwright.async_api import Page, async_playwright

from adapters.teams.app import PATH, TeamsAccess, TeamsParts, TeamsSite, add_teams
from bot.conversations import Conversations
from bot.own_case import OwnCases
from bot.sealed_lists import SealedLists
from bot.worker import run_one_due
from tests.adapters.teams.conftest import APP, COMPANY, SECRET, TENANT, botbuilder
from tests.adapters.teams.play import CATALOGUE, PEOPLE, said
from tests.e2e.teams.front import Front
from tests.e2e.teams.playground import Player, configured, installed, started
from tests.fake_teams.card_rules import CARD, check_card, read_text
from tests.fake_teams.client import button
from tests.fake_teams.connector import serving
from tests.fake_teams.issuer import Issuer
from tests.support.chromium import find
from tests.support.world import World, a_world

DESK, SHINJUKU = "19:deskdddd@thread.tacv2", "19:shinjuku1111@thread.tacv2"
BROWSER = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
KEPT = Path(".artefacts/playground").absolute()
HANAKO = Player(PEOPLE["yamamoto"], "山本")
TANAKA = Player(PEOPLE["tanaka"], "田中")
OTHERS = [
    Player(PEOPLE[name], name)
    for name in ("kobayashi", "nakamura", "takahashi", "watanabe", "sato")
]


@dataclass
class Stage:
    """Two people, one bot, and everything that went over the wire."""

    world: World
    site: TeamsSite
    front: Front
    employee: Page
    manager: Page

    async def works_off(self) -> None:
        """Handles what is due, at the pace that Teams allows."""
        for _ in range(60):
            while await run_one_due(self.world.service.work, {"teams": self.site.messenger}):
                pass
            self.world.clock.passes(seconds=0.2)

    async def invokes(self, person: Player, name: str, value: Any, reply_to: str = "") -> Any:
        """What Teams would send for a dialog."""
        activity = {
            "type": "invoke",
            "name": name,
            "id": "f:1",
            "channelId": "msteams",
            "serviceUrl": self.front.service_url,
            "from": {"id": f"29:{person.entra_id}", "aadObjectId": person.entra_id},
            "recipient": {"id": f"28:{APP}"},
            "conversation": {
                "id": f"a:{person.entra_id}",
                "conversationType": "personal",
                "tenantId": TENANT,
            },
            "channelData": {"tenant": {"id": TENANT}},
            "locale": "ja-JP",
            "value": value,
            "replyToId": reply_to,
        }
        answered = await self.front.signed(activity)
        assert answered.status == 200 and isinstance(answered.body, bytes)
        card = json.loads(answered.body)["task"]["value"]["card"]["content"]
        check_card(card)
        return card


@asynccontextmanager
async def bot(folder: Path, front: Front, world: World) -> AsyncIterator[TeamsSite]:
    """The bot, with the front as its Bot Connector."""
    work = world.service.work
    lists = SealedLists(work.storage, work.clock, work.entropy)
    session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10))
    access = TeamsAccess(
        APP,
        SECRET,
        TENANT,
        metadata=front.issuer.metadata,
        token_address=front.issuer.grant_address,
        origins=(front.base,),
        public=front.service_url,
    )
    site = TeamsSite(
        TeamsParts(
            work=work,
            conversations=Conversations(work, lists),
            own_cases=OwnCases(work, lists),
            catalogue=CATALOGUE,
            access=access,
            public_url="https://mamori.example",
            session=session,
            make_transport=lambda session, tokens, _app: botbuilder(session, tokens),
        )
    )
    app = web.Application()
    add_teams(app, site)
    async with serving(app) as base:
        front.bot = base + PATH
        yield site


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    program, chromium = installed(KEPT), find()
    if program is None or chromium is None:
        pytest.skip("needs Node with npm, and a Chromium: apt-get install nodejs npm chromium")
    world = a_world(tmp_path, company=COMPANY)
    issuer = Issuer(world.clock, APP, SECRET, TENANT)
    async with aiohttp.ClientSession() as session, async_playwright() as playwright:
        front = Front(issuer, "", session)
        async with serving(front.app()) as base:
            front.base = issuer.base = base
            for player in (HANAKO, TANAKA):
                others = [*OTHERS[:4], TANAKA if player is HANAKO else HANAKO]
                at = tmp_path / player.entra_id
                configured(at, TENANT, f"28:{APP}", player, others, (DESK, SHINJUKU))
            async with (
                bot(tmp_path, front, world) as site,
                started(program, tmp_path / HANAKO.entra_id, f"{base}/in") as first,
                started(program, tmp_path / TANAKA.entra_id, f"{base}/in") as second,
            ):
                front.channels_at = f"http://localhost:{second}/_connector"
                browser = await playwright.chromium.launch(executable_path=chromium, args=BROWSER)
                pages = []
                for port in (first, second):
                    page = await browser.new_page(viewport={"width": 1400, "height": 950})
                    await page.goto(f"http://127.0.0.1:{port}/", wait_until="domcontentloaded")
                    pages.append(page)
                yield Stage(world, site, front, *pages)
                await browser.close()
    await world.service.work.storage.close()


async def test_a_call_for_help_is_answered_in_the_manager_s_own_client(stage: Stage) -> None:
    # The app is installed, and the first card comes into the chat by itself.
    await stage.employee.get_by_text(said("ja", "first.question")).first.wait_for()
    await stage.manager.get_by_text(said("ja", "first.question")).first.wait_for()
    sent = [one for one in stage.front.log if one.way == "out" and "activities" in one.call]
    first = sent[0].sent["attachments"][0]
    assert first["contentType"] == CARD
    help_ = button(first["content"], said("ja", "first.help"))

    # Help, in a dialog: that client draws none, so Teams' own invoke stands for the press.
    calling = await stage.invokes(HANAKO, "task/fetch", {"data": help_["data"]})
    assert said("ja", "help.title") in read_text(calling)
    await stage.works_off()

    # The manager sees the call in the channel and answers it there.
    await stage.manager.get_by_role("treeitem", name="shinjuku").first.click()
    coming = stage.manager.get_by_role("button", name=said("ja", "answer.coming", minutes=2))
    await coming.first.wait_for()
    await stage.manager.screenshot(path=KEPT / "call.png")
    await coming.first.click()
    await stage.manager.get_by_text(said("ja", "press.recorded")).first.wait_for()
    await stage.manager.screenshot(path=KEPT / "answered.png")
    executed = [one for one in stage.front.log if one.call == "invoke adaptiveCard/action"]
    assert executed and executed[-1].status == 200
    assert executed[-1].answer["type"] == CARD

    # The caller reads it.
    again = button(calling, said("ja", "teams.refresh"))
    shown = await stage.invokes(HANAKO, "task/submit", {"data": again["data"]})
    assert said("ja", "help.coming") in read_text(shown)

    # Everybody else sees it by the edit, and nothing that was sent was refused.
    await stage.works_off()
    edits = [one for one in stage.front.log if one.call.startswith("PUT ")]
    assert edits and all(one.status == 200 for one in edits)
    refused = [one.call for one in stage.front.log if one.status >= 400]
    assert not refused
