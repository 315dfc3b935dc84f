"""What stands in front of Bolt: size, then signature on the raw bytes, then parsing.

An unsigned request costs a read and a hash, and is never parsed, logged or answered with
more than a status. What Slack itself sends is recognised by its shape before Bolt sees it.
"""

import hashlib
import hmac
import re
from urllib.parse import parse_qsl

from aiohttp import web

from adapters.raw_bodies import TurnedAway, raw_body
from adapters.slack.doorman import Doorman
from adapters.slack.shapes import BadShape, Incoming, challenge, read
from bot.ports import Clock

MAX_BODY_BYTES = 320 * 1024
"""A press brings its whole view along: see `blocks.VIEW_BYTES`."""
WINDOW_SECONDS = 300
_STAMP = re.compile(r"[0-9]{1,12}")
_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")
_TYPES = ("application/json", "application/x-www-form-urlencoded")


class Gate:
    """Lets in what Slack signed."""

    def __init__(self, signing_secret: str, clock: Clock, doorman: Doorman) -> None:
        self._secret = signing_secret.encode()
        self._clock = clock
        self._doorman = doorman

    async def handle(self, request: web.Request) -> web.Response:
        """One request, from raw bytes to an answer. Never fails for what a stranger sends."""
        try:
            body = await self._signed_body(request)
            incoming = _parsed(request.content_type, body)
        except TurnedAway as away:
            return web.Response(status=away.status)
        if isinstance(incoming, web.Response):
            return incoming
        key = f"request {request.headers['X-Slack-Signature']}"
        reply = await self._doorman.handle(incoming, key)
        if not reply.body:
            return web.Response(status=reply.status)
        return web.Response(status=reply.status, text=reply.body, content_type="application/json")

    async def _signed_body(self, request: web.Request) -> bytes:
        stamp = _one_header(request, "X-Slack-Request-Timestamp", _STAMP)
        signature = _one_header(request, "X-Slack-Signature", _SIGNATURE)
        if abs(self._clock.now().timestamp() - int(stamp)) > WINDOW_SECONDS:
            raise TurnedAway(401)
        body = await raw_body(request, MAX_BODY_BYTES)
        base = b"v0:" + stamp.encode() + b":" + body
        right = "v0=" + hmac.new(self._secret, base, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(right, signature):
            raise TurnedAway(401)
        return body


def _one_header(request: web.Request, name: str, pattern: re.Pattern[str]) -> str:
    values = request.headers.getall(name, [])
    if len(values) != 1 or not pattern.fullmatch(values[0]):
        raise TurnedAway(401)
    return values[0]


def _parsed(content_type: str, body: bytes) -> Incoming | web.Response:
    if content_type not in _TYPES:
        raise TurnedAway(415)
    try:
        text = body.decode("utf-8")
        if content_type == "application/json":
            asked = challenge(text)
            if asked is not None:
                return web.json_response({"challenge": asked})
            return read(text, None)
        fields = parse_qsl(text, keep_blank_values=True, max_num_fields=100)
        names = [name for name, _ in fields]
        if len(set(names)) != len(names):
            raise BadShape
        if "ssl_check" in names:
            return web.Response()
        return read(text, dict(fields))
    except (BadShape, ValueError) as error:
        raise TurnedAway(400) from error
