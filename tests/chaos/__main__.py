"""`make chaos`: kills the service under load on both databases and prints a line for each."""

import asyncio
import json
import os
import sys
import tempfile
from pathlib import Path

from tests.chaos.judge import Verdict
from tests.chaos.run import Result, run
from tests.support.postgres import running_postgres


def main() -> int:
    """Runs both, and gives 1 when anything was lost or doubled."""
    kills = int(os.environ.get("KILLS", "200"))
    seed = int(os.environ.get("SEED", "1"))
    with tempfile.TemporaryDirectory(prefix="mamori-chaos-") as folder:
        database = f"sqlite:///{Path(folder) / 'mamori.db'}"
        ok = _report(*asyncio.run(run(database, processes=1, kills=kills, seed=seed)))
    with running_postgres() as server:
        database = server.url(server.create_database())
        ok &= _report(*asyncio.run(run(database, processes=3, kills=kills, seed=seed)))
    return 0 if ok else 1


def _report(result: Result, verdict: Verdict) -> bool:
    print(json.dumps(result.as_line()), flush=True)
    for wrong in (*verdict.lost, *verdict.doubled, *verdict.broken):
        print(wrong, file=sys.stderr)
    return verdict.good


if __name__ == "__main__":
    sys.exit(main())
