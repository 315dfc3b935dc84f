"""The service at work: it answers and works off what is due, until it is told to stop."""

import asyncio
import contextlib
import gc
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from aiohttp import web

from adapters.web.metrics import metrics_served
from bot.ports import Clock
from bot.settings import Settings
from bot.wiring import Service, build
from bot.worker import run_forever
from storage.engines import lock_file

log = structlog.get_logger()

SHUTDOWN_SECONDS = 5.0


@asynccontextmanager
async def running(service: Service, host: str, port: int) -> AsyncIterator[int]:
    """Serves and works off what is due until the block is left. Gives the port in use."""
    runner = web.AppRunner(
        service.app,
        access_log=None,
        shutdown_timeout=SHUTDOWN_SECONDS,
        auto_decompress=False,  # nobody we know sends compressed, and a bomb is never unpacked
    )
    await runner.setup()
    site = web.TCPSite(runner, host, port)
    await site.start()
    tasks = (
        asyncio.create_task(run_forever(service.work, service.messengers, service.bell)),
        asyncio.create_task(service.watch.run_forever()),
        asyncio.create_task(service.retention.run_forever()),
    )
    try:
        yield runner.addresses[0][1]
    finally:
        service.bell.close()
        for task in tasks:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        await runner.cleanup()
        await service.work.storage.close()


async def serve_until_stopped(service: Service, settings: Settings) -> None:
    """Serves until the process is told to stop, then lets requests in hand finish."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    async with contextlib.AsyncExitStack() as stack:
        port = await stack.enter_async_context(running(service, settings.host, settings.port))
        if settings.metrics_port is not None:
            await stack.enter_async_context(metrics_served(service.meter, settings.metrics_port))
        # What was loaded to serve stays as long as the process: no search for garbage need see it.
        gc.freeze()
        log.info("serving", port=port, sites=len(service.work.company.sites))
        await stop.wait()
    log.info("stopped")


def serve(settings: Settings, clock: Clock | None = None) -> None:
    """Builds and serves. Raises DatabaseInUse when another process serves this database."""
    held = lock_file(settings.database)
    try:
        asyncio.run(serve_until_stopped(build(settings, clock=clock), settings))
    finally:
        if held is not None:
            held.close()
