"""kill -9 of the real service under load, in short; `make chaos` does it two hundred times."""

import asyncio
from pathlib import Path

from tests.chaos.judge import Verdict
from tests.chaos.run import run
from tests.support.postgres import running_postgres


async def test_nothing_acknowledged_is_lost_and_nothing_is_doubled(tmp_path: Path) -> None:
    """One process on SQLite and three on PostgreSQL, at the same time."""
    with running_postgres() as server:
        database = server.url(server.create_database())
        both = await asyncio.gather(
            run(f"sqlite:///{_folder(tmp_path, 'one')}/mamori.db", tmp_path / "one", kills=5),
            run(database, _folder(tmp_path, "three").parent, processes=3, kills=6),
        )
    for result, verdict in both:
        assert verdict == Verdict(repeated=verdict.repeated), result
        assert result.acknowledged > 0


def _folder(tmp_path: Path, name: str) -> Path:
    """Where a database lies; beside it are the logs and the heads."""
    folder = tmp_path / name / "data"
    folder.mkdir(parents=True)
    return folder
