"""The figures for Prometheus, on a port of their own that only this machine reaches."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from bot.metrics import Meter

LOOPBACK = "127.0.0.1"


@asynccontextmanager
async def metrics_served(meter: Meter, port: int) -> AsyncIterator[int]:
    """Answers GET /metrics until the block is left. Gives the port in use."""

    async def metrics(request: web.Request) -> web.Response:
        body, content_type = meter.text(request.headers.get("Accept", ""))
        return web.Response(body=body, headers={"Content-Type": content_type})

    app = web.Application()
    app.router.add_get("/metrics", metrics)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, LOOPBACK, port).start()
    try:
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()
