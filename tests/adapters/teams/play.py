"""A Mamori in a Teams tenant: everything real but time, chance and Microsoft."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import aiohttp
from aiohttp import web

from adapters.teams.app import PATH, TeamsAccess, TeamsParts, TeamsSite, add_teams
from adapters.teams.references import References
from bot.case_work import Work
from bot.catalogue import Catalogue
from bot.conversations import Conversations
from bot.own_case import OwnCases
from bot.sealed_lists import SealedLists
from bot.worker import run_one_due
from flows.phrases import Phrase, say
from tests.adapters.teams.conftest import (
    APP,
    COMPANY,
    SECRET,
    TENANT,
    TRANSPORTS,
    a_connector,
)
from tests.fake_teams.client import Person, Teams
from tests.fake_teams.connector import Connector, running, serving
from tests.fake_teams.tenant import Message
from tests.support.world import World, a_world

CATALOGUE = Catalogue.load()
ENTRA = "00000000-0000-0000-0000-0000000000"
PEOPLE = {
    name: f"{ENTRA}{number:02d}"
    for number, name in enumerate(
        (
            *("tanaka", "yamamoto", "kobayashi", "nakamura", "ito", "kato", "takahashi"),
            *("watanabe", "sato", "suzuki", "mori"),
        ),
        1,
    )
} | {"employee": f"{ENTRA}90", "english": f"{ENTRA}91"}
STEP = timedelta(seconds=0.2)


@dataclass
class Play:
    """The bot, the tenant, and the people in it."""

    world: World
    connector: Connector
    teams: Teams
    site: TeamsSite
    references: References

    def person(self, name: str) -> Person:
        return self.teams.person(PEOPLE[name])

    def channel(self, name: str) -> str:
        """The id of a channel by the company's word for it."""
        return next(id_ for id_ in self.connector.tenant.channels if name in id_)

    def shown(self, name: str) -> list[Message]:
        """What stands in a channel."""
        return self.connector.tenant.shown(self.channel(name))

    async def works_off(self) -> None:
        """Handles what is due, at the pace that Teams allows."""
        work = self.world.service.work
        end = self.world.clock.present + timedelta(seconds=30)
        while self.world.clock.present < end:
            while await run_one_due(work, {"teams": self.site.messenger}):
                pass
            async with work.storage.read() as tx:
                due = await tx.jobs.next_due()
            if due is None or due > end:
                return
            self.world.clock.present = max(due, self.world.clock.present + STEP)

    async def passes(self, minutes: int) -> None:
        """Lets time pass, minute by minute."""
        for _ in range(minutes):
            await self.works_off()
            self.world.clock.passes(minutes=1)
        await self.works_off()


@asynccontextmanager
async def joined(
    work: Work, connector: Connector, transport: str = "botbuilder"
) -> AsyncIterator[tuple[Teams, TeamsSite]]:
    """Teams joined to a Mamori that may have other platforms; the connector is running."""
    lists = SealedLists(work.storage, work.clock, work.entropy)
    access = TeamsAccess(
        APP,
        SECRET,
        TENANT,
        metadata=connector.issuer.metadata,
        token_address=connector.issuer.grant_address,
        origins=(connector.base,),
        public=connector.service_url,
    )
    make = TRANSPORTS[transport]
    async with aiohttp.ClientSession() as clients:
        site = TeamsSite(
            TeamsParts(
                work=work,
                conversations=Conversations(work, lists),
                own_cases=OwnCases(work, lists),
                catalogue=CATALOGUE,
                access=access,
                public_url="https://mamori.example",
                session=aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)),
                make_transport=lambda session, tokens, _app: make(session, tokens),
            )
        )
        app = web.Application()
        add_teams(app, site)
        async with serving(app) as base:
            yield Teams(connector, clients, base + PATH), site


@asynccontextmanager
async def playing(folder: Path, transport: str = "botbuilder") -> AsyncIterator[Play]:
    """A tenant with the bot running in it."""
    world = a_world(folder, company=COMPANY)
    work = world.service.work
    async with (
        running(a_connector(world.clock)) as connector,
        joined(work, connector, transport) as (teams, site),
    ):
        yield Play(world, connector, teams, site, site.references)
    await work.storage.close()


def said(language: str, key: str, **values: Phrase | int) -> str:
    """A sentence as its reader sees it."""
    return CATALOGUE.text(say(key, **values), language)
