"""The transport on the Microsoft 365 Agents SDK, botbuilder's successor: the only file with it.

What of the SDK is used: its turn (`process_activity`) and its Connector operations. Its check
of tokens leaves issuer, service address and endorsements open, so ours stands in front; its
sessions, one for each turn, are replaced by ours. It cuts conversation ids at 150 characters,
which those of Teams never reach.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from microsoft_agents.activity import Activity as SdkActivity
from microsoft_agents.activity import ChannelAccount, ConversationParameters
from microsoft_agents.hosting.core import ChannelServiceAdapter, ClaimsIdentity, TurnContext
from microsoft_agents.hosting.core.connector.client.connector_client import ConnectorClient

from adapters.teams.calls import Answer, Calls
from adapters.teams.session import Session
from adapters.teams.strict_json import NotJson, parse
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

PAGE, PAGES = 500, 50


class AgentsTransport:
    """The transport, on the Agents SDK."""

    def __init__(self, session: Session, tokens: Tokens, app_id: str) -> None:
        self._calls = Calls(session, tokens)
        self._adapter = _Adapter(_Clients(self._calls))
        self._app_id = app_id

    async def receive(self, token: Token, activity: Activity, handle: Handle) -> Reply:
        """A turn of the SDK's, around our own handler."""
        replies: list[Reply] = []

        async def logic(_context: TurnContext) -> None:
            replies.append(await handle(activity))

        claims = ClaimsIdentity({**token.claims, "aud": self._app_id}, "Bearer")
        await self._adapter.process_activity(claims, _envelope(activity), logic)
        return replies[0]

    async def send(self, place: Place, activity: Activity) -> str:
        """Writes to a conversation."""
        sent = await self._client(place).conversations.send_to_conversation(
            place.conversation, _outgoing(place, activity)
        )
        return _id_of(sent)

    async def update(self, place: Place, activity_id: str, activity: Activity) -> None:
        """Puts something in the place of a message."""
        changed = _outgoing(place, {**activity, "id": activity_id})
        await self._client(place).conversations.update_activity(
            place.conversation, activity_id, changed
        )

    async def post(self, place: Place, activity: Activity) -> Posted:
        """Starts a thread in a channel."""
        made = await self._client(place).conversations.create_conversation(
            ConversationParameters(
                is_group=True,
                agent=ChannelAccount(id=place.bot),
                channel_data={
                    "channel": {"id": place.conversation},
                    "tenant": {"id": place.tenant},
                },
                activity=SdkActivity.model_validate(activity),
                tenant_id=place.tenant,
            )
        )
        if not made.id or not made.activity_id:
            raise Lost
        return Posted(made.id, made.activity_id)

    async def open_personal(self, place: Place, account: str) -> str:
        """The chat with one account."""
        made = await self._client(place).conversations.create_conversation(
            ConversationParameters(
                is_group=False,
                agent=ChannelAccount(id=place.bot),
                members=[ChannelAccount(id=account)],
                channel_data={"tenant": {"id": place.tenant}},
                tenant_id=place.tenant,
            )
        )
        return _id_of(made)

    async def member(self, place: Place, account: str) -> Mapping[str, Any] | None:
        """A present member."""
        try:
            found = await self._client(place).conversations.get_conversation_member(
                place.conversation, account
            )
        except Refused as refused:
            if refused.status == 404:
                return None
            raise
        return _account(found)

    async def members(self, place: Place) -> Sequence[Mapping[str, Any]]:
        """Every present member, page by page."""
        found: list[Mapping[str, Any]] = []
        following: str | None = None
        for _ in range(PAGES):
            page = await self._client(place).conversations.get_conversation_paged_members(
                place.conversation, PAGE, following
            )
            found += [_account(one) for one in page.members]
            following = page.continuation_token
            if not following:
                return found
        raise Lost

    def _client(self, place: Place) -> ConnectorClient:
        return _connector(self._calls, place.service_url)


def _connector(calls: Calls, service_url: str) -> ConnectorClient:
    return ConnectorClient(service_url, "", session=_Session(calls, service_url))


def _account(found: ChannelAccount) -> Mapping[str, Any]:
    named: Mapping[str, Any] = found.model_dump(by_alias=True, exclude_unset=True, mode="json")
    return named


def _envelope(activity: Activity) -> SdkActivity:
    """What the SDK's turn needs of an activity; the handler gets all of it, as it came."""
    names = ("type", "id", "name", "channelId", "serviceUrl")
    plain = {name: activity[name] for name in names if isinstance(activity.get(name), str)}
    return SdkActivity.model_validate(plain)


def _outgoing(place: Place, activity: Activity) -> SdkActivity:
    return SdkActivity.model_validate(
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
    if not isinstance(made.id, str) or not made.id:
        raise Lost
    return made.id


class _Adapter(ChannelServiceAdapter):
    """The SDK's turn, and nothing of its HTTP."""


class _Nobody:
    """In place of a client for users' own tokens: nobody signs in through this bot."""

    async def close(self) -> None:
        """Nothing is open."""


class _Clients:
    """Gives the SDK its clients, on our own calls."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def create_connector_client(
        self, context: Any, claims_identity: Any, service_url: str, *_more: Any
    ) -> ConnectorClient:
        """A client of the address that the verifier has vouched for."""
        return _connector(self._calls, service_url)

    async def create_user_token_client(self, *_given: Any) -> _Nobody:
        """Nobody."""
        return _Nobody()


class _Session:
    """As much of an HTTP session as the SDK's operations use, on our own calls."""

    def __init__(self, calls: Calls, service_url: str) -> None:
        self._calls, self._base_url = calls, service_url.rstrip("/") + "/"
        self.headers: dict[str, str] = {}

    def get(self, path: str, **given: Any) -> "_Call":
        """A call that reads."""
        return self._call("GET", path, given)

    def post(self, path: str, **given: Any) -> "_Call":
        """A call that makes something."""
        return self._call("POST", path, given)

    def put(self, path: str, **given: Any) -> "_Call":
        """A call that changes something."""
        return self._call("PUT", path, given)

    async def close(self) -> None:
        """The session behind it belongs to whoever made it."""

    def _call(self, method: str, path: str, given: Mapping[str, Any]) -> "_Call":
        headers = {**self.headers, **(given.get("headers") or {})}
        content = {name: given[name] for name in ("json", "params") if given.get(name) is not None}
        return _Call(self._calls, method, self._base_url + path, headers, content)


class _Call:
    """One call, made when it is entered."""

    def __init__(
        self,
        calls: Calls,
        method: str,
        url: str,
        headers: Mapping[str, str],
        content: Mapping[str, Any],
    ) -> None:
        self._calls, self._method, self._url = calls, method, url
        self._headers, self._content = headers, content

    async def __aenter__(self) -> "_Response":
        answer = await self._calls.make(self._method, self._url, self._headers, **self._content)
        return _Response(answer)

    async def __aexit__(self, *_error: object) -> None:
        """Everything was read."""


class _Response:
    """As much of a response as the SDK's operations read."""

    def __init__(self, answer: Answer) -> None:
        self.status, self.headers, self._body = answer.status, answer.headers, answer.body

    async def json(self) -> dict[str, Any]:
        """The object in it."""
        try:
            return parse(self._body)
        except NotJson as error:
            raise Lost from error

    async def text(self, _encoding: str = "utf-8") -> str:
        """The text of it; an empty one is an empty object, which the SDK can read."""
        return self._body.decode("utf-8", "replace") or "{}"
