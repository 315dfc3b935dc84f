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

from tests.fake_teams.client import Answered
from tests.fake_teams.issuer import Issuer
from tests.fake_teams.tenant import Message

REGION = "emea"
NOBODY = "a:nobody-"


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
    """Where each chat and each channel lives."""
    elsewhere: str = ""
    """Where everything else does."""
    log: list[Wire] = field(default_factory=list)
    numbers: int = 0

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

    async def deliver(self, activity: dict[str, Any]) -> Answered:
        """What Teams would send for somebody whose client cannot."""
        response = await self.signed(activity)
        assert isinstance(response.body, bytes)
        return Answered(response.status, json.loads(response.body or b"null"))

    def next_id(self) -> str:
        self.numbers += 1
        return f"f:{self.numbers}"

    def written(self, conversation: str) -> list[Message]:
        """What the bot wrote into a conversation."""
        path = f"POST v3/conversations/{conversation}/activities"
        return [
            Message(one.answer["id"], conversation, one.sent)
            for one in self.log
            if one.call == path and one.status < 400
        ]

    def threads(self) -> list[Message]:
        """What the bot wrote into channels, each in a thread of its own."""
        return [
            Message(one.answer["activityId"], one.answer["id"], one.sent["activity"])
            for one in self.log
            if one.call == "POST v3/conversations" and "activity" in (one.sent or {})
        ]

    async def _outbound(self, request: web.Request) -> web.Response:
        """A call of the bot's, brought to where the conversation lives."""
        if not self.issuer.is_the_bot(request.headers.get("Authorization", "")):
            return web.Response(status=401)
        rest, body = request.match_info["rest"], await request.read()
        if (taken := self._taken_for_nobody(rest, body)) is not None:
            self._note("out", f"{request.method} {rest}", json.loads(body or b"null"), 201, taken)
            return web.Response(status=201, body=taken, content_type="application/json")
        home = self._home(rest, body)
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

    def _taken_for_nobody(self, rest: str, body: bytes) -> bytes | None:
        """The answer to a message for somebody whom no Playground stands for: it is taken."""
        parts = rest.split("/")
        if len(parts) > 2:
            return b'{"id": "1"}' if parts[2].startswith(NOBODY) else None
        members = json.loads(body or b"{}").get("members") or []
        return json.dumps({"id": NOBODY + str(members[0]["id"])}).encode() if members else None

    def _home(self, rest: str, body: bytes) -> str:
        """Where a call goes: to its conversation, or to where a new one is to be."""
        parts = rest.split("/")
        conversation = parts[2] if len(parts) > 2 else _channel_in(body)
        return self.homes.get(conversation.partition(";")[0], self.elsewhere)

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


def _channel_in(body: bytes) -> str:
    """The channel that a new thread is for; "" for a chat."""
    data = json.loads(body or b"{}").get("channelData") or {}
    return str((data.get("channel") or {}).get("id", ""))
