"""The transport on botbuilder-core 4.17.1: the only file that imports it.

What of the SDK is used: its turn (`process_activity`) and its Connector operations. What is
not, and why: `CloudAdapter.process`, which fails for every invoke that answers something; its
own check of tokens, which is not strict and blocks the event loop while it fetches keys; its
credentials, which ask Entra for a token on every turn, on the event loop; and `requests`,
which opens a connection for each call and takes a thread. Calls go out through the same
session as everything else of this adapter, with its time-outs and without redirects or
retries.
"""

import json
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any

from botbuilder.core import TurnContext
from botbuilder.core.cloud_adapter_base import CloudAdapterBase
from botbuilder.schema import Activity as SdkActivity
from botbuilder.schema import ChannelAccount, ConversationParameters
from botframework.connector.aio import ConnectorClient
from botframework.connector.aiohttp_bf_pipeline import AsyncBfPipeline
from botframework.connector.auth import (
    BotFrameworkAuthentication,
    ClaimsIdentity,
    ConnectorFactory,
)
from botframework.connector.auth.authenticate_request_result import AuthenticateRequestResult
from botframework.connector.bot_framework_sdk_client_async import (
    BotFrameworkConnectorConfiguration,
)
from msrest.pipeline import AsyncHTTPSender, Request, Response, SansIOHTTPPolicy
from msrest.universal_http import HTTPClientResponse
from msrest.universal_http.requests import ClientRetryPolicy

from adapters.teams.calls import Answer, Calls
from adapters.teams.session import Session
from adapters.teams.tokens import Tokens
from adapters.teams.transport import (
    Activity,
    Handle,
    Lost,
    Place,
    Posted,
    Refused,
    Reply,
)
from adapters.teams.verifier import CHANNEL, Token

# The SDK looks 999 numbers up in this list twice a turn; in a set that costs nothing.
ClientRetryPolicy.safe_codes = frozenset(ClientRetryPolicy.safe_codes)

CLIENTS = 16
"""Addresses of the Bot Connector that are kept open; a tenant has one or two."""
PAGE, PAGES = 500, 50


class BotbuilderTransport:
    """The transport, on botbuilder."""

    def __init__(self, session: Session, tokens: Tokens, app_id: str) -> None:
        self._connectors = _Connectors(Calls(session, tokens))
        self._adapter = _Adapter(_Verified())
        self._app_id = app_id

    async def receive(self, token: Token, activity: Activity, handle: Handle) -> Reply:
        """A turn of the SDK's, around our own handler."""
        replies: list[Reply] = []

        async def logic(_context: TurnContext) -> None:
            replies.append(await handle(activity))

        verified = AuthenticateRequestResult()
        verified.audience = self._app_id
        verified.claims_identity = ClaimsIdentity(dict(token.claims), True)
        verified.connector_factory = self._connectors
        await self._adapter.process_activity(verified, _envelope(activity), logic)
        return replies[0]

    async def send(self, place: Place, activity: Activity) -> str:
        """Writes to a conversation."""
        sent = await self._client(place).conversations.send_to_conversation(
            place.conversation, _outgoing(place, activity)
        )
        return _id_of(sent)

    async def update(self, place: Place, activity_id: str, activity: Activity) -> None:
        """Puts something in the place of a message."""
        changed = _outgoing(place, activity)
        changed.id = activity_id
        await self._client(place).conversations.update_activity(
            place.conversation, activity_id, changed
        )

    async def post(self, place: Place, activity: Activity) -> Posted:
        """Starts a thread in a channel."""
        channel = {"channel": {"id": place.conversation}, "tenant": {"id": place.tenant}}
        made = await self._client(place).conversations.create_conversation(
            ConversationParameters(
                is_group=True,
                bot=ChannelAccount(id=place.bot),
                channel_data=channel,
                activity=SdkActivity().deserialize(dict(activity)),
                tenant_id=place.tenant,
            )
        )
        if made is None or not made.id or not made.activity_id:
            raise Lost
        return Posted(made.id, made.activity_id)

    async def open_personal(self, place: Place, account: str) -> str:
        """The chat with one account."""
        made = await self._client(place).conversations.create_conversation(
            ConversationParameters(
                is_group=False,
                bot=ChannelAccount(id=place.bot),
                members=[ChannelAccount(id=account)],
                channel_data={"tenant": {"id": place.tenant}},
                tenant_id=place.tenant,
            )
        )
        return _id_of(made)

    async def member(self, place: Place, account: str) -> Mapping[str, Any] | None:
        """A present member; the answer as it came, since the SDK's model drops half of it."""
        try:
            raw = await self._client(place).conversations.get_conversation_member(
                place.conversation, account, raw=True
            )
        except Refused as refused:
            if refused.status == 404:
                return None
            raise
        found = _json(raw.response)
        return found if isinstance(found, dict) else None

    async def members(self, place: Place) -> Sequence[Mapping[str, Any]]:
        """Every present member, page by page."""
        found: list[Mapping[str, Any]] = []
        following: str | None = None
        for _ in range(PAGES):
            raw = await self._client(place).conversations.get_conversation_paged_members(
                place.conversation, PAGE, following, raw=True
            )
            page = _json(raw.response)
            if not isinstance(page, dict) or not isinstance(page.get("members"), list):
                raise Lost
            found += [one for one in page["members"] if isinstance(one, dict)]
            following = page.get("continuationToken")
            if not following:
                return found
        raise Lost

    def _client(self, place: Place) -> ConnectorClient:
        return self._connectors.client(place.service_url)


