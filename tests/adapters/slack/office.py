"""A company in one Slack workspace: a real Mamori, the fake Slack, and people with accounts."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.test_utils import TestServer

from adapters.slack.api import Api
from adapters.slack.app import SlackParts, SlackSite
from adapters.slack.homes import App, only
from adapters.slack.hooks import HooksHost
from adapters.slack.oauth import OAuth, installed_api
from adapters.slack.paths import PATH
from bot.catalogue import Catalogue
from bot.conversations import Conversations
from bot.messengers import Messenger
from bot.own_case import OwnCases
from bot.sealed_lists import SealedLists
from bot.wiring import Service, build
from bot.worker import run_one_due
from flows.phrases import Phrase, say
from tests.fake_slack import (
    CLIENT_ID,
    CLIENT_SECRET,
    Channel,
    FakeSlack,
    Message,
    Person,
    User,
)
from tests.support.world import FakeClock, SeededEntropy, settings, threadless

COMPANY = Path(__file__).parent / "company.yaml"
DESK, SHINJUKU, CALLS = "C0DESK", "C0SHINJUKU", "C0CALLS"
TEAM = "T0HINATA"
CATALOGUE = Catalogue.load()

CHANNELS = {
    DESK: ("U0SATO", "U0SUZUKI", "U0MORI"),
    SHINJUKU: ("U0TANAKA", "U0YAMAMOTO", "U0TAKAHASHI"),
    CALLS: ("U0ITO", "U0KATO", "U0TAKAHASHI"),
}
"""Who is in which channel."""

EMPLOYEES = {"U0HANAKO": "ja-JP", "U0JOHN": "en-US", "U0EVE": "en-GB"}
"""Who is in the workspace and on nobody's list."""


@dataclass
class Office:
    """Everything, with a clock that a test moves."""

    service: Service
    site: SlackSite
    slack: FakeSlack
    clock: FakeClock
    folder: Path
    base: str
    """Where this Mamori answers."""
    people: dict[str, Person] = field(default_factory=dict)
    cases: list[str] = field(default_factory=list)
    """The cases that a test filed behind the adapter's back."""
    beside: dict[str, Messenger] = field(default_factory=dict)
    """Other platforms of the same company."""

    def person(self, name: str) -> Person:
        """Somebody, by name."""
        id_ = f"U0{name.upper()}"
        return self.people.setdefault(id_, Person(self.slack, id_))

    def messages(self, channel: str) -> list[Message]:
        """What stands in a channel, oldest first."""
        return list(self.slack.space.channels[channel].messages.values())

    async def settles(self) -> None:
        """Works off what is due now and in the next seconds, at Slack's own pace."""
        await self.site.watch.check()
        for _ in range(5000):
            messengers = {"slack": self.site.messenger, **self.beside}
            if await run_one_due(self.service.work, messengers):
                continue
            async with self.service.work.storage.read() as tx:
                due = await tx.jobs.next_due()
            if due is None or due > self.clock.now() + timedelta(seconds=10):
                return
            self.clock.present = max(due, self.clock.present + timedelta(seconds=1))
        raise AssertionError("the same rows come back for ever")

    async def passes(self, **by: float) -> None:
        """Lets time pass, working off what falls due on the way."""
        end = self.clock.present + timedelta(**by)
        await self.settles()
        while self.clock.present < end:
            self.clock.present = min(end, self.clock.present + timedelta(minutes=1))
            await self.settles()

    def calls(self, *methods: str) -> list[str]:
        """The methods that were called, reads and writes, in order."""
        return [c.method for c in self.slack.calls if not methods or c.method in methods]


def said(language: str, key: str, **values: Phrase | int) -> str:
    """A sentence of the catalogue, in one language."""
    return CATALOGUE.text(say(key, **values), language)


@asynccontextmanager
async def an_office(
    folder: Path,
    *,
    sockets: bool = False,
    company: Path = COMPANY,
    allowed: frozenset[str] = frozenset(),
    database: str | None = None,
) -> AsyncIterator[Office]:
    """Opens the office; with `sockets` Slack is reached over a connection of the app's own, and
    with `allowed` the app is installed by whoever of these workspaces wants it."""
    clock = FakeClock()
    made = settings(folder, database, company)
    service = build(made, clock=clock, entropy=SeededEntropy(), sqlite_driver=threadless())
    async with FakeSlack(lambda: clock.now().timestamp(), team=TEAM) as slack:
        _move_in(slack)
        site = slack_site(service, slack, allowed)
        app = web.Application()
        assert site.gate is not None
        app.router.add_post(PATH, site.gate.handle)
        if site.oauth is not None:
            site.oauth.add_to(app)
        server = TestServer(app)
        await server.start_server(auto_decompress=False)
        slack.app_url = str(server.make_url(PATH))
        link = asyncio.create_task(site.socket.run()) if sockets and site.socket else None
        if link is not None:
            await slack.sockets.connected.wait()
            slack.uses_sockets, slack.app_url = True, ""
        try:
            yield Office(service, site, slack, clock, folder, str(server.make_url("")).rstrip("/"))
        finally:
            if link is not None:
                link.cancel()
                await asyncio.gather(link, return_exceptions=True)
            await site.stage.close()
            await site.api.close()
            await server.close()
            await service.work.storage.close()


def slack_site(
    service: Service, slack: FakeSlack, allowed: frozenset[str] = frozenset()
) -> SlackSite:
    """The adapter, pointed at the fake."""
    work, api, oauth = service.work, Api(only(slack.token), base_url=slack.api_url), None
    if allowed:
        app = App(CLIENT_ID, CLIENT_SECRET, slack.api_url)
        api, homes = installed_api(work.storage, work.clock, app)
        url = f"{slack.base}/authorize"
        oauth = OAuth(work, api, homes, app, allowed, "https://mamori.example", url)
    lists = SealedLists(work.storage, work.clock, work.entropy)
    parts = urlsplit(slack.base)
    return SlackSite(
        SlackParts(
            work=work,
            conversations=Conversations(work, lists),
            own_cases=OwnCases(work, lists),
            catalogue=CATALOGUE,
            api=api,
            bell=service.bell,
            web_url="https://mamori.example",
            signing_secret=slack.signing_secret,
            app_token=slack.app_token,
            hooks=HooksHost(parts.scheme, parts.netloc),
            oauth=oauth,
        )
    )


def _move_in(slack: FakeSlack) -> None:
    space = slack.space
    for members in CHANNELS.values():
        for id_ in members:
            space.add_user(User(id_, id_[2:].title(), TEAM))
    for id_, locale in EMPLOYEES.items():
        zone = "Asia/Tokyo" if locale == "ja-JP" else "America/New_York"
        space.add_user(User(id_, id_[2:].title(), TEAM, locale=locale, tz=zone))
    for id_, members in CHANNELS.items():
        space.add_channel(Channel(id_, id_.lower(), TEAM), members)
