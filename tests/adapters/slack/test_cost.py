"""A request that nobody signed costs next to nothing, whatever is in it."""

import asyncio
import gc
import time
from collections.abc import Awaitable, Callable
from urllib.parse import urlencode

from aiohttp import web
from aiohttp.streams import StreamReader
from aiohttp.test_utils import make_mocked_request
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest

from adapters.slack.app import quiet_logs
from adapters.slack.doorman import Doorman, Reply
from adapters.slack.gate import MAX_BODY_BYTES, Gate
from adapters.slack.shapes import Incoming
from tests.support.world import START, FakeClock

ROUNDS = 20
"""The least of so many is what it costs; what else runs on the machine only adds to it."""
MOST = 1 / 50
"""Of what bare Bolt spends on the worst body that it takes."""
NESTED = urlencode({"payload": '{"a":[' + ",".join(['{"b":[[],{}]}'] * 30_000) + "]}"}).encode()
"""Nearly a megabyte that takes long to read and is nothing."""
HEADERS = {
    "Content-Type": "application/x-www-form-urlencoded",
    "X-Slack-Request-Timestamp": str(int(START.timestamp())),
    "X-Slack-Signature": "v0=" + "0" * 64,
}


async def test_the_worst_unsigned_body_costs_at_most_a_fiftieth_of_bare_bolt() -> None:
    quiet_logs()
    bolt = AsyncApp(signing_secret="s", token="xoxb-x")
    gate = Gate("s", FakeClock(), Doorman(FakeClock(), _nobody))

    async def bare() -> None:
        request = AsyncBoltRequest(body=NESTED.decode(), headers=dict(HEADERS))
        await bolt.async_dispatch(request)

    async def ours(body: bytes) -> None:
        stream = _stream(body)
        request = make_mocked_request("POST", "/", headers=HEADERS, payload=stream)
        response = await gate.handle(request)
        assert isinstance(response, web.Response) and response.status in (401, 413)

    floor = await _cpu(bare, rounds=3)
    assert await _cpu(lambda: ours(NESTED)) <= MOST * floor
    assert await _cpu(lambda: ours(b"[" * MAX_BODY_BYTES)) <= MOST * floor


async def _nobody(_incoming: Incoming) -> Reply:
    raise AssertionError("an unsigned request was let in")


def _stream(body: bytes) -> object:
    stream = StreamReader(_Quiet(), 2**20, loop=asyncio.get_running_loop())
    stream.feed_data(body)
    stream.feed_eof()
    return stream


class _Quiet:
    """The connection beneath a stream, of which nothing is asked."""

    _reading_paused = False

    def pause_reading(self, *_given: object, **_more: object) -> None:
        """Nothing is read from anywhere."""

    def resume_reading(self, *_given: object, **_more: object) -> None:
        """Nothing is read from anywhere."""


async def _cpu(work: Callable[[], Awaitable[None]], rounds: int = ROUNDS) -> float:
    """The least processor time of a few rounds."""
    gc.collect()
    spent = []
    for _ in range(rounds):
        before = time.process_time()
        await work()
        spent.append(time.process_time() - before)
    return min(spent)