def _envelope(activity: Activity) -> SdkActivity:
    """What the SDK's turn needs of an activity; the handler gets all of it, as it came."""
    names = ("type", "id", "name", "channelId", "serviceUrl")
    plain = {name: activity[name] for name in names if isinstance(activity.get(name), str)}
    return SdkActivity().deserialize(plain)


def _outgoing(place: Place, activity: Activity) -> SdkActivity:
    return SdkActivity().deserialize(
        {
            **activity,
            "channelId": CHANNEL,
            "serviceUrl": place.service_url,
            "from": {"id": place.bot},
            "conversation": {"id": place.conversation, "tenantId": place.tenant},
        }
    )


def _id_of(made: Any) -> str:
    """The id in an answer. Without one it may stand there, but nobody knows as what."""
    if made is None or not isinstance(made.id, str) or not made.id:
        raise Lost
    return made.id


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError as error:
        raise Lost from error


class _Adapter(CloudAdapterBase):
    """The SDK's turn, and nothing of its HTTP."""


class _Verified(BotFrameworkAuthentication):
    """In place of the SDK's own check: our verifier has let the request in before."""

    async def authenticate_request(self, activity: Any, auth_header: str) -> Any:
        raise PermissionError

    async def authenticate_streaming_request(self, auth_header: str, channel_id: str) -> Any:
        raise PermissionError

    def create_connector_factory(self, claims_identity: Any) -> Any:
        raise PermissionError

    async def create_user_token_client(self, claims_identity: Any) -> None:
        """None: nobody signs in through this bot."""


class _Connectors(ConnectorFactory):
    """The SDK's clients by address, all on one session."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._clients: OrderedDict[str, ConnectorClient] = OrderedDict()

    async def create(self, service_url: str, audience: str) -> ConnectorClient:
        return self.client(service_url)

    def client(self, service_url: str) -> ConnectorClient:
        """The client of an address that the verifier, or a row it wrote, has vouched for."""
        known = self._clients.get(service_url)
        if known is not None:
            self._clients.move_to_end(service_url)
            return known
        none = _NoCredentials()
        configured = BotFrameworkConnectorConfiguration(
            none, service_url, pipeline_type=AsyncBfPipeline, sender=_Sender(self._calls)
        )
        client = ConnectorClient(none, service_url, custom_configuration=configured)
        self._clients[service_url] = client
        while len(self._clients) > CLIENTS:
            self._clients.popitem(last=False)
        return client


class _NoCredentials(SansIOHTTPPolicy):
    """The SDK wants some; the token is put on by our own calls."""


class _Answer(HTTPClientResponse):
    """A response whose body is in memory."""

    def __init__(self, request: Any, answer: Answer) -> None:
        super().__init__(request, answer.body)
        self.status_code, self.reason = answer.status, answer.reason
        self.headers = answer.headers

    def body(self) -> bytes:
        """The whole body; an empty one is an empty object, which the SDK can read."""
        return self.internal_response or b"{}"


class _Sender(AsyncHTTPSender):
    """Sends a request of the SDK's by our own calls."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def build_context(self) -> None:
        """Nothing travels beside a request."""

    async def __aexit__(self, *_error: object) -> None:
        """The session belongs to whoever made it."""

    async def send(self, request: Request, **_given: Any) -> Response:
        asked = request.http_request
        answer = await self._calls.make(asked.method, asked.url, asked.headers, data=asked.data)
        return Response(request, _Answer(asked, answer))
