"""CPU of one turn on each transport, as ratios to bare botbuilder in the same run.

    make bench-teams

A turn is one invoke through the SDK to a handler that answers with a card. Keys, HTTP and the
handler's own work are left out, so that only what the SDK adds is compared.
"""

import asyncio
import gc
import statistics
import sys
import time
import warnings
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp

from adapters.teams.parts import card, text
from adapters.teams.tokens import Credentials, Tokens
from adapters.teams.transport import Reply, Transport
from adapters.teams.verifier import Token
from tests.adapters.teams.conftest import TRANSPORTS
from tests.support.world import FakeClock

ROUNDS, TURNS = 7, 60
URL = "https://smba.trafficmanager.net/emea/"
ACTIVITY: dict[str, Any] = {
    "type": "invoke",
    "name": "adaptiveCard/action",
    "id": "f:1",
    "channelId": "msteams",
    "serviceUrl": URL,
    "from": {"id": "29:1", "aadObjectId": "00000000-0000-0000-0000-000000000001"},
    "recipient": {"id": "28:1"},
    "conversation": {"id": "19:1@thread.tacv2;messageid=1", "conversationType": "channel"},
    "channelData": {"tenant": {"id": "t"}},
    "value": {"action": {"type": "Action.Execute", "verb": "press", "data": {"c": "x" * 80}}},
}
TOKEN = Token(URL, frozenset({"msteams"}), {"aud": "app", "serviceurl": URL})
Turn = Callable[[], Awaitable[object]]


async def handle(_activity: Any) -> Reply:
    return Reply(200, {"statusCode": 200, "type": "x", "value": card("ja", [text("x")])})


def ours(transport: Transport) -> Turn:
    return lambda: transport.receive(TOKEN, ACTIVITY, handle)


def bare(safe_codes: Any) -> Turn:
    """botbuilder's own adapter with its own connector factory, authentication aside."""
    from botbuilder.core import InvokeResponse
    from botbuilder.core.cloud_adapter_base import CloudAdapterBase
    from botbuilder.schema import Activity, ActivityTypes
    from botframework.connector.auth import (
        BotFrameworkAuthenticationFactory,
        ClaimsIdentity,
        PasswordServiceClientCredentialFactory,
    )
    from botframework.connector.auth.authenticate_request_result import AuthenticateRequestResult
    from msrest.universal_http.requests import ClientRetryPolicy

    class Adapter(CloudAdapterBase):
        pass

    factory = PasswordServiceClientCredentialFactory()
    stock = BotFrameworkAuthenticationFactory.create(credential_factory=factory)
    adapter = Adapter(stock)

    async def logic(context: Any) -> None:
        reply = await handle(None)
        value = InvokeResponse(status=reply.status, body=reply.body)
        await context.send_activity(Activity(type=ActivityTypes.invoke_response, value=value))

    async def turn() -> object:
        ClientRetryPolicy.safe_codes = safe_codes
        result = AuthenticateRequestResult()
        result.audience, result.claims_identity = "app", ClaimsIdentity({}, True)
        result.connector_factory = stock.create_connector_factory(result.claims_identity)
        return await adapter.process_activity(result, Activity().deserialize(ACTIVITY), logic)

    return turn


def bare_agents() -> Turn:
    """The Agents SDK's own adapter with its own client factory, authentication aside."""
    from microsoft_agents.activity import Activity
    from microsoft_agents.hosting.core import (
        ChannelServiceAdapter,
        ClaimsIdentity,
        RestChannelServiceClientFactory,
    )

    class Adapter(ChannelServiceAdapter):
        pass

    class Connections:
        """A token that costs nothing."""

        def get_token_provider(self, *_args: Any) -> Any:
            return self

        async def get_access_token(self, *_args: Any) -> str:
            return "a token"

    adapter = Adapter(RestChannelServiceClientFactory(Connections()))
    claims = ClaimsIdentity({"aud": "app"}, "Bearer")

    async def logic(context: Any) -> None:
        reply = await handle(None)
        value = {"status": reply.status, "body": reply.body}
        await context.send_activity(Activity(type="invokeResponse", value=value))

    async def turn() -> object:
        return await adapter.process_activity(claims, Activity.model_validate(ACTIVITY), logic)

    return turn


async def cpu(turn: Turn) -> float:
    """Milliseconds of CPU for one turn."""
    gc.collect()
    before = time.process_time()
    for _ in range(TURNS):
        await turn()
    return (time.process_time() - before) / TURNS * 1000


async def main() -> int:
    """Prints a line for each; 1 when ours costs more than the SDK it stands on."""
    warnings.simplefilter("ignore")
    async with aiohttp.ClientSession() as session:
        tokens = Tokens(session, FakeClock(), Credentials("a", "b", URL))
        made = {name: ours(make(session, tokens)) for name, make in TRANSPORTS.items()}
        from msrest.universal_http.requests import ClientRetryPolicy

        fast = ClientRetryPolicy.safe_codes
        turns = {
            "bare botbuilder": bare(list(fast)),
            "bare botbuilder, set instead of list": bare(fast),
            "bare Agents SDK": bare_agents(),
            **{f"ours on {name}": turn for name, turn in made.items()},
        }
        rounds: dict[str, list[float]] = {name: [] for name in turns}
        for _ in range(ROUNDS):
            for name, turn in turns.items():
                rounds[name].append(await cpu(turn))
        ClientRetryPolicy.safe_codes = fast
    floor = statistics.median(rounds["bare botbuilder"])
    for name, found in rounds.items():
        middle = statistics.median(found)
        spread = f"{min(found):.2f} to {max(found):.2f}"
        sys.stdout.write(f"{name:40} {middle:7.2f} ms ({spread})  {middle / floor:5.3f}\n")
    cost = statistics.median(rounds["ours on botbuilder"])
    return int(cost > statistics.median(rounds["bare botbuilder, set instead of list"]))


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
