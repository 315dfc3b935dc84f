"""Runs the migrations, on SQLite and PostgreSQL alike."""

from typing import Any

from alembic import context
from sqlalchemy import create_engine, event, func, pool, select
from sqlalchemy.engine import URL, Connection

from storage.tables import metadata

ONE_AT_A_TIME = 0x6D616D6F7269
"""The name of the lock that a migration holds, as a number; PostgreSQL wants one."""

url: URL = context.config.attributes["url"]
engine = create_engine(url, poolclass=pool.NullPool, hide_parameters=True)

if url.get_backend_name() == "sqlite":

    @event.listens_for(engine, "connect")
    def connect(connection: Any, record: Any) -> None:
        # Off while migrating: a batch migration rebuilds tables, and with foreign keys on it
        # would delete every child row. It cannot be changed inside a transaction.
        connection.isolation_level = None
        connection.execute("PRAGMA foreign_keys=OFF")
        connection.execute("PRAGMA journal_mode=WAL")

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=True,
        transaction_per_migration=True,
        transactional_ddl=True,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


with engine.connect() as connection:
    if url.get_backend_name() == "postgresql":
        # Several processes may start at once: the first migrates, the others find it done.
        connection.execute(select(func.pg_advisory_lock(ONE_AT_A_TIME)))
        connection.commit()
    migrate(connection)
engine.dispose()
