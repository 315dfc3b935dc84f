"""The Bot Connector over HTTP, as strict as Teams is, and stricter where Teams is silent."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.fake_teams.card_rules import CARD, BadCard, check_card
from tests.fake_teams.faults import Fault, Faults
from tests.fake_teams.issuer import Issuer
from tests.fake_teams.tenant import Channel, Message, Tenant, User

MESSAGE_BYTES = 100 * 1024
REGION = "emea"
PAGE = 2
"""Small, so that whoever reads only the first page is found out."""

Handler = Callable[[web.Request], Awaitable[web.Response]]


class Refusal(Exception):
    """An error as the Bot Connector words it."""

    def __init__(self, status: int, code: str, retry_after: str | None = None) -> None:
        super().__init__(f"{status} {code}")
        self.status, self.code, self.retry_after = status, code, retry_after

    def response(self) -> web.Response:
        headers = {"Retry-After": self.retry_after} if self.retry_after is not None else {}
        body = {"error": {"code": self.code, "message": f"{self.code} (fake)"}}
        return web.json_response(body, status=self.status, headers=headers)


@dataclass
class Connector:
    """The Bot Connector of one tenant."""

    tenant: Tenant
    issuer: Issuer
    faults: Faults = field(default_factory=Faults)
    calls: list[str] = field(default_factory=list)
    """Every call that arrived, as "POST /v3/conversations"."""
    base: str = ""

    @property
    def service_url(self) -> str:
        return f"{self.base}/{REGION}/"

    def app(self) -> web.Application:
        """Its addresses, with those of its issuer."""
        app = web.Application(client_max_size=4 * MESSAGE_BYTES)
        self.issuer.add_to(app)
        at = f"/{REGION}/v3/conversations"
        for method, path, handler in (
            ("POST", at, self._create),
            ("POST", at + "/{conversation}/activities", self._send),
            ("PUT", at + "/{conversation}/activities/{activity}", self._update),
            ("DELETE", at + "/{conversation}/activities/{activity}", self._delete),
            ("GET", at + "/{conversation}/pagedmembers", self._members),
            ("GET", at + "/{conversation}/members/{member}", self._member),
        ):
            app.router.add_route(method, path, self._guarded(handler))
        return app

    def _guarded(self, handler: Handler) -> Handler:
        async def guarded(request: web.Request) -> web.Response:
            call = f"{request.method} {request.path.removeprefix(f'/{REGION}')}"
            self.calls.append(call)
            fault = self.faults.next(call)
            if fault is not None and not fault.applied:
                return self._fails(request, fault)
            try:
                if not self.issuer.is_the_bot(request.headers.get("Authorization", "")):
                    raise Refusal(401, "Unauthorized")
                response = await handler(request)
            except Refusal as refusal:
                response = refusal.response()
            return response if fault is None else self._fails(request, fault)

        return guarded

    def _fails(self, request: web.Request, fault: Fault) -> web.Response:
        if not fault.status:
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        if fault.html:
            return web.Response(
                status=fault.status, text="<h1>Bad gateway</h1>", content_type="text/html"
            )
        return Refusal(fault.status, fault.code, fault.retry_after).response()

    # --- writing -------------------------------------------------------------------------

    async def _create(self, request: web.Request) -> web.Response:
        given = await _body(request)
        if (given.get("bot") or {}).get("id") != self.tenant.bot:
            raise Refusal(400, "BadSyntax")
        data = given.get("channelData") or {}
        if (data.get("tenant") or {}).get("id") != self.tenant.id:
            raise Refusal(403, "BotNotInConversationRoster")
        if given.get("isGroup"):
            return self._new_thread(data, given)
        return self._new_chat(given)

    def _new_thread(self, data: dict[str, Any], given: dict[str, Any]) -> web.Response:
        channel = self.tenant.channels.get((data.get("channel") or {}).get("id", ""))
        if channel is None:
            raise Refusal(404, "ConversationNotFound")
        self._may_write(channel.id, channel)
        activity = _message(given.get("activity"))
        message = self.tenant.write(channel.id, activity)
        message.conversation = f"{channel.id};messageid={message.id}"
        made = {"id": message.conversation, "activityId": message.id}
        return web.json_response(made, status=201)

    def _new_chat(self, given: dict[str, Any]) -> web.Response:
        members = given.get("members") or []
        user = self.tenant.by_account(str(members[0].get("id"))) if len(members) == 1 else None
        if user is None:
            raise Refusal(400, "BadArgument")
        if not user.installed:
            raise Refusal(403, "BotNotInConversationRoster")
        return web.json_response({"id": self.tenant.chat_of(user)}, status=201)

    async def _send(self, request: web.Request) -> web.Response:
        conversation = request.match_info["conversation"]
        activity = await self._activity(request, conversation)
        message = self.tenant.write(conversation, activity)
        if conversation in self.tenant.channels:
            message.conversation = f"{conversation};messageid={message.id}"
        return web.json_response({"id": message.id}, status=201)

    async def _update(self, request: web.Request) -> web.Response:
        activity = await self._activity(request, request.match_info["conversation"])
        message = self._message(request)
        if activity.get("id") != message.id:
            raise Refusal(400, "BadArgument")
        message.activity, message.edits = activity, message.edits + 1
        return web.json_response({"id": message.id})

    async def _delete(self, request: web.Request) -> web.Response:
        self._message(request).deleted = True
        return web.Response(status=200)

    async def _activity(self, request: web.Request, conversation: str) -> dict[str, Any]:
        channel = self.tenant.channel_of(conversation)
        if channel is None and conversation not in self.tenant.chats:
            raise Refusal(404, "ConversationNotFound")
        self._may_write(conversation, channel)
        activity = await _body(request)
        sender, where = activity.get("from") or {}, activity.get("conversation") or {}
        if sender.get("id") != self.tenant.bot or where.get("id") != conversation:
            raise Refusal(400, "BadSyntax")
        return _message(activity)

    def _message(self, request: web.Request) -> Message:
        given = request.match_info
        found = self.tenant.message(given["conversation"], given["activity"])
        if found is None:
            raise Refusal(404, "ActivityNotFoundInConversation")
        return found

    def _may_write(self, conversation: str, channel: Channel | None) -> None:
        if channel is not None and not channel.bot_is_in:
            raise Refusal(403, "BotNotInConversationRoster")
        if channel is None:
            user = self.tenant.users[self.tenant.chats[conversation]]
            if user.blocked:
                raise Refusal(403, "MessageWritesBlocked")
            if not user.installed:
                raise Refusal(403, "BotNotInConversationRoster")
        wait = self.tenant.wait(conversation)
        if wait is not None:
            raise Refusal(429, "TooManyRequests", f"{wait:.2f}")

    # --- reading -------------------------------------------------------------------------

    async def _members(self, request: web.Request) -> web.Response:
        members = self._present(request)
        start = int(request.query.get("continuationToken") or 0)
        if not 0 < int(request.query.get("pageSize", "0")) <= 500:
            raise Refusal(400, "BadArgument")
        page = [self.member_of(user) for user in members[start : start + PAGE]]
        answer: dict[str, Any] = {"members": page}
        if start + PAGE < len(members):
            answer["continuationToken"] = str(start + PAGE)
        return web.json_response(answer)

    async def _member(self, request: web.Request) -> web.Response:
        asked = request.match_info["member"]
        for user in self._present(request):
            if asked in (user.account(self.tenant.bot), user.entra_id):
                return web.json_response(self.member_of(user))
        raise Refusal(404, "MemberNotFoundInConversation")

    def _present(self, request: web.Request) -> list[User]:
        conversation = request.match_info["conversation"]
        channel = self.tenant.channel_of(conversation)
        if channel is not None and not channel.bot_is_in:
            raise Refusal(403, "BotNotInConversationRoster")
        members = self.tenant.members(conversation)
        if members is None:
            raise Refusal(404, "ConversationNotFound")
        return members

    def member_of(self, user: User) -> dict[str, Any]:
        """A member as Teams names one."""
        return {
            "id": user.account(self.tenant.bot),
            "name": user.name,
            "objectId": user.entra_id,
            "aadObjectId": user.entra_id,
            "tenantId": user.tenant,
            "userRole": user.role,
        }


async def _body(request: web.Request) -> dict[str, Any]:
    if request.content_type != "application/json":
        raise Refusal(415, "UnsupportedMediaType")
    raw = await request.read()
    if len(raw) > MESSAGE_BYTES:
        raise Refusal(413, "MessageSizeTooBig")
    try:
        given = json.loads(raw)
    except ValueError as error:
        raise Refusal(400, "BadSyntax") from error
    if not isinstance(given, dict):
        raise Refusal(400, "BadSyntax")
    return given


def _message(activity: Any) -> dict[str, Any]:
    """A message that Teams takes: one card or a text, and a summary for phones."""
    if not isinstance(activity, dict) or activity.get("type") != "message":
        raise Refusal(400, "BadSyntax")
    attachments = activity.get("attachments") or []
    if not attachments and not activity.get("text"):
        raise Refusal(400, "BadSyntax")
    for attachment in attachments:
        if attachment.get("contentType") != CARD:
            raise Refusal(400, "BadSyntax")
        try:
            check_card(attachment.get("content"))
        except BadCard as bad:
            raise Refusal(400, f"BadCard {bad}") from bad
    if attachments and not activity.get("summary"):
        raise Refusal(400, "BadArgument")
    return activity


@asynccontextmanager
async def serving(app: web.Application) -> AsyncIterator[str]:
    """Serves an application on this machine; gives its address."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def running(connector: Connector) -> AsyncIterator[Connector]:
    """The Bot Connector, for as long as the block lasts."""
    async with serving(connector.app()) as base:
        connector.base = connector.issuer.base = base
        yield connector
