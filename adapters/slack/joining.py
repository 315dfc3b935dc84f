"""Joins the parts of the Slack adapter, as the settings say."""

from adapters.slack.api import SLACK_API, Api
from adapters.slack.app import SlackParts, SlackSite
from adapters.slack.doctor import examine
from adapters.slack.homes import App, InstalledHomes, only
from adapters.slack.oauth import OAuth, installed_api
from bot.bell import Bell
from bot.case_work import Work
from bot.catalogue import Catalogue
from bot.company import Company
from bot.conversations import Conversations
from bot.findings import Finding
from bot.own_case import OwnCases
from bot.ports import Clock, Storage
from bot.sealed_lists import SealedLists
from bot.settings import Settings


def slack_site(
    settings: Settings, work: Work, lists: SealedLists, catalogue: Catalogue, bell: Bell
) -> SlackSite:
    """Everything of Slack that a service runs. Only where `settings.uses_slack`."""
    api, homes = slack_api(settings, work.storage, work.clock)
    secret, app_token = settings.slack_signing_secret, settings.slack_app_token
    return SlackSite(
        SlackParts(
            work=work,
            conversations=Conversations(work, lists),
            own_cases=OwnCases(work, lists),
            catalogue=catalogue,
            api=api,
            bell=bell,
            web_url=settings.public_url,
            signing_secret=secret.get_secret_value() if secret else None,
            app_token=app_token.get_secret_value() if app_token else None,
            oauth=_oauth(settings, work, api, homes) if homes else None,
        )
    )


def slack_api(
    settings: Settings, storage: Storage, clock: Clock
) -> tuple[Api, InstalledHomes | None]:
    """Slack's Web API with the tokens there are, and where they come from by installation."""
    if settings.slack_bot_token is not None:
        return Api(only(settings.slack_bot_token.get_secret_value())), None
    return installed_api(storage, clock, _app(settings))


async def examine_slack(
    settings: Settings, storage: Storage, company: Company, clock: Clock
) -> list[Finding]:
    """What is wrong with Slack's side. Only where `settings.uses_slack`."""
    api, _ = slack_api(settings, storage, clock)
    try:
        return await examine(api, company, clock.now())
    finally:
        await api.close()


def _oauth(settings: Settings, work: Work, api: Api, homes: InstalledHomes) -> OAuth:
    allowed = frozenset(each.strip() for each in settings.slack_workspaces.split(","))
    return OAuth(work, api, homes, _app(settings), allowed, settings.public_url)


def _app(settings: Settings) -> App:
    secret = settings.slack_client_secret
    assert settings.slack_client_id is not None and secret is not None
    return App(settings.slack_client_id, secret.get_secret_value(), SLACK_API)
