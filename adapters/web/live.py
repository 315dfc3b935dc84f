"""Pages that change by themselves: server-sent events."""

import json

from aiohttp import web

LIVE_SECONDS = 25.0
"""How long a live page waits before it looks again by itself."""


async def event_stream(request: web.Request) -> web.StreamResponse:
    """An open stream of server-sent events."""
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    return response


async def send_event(response: web.StreamResponse, text: str) -> None:
    """One event; an empty one is a comment that only keeps the connection open."""
    line = f"data: {json.dumps(text, ensure_ascii=False)}\n\n" if text else ": still here\n\n"
    await response.write(line.encode())
