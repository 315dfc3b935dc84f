"""What stands in front of everything: size, then the token, then the body, then its shape.

A request that nobody signed costs a read and a look at its header. It is never parsed, nor
answered with more than a status, and whatever a stranger sends is no error of ours. Why it was
turned away is logged as one fixed word, once a minute, however many come.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import structlog
from aiohttp import web

from adapters.raw_bodies import TurnedAway, raw_body
from adapters.teams.inbound import BadShape
from adapters.teams.strict_json import NotJson, parse
from adapters.teams.transport import Activity, Lost, Refused, Reply, Transport, Unsent
from adapters.teams.verifier import Denied, Token, Verifier
from bot.ports import Clock

log = structlog.get_logger()

MAX_BODY_BYTES = 256 * 1024
ONCE_IN = timedelta(minutes=1)
JSON = "application/json"

Handle = Callable[[Activity], Awaitable[Reply]]


class Gate:
    """Lets in what the Bot Connector signed for our app and our tenant."""

    def __init__(
        self, verifier: Verifier, transport: Transport, handle: Handle, clock: Clock
    ) -> None:
        self._verifier, self._transport, self._handle = verifier, transport, handle
        self._clock = clock
        self._said: dict[str, datetime] = {}

    async def handle(self, request: web.Request) -> web.Response:
        """One request, from raw bytes to an answer."""
        try:
            token, activity = await self._verified(request)
            reply = await self._transport.receive(token, activity, self._handle)
        except TurnedAway as away:
            return web.Response(status=away.status)
        except Denied as denied:
            self._say(denied.reason)
            return web.Response(status=401)
        except BadShape:
            return web.Response(status=400)
        except (Refused, Unsent, Lost) as error:
            log.warning("teams_answer_not_sent", error=type(error).__name__)
            return web.Response(status=503)
        except Exception as error:  # noqa: BLE001  no stack trace leaves this service
            log.error("teams_activity_failed", error=type(error).__name__)
            return web.Response(status=503)
        if reply.body is None:
            return web.Response(status=reply.status)
        return web.json_response(reply.body, status=reply.status)

    def _say(self, reason: str) -> None:
        """Why somebody was turned away, for whoever sets this up; a flood is one line a minute."""
        now, before = self._clock.now(), self._said.get(reason)
        if before is None or now - before >= ONCE_IN:
            self._said[reason] = now
            log.warning("teams_denied", reason=reason)

    async def _verified(self, request: web.Request) -> tuple[Token, Activity]:
        body = await raw_body(request, MAX_BODY_BYTES)
        headers = request.headers.getall("Authorization", [])
        if len(headers) != 1:
            raise Denied("no_token")
        token = await self._verifier.token(headers[0])
        if request.content_type != JSON:
            raise TurnedAway(415)
        try:
            activity = parse(body)
        except NotJson as error:
            raise TurnedAway(400) from error
        self._verifier.check(token, activity)
        return token, activity
