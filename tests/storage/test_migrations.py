"""Migrations: an empty database becomes the newest one, and nothing else does."""

import subprocess
import sys
from collections.abc import Iterator

import pytest
from alembic import command
from sqlalchemy import Connection, Engine, event, inspect

from storage import schema
from storage.tables import metadata
from tests.storage.databases import ROOT, Database, file_case
from tests.support.postgres import Postgres

UPGRADE = "import sys; from storage import schema; schema.upgrade(sys.argv[1])"


def tables_of(database: Database) -> set[str]:
    return set(inspect(database.engine()).get_table_names()) - {"alembic_version"}


def test_an_empty_database_gets_every_table(empty_database: Database) -> None:
    schema.upgrade(empty_database.url)
    assert tables_of(empty_database) == set(metadata.tables)


def test_the_migrated_tables_are_the_tables_of_the_code(empty_database: Database) -> None:
    schema.upgrade(empty_database.url)
    command.check(schema.config(empty_database.url))


async def test_upgrading_twice_keeps_what_is_there(database, storage) -> None:
    case = await file_case(storage)
    schema.upgrade(database.url)
    async with storage.read() as tx:
        assert await tx.cases.get(case.id) == case


def test_downgrading_removes_every_table_and_upgrading_brings_them_back(
    empty_database: Database,
) -> None:
    schema.upgrade(empty_database.url)
    command.downgrade(schema.config(empty_database.url), "base")
    assert tables_of(empty_database) == set()
    schema.upgrade(empty_database.url)
    assert tables_of(empty_database) == set(metadata.tables)


@pytest.fixture
def fresh(postgres: Postgres) -> Iterator[Database]:
    name = postgres.create_database()
    yield Database(postgres.url(name))
    postgres.drop_database(name)


def test_processes_that_start_at_the_same_moment_migrate_once(fresh: Database) -> None:
    starting = [
        subprocess.Popen(
            [sys.executable, "-c", UPGRADE, fresh.url],
            cwd=ROOT,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    said = [process.communicate()[1] for process in starting]
    assert [process.returncode for process in starting] == [0, 0, 0], said
    assert tables_of(fresh) == set(metadata.tables)


class PulledPlug(Exception):
    """The process dies in the middle of a migration."""


def test_a_migration_that_fails_leaves_nothing_half_done(empty_database: Database) -> None:
    def pull(connection: Connection, cursor: object, statement: str, *_: object) -> None:
        if "CREATE TABLE seat" in statement:
            raise PulledPlug

    event.listen(Engine, "before_cursor_execute", pull)
    try:
        with pytest.raises(PulledPlug):
            schema.upgrade(empty_database.url)
    finally:
        event.remove(Engine, "before_cursor_execute", pull)
    assert tables_of(empty_database) == set()
    schema.upgrade(empty_database.url)
    assert tables_of(empty_database) == set(metadata.tables)
