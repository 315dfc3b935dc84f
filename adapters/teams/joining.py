"""Teams joined to the service, from its settings. No SDK is imported before."""

from adapters.teams.app import TeamsAccess, TeamsParts, TeamsSite, add_teams
from adapters.teams.backends import transport_on
from adapters.teams.session import Session
from bot.case_work import Work
from bot.catalogue import Catalogue
from bot.conversations import Conversations
from bot.own_case import OwnCases
from bot.sealed_lists import SealedLists
from bot.settings import Settings

__all__ = ["add_teams", "teams_access", "teams_site"]


def teams_access(settings: Settings) -> TeamsAccess:
    """What the bot is in its tenant. Only where `settings.uses_teams`."""
    app_id, tenant, secret = settings.teams_app_id, settings.teams_tenant, settings.teams_secret
    assert app_id is not None and tenant is not None and secret is not None
    return TeamsAccess(app_id, secret.get_secret_value(), tenant)


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
