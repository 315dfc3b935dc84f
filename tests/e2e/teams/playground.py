"""Microsoft's Agents Playground: installed from npm when it is needed, started and stopped.

Its licence allows trying things out with it and no copies of it, so none is kept here.
"""

import asyncio
import os
import shutil
import socket
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

VERSION = "0.2.28"
PACKAGE = f"@microsoft/m365agentsplayground@{VERSION}"
START_SECONDS = 180


@dataclass(frozen=True)
class Player:
    """Somebody in front of a Playground."""

    entra_id: str
    name: str


def installed(folder: Path) -> Path | None:
    """The Playground's program in `folder`, installed there if need be; None without Node."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        return None
    program = folder / "node_modules" / ".bin" / "agentsplayground"
    if not program.exists():
        folder.mkdir(parents=True, exist_ok=True)
        command = ["npm", "install", "--silent", "--no-fund", "--no-audit", PACKAGE]
        subprocess.run(command, cwd=folder, check=True, timeout=300)
    return program


def configured(
    folder: Path,
    tenant: str,
    bot: str,
    player: Player,
    others: list[Player],
    channel: tuple[str, str],
) -> None:
    """Writes what a Playground is to show: its player, five others, and one channel."""

    def user(one: Player) -> dict[str, Any]:
        mail = f"{one.entra_id[-4:]}@example.com"
        return {
            "id": f"29:{one.entra_id}",
            "name": one.name,
            "userPrincipleName": mail,
            "aadObjectId": one.entra_id,
            "givenName": one.name,
            "surname": one.name,
            "email": mail,
        }

    assert len(others) == 5
    settings = {
        "version": "0.1.1",
        "tenantId": tenant,
        "bot": {"id": bot, "name": "Mamori"},
        "currentUser": user(player),
        "users": [user(one) for one in others],
        "personalChat": {"id": f"a:{player.entra_id}"},
        "groupChat": {"id": "19:group@thread.v2", "name": "Group"},
        "team": {
            "id": channel[0],
            "name": "Mamori",
            "aadGroupId": "33333333-0000-0000-0000-000000000001",
            "channels": [{"id": channel[1], "name": "shinjuku"}],
        },
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ".m365agentsplayground.yml").write_text(yaml.safe_dump(settings, allow_unicode=True))


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


@asynccontextmanager
async def started(program: Path, folder: Path, endpoint: str) -> AsyncIterator[int]:
    """A Playground for as long as the block lasts; gives its port."""
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        str(program),
        *("-e", endpoint, "-c", "msteams", "-p", str(port), "--dt"),
        cwd=folder,
        env={**os.environ, "NODE_OPTIONS": ""},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        assert process.stdout is not None
        async with asyncio.timeout(START_SECONDS):
            async for line in process.stdout:
                if b"Listening on" in line:
                    break
            else:
                raise AssertionError("the Playground ended at once; see its log in devTools")
        reading = asyncio.create_task(_drained(process.stdout))
        yield port
        reading.cancel()
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()


async def _drained(stream: asyncio.StreamReader) -> None:
    while await stream.readline():
        pass
