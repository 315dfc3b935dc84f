"""Socket Mode's side of the server: one connection at a time, an envelope for each request."""

import asyncio
import json
from typing import Any

from aiohttp import WSMsgType, web


class Sockets:
    """Connections that an app has opened."""

    def __init__(self) -> None:
        self.connected = asyncio.Event()
        self.opened = 0
        self._socket: web.WebSocketResponse | None = None
        self._answers: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._number = 0

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """A connection, for as long as it lasts."""
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.opened += 1
        await socket.send_json({"type": "hello", "num_connections": 1})
        self._socket = socket
        self.connected.set()
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                self._heard(json.loads(message.data))
        return socket

    def _heard(self, answer: dict[str, Any]) -> None:
        waiting = self._answers.pop(answer.get("envelope_id", ""), None)
        if waiting is not None and not waiting.done():
            waiting.set_result(answer.get("payload") or {})

    async def delivers(self, kind: str, payload: dict[str, Any]) -> dict[str, Any]:
        """Sends an envelope and gives what its acknowledgement carried."""
        self._number += 1
        return await self.sends(f"envelope-{self._number}", kind, payload)

    async def sends(self, envelope: str, kind: str, payload: dict[str, Any]) -> dict[str, Any]:
        """An envelope of this name."""
        assert self._socket is not None
        self._answers[envelope] = asyncio.get_running_loop().create_future()
        body = {"envelope_id": envelope, "type": kind, "payload": payload}
        await self._socket.send_json({**body, "accepts_response_payload": True})
        async with asyncio.timeout(3):  # Slack waits no longer either
            return await self._answers[envelope]

    async def drop(self) -> None:
        """Ends the connection."""
        assert self._socket is not None
        self.connected.clear()
        await self._socket.close()
