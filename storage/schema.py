"""Brings a database to the newest tables."""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import create_engine, inspect, pool, text

from storage.engines import database_url

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parent / "migrations"


def config(url: str) -> "Config":
    """Alembic's configuration, from code: there is no ini file to forget."""
    from alembic.config import Config

    made = Config()
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
    """The revision at which a database stands; None without any tables."""
    engine = create_engine(database_url(url), poolclass=pool.NullPool, hide_parameters=True)
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def newest() -> str:
    """The newest revision: the number that its file's name begins with."""
    return max(path.name.partition("_")[0] for path in MIGRATIONS.glob("versions/*.py"))
