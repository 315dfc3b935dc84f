"""What a call to the Web API brings along."""

import json
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web


async def arguments(request: web.Request) -> tuple[dict[str, Any], str]:
    """What a call was given, from the address, a form or JSON, and its token.

    Where an app proves itself with its id and secret, that stands for the token: "Basic …".
    """
    given: dict[str, Any] = dict(request.query)
    body = await request.text()
    if request.content_type == "application/json" and body:
        given.update(json.loads(body))
    elif body:
        given.update(parse_qsl(body, keep_blank_values=True))
    for name in ("blocks", "view", "metadata"):
        if isinstance(given.get(name), str):
            given[name] = json.loads(given[name])
    bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return given, bearer or str(given.pop("token", ""))
