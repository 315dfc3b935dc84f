"""An employee, a manager and the desk, each in a Playground of their own, with one bot."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web
from playwright.async_api import Browser, Page, async_playwright

from adapters.teams.app import PATH, TeamsAccess, TeamsParts, TeamsSite, add_teams
from bot.conversations import Conversations
from bot.own_case import OwnCases
from bot.sealed_lists import SealedLists
from bot.worker import run_one_due
from tests.adapters.teams.conftest import APP, COMPANY, SECRET, TENANT, botbuilder
from tests.adapters.teams.play import CATALOGUE, PEOPLE
from tests.e2e.teams.front import Front
from tests.e2e.teams.needs import needed
from tests.e2e.teams.playground import Player, configured, installed, started
from tests.fake_teams.client import Person
from tests.fake_teams.connector import serving
from tests.fake_teams.issuer import Issuer
from tests.fake_teams.tenant import Message, User
from tests.support.chromium import find
from tests.support.world import World, a_world

DESK, SHINJUKU = "19:deskdddd@thread.tacv2", "19:shinjuku1111@thread.tacv2"
BROWSER = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PATIENCE_MS = 90_000
STEP = timedelta(seconds=0.2)
KEPT = Path(".artefacts/playground").absolute()
EMPLOYEE = Player(PEOPLE["employee"], "花子")
MANAGER = Player(PEOPLE["tanaka"], "田中")
AT_DESK = Player(PEOPLE["sato"], "佐藤")
PLAYERS = (EMPLOYEE, MANAGER, AT_DESK)
OTHERS = [Player(PEOPLE[name], name) for name in ("yamamoto", "takahashi", "watanabe")]


@dataclass
class Seat(Person):
    """Somebody in front of a Playground. What it cannot draw, Teams' own invokes stand for."""

    page: Page | None = None
    front: Front = field(default=None)  # type: ignore[assignment]

    def activity(self, kind: str, conversation: str, **more: Any) -> dict[str, Any]:
        """An activity as the Bot Connector sends it."""
        in_channel = conversation.startswith("19:")
        about = {"isGroup": True} if in_channel else {}
        return {
            "type": kind,
            "id": self.front.next_id(),
            "channelId": "msteams",
            "serviceUrl": self.front.service_url,
            "from": {
                "id": f"29:{self.user.entra_id}",
                "name": self.user.name,
                "aadObjectId": self.user.entra_id,
            },
            "recipient": {"id": f"28:{APP}"},
            "conversation": {
                "id": conversation,
                "conversationType": "channel" if in_channel else "personal",
                "tenantId": TENANT,
                **about,
            },
            "channelData": {"tenant": {"id": TENANT}},
            "locale": "ja-JP",
            **more,
        }

    @property
    def chat(self) -> str:
        return f"a:{self.user.entra_id}"

    def messages(self) -> list[Message]:
        """What the bot wrote into this chat, by the wire."""
        return self.front.written(self.chat)

    async def says(self, text: str) -> list[Message]:
        """Types into the client. Gives what came back."""
        assert self.page is not None
        before = len(self.messages())
        await self.page.locator("div[role=textbox]").first.fill(text)
        await self.page.get_by_role("button", name="Send Message").first.click()
        async with asyncio.timeout(20):
            while len(self.messages()) == before:
                await self.page.wait_for_timeout(50)
        return self.messages()[before:]


@dataclass
class Stage:
    """Three people, one bot, and everything that went over the wire."""

    world: World
    site: TeamsSite
    front: Front
    employee: Seat
    manager: Seat
    desk: Seat

    async def works_off(self) -> None:
        """Handles what is due, at the pace that Teams allows."""
        work, clock = self.world.service.work, self.world.clock
        end = clock.present + timedelta(seconds=30)
        while True:
            while await run_one_due(work, {"teams": self.site.messenger}):
                pass
            async with work.storage.read() as tx:
                due = await tx.jobs.next_due()
            if due is None or due > end:
                return
            clock.present = max(due, clock.present + STEP)

    async def passes(self, minutes: int) -> None:
        for _ in range(minutes):
            await self.works_off()
            self.world.clock.passes(minutes=1)
        await self.works_off()

    def without_client(self, name: str) -> Seat:
        """Somebody whom no Playground stands for."""
        return Seat(self.front, User(PEOPLE[name], name), None, self.front)  # type: ignore[arg-type]


@asynccontextmanager
async def bot(front: Front, world: World) -> AsyncIterator[TeamsSite]:
    """The bot, with the front as its Bot Connector."""
    work = world.service.work
    lists = SealedLists(work.storage, work.clock, work.entropy)
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
            session=aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)),
            make_transport=lambda session, tokens, _app: botbuilder(session, tokens),
        )
    )
    app = web.Application()
    add_teams(app, site)
    async with serving(app) as base:
        front.bot = base + PATH
        yield site


@asynccontextmanager
async def set_up(folder: Path) -> AsyncIterator[Stage]:
    """The stage. Skips, or fails, where Node or Chromium is missing."""
    program, chromium = needed(installed(KEPT)), needed(find())
    world = a_world(folder, company=COMPANY)
    issuer = Issuer(world.clock, APP, SECRET, TENANT)
    async with AsyncExitStack() as stack:
        front = Front(issuer, "", await stack.enter_async_context(aiohttp.ClientSession()))
        front.base = issuer.base = await stack.enter_async_context(serving(front.app()))
        site = await stack.enter_async_context(bot(front, world))
        playwright = await stack.enter_async_context(async_playwright())
        browser = await playwright.chromium.launch(executable_path=chromium, args=BROWSER)
        stack.push_async_callback(browser.close)
        seats = []
        for player in PLAYERS:
            at = folder / player.entra_id
            others = [*OTHERS, *(other for other in PLAYERS if other is not player)]
            configured(at, TENANT, f"28:{APP}", player, others, (DESK, SHINJUKU))
            port = await stack.enter_async_context(started(program, at, f"{front.base}/in"))
            seats.append(await _seat(front, player, browser, port))
        yield Stage(world, site, front, *seats)
    await world.service.work.storage.close()


async def _seat(front: Front, player: Player, browser: Browser, port: int) -> Seat:
    home = f"http://localhost:{port}/_connector"
    if player is MANAGER:
        front.homes[SHINJUKU] = front.elsewhere = home
    if player is AT_DESK:
        front.homes[DESK] = home
    page = await browser.new_page(viewport={"width": 1400, "height": 950})
    page.set_default_timeout(PATIENCE_MS)
    await page.goto(f"http://127.0.0.1:{port}/", wait_until="domcontentloaded")
    return Seat(front, User(player.entra_id, player.name), page, front)  # type: ignore[arg-type]
