"""An empty database with the newest tables: made once by the real migrations, then copied."""

import shutil
import sqlite3
import tempfile
from contextlib import closing
from functools import cache
from pathlib import Path

from storage import schema


@cache
def _empty() -> Path:
    path = Path(tempfile.mkdtemp(prefix="mamori-tables-")) / "mamori.db"
    schema.upgrade(f"sqlite:///{path}")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


def database_in(folder: Path) -> Path:
    """The database file of a folder: the one that is there, or a new one with every table."""
    path = folder / "mamori.db"
    if not path.exists():
        shutil.copy(_empty(), path)
    return path
