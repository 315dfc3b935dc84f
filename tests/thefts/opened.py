"""A database with the server's keys: everything that opens, row by row, as a reader of the code
would open it."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import MetaData, create_engine, pool, select

from storage.engines import database_url
from storage.keyring import Keyring, Unopenable
from tests.support.world import SeededEntropy

MASTER, INDEX = b"\x11" * 32, b"\x22" * 32

Row = Mapping[str, Any]
Rows = Mapping[str, Sequence[Row]]


def rows_of(url: str) -> Rows:
    """Every row of every table, as a dump of the database shows them."""
    engine, found = create_engine(database_url(url), poolclass=pool.NullPool), MetaData()
    found.reflect(engine)
    with engine.connect() as connection:
        return {
            table.name: [dict(row) for row in connection.execute(select(table)).mappings()]
            for table in found.tables.values()
        }


def bytes_in(rows: Iterable[Row]) -> bytes:
    """All values of rows, one after the other."""
    values = (value for row in rows for value in row.values() if value is not None)
    return b"\n".join(v if isinstance(v, bytes) else str(v).encode() for v in values)


@dataclass
class Opened:
    """What was opened, and every key that was found."""

    texts: list[bytes] = field(default_factory=list)
    addresses: list[bytes] = field(default_factory=list)
    originals: list[bytes] = field(default_factory=list)
    """Files as they came."""
    copies: list[bytes] = field(default_factory=list)
    """What the desk may look at of them."""
    keys: list[bytes] = field(default_factory=lambda: [MASTER, INDEX])
    """The server's, and those of the days."""
    cases: dict[bytes, bytes] = field(default_factory=dict)
    """The rows of each case, sealed and opened, by its key."""
    parts: dict[bytes, bytes] = field(default_factory=dict)
    """The row of each part of a case that is sealed apart, the same, by its own key."""

    @property
    def text(self) -> bytes:
        return b"\n".join(self.texts)

    @property
    def files(self) -> bytes:
        return b"\n".join(self.originals)

    @property
    def shown(self) -> bytes:
        return b"\n".join(self.copies)


def with_server_key(rows: Rows) -> Opened:
    """Opens whatever the master key opens."""
    ring, opened = Keyring(MASTER, SeededEntropy().bytes), Opened()
    hanging = {name: _by_case(rows[name], name) for name in (*_UNDER_CASE_KEY, *_APART)}
    chunks = {(r["file_id"], r["copy"], r["number"]): r["sealed"] for r in rows["evidence_chunk"]}
    vault = {bytes(row["key"]): bytes(row["sealed"]) for row in rows["vault"]}
    for row in rows["case_key"]:
        case_id = row["case_id"]
        key = ring.unwrap(row["wrapped"], f"case|{case_id}")
        body, found = b"", []
        for table in _UNDER_CASE_KEY:
            for each in hanging[table].get(case_id, ()):
                text = ring.open(key, _place(table, case_id, each), each["sealed"])
                body = text if table == "case_file" else body
                found += [bytes_in([each]), text]
                opened.texts.append(text)
        for table in _APART:
            for each in hanging[table].get(case_id, ()):
                found += list(_part(ring, table, case_id, each, opened))
        content = json.loads(body)
        opened.addresses.append(_address(ring, vault, content["vault"]))
        for file in content["files"] if content["kind"] == "report" else ():
            for copy, kept in (("original", opened.originals), ("shown", opened.copies)):
                kept.append(_file(ring, key, case_id, file, copy, chunks))
        opened.cases[key] = b"".join(found)
    opened.keys += [ring.unwrap(r["wrapped"], f"draft|{r['day']}") for r in rows["draft_key"]]
    return opened


_UNDER_CASE_KEY = ("case_file", "history", "message")
_APART = ("identity", "health")


def _by_case(rows: Iterable[Row], table: str) -> Mapping[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row["id" if table == "case_file" else "case_id"], []).append(row)
    return found


def _place(table: str, case_id: str, row: Row) -> str:
    number = f"|{row['seq']}" if "seq" in row else ""
    return f"{table}.sealed|{case_id}{number}"


def _part(ring: Keyring, table: str, case_id: str, row: Row, opened: Opened) -> Iterator[bytes]:
    key = ring.unwrap(row["wrapped"], f"{table}|{case_id}")
    text = ring.open(key, f"{table}.sealed|{case_id}", row["sealed"])
    opened.texts.append(text)
    opened.parts[key] = bytes_in([row]) + text
    yield opened.parts[key]


def _file(
    ring: Keyring,
    key: bytes,
    case_id: str,
    file: Mapping[str, Any],
    copy: str,
    chunks: Mapping[tuple[str, str, int], bytes],
) -> bytes:
    """One copy of a file; empty where there is none."""
    kept, opened = file[copy], []
    for number in range(kept["chunks"] if kept else 0):
        end = "last" if number == kept["chunks"] - 1 else "more"
        place = f"evidence_chunk.sealed|{case_id}|{file['id']}|{copy}|{number}|{end}"
        opened.append(ring.open(key, place, chunks[file["id"], copy, number]))
    return b"".join(opened)


def _address(ring: Keyring, vault: Mapping[bytes, bytes], pointer: Mapping[str, str]) -> bytes:
    key, secret = bytes.fromhex(pointer["key"]), bytes.fromhex(pointer["secret"])
    try:
        return ring.open(secret, f"vault.sealed|{key.hex()}", vault[key])
    except Unopenable as error:
        raise AssertionError("a pointer leads to another case's row") from error
