"""`make chaos`: kills the service under load on both databases and prints a line for each."""

import asyncio
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.chaos.judge import Verdict
from tests.chaos.run import Result, run
from tests.support.postgres import running_postgres


def main() -> int:
    """Runs both, and gives 1 when anything was lost or doubled."""
    kills = int(os.environ.get("KILLS", "200"))
    seed = int(os.environ.get("SEED", "1"))
    wanted = os.environ.get("DATABASES", "sqlite postgresql").split()
    good = True
    if "sqlite" in wanted:
        with temporary() as folder:
            database = f"sqlite:///{folder / 'data' / 'mamori.db'}"
            good &= _report(
                *asyncio.run(run(database, folder, processes=1, kills=kills, seed=seed))
            )
    if "postgresql" in wanted:
        with temporary() as folder, running_postgres() as server:
            database = server.url(server.create_database())
            good &= _report(
                *asyncio.run(run(database, folder, processes=3, kills=kills, seed=seed))
            )
    return 0 if good else 1


@contextmanager
def temporary() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="mamori-chaos-") as name:
        (Path(name) / "data").mkdir()
        yield Path(name)


def _report(result: Result, verdict: Verdict) -> bool:
    print(json.dumps(result.as_line()), flush=True)
    for wrong in (*verdict.lost, *verdict.doubled, *verdict.broken):
        print(wrong, file=sys.stderr)
    return verdict.good


if __name__ == "__main__":
    sys.exit(main())
