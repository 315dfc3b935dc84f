"""The service at work: it answers and works off what is due, until it is told to stop."""

import asyncio
import contextlib
import gc
import os
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from aiohttp import web

from adapters.web.metrics import metrics_served
from bot.key_commands import use_newest_key
from bot.ports import Clock
from bot.processes import Processes
from bot.settings import Settings
from bot.wiring import Service, build
from bot.worker import run_forever
from storage.engines import lock_file

log = structlog.get_logger()

SHUTDOWN_SECONDS = 5.0
FINISH_SECONDS = 9.0
"""So long the rows in hand may take to end: a platform's answer is waited for eight seconds."""
WAITING_AT_MOST = 128
"""So many may wait at the door while nobody serves."""


def listen(host: str, port: int) -> socket.socket:
    """The door: whoever comes from now on waits in its queue until somebody serves."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=WAITING_AT_MOST)


@asynccontextmanager
async def running(service: Service, door: socket.socket) -> AsyncIterator[int]:
    """Serves and works off what is due until the block is left. Gives the port in use."""
    runner = web.AppRunner(
        service.app,
        access_log=None,
        shutdown_timeout=SHUTDOWN_SECONDS,
        auto_decompress=False,  # nobody we know sends compressed, and a bomb is never unpacked
    )
    await runner.setup()
    # To read a large roster takes longer than anybody should wait at the door.
    service.work.directory.begins()
    site = web.SockSite(runner, door, backlog=WAITING_AT_MOST)
    await site.start()
    worker = asyncio.create_task(run_forever(service.work, service.messengers, service.bell))
    tasks = (
        worker,
        asyncio.create_task(service.watch.run_forever()),
        asyncio.create_task(service.retention.run_forever()),
        asyncio.create_task(use_newest_key(service.work.storage)),
    )
    try:
        yield runner.addresses[0][1]
    finally:
        service.bell.close()
        await asyncio.wait((worker,), timeout=FINISH_SECONDS)
        for task in tasks:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        await runner.cleanup()
        await service.work.storage.close()


async def serve_until_stopped(
    service: Service, settings: Settings, door: socket.socket, number: int = 0
) -> None:
    """Serves until the process is told to stop, then lets messages and requests in hand finish.

    `number` tells processes at one door apart: each has a port of its own for its figures.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    async with contextlib.AsyncExitStack() as stack:
        port = await stack.enter_async_context(running(service, door))
        if settings.metrics_port is not None:
            own = settings.metrics_port and settings.metrics_port + number
            await stack.enter_async_context(metrics_served(service.meter, own))
        # What was loaded to serve stays as long as the process: no search for garbage need see it.
        gc.freeze()
        sites = len(service.work.company.sites)
        log.info("serving", port=port, sites=sites, pid=os.getpid())
        await stop.wait()
    log.info("stopped", pid=os.getpid())


def serve(settings: Settings, clock: Clock | None = None) -> int:
    """Builds and serves, until told to stop. Gives the exit code.

    Raises DatabaseInUse when another process serves this database.
    """
    held = lock_file(settings.database)
    try:
        service = build(settings, clock=clock)
        with listen(settings.host, settings.port) as door:
            return serve_at(door, service, settings)
    finally:
        if held is not None:
            held.close()


def serve_at(door: socket.socket, service: Service, settings: Settings) -> int:
    """Serves a service that is built, in as many processes as are set. Gives the exit code."""

    def one(number: int) -> None:
        asyncio.run(serve_until_stopped(service, settings, door, number))

    if settings.processes == 1:
        one(0)
        return 0
    return Processes(settings.processes, one).run()
