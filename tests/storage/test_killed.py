"""kill -9 in the middle of writing: whatever was acknowledged is there afterwards."""

import random
import signal
import subprocess
import sys

from storage.keyring import Keyring
from storage.store import SqlStorage
from tests.storage.databases import MASTER, ROOT, Database
from tests.support.world import SeededEntropy

KILLS = 5

WRITER = """
import asyncio, sys
from secrets import token_bytes
from dataclasses import replace
from bot.work_records import NewJob
from storage.keyring import Keyring
from storage.store import SqlStorage
from tests.storage.databases import MASTER, NOW, a_body, a_case

async def write_for_ever(url, life):
    storage = SqlStorage(url, Keyring(MASTER, token_bytes), token_bytes)
    number = 0
    while True:
        number += 1
        case = replace(a_case(), id=f"{life:016x}{number:016x}", public_id=f"{life}{number:06x}")
        async with storage.write() as tx:
            await tx.cases.add(case, a_body(case.id.encode()), token_bytes(32))
            await tx.history.append(case.id, NOW, "reporter", "filed", {})
            await tx.jobs.enqueue([NewJob("card", case.id, NOW, dedup=case.id)])
        print(case.id, flush=True)

asyncio.run(write_for_ever(sys.argv[1], int(sys.argv[2])))
"""


def write_until_killed(database: Database, life: int, lines: int) -> list[str]:
    """What a process acknowledged before it was killed: a little more than `lines` cases."""
    command = [sys.executable, "-c", WRITER, database.url, str(life)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as writer:
        acknowledged = [writer.stdout.readline() for _ in range(lines)]
        writer.send_signal(signal.SIGKILL)
        acknowledged += writer.stdout.readlines()
    assert writer.returncode == -signal.SIGKILL
    return [line.strip() for line in acknowledged if line.endswith("\n")]


async def test_nothing_acknowledged_is_lost_when_the_process_is_killed(
    on_sqlite: Database,
) -> None:
    chance = random.Random(9)
    acknowledged: list[str] = []
    for life in range(KILLS):
        acknowledged += write_until_killed(on_sqlite, life, chance.randint(3, 25))
    assert on_sqlite.value("PRAGMA integrity_check") == "ok"
    written = {row[0] for row in on_sqlite.sql("SELECT id FROM case_file")}
    assert set(acknowledged) <= written
    # At most the one in hand was written and not acknowledged, each time.
    assert len(written) <= len(acknowledged) + KILLS
    entropy = SeededEntropy().bytes
    storage = SqlStorage(on_sqlite.url, Keyring(MASTER, entropy), entropy)
    async with storage.read() as tx:
        for case_id in written:  # acknowledged or not: never half of a case
            assert (await tx.cases.body(case_id)).content == case_id.encode()
            assert len(await tx.history.of_case(case_id)) == 1
            assert await tx.history.first_broken(case_id) is None
            assert await tx.jobs.due_at(case_id) is not None
    await storage.close()
