"""A small proxy in front of somebody else's Slack, for what that does not have.

Messages, channels, people and rights are its own: everything the app posts stands in its
store, and is read from there. Ours are the people's hands (presses, dialogs, signatures,
`response_url`), the shape of calls (it reads bodies of POST alone), and a person's language.
"""

from typing import Any

from aiohttp import ClientSession, web

from tests.e2e.slack.double import TOKEN, asked
from tests.fake_slack import FakeSlack, Message
from tests.fake_slack.arguments import arguments
from tests.fake_slack.methods import METHODS
from tests.fake_slack.server import Call, Hook
from tests.fake_slack.workspace import Refused


class FrontedSlack(FakeSlack):
    """The people of our own double, with somebody else's Web API behind them."""

    def __init__(self, now: Any, url: str, team: str, **given: Any) -> None:
        super().__init__(now, team=team, token=TOKEN, **given)
        self._url = url
        self._views: dict[str, str] = {}
        """Its name of each open view, by ours."""

    async def asks(self, method: str, token: str = TOKEN, **given: Any) -> dict[str, Any]:
        """Calls the Slack behind."""
        async with ClientSession() as session:
            return await asked(session, self._url, method, token, **given)

    async def shown(self, channel: str, name: str) -> list[Message]:
        """What a person of this name reads in a channel, oldest first, from its store."""
        told = await self.asks(
            "conversations.history", f"xoxp-{name}", channel=channel, include_all_metadata=True
        )
        assert told["ok"], told
        return [
            Message(
                message["ts"],
                channel,
                message.get("user", ""),
                message["text"],
                message.get("blocks") or [],
                message.get("metadata"),
            )
            for message in reversed(told["messages"])
        ]

    async def _called(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["method"]
        given, token = await arguments(request)
        call = Call(name, given, self.now())
        self.calls.append(call)
        try:
            answer = await self._passed_on(name, given, token)
        except Refused as refused:
            answer = {"ok": False, "error": refused.error, **refused.more}
        call.error = answer.get("error")
        return web.json_response(answer, headers={"x-oauth-scopes": ",".join(self.scopes)})

    async def _replace(self, hook: Hook, body: dict[str, Any]) -> None:
        given = {"channel": hook.channel, "ts": hook.ts}
        answer = await self.asks(
            "chat.update", **given, text=body["text"], blocks=body.get("blocks", [])
        )
        assert answer["ok"], answer

    async def _passed_on(self, name: str, given: dict[str, Any], token: str) -> dict[str, Any]:
        if name.startswith("views."):
            return await self._view(name, given, token)
        answer = await self.asks(name, token, **given)
        if name == "users.info" and answer["ok"]:
            known = self.space.users[given["user"]]
            answer["user"] |= {"locale": known.locale, "tz": known.tz}
        return answer

    async def _view(self, name: str, given: dict[str, Any], token: str) -> dict[str, Any]:
        """A view has to please both: ours, which knows Block Kit's limits, and theirs."""
        if name == "views.open":
            user = self.space.spend(given["trigger_id"])
            asked_for = await self.asks("views.generateTriggerId", token, user_id=user)
            theirs = await self.asks(
                name, token, trigger_id=asked_for["trigger_id"], view=given["view"]
            )
            given = {**given, "trigger_id": self.space.trigger(user)}
        elif name == "views.update":
            named = {**given, "view_id": self._views[given["view_id"]]}
            named.pop("hash", None)  # a submission's own answer never reaches it
            theirs = await self.asks(name, token, **named)
        else:
            theirs = await self.asks(name, token, **given)
        if not theirs["ok"]:
            return theirs
        ours = METHODS[name].run(self.space, given)
        self._views[ours["view"]["id"]] = theirs["view"]["id"]
        return {"ok": True, **ours}
