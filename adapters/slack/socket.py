"""Socket Mode: the same requests over a connection that this service opens itself.

For whoever cannot be reached from outside. Slack has authenticated the connection; shape and
"only once" are checked as for any other request.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable

import structlog
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.doorman import Doorman
from adapters.slack.shapes import BadShape, from_socket

log = structlog.get_logger()

TRY_AGAIN_SECONDS = 10.0


class SocketLink:
    """One connection to Slack, opened again whenever it ends."""

    def __init__(self, app_token: str, base_url: str, doorman: Doorman) -> None:
        self._app_token, self._base_url, self._doorman = app_token, base_url, doorman

    async def run(self, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        """Listens until it is cancelled."""
        client = SocketModeClient(
            app_token=self._app_token,
            logger=logging.getLogger("slack_sdk.socket_mode"),
            web_client=AsyncWebClient(base_url=self._base_url, retry_handlers=[]),
        )
        client.socket_mode_request_listeners.append(self.heard)
        try:
            while not await self._connects(client):
                await sleep(TRY_AGAIN_SECONDS)
            await asyncio.Event().wait()  # the client opens the connection again by itself
        finally:
            await client.close()  # type: ignore[no-untyped-call]  # the SDK's own

    async def _connects(self, client: SocketModeClient) -> bool:
        try:
            await client.connect()  # type: ignore[no-untyped-call]  # the SDK's own
        except Exception as error:  # noqa: BLE001  whatever it was, the next try may work
            log.error("slack_socket_failed", error=type(error).__name__)
            return False
        return True

    async def heard(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        """One envelope. What came to nothing is not acknowledged, so that Slack sends it again."""
        try:
            incoming = from_socket(request.type, request.payload)
        except BadShape:
            log.warning("slack_envelope_unknown")
            await client.send_socket_mode_response(SocketModeResponse(request.envelope_id))
            return
        reply = await self._doorman.handle(incoming, f"envelope {request.envelope_id}")
        if reply.status < 500:
            payload = json.loads(reply.body) if reply.body else None
            answer = SocketModeResponse(request.envelope_id, payload=payload)
            await client.send_socket_mode_response(answer)
