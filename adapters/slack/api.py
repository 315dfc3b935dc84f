"""Calls to Slack's Web API, and what became of each, as a value.

The SDK's own retries are off: whoever owes something repeats it, and nobody else.
"""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.homes import Homes
from adapters.slack.surface import READS, WRITES

SLACK_API = "https://slack.com/api/"
CALL_SECONDS = 8.0
CONNECT_SECONDS = 3.0
DEFAULT_WAIT_SECONDS = 30.0
LONGEST_WAIT_SECONDS = 3600.0
"""A Retry-After beyond this is taken for this: nothing waits longer on one header."""
UNSENT_SECONDS = 5.0


@dataclass(frozen=True)
class Done:
    """Slack did it, and said this."""

    data: Mapping[str, Any]


@dataclass(frozen=True)
class Slow:
    """Slack certainly did nothing, and wants to be asked again after this long."""

    seconds: float


@dataclass(frozen=True)
class Lost:
    """It may have been done: the answer never came, or cannot be read."""


@dataclass(frozen=True)
class No:
    """Slack did nothing and says why, in its own fixed words."""

    error: str


Answer = Done | Slow | Lost | No

_MAY_HAVE_WORKED = frozenset(
    {"fatal_error", "internal_error", "request_timeout", "service_unavailable"}
)
_LATER = frozenset({"ratelimited", "rate_limited", "team_added_to_org", "accesslimited"})

_NO_TOKEN = frozenset({"account_inactive", "invalid_auth", "token_expired", "token_revoked"})
"""The token that was used is none any more; another process may have a newer one."""
NOT_INSTALLED = "not_installed"
NOT_AT_HOME = _NO_TOKEN | {NOT_INSTALLED}
"""The app was not installed there, or not any more."""


@dataclass
class Api:
    """One client for every workspace, over one HTTP session."""

    homes: Homes
    base_url: str = SLACK_API
    call_seconds: float = CALL_SECONDS
    scopes: dict[str, frozenset[str]] = field(default_factory=dict)
    """What each workspace granted, as its answers say."""
    dates: dict[str, datetime] = field(default_factory=dict)
    """What the clock of Slack's servers said with the newest answer."""
    _session: aiohttp.ClientSession | None = None

    @property
    def session(self) -> aiohttp.ClientSession:
        """The shared HTTP session; made on first use, inside the loop."""
        if self._session is None:
            timeout = aiohttp.ClientTimeout(total=self.call_seconds, connect=CONNECT_SECONDS)
            self._session = aiohttp.ClientSession(timeout=timeout)
        return self._session

    async def close(self) -> None:
        """Closes the shared session."""
        if self._session is not None:
            await self._session.close()

    async def call(self, team: str, method: str, **given: Any) -> Answer:
        """Calls a method for a workspace. Never raises for what Slack or the net does."""
        token = await self.homes.token(team)
        if token is None:
            return No(NOT_INSTALLED)
        answer = await self._call(token, team, method, given)
        if isinstance(answer, No) and answer.error in _NO_TOKEN:
            self.homes.forget()
            newer = await self.homes.token(team)
            if newer is not None and newer != token:
                return await self._call(newer, team, method, given)
        return answer

    async def _call(self, token: str, team: str, method: str, given: dict[str, Any]) -> Answer:
        client = AsyncWebClient(
            token, base_url=self.base_url, session=self.session, retry_handlers=[]
        )
        assert method in WRITES or method in READS
        try:
            if method in WRITES:
                response = await client.api_call(method, json=given)
            else:  # the ones that look take a form and no JSON
                response = await client.api_call(method, data=given)
        except SlackApiError as error:
            return self._refused(team, error.response)
        except aiohttp.ClientConnectorError:
            return Slow(UNSENT_SECONDS)
        except (aiohttp.ClientError, TimeoutError, SlackClientError, ValueError):
            return Lost()
        self._note(team, response.headers)
        return Done(response.data if isinstance(response.data, dict) else {})

    def _refused(self, team: str, response: Any) -> Answer:
        status = getattr(response, "status_code", None) or getattr(response, "status", 0)
        headers = getattr(response, "headers", {}) or {}
        self._note(team, headers)
        data = getattr(response, "data", None)
        error = data.get("error") if isinstance(data, dict) else None
        if status == 429 or error in _LATER:
            return Slow(_wait(headers))
        if status != 200 or not isinstance(error, str) or error in _MAY_HAVE_WORKED:
            return Lost()
        return No(error)

    def _note(self, team: str, headers: Mapping[str, str]) -> None:
        granted = headers.get("x-oauth-scopes")
        if granted:
            self.scopes[team] = frozenset(scope.strip() for scope in granted.split(","))
        with contextlib.suppress(ValueError):
            self.dates[team] = parsedate_to_datetime(headers.get("Date", ""))


def _wait(headers: Mapping[str, str]) -> float:
    """Seconds to wait. A header that is missing or cannot be read means the usual wait."""
    text = headers.get("Retry-After", "")
    seconds = float(text) if text.isascii() and text.isdigit() else DEFAULT_WAIT_SECONDS
    return min(max(seconds, 1.0), LONGEST_WAIT_SECONDS)
