"""The HTTP side: api.slack.com and hooks.slack.com in one server, and signed requests out."""

import asyncio
import hashlib
import hmac
import json
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Any, Self
from urllib.parse import urlencode

from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer

from tests.fake_slack import block_kit
from tests.fake_slack.arguments import arguments
from tests.fake_slack.faults import Fault, Kind
from tests.fake_slack.installing import Installing
from tests.fake_slack.methods import METHODS, Known, needed
from tests.fake_slack.socket import Sockets
from tests.fake_slack.workspace import Refused, Workspace

ALL_SCOPES = frozenset(
    {
        *("chat:write", "commands", "users:read", "im:write", "im:read", "im:history"),
        *("channels:read", "groups:read", "channels:history", "groups:history"),
    }
)
WRITES = ("chat.", "views.")
MINUTE = 60.0


@dataclass
class Call:
    """One call of the app, and what came of it."""

    method: str
    given: dict[str, Any]
    at: float
    error: str | None = None

    @property
    def writes(self) -> bool:
        """Whether it changes what somebody sees."""
        return self.method.startswith(WRITES)


@dataclass
class Hook:
    """A response_url: who pressed which message where, when, and how often it was used."""

    space: Workspace
    channel: str
    user: str
    ts: str
    born: float
    used: int = 0


@dataclass
class Reply:
    """What the app answered to a request of Slack's."""

    status: int
    text: str
    headers: dict[str, str] = field(default_factory=dict)

    def json(self) -> dict[str, Any]:
        """The answer as an object; an empty one is an empty object."""
        return json.loads(self.text) if self.text.strip() else {}


