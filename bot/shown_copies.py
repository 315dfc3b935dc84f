"""A picture drawn anew by a child process that can do nothing else: what the desk is shown.

The child is a program of its own (`redraw.py`): it reads the picture, may open nothing, connect
to nothing and start nothing, and is ended when it takes too long or too much.
"""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import structlog

log = structlog.get_logger()

PROGRAM = Path(__file__).with_name("redraw.py")
SECONDS = 10.0
"""Of wall clock; of the processor the child allows itself less."""
AT_ONCE = 2
"""Children at the same time: each may take a few hundred megabytes for a moment."""
SHOWN_BYTES = 6 * 1024 * 1024
"""More than any picture of the size that is drawn needs."""


class ShownCopies:
    """Makes the copies, so many at a time."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._places = asyncio.Semaphore(AT_ONCE)

    async def draw(self, picture: AsyncIterator[bytes]) -> bytes | None:
        """The picture as a JPEG of its pixels alone; None where it cannot be drawn."""
        async with self._places:
            # Isolated: neither the environment nor a folder can give it other code to run.
            child = await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", "-B", str(PROGRAM)),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                cwd="/",
                env={},
                start_new_session=True,
            )
            try:
                async with asyncio.timeout(self._seconds):
                    drawn, _ = await asyncio.gather(_read(child), _feed(child, picture))
                    return drawn if await child.wait() == 0 and drawn else None
            except TimeoutError:
                log.warning("picture_too_slow")
                return None
            finally:
                with contextlib.suppress(ProcessLookupError):
                    child.kill()
                await child.wait()


async def _feed(child: asyncio.subprocess.Process, picture: AsyncIterator[bytes]) -> None:
    assert child.stdin is not None
    try:
        async for part in picture:
            child.stdin.write(part)
            await child.stdin.drain()
    except (BrokenPipeError, ConnectionResetError):
        pass  # it gave up; its exit status says so
    finally:
        child.stdin.close()


async def _read(child: asyncio.subprocess.Process) -> bytes:
    assert child.stdout is not None
    drawn = bytearray()
    while part := await child.stdout.read(256 * 1024):
        drawn += part
        if len(drawn) > SHOWN_BYTES:
            return b""
    return bytes(drawn)
