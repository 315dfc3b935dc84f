"""The bytes of a request that nobody has vouched for yet: read no further than a cap, no longer
than a limit, and as they came, for a signature is over these."""

import asyncio

from aiohttp import web

READ_SECONDS = 10.0


class TurnedAway(Exception):
    """Not from the platform, or not as it sends it; with the status to say so."""

    def __init__(self, status: int) -> None:
        super().__init__(str(status))
        self.status = status


async def raw_body(request: web.Request, most_bytes: int) -> bytes:
    """The body as it came. Raises TurnedAway: 400, 408, 413 or 415."""
    if request.headers.get("Content-Encoding", "identity") != "identity":
        raise TurnedAway(415)
    if request.content_length is not None and request.content_length > most_bytes:
        raise TurnedAway(413)
    chunks: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(READ_SECONDS):
            async for chunk in request.content.iter_any():
                size += len(chunk)
                if size > most_bytes:
                    raise TurnedAway(413)
                chunks.append(chunk)
    except TimeoutError as error:
        raise TurnedAway(408) from error
    except (web.HTTPException, ValueError, OSError) as error:
        raise TurnedAway(400) from error
    return b"".join(chunks)
