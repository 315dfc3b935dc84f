"""The bot's own token, from Entra: asked for once an hour, without blocking anything else."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

import aiohttp
import structlog

from adapters.teams.session import Session
from adapters.teams.strict_json import NotJson, parse
from adapters.teams.transport import Unsent
from bot.ports import Clock

log = structlog.get_logger()

SCOPE = "https://api.botframework.com/.default"
FETCH_SECONDS = 10.0
EARLY = timedelta(minutes=5)
AFTER_FAILURE = timedelta(seconds=10)


def entra_address(tenant: str) -> str:
    """Where a tenant's apps get their tokens."""
    return f"https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token"


@dataclass(frozen=True)
class Credentials:
    """What Entra knows the bot by."""

    app_id: str
    secret: str
    address: str


class Tokens:
    """Gives the bot's token, a fresh one where it is needed."""

    def __init__(
        self,
        session: Session,
        clock: Clock,
        credentials: Credentials,
        seconds: float = FETCH_SECONDS,
    ) -> None:
        self._session, self._clock = session, clock
        self._credentials, self._seconds = credentials, seconds
        self._token, self._good_until = "", datetime.min.replace(tzinfo=clock.now().tzinfo)
        self._not_before = self._good_until
        self._lock = asyncio.Lock()

    async def bearer(self) -> str:
        """The token. Raises Unsent when there is none to be had."""
        if self._clock.now() < self._good_until:
            return self._token
        async with self._lock:
            now = self._clock.now()
            if now < self._good_until:
                return self._token
            if now < self._not_before:
                raise Unsent
            try:
                async with asyncio.timeout(self._seconds):
                    await self._fetch(now)
            except (aiohttp.ClientError, TimeoutError, NotJson, ValueError) as error:
                self._not_before = now + AFTER_FAILURE
                log.error("teams_token_unavailable", error=type(error).__name__)
                raise Unsent from error
        return self._token

    def forget(self) -> None:
        """The token was refused: the next call asks for another one."""
        self._good_until = self._good_until.min.replace(tzinfo=self._good_until.tzinfo)

    async def _fetch(self, now: datetime) -> None:
        form = {
            "grant_type": "client_credentials",
            "client_id": self._credentials.app_id,
            "client_secret": self._credentials.secret,
            "scope": SCOPE,
        }
        address = self._credentials.address
        async with self._session.request(
            "POST", address, data=form, allow_redirects=False
        ) as response:
            if response.status != 200:
                raise ValueError("refused")
            given = parse(await response.read())
        token, seconds = given.get("access_token"), given.get("expires_in")
        if not isinstance(token, str) or not token or not isinstance(seconds, int):
            raise ValueError("not a token")
        self._token = token
        self._good_until = now + timedelta(seconds=seconds) - EARLY
