"""`make thefts`: the whole of it, with a thousand reports of each kind."""

import argparse
import asyncio
import os
import sys
import tempfile
from pathlib import Path

from tests.thefts.crowd import a_town, fill
from tests.thefts.robbery import Robbery, listen, rob, show, whole


async def perform(folder: Path, temporary: Path, unnamed: int, named: int) -> Robbery:
    """Seeds, steals, and looks. Raises AssertionError where it would prove nothing."""
    from tests.thefts.loot import temporary_files

    logs = listen()
    async with a_town(folder) as town:
        await fill(town, unnamed, named)
        assert not (missing := whole(town)), missing
        return await rob(town, logs, temporary_files(temporary))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--unnamed", type=int, default=1000)
    parser.add_argument("--named", type=int, default=1000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as temporary:
        os.environ["TMPDIR"], tempfile.tempdir = temporary, None
        found = asyncio.run(perform(Path(folder), Path(temporary), asked.unnamed, asked.named))
        show(found)
    return 1 if found.findings else 0


if __name__ == "__main__":
    sys.exit(main())
