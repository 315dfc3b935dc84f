"""Installing the app into several workspaces, or into an organisation: Bolt's own OAuth flow.

Only the workspaces and organisations that the operator named may install: a stranger's
workspace would otherwise send its people's reports to this company's desk.
"""

import hmac
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from logging import Logger, getLogger
from typing import Any

import aiohttp
import structlog
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.error import BoltError
from slack_bolt.oauth.async_callback_options import (
    AsyncCallbackOptions,
    AsyncFailureArgs,
    AsyncSuccessArgs,
)
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackClientError
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.installation_store.models.installation import Installation
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.api import NOT_AT_HOME, Api
from adapters.slack.homes import App, Grant, InstalledHomes
from adapters.slack.paths import INSTALL_PATH, REDIRECT_PATH
from adapters.slack.places import PLATFORM, Places, workspace
from adapters.slack.surface import scopes
from bot.case_work import Work
from bot.owed_again import Away, owe_again
from bot.ports import Clock, Storage

log = structlog.get_logger()

STATE_FOR = timedelta(minutes=10)
"""How long an administrator may take at Slack's own page."""
AUTHORIZE_URL = "https://slack.com/oauth/v2/authorize"

_REASON = re.compile("[a-z_]{1,40}")

INSTALLED = """Mamori is installed in {name}.

Next: invite the bot into the desk's channel and into each site's channel (/invite @Mamori),
then type: mamori doctor
"""
NO_ANSWER = "Slack did not answer"
NOT_INSTALLED = "Mamori was not installed: {reason}. Begin again at {path}\n"


class States(AsyncOAuthStateStore):
    """Proof that who comes back from Slack is who was sent there: signed, and good once."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def async_issue(self, *_given: Any, **_more: Any) -> str:
        """A new state. Nothing is kept until it comes back."""
        now = int(self._work.clock.now().timestamp())
        text = f"{now}.{self._work.entropy.bytes(16).hex()}"
        return f"{text}.{self._mac(text)}"

    async def async_consume(self, state: str) -> bool:
        """Whether this is a state of ours, not older than ten minutes, that never came before."""
        text, _, mac = state.rpartition(".")
        if not hmac.compare_digest(self._mac(text).encode(), mac.encode("utf-8", "replace")):
            return False
        now = self._work.clock.now()
        if now - datetime.fromtimestamp(int(text.partition(".")[0]), UTC) > STATE_FOR:
            return False
        async with self._work.storage.write() as tx:
            return await tx.inbox.first(self._work.index.mac("slack state", text.encode()), now)

    def _mac(self, text: str) -> str:
        return self._work.index.mac("slack oauth", text.encode("utf-8", "replace")).hex()


class NotAllowed(BoltError):
    """This workspace may not install the app here."""


class Installed(AsyncInstallationStore):
    """Keeps what Bolt's flow brings home, of those who may install."""

    def __init__(self, work: Work, homes: InstalledHomes, allowed: frozenset[str]) -> None:
        self._work, self._homes, self._allowed = work, homes, allowed

    @property
    def logger(self) -> Logger:
        """Bolt's own, which is kept quiet."""
        return getLogger("slack_bolt")

    async def async_save(self, installation: Installation) -> None:
        """Keeps the bot's token. Raises NotAllowed for a workspace that nobody named."""
        wide = bool(installation.is_enterprise_install)
        team = None if wide else installation.team_id
        ids = {installation.enterprise_id, team} - {None}
        if not ids & self._allowed or not installation.bot_token:
            raise NotAllowed(f"{' '.join(sorted(map(str, ids)))} is not in MAMORI_SLACK_WORKSPACES")
        ends = installation.bot_token_expires_at  # by the SDK's clock, as the other one
        seconds = round(ends - installation.installed_at) if ends else None
        await self._homes.keep(
            workspace(installation.enterprise_id, team),
            Grant(installation.bot_token, installation.bot_refresh_token or ""),
            self._work.clock.now() + timedelta(seconds=seconds) if seconds else None,
        )
        log.info("slack_installed", organisation=wide)
        await owe_again(self._work, Away(self._at_home, NOT_AT_HOME))

    async def _at_home(self, address: str) -> bool:
        """Whether an address is Slack's, of a place where the app is installed now."""
        platform, _, channel = address.partition(":")
        place = Places(self._work.company).room(channel)[0]
        return platform == PLATFORM and await self._homes.token(place) is not None


class OAuth:
    """The two pages: one leads to Slack, to the other Slack leads back."""

    def __init__(
        self,
        work: Work,
        api: Api,
        homes: InstalledHomes,
        app: App,
        allowed: frozenset[str],
        public_url: str,
        authorize_url: str = AUTHORIZE_URL,
    ) -> None:
        self._api, self._app = api, app
        self._settings = AsyncOAuthSettings(
            client_id=app.client_id,
            client_secret=app.client_secret,
            scopes=sorted(scopes()),
            redirect_uri=f"{public_url}{REDIRECT_PATH}",
            install_path=INSTALL_PATH,
            redirect_uri_path=REDIRECT_PATH,
            install_page_rendering_enabled=False,
            callback_options=AsyncCallbackOptions(success=_installed, failure=_not_installed),
            authorization_url=authorize_url,
            installation_store=Installed(work, homes, allowed),
            state_store=States(work),
            state_expiration_seconds=int(STATE_FOR.total_seconds()),
        )

    def add_to(self, app: web.Application) -> None:
        """Adds the two pages."""
        app.router.add_get(INSTALL_PATH, self._page(AsyncOAuthFlow.handle_installation))
        app.router.add_get(REDIRECT_PATH, self._page(AsyncOAuthFlow.handle_callback))

    def _page(
        self, handle: Callable[[AsyncOAuthFlow, AsyncBoltRequest], Awaitable[BoltResponse]]
    ) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def page(request: web.Request) -> web.Response:
            client = AsyncWebClient(
                base_url=self._app.base_url, session=self._api.session, retry_handlers=[]
            )
            flow = AsyncOAuthFlow(client=client, settings=self._settings)
            try:
                answer = await handle(flow, await to_bolt_request(request))
            except (SlackClientError, aiohttp.ClientError, TimeoutError) as error:
                log.warning("slack_not_installed", reason=type(error).__name__)
                answer = _said(502, NOT_INSTALLED.format(reason=NO_ANSWER, path=INSTALL_PATH))
            return await to_aiohttp_response(answer)

        return page


def installed_api(storage: Storage, clock: Clock, app: App) -> tuple[Api, InstalledHomes]:
    """The client for every place where the app is installed, and its tokens."""
    homes = InstalledHomes(storage, clock, app, lambda: api.session)
    api = Api(homes, base_url=app.base_url)
    return api, homes


async def _installed(args: AsyncSuccessArgs) -> BoltResponse:
    name = args.installation.team_name or args.installation.enterprise_name or "your workspace"
    return _said(200, INSTALLED.format(name=name))


async def _not_installed(args: AsyncFailureArgs) -> BoltResponse:
    refused = isinstance(args.error, NotAllowed)
    # A reason may come from the address itself: only what looks like one of Slack's is said back.
    named = args.reason if _REASON.fullmatch(args.reason) else "refused"
    reason = str(args.error) if refused else named
    log.warning("slack_not_installed", reason="not_allowed" if refused else "refused")
    status = 403 if refused else max(args.suggested_status_code, 400)
    return _said(status, NOT_INSTALLED.format(reason=reason, path=INSTALL_PATH))


def _said(status: int, text: str) -> BoltResponse:
    return BoltResponse(status=status, body=text, headers={"Content-Type": "text/plain"})
