"""What a thief carries away: each thing in the table of docs/privacy.md, byte for byte."""

import json
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.desk import open_details
from bot.wiring import Service
from storage.keyring import Keyring, Unopenable
from tests.adapters.slack.office import CHANNELS, DESK
from tests.support.world import SeededEntropy
from tests.thefts.crowd import Town

MASTER, INDEX = b"\x11" * 32, b"\x22" * 32


@dataclass(frozen=True)
class Opened:
    """A database with the server's keys: everything that can be read, and every key found."""

    text: bytes
    addresses: bytes
    files: bytes
    """Every original as it came."""
    shown: bytes
    """Every copy that the desk may look at."""
    keys: tuple[bytes, ...]
    """The server's, and those of the days."""
    cases: dict[bytes, bytes]
    """The rows of each case, sealed and opened, by its key."""


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


def with_server_key(town: Town) -> Opened:
    """Opens whatever the master key opens, row by row, as somebody would who read the code."""
    ring = Keyring(MASTER, SeededEntropy().bytes)
    connection = sqlite3.connect(town.folder / "mamori.db")
    texts, addresses, keys, cases = [], [], [MASTER, INDEX], {}
    files: dict[str, list[bytes]] = {"original": [], "shown": []}
    for case_id, wrapped in connection.execute("SELECT case_id, wrapped FROM case_key"):
        key = ring.unwrap(wrapped, f"case|{case_id}")
        first = len(texts)
        sealed: list[bytes] = []
        for table, name in (("case_file", "id"), ("history", "case_id"), ("message", "case_id")):
            rows = connection.execute(f"SELECT * FROM {table} WHERE {name} = ?", [case_id])
            columns = [each[0] for each in rows.description]
            for row in rows:
                values = dict(zip(columns, row, strict=True))
                place = f"{table}.sealed|{case_id}"
                if "seq" in values:
                    place += f"|{values['seq']}"
                texts.append(ring.open(key, place, values["sealed"]))
                sealed.extend(v for v in values.values() if isinstance(v, bytes))
                if table == "case_file":
                    body = json.loads(texts[-1])
                    addresses.append(_address(connection, ring, body["vault"]))
                    for file in body.get("files", ()):
                        for copy, found in files.items():
                            found.append(_file(connection, ring, key, case_id, file, copy))
        cases[key] = b"".join([*sealed, *texts[first:]])
    for day, wrapped in connection.execute("SELECT day, wrapped FROM draft_key"):
        keys.append(ring.unwrap(wrapped, f"draft|{day}"))
    connection.close()
    originals, shown = (b"\n".join(found) for found in files.values())
    return Opened(b"\n".join(texts), b"\n".join(addresses), originals, shown, tuple(keys), cases)


def _file(
    connection: sqlite3.Connection,
    ring: Keyring,
    key: bytes,
    case_id: str,
    file: dict[str, Any],
    copy: str,
) -> bytes:
    """One copy of a file; empty where there is none."""
    kept, opened = file[copy], []
    for number in range(kept["chunks"] if kept else 0):
        end = "last" if number == kept["chunks"] - 1 else "more"
        place = f"evidence_chunk.sealed|{case_id}|{file['id']}|{copy}|{number}|{end}"
        query = "SELECT sealed FROM evidence_chunk WHERE file_id = ? AND copy = ? AND number = ?"
        (sealed,) = connection.execute(query, [file["id"], copy, number]).fetchone()
        opened.append(ring.open(key, place, sealed))
    return b"".join(opened)


def _address(connection: sqlite3.Connection, ring: Keyring, pointer: dict[str, str]) -> bytes:
    key, secret = bytes.fromhex(pointer["key"]), bytes.fromhex(pointer["secret"])
    row = connection.execute("SELECT sealed FROM vault WHERE key = ?", [key]).fetchone()
    try:
        return ring.open(secret, f"vault.sealed|{key.hex()}", row[0])
    except Unopenable as error:
        raise AssertionError("a pointer leads to another case's row") from error


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
