"""Which databases there are, and who may use them."""

import subprocess
import sys

import pytest

from storage.engines import DatabaseInUse, database_url, lock_file
from tests.storage.databases import ROOT, Database

HOLDER = """
import sys
from storage.engines import DatabaseInUse, lock_file
for _ in sys.stdin:
    try:
        lock_file(sys.argv[1]).close()
        print("held", flush=True)
    except DatabaseInUse:
        print("refused", flush=True)
"""


def test_a_second_process_on_the_same_file_is_refused_until_the_first_ends(
    on_sqlite: Database,
) -> None:
    command = [sys.executable, "-c", HOLDER, on_sqlite.url]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    ) as second:

        def try_it() -> str:
            second.stdin.write("now\n")
            return second.stdout.readline().strip()

        with lock_file(on_sqlite.url):
            assert try_it() == "refused"
        assert try_it() == "held"
        second.stdin.close()


def test_the_same_process_cannot_hold_a_file_twice_either(on_sqlite: Database) -> None:
    with lock_file(on_sqlite.url), pytest.raises(DatabaseInUse, match="mamori"):
        lock_file(on_sqlite.url)


def test_a_file_by_another_name_is_the_same_file(on_sqlite: Database, tmp_path) -> None:
    (tmp_path / "other").symlink_to(tmp_path)
    with lock_file(on_sqlite.url), pytest.raises(DatabaseInUse):
        lock_file(f"sqlite:///{tmp_path / 'other' / 'mamori.db'}")


def test_postgresql_needs_no_lock_and_takes_any_number_of_processes(on_postgres) -> None:
    assert lock_file(on_postgres.url) is None


@pytest.mark.parametrize(
    "url", ["mysql://localhost/mamori", "oracle://localhost/x", "mssql://localhost/x"]
)
def test_another_database_is_refused_with_what_is_possible(url: str) -> None:
    with pytest.raises(ValueError, match=r"must be sqlite:///… or postgresql://…"):
        database_url(url)


@pytest.mark.parametrize(
    ("url", "driver"),
    [
        ("sqlite:///mamori.db", "sqlite"),
        ("postgresql://u:p@db.example:5432/mamori", "postgresql+psycopg"),
        ("postgresql+asyncpg://u:p@db.example/mamori", "postgresql+psycopg"),
        ("postgresql://postgres:@/mamori?host=/tmp/socket", "postgresql+psycopg"),
    ],
)
def test_whatever_driver_was_written_ours_is_used(url: str, driver: str) -> None:
    assert database_url(url).drivername == driver


async def test_an_address_of_a_socket_works_for_storage_and_for_migrations(
    on_postgres, opening
) -> None:
    assert "?host=/" in on_postgres.url
    await opening(on_postgres).check()
    assert on_postgres.value("SELECT version_num FROM alembic_version")
