"""Stands between two Playgrounds and the bot, and is to the bot what the Bot Connector is.

It signs what a Playground sends, which has no token of its own here; gives both one service
address, as a tenant has; brings channels to the managers' Playground and each personal chat to
its own; and adds what Teams says of a member and a Playground leaves out. It notes everything.
"""

import json
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web

from tests.fake_teams.issuer import Issuer

REGION = "emea"


@dataclass
class Wire:
    """One request and its answer."""

    way: str
    """ "in": to the bot; "out": from it."""
    call: str
    sent: Any
    status: int
    answer: Any


@dataclass
class Front:
    """The one Bot Connector of two Playgrounds."""

    issuer: Issuer
    bot: str
    session: aiohttp.ClientSession
    base: str = ""
    homes: dict[str, str] = field(default_factory=dict)
    """Where each conversation lives; channels live at `channels_at`."""
    channels_at: str = ""
    log: list[Wire] = field(default_factory=list)

    @property
    def service_url(self) -> str:
        return f"{self.base}/{REGION}/"

    def app(self) -> web.Application:
        app = web.Application()
        self.issuer.add_to(app)
        app.router.add_post("/in", self._inbound)
        app.router.add_route("*", f"/{REGION}/{{rest:.*}}", self._outbound)
        return app

    async def _inbound(self, request: web.Request) -> web.Response:
        """A Playground's activity, signed and sent on."""
        activity = await request.json()
        conversation = activity["conversation"]["id"]
        if not conversation.startswith("19:"):
            self.homes[conversation] = activity["serviceUrl"].rstrip("/")
        # Whatever the browser speaks, a Playground says en-US.
        return await self.signed({**activity, "serviceUrl": self.service_url, "locale": "ja-JP"})

    async def signed(self, activity: dict[str, Any]) -> web.Response:
        """One activity to the bot, with a token."""
        token = self.issuer.token(self.service_url)
        headers = {"Authorization": f"Bearer {token}"}
        async with self.session.post(self.bot, json=activity, headers=headers) as response:
            body = await response.read()
            self._note(
                "in",
                f"{activity['type']} {activity.get('name', '')}",
                activity,
                response.status,
                body,
            )
            return web.Response(
                status=response.status, body=body, content_type=response.content_type
            )

    async def _outbound(self, request: web.Request) -> web.Response:
        """A call of the bot's, brought to where the conversation lives."""
        if not self.issuer.is_the_bot(request.headers.get("Authorization", "")):
            return web.Response(status=401)
        rest, body = request.match_info["rest"], await request.read()
        home = self._home(rest)
        headers = {"Content-Type": "application/json"}
        async with self.session.request(
            request.method, f"{home}/{rest}", data=body, headers=headers, params=request.query
        ) as response:
            answer = self._as_teams(rest, await response.read())
            self._note(
                "out",
                f"{request.method} {rest}",
                json.loads(body or b"null"),
                response.status,
                answer,
            )
            return web.Response(
                status=response.status, body=answer, content_type="application/json"
            )

    def _home(self, rest: str) -> str:
        parts = rest.split("/")
        conversation = parts[2] if len(parts) > 2 else ""
        return self.homes.get(conversation, self.channels_at)

    def _as_teams(self, rest: str, answer: bytes) -> bytes:
        """A member as Teams names one."""
        if "/members/" not in rest or not answer:
            return answer
        member = json.loads(answer)
        if "id" not in member:
            return answer
        return json.dumps({**member, "tenantId": self.issuer.tenant, "userRole": "user"}).encode()

    def _note(self, way: str, call: str, sent: Any, status: int, answer: bytes) -> None:
        try:
            read = json.loads(answer) if answer else None
        except ValueError:
            read = answer.decode("utf-8", "replace")
        self.log.append(Wire(way, call, sent, status, read))