class FakeSlack:
    """A Slack on a port of this machine, with one workspace."""

    def __init__(
        self,
        now: Callable[[], float],
        *,
        token: str = "xoxb-test",
        signing_secret: str = "signing-secret",
        scopes: frozenset[str] = ALL_SCOPES,
        team: str = "T0HINATA",
    ) -> None:
        self.now, self.token, self.signing_secret = now, token, signing_secret
        self.scopes = set(scopes)
        self.space = Workspace(now, team)
        self.oauth = Installing(now)
        """Further workspaces and organisations, and what installing the app there hands out."""
        self.calls: list[Call] = []
        self.responses: list[dict[str, Any]] = []
        """What was posted to response_url."""
        self.faults: list[Fault] = []
        self.enforces_rates = True
        self.app_url = ""
        self.app_token = "xapp-test"
        self.sockets = Sockets()
        self.uses_sockets = False
        """Requests go to the app over its own connection instead of its address."""
        self.revoked = False
        self.delivered: list[tuple[bytes, dict[str, str]]] = []
        """Every request sent to the app, so that a test can send one again."""
        self._paces: defaultdict[str, deque[float]] = defaultdict(deque)
        self._last_post: dict[str, float] = {}
        self._hooks: dict[str, Hook] = {}
        self._gone = asyncio.Event()
        self._server: TestServer | None = None
        self._session: ClientSession | None = None

    # --- running ------------------------------------------------------------------------------

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_route("*", "/api/{method}", self._called)
        app.router.add_post("/hooks/{name}", self._hooked)
        app.router.add_get("/socket", self.sockets.serve)
        self._server = TestServer(app)
        await self._server.start_server()
        self._session = ClientSession()
        return self

    async def __aexit__(self, *error: object) -> None:
        self._gone.set()
        assert self._session is not None and self._server is not None
        await self._session.close()
        await self._server.close()

    @property
    def api_url(self) -> str:
        """Where the Web API is, with the slash at its end."""
        return self.base + "/api/"

    @property
    def base(self) -> str:
        """The server's own address."""
        assert self._server is not None
        return str(self._server.make_url("")).rstrip("/")

    # --- what the app calls ---------------------------------------------------------------------

    async def _called(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["method"]
        given, token = await arguments(request)
        call = Call(name, given, self.now())
        self.calls.append(call)
        fault = next((f for f in self.faults if f.hits(name)), None)
        if fault is not None and fault.kind in (Kind.DROPPED_AFTER, Kind.SILENT_AFTER):
            self._answered(name, call, token)
        if fault is not None:
            return await self._faulty(request, fault, call)
        status, answer, headers = self._answered(name, call, token)
        told = {
            "x-oauth-scopes": ",".join(sorted(self.scopes)),
            "Date": formatdate(self.now(), usegmt=True),
        }
        return web.json_response(answer, status=status, headers={**headers, **told})

    def _answered(
        self, name: str, call: Call, token: str
    ) -> tuple[int, dict[str, Any], dict[str, str]]:
        try:
            known = self._allowed(name, token, call.given)
            wait = self._wait(name, known, call.given) if self.enforces_rates else 0
            if wait > 0:
                call.error = "ratelimited"
                headers = {"Retry-After": str(max(1, round(wait + 0.499)))}
                return 429, {"ok": False, "error": "ratelimited"}, headers
            answer = known.run(self.oauth.space_of(token, call.given) or self.space, call.given)
        except Refused as refused:
            call.error = refused.error
            return 200, {"ok": False, "error": refused.error, **refused.more}, {}
        return 200, {"ok": True, **answer}, {}

    def _allowed(self, name: str, token: str, given: dict[str, Any]) -> Known:
        known = METHODS.get(name)
        if known is None and name not in ("apps.connections.open", "oauth.v2.access"):
            raise Refused("unknown_method")
        if not token:
            raise Refused("not_authed")
        if name == "apps.connections.open":
            if token != self.app_token:
                raise Refused("invalid_auth")
            url = self.base.replace("http://", "ws://") + "/socket"
            return Known(lambda _space, _given: {"url": url}, (), 100)
        if self.revoked:
            raise Refused("token_revoked")
        if name == "oauth.v2.access":
            return Known(lambda _space, _given: self.oauth.access(token, given), (), 100)
        if known is None or (token != self.token and not self.oauth.knows(token)):
            raise Refused("invalid_auth")
        scopes = needed(self.oauth.space_of(token, given) or self.space, known, given)
        if scopes and not self.scopes & set(scopes):
            raise Refused("missing_scope", needed=scopes[0])
        return known

    def _wait(self, name: str, known: Known, given: dict[str, Any]) -> float:
        """How long this call comes too early. A call that is let through takes its place."""
        now, channel = self.now(), str(given.get("channel"))
        if name == "chat.postMessage":
            early = self._last_post.get(channel, -MINUTE) + 1.0 - now
            if early > 0:
                return early
        taken = self._paces[name]
        while taken and taken[0] <= now - MINUTE:
            taken.popleft()
        if len(taken) >= known.a_minute:
            return taken[0] + MINUTE - now
        taken.append(now)
        if name == "chat.postMessage":
            self._last_post[channel] = now
        return 0

    async def _faulty(self, request: web.Request, fault: Fault, call: Call) -> web.StreamResponse:
        call.error = call.error or fault.kind.value
        if fault.kind is Kind.THROTTLED:
            headers = {} if fault.retry_after is None else {"Retry-After": fault.retry_after}
            return web.json_response(
                {"ok": False, "error": "ratelimited"}, status=429, headers=headers
            )
        if fault.kind is Kind.ERROR:
            call.error = fault.error
            return web.json_response({"ok": False, "error": fault.error})
        if fault.kind in (Kind.STATUS, Kind.HTML):
            status = fault.status if fault.kind is Kind.STATUS else 200
            return web.Response(text="<h1>oh</h1>", content_type="text/html", status=status)
        if fault.kind in (Kind.SILENT_BEFORE, Kind.SILENT_AFTER):
            await self._gone.wait()
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    # --- response_url -----------------------------------------------------------------------------

    def hook(self, channel: str, user: str, ts: str = "", space: Workspace | None = None) -> str:
        """A response_url: good five times within thirty minutes. `ts`: of the pressed message."""
        name = f"{self.space.number():012d}"
        self._hooks[name] = Hook(space or self.space, channel, user, ts, self.now())
        return f"{self.base}/hooks/{name}"

    async def _hooked(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        if name not in self._hooks:
            return web.Response(status=404, text="invalid_url")
        hook = self._hooks[name]
        if hook.used >= 5 or self.now() - hook.born > 30 * MINUTE:
            return web.Response(status=404, text="expired_url")
        hook.used += 1
        fault = next((f for f in self.faults if f.hits("response_url")), None)
        if fault is not None and fault.kind is not Kind.DROPPED_AFTER:
            return await self._faulty(request, fault, Call("response_url", {}, self.now()))
        body = await request.json()
        if body.get("blocks") and block_kit.in_message(body["blocks"]):
            return web.Response(status=400, text="invalid_blocks")
        self.responses.append(body)
        if body.get("replace_original"):
            await self._replace(hook, body)
        elif body.get("response_type", "ephemeral") == "ephemeral":
            hook.space.ephemeral.append((hook.channel, hook.user, body.get("text", "")))
        if fault is not None:
            return await self._faulty(request, fault, Call("response_url", {}, self.now()))
        return web.Response(text="ok")

    async def _replace(self, hook: Hook, body: dict[str, Any]) -> None:
        """Something else stands where the pressed message stood."""
        hook.space.replace(hook.channel, hook.ts, body["text"], body.get("blocks", []))

    # --- what the app is sent ---------------------------------------------------------------------

    async def sends_form(self, payload: dict[str, Any]) -> Reply:
        """An interaction."""
        if self.uses_sockets:
            return await self._over_socket("interactive", payload)
        body = urlencode({"payload": json.dumps(payload)}).encode()
        return await self.sends(body, "application/x-www-form-urlencoded")

    async def sends_fields(self, fields: dict[str, str]) -> Reply:
        """A slash command."""
        if self.uses_sockets:
            return await self._over_socket("slash_commands", fields)
        return await self.sends(urlencode(fields).encode(), "application/x-www-form-urlencoded")

    async def sends_json(self, body: dict[str, Any], **headers: str) -> Reply:
        """An event."""
        if self.uses_sockets:
            return await self._over_socket("events_api", body)
        return await self.sends(json.dumps(body).encode(), "application/json", **headers)

    async def _over_socket(self, kind: str, payload: dict[str, Any]) -> Reply:
        answer = await self.sockets.delivers(kind, payload)
        return Reply(200, json.dumps(answer) if answer else "")

    async def sends(self, body: bytes, content_type: str, **more: str) -> Reply:
        """Anything, signed as Slack signs it."""
        headers = {"Content-Type": content_type, **self.signature(body), **more}
        return await self.posts(body, headers)

    def signature(self, body: bytes, at: float | None = None) -> dict[str, str]:
        """The two headers of a signed request."""
        stamp = str(int(self.now() if at is None else at))
        base = b"v0:" + stamp.encode() + b":" + body
        code = hmac.new(self.signing_secret.encode(), base, hashlib.sha256).hexdigest()
        return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={code}"}

    async def posts(self, body: bytes, headers: dict[str, str]) -> Reply:
        """A request as it is."""
        assert self._session is not None
        self.delivered.append((body, headers))
        async with self._session.post(
            self.app_url, data=body, headers=headers, allow_redirects=False
        ) as response:
            return Reply(response.status, await response.text(), dict(response.headers))
