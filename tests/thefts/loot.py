"""What a thief carries away: each thing in the table of docs/privacy.md, byte for byte."""

import json
import sqlite3
from pathlib import Path

from bot.desk import open_details
from bot.wiring import Service
from tests.adapters.slack.office import CHANNELS, DESK
from tests.thefts.crowd import Town


def channel(town: Town, *rooms: str) -> bytes:
    """An export of channels: every message, every earlier version of it, with metadata."""
    said = []
    for room in rooms:
        for message in town.office.messages(room):
            said.append([message.told(with_metadata=True), message.before])
    return json.dumps(said, ensure_ascii=False).encode()


def desk_export(town: Town) -> bytes:
    """The desk's channel."""
    return channel(town, DESK)


def site_exports(town: Town) -> bytes:
    """Every site's channel."""
    return channel(town, *(room for room in CHANNELS if room != DESK))


def bot_token(town: Town) -> bytes:
    """Whatever a stolen token can read: every room, direct messages included."""
    in_teams = [message.activity for message in town.teams.connector.tenant.messages]
    written = json.dumps(in_teams, ensure_ascii=False).encode()
    return channel(town, *town.office.slack.space.channels) + written


def database(town: Town) -> bytes:
    """The file, its log, and a backup."""
    backup = town.folder / "backup.db"
    backup.unlink(missing_ok=True)
    connection = sqlite3.connect(town.folder / "mamori.db")
    connection.execute(f"VACUUM INTO '{backup}'")
    connection.close()
    files = sorted(path for path in town.folder.glob("*.db*"))
    return b"\n".join(path.read_bytes() for path in files)


async def desk_member(town: Town) -> bytes:
    """All details of all cases, opened one by one by somebody of the desk."""
    work = town.service.work
    reader = work.directory.person("sato")
    assert reader is not None
    async with work.storage.read() as tx:
        ids = await tx.cases.public_ids()
    return "\n".join([repr(await open_details(work, id, reader)) for id in ids]).encode()


def metrics(service: Service) -> bytes:
    """What Prometheus is shown."""
    return service.meter.text("")[0]


def temporary_files(folder: Path) -> bytes:
    """Whatever the process left where files are put for a moment."""
    return b"\n".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
