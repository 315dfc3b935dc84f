"""Brings a database to the newest tables."""

from pathlib import Path

from alembic import command
from alembic.config import Config

from storage.engines import database_url

MIGRATIONS = Path(__file__).parent / "migrations"


def config(url: str) -> Config:
    """Alembic's configuration, from code: there is no ini file to forget."""
    made = Config()
    made.set_main_option("script_location", str(MIGRATIONS))
    made.attributes["url"] = database_url(url)
    return made


def upgrade(url: str) -> None:
    """Applies every migration that is missing, each in a transaction of its own."""
    command.upgrade(config(url), "head")
