"""Brings a database to the newest tables."""

import sys
from errno import ECONNREFUSED, EIO, ENOENT
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import create_engine, inspect, pool, text
from sqlalchemy.exc import DatabaseError, OperationalError

from storage.engines import database_url

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parent / "migrations"


class NewerDatabase(Exception):
    """A newer Mamori has brought the database up: this one does not know its tables."""

    def __init__(self, found: str) -> None:
        super().__init__(
            f"A newer Mamori brought this database up to {found}; this one knows {newest()} and"
            " older.\nInstall the newer one again, or put the backup from before the upgrade back."
        )


def config(url: str) -> "Config":
    """Alembic's configuration, from code: there is no ini file to forget."""
    from alembic.config import Config

    made = Config(stdout=sys.stdout)  # as it is now, not as it was when Alembic was loaded
    made.set_main_option("script_location", str(MIGRATIONS))
    made.attributes["url"] = database_url(url)
    return made


def upgrade(url: str) -> None:
    """Applies every migration that is missing, each in a transaction of its own."""
    if revision(url) == newest():
        return
    # Loaded only when it is needed: a process that starts again after a crash must be ready
    # soon, and the migrations' own tools take a quarter of its start.
    from alembic import command

    command.upgrade(config(url), "head")


def revision(url: str) -> str | None:
    """The revision at which a database stands; None without any tables.

    A SQLite file that is not there is not made by looking. Raises FileNotFoundError where not
    even its folder is: nobody meant a database there. Raises NewerDatabase, and OSError where
    nothing can be read.
    """
    if not _is_there(url):
        return None
    engine = create_engine(database_url(url), poolclass=pool.NullPool, hide_parameters=True)
    try:
        with engine.connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return None
            found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    except OperationalError:
        # From None: a driver's own words hold the user's name and the host.
        raise ConnectionError(ECONNREFUSED, "The database does not let this service in") from None
    except DatabaseError:
        raise OSError(EIO, "What MAMORI_DATABASE leads to is no database, or broken") from None
    if found is not None and found > newest():
        raise NewerDatabase(found)
    return found


def _is_there(url: str) -> bool:
    file = database_url(url).database if url.startswith("sqlite") else None
    if not file:
        return True
    path = Path(file)
    if not path.parent.is_dir():
        raise FileNotFoundError(ENOENT, "No such folder for a database", str(path.parent))
    return path.exists()


def newest() -> str:
    """The newest revision: the number that its file's name begins with."""
    return max(path.name.partition("_")[0] for path in MIGRATIONS.glob("versions/*.py"))
