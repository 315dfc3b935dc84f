"""Somebody else's Slack to test against: the npm package `emulate`, installed when asked for.

Pinned: later versions need another Node, and "latest" is an unrelated package. Nothing of it
is kept in this repository; it is installed beside the other artefacts.
"""

import asyncio
import json
import shutil
import socket
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp import ClientConnectorError, ClientSession

PACKAGE = "emulate@0.11.2"
FOLDER = Path(".artefacts/emulate")
TOKEN, PEOPLE = "xoxb-test", ("hanako", "sato", "tanaka")
BOT = "U0MAMORI"
SECONDS = 30


class NoNode(Exception):
    """Node or npm is missing on this machine."""


def installed() -> Path:
    """The program, installed if it is not there yet. Raises NoNode."""
    program = FOLDER / "node_modules/emulate/dist/index.js"
    if shutil.which("node") is None or shutil.which("npm") is None:
        raise NoNode
    if not program.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        npm = ["npm", "install", "--prefix", str(FOLDER), "--no-audit", "--no-fund", PACKAGE]
        subprocess.run(npm, check=True, stdout=subprocess.DEVNULL)
    return program


def seed(scopes: list[str]) -> str:
    """A workspace with three people, two private channels and our app; JSON is YAML too."""
    app = {"app_id": "A0MAMORI", "bot_id": "B0MAMORI", "bot_user_id": BOT, "scopes": scopes}
    owner = ["groups:read", "groups:write", "groups:history", "im:history", "users:read"]
    slack = {
        "team": {"name": "Hinata", "domain": "hinata"},
        "users": [{"name": name, "real_name": name.title()} for name in PEOPLE],
        "channels": [{"name": name, "is_private": True} for name in ("desk", "shinjuku")],
        "oauth_apps": [
            {"client_id": "1.2", "client_secret": "s", "name": "Mamori", "bot_name": "mamori"} | app
        ],
        "tokens": [
            {"token": TOKEN, "type": "bot", "user_id": BOT} | app,
            *(
                {"token": f"xoxp-{name}", "type": "user", "user": name, "scopes": owner}
                for name in PEOPLE
            ),
        ],
        "strict_scopes": True,
    }
    return json.dumps({"slack": slack})


@asynccontextmanager
async def running(folder: Path, scopes: list[str]) -> AsyncIterator[str]:
    """Runs it for as long as the block lasts. Gives the address of its Web API."""
    program = installed()
    (folder / "seed.yaml").write_text(seed(scopes))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = ["start", "--service", "slack", "--seed", str(folder / "seed.yaml"), "-p", str(port)]
    process = await asyncio.create_subprocess_exec(
        "node", str(program), *command, stdout=asyncio.subprocess.DEVNULL
    )
    try:
        url = f"http://127.0.0.1:{port}/api/"
        await _answers(url)
        yield url
    finally:
        process.terminate()
        await process.wait()


async def _answers(url: str) -> None:
    """Waits until it answers."""
    async with asyncio.timeout(SECONDS), ClientSession() as session:
        while True:
            try:
                await asked(session, url, "auth.test", TOKEN)
            except ClientConnectorError:
                await asyncio.sleep(0.1)
            else:
                return


async def asked(
    session: ClientSession, url: str, method: str, token: str, **given: Any
) -> dict[str, Any]:
    """What it answers to a call, always with the arguments in the body of a POST."""
    headers = {"Authorization": f"Bearer {token}"}
    async with session.post(url + method, json=given, headers=headers) as response:
        return await response.json()
