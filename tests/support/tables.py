"""An empty database with the newest tables: made once by the real migrations, then copied."""

import sqlite3
import tempfile
from contextlib import closing
from functools import cache
from pathlib import Path

from storage import schema


@cache
def _empty() -> bytes:
    with tempfile.TemporaryDirectory(prefix="mamori-tables-") as folder:
        path = Path(folder) / "mamori.db"
        schema.upgrade(f"sqlite:///{path}")
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return path.read_bytes()


def database_in(folder: Path) -> Path:
    """The database file of a folder: the one that is there, or a new one with every table."""
    path = folder / "mamori.db"
    if not path.exists():
        path.write_bytes(_empty())
    return path
