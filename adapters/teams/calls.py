"""One call to the Bot Connector, through our own session: its token, its time-out, its failures.

Both SDKs are given this in place of their own HTTP, so that neither follows a redirect,
repeats a call that may have been taken, or waits on the event loop.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp

from adapters.teams.session import Session
from adapters.teams.tokens import Tokens
from adapters.teams.transport import Lost, Refused, Unsent

MAX_BYTES = 2 * 1024 * 1024


@dataclass(frozen=True)
class Answer:
    """An answer that is no refusal, with its whole body."""

    status: int
    reason: str
    headers: Mapping[str, str]
    body: bytes


class Calls:
    """Makes calls in the bot's name."""

    def __init__(self, session: Session, tokens: Tokens) -> None:
        self._session, self._tokens = session, tokens

    async def make(
        self, method: str, url: str, headers: Mapping[str, str], **content: Any
    ) -> Answer:
        """One call. Raises Refused, Unsent or Lost."""
        token = await self._tokens.bearer()
        signed = {**headers, "Authorization": f"Bearer {token}"}
        try:
            async with self._session.request(
                method, url, headers=signed, allow_redirects=False, **content
            ) as response:
                body = await response.content.read(MAX_BYTES)
                while not response.content.at_eof() and len(body) < MAX_BYTES:
                    body += await response.content.read(MAX_BYTES)
        except aiohttp.ClientConnectorError as error:
            raise Unsent from error
        except (aiohttp.ClientError, TimeoutError) as error:
            raise Lost from error
        if response.status == 401:
            self._tokens.forget()
        if response.status >= 300:
            raise _refused(response, body)
        return Answer(response.status, response.reason or "", response.headers, body)


def _refused(response: aiohttp.ClientResponse, body: bytes) -> Refused:
    """The status, Teams' own word for it, and when to come back; nothing of any text."""
    try:
        error = json.loads(body).get("error") or {}
        code = str(error.get("code") or "")
    except (ValueError, AttributeError, RecursionError):
        code = ""
    try:
        wait = float(response.headers.get("Retry-After", ""))
    except ValueError:
        wait = None
    right = code.isascii() and code.isalnum() and len(code) <= 60
    return Refused(response.status, code if right else "", wait)
