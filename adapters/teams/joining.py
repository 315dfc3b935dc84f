"""Teams joined to the service, from its settings. No SDK is imported before."""

from adapters.teams.app import TeamsAccess, TeamsParts, TeamsSite, add_teams
from adapters.teams.backends import transport_on
from adapters.teams.doctor import examine
from adapters.teams.session import Session
from adapters.teams.signing_keys import SigningKeys
from adapters.teams.tokens import Credentials, Tokens, entra_address
from adapters.teams.transport import Place
from bot.case_work import Work
from bot.catalogue import Catalogue
from bot.company import Company
from bot.conversations import Conversations
from bot.findings import Finding
from bot.own_case import OwnCases
from bot.ports import Clock
from bot.sealed_lists import SealedLists
from bot.settings import Settings

__all__ = ["add_teams", "examine_teams", "teams_access", "teams_site"]


def teams_access(settings: Settings) -> TeamsAccess:
    """What the bot is in its tenant. Only where `settings.uses_teams`."""
    app_id, tenant, secret = settings.teams_app_id, settings.teams_tenant, settings.teams_secret
    assert app_id is not None and tenant is not None and secret is not None
    return TeamsAccess(app_id, secret.get_secret_value(), tenant)


async def examine_teams(settings: Settings, company: Company, clock: Clock) -> list[Finding]:
    """What is wrong with Teams' side. Only where `settings.uses_teams`."""
    access, session = teams_access(settings), Session()
    address = entra_address(access.tenant)
    tokens = Tokens(session, clock, Credentials(access.app_id, access.secret, address))
    transport = transport_on(settings.teams_backend)(session, tokens, access.app_id)
    place = Place(access.public, "", f"28:{access.app_id}", access.tenant)
    try:
        keys = SigningKeys(session, clock, access.metadata)
        return await examine(company, tokens, keys, transport, place)
    finally:
        await session.close()


def teams_site(
    settings: Settings, work: Work, lists: SealedLists, catalogue: Catalogue
) -> TeamsSite:
    """Everything of Teams that this service runs. Only where `settings.uses_teams`."""
    return TeamsSite(
        TeamsParts(
            work=work,
            conversations=Conversations(work, lists),
            own_cases=OwnCases(work, lists),
            catalogue=catalogue,
            access=teams_access(settings),
            public_url=settings.public_url,
            session=Session(),
            make_transport=transport_on(settings.teams_backend),
        )
    )
