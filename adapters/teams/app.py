"""Teams over HTTP: the gate, and everything that stands behind it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from aiohttp import web

from adapters.teams.backends import MakeTransport
from adapters.teams.channels import Channels
from adapters.teams.entrances import Entrances
from adapters.teams.gate import Gate
from adapters.teams.inbound import read
from adapters.teams.messenger import PUBLIC, TeamsMessenger
from adapters.teams.own import Own
from adapters.teams.people import People
from adapters.teams.places import Places
from adapters.teams.presses import Presses
from adapters.teams.references import References
from adapters.teams.render import Dialogs
from adapters.teams.service_urls import ORIGINS, ServiceUrls
from adapters.teams.session import Session
from adapters.teams.signing_keys import METADATA, SigningKeys
from adapters.teams.talks import Talks
from adapters.teams.tokens import Credentials, Tokens, entra_address
from adapters.teams.transport import Activity, Reply
from adapters.teams.verifier import Verifier
from bot.case_work import Work
from bot.catalogue import Catalogue
from bot.conversations import Conversations
from bot.own_case import OwnCases

PATH = "/teams/messages"


@dataclass(frozen=True)
class TeamsAccess:
    """What the bot is in its tenant, and where it finds the outside world.

    The addresses are Microsoft's unless a test says otherwise.
    """

    app_id: str
    secret: str
    tenant: str
    metadata: str = METADATA
    token_address: str = ""
    origins: tuple[str, ...] = ORIGINS
    public: str = PUBLIC


@dataclass(frozen=True)
class TeamsParts:
    """What the adapter is made from. Built once, in wiring."""

    work: Work
    conversations: Conversations
    own_cases: OwnCases
    catalogue: Catalogue
    access: TeamsAccess
    public_url: str
    """Where the web page is, as printed on posters."""
    session: Session
    make_transport: MakeTransport


class TeamsSite:
    """Everything of Teams that this service runs."""

    def __init__(self, parts: TeamsParts) -> None:
        """Raises ValueError without an app id and a tenant."""
        work, access, catalogue = parts.work, parts.access, parts.catalogue
        self._session = parts.session
        keys = SigningKeys(parts.session, work.clock, access.metadata)
        urls = ServiceUrls(access.origins)
        verifier = Verifier(access.app_id, [access.tenant], keys, urls, work.clock)
        address = access.token_address or entra_address(access.tenant)
        tokens = Tokens(
            parts.session, work.clock, Credentials(access.app_id, access.secret, address)
        )
        transport = parts.make_transport(parts.session, tokens, access.app_id)
        references = self.references = References(work.storage, work.index)
        people = People(transport, catalogue, work.directory)
        dialogs = Dialogs(catalogue, parts.public_url)
        own = Own(work, parts.own_cases, people, dialogs)
        talks = Talks(work, parts.conversations, own, people, dialogs, parts.public_url)
        channels = Channels(work, people, Places(work.company), dialogs)
        self._entrances = Entrances(talks, transport, references)
        self._presses = Presses(talks, own, channels, self._entrances)
        self.gate = Gate(verifier, transport, self.handle, work.clock)
        self.messenger = TeamsMessenger(
            work,
            transport,
            references,
            catalogue,
            f"28:{access.app_id}",
            access.tenant,
            access.public,
        )

    async def handle(self, activity: Activity) -> Reply:
        """One activity that the gate let in."""
        return await self._presses.handle(read(activity))

    async def running(self, _app: web.Application) -> AsyncIterator[None]:
        """For as long as the service runs."""
        yield
        await self._session.close()


def add_teams(app: web.Application, site: TeamsSite) -> None:
    """Adds Teams' one address, and what runs beside it."""
    app.router.add_post(PATH, site.gate.handle)
    app.cleanup_ctx.append(site.running)
